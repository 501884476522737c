// node.c: making, visiting, editing and copying IR nodes, and predicates on them.
//
// A node is allocated no larger than the union member of its operation's shape (ops.def), which is why copies go by
// shape and never by structure assignment. The order in which children are visited is part of the contract: the order
// of gc's messages and the numbering of its locations follow from it (cmd/compile/internal/ir/node_gen.go).
#include "ir/shape_internal.h"

#include <stddef.h>

static const char *const op_names[IR_OP_COUNT] = {
  [IR_INVALID] = "XXX",
#define IR_OP(name, shape) [IR_##name] = #name,
#include "ir/ops.def"
#undef IR_OP
};

static const uint8_t op_shapes[IR_OP_COUNT] = {
#define IR_OP(name, shape) [IR_##name] = SHAPE_##shape,
#include "ir/ops.def"
#undef IR_OP
};

const char *ir_op_name(IrOp op) { return (unsigned)op < IR_OP_COUNT ? op_names[op] : "XXX"; }
IrShape ir_op_shape(IrOp op) { return (unsigned)op < IR_OP_COUNT ? (IrShape)op_shapes[op] : SHAPE_none; }

#define SIZE_OF(member) (offsetof(IrNode, u) + sizeof(((IrNode *)0)->u.member))

static size_t node_size(IrOp op) {
  switch (ir_op_shape(op)) {
  case SHAPE_none: return offsetof(IrNode, u);
  case SHAPE_name: return SIZE_OF(name);
  case SHAPE_lit: return SIZE_OF(lit);
  case SHAPE_unary: return SIZE_OF(unary);
  case SHAPE_binary: return SIZE_OF(binary);
  case SHAPE_list: return SIZE_OF(list);
  case SHAPE_call: return SIZE_OF(call);
  case SHAPE_conv: return SIZE_OF(conv);
  case SHAPE_closure: return SIZE_OF(closure);
  case SHAPE_complit: return SIZE_OF(complit);
  case SHAPE_selector: return SIZE_OF(selector);
  case SHAPE_type_assert: return SIZE_OF(type_assert);
  case SHAPE_dyn_assert: return SIZE_OF(dyn_assert);
  case SHAPE_dyn_type: return SIZE_OF(dyn_type);
  case SHAPE_index: return SIZE_OF(index);
  case SHAPE_key: return SIZE_OF(key);
  case SHAPE_struct_key: return SIZE_OF(struct_key);
  case SHAPE_make: return SIZE_OF(make);
  case SHAPE_slice: return SIZE_OF(slice);
  case SHAPE_slice_header: return SIZE_OF(slice_header);
  case SHAPE_as: return SIZE_OF(as);
  case SHAPE_as_list: return SIZE_OF(as_list);
  case SHAPE_as_op: return SIZE_OF(as_op);
  case SHAPE_block: return SIZE_OF(block);
  case SHAPE_branch: return SIZE_OF(branch);
  case SHAPE_case_: return SIZE_OF(case_);
  case SHAPE_go_defer: return SIZE_OF(go_defer);
  case SHAPE_for_: return SIZE_OF(for_);
  case SHAPE_if_: return SIZE_OF(if_);
  case SHAPE_label: return SIZE_OF(label);
  case SHAPE_range: return SIZE_OF(range);
  case SHAPE_ret: return SIZE_OF(ret);
  case SHAPE_switch_: return SIZE_OF(switch_);
  case SHAPE_type_switch: return SIZE_OF(type_switch);
  case SHAPE_inl_call: return SIZE_OF(inl_call);
  case SHAPE_inl_mark: return SIZE_OF(inl_mark);
  case SHAPE_link_sym: return SIZE_OF(link_sym);
  }
  BUG("no such shape");
}

// ---- Constructors

IrNode *ir_new(IrUnit *unit, IrOp op, IrPos pos, Type *type) {
  BUG_ON(op == IR_INVALID || (unsigned)op >= IR_OP_COUNT);
  IrNode *n = arena_alloc(&unit->nodes, node_size(op));
  n->op = (uint8_t)op;
  n->pos = pos;
  n->type = type;
  return n;
}

IrNode *ir_new_name(IrUnit *unit, IrFunc *owner, IrClass cls, Sym sym, Type *type, IrPos pos) {
  IrName *name = ARENA_NEW(&unit->arena, IrName);
  IrNode *n = ir_new(unit, IR_NAME, pos, type);
  n->u.name = name;
  name->node = n;
  name->sym = sym;
  name->type = type;
  name->pos = pos;
  name->cls = (uint8_t)cls;
  name->func = owner;
  name->pkg = owner && owner->name && owner->name->pkg ? owner->name->pkg : unit->pkg;
  return n;
}

IrNode *ir_new_literal(IrUnit *unit, IrPos pos, Type *type, const Const *value) {
  IrNode *n = ir_new(unit, IR_LITERAL, pos, type);
  n->u.lit.value = value;
  return n;
}

IrNode *ir_new_nil(IrUnit *unit, IrPos pos, Type *type) { return ir_new(unit, IR_NIL, pos, type); }

IrNode *ir_new_int(IrUnit *unit, IrPos pos, int64_t value) {
  return ir_new_literal(unit, pos, unit->pkg->context->basic[BASIC_INT], const_int64(&unit->constants, value));
}

// gc numbers a temporary by the length of the function's declaration list at that moment.
IrNode *ir_temp_at(IrUnit *unit, IrFunc *fn, IrPos pos, Type *type) {
  char text[32];
  int len = snprintf(text, sizeof text, ".autotmp_%u", fn->dcls.len);
  IrNode *n = ir_new_name(unit, fn, CLASS_AUTO, intern(unit->interner, (Str){text, (size_t)len}), type, pos);
  n->u.name->pkg = unit->pkg;
  n->esc = ESC_NEVER;
  n->u.name->used = true;
  n->u.name->autotemp = true;
  VEC_PUSH(&unit->arena, &fn->dcls, n->u.name);
  return n;
}

void ir_list_push(IrUnit *unit, IrList *list, IrNode *n) { VEC_PUSH(&unit->nodes, list, n); }

void ir_list_append(IrUnit *unit, IrList *list, const IrList *more) {
  for (uint32_t i = 0; i < more->len; i++) VEC_PUSH(&unit->nodes, list, more->items[i]);
}

// ---- Children

typedef bool Visit(void *context, IrNode *child);

static bool visit_list(const IrList *list, Visit *visit, void *context) {
  for (uint32_t i = 0; i < list->len; i++) {
    if (list->items[i] && visit(context, list->items[i])) return true;
  }
  return false;
}

#define VISIT(n) ((n) && visit(context, (n)))
#define VISIT_LIST(l) visit_list(&(l), visit, context)

bool ir_children(IrNode *n, Visit *visit, void *context) {
  if (!n) return false;
  if (n->init.len && VISIT_LIST(n->init)) return true;
  switch (ir_op_shape((IrOp)n->op)) {
  case SHAPE_none:
  case SHAPE_name:
  case SHAPE_lit:
  case SHAPE_closure:
  case SHAPE_branch:
  case SHAPE_label:
  case SHAPE_inl_mark:
  case SHAPE_link_sym: return false;
  case SHAPE_unary: return VISIT(n->u.unary.x);
  case SHAPE_binary: return VISIT(n->u.binary.x) || VISIT(n->u.binary.y);
  case SHAPE_list: return VISIT_LIST(n->u.list.list);
  case SHAPE_call: return VISIT(n->u.call.fun) || VISIT_LIST(n->u.call.args) || VISIT_LIST(n->u.call.keep_alive);
  case SHAPE_conv: return VISIT(n->u.conv.x);
  case SHAPE_complit: return VISIT_LIST(n->u.complit.list);
  case SHAPE_selector: return VISIT(n->u.selector.x);
  case SHAPE_type_assert: return VISIT(n->u.type_assert.x) || VISIT(n->u.type_assert.itab);
  case SHAPE_dyn_assert:
    return VISIT(n->u.dyn_assert.x) || VISIT(n->u.dyn_assert.src_rtype) || VISIT(n->u.dyn_assert.rtype) ||
           VISIT(n->u.dyn_assert.itab);
  case SHAPE_dyn_type: return VISIT(n->u.dyn_type.rtype) || VISIT(n->u.dyn_type.itab);
  case SHAPE_index: return VISIT(n->u.index.x) || VISIT(n->u.index.index);
  case SHAPE_key: return VISIT(n->u.key.key) || VISIT(n->u.key.value);
  case SHAPE_struct_key: return VISIT(n->u.struct_key.value);
  case SHAPE_make: return VISIT(n->u.make.len) || VISIT(n->u.make.cap);
  case SHAPE_slice:
    return VISIT(n->u.slice.x) || VISIT(n->u.slice.low) || VISIT(n->u.slice.high) || VISIT(n->u.slice.max);
  case SHAPE_slice_header:
    return VISIT(n->u.slice_header.ptr) || VISIT(n->u.slice_header.len) || VISIT(n->u.slice_header.cap);
  case SHAPE_as: return VISIT(n->u.as.x) || VISIT(n->u.as.y);
  case SHAPE_as_list: return VISIT_LIST(n->u.as_list.lhs) || VISIT_LIST(n->u.as_list.rhs);
  case SHAPE_as_op: return VISIT(n->u.as_op.x) || VISIT(n->u.as_op.y);
  case SHAPE_block: return VISIT_LIST(n->u.block.list);
  case SHAPE_case_:
    return (n->u.case_.var && VISIT(n->u.case_.var->node)) || VISIT_LIST(n->u.case_.list) ||
           VISIT_LIST(n->u.case_.rtypes) || VISIT(n->u.case_.comm) || VISIT_LIST(n->u.case_.body);
  case SHAPE_go_defer: return VISIT(n->u.go_defer.call);
  case SHAPE_for_: return VISIT(n->u.for_.cond) || VISIT(n->u.for_.post) || VISIT_LIST(n->u.for_.body);
  case SHAPE_if_: return VISIT(n->u.if_.cond) || VISIT_LIST(n->u.if_.body) || VISIT_LIST(n->u.if_.else_);
  case SHAPE_range:
    return VISIT(n->u.range.x) || VISIT(n->u.range.key) || VISIT(n->u.range.value) || VISIT_LIST(n->u.range.body);
  case SHAPE_ret: return VISIT_LIST(n->u.ret.results);
  case SHAPE_switch_: return VISIT(n->u.switch_.tag) || VISIT_LIST(n->u.switch_.cases);
  case SHAPE_type_switch: return VISIT(n->u.type_switch.tag) || VISIT(n->u.type_switch.x);
  case SHAPE_inl_call: return VISIT_LIST(n->u.inl_call.body) || VISIT_LIST(n->u.inl_call.results);
  }
  return false;
}

typedef IrNode *Edit(void *context, IrNode *child);

static void edit_list(IrList *list, Edit *edit, void *context) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < list->len; i++) {
    IrNode *n = list->items[i];
    if (n) n = edit(context, n);
    if (n) list->items[kept++] = n;
  }
  list->len = kept;
}

#define EDIT(n)                                                                                                        \
  do {                                                                                                                 \
    if (n) (n) = edit(context, (n));                                                                                   \
  } while (0)
#define EDIT_LIST(l) edit_list(&(l), edit, context)

void ir_edit_children(IrNode *n, Edit *edit, void *context) {
  if (!n) return;
  if (n->init.len) EDIT_LIST(n->init);
  switch (ir_op_shape((IrOp)n->op)) {
  case SHAPE_none:
  case SHAPE_name:
  case SHAPE_lit:
  case SHAPE_closure:
  case SHAPE_branch:
  case SHAPE_label:
  case SHAPE_inl_mark:
  case SHAPE_link_sym: break;
  case SHAPE_unary: EDIT(n->u.unary.x); break;
  case SHAPE_binary:
    EDIT(n->u.binary.x);
    EDIT(n->u.binary.y);
    break;
  case SHAPE_list: EDIT_LIST(n->u.list.list); break;
  case SHAPE_call:
    EDIT(n->u.call.fun);
    EDIT_LIST(n->u.call.args);
    EDIT_LIST(n->u.call.keep_alive);
    break;
  case SHAPE_conv: EDIT(n->u.conv.x); break;
  case SHAPE_complit: EDIT_LIST(n->u.complit.list); break;
  case SHAPE_selector: EDIT(n->u.selector.x); break;
  case SHAPE_type_assert:
    EDIT(n->u.type_assert.x);
    EDIT(n->u.type_assert.itab);
    break;
  case SHAPE_dyn_assert:
    EDIT(n->u.dyn_assert.x);
    EDIT(n->u.dyn_assert.src_rtype);
    EDIT(n->u.dyn_assert.rtype);
    EDIT(n->u.dyn_assert.itab);
    break;
  case SHAPE_dyn_type:
    EDIT(n->u.dyn_type.rtype);
    EDIT(n->u.dyn_type.itab);
    break;
  case SHAPE_index:
    EDIT(n->u.index.x);
    EDIT(n->u.index.index);
    break;
  case SHAPE_key:
    EDIT(n->u.key.key);
    EDIT(n->u.key.value);
    break;
  case SHAPE_struct_key: EDIT(n->u.struct_key.value); break;
  case SHAPE_make:
    EDIT(n->u.make.len);
    EDIT(n->u.make.cap);
    break;
  case SHAPE_slice:
    EDIT(n->u.slice.x);
    EDIT(n->u.slice.low);
    EDIT(n->u.slice.high);
    EDIT(n->u.slice.max);
    break;
  case SHAPE_slice_header:
    EDIT(n->u.slice_header.ptr);
    EDIT(n->u.slice_header.len);
    EDIT(n->u.slice_header.cap);
    break;
  case SHAPE_as:
    EDIT(n->u.as.x);
    EDIT(n->u.as.y);
    break;
  case SHAPE_as_list:
    EDIT_LIST(n->u.as_list.lhs);
    EDIT_LIST(n->u.as_list.rhs);
    break;
  case SHAPE_as_op:
    EDIT(n->u.as_op.x);
    EDIT(n->u.as_op.y);
    break;
  case SHAPE_block: EDIT_LIST(n->u.block.list); break;
  case SHAPE_case_:
    if (n->u.case_.var) {
      IrNode *var = edit(context, n->u.case_.var->node);
      if (var && var->op == IR_NAME) n->u.case_.var = var->u.name;
    }
    EDIT_LIST(n->u.case_.list);
    EDIT_LIST(n->u.case_.rtypes);
    EDIT(n->u.case_.comm);
    EDIT_LIST(n->u.case_.body);
    break;
  case SHAPE_go_defer: EDIT(n->u.go_defer.call); break;
  case SHAPE_for_:
    EDIT(n->u.for_.cond);
    EDIT(n->u.for_.post);
    EDIT_LIST(n->u.for_.body);
    break;
  case SHAPE_if_:
    EDIT(n->u.if_.cond);
    EDIT_LIST(n->u.if_.body);
    EDIT_LIST(n->u.if_.else_);
    break;
  case SHAPE_range:
    EDIT(n->u.range.x);
    EDIT(n->u.range.key);
    EDIT(n->u.range.value);
    EDIT_LIST(n->u.range.body);
    break;
  case SHAPE_ret: EDIT_LIST(n->u.ret.results); break;
  case SHAPE_switch_:
    EDIT(n->u.switch_.tag);
    EDIT_LIST(n->u.switch_.cases);
    break;
  case SHAPE_type_switch:
    EDIT(n->u.type_switch.tag);
    EDIT(n->u.type_switch.x);
    break;
  case SHAPE_inl_call:
    EDIT_LIST(n->u.inl_call.body);
    EDIT_LIST(n->u.inl_call.results);
    break;
  }
}

typedef struct AnyContext {
  Visit *test;
  void *context;
} AnyContext;

static bool any_step(void *context, IrNode *n) {
  AnyContext *any = context;
  return any->test(any->context, n) || ir_children(n, any_step, any);
}

bool ir_any(IrNode *n, Visit *test, void *context) { return n && any_step(&(AnyContext){test, context}, n); }

bool ir_any_list(const IrList *list, Visit *test, void *context) {
  return visit_list(list, any_step, &(AnyContext){test, context});
}

// ---- Copies

static void copy_list(IrUnit *unit, IrList *list) {
  if (!list->len) {
    *list = (IrList){0};
    return;
  }
  IrNode **items = ARENA_ARRAY(&unit->nodes, IrNode *, list->len);
  memcpy(items, list->items, sizeof *items * list->len);
  list->items = items;
  list->cap = list->len;
}

IrNode *ir_shallow_copy(IrUnit *unit, const IrNode *n) {
  IrOp op = (IrOp)n->op;
  if (op == IR_NAME) return n->u.name->node;
  IrNode *c = arena_alloc(&unit->nodes, node_size(op));
  memcpy(c, n, node_size(op));
  copy_list(unit, &c->init);
  IrShape shape = ir_op_shape(op);
  if (shape == SHAPE_list) copy_list(unit, &c->u.list.list);
  if (shape == SHAPE_call) copy_list(unit, &c->u.call.args), copy_list(unit, &c->u.call.keep_alive);
  if (shape == SHAPE_complit) copy_list(unit, &c->u.complit.list);
  if (shape == SHAPE_as_list) copy_list(unit, &c->u.as_list.lhs), copy_list(unit, &c->u.as_list.rhs);
  if (shape == SHAPE_block) copy_list(unit, &c->u.block.list);
  if (shape == SHAPE_case_)
    copy_list(unit, &c->u.case_.list), copy_list(unit, &c->u.case_.rtypes), copy_list(unit, &c->u.case_.body);
  if (shape == SHAPE_for_) copy_list(unit, &c->u.for_.body);
  if (shape == SHAPE_if_) copy_list(unit, &c->u.if_.body), copy_list(unit, &c->u.if_.else_);
  if (shape == SHAPE_range) copy_list(unit, &c->u.range.body);
  if (shape == SHAPE_ret) copy_list(unit, &c->u.ret.results);
  if (shape == SHAPE_switch_) copy_list(unit, &c->u.switch_.cases);
  if (shape == SHAPE_inl_call) copy_list(unit, &c->u.inl_call.body), copy_list(unit, &c->u.inl_call.results);
  return c;
}

typedef struct CopyContext {
  IrUnit *unit;
  IrPos pos;
  bool keep_pos;
} CopyContext;

static IrNode *copy_step(void *context, IrNode *n) {
  CopyContext *copy = context;
  IrOp op = (IrOp)n->op;
  if (op == IR_NAME || op == IR_NONAME || op == IR_LITERAL || op == IR_NIL || op == IR_TYPE) return n;
  IrNode *c = ir_shallow_copy(copy->unit, n);
  if (!copy->keep_pos) c->pos = copy->pos;
  ir_edit_children(c, copy_step, copy);
  return c;
}

IrNode *ir_deep_copy(IrUnit *unit, IrPos pos, IrNode *n) {
  if (!n) return NULL;
  return copy_step(&(CopyContext){unit, pos, !pos.decl && !pos.offset}, n);
}

// ---- Predicates

bool ir_is_blank(const IrNode *n) { return n && n->op == IR_NAME && sym_is_blank(n->u.name->sym); }
bool ir_is_nil(const IrNode *n) { return n && n->op == IR_NIL; }
bool ir_is_const(const IrNode *n, ConstKind kind) {
  return n && n->op == IR_LITERAL && const_kind(n->u.lit.value) == kind;
}
bool ir_is_auto_tmp(const IrNode *n) { return n && n->op == IR_NAME && n->u.name->autotemp; }

static bool literal_is_zero(const Const *value) {
  switch (const_kind(value)) {
  case CONST_STRING: return const_string_value(value).n == 0;
  case CONST_BOOL: return !const_bool_value(value);
  case CONST_INT:
  case CONST_FLOAT:
  case CONST_COMPLEX: return const_sign(value) == 0;
  case CONST_UNKNOWN: return false;
  }
  return false;
}

IrNode *ir_element_value(IrNode *element) {
  if (element->op == IR_KEY) return element->u.key.value;
  return element->op == IR_STRUCTKEY ? element->u.struct_key.value : element;
}

bool ir_is_zero(const IrNode *n) {
  if (!n) return false;
  if (n->op == IR_NIL) return true;
  if (n->op == IR_LITERAL) return literal_is_zero(n->u.lit.value);
  if (n->op != IR_ARRAYLIT && n->op != IR_STRUCTLIT) return false;
  for (uint32_t i = 0; i < n->u.complit.list.len; i++)
    if (!ir_is_zero(ir_element_value(n->u.complit.list.items[i]))) return false;
  return true;
}

static bool has_kind(const Type *t, TypeKind kind) {
  const Type *u = t ? type_underlying(t) : NULL;
  return u && u->kind == kind;
}

bool ir_is_addressable(const IrNode *n) {
  for (;;) {
    if (!n) return false;
    switch ((int)n->op) {
    case IR_INDEX:
      if (has_kind(n->u.index.x->type, TYPE_ARRAY)) {
        n = n->u.index.x;
        continue;
      }
      return !(n->u.index.x->type && type_is_string(n->u.index.x->type));
    case IR_DEREF:
    case IR_DOTPTR:
    case IR_LINKSYMOFFSET: return true;
    case IR_DOT: n = n->u.selector.x; continue;
    case IR_NAME: return n->u.name->cls != CLASS_FUNC;
    default: return false;
    }
  }
}

// A call whose callee is a method expression: a concrete method's call after lowering.
bool ir_is_method_call(const IrNode *n) {
  return n && n->op == IR_CALLFUNC && n->u.call.fun && n->u.call.fun->op == IR_METHEXPR;
}

IrNode *ir_outer_value(IrNode *n) {
  for (;;) {
    if (!n) return NULL;
    if (n->op == IR_DOT)
      n = n->u.selector.x;
    else if (n->op == IR_PAREN)
      n = n->u.unary.x;
    else if (n->op == IR_INDEX && has_kind(n->u.index.x->type, TYPE_ARRAY))
      n = n->u.index.x;
    else
      return n;
  }
}

IrName *ir_canonical(IrName *name) {
  while (name && name->is_closure_var && name->outer) name = name->outer;
  return name;
}

bool ir_is_escape_non_string(const IrFunc *fn) {
  if (!fn || !fn->name || !fn->name->pkg) return false;
  Str path = fn->name->pkg->path, name = sym_str(fn->name->sym);
  return (str_equal(path, STR("internal/abi")) && str_has_prefix(name, STR("EscapeNonString["))) ||
         (str_equal(path, STR("hash/maphash")) && str_has_prefix(name, STR("escapeForHash[")));
}

IrFunc *ir_outermost_func(IrFunc *fn) {
  while (fn && fn->outer) fn = fn->outer;
  return fn;
}

IrFunc *ir_static_callee(const IrNode *fun) {
  if (!fun) return NULL;
  IrNode *n = ir_static_value((IrNode *)fun);
  if (n->op == IR_METHEXPR) return n->u.selector.method;
  if (n->op == IR_NAME && n->u.name->cls == CLASS_FUNC) return n->u.name->func;
  if (n->op == IR_CLOSURE) return n->u.closure.func;
  return NULL;
}

static bool call_test(void *context, IrNode *n) {
  (void)context;
  switch ((int)n->op) {
  case IR_CALLFUNC:
  case IR_CALLINTER:
  case IR_INLCALL:
  case IR_INDEX:
  case IR_INDEXMAP:
  case IR_SLICE:
  case IR_SLICEARR:
  case IR_SLICESTR:
  case IR_SLICE3:
  case IR_SLICE3ARR:
  case IR_DEREF:
  case IR_DOTPTR:
  case IR_DOTTYPE:
  case IR_DOTTYPE2:
  case IR_DYNAMICDOTTYPE:
  case IR_DYNAMICDOTTYPE2:
  case IR_DIV:
  case IR_MOD:
  case IR_APPEND:
  case IR_MAKECHAN:
  case IR_MAKEMAP:
  case IR_MAKESLICE:
  case IR_STR2BYTES:
  case IR_STR2RUNES:
  case IR_BYTES2STR:
  case IR_RUNES2STR:
  case IR_RUNESTR:
  case IR_ADDSTR:
  case IR_CONVIFACE:
  case IR_SLICE2ARR:
  case IR_SLICE2ARRPTR:
  case IR_RECV:
  case IR_NEW:
  case IR_PTRLIT:
  case IR_CLOSURE:
  case IR_METHVALUE:
  case IR_RECOVER:
  case IR_PANIC:
  case IR_MAPLIT:
  case IR_SLICELIT:
  case IR_COPY:
  case IR_DELETE:
  case IR_PRINT:
  case IR_PRINTLN: return true;
  default: return false;
  }
}

bool ir_may_call(IrNode *n) { return ir_any(n, call_test, NULL); }

// ---- The unit after its analysis

void ir_swap_arenas(IrUnit *unit) {
  unit->works = !unit->works;
  Arena arena = unit->arena;
  unit->arena = unit->work;
  unit->work = arena;
  ConstPool constants = unit->constants;
  unit->constants = unit->work_constants;
  unit->work_constants = constants;
  unit->constants.arena = &unit->arena;
  unit->work_constants.arena = &unit->work;
}

void ir_unit_drop_bodies(IrUnit *unit) {
  ir_lowering_done(unit);
  for (uint32_t i = 0; i < unit->funcs.len; i++) {
    IrFunc *fn = unit->funcs.items[i];
    fn->body = (IrList){0};
    fn->dcls.items = NULL;
    fn->dcls.len = fn->dcls.cap = 0;
    fn->closures.items = NULL;
    fn->closures.len = fn->closures.cap = 0;
    fn->closure = NULL;
    fn->opt = NULL;
  }
  unit->funcs.items = NULL;
  unit->funcs.len = unit->funcs.cap = 0;
  unit->messages.items = NULL;
  unit->messages.len = unit->messages.cap = 0;
  unit->inline_tree.items = NULL;
  unit->inline_tree.len = unit->inline_tree.cap = 0;
  unit->inlined_uses.items = NULL;
  unit->inlined_uses.len = unit->inlined_uses.cap = 0;
  unit->init_func = NULL;
  constpool_release(&unit->work_constants);
  arena_release(&unit->nodes);
  arena_release(&unit->work);
}
