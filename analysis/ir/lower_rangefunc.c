// lower_rangefunc.c: range over functions. The loop's body becomes a function literal that the iterator calls; breaks,
// continues, gotos, returns and defers in it are rewritten. First the source function is searched for such loops and
// what leaves them (rangefunc_analyze); then lowering makes the rewritten form directly. Rules, names, states and
// numbers of #next: cmd/compile/internal/rangefunc/rewrite.go and its reference, section 1.3.
#include "ir/lower_internal.h"

enum { STATE_DONE = 0, STATE_READY = 1, STATE_PANIC = 2, STATE_EXHAUSTED = 3, STATE_MISSING_PANIC = 4, STEP = 2 };

// ---- analysis

typedef struct LabelInfo {
  Sym name;
  const Ast *stmt; // what is labelled
  RangeLoop *loop; // innermost loop over a function around it
} LabelInfo;

typedef struct Analysis {
  Arena *arena;
  const DeclTypes *types;
  RangeFuncs *result;
  VEC(LabelInfo) labels;
  RangeLoop *loop;
  const Ast *break_to, *continue_to; // innermost statements
  uint32_t states, yields;
  unsigned depth;
} Analysis;

static bool is_range_func(const DeclTypes *types, const Ast *s) {
  if (s->kind != AST_RANGE_STMT || !s->u.range.x) return false;
  Type *t = node_info(types, ast_unparen(s->u.range.x))->type;
  Type *core = t ? type_core(t) : NULL;
  return core && core->kind == TYPE_SIGNATURE;
}

// Calls visit on the statements directly inside s.
static void each_child(Analysis *a, const Ast *s, void (*visit)(Analysis *, const Ast *),
                       void (*list)(Analysis *, const AstList *)) {
  switch ((AstKind)s->kind) {
  case AST_BLOCK: list(a, &s->u.block.stmts); return;
  case AST_LABELED_STMT:
    if (s->u.labeled.stmt) visit(a, s->u.labeled.stmt);
    return;
  case AST_IF_STMT:
    if (s->u.if_stmt.then) visit(a, s->u.if_stmt.then);
    if (s->u.if_stmt.else_) visit(a, s->u.if_stmt.else_);
    return;
  case AST_FOR_STMT:
    if (s->u.for_stmt.body) visit(a, s->u.for_stmt.body);
    return;
  case AST_RANGE_STMT:
    if (s->u.range.body) visit(a, s->u.range.body);
    return;
  case AST_SWITCH_STMT:
    for (uint32_t i = 0; i < s->u.switch_stmt.clauses.len; i++)
      if (s->u.switch_stmt.clauses.items[i]->kind == AST_CASE_CLAUSE)
        list(a, &s->u.switch_stmt.clauses.items[i]->u.clause.body);
    return;
  case AST_TYPE_SWITCH_STMT:
    for (uint32_t i = 0; i < s->u.type_switch.clauses.len; i++)
      if (s->u.type_switch.clauses.items[i]->kind == AST_CASE_CLAUSE)
        list(a, &s->u.type_switch.clauses.items[i]->u.clause.body);
    return;
  case AST_SELECT_STMT:
    for (uint32_t i = 0; i < s->u.select.clauses.len; i++)
      if (s->u.select.clauses.items[i]->kind == AST_COMM_CLAUSE) list(a, &s->u.select.clauses.items[i]->u.comm.body);
    return;
  case AST_NONE:
  case AST_BAD:
  case AST_NAME:
  case AST_BASIC_LIT:
  case AST_COMPOSITE_LIT:
  case AST_KEY_VALUE:
  case AST_FUNC_LIT:
  case AST_PAREN:
  case AST_SELECTOR:
  case AST_INDEX:
  case AST_SLICE:
  case AST_TYPE_ASSERT:
  case AST_STAR:
  case AST_UNARY:
  case AST_BINARY:
  case AST_CALL:
  case AST_ELLIPSIS:
  case AST_ARRAY_TYPE:
  case AST_SLICE_TYPE:
  case AST_STRUCT_TYPE:
  case AST_INTERFACE_TYPE:
  case AST_FUNC_TYPE:
  case AST_MAP_TYPE:
  case AST_CHAN_TYPE:
  case AST_FIELD:
  case AST_CASE_CLAUSE:
  case AST_COMM_CLAUSE:
  case AST_EMPTY_STMT:
  case AST_EXPR_STMT:
  case AST_SEND_STMT:
  case AST_DECL_STMT:
  case AST_ASSIGN_STMT:
  case AST_BRANCH_STMT:
  case AST_CALL_STMT:
  case AST_RETURN_STMT:
  case AST_IMPORT_DECL:
  case AST_CONST_DECL:
  case AST_TYPE_DECL:
  case AST_VAR_DECL:
  case AST_FUNC_DECL:
  case AST_KIND_COUNT: return;
  }
}

// First walk: loops and labels.
static void find_list(Analysis *a, const AstList *list);

static void find(Analysis *a, const Ast *s) {
  if (++a->depth > stack_levels()) {
    a->depth--;
    return;
  }
  RangeLoop *outer = a->loop;
  if (s->kind == AST_LABELED_STMT && s->u.labeled.label && s->u.labeled.label->kind == AST_NAME) {
    LabelInfo info = {s->u.labeled.label->u.name.name, s->u.labeled.stmt, outer};
    VEC_PUSH(a->arena, &a->labels, info);
  }
  if (is_range_func(a->types, s)) {
    RangeLoop *loop = ARENA_NEW(a->arena, RangeLoop);
    loop->stmt = s;
    loop->parent = outer;
    loop->outermost = outer ? outer->outermost : loop;
    loop->depth = outer ? outer->depth + 1 : 1;
    loop->state_number = ++a->states;
    ptrmap_set(&a->result->loops, s, loop);
    a->loop = loop;
  }
  each_child(a, s, find, find_list);
  a->loop = outer;
  a->depth--;
}

static void find_list(Analysis *a, const AstList *list) {
  for (uint32_t i = 0; i < list->len; i++) find(a, list->items[i]);
}

static LabelInfo *label_info(Analysis *a, Sym name, uint32_t *index) {
  for (uint32_t i = 0; i < a->labels.len; i++)
    if (a->labels.items[i].name == name) {
      *index = i;
      return &a->labels.items[i];
    }
  return NULL;
}

static void need_next(RangeLoop *loop) { loop->outermost->needs_next = true; }

static RangeEdit *new_edit(Analysis *a, const Ast *s, int64_t next, bool result) {
  RangeEdit *e = ARENA_NEW(a->arena, RangeEdit);
  *e = (RangeEdit){a->loop, next, result};
  ptrmap_set(&a->result->edits, s, e);
  if (next) need_next(a->loop);
  return e;
}

// A branch whose label lies outside the innermost loop and that is no break or continue of a loop over a function.
static void edit_far_branch(Analysis *a, const Ast *s, Sym label) {
  uint32_t index;
  LabelInfo *info = label_info(a, label, &index);
  if (!info || info->loop == a->loop) return;
  int64_t used = -1 - 3 * ((int64_t)index + 1);
  int64_t next = s->op == TOKEN_BREAK ? used : s->op == TOKEN_CONTINUE ? used + 1 : used + 2;
  RangeLoop *top = a->loop;
  for (; top->parent != info->loop && top->parent; top = top->parent) top->check_return = true;
  uint32_t n = a->result->branches.len, at = 0;
  while (at < n && a->result->branches.items[at].next != next) at++;
  if (at == n) {
    RangeBranch b = {s->op, label, next};
    VEC_PUSH(a->arena, &a->result->branches, b);
  }
  bool known = false;
  for (uint32_t i = 0; i < top->check_branches.len; i++) known |= top->check_branches.items[i] == at;
  if (!known) VEC_PUSH(a->arena, &top->check_branches, at);
  new_edit(a, s, next, false);
}

static void edit_branch(Analysis *a, const Ast *s) {
  if (s->op == TOKEN_FALLTHROUGH) return;
  const Ast *label = s->u.branch.label, *target = s->op == TOKEN_BREAK ? a->break_to : a->continue_to;
  Sym name = label && label->kind == AST_NAME ? label->u.name.name : NULL;
  if (name) {
    uint32_t index;
    LabelInfo *info = label_info(a, name, &index);
    target = info ? info->stmt : NULL;
  }
  RangeLoop *loop = s->op == TOKEN_GOTO ? NULL : a->loop;
  if (!name && (!loop || loop->stmt != target)) return;
  while (loop && loop->stmt != target) loop = loop->parent;
  if (!loop) {
    if (name) edit_far_branch(a, s, name);
    return;
  }
  bool again = s->op == TOKEN_CONTINUE;
  if (loop == a->loop) {
    new_edit(a, s, 0, again);
    return;
  }
  // The loops in between break; the one just inside the target, or the target's, finishes the job.
  RangeLoop *inner = a->loop;
  for (; inner->parent != loop; inner = inner->parent) inner->check_break = true;
  if (again) {
    inner->check_continue = true;
  } else {
    inner->check_break = true;
    loop->check_break = true;
  }
  new_edit(a, s, STEP * (int64_t)loop->depth - (again ? 1 : 0), false);
}

static void edit_stmt(Analysis *a, const Ast *s) {
  if (!a->loop) return;
  if (s->kind == AST_BRANCH_STMT) {
    edit_branch(a, s);
  } else if (s->kind == AST_RETURN_STMT) {
    if (s->u.ret.results.len) a->result->names_results = true;
    for (RangeLoop *loop = a->loop; loop; loop = loop->parent) loop->check_return = true;
    new_edit(a, s, -1, false);
  } else if (s->kind == AST_CALL_STMT && s->op == TOKEN_DEFER) {
    RangeLoop *top = a->loop->outermost;
    if (!top->needs_defers) top->defers_first = !top->needs_next;
    top->needs_defers = true;
    new_edit(a, s, 0, false);
  }
}

// Second walk: what leaves the loops. Statements of a list are dealt with after all that is inside them.
static void analyze_list(Analysis *a, const AstList *list);

static void analyze(Analysis *a, const Ast *s) {
  if (++a->depth > stack_levels()) {
    a->depth--;
    return;
  }
  RangeLoop *outer = a->loop, *loop = ptrmap_get(&a->result->loops, s);
  const Ast *break_to = a->break_to, *continue_to = a->continue_to;
  if (loop) a->loop = loop;
  if (s->kind == AST_FOR_STMT || s->kind == AST_RANGE_STMT) a->break_to = a->continue_to = s;
  if (s->kind == AST_SWITCH_STMT || s->kind == AST_TYPE_SWITCH_STMT || s->kind == AST_SELECT_STMT) a->break_to = s;
  each_child(a, s, analyze, analyze_list);
  if (s->kind == AST_LABELED_STMT && s->u.labeled.stmt) edit_stmt(a, s->u.labeled.stmt);
  if (loop) {
    loop->yield_number = ++a->yields;
    if (loop->check_branches.len || loop->check_return || loop->depth > 1) need_next(loop);
  }
  a->loop = outer;
  a->break_to = break_to;
  a->continue_to = continue_to;
  a->depth--;
}

static void analyze_list(Analysis *a, const AstList *list) {
  for (uint32_t i = 0; i < list->len; i++) analyze(a, list->items[i]);
  for (uint32_t i = 0; i < list->len; i++) edit_stmt(a, list->items[i]);
}

RangeFuncs *rangefunc_analyze(Arena *arena, const DeclTypes *types, const Ast *body) {
  if (!body) return NULL;
  Analysis a = {.arena = arena, .types = types, .result = ARENA_NEW(arena, RangeFuncs)};
  find(&a, body);
  if (!a.result->loops.len) return NULL; // then nothing is in the maps
  analyze(&a, body);
  return a.result;
}

// ---- rewriting

static const void *state_key(const RangeLoop *loop) { return &loop->state_number; }
static const void *next_key(const RangeLoop *loop) { return &loop->outermost->needs_next; }
static const void *defers_key(const RangeLoop *loop) { return &loop->outermost->needs_defers; }

static IrNode *use(Lower *l, const void *key, IrPos pos) {
  IrName *name = lower_lookup(l, key, pos.offset);
  if (!name) return lower_bad_node(l, pos, NULL);
  name->used = true;
  return name->node;
}

static void assign_int(Lower *l, IrPos pos, const void *key, int64_t v, IrList *out) {
  IrNode *x = use(l, key, pos);
  ir_list_push(l->unit, out, lower_as(l, pos, x, lower_int(l, pos, v)));
}

// var name = y
static IrName *declare(Lower *l, IrPos pos, IrPos at, const void *key, Sym sym, Type *type, IrNode *y, IrList *out) {
  IrName *name = lower_declare(l, key, sym, type, at);
  IrNode *as = lower_as(l, pos, name->node, y);
  ir_list_push(l->unit, &as->init, lower_dcl(l, y ? at : pos, name));
  if (y) {
    as->flags |= IR_FLAG_DEF;
    name->defn = as;
  }
  ir_list_push(l->unit, out, as);
  return name;
}

// A function of package runtime that only the compiler calls.
IrNode *lower_runtime_func(Lower *l, const char *name, Type *param, Type *result) {
  LowerState *s = l->state;
  Sym sym = lower_sym(s, "%s", name);
  IrName *known = ptrmap_get(&s->runtime_names, sym);
  if (known) return known->node;
  Package *pkg = l->unit->pkg;
  if (!s->runtime) {
    s->runtime = ARENA_NEW(&l->unit->arena, Package);
    s->runtime->path = STR("runtime");
    s->runtime->name = lower_sym(s, "runtime");
    s->runtime->context = pkg->context;
  }
  Object *in = param ? object_new_var(pkg, VAR_PARAM, NULL, param, (Pos){NULL, 0}) : NULL;
  Object *res = result ? object_new_var(pkg, VAR_RESULT, NULL, result, (Pos){NULL, 0}) : NULL;
  Type *sig = type_new_signature(pkg, NULL, in ? type_new_tuple(pkg, &in, 1) : NULL,
                                 res ? type_new_tuple(pkg, &res, 1) : NULL, false);
  IrFunc *fn = lower_new_func(s, sym, sig, (IrPos){NULL, 0, 0});
  fn->name->pkg = s->runtime;
  fn->inline_done = true;
  if (in) {
    IrName *p = ir_new_name(l->unit, fn, CLASS_PARAM, lower_sym(s, "~p0"), param, fn->pos)->u.name;
    VEC_PUSH(&l->unit->arena, &fn->params, p);
  }
  ptrmap_set(&s->runtime_names, sym, fn->name);
  return fn->name->node;
}

static IrNode *panic_call(Lower *l, IrPos pos, IrNode *arg) {
  IrList args = {0};
  ir_list_push(l->unit, &args, arg);
  return lower_make_call(l, pos, lower_runtime_func(l, "panicrangestate", lower_basic(l, BASIC_INT), NULL), &args,
                         false);
}

static IrNode *new_if(Lower *l, IrPos pos, IrOp op, IrNode *x, int64_t v) {
  IrNode *n = ir_new(l->unit, IR_IF, pos, NULL);
  n->u.if_.cond = lower_binary(l, op, pos, x, lower_int(l, pos, v), lower_basic(l, BASIC_BOOL));
  return n;
}

static IrNode *new_return(Lower *l, IrPos pos, bool with_value, bool value) {
  IrNode *n = ir_new(l->unit, IR_RETURN, pos, NULL);
  if (with_value) {
    IrNode *v = ir_new_literal(l->unit, pos, lower_basic(l, BASIC_BOOL), const_bool(&l->unit->constants, value));
    ir_list_push(l->unit, &n->u.ret.results, v);
  }
  l->fn->return_count++;
  return n;
}

static IrNode *if_next(Lower *l, const RangeLoop *loop, IrPos pos, IrOp op, int64_t v, bool clear) {
  IrNode *n = new_if(l, pos, op, use(l, next_key(loop), pos), v);
  if (clear) assign_int(l, pos, next_key(loop), 0, &n->u.if_.body);
  return n;
}

// Leaves the enclosing body function: its state, then the result.
static void leave_parent(Lower *l, const RangeLoop *loop, IrPos pos, int state, bool result, IrNode *if_, IrList *out) {
  assign_int(l, pos, state_key(loop->parent), state, &if_->u.if_.body);
  ir_list_push(l->unit, &if_->u.if_.body, new_return(l, pos, true, result));
  ir_list_push(l->unit, out, if_);
}

static void lower_checks(Lower *l, const RangeLoop *loop, IrPos pos, IrList *out) {
  const RangeFuncs *ranges = l->source->ranges;
  for (uint32_t i = 0; i < loop->check_branches.len; i++) {
    const RangeBranch *b = &ranges->branches.items[loop->check_branches.items[i]];
    IrNode *n = if_next(l, loop, pos, IR_EQ, b->next, true);
    IrOp op = b->op == TOKEN_BREAK ? IR_BREAK : b->op == TOKEN_CONTINUE ? IR_CONTINUE : IR_GOTO;
    IrNode *jump = ir_new(l->unit, op, pos, NULL);
    jump->u.branch.label =
      l->inl_caller ? lower_sym(l->state, "~%s\xc2\xb7%u", b->label->text, (unsigned)l->label_suffix) : b->label;
    ir_list_push(l->unit, &n->u.if_.body, jump);
    ir_list_push(l->unit, out, n);
  }
  if (!loop->parent) {
    if (!loop->check_return) return;
    IrNode *n = if_next(l, loop, pos, IR_EQ, -1, false);
    ir_list_push(l->unit, &n->u.if_.body, new_return(l, pos, false, false));
    ir_list_push(l->unit, out, n);
    return;
  }
  if (loop->check_return) leave_parent(l, loop, pos, STATE_DONE, false, if_next(l, loop, pos, IR_LT, 0, false), out);
  int64_t step = STEP * ((int64_t)loop->depth - 1);
  IrNode *n = if_next(l, loop, pos, IR_GT, step, false);
  ir_list_push(l->unit, &n->u.if_.body, panic_call(l, pos, lower_int(l, pos, STATE_DONE)));
  ir_list_push(l->unit, out, n);
  if (loop->check_continue)
    leave_parent(l, loop, pos, STATE_READY, true, if_next(l, loop, pos, IR_EQ, step - 1, true), out);
  if (loop->check_break) leave_parent(l, loop, pos, STATE_DONE, false, if_next(l, loop, pos, IR_EQ, step, true), out);
  if (loop->check_continue || loop->check_break)
    leave_parent(l, loop, pos, STATE_DONE, false, if_next(l, loop, pos, IR_GT, 0, false), out);
}

static void declare_next(Lower *l, const RangeLoop *loop, IrPos pos, IrList *out) {
  if (!loop->needs_next) return;
  declare(l, pos, (IrPos){NULL, 0, 0}, next_key(loop), lower_sym(l->state, "#next"), lower_basic(l, BASIC_INT), NULL,
          out);
}

static void declare_outer(Lower *l, const RangeLoop *loop, IrPos pos, IrList *out) {
  if (!loop->defers_first) declare_next(l, loop, pos, out);
  if (loop->needs_defers) {
    Type *any = l->unit->pkg->context->type_empty_interface;
    IrList args = {0};
    IrNode *call = lower_make_call(l, pos, lower_runtime_func(l, "deferrangefunc", NULL, any), &args, false);
    declare(l, pos, (IrPos){NULL, 0, 0}, defers_key(loop), lower_sym(l->state, "#defers"), any, call, out);
  }
  if (loop->defers_first) declare_next(l, loop, pos, out);
}

// Signature of the body function, from the source's type of the iterator.
static Type *yield_type(const Lower *l, const Ast *s) {
  Type *iterator = type_core(lower_src_type(l, s->u.range.x));
  Type *params = iterator && iterator->kind == TYPE_SIGNATURE ? iterator->u.signature.params : NULL;
  Type *yield = tuple_len(params) == 1 ? type_core(tuple_at(params, 0)->type) : NULL;
  return yield && yield->kind == TYPE_SIGNATURE ? yield : NULL;
}

static IrNode *body_closure(Lower *l, RangeLoop *loop, Type *yield, IrPos pos) {
  IrPos origin = {pos.decl, pos.offset, 0};
  IrFunc *fn = lower_new_closure(l, origin, pos, WHY_RANGE, lower_type(l, yield));
  LowerSource *source = ARENA_NEW(&l->unit->arena, LowerSource);
  source->kind = SOURCE_RANGE_BODY;
  source->pkg = l->pkg;
  source->decl = l->decl;
  source->types = l->types;
  source->node = loop->stmt;
  source->env = l->env;
  source->signature = yield;
  source->ranges = l->source->ranges;
  source->loop = loop;
  source->home_results = l->source->kind == SOURCE_RANGE_BODY ? l->source->home_results
                         : l->signature                       ? type_results_of(l->signature)
                                                              : NULL;
  fn->source = source;
  lower_closure_body(l, fn);
  return fn->closure;
}

void lower_range_func(Lower *l, const Ast *s, IrList *out) {
  RangeLoop *loop = ptrmap_get(&l->source->ranges->loops, s);
  IrPos start = lower_pos(l, s->pos), end = start;
  if (s->u.range.body && s->u.range.body->kind == AST_BLOCK) end = lower_pos(l, s->u.range.body->u.block.rbrace);
  Type *yield = yield_type(l, s), *integer = lower_basic(l, BASIC_INT);
  if (!yield) {
    l->fn->is_broken = true;
    return;
  }
  if (!loop->parent) declare_outer(l, loop, start, out);
  Sym state = lower_sym(l->state, "#state%u", (unsigned)loop->state_number);
  declare(l, start, start, state_key(loop), state, integer, lower_int(l, start, STATE_READY), out);
  // The variable precedes the literal that is its value, as on the left of any assignment.
  Type *yield_ir = lower_type(l, yield);
  IrName *name = lower_declare(l, &loop->yield_number, lower_sym(l->state, "#yield%u", (unsigned)loop->yield_number),
                               yield_ir, (IrPos){NULL, 0, 0});
  IrNode *as = lower_as(l, start, name->node, body_closure(l, loop, yield, start));
  as->flags |= IR_FLAG_DEF;
  ir_list_push(l->unit, &as->init, lower_dcl(l, name->pos, name));
  name->defn = as;
  ir_list_push(l->unit, out, as);

  IrList args = {0};
  IrNode *fun = lower_callee(l, ast_unparen(s->u.range.x), &args);
  Type *iterator = type_core(lower_src_type(l, s->u.range.x));
  Type *want = tuple_at(iterator->u.signature.params, 0)->type;
  IrNode *arg = name->node;
  if (!type_identical(yield, want)) arg = lower_convert(l, start, lower_type(l, want), arg, true);
  ir_list_push(l->unit, &args, arg);
  ir_list_push(l->unit, out, lower_make_call(l, start, fun, &args, false));

  IrNode *check = new_if(l, end, IR_EQ, use(l, state_key(loop), end), STATE_PANIC);
  ir_list_push(l->unit, &check->u.if_.body, panic_call(l, end, lower_int(l, end, STATE_MISSING_PANIC)));
  ir_list_push(l->unit, out, check);
  assign_int(l, end, state_key(loop), STATE_EXHAUSTED, out);
  lower_checks(l, loop, end, out);
}

// ---- the body function

static const Ast *range_var(const Ast *s, uint32_t i) {
  return i == 0 ? s->u.range.key : i == 1 ? s->u.range.value : NULL;
}

static Object *defined_var(const Lower *l, const Ast *e) {
  if (!e || e->kind != AST_NAME) return NULL;
  const NodeInfo *info = lower_info(l, e);
  return !info->is_selection && info->ref.object && info->ref.object->kind == OBJ_VAR ? info->ref.object : NULL;
}

void lower_range_params(Lower *l, IrFunc *fn) {
  Arena *arena = &l->unit->arena;
  const Ast *s = l->source->node;
  Type *params = l->source->signature->u.signature.params;
  IrPos start = lower_pos(l, s->pos);
  for (uint32_t i = 0; i < tuple_len(params); i++) {
    const Ast *var = range_var(s, i);
    Object *o = s->u.range.define ? defined_var(l, var) : NULL;
    bool blank = var && s->u.range.define && (!o || sym_is_blank(o->name));
    Sym sym = blank ? lower_sym(l->state, "~p%u", (unsigned)i)
              : o   ? o->name
                    : lower_sym(l->state, "#p%u", (unsigned)i + 1);
    IrPos pos = o ? lower_object_pos(l, o) : start;
    Type *type = lower_type(l, o && o->type ? o->type : tuple_at(params, i)->type);
    IrName *name = ir_new_name(l->unit, fn, CLASS_PARAM, sym, type, pos)->u.name;
    name->object = o;
    name->pkg = l->pkg;
    ptrmap_set(&l->locals, o ? (const void *)o : tuple_at(params, i), name);
    VEC_PUSH(arena, &fn->params, name);
    VEC_PUSH(arena, &fn->dcls, name);
  }
  IrName *r =
    ir_new_name(l->unit, fn, CLASS_RESULT, lower_sym(l->state, "#r"), lower_basic(l, BASIC_BOOL), start)->u.name;
  r->pkg = l->pkg;
  VEC_PUSH(arena, &fn->results, r);
  VEC_PUSH(arena, &fn->dcls, r);
}

void lower_range_body(Lower *l, IrList *out) {
  const Ast *s = l->source->node;
  const RangeLoop *loop = l->source->loop;
  IrPos start = lower_pos(l, s->pos), end = start, none = {NULL, 0, 0};
  if (s->u.range.body && s->u.range.body->kind == AST_BLOCK) end = lower_pos(l, s->u.range.body->u.block.rbrace);
  Type *params = l->source->signature->u.signature.params;
  for (uint32_t i = 0; !s->u.range.define && i < tuple_len(params) && range_var(s, i); i++) {
    const Ast *var = range_var(s, i);
    IrName *defined;
    IrNode *x = lower_assignee(l, var, &defined), *y = use(l, tuple_at(params, i), lower_pos(l, var->pos));
    Type *to = lower_src_type(l, var);
    if (!ir_is_blank(x) && !type_identical(to, tuple_at(params, i)->type) && !type_is_invalid(to))
      y = lower_convert(l, lower_pos(l, var->pos), lower_type(l, to), y, true);
    ir_list_push(l->unit, out, lower_as(l, lower_pos(l, var->pos), x, y));
  }
  IrName *tmp = lower_declare(l, loop, lower_sym(l->state, "#tmpState"), lower_basic(l, BASIC_INT), none);
  IrNode *as = lower_as(l, none, tmp->node, use(l, state_key(loop), none));
  as->flags |= IR_FLAG_DEF;
  ir_list_push(l->unit, &as->init, lower_dcl(l, none, tmp));
  tmp->defn = as;
  ir_list_push(l->unit, out, as);
  assign_int(l, start, state_key(loop), STATE_PANIC, out);
  IrNode *check = new_if(l, start, IR_NE, tmp->node, STATE_READY);
  ir_list_push(l->unit, &check->u.if_.body, panic_call(l, start, tmp->node));
  ir_list_push(l->unit, out, check);
  AstList all = {ARENA_ARRAY(&l->unit->arena, Ast *, 1), 0};
  const AstList *body = s->u.range.body && s->u.range.body->kind == AST_BLOCK ? &s->u.range.body->u.block.stmts : &all;
  IrList stmts = {0};
  lower_stmts(l, body, &stmts);
  ir_list_append(l->unit, out, &stmts);
  assign_int(l, end, state_key(loop), STATE_READY, out);
  ir_list_push(l->unit, out, new_return(l, end, true, true));
}

// `return x` assigns to the results of the source's function.
static void assign_results(Lower *l, const Ast *s, IrPos pos, IrList *out) {
  Type *results = l->source->home_results;
  if (!s->u.ret.results.len || !results) return;
  IrList left = {0}, right = {0};
  for (uint32_t i = 0; i < tuple_len(results); i++) ir_list_push(l->unit, &left, use(l, tuple_at(results, i), pos));
  lower_multi_expr(l, pos, lower_tuple_dst, results, s->u.ret.results.items, s->u.ret.results.len, &right);
  for (uint32_t i = 0; i < left.len && i < right.len; i++)
    right.items[i] = lower_assign_conv(l, pos, left.items[i]->type, right.items[i]);
  IrNode *n;
  if (left.len == 1 && right.len == 1) {
    n = lower_as(l, pos, left.items[0], right.items[0]);
  } else {
    n = ir_new(l->unit, IR_AS2, pos, NULL);
    n->u.as_list.lhs = left;
    n->u.as_list.rhs = right;
  }
  ir_list_push(l->unit, out, n);
}

bool lower_range_edit(Lower *l, const Ast *s, IrList *out) {
  const RangeEdit *e = ptrmap_get(&l->source->ranges->edits, s);
  if (!e) return false;
  IrPos pos = lower_pos(l, s->pos);
  if (s->kind == AST_CALL_STMT) {
    IrNode *n = lower_go_defer(l, s);
    n->u.go_defer.defer_at = use(l, defers_key(e->loop), pos);
    ir_list_push(l->unit, out, n);
    return true;
  }
  if (s->kind == AST_RETURN_STMT) assign_results(l, s, pos, out);
  if (e->next) assign_int(l, pos, next_key(e->loop), e->next, out);
  assign_int(l, pos, state_key(e->loop), e->result ? STATE_READY : STATE_DONE, out);
  ir_list_push(l->unit, out, new_return(l, pos, true, e->result));
  return true;
}
