// lower_conv.c: making nodes as gc's type check of the IR does: which operation a conversion is, which implicit nodes
// appear. Rules: assignOp, convertOp (cmd/compile/internal/typecheck/subr.go), tcConv, NodAddr, InitExpr, NewZero.
#include "ir/lower_internal.h"

Type *lower_basic(const Lower *l, BasicKind kind) { return l->unit->pkg->context->basic[kind]; }

IrNode *lower_blank(Lower *l) {
  LowerState *s = l->state;
  if (!s->blank)
    s->blank = ir_new_name(l->unit, NULL, CLASS_AUTO, l->unit->pkg->context->sym_blank,
                           type_invalid(l->unit->pkg->context), (IrPos){NULL, 0, 0});
  return s->blank;
}

// What stands for an expression that could not be typed.
IrNode *lower_bad_node(Lower *l, IrPos pos, Type *type) {
  return ir_new(l->unit, IR_NONAME, pos, type ? type : type_invalid(l->unit->pkg->context));
}

bool ir_has_unique_pos(const IrNode *n) {
  return n->op != IR_NAME && n->op != IR_TYPE && (n->pos.decl || n->pos.offset == 1);
}

static bool may_be_shared(const IrNode *n) {
  return n->op == IR_NAME || n->op == IR_LITERAL || n->op == IR_NIL || n->op == IR_TYPE;
}

// n, preceded by statements.
IrNode *lower_init_expr(Lower *l, IrPos pos, IrList *init, IrNode *n) {
  if (!init->len) return n;
  if (may_be_shared(n)) n = lower_conv_node(l, IR_CONVNOP, pos, n->type, n, false);
  IrList all = {0};
  ir_list_append(l->unit, &all, init);
  ir_list_append(l->unit, &all, &n->init);
  n->init = all;
  return n;
}

IrNode *lower_unary(Lower *l, IrOp op, IrPos pos, IrNode *x, Type *type) {
  IrNode *n = ir_new(l->unit, op, pos, type);
  n->u.unary.x = x;
  return n;
}

IrNode *lower_binary(Lower *l, IrOp op, IrPos pos, IrNode *x, IrNode *y, Type *type) {
  IrNode *n = ir_new(l->unit, op, pos, type);
  n->u.binary.x = x;
  n->u.binary.y = y;
  return n;
}

IrNode *lower_addr(Lower *l, IrPos pos, IrNode *x, bool implicit) {
  bool literal = x->op == IR_ARRAYLIT || x->op == IR_MAPLIT || x->op == IR_SLICELIT || x->op == IR_STRUCTLIT;
  IrNode *n = lower_unary(l, literal ? IR_PTRLIT : IR_ADDR, pos, x, type_new_pointer(l->unit->pkg, x->type));
  if (implicit) n->flags |= IR_FLAG_IMPLICIT;
  if (literal) return n;
  IrNode *outer = ir_outer_value(x);
  if (outer && outer->op == IR_NAME) {
    IrName *name = outer->u.name;
    name->addrtaken = true;
    if (name->is_closure_var && !name->byval) ir_canonical(name)->addrtaken = true;
  }
  return n;
}

IrNode *lower_deref(Lower *l, IrPos pos, IrNode *x, bool implicit) {
  Type *elem = type_pointer_elem(x->type);
  IrNode *n = lower_unary(l, IR_DEREF, pos, x, elem ? elem : type_invalid(l->unit->pkg->context));
  if (implicit) n->flags |= IR_FLAG_IMPLICIT;
  return n;
}

IrNode *lower_field(Lower *l, IrPos pos, IrNode *x, uint32_t index, bool implicit) {
  Object *field;
  Type *type = struct_field_type(x->type, index, &field);
  if (!type) return lower_bad_node(l, pos, NULL);
  lower_touch(l->state, type);
  IrNode *n = ir_new(l->unit, type_is_pointer(x->type) ? IR_DOTPTR : IR_DOT, pos, type);
  n->u.selector.x = x;
  n->u.selector.sel = field->name;
  n->u.selector.field = field;
  if (implicit) n->flags |= IR_FLAG_IMPLICIT;
  return n;
}

IrNode *lower_as(Lower *l, IrPos pos, IrNode *x, IrNode *y) {
  IrNode *n = ir_new(l->unit, IR_AS, pos, NULL);
  n->u.as.x = x;
  n->u.as.y = y;
  if (x->op == IR_INDEXMAP) x->u.index.assigned = true;
  return n;
}

IrNode *lower_dcl(Lower *l, IrPos pos, IrName *name) { return lower_unary(l, IR_DCL, pos, name->node, NULL); }

// Temporaries that a plain assignment defines.
void lower_assign_defn(IrNode *as) {
  if (as->op == IR_AS && as->u.as.x->op == IR_NAME && as->u.as.x->u.name->autotemp) as->u.as.x->u.name->defn = as;
}

// tmp := x, with declaration, into init.
IrName *lower_temp_copy(Lower *l, IrPos pos, IrNode *x, IrList *init) {
  IrName *tmp = ir_temp_at(l->unit, l->fn, pos, x->type)->u.name;
  ir_list_push(l->unit, init, lower_dcl(l, pos, tmp));
  IrNode *as = lower_as(l, pos, tmp->node, x);
  tmp->defn = as;
  ir_list_push(l->unit, init, as);
  return tmp;
}

IrNode *lower_type_node(Lower *l, Type *t) { return ir_new(l->unit, IR_TYPE, (IrPos){NULL, 0, 0}, t); }

IrNode *lower_type_word(Lower *l, IrPos pos) {
  Type *byte = lower_basic(l, BASIC_UINT8);
  IrNode *sym = ir_new(l->unit, IR_LINKSYMOFFSET, pos, byte);
  return lower_unary(l, IR_ADDR, pos, sym, type_new_pointer(l->unit->pkg, byte));
}

IrNode *lower_literal(Lower *l, IrPos pos, Type *type, const Const *value) {
  ConstPool *pool = &l->unit->constants;
  if (type_is_integer(type))
    value = const_to_int(pool, value);
  else if (type_is_float(type))
    value = const_to_float(pool, value);
  else if (type_is_complex(type))
    value = const_to_complex(pool, value);
  Type *basic = type_underlying_of(type, TYPE_BASIC);
  if (basic && const_kind(value) == CONST_FLOAT) {
    const Const *rounded = NULL;
    if (basic->basic_kind == BASIC_FLOAT32) rounded = const_round_float32(pool, value);
    if (basic->basic_kind == BASIC_FLOAT64) rounded = const_round_float64(pool, value);
    if (rounded && const_kind(rounded) != CONST_UNKNOWN) value = rounded;
  }
  return ir_new_literal(l->unit, pos, type, value);
}

IrNode *lower_int(Lower *l, IrPos pos, int64_t v) {
  return ir_new_literal(l->unit, pos, lower_basic(l, BASIC_INT), const_int64(&l->unit->constants, v));
}

IrNode *lower_zero(Lower *l, IrPos pos, Type *type) {
  ConstPool *pool = &l->unit->constants;
  Type *u = type_underlying(type);
  switch ((TypeKind)u->kind) {
  case TYPE_BASIC:
    if (u->basic_kind == BASIC_UNSAFE_POINTER || u->basic_kind == BASIC_UNTYPED_NIL)
      return ir_new_nil(l->unit, pos, type);
    if (u->basic_info & BASIC_IS_BOOLEAN) return ir_new_literal(l->unit, pos, type, const_bool(pool, false));
    if (u->basic_info & BASIC_IS_STRING) return ir_new_literal(l->unit, pos, type, const_string(pool, STR("")));
    return lower_literal(l, pos, type, const_int64(pool, 0));
  case TYPE_ARRAY:
  case TYPE_STRUCT: return ir_new(l->unit, u->kind == TYPE_ARRAY ? IR_ARRAYLIT : IR_STRUCTLIT, pos, type);
  case TYPE_POINTER:
  case TYPE_SLICE:
  case TYPE_MAP:
  case TYPE_CHAN:
  case TYPE_SIGNATURE:
  case TYPE_INTERFACE:
  case TYPE_TUPLE:
  case TYPE_NAMED:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: return ir_new_nil(l->unit, pos, type);
  }
  return ir_new_nil(l->unit, pos, type);
}

IrNode *lower_conv_node(Lower *l, IrOp op, IrPos pos, Type *type, IrNode *x, bool implicit) {
  IrNode *n = ir_new(l->unit, op, pos, type);
  n->u.conv.x = x;
  if (implicit) n->flags |= IR_FLAG_IMPLICIT;
  return n;
}

// ---- which operation

static bool unnamed(Type *t) {
  Type *u = type_unalias(t);
  return u->kind != TYPE_NAMED && u->kind != TYPE_BASIC;
}

static bool is_nil_type(Type *t) {
  Type *u = type_unalias(t);
  return u->kind == TYPE_BASIC && u->basic_kind == BASIC_UNTYPED_NIL;
}

// The conversion an assignment makes; IR_INVALID: not assignable.
static IrOp assign_op(Type *src, Type *dst) {
  if (ir_identical(src, dst)) return IR_CONVNOP;
  Type *su = type_underlying(src), *du = type_underlying(dst);
  bool src_iface = su->kind == TYPE_INTERFACE, dst_iface = du->kind == TYPE_INTERFACE;
  if (ir_identical(su, du)) {
    if (src_iface && type_is_empty_interface(src)) return IR_CONVNOP;
    if ((unnamed(src) || unnamed(dst)) && !src_iface) return IR_CONVNOP;
    if (type_is_shape(src) || type_is_shape(dst)) return IR_CONVNOP;
  }
  if (dst_iface && !is_nil_type(src)) {
    if (type_is_shape(src) || type_has_shape(src)) return IR_CONVIFACE;
    if (src_iface && type_is_empty_interface(src) && !type_is_empty_interface(dst)) return IR_INVALID;
    return IR_CONVIFACE;
  }
  if (src_iface) return IR_INVALID;
  if (su->kind == TYPE_CHAN && du->kind == TYPE_CHAN && su->u.chan.direction == CHAN_BOTH &&
      ir_identical(su->u.chan.elem, du->u.chan.elem) && (unnamed(src) || unnamed(dst)))
    return IR_CONVNOP;
  if (is_nil_type(src)) return IR_CONVNOP;
  return IR_INVALID;
}

bool type_assignable(Type *src, Type *dst) {
  if (ir_identical(src, dst)) return true;
  Type *du = type_underlying(dst), *su = type_underlying(src);
  if (type_is_untyped(src)) return true;
  if (type_is_untyped(dst)) return false;
  if (type_unalias(dst)->kind == TYPE_PARAM) return false;
  if (du->kind == TYPE_INTERFACE) return type_implements_methods(src, du, true, NULL, NULL);
  if (su->kind == TYPE_INTERFACE) return false;
  return assign_op(src, dst) != IR_INVALID;
}

static bool is_number(const Type *u) {
  return u->kind == TYPE_BASIC && (u->basic_info & (BASIC_IS_INTEGER | BASIC_IS_FLOAT));
}

static bool basic_is(const Type *u, unsigned info) { return u->kind == TYPE_BASIC && (u->basic_info & info); }

// int and the sized type of the same width are one kind for gc.
static int sim_kind(const Lower *l, const Type *u) {
  bool wide = l->unit->pkg->context->target.word == 8;
  BasicKind k = basic_canonical(u->basic_kind);
  if (k == BASIC_INT) return wide ? BASIC_INT64 : BASIC_INT32;
  if (k == BASIC_UINT || k == BASIC_UINTPTR) return wide ? BASIC_UINT64 : BASIC_UINT32;
  return (int)k;
}

static bool elem_is(Type *slice, BasicKind kind) {
  Type *e = type_underlying(slice->u.slice.elem);
  return e->kind == TYPE_BASIC && basic_canonical(e->basic_kind) == kind;
}

static bool is_pointer_or_uintptr(const Type *u) {
  return u->kind == TYPE_POINTER || (u->kind == TYPE_BASIC && u->basic_kind == BASIC_UINTPTR);
}

static IrOp slice_conv_op(Type *su, Type *dst, Type *du) {
  if (du->kind == TYPE_BASIC && (du->basic_info & BASIC_IS_STRING)) {
    if (elem_is(su, BASIC_UINT8)) return IR_BYTES2STR;
    if (elem_is(su, BASIC_INT32)) return IR_RUNES2STR;
  }
  if (du->kind == TYPE_ARRAY) return IR_SLICE2ARR;
  Type *elem = type_pointer_elem(dst);
  if (elem && type_underlying(elem)->kind == TYPE_ARRAY) return IR_SLICE2ARRPTR;
  return IR_INVALID;
}

static IrOp convert_op(const Lower *l, bool constant, Type *src, Type *dst) {
  IrOp op = assign_op(src, dst);
  if (op != IR_INVALID) return op;
  Type *su = type_underlying(src), *du = type_underlying(dst);
  if (su->kind == TYPE_INTERFACE || du->kind == TYPE_INTERFACE) return IR_CONVIFACE;
  if (type_identical_ignore_tags(su, du) || ir_identical(su, du)) return IR_CONVNOP;
  if (su->kind == TYPE_POINTER && du->kind == TYPE_POINTER) return IR_CONVNOP;
  if (is_number(su) && is_number(du)) return sim_kind(l, su) == sim_kind(l, du) ? IR_CONVNOP : IR_CONV;
  if (basic_is(su, BASIC_IS_COMPLEX) && basic_is(du, BASIC_IS_COMPLEX))
    return su->basic_kind == du->basic_kind ? IR_CONVNOP : IR_CONV;
  if (constant && basic_is(su, BASIC_IS_NUMERIC) && basic_is(du, BASIC_IS_NUMERIC)) return IR_CONV;
  if (basic_is(su, BASIC_IS_INTEGER) && basic_is(du, BASIC_IS_STRING)) return IR_RUNESTR;
  if (su->kind == TYPE_SLICE) {
    op = slice_conv_op(su, dst, du);
    if (op != IR_INVALID) return op;
  }
  if (basic_is(su, BASIC_IS_STRING) && du->kind == TYPE_SLICE) {
    if (elem_is(du, BASIC_UINT8)) return IR_STR2BYTES;
    if (elem_is(du, BASIC_INT32)) return IR_STR2RUNES;
  }
  bool src_unsafe = su->kind == TYPE_BASIC && su->basic_kind == BASIC_UNSAFE_POINTER;
  bool dst_unsafe = du->kind == TYPE_BASIC && du->basic_kind == BASIC_UNSAFE_POINTER;
  if ((dst_unsafe && is_pointer_or_uintptr(su)) || (src_unsafe && is_pointer_or_uintptr(du))) return IR_CONVNOP;
  if (basic_is(su, BASIC_IS_STRING) && basic_is(du, BASIC_IS_STRING)) return IR_CONVNOP;
  return IR_CONVNOP;
}

// []rune("constant") is a slice literal with keys.
static IrNode *rune_literal(Lower *l, IrPos pos, Type *type, IrNode *x) {
  IrNode *lit = ir_new(l->unit, IR_SLICELIT, pos, type);
  Str s = const_string_value(x->u.lit.value);
  int64_t n = 0;
  for (size_t i = 0; i < s.n; n++) {
    uint32_t c = (uint8_t)s.p[i++], rune = c;
    unsigned more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
    if (more) rune = c & (0x3Fu >> more);
    for (; more && i < s.n && ((uint8_t)s.p[i] & 0xC0) == 0x80; more--) rune = rune << 6 | ((uint8_t)s.p[i++] & 0x3F);
    if (more || (c >= 0x80 && c < 0xC0)) rune = 0xFFFD;
    IrNode *key = ir_new(l->unit, IR_KEY, pos, NULL);
    key->u.key.key = lower_int(l, pos, n);
    key->u.key.value =
      ir_new_literal(l->unit, pos, type_underlying(type)->u.slice.elem, const_int64(&l->unit->constants, rune));
    ir_list_push(l->unit, &lit->u.complit.list, key);
  }
  lit->u.complit.len = n;
  return lit;
}

IrNode *lower_convert(Lower *l, IrPos pos, Type *dst, IrNode *x, bool implicit) {
  if (!x->type || type_is_invalid(x->type) || type_is_invalid(dst))
    return lower_conv_node(l, IR_CONVNOP, pos, dst, x, implicit);
  if (is_nil_type(x->type) && x->op == IR_NIL) x = ir_new_nil(l->unit, x->pos, dst);
  IrOp op = convert_op(l, x->op == IR_LITERAL, x->type, dst);
  Type *su = type_underlying(x->type), *du = type_underlying(dst);
  if (op == IR_CONVNOP && su->kind == TYPE_BASIC && du->kind == TYPE_BASIC && su->basic_kind == du->basic_kind &&
      (su->basic_info & (BASIC_IS_FLOAT | BASIC_IS_COMPLEX)))
    op = IR_CONV; // rounds
  if (op == IR_STR2RUNES && x->op == IR_LITERAL) return rune_literal(l, pos, dst, x);
  if (op == IR_BYTES2STR || op == IR_RUNES2STR) {
    Type *elem = su->u.slice.elem;
    if (type_unalias(elem)->kind != TYPE_BASIC) {
      Type *plain = lower_basic(l, op == IR_BYTES2STR ? BASIC_BYTE : BASIC_RUNE);
      x = lower_conv_node(l, IR_CONVNOP, x->pos, type_new_slice(l->unit->pkg, plain), x, false);
    }
  }
  return lower_conv_node(l, op, pos, dst, x, implicit);
}

IrNode *lower_assign_conv(Lower *l, IrPos pos, Type *dst, IrNode *x) {
  if (!dst || !x->type || type_is_invalid(dst) || type_is_invalid(x->type)) return x;
  if (is_nil_type(x->type) && x->op == IR_NIL) return ir_new_nil(l->unit, x->pos, dst);
  if (ir_identical(x->type, dst)) return x;
  IrOp op = assign_op(x->type, dst);
  return lower_conv_node(l, op == IR_INVALID ? IR_CONV : op, pos, dst, x, true);
}
