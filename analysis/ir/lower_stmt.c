// lower_stmt.c: statements. Dead code is dropped as gc's writer drops it (stmts, terminates, staticBool of
// cmd/compile/internal/noder/writer.go); nodes are those of noder/reader.go's stmt1 after typecheck.
#include "ir/lower_internal.h"

// ---- conditions known at compile time

static const Ast *operand_of(const Lower *l, const Ast *e, bool second) {
  const PtrMap *map = second ? &l->state->simplified_y : &l->state->simplified_x;
  const Ast *changed = map->len ? ptrmap_get(map, e) : NULL;
  return changed ? changed : second ? e->u.binary.y : e->u.binary.x;
}

static int static_bool(Lower *l, const Ast **cond, unsigned depth);

static int static_operand(Lower *l, const Ast *e, bool second, const Ast **operand, unsigned depth) {
  const Ast *old = operand_of(l, e, second), *new = old;
  int v = static_bool(l, &new, depth + 1);
  if (new != old) ptrmap_set(second ? &l->state->simplified_y : &l->state->simplified_x, e, (void *)(uintptr_t) new);
  *operand = new;
  return v;
}

static int static_bool(Lower *l, const Ast **cond, unsigned depth) {
  const Ast *e = *cond;
  if (!e || depth > stack_levels()) return 0;
  const NodeInfo *info = lower_info(l, e);
  if (info->value && const_kind(info->value) == CONST_BOOL) return const_bool_value(info->value) ? 1 : -1;
  if (e->kind == AST_UNARY && e->op == TOKEN_NOT) return 0;
  if (e->kind != AST_BINARY || (e->op != TOKEN_LAND && e->op != TOKEN_LOR)) return 0;
  int decides = e->op == TOKEN_LAND ? -1 : 1;
  const Ast *x, *y;
  int vx = static_operand(l, e, false, &x, depth);
  if (vx == decides) {
    *cond = x;
    return vx;
  }
  int vy = static_operand(l, e, true, &y, depth);
  if (vx == -decides || vy == decides) {
    if (lower_info(l, x)->value) *cond = y;
    return vy;
  }
  return 0;
}

int lower_static_bool(Lower *l, const Ast **cond) { return static_bool(l, cond, 0); }

static const Ast *last_stmt(const AstList *list) {
  for (uint32_t i = list->len; i > 0; i--)
    if (list->items[i - 1]->kind != AST_EMPTY_STMT) return list->items[i - 1];
  return NULL;
}

// Nothing after the statement in its list can be reached.
static bool terminates(Lower *l, const Ast *s, unsigned depth) {
  if (!s || depth > stack_levels()) return false;
  if (s->kind == AST_BRANCH_STMT) return s->op == TOKEN_GOTO;
  if (s->kind == AST_RETURN_STMT) return true;
  if (s->kind == AST_BLOCK) return terminates(l, last_stmt(&s->u.block.stmts), depth + 1);
  if (s->kind == AST_EXPR_STMT) {
    const Ast *call = ast_unparen(s->u.expr_stmt.x);
    if (call->kind != AST_CALL) return false;
    const Ast *fun = ast_unparen(call->u.call.fun);
    return fun->kind == AST_NAME && sym_is(fun->u.name.name, "panic") && lower_info(l, fun)->mode == MODE_BUILTIN;
  }
  if (s->kind == AST_IF_STMT) {
    const Ast *cond = s->u.if_stmt.cond;
    int v = lower_static_bool(l, &cond);
    return (v < 0 || terminates(l, s->u.if_stmt.then, depth + 1)) &&
           (v > 0 || terminates(l, s->u.if_stmt.else_, depth + 1));
  }
  return false;
}

void lower_stmts(Lower *l, const AstList *list, IrList *out) {
  uint32_t last_label = 0; // 1-based
  for (uint32_t i = 0; i < list->len; i++)
    if (list->items[i]->kind == AST_LABELED_STMT) last_label = i + 1;
  bool dead = false;
  for (uint32_t i = 0; i < list->len; i++) {
    const Ast *s = list->items[i];
    if (dead && i + 1 > last_label && s->kind != AST_LABELED_STMT) continue;
    lower_stmt(l, s, out);
    dead = terminates(l, s, 0);
  }
}

IrNode *lower_block_of(Lower *l, IrList *list) {
  if (!list->len) return NULL;
  if (list->len == 1) return list->items[0];
  IrNode *n = ir_new(l->unit, IR_BLOCK, list->items[0]->pos, NULL);
  n->u.block.list = *list;
  return n;
}

// ---- assignment

IrNode *lower_assignee(Lower *l, const Ast *e, IrName **defined) {
  *defined = NULL;
  e = ast_unparen(e);
  if (e->kind == AST_NAME) {
    if (sym_is_blank(e->u.name.name)) return lower_blank(l);
    const NodeInfo *info = lower_info(l, e);
    Object *o = info->is_selection ? NULL : info->ref.object;
    if (info->is_def && o && o->kind == OBJ_VAR) {
      lower_need_run_time_type(l, o->type);
      IrName *name = lower_declare(l, o, o->name, lower_type(l, o->type), lower_object_pos(l, o));
      name->object = o;
      *defined = name;
      return name->node;
    }
  }
  IrNode *n = lower_value(l, e);
  if (n->op == IR_INDEXMAP) n->u.index.assigned = true;
  return n;
}

typedef struct AssignDst {
  Lower *l;
  Ast *const *lhs;
  uint32_t len;
} AssignDst;

static Type *assign_dst(void *context, uint32_t i) {
  AssignDst *d = context;
  if (i >= d->len) return NULL;
  const Ast *e = ast_unparen(d->lhs[i]);
  if (e->kind == AST_NAME) {
    if (sym_is_blank(e->u.name.name)) return NULL;
    const NodeInfo *info = lower_info(d->l, e);
    if (!info->is_selection && info->ref.object) return info->ref.object->type;
  }
  return lower_src_type(d->l, e);
}

static void define(Lower *l, IrNode *stmt, IrName **names, uint32_t len) {
  if (!len) return;
  stmt->flags |= IR_FLAG_DEF;
  for (uint32_t i = 0; i < len; i++) {
    names[i]->defn = stmt;
    ir_list_push(l->unit, &stmt->init, lower_dcl(l, names[i]->pos, names[i]));
  }
}

void lower_assign(Lower *l, IrPos pos, Ast *const *lhs, uint32_t lhs_len, Ast *const *rhs, uint32_t rhs_len,
                  IrList *out) {
  IrName **names = ARENA_ARRAY(&l->unit->arena, IrName *, lhs_len ? lhs_len : 1);
  uint32_t name_count = 0;
  IrList left = {0}, right = {0};
  for (uint32_t i = 0; i < lhs_len; i++) {
    IrName *defined;
    ir_list_push(l->unit, &left, lower_assignee(l, lhs[i], &defined));
    if (defined) names[name_count++] = defined;
  }
  AssignDst dst = {l, lhs, lhs_len};
  lower_multi_expr(l, pos, assign_dst, &dst, rhs, rhs_len, &right);
  if (!right.len) {
    for (uint32_t i = 0; i < name_count; i++) {
      IrNode *as = lower_as(l, pos, names[i]->node, NULL);
      ir_list_push(l->unit, &as->init, lower_dcl(l, pos, names[i]));
      ir_list_push(l->unit, out, as);
    }
    return;
  }
  for (uint32_t i = 0; i < left.len && i < right.len; i++)
    if (!ir_is_blank(left.items[i])) right.items[i] = lower_assign_conv(l, pos, left.items[i]->type, right.items[i]);
  IrNode *n;
  if (left.len == 1 && right.len == 1) {
    n = lower_as(l, pos, left.items[0], right.items[0]);
  } else {
    n = ir_new(l->unit, IR_AS2, pos, NULL);
    n->u.as_list.lhs = left;
    n->u.as_list.rhs = right;
  }
  define(l, n, names, name_count);
  ir_list_push(l->unit, out, n);
}

static IrOp assign_operator(unsigned token) {
  switch (token) {
  case TOKEN_ADD: return IR_ADD;
  case TOKEN_SUB: return IR_SUB;
  case TOKEN_MUL: return IR_MUL;
  case TOKEN_QUO: return IR_DIV;
  case TOKEN_REM: return IR_MOD;
  case TOKEN_AND: return IR_AND;
  case TOKEN_OR: return IR_OR;
  case TOKEN_XOR: return IR_XOR;
  case TOKEN_SHL: return IR_LSH;
  case TOKEN_SHR: return IR_RSH;
  default: return IR_ANDNOT;
  }
}

static void lower_assign_stmt(Lower *l, const Ast *s, IrList *out) {
  IrPos pos = lower_pos(l, s->pos);
  unsigned form = s->u.assign.form;
  AstList lhs = s->u.assign.lhs, rhs = s->u.assign.rhs;
  if (form == ASSIGN_PLAIN || form == ASSIGN_DEFINE) {
    lower_assign(l, pos, lhs.items, lhs.len, rhs.items, rhs.len, out);
    return;
  }
  if (lhs.len != 1 || (form == ASSIGN_OP && rhs.len != 1)) return;
  IrNode *x = lower_value(l, lhs.items[0]), *y;
  if (form == ASSIGN_INCDEC) {
    y = lower_literal(l, pos, x->type, const_int64(&l->unit->constants, 1));
  } else {
    bool shift = s->op == TOKEN_SHL || s->op == TOKEN_SHR;
    y = lower_conv_expr(l, shift ? NULL : lower_src_type(l, lhs.items[0]), rhs.items[0], true);
  }
  IrNode *n = ir_new(l->unit, IR_ASOP, pos, NULL);
  n->u.as_op.x = x;
  n->u.as_op.y = y;
  n->u.as_op.op = assign_operator(s->op);
  if (form == ASSIGN_INCDEC) n->flags |= IR_FLAG_INCDEC;
  if (x->op == IR_INDEXMAP) x->u.index.assigned = true;
  ir_list_push(l->unit, out, n);
}

// ---- if, for, range

static void lower_if(Lower *l, const Ast *s, IrList *out) {
  IrPos pos = lower_pos(l, s->pos);
  const Ast *cond = s->u.if_stmt.cond;
  int known = lower_static_bool(l, &cond);
  IrList init = {0}, then = {0}, else_ = {0};
  if (s->u.if_stmt.init) lower_stmt(l, s->u.if_stmt.init, &init);
  IrNode *c = cond ? lower_value(l, cond) : lower_bad_node(l, pos, NULL);
  if (known >= 0 && s->u.if_stmt.then) lower_stmts(l, &s->u.if_stmt.then->u.block.stmts, &then);
  if (known <= 0 && s->u.if_stmt.else_) lower_stmt(l, s->u.if_stmt.else_, &else_);
  if (known != 0) {
    if (c->op != IR_LITERAL) ir_list_push(l->unit, &init, lower_as(l, pos, lower_blank(l), c));
    ir_list_append(l->unit, &init, &then);
    ir_list_append(l->unit, &init, &else_);
    IrNode *block = lower_block_of(l, &init);
    if (block) ir_list_push(l->unit, out, block);
    return;
  }
  IrNode *n = ir_new(l->unit, IR_IF, pos, NULL);
  n->u.if_.cond = c;
  n->u.if_.body = then;
  n->u.if_.else_ = else_;
  n->init = init;
  ir_list_push(l->unit, out, n);
}

static bool distinct_vars(const Lower *l) {
  const AstFile *file = package_file_of(l->pkg, l->decl);
  uint32_t minor = file && file->go_minor ? file->go_minor : l->pkg->go_minor;
  return minor == 0 || minor >= 22;
}

static void lower_for(Lower *l, const Ast *s, Sym label, IrList *out) {
  IrPos pos = lower_pos(l, s->pos);
  const Ast *cond = s->u.for_stmt.cond;
  bool never = cond && lower_static_bool(l, &cond) < 0;
  IrList init = {0}, post = {0};
  if (s->u.for_stmt.init) lower_stmt(l, s->u.for_stmt.init, &init);
  IrNode *c = cond ? lower_value(l, cond) : NULL;
  if (s->u.for_stmt.post && !never) lower_stmt(l, s->u.for_stmt.post, &post);
  IrNode *n = ir_new(l->unit, IR_FOR, pos, NULL);
  if (!never && s->u.for_stmt.body) lower_stmts(l, &s->u.for_stmt.body->u.block.stmts, &n->u.for_.body);
  IrNode *first = lower_block_of(l, &init);
  if (c && ir_is_const(c, CONST_BOOL) && !const_bool_value(c->u.lit.value)) {
    if (first) ir_list_push(l->unit, out, first);
    return;
  }
  n->u.for_.label = label;
  n->u.for_.cond = c;
  n->u.for_.post = lower_block_of(l, &post);
  if (first) ir_list_push(l->unit, &n->init, first);
  if (distinct_vars(l)) n->flags |= IR_FLAG_DISTINCT_VARS;
  ir_list_push(l->unit, out, n);
}

// gc's position of a range clause is its keyword, which the tree does not keep.
static uint32_t range_keyword(const Lower *l, const Ast *s) {
  Str text = l->decl->text;
  uint32_t at = s->u.range.op_pos ? s->u.range.op_pos : s->pos + 3;
  ptrdiff_t i = at < text.n ? str_index(str_slice(text, at, text.n), STR("range")) : -1;
  return i < 0 ? s->pos : at + (uint32_t)i;
}

static bool is_call_or_receive(void *context, const Ast *n) {
  struct {
    const Lower *l;
    bool found;
  } *c = context;
  if (n->kind == AST_FUNC_LIT) return false;
  if (lower_info(c->l, n)->value) return false;
  if (n->kind == AST_CALL && !lower_is_type(c->l, n->u.call.fun)) c->found = true;
  if (n->kind == AST_UNARY && n->op == TOKEN_ARROW) c->found = true;
  return !c->found;
}

// An array of which only the length matters is not evaluated: the checker of gc makes it a constant.
static IrNode *lower_range_operand(Lower *l, const Ast *s) {
  const Ast *x = s->u.range.x;
  if (!s->u.range.value) {
    Type *t = type_underlying(lower_src_type(l, x));
    if (t->kind == TYPE_POINTER) t = type_underlying(t->u.pointer.elem);
    struct {
      const Lower *l;
      bool found;
    } c = {l, false};
    if (t->kind == TYPE_ARRAY && t->u.array.len >= 0) {
      ast_walk(x, is_call_or_receive, &c);
      if (!c.found) return lower_int(l, lower_pos(l, ast_unparen(x)->pos), t->u.array.len);
    }
  }
  return lower_value(l, x);
}

static void lower_range(Lower *l, const Ast *s, Sym label, IrList *out) {
  if (l->source && l->source->ranges && ptrmap_has(&l->source->ranges->loops, s)) {
    lower_range_func(l, s, out);
    return;
  }
  IrNode *n = ir_new(l->unit, IR_RANGE, lower_pos(l, range_keyword(l, s)), NULL);
  n->u.range.label = label;
  IrName *names[2], *defined;
  uint32_t count = 0;
  if (s->u.range.key) {
    n->u.range.key = lower_assignee(l, s->u.range.key, &defined);
    if (defined) names[count++] = defined;
  }
  if (s->u.range.value) {
    n->u.range.value = lower_assignee(l, s->u.range.value, &defined);
    if (defined) names[count++] = defined;
  }
  define(l, n, names, count);
  n->u.range.x = s->u.range.x ? lower_range_operand(l, s) : lower_bad_node(l, n->pos, NULL);
  if (s->u.range.body) lower_stmts(l, &s->u.range.body->u.block.stmts, &n->u.range.body);
  if (distinct_vars(l)) n->flags |= IR_FLAG_DISTINCT_VARS;
  ir_list_push(l->unit, out, n);
}

// ---- the rest

Sym lower_label(Lower *l, const Ast *name) {
  Sym sym = name->u.name.name;
  if (!l->inl_caller || sym_is_blank(sym)) return sym;
  return lower_sym(l->state, "~%s\xc2\xb7%u", sym->text, (unsigned)l->label_suffix);
}

static void lower_labeled(Lower *l, const Ast *s, IrList *out) {
  IrPos pos = lower_pos(l, s->pos);
  Sym sym = lower_label(l, s->u.labeled.label);
  IrNode *n = ir_new(l->unit, sym_is_blank(sym) ? IR_BLOCK : IR_LABEL, pos, NULL);
  if (n->op == IR_LABEL) n->u.label.label = sym;
  l->fn->label_count++;
  ir_list_push(l->unit, out, n);
  if (s->u.labeled.stmt) lower_stmt(l, s->u.labeled.stmt, out);
}

static void lower_branch(Lower *l, const Ast *s, IrList *out) {
  IrOp op = s->op == TOKEN_BREAK      ? IR_BREAK
            : s->op == TOKEN_CONTINUE ? IR_CONTINUE
            : s->op == TOKEN_GOTO     ? IR_GOTO
                                      : IR_FALL;
  IrNode *n = ir_new(l->unit, op, lower_pos(l, s->pos), NULL);
  if (s->u.branch.label) n->u.branch.label = lower_label(l, s->u.branch.label);
  ir_list_push(l->unit, out, n);
}

static Type *return_dst(void *context, uint32_t i) {
  Lower *l = context;
  Type *results = l->signature ? type_results_of(l->signature) : NULL;
  return i < tuple_len(results) ? tuple_at(results, i)->type : NULL;
}

static void lower_return(Lower *l, const Ast *s, IrList *out) {
  IrNode *n = ir_new(l->unit, IR_RETURN, lower_pos(l, s->pos), NULL);
  IrList *results = &n->u.ret.results;
  lower_multi_expr(l, n->pos, return_dst, l, s->u.ret.results.items, s->u.ret.results.len, results);
  for (uint32_t i = 0; i < results->len && i < l->fn->results.len; i++)
    results->items[i] = lower_assign_conv(l, results->items[i]->pos, l->fn->results.items[i]->type, results->items[i]);
  l->fn->return_count++;
  ir_list_push(l->unit, out, n);
}

static void lower_send(Lower *l, const Ast *s, IrList *out) {
  Type *chan = type_core(lower_src_type(l, s->u.send.chan));
  Type *elem = chan && chan->kind == TYPE_CHAN ? chan->u.chan.elem : NULL;
  IrNode *c = lower_value(l, s->u.send.chan);
  IrNode *v = lower_conv_expr(l, elem, s->u.send.value, true);
  ir_list_push(l->unit, out, lower_binary(l, IR_SEND, lower_pos(l, s->pos), c, v, NULL));
}

static void lower_decl_stmt(Lower *l, const Ast *s, IrList *out) {
  for (uint32_t i = 0; i < s->u.decl_stmt.specs.len; i++) {
    const Ast *spec = s->u.decl_stmt.specs.items[i];
    if (spec->kind != AST_VAR_DECL) continue;
    AstList names = spec->u.var_decl.names, values = spec->u.var_decl.values;
    lower_assign(l, lower_pos(l, spec->pos), names.items, names.len, values.items, values.len, out);
  }
}

static void lower_stmt_kind(Lower *l, const Ast *s, Sym label, IrList *out) {
  switch ((AstKind)s->kind) {
  case AST_EMPTY_STMT: return;
  case AST_BLOCK: lower_stmts(l, &s->u.block.stmts, out); return;
  case AST_LABELED_STMT: lower_labeled(l, s, out); return;
  case AST_EXPR_STMT: ir_list_push(l->unit, out, lower_value(l, s->u.expr_stmt.x)); return;
  case AST_SEND_STMT: lower_send(l, s, out); return;
  case AST_DECL_STMT: lower_decl_stmt(l, s, out); return;
  case AST_ASSIGN_STMT: lower_assign_stmt(l, s, out); return;
  case AST_BRANCH_STMT: lower_branch(l, s, out); return;
  case AST_CALL_STMT: ir_list_push(l->unit, out, lower_go_defer(l, s)); return;
  case AST_RETURN_STMT: lower_return(l, s, out); return;
  case AST_IF_STMT: lower_if(l, s, out); return;
  case AST_FOR_STMT: lower_for(l, s, label, out); return;
  case AST_RANGE_STMT: lower_range(l, s, label, out); return;
  case AST_SWITCH_STMT: lower_switch(l, s, label, out); return;
  case AST_TYPE_SWITCH_STMT: lower_type_switch(l, s, label, out); return;
  case AST_SELECT_STMT: lower_select(l, s, label, out); return;
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
  case AST_IMPORT_DECL:
  case AST_CONST_DECL:
  case AST_TYPE_DECL:
  case AST_VAR_DECL:
  case AST_FUNC_DECL:
  case AST_KIND_COUNT: l->fn->is_broken = true; return;
  }
}

void lower_stmt(Lower *l, const Ast *s, IrList *out) {
  if (!s) return;
  if (l->depth > stack_levels()) {
    l->fn->is_broken = true;
    return;
  }
  if (l->loop && lower_range_edit(l, s, out)) return;
  Sym label = NULL;
  if (out->len && out->items[out->len - 1]->op == IR_LABEL) label = out->items[out->len - 1]->u.label.label;
  l->depth++;
  lower_stmt_kind(l, s, label, out);
  l->depth--;
}
