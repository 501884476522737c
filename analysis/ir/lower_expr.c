// lower_expr.c: expressions. Constants become literals; implicit conversions of the source become nodes
// (implicitConvExpr of cmd/compile/internal/noder/writer.go); implicit addresses and dereferences as in
// typecheck/expr.go.
#include "ir/lower_internal.h"
#include "ir/rules.h"

static const NodeInfo no_info;

const NodeInfo *lower_info(const Lower *l, const Ast *e) {
  if (!l->types || !e || e->id > l->decl->node_count) return &no_info;
  return node_info(l->types, e);
}

Type *lower_src_type(const Lower *l, const Ast *e) {
  Type *t = lower_info(l, ast_unparen(e))->type;
  return t ? t : type_invalid(l->unit->pkg->context);
}

bool lower_is_type(const Lower *l, const Ast *e) { return lower_info(l, ast_unparen(e))->mode == MODE_TYPE; }

static Object *object_at(const Lower *l, const Ast *name) {
  const NodeInfo *info = lower_info(l, name);
  return info->is_selection ? NULL : info->ref.object;
}

Object *lower_object(const Lower *l, const Ast *e, const Instance **instance) {
  *instance = NULL;
  if (e->kind == AST_INDEX) {
    AstList indices = e->u.index.indices;
    if (indices.len == 1 && !lower_is_type(l, indices.items[0])) return NULL;
    e = ast_unparen(e->u.index.x);
  }
  if (e->kind == AST_SELECTOR) {
    const Ast *x = e->u.selector.x;
    Object *pkg = x->kind == AST_NAME ? object_at(l, x) : NULL;
    if (!pkg || pkg->kind != OBJ_PKGNAME) return NULL;
    e = e->u.selector.sel;
  }
  if (e->kind != AST_NAME) return NULL;
  *instance = node_instance(l->types, e);
  return object_at(l, e);
}

// ---- constants

static IrNode *lower_constant(Lower *l, const Ast *e, const NodeInfo *info) {
  Type *t = info->type ? type_unalias(info->type) : type_invalid(l->unit->pkg->context);
  if (t->kind == TYPE_BASIC && (t->basic_info & BASIC_IS_UNTYPED)) {
    BasicKind kind = BASIC_UINT;
    if (t->basic_kind == BASIC_UNTYPED_BOOL)
      kind = BASIC_BOOL;
    else if (t->basic_kind == BASIC_UNTYPED_STRING)
      kind = BASIC_STRING;
    else if (t->basic_kind == BASIC_UNTYPED_RUNE)
      kind = BASIC_INT32;
    else if (const_sign(info->value) < 0)
      kind = BASIC_INT;
    t = lower_basic(l, kind);
  }
  return lower_literal(l, lower_pos(l, e->pos),
                       lower_type(l, info->type == t         ? t
                                     : t->kind == TYPE_BASIC ? t
                                                             : info->type),
                       info->value);
}

// ---- conversions

static bool is_type_param(Type *t) { return type_unalias(t)->kind == TYPE_PARAM; }

IrNode *lower_conv_expr(Lower *l, Type *dst, const Ast *e, bool implicit) {
  Type *src = lower_src_type(l, e);
  bool same = !dst || type_is_invalid(dst) || type_is_invalid(src) || type_identical(src, dst);
  if (implicit && (same || (lower_info(l, ast_unparen(e))->value && type_is_untyped(src)))) return lower_value(l, e);
  IrPos pos = lower_pos(l, e->pos);
  lower_need_run_time_type(l, src);
  lower_need_run_time_type(l, dst);
  IrNode *x = lower_value(l, e);
  Type *type = lower_type(l, dst);
  IrNode *n = lower_convert(l, pos, type, x, implicit);
  if (!same && n->op == IR_CONVNOP && type_is_interface(n->type) && !type_is_empty_interface(n->type) &&
      (type_has_shape(n->type) || type_has_shape(x->type)))
    n->op = IR_CONVIFACE;
  if (is_type_param(dst) && n->op == IR_LITERAL) n = lower_conv_node(l, IR_CONVNOP, pos, n->type, n, true);
  return n;
}

static void check_comma_ok(IrNode *as, IrNode *x) {
  as->op = x->op == IR_INDEXMAP ? IR_AS2MAPR : x->op == IR_RECV ? IR_AS2RECV : IR_AS2FUNC;
  if (x->op != IR_DOTTYPE && x->op != IR_DYNAMICDOTTYPE) return;
  as->op = IR_AS2DOTTYPE;
  x->op = x->op == IR_DOTTYPE ? IR_DOTTYPE2 : IR_DYNAMICDOTTYPE2;
}

// One expression with several values, into temporaries.
static void lower_tuple(Lower *l, IrPos pos, LowerDst dst, void *context, const Ast *e, Type *tuple, IrList *out) {
  uint32_t first = out->len; // a receiver may stand before the values
  IrNode *x = lower_value(l, e);
  IrNode *as = ir_new(l->unit, IR_AS2, pos, NULL);
  as->flags |= IR_FLAG_DEF;
  ir_list_push(l->unit, &as->u.as_list.rhs, x);
  check_comma_ok(as, x);
  for (uint32_t i = 0; i < tuple_len(tuple); i++) {
    Type *src = tuple_at(tuple, i)->type;
    IrName *tmp =
      ir_temp_at(l->unit, l->fn, pos, lower_type(l, type_is_untyped(src) ? type_default(src) : src))->u.name;
    if (ir_rule(l->unit, RULE_RESULTS_ARE_DEFINED)) tmp->defn = as;
    ir_list_push(l->unit, &as->init, lower_dcl(l, pos, tmp));
    ir_list_push(l->unit, &as->u.as_list.lhs, tmp->node);
    Type *to = dst ? dst(context, i) : NULL;
    IrNode *value = tmp->node;
    if (to && !type_identical(src, to) && !type_is_invalid(to))
      value = lower_convert(l, pos, lower_type(l, to), value, true);
    ir_list_push(l->unit, out, value);
  }
  IrList init = {0};
  ir_list_push(l->unit, &init, as);
  out->items[first] = lower_init_expr(l, pos, &init, out->items[first]);
}

Type *lower_tuple_dst(void *tuple, uint32_t i) { return i < tuple_len(tuple) ? tuple_at(tuple, i)->type : NULL; }

void lower_multi_expr(Lower *l, IrPos pos, LowerDst dst, void *context, Ast *const *exprs, uint32_t len, IrList *out) {
  if (len == 1) {
    Type *t = lower_src_type(l, exprs[0]);
    if (t->kind == TYPE_TUPLE && tuple_len(t) > 1) {
      lower_tuple(l, pos, dst, context, exprs[0], t, out);
      return;
    }
  }
  for (uint32_t i = 0; i < len; i++)
    ir_list_push(l->unit, out, lower_conv_expr(l, dst ? dst(context, i) : NULL, exprs[i], true));
}

// ---- literals of composite types

typedef struct CompLit {
  IrNode *node;
  Type *type;   // of the IR
  Type *source; // core type of the source's type
  int64_t next, length;
} CompLit;

// The path from the struct to the field that a key names: along embedded fields where it is promoted (go1.27). *direct
// is the path of a field of the struct itself. False: there is no such field.
static bool keyed_field(Lower *l, const CompLit *c, const Ast *key, Lookup *out, uint32_t *direct) {
  const Object *field = object_at(l, key);
  ObjectList fields = c->source->u.struct_.fields;
  *out = (Lookup){.path = direct, .path_len = 1};
  for (*direct = 0; *direct < fields.len; ++*direct)
    if (field ? fields.items[*direct] == field : fields.items[*direct]->name == key->u.name.name) return true;
  *out = type_lookup(&l->unit->nodes, c->source, false, l->pkg, key->u.name.name, false);
  return out->obj && out->obj->kind == OBJ_VAR;
}

static void lower_struct_elem(Lower *l, CompLit *c, const Ast *elem, uint32_t i) {
  uint32_t at = elem->pos, direct;
  Lookup found = {.path = &i, .path_len = 1};
  if (elem->kind == AST_KEY_VALUE) {
    const Ast *key = elem->u.kv.key;
    if (key->kind != AST_NAME || !keyed_field(l, c, key, &found, &direct)) return;
    at = key->pos;
    elem = elem->u.kv.value;
  }
  Object *field = NULL;
  Type *source = c->source, *t = c->type;
  for (uint32_t step = 0; step < found.path_len && source && t; step++) {
    source = struct_field_type(source, found.path[step], &field);
    t = struct_field_type(t, found.path[step], &field);
  }
  if (!t || !source || !field) return;
  IrNode *k = ir_new(l->unit, IR_STRUCTKEY, lower_pos(l, at), t);
  k->u.struct_key.field = field;
  k->u.struct_key.sym = field->name;
  IrNode *value = lower_conv_expr(l, source, elem, true);
  k->u.struct_key.value = lower_assign_conv(l, k->pos, t, value);
  ir_list_push(l->unit, &c->node->u.complit.list, k);
}

static void lower_elem(Lower *l, CompLit *c, const Ast *elem, Type *key_type, Type *elem_type) {
  IrNode *pair = NULL;
  if (elem->kind == AST_KEY_VALUE) {
    pair = ir_new(l->unit, IR_KEY, lower_pos(l, elem->u.kv.key->pos), NULL);
    pair->u.key.key = lower_conv_expr(l, key_type, elem->u.kv.key, true);
    int64_t k;
    if (!key_type && pair->u.key.key->op == IR_LITERAL && const_int64_value(pair->u.key.key->u.lit.value, &k))
      c->next = k;
    elem = elem->u.kv.value;
  }
  IrNode *value = lower_conv_expr(l, elem_type, elem, true);
  if (pair) pair->u.key.value = value;
  ir_list_push(l->unit, &c->node->u.complit.list, pair ? pair : value);
  if (++c->next > c->length) c->length = c->next;
}

static IrNode *lower_complit(Lower *l, const Ast *e) {
  IrPos pos = lower_pos(l, e->pos);
  Type *src = lower_src_type(l, e), *core = type_core(src);
  Type *type = lower_type(l, src), *whole = type;
  bool pointer = core && core->kind == TYPE_POINTER;
  if (pointer) {
    core = type_core(core->u.pointer.elem);
    type = type_pointer_elem(type);
  }
  if (!core || !type) return lower_bad_node(l, pos, NULL);
  IrOp op = core->kind == TYPE_STRUCT  ? IR_STRUCTLIT
            : core->kind == TYPE_ARRAY ? IR_ARRAYLIT
            : core->kind == TYPE_SLICE ? IR_SLICELIT
            : core->kind == TYPE_MAP   ? IR_MAPLIT
                                       : IR_INVALID;
  if (op == IR_INVALID) return lower_bad_node(l, pos, NULL);
  lower_touch(l->state, type);
  CompLit c = {ir_new(l->unit, op, pos, type), type, core, 0, 0};
  AstList elems = e->u.composite.elems;
  for (uint32_t i = 0; i < elems.len; i++) {
    if (op == IR_STRUCTLIT)
      lower_struct_elem(l, &c, elems.items[i], i);
    else if (op == IR_MAPLIT)
      lower_elem(l, &c, elems.items[i], core->u.map.key, core->u.map.elem);
    else
      lower_elem(l, &c, elems.items[i], NULL, op == IR_ARRAYLIT ? core->u.array.elem : core->u.slice.elem);
  }
  c.node->u.complit.len = op == IR_SLICELIT ? c.length : op == IR_ARRAYLIT ? core->u.array.len : 0;
  if (!pointer) return c.node;
  IrNode *addr = lower_addr(l, pos, c.node, false);
  addr->type = whole;
  return addr;
}

// ---- operators

static IrNode *lower_index(Lower *l, const Ast *e) {
  if (e->u.index.indices.len != 1) return lower_bad_node(l, lower_pos(l, e->pos), NULL);
  IrPos pos = lower_pos(l, e->pos);
  Type *core = type_core(lower_src_type(l, e->u.index.x));
  Type *key = core && core->kind == TYPE_MAP ? core->u.map.key : NULL;
  if (key) lower_need_run_time_type(l, lower_src_type(l, e->u.index.x));
  IrNode *x = lower_value(l, e->u.index.x);
  IrNode *index = lower_conv_expr(l, key, e->u.index.indices.items[0], true);
  Type *elem = type_pointer_elem(x->type);
  if (elem && type_underlying(elem)->kind == TYPE_ARRAY) x = lower_deref(l, pos, x, true);
  Type *u = type_underlying(x->type), *type = lower_type(l, lower_src_type(l, e));
  IrOp op = IR_INDEX;
  if (u->kind == TYPE_MAP)
    op = IR_INDEXMAP, type = u->u.map.elem, index = lower_assign_conv(l, pos, u->u.map.key, index);
  else if (u->kind == TYPE_SLICE)
    type = u->u.slice.elem;
  else if (u->kind == TYPE_ARRAY)
    type = u->u.array.elem;
  else if (u->kind == TYPE_BASIC)
    type = lower_basic(l, BASIC_BYTE);
  IrNode *n = ir_new(l->unit, op, pos, type);
  n->u.index.x = x;
  n->u.index.index = index;
  return n;
}

static IrNode *lower_slice(Lower *l, const Ast *e) {
  IrPos pos = lower_pos(l, e->pos);
  IrNode *x = lower_value(l, e->u.slice.x);
  IrNode *lo = e->u.slice.lo ? lower_value(l, e->u.slice.lo) : NULL,
         *hi = e->u.slice.hi ? lower_value(l, e->u.slice.hi) : NULL;
  IrNode *max = e->u.slice.max ? lower_value(l, e->u.slice.max) : NULL;
  if (type_underlying(x->type)->kind == TYPE_ARRAY) x = lower_addr(l, pos, x, true);
  Type *u = type_underlying(x->type), *type = x->type;
  IrOp op = max ? IR_SLICE3 : IR_SLICE;
  if (u->kind == TYPE_BASIC) op = IR_SLICESTR;
  Type *elem = type_pointer_elem(x->type), *array = elem ? type_underlying(elem) : NULL;
  if (array && array->kind == TYPE_ARRAY) {
    op = max ? IR_SLICE3ARR : IR_SLICEARR;
    type = type_new_slice(l->unit->pkg, array->u.array.elem);
  }
  IrNode *n = ir_new(l->unit, op, pos, type);
  n->u.slice.x = x;
  n->u.slice.low = lo;
  n->u.slice.high = hi;
  n->u.slice.max = max;
  return n;
}

// The run-time type of a type that depends on type parameters.
static IrNode *type_word_of(Lower *l, IrPos pos, Type *t) {
  if (!type_has_shape(lower_type(l, t))) return lower_type_word(l, pos);
  return lower_dict_word(l, pos, "type", t, NULL);
}

static bool is_dynamic(Lower *l, Type *src) {
  return l->env && l->env->shaped && type_mentions_params(src) && type_has_shape(lower_type(l, src));
}

IrNode *lower_type_case(Lower *l, Type *iface, const Ast *e) {
  Type *src = lower_src_type(l, e), *type = lower_type(l, src);
  if (!is_dynamic(l, src)) return lower_type_node(l, type);
  IrPos pos = lower_pos(l, e->pos);
  IrNode *n = ir_new(l->unit, IR_DYNAMICTYPE, pos, type);
  if (iface && !type_is_empty_interface(iface) && !type_is_interface(type))
    n->u.dyn_type.itab = lower_dict_word(l, pos, "itab", src, iface);
  else
    n->u.dyn_type.rtype = type_word_of(l, pos, src);
  return n;
}

static IrNode *lower_assertion(Lower *l, const Ast *e) {
  IrPos pos = lower_pos(l, e->pos);
  IrNode *x = lower_value(l, e->u.assert_.x);
  if (!e->u.assert_.type) return lower_bad_node(l, pos, NULL);
  Type *iface = lower_src_type(l, e->u.assert_.x), *src = lower_src_type(l, e->u.assert_.type),
       *type = lower_type(l, src);
  if (!is_dynamic(l, src)) {
    IrNode *n = ir_new(l->unit, IR_DOTTYPE, pos, type);
    n->u.type_assert.x = x;
    return n;
  }
  IrNode *target = lower_type_case(l, iface, e->u.assert_.type);
  IrNode *n = ir_new(l->unit, IR_DYNAMICDOTTYPE, pos, type);
  n->u.dyn_assert.x = x;
  n->u.dyn_assert.src_rtype = type_word_of(l, pos, iface);
  n->u.dyn_assert.rtype = target->u.dyn_type.rtype;
  n->u.dyn_assert.itab = target->u.dyn_type.itab;
  return n;
}

static IrNode *lower_unary_expr(Lower *l, const Ast *e) {
  IrPos pos = lower_pos(l, e->pos);
  IrNode *x = lower_value(l, e->u.unary.x);
  Type *u = type_underlying(x->type);
  switch (e->op) {
  case TOKEN_AND: return lower_addr(l, pos, x, false);
  case TOKEN_ARROW:
    return lower_unary(l, IR_RECV, pos, x, u->kind == TYPE_CHAN ? u->u.chan.elem : type_invalid(l->unit->pkg->context));
  case TOKEN_NOT: return lower_unary(l, IR_NOT, pos, x, x->type);
  case TOKEN_SUB: return lower_unary(l, IR_NEG, pos, x, x->type);
  case TOKEN_XOR: return lower_unary(l, IR_BITNOT, pos, x, x->type);
  case TOKEN_ADD: return lower_unary(l, IR_PLUS, pos, x, x->type);
  default: return lower_bad_node(l, pos, NULL);
  }
}

static IrOp binary_op(unsigned token) {
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
  case TOKEN_AND_NOT: return IR_ANDNOT;
  case TOKEN_LAND: return IR_ANDAND;
  case TOKEN_LOR: return IR_OROR;
  case TOKEN_EQL: return IR_EQ;
  case TOKEN_NEQ: return IR_NE;
  case TOKEN_LSS: return IR_LT;
  case TOKEN_LEQ: return IR_LE;
  case TOKEN_GTR: return IR_GT;
  case TOKEN_GEQ: return IR_GE;
  default: return IR_INVALID;
  }
}

static IrNode *add_strings(Lower *l, IrPos pos, IrNode *x, IrNode *y) {
  IrNode *n = x;
  if (x->op == IR_ADDSTR) {
    n->pos = pos;
  } else {
    n = ir_new(l->unit, IR_ADDSTR, pos, x->type);
    ir_list_push(l->unit, &n->u.list.list, x);
  }
  if (y->op == IR_ADDSTR)
    ir_list_append(l->unit, &n->u.list.list, &y->u.list.list);
  else
    ir_list_push(l->unit, &n->u.list.list, y);
  n->type = x->type;
  return n;
}

static IrNode *lower_binary_expr(Lower *l, const Ast *e) {
  IrPos pos = lower_pos(l, e->pos);
  const Ast *left = e->u.binary.x, *right = e->u.binary.y;
  if (l->state->simplified_x.len && ptrmap_has(&l->state->simplified_x, e))
    left = ptrmap_get(&l->state->simplified_x, e);
  if (l->state->simplified_y.len && ptrmap_has(&l->state->simplified_y, e))
    right = ptrmap_get(&l->state->simplified_y, e);
  IrOp op = binary_op(e->op);
  if (op == IR_INVALID) return lower_bad_node(l, pos, NULL);
  Type *common = NULL;
  if (op != IR_LSH && op != IR_RSH) {
    Type *xt = lower_src_type(l, left), *yt = lower_src_type(l, right);
    common = type_assignable(xt, yt) ? yt : xt;
  }
  IrNode *x = lower_conv_expr(l, common, left, true), *y = lower_conv_expr(l, common, right, true);
  bool comparison = op == IR_EQ || op == IR_NE || op == IR_LT || op == IR_LE || op == IR_GT || op == IR_GE;
  if (op == IR_ADD && type_is_string(x->type)) return add_strings(l, pos, x, y);
  Type *type = x->type;
  if (comparison) {
    type = lower_info(l, e)->type;
    type = !type || type_is_untyped(type) ? lower_basic(l, BASIC_BOOL) : lower_type(l, type);
  }
  return lower_binary(l, op, pos, x, y, type);
}

// ---- names

static IrNode *lower_name(Lower *l, const Ast *e, Object *o, const Instance *instance) {
  IrPos pos = lower_pos(l, e->pos);
  if (o->kind == OBJ_NIL) return lower_zero(l, pos, lower_type(l, lower_src_type(l, e)));
  if (o->kind == OBJ_FUNC) {
    if (instance && instance->targs.len) {
      IrNode *dict, *wrapper;
      IrNode *fun = lower_func_inst(l, e, o, instance, &dict, &wrapper);
      if (wrapper) return wrapper;
      if (!fun) return lower_bad_node(l, pos, NULL);
      return lower_curry(l, (IrPos){l->decl, e->pos, 0}, pos, false, fun, dict, NULL);
    }
    IrFunc *fn = ir_func_of(l->unit, o);
    lower_touch(l->state, o->type);
    return fn ? lower_func_name(l->state, fn, o->type) : lower_bad_node(l, pos, o->type);
  }
  if (o->kind != OBJ_VAR) return lower_bad_node(l, pos, NULL);
  if (o->u.var.kind == VAR_PACKAGE) return lower_global(l->state, o)->node;
  IrName *name = lower_lookup(l, o, e->pos);
  if (!name) return lower_bad_node(l, pos, lower_type(l, o->type));
  name->used = true;
  return name->node;
}

static IrNode *lower_selector(Lower *l, const Ast *e) {
  const NodeInfo *info = lower_info(l, e);
  IrPos pos = lower_pos(l, e->pos);
  if (!info->is_selection || !info->ref.selection) return lower_bad_node(l, pos, NULL);
  const Selection *s = info->ref.selection;
  if (s->kind == SELECT_METHOD_VALUE) return lower_method_value(l, e);
  if (s->kind == SELECT_METHOD_EXPR) return lower_method_expr(l, e);
  IrNode *x = lower_value(l, e->u.selector.x);
  for (uint32_t i = 0; i < s->path_len; i++) x = lower_field(l, pos, x, s->path[i], i + 1 < s->path_len);
  return x;
}

// x.M[int], M being a method with type parameters of its own.
static bool is_method_instance(const Lower *l, const Ast *e) {
  const Ast *x = e->u.index.x;
  const NodeInfo *info = lower_info(l, x);
  return x && x->kind == AST_SELECTOR && info->is_selection && info->ref.selection &&
         info->ref.selection->kind != SELECT_FIELD && lower_is_generic_method(info->ref.selection->obj);
}

static IrNode *lower_expr_kind(Lower *l, const Ast *e) {
  IrPos pos = lower_pos(l, e->pos);
  switch ((AstKind)e->kind) {
  case AST_COMPOSITE_LIT: return lower_complit(l, e);
  case AST_FUNC_LIT: return lower_func_lit(l, e);
  case AST_SELECTOR: return lower_selector(l, e);
  case AST_INDEX: return is_method_instance(l, e) ? lower_selector(l, e->u.index.x) : lower_index(l, e);
  case AST_SLICE: return lower_slice(l, e);
  case AST_TYPE_ASSERT: return lower_assertion(l, e);
  case AST_STAR: return lower_deref(l, pos, lower_value(l, e->u.star.x), false);
  case AST_UNARY: return lower_unary_expr(l, e);
  case AST_BINARY: return lower_binary_expr(l, e);
  case AST_CALL: return lower_call(l, e);
  case AST_NONE:
  case AST_BAD:
  case AST_NAME:
  case AST_BASIC_LIT:
  case AST_KEY_VALUE:
  case AST_PAREN:
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
  case AST_BLOCK:
  case AST_LABELED_STMT:
  case AST_EXPR_STMT:
  case AST_SEND_STMT:
  case AST_DECL_STMT:
  case AST_ASSIGN_STMT:
  case AST_BRANCH_STMT:
  case AST_CALL_STMT:
  case AST_RETURN_STMT:
  case AST_IF_STMT:
  case AST_FOR_STMT:
  case AST_RANGE_STMT:
  case AST_SWITCH_STMT:
  case AST_TYPE_SWITCH_STMT:
  case AST_SELECT_STMT:
  case AST_IMPORT_DECL:
  case AST_CONST_DECL:
  case AST_TYPE_DECL:
  case AST_VAR_DECL:
  case AST_FUNC_DECL:
  case AST_KIND_COUNT: break;
  }
  l->fn->is_broken = true;
  return lower_bad_node(l, pos, NULL);
}

// Shaped code yields types that are only shape-identical to those the source has: take the source's.
static IrNode *reshape(Lower *l, const NodeInfo *info, IrNode *n) {
  if (n->op == IR_NAME || !n->type || !info->type || info->mode == MODE_BUILTIN || info->mode == MODE_NOVALUE) return n;
  if (info->type->kind == TYPE_TUPLE || type_is_untyped(info->type) || type_is_invalid(info->type)) return n;
  if (n->type == info->type || (!l->env && !type_has_shape(n->type))) return n;
  Type *t = lower_type(l, info->type);
  if (!type_identical(n->type, t) && n->op != IR_METHEXPR) n->type = t;
  return n;
}

IrNode *lower_value(Lower *l, const Ast *e) {
  e = ast_unparen(e);
  IrPos pos = lower_pos(l, e->pos);
  if (l->depth > stack_levels()) {
    l->fn->is_broken = true;
    return lower_bad_node(l, pos, NULL);
  }
  l->depth++;
  const NodeInfo *info = lower_info(l, e);
  IrNode *n;
  const Instance *instance;
  Object *o = lower_object(l, e, &instance);
  if (info->value && const_kind(info->value) != CONST_UNKNOWN)
    n = lower_constant(l, e, info);
  else if (o)
    n = reshape(l, info, lower_name(l, e, o, instance));
  else
    n = reshape(l, info, lower_expr_kind(l, e));
  l->depth--;
  return n;
}
