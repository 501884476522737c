// append.c: `s = append(s, x)` in a loop whose number of turns is known before it begins.
//
//   var s []T                               s := make([]T, 0, len(xs))
//   for _, x := range xs {            →     for _, x := range xs {
//     s = append(s, f(x))                     s = append(s, f(x))
//
// The variable must be nil or empty where the loop begins: its declaration says so, stands in the same list of
// statements, and nothing in between names it. Where the count can be evaluated as well at the declaration (variables
// that are never written to), the declaration is changed; else a statement is put in front of the loop.
//
// nil: a slice made with room is not nil. If the loop has no turn, that can be told apart, unless all uses of the
// variable are of the kind that treat both alike. Then the statement in front of the loop has a condition: in a loop
// whose body begins with straight code up to the append, a first turn means a first element.
//
// The count only is a bound: it does not matter whether the loop ends early. But memory for a count that no existing
// object vouches for may be more than the loop would ever have used: safe are only lengths and constants.
#include "fix/fix_internal.h"

typedef struct Growth {
  Proposal *p;
  const Shape *shape;
  const Ast *call, *assign, *loop, *body, *function;
  Object *variable;
  const AstList *list; // that the loop (or its label) and the declaration stand in
  const Ast *at;       // the loop, with its label
  uint32_t at_index;
  TurnCount turns;        // for all elements
  bool sure;              // every turn appends
  const Ast *declaration; // statement; NULL: a named result
  const Ast *type;        // as written
} Growth;

static bool find_count(Growth *g) {
  const Shape *s = g->shape;
  if (!turns_count(s, g->loop, &g->turns)) return false;
  if (g->turns.counted && shape_mentions(s, g->turns.counted, g->variable)) return false;
  uint32_t each = g->call->u.call.args.len - 1;
  if (each == 1) return true;
  if (g->turns.number > 0) return turns_constant(s, g->turns.number * each, &g->turns);
  g->turns.text = arena_printf(s->arena, "%u*%.*s", each, STR_ARG(g->turns.text));
  return g->turns.bounded &&
         !type_is_basic(shape_type(s, g->turns.counted), BASIC_IS_INTEGER); // len(x), which is an int
}

// ---- The loop

static bool is_result(const Object *o) { return o->u.var.kind == VAR_RESULT; }

// False: the slice may be seen by somebody else while it grows. sure: every turn that ends, and every one that leaves
// the function where the variable is seen, has appended.
static bool look_at_loop(Growth *g) {
  const Shape *s = g->shape;
  g->sure = shape_parent(s, g->assign) == g->body;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (!shape_within(n, g->function)) continue;
    if (n->kind == AST_BRANCH_STMT && n->op == TOKEN_GOTO) return false;
    if (n->kind == AST_CALL_STMT && n->op == TOKEN_DEFER && is_result(g->variable)) return false;
    if (!shape_within(n, g->body)) continue;
    if (n->kind == AST_BRANCH_STMT && shape_function(s, n) == g->function && !shape_stays_inside(s, n, g->loop))
      g->sure = false;
    if (n->kind == AST_RETURN_STMT && n->end <= g->assign->start &&
        (shape_mentions(s, n, g->variable) || (is_result(g->variable) && !n->u.ret.results.len)))
      g->sure = false;
  }
  return true;
}

static bool is_choice(const Ast *n) {
  return n->kind == AST_BLOCK || n->kind == AST_IF_STMT || n->kind == AST_SWITCH_STMT ||
         n->kind == AST_TYPE_SWITCH_STMT || n->kind == AST_CASE_CLAUSE;
}

static const Ast *loop_body(const Ast *n) {
  if (n->kind == AST_RANGE_STMT) return n->u.range.body;
  return n->kind == AST_FOR_STMT ? n->u.for_stmt.body : NULL;
}

// The assignment that the append stands in, and the loop around it without another in between.
static bool find_loop(Growth *g) {
  const Shape *s = g->shape;
  const Ast *n = shape_parent(s, g->call);
  while (n && n->kind == AST_PAREN) n = shape_parent(s, n);
  if (!n || n->kind != AST_ASSIGN_STMT || n->u.assign.form != ASSIGN_PLAIN) return false;
  if (n->u.assign.lhs.len != 1 || n->u.assign.rhs.len != 1) return false;
  g->assign = n;
  g->variable = shape_object(s, ast_unparen(n->u.assign.lhs.items[0]));
  if (!g->variable || g->variable->kind != OBJ_VAR || g->variable->pos.decl != s->decl) return false;
  if (shape_object(s, ast_unparen(g->call->u.call.args.items[0])) != g->variable) return false;
  for (uint32_t i = 1; i < g->call->u.call.args.len; i++)
    if (shape_mentions(s, g->call->u.call.args.items[i], g->variable)) return false;
  while ((n = shape_parent(s, n)) && is_choice(n)) {
  }
  g->loop = n;
  g->body = n ? loop_body(n) : NULL;
  g->function = n ? shape_function(s, n) : NULL;
  if (!g->body || !g->function || shape_is_seen(s, g->variable, g->loop)) return false;
  const Ast *label = shape_parent(s, g->loop);
  g->at = label && label->kind == AST_LABELED_STMT ? label : g->loop;
  g->list = shape_list(s, g->at, &g->at_index);
  return g->list != NULL;
}

// ---- The declaration

static bool is_empty_slice(Growth *g, const Ast *x, bool *nil) {
  const Shape *s = g->shape;
  x = ast_unparen(x);
  *nil = false;
  if (x->kind == AST_COMPOSITE_LIT) {
    g->type = x->u.composite.type;
    return g->type && x->u.composite.elems.len == 0 && x->end == g->type->end + 2;
  }
  if (x->kind != AST_CALL) return false;
  const AstList *args = &x->u.call.args;
  if (shape_is_builtin(s, x, BUILTIN_MAKE)) {
    g->type = args->items[0];
    return args->len == 2 && shape_is_integer(s, args->items[1], 0);
  }
  *nil = true;
  g->type = x->u.call.fun;
  return args->len == 1 && node_info(s->types, ast_unparen(g->type))->mode == MODE_TYPE &&
         type_is_basic(shape_type(s, args->items[0]), BASIC_IS_UNTYPED) &&
         shape_object(s, ast_unparen(args->items[0])) && shape_object(s, ast_unparen(args->items[0]))->kind == OBJ_NIL;
}

// The statement declares the variable: its type as written, whether it is nil, and its value (NULL: none is written).
static bool declares(Growth *g, const Ast *statement, bool *nil, const Ast **value) {
  const Shape *s = g->shape;
  *value = NULL;
  if (statement->kind == AST_ASSIGN_STMT && statement->u.assign.form == ASSIGN_DEFINE) {
    const AstList *lhs = &statement->u.assign.lhs, *rhs = &statement->u.assign.rhs;
    for (uint32_t i = 0; i < lhs->len && lhs->len == rhs->len; i++) {
      if (shape_object(s, lhs->items[i]) != g->variable || !node_info(s->types, lhs->items[i])->is_def) continue;
      *value = ast_unparen(rhs->items[i]);
      return is_empty_slice(g, *value, nil);
    }
  }
  for (uint32_t k = 0; statement->kind == AST_DECL_STMT && k < statement->u.decl_stmt.specs.len; k++) {
    const Ast *spec = statement->u.decl_stmt.specs.items[k];
    for (uint32_t i = 0; spec->kind == AST_VAR_DECL && i < spec->u.var_decl.names.len; i++) {
      if (shape_object(s, spec->u.var_decl.names.items[i]) != g->variable) continue;
      *nil = true;
      g->type = spec->u.var_decl.type;
      if (!spec->u.var_decl.values.len) return true;
      if (spec->u.var_decl.values.len != spec->u.var_decl.names.len) return false;
      *value = ast_unparen(spec->u.var_decl.values.items[i]);
      return is_empty_slice(g, *value, nil) && !spec->u.var_decl.type;
    }
  }
  return false;
}

static bool result_type(Growth *g) {
  const Ast *type = g->function->kind == AST_FUNC_DECL ? g->function->u.func_decl.type : g->function->u.func_lit.type;
  for (uint32_t i = 0; i < type->u.func_type.results.len; i++) {
    const Ast *field = type->u.func_type.results.items[i];
    if (shape_object(g->shape, field->u.field.name) == g->variable) g->type = field->u.field.type;
  }
  const Ast *body = g->function->kind == AST_FUNC_DECL ? g->function->u.func_decl.body : g->function->u.func_lit.body;
  return g->type && g->list == &body->u.block.stmts;
}

// What the variable is before the loop.
static bool find_declaration(Growth *g, bool *nil, const Ast **value, uint32_t *index) {
  const Shape *s = g->shape;
  *value = NULL;
  for (uint32_t i = g->at_index; i--;) {
    const Ast *statement = g->list->items[i];
    *index = i;
    g->declaration = statement;
    if (declares(g, statement, nil, value)) return true;
    if (shape_mentions(s, statement, g->variable)) return false;
  }
  g->declaration = NULL;
  *nil = true;
  return is_result(g->variable) && result_type(g);
}

// ---- nil

// A slice that is nil and one that is empty are the same here.
static bool ignores_nil(const Growth *g, const Ast *name) {
  const Shape *s = g->shape;
  const Ast *n = name, *p = shape_parent(s, n);
  while (p && p->kind == AST_PAREN) n = p, p = shape_parent(s, n);
  if (!p) return false;
  if (p->kind == AST_VAR_DECL || p == g->assign || p == g->call) return true;
  if (p->kind == AST_ASSIGN_STMT) return name->end <= p->pos; // written to, or declared
  if (p->kind == AST_RANGE_STMT) return true;
  if (p->kind == AST_INDEX) return p->u.index.x == n;
  if (p->kind != AST_CALL) return false;
  if (shape_is_builtin(s, p, BUILTIN_LEN) || shape_is_builtin(s, p, BUILTIN_COPY) ||
      shape_is_builtin(s, p, BUILTIN_CLEAR))
    return true;
  if (shape_is_builtin(s, p, BUILTIN_APPEND)) return p->u.call.has_dots && p->u.call.args.items[0] != n;
  const Type *t = shape_type(s, p); // string(b)
  if (node_info(s->types, ast_unparen(p->u.call.fun))->mode == MODE_TYPE) return t && type_is_basic(t, BASIC_IS_STRING);
  static const char *const functions[][2] = {{"strings", "Join"}, {"bytes", "Join"},     {"sort", "Strings"},
                                             {"sort", "Ints"},    {"slices", "Sort"},    {"slices", "SortFunc"},
                                             {"sort", "Slice"},   {"slices", "Reverse"}, {"slices", "Contains"}};
  const Ast *fun = ast_unparen(p->u.call.fun);
  const Object *o = fun->kind == AST_SELECTOR ? shape_object(s, fun->u.selector.sel) : NULL;
  for (size_t i = 0; o && o->pkg && i < sizeof functions / sizeof *functions; i++)
    if (str_equal(o->pkg->path, str_of(functions[i][0])) && sym_is(o->name, functions[i][1])) return true;
  return false;
}

static bool all_ignore_nil(const Growth *g) {
  const Shape *s = g->shape;
  if (is_result(g->variable)) return false;
  for (uint32_t i = 0; i < s->walk_count; i++)
    if (shape_object(s, s->walk[i]) == g->variable && !ignores_nil(g, s->walk[i])) return false;
  return true;
}

static bool asks_for_capacity(const Growth *g) {
  const Shape *s = g->shape;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->kind == AST_CALL && shape_is_builtin(s, n, BUILTIN_CAP) && shape_mentions(s, n, g->variable)) return true;
    bool long_slice = n->kind == AST_SLICE && shape_object(s, ast_unparen(n->u.slice.x)) == g->variable;
    if (long_slice && n->u.slice.hi) return true; // may reach beyond the length
  }
  return false;
}

// ---- The edits

static bool find_new_name(const Growth *g, const Ast *in) { // a name in it means something else in front of the loop
  const Shape *s = g->shape;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->kind != AST_NAME || !shape_within(n, in)) continue;
    for (uint32_t k = 0; k < s->walk_count; k++) {
      const Ast *def = s->walk[k];
      if (def->kind == AST_NAME && def->start > in->end && def->start < g->at->start &&
          def->u.name.name == n->u.name.name && node_info(s->types, def)->is_def)
        return true;
    }
  }
  return false;
}

// It is the only thing that the statement declares.
static bool declared_alone(const Ast *d) {
  if (d->kind == AST_ASSIGN_STMT) return d->u.assign.lhs.len == 1;
  const Ast *spec = d->u.decl_stmt.specs.items[0];
  return d->u.decl_stmt.specs.len == 1 && spec->u.var_decl.names.len == 1;
}

// The function, or the turn of a loop, may end before the loop is reached: no reason to make room as early as that.
static bool may_leave(const Growth *g, uint32_t from) {
  const Shape *s = g->shape;
  for (uint32_t i = 0; i < s->walk_count; i++) {
    const Ast *n = s->walk[i];
    if (n->start < g->list->items[from]->start || n->end > g->at->start) continue;
    if (n->kind == AST_RETURN_STMT || n->kind == AST_BRANCH_STMT || n->kind == AST_CALL) return true;
  }
  return false;
}

static bool edit_declaration(Growth *g, const Ast *value, uint32_t index) {
  const Shape *s = g->shape;
  bool adjacent = index + 1 == g->at_index && declared_alone(g->declaration);
  if (!adjacent && (!turns_move_up(s, &g->turns, g->declaration) || may_leave(g, index + 1))) return false;
  Str made = arena_printf(s->arena, "make(%.*s, 0, %.*s)", STR_ARG(shape_text(s, g->type)), STR_ARG(g->turns.text));
  if (value) {
    propose_edit(g->p, value->start, value->end, made);
    return true;
  }
  const Ast *d = g->declaration;
  if (d->kind != AST_DECL_STMT || d->u.decl_stmt.specs.len != 1) return false;
  const Ast *spec = d->u.decl_stmt.specs.items[0];
  if (spec->u.var_decl.names.len != 1 || (spec->flags & AST_FLAG_GROUPED)) return false;
  Str name = shape_text(s, spec->u.var_decl.names.items[0]);
  propose_edit(g->p, d->start, d->end, arena_printf(s->arena, "%.*s := %.*s", STR_ARG(name), STR_ARG(made)));
  return true;
}

static bool insert_before_loop(Growth *g, bool if_any) {
  const Shape *s = g->shape;
  Str indent;
  if (!shape_indent(s, g->at, &indent) || find_new_name(g, g->type)) return false;
  Str name = sym_str(g->variable->name), type = shape_text(s, g->type);
  Str made = arena_printf(s->arena, "%.*s = make(%.*s, 0, %.*s)", STR_ARG(name), STR_ARG(type), STR_ARG(g->turns.text));
  Str text = arena_printf(s->arena, "%.*s\n%.*s", STR_ARG(made), STR_ARG(indent));
  if (if_any) {
    Str some = str_slice(
      g->turns.text, str_has_prefix(g->turns.text, STR("len(")) ? 0 : (size_t)(str_index(g->turns.text, STR("len("))),
      g->turns.text.n);
    text = arena_printf(s->arena, "if %.*s > 0 {\n%.*s\t%.*s\n%.*s}\n%.*s", STR_ARG(some), STR_ARG(indent),
                        STR_ARG(made), STR_ARG(indent), STR_ARG(indent));
  }
  propose_edit(g->p, g->at->start, g->at->start, text);
  return true;
}

static void say(Growth *g, bool nil_changes) {
  Fix *f = g->p->fix;
  Arena *a = g->shape->arena;
  f->trade = TRADE_ROOM;
  f->rewrite = nil_changes || !g->sure || !g->turns.bounded;
  if (nil_changes && !g->sure)
    f->caution = STR("may be more than is used, and empty where it was nil");
  else if (nil_changes)
    f->caution = STR("empty instead of nil when there are no turns");
  else if (f->rewrite)
    f->caution = STR("may be more than is used");
  f->title = arena_printf(a, "Make room for %.*s elements of %.*s at once", STR_ARG(g->turns.text),
                          STR_ARG(sym_str(g->variable->name)));
}

bool propose_presize(Proposal *p) {
  Growth g = {.p = p, .shape = p->shape, .call = p->node};
  const Shape *s = p->shape;
  if (propose_entries(p)) return true;
  if (p->node->kind != AST_CALL || !shape_is_builtin(s, p->node, BUILTIN_APPEND)) return false;
  if (p->node->u.call.args.len < 2 || p->node->u.call.has_dots || shape_redeclares(s, "make")) return false;
  const Type *core = type_core(shape_type(s, p->node));
  if (!core || core->kind != TYPE_SLICE || !find_loop(&g) || !look_at_loop(&g) || !find_count(&g)) return false;
  bool nil;
  const Ast *value;
  uint32_t index = 0;
  if (!find_declaration(&g, &nil, &value, &index) || asks_for_capacity(&g) || !g.type) return false;
  bool same = !nil || all_ignore_nil(&g) || (g.sure && g.turns.number > 0);
  bool if_any = !same && g.sure && g.turns.bounded;
  say(&g, !same && !if_any);
  if (if_any) return insert_before_loop(&g, true);
  return (g.declaration && edit_declaration(&g, value, index)) || insert_before_loop(&g, false);
}
