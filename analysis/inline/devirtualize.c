// devirtualize.c: interface calls whose receiver can only have one concrete type become direct calls (reference,
// section 7; cmd/compile/internal/devirtualize).
//
// The concrete type of an interface variable is the one that all its assignments agree on; they are collected once per
// function, and brought up to date when a call that was assigned to such a variable is inlined.
#include "base/stack.h"
#include "inline/inline_internal.h"
#include "ir/rules.h"

typedef struct Assignment {
  IrNode *node; // value, or NULL:
  Type *type;   // concrete type; NULL: unknown
} Assignment;
typedef struct AssignList {
  VEC(Assignment) items;
} AssignList;
typedef struct PendingAssign {
  AssignList *list;
  uint32_t assignment, result;
} PendingAssign;
typedef struct PendingList {
  VEC(PendingAssign) items;
} PendingList;

void devirt_release(DevirtState *s) {
  ptrmap_release(&s->assignments);
  ptrmap_release(&s->pending);
  ptrmap_release(&s->analysed);
  arena_release(&s->arena);
}

static AssignList *list_of(DevirtState *s, IrName *name) {
  AssignList *list = ptrmap_get(&s->assignments, name);
  if (!list) {
    list = ARENA_NEW(&s->arena, AssignList);
    ptrmap_set(&s->assignments, name, list);
  }
  return list;
}

// Records that lhs gets a value; returns its list when that value is tracked.
static AssignList *assign(DevirtState *s, IrNode *lhs, Assignment a) {
  if (!lhs || lhs->op != IR_NAME || ir_is_blank(lhs) || !lhs->u.name->func || !lhs->type ||
      !type_is_interface(lhs->type))
    return NULL;
  IrName *name = ir_canonical(lhs->u.name);
  if (name->cls != CLASS_AUTO) return NULL;
  if (a.type && type_is_interface(a.type)) a.type = NULL;
  if (a.node && ir_is_nil(a.node)) return NULL;
  AssignList *list = list_of(s, name);
  VEC_PUSH(&s->arena, &list->items, a);
  return list;
}

static const Assignment UNKNOWN = {NULL, NULL};

static IrNode *unparen(IrNode *n) {
  while (n && n->op == IR_PAREN) n = n->u.unary.x;
  return n;
}

static Type *call_result(const IrNode *call, uint32_t i) {
  Type *t = call->type;
  if (t && t->kind == TYPE_TUPLE) return i < tuple_len(t) ? tuple_at(t, i)->type : NULL;
  return i == 0 ? t : NULL;
}

static void assign_call(DevirtState *s, IrNode *lhs, IrNode *call, uint32_t result) {
  Type *t = call_result(call, result);
  AssignList *list = assign(s, lhs, (Assignment){NULL, t});
  if (!list || !t || !type_is_interface(t)) return;
  PendingList *pending = ptrmap_get(&s->pending, call);
  if (!pending) {
    pending = ARENA_NEW(&s->arena, PendingList);
    ptrmap_set(&s->pending, call, pending);
  }
  VEC_PUSH(&s->arena, &pending->items, (PendingAssign){list, list->items.len - 1, result});
}

static bool is_call(const IrNode *n) { return n->op == IR_CALLFUNC || n->op == IR_CALLINTER; }

static void assign_range(DevirtState *s, IrNode *n) {
  Type *t = n->u.range.x->type ? type_underlying(n->u.range.x->type) : NULL;
  if (t && t->kind == TYPE_POINTER) t = type_underlying(t->u.pointer.elem);
  if (!t) return;
  switch (t->kind) {
  case TYPE_ARRAY: assign(s, n->u.range.value, (Assignment){NULL, t->u.array.elem}); break;
  case TYPE_SLICE: assign(s, n->u.range.value, (Assignment){NULL, t->u.slice.elem}); break;
  case TYPE_CHAN: assign(s, n->u.range.key, (Assignment){NULL, t->u.chan.elem}); break;
  case TYPE_MAP:
    assign(s, n->u.range.key, (Assignment){NULL, t->u.map.key});
    assign(s, n->u.range.value, (Assignment){NULL, t->u.map.elem});
    break;
  default: break;
  }
}

static void analyse_list(DevirtState *s, const IrList *list);

static void assign_multi(DevirtState *s, IrNode *n) {
  if (n->u.as_list.rhs.len == 0) return;
  IrNode *rhs = unparen(n->u.as_list.rhs.items[0]);
  for (uint32_t i = 0; i < n->u.as_list.lhs.len; i++) {
    IrNode *lhs = n->u.as_list.lhs.items[i];
    if (is_call(rhs))
      assign_call(s, lhs, rhs, i);
    else if (rhs->op == IR_INLCALL && i < rhs->u.inl_call.results.len)
      assign(s, lhs, (Assignment){rhs->u.inl_call.results.items[i], NULL});
    else
      assign(s, lhs, UNKNOWN);
  }
}

static bool analyse_node(void *context, IrNode *n) {
  DevirtState *s = context;
  switch (n->op) {
  case IR_AS: {
    IrNode *rhs = unparen(n->u.as.y);
    if (!rhs) break;
    if (is_call(rhs))
      assign_call(s, n->u.as.x, rhs, 0);
    else
      assign(s, n->u.as.x, (Assignment){rhs, NULL});
    break;
  }
  case IR_AS2:
    for (uint32_t i = 0; i < n->u.as_list.lhs.len && i < n->u.as_list.rhs.len; i++)
      assign(s, n->u.as_list.lhs.items[i], (Assignment){n->u.as_list.rhs.items[i], NULL});
    break;
  case IR_AS2DOTTYPE:
    if (n->u.as_list.lhs.len && n->u.as_list.rhs.len)
      assign(s, n->u.as_list.lhs.items[0], (Assignment){n->u.as_list.rhs.items[0], NULL});
    break;
  case IR_AS2MAPR:
  case IR_AS2RECV:
  case IR_SELRECV2:
    if (n->u.as_list.lhs.len && n->u.as_list.rhs.len)
      assign(s, n->u.as_list.lhs.items[0], (Assignment){NULL, n->u.as_list.rhs.items[0]->type});
    break;
  case IR_AS2FUNC: assign_multi(s, n); break;
  case IR_RANGE: assign_range(s, n); break;
  case IR_SWITCH: {
    IrNode *guard = n->u.switch_.tag;
    if (!guard || guard->op != IR_TYPESW) break;
    for (uint32_t i = 0; i < n->u.switch_.cases.len; i++) {
      IrName *var = n->u.switch_.cases.items[i]->u.case_.var;
      if (var) assign(s, var->node, (Assignment){guard->u.type_switch.x, NULL});
    }
    break;
  }
  case IR_CLOSURE: {
    IrFunc *fn = n->u.closure.func;
    if (ptrmap_has(&s->analysed, fn)) break;
    ptrmap_set(&s->analysed, fn, fn);
    analyse_list(s, &fn->body);
    break;
  }
  default: break;
  }
  return false;
}

static void analyse_list(DevirtState *s, const IrList *list) { ir_any_list(list, analyse_node, s); }

static const AssignList *assignments_of(DevirtState *s, IrName *name) {
  IrFunc *fn = name->func;
  if (!ptrmap_has(&s->analysed, fn)) {
    ptrmap_set(&s->analysed, fn, fn);
    analyse_list(s, &fn->body);
  }
  return ptrmap_get(&s->assignments, name);
}

void devirt_inlined_call(DevirtState *s, IrFunc *caller, IrNode *call, IrNode *inlined) {
  if (!ptrmap_has(&s->analysed, caller)) return;
  analyse_list(s, &inlined->init);
  analyse_list(s, &inlined->u.inl_call.body);
  PendingList *pending = ptrmap_get(&s->pending, call);
  if (!pending) return;
  ptrmap_remove(&s->pending, call);
  for (uint32_t i = 0; i < pending->items.len; i++) {
    const PendingAssign *p = &pending->items.items[i];
    if (p->result < inlined->u.inl_call.results.len)
      p->list->items.items[p->assignment].node = inlined->u.inl_call.results.items[p->result];
  }
}

typedef enum Concrete {
  CONCRETE_UNKNOWN,
  CONCRETE_NONE,
  CONCRETE_TYPE
} Concrete; // NONE: nil, or already being looked at

// gc compares its representations of types: every mention of an unnamed type is one of its own, but pointers and slices
// are kept by their element.
static bool same_type(const Type *a, const Type *b) {
  for (;;) {
    a = type_unalias(a);
    b = type_unalias(b);
    if (a == b) return true;
    if (a->kind != b->kind) return false;
    if (a->kind == TYPE_POINTER) {
      a = a->u.pointer.elem;
      b = b->u.pointer.elem;
    } else if (a->kind == TYPE_SLICE) {
      a = a->u.slice.elem;
      b = b->u.slice.elem;
    } else {
      return (a->kind == TYPE_NAMED || a->kind == TYPE_BASIC) && type_identical(a, b);
    }
  }
}

// made: the type checker of gc's tree made the (pointer) type for this very value, as it is not written in the source.
typedef struct ConcreteType {
  Type *type;
  bool made;
} ConcreteType;

static bool agree(DevirtState *s, const ConcreteType *a, const ConcreteType *b) {
  if (!same_type(a->type, b->type)) return false;
  return !(a->made || b->made) || pointer_has_one_type(s->unit, type_unalias(a->type)->u.pointer.elem);
}

static Concrete concrete_type(DevirtState *s, IrNode *n, PtrMap *seen, uint32_t depth, ConcreteType *out) {
  if (depth > stack_levels()) return CONCRETE_UNKNOWN;
  for (;;) {
    if (!n || !n->type) return CONCRETE_UNKNOWN;
    if (!type_is_interface(n->type)) {
      bool made = n->op == IR_PTRLIT || n->op == IR_NEW || n->op == IR_ADDR;
      *out = (ConcreteType){n->type, made && type_unalias(n->type)->kind == TYPE_POINTER};
      return CONCRETE_TYPE;
    }
    if (n->op == IR_CONVNOP || n->op == IR_CONVIFACE)
      n = n->u.conv.x;
    else if (n->op == IR_INLCALL && n->u.inl_call.results.len == 1)
      n = n->u.inl_call.results.items[0];
    else if (n->op == IR_PAREN)
      n = n->u.unary.x;
    else if (n->op == IR_DOTTYPE || n->op == IR_DOTTYPE2)
      n = n->u.type_assert.x;
    else
      break;
  }
  if (n->op != IR_NAME) return CONCRETE_UNKNOWN;
  IrName *name = ir_canonical(n->u.name);
  if (name->cls != CLASS_AUTO || !name->func || name->addrtaken) return CONCRETE_UNKNOWN;
  if (ptrmap_has(seen, name)) return CONCRETE_NONE;
  ptrmap_set(seen, name, name);
  const AssignList *list = assignments_of(s, name);
  ConcreteType common = {0};
  for (uint32_t i = 0; list && i < list->items.len; i++) {
    Assignment a = list->items.items[i];
    ConcreteType t = {a.type, false};
    if (a.node) {
      Concrete c = concrete_type(s, a.node, seen, depth + 1, &t);
      if (c == CONCRETE_NONE) continue;
      if (c == CONCRETE_UNKNOWN) return CONCRETE_UNKNOWN;
    }
    if (!t.type) return CONCRETE_UNKNOWN;
    if (common.type && !agree(s, &common, &t)) return CONCRETE_UNKNOWN;
    common = t;
  }
  if (!common.type) return CONCRETE_NONE;
  *out = common;
  return CONCRETE_TYPE;
}

// Before assignments were looked at: the type of what was converted to the interface where it has its one definition.
static Concrete converted_type(IrNode *n, ConcreteType *out) {
  const IrNode *value = ir_static_value(n);
  if (!value || value->op != IR_CONVIFACE || !value->u.conv.x->type || type_is_interface(value->u.conv.x->type))
    return CONCRETE_UNKNOWN;
  *out = (ConcreteType){value->u.conv.x->type, false};
  return CONCRETE_TYPE;
}

static Type *deref(Type *t, bool *pointer) {
  Type *u = t ? type_unalias(t) : NULL;
  *pointer = u && u->kind == TYPE_POINTER;
  return *pointer ? u->u.pointer.elem : t;
}

// x.f for an embedded field on the way to a promoted method.
static IrNode *select_field(IrUnit *unit, IrPos pos, IrNode *x, uint32_t index) {
  bool pointer;
  Type *base = type_underlying(deref(x->type, &pointer));
  if (!pointer) {
    Type *u = type_underlying(x->type);
    if (u->kind == TYPE_POINTER) pointer = true, base = type_underlying(u->u.pointer.elem);
  }
  if (base->kind != TYPE_STRUCT || index >= base->u.struct_.fields.len) return NULL;
  Object *field = base->u.struct_.fields.items[index];
  IrNode *dot = ir_new(unit, pointer ? IR_DOTPTR : IR_DOT, pos, field->type);
  dot->u.selector.x = x;
  dot->u.selector.sel = field->name;
  dot->u.selector.field = field;
  dot->flags |= IR_FLAG_IMPLICIT;
  return dot;
}

static IrNode *adjust_receiver(IrUnit *unit, IrPos pos, IrNode *x, Type *recv) {
  bool have_pointer, want_pointer;
  deref(x->type, &have_pointer);
  deref(recv, &want_pointer);
  if (have_pointer == want_pointer) return x;
  IrNode *n = ir_new(unit, want_pointer ? IR_ADDR : IR_DEREF, pos, recv);
  n->u.unary.x = x;
  n->flags |= IR_FLAG_IMPLICIT;
  return n;
}

static Type *method_expr_type(IrUnit *unit, const IrFunc *method) {
  uint32_t count = method->params.len;
  Object **vars = ARENA_ARRAY(&unit->arena, Object *, count ? count : 1);
  for (uint32_t i = 0; i < count; i++)
    vars[i] =
      object_new_var(unit->pkg, VAR_PARAM, method->params.items[i]->sym, method->params.items[i]->type, (Pos){0});
  Type *sig = method->type;
  return type_new_signature(unit->pkg, NULL, type_new_tuple(unit->pkg, vars, count), type_results_of(sig),
                            sig->u.signature.variadic);
}

static void say(DevirtState *s, IrFunc *caller, IrNode *call, const IrNode *sel, const char *verb, Type *t) {
  Buf method = {0}, type = {0};
  ir_write_node(&method, s->unit, sel);
  type_write(&type, t, STYLE_GC, s->unit->pkg);
  ir_message(s->unit, MESSAGE_DEVIRTUALIZING, call->pos, caller, call, NULL, "%s %.*s to %.*s", verb,
             STR_ARG(buf_view(&method)), STR_ARG(buf_view(&type)));
  buf_release(&method);
  buf_release(&type);
}

static void call_method_directly(DevirtState *s, IrFunc *caller, IrNode *call, IrNode *x, Type *concrete, Object *obj) {
  IrUnit *unit = s->unit;
  IrNode *sel = call->u.call.fun;
  bool pointer;
  Type *base = deref(x->type, &pointer);
  IrFunc *method = ir_method_of(unit, base, obj);
  if (!method || method->params.len == 0) return;
  say(s, caller, call, sel, "devirtualizing", concrete);
  Type *recv = method->params.items[0]->type;
  x = adjust_receiver(unit, sel->pos, x, recv);
  IrNode *fun = ir_new(unit, IR_METHEXPR, sel->pos, method_expr_type(unit, method));
  fun->u.selector.x = ir_new(unit, IR_TYPE, sel->pos, x->type);
  fun->u.selector.sel = sel->u.selector.sel;
  fun->u.selector.method = method;
  IrList args = {0};
  ir_list_push(unit, &args, x);
  ir_list_append(unit, &args, &call->u.call.args);
  call->op = IR_CALLFUNC;
  call->u.call.fun = fun;
  call->u.call.args = args;
}

void devirt_static_call(DevirtState *s, IrFunc *caller, IrNode *call) {
  IrUnit *unit = s->unit;
  if (call->op != IR_CALLINTER || (call->flags & IR_FLAG_GO_DEFER)) return;
  IrNode *sel = call->u.call.fun;
  PtrMap seen = {0};
  ConcreteType known;
  Concrete found = ir_rule(unit, RULE_ASSIGNMENTS_TELL_TYPES) ? concrete_type(s, sel->u.selector.x, &seen, 0, &known)
                                                              : converted_type(sel->u.selector.x, &known);
  ptrmap_release(&seen);
  if (found != CONCRETE_TYPE) return;
  Type *concrete = known.type;
  Type *iface = type_underlying(sel->u.selector.x->type);
  if (iface->kind != TYPE_INTERFACE || !type_implements_methods(concrete, iface, true, NULL, NULL)) return;
  if (type_is_shape(concrete)) return;
  if (type_has_shape(concrete) || type_has_shape(sel->u.selector.x->type)) {
    bool receiver = type_has_shape(concrete);
    Buf what = {0}, type = {0};
    ir_write_node(&what, unit, call);
    type_write(&type, receiver ? concrete : sel->u.selector.x->type, STYLE_GC, unit->pkg);
    ir_message(unit, MESSAGE_DEVIRTUALIZING, call->pos, caller, call, NULL, "cannot devirtualize %.*s: shaped %s %.*s",
               STR_ARG(buf_view(&what)), receiver ? "receiver" : "interface", STR_ARG(buf_view(&type)));
    buf_release(&what);
    buf_release(&type);
    return;
  }
  const Object *declared = sel->u.selector.field;
  const Package *from = declared && declared->pkg ? declared->pkg : unit->pkg;
  Lookup look = type_lookup(&s->arena, concrete, true, from, sel->u.selector.sel, false);
  if (!look.obj || look.obj->kind != OBJ_FUNC) return;
  IrNode *x = ir_new(unit, IR_DOTTYPE, call->pos, concrete);
  x->u.type_assert.x = sel->u.selector.x;
  for (uint32_t i = 0; i + 1 < look.path_len && x; i++) x = select_field(unit, sel->pos, x, look.path[i]);
  if (!x) return;
  if (!type_is_interface(x->type)) {
    call_method_directly(s, caller, call, x, concrete, look.obj);
    return;
  }
  say(s, caller, call, sel, "partially devirtualizing", concrete);
  IrNode *dot = ir_new(unit, IR_DOTINTER, sel->pos, sel->type);
  dot->u.selector = sel->u.selector;
  dot->u.selector.x = x;
  call->u.call.fun = dot;
}

IrNode *devirtualize_call(IrUnit *unit, IrFunc *fn, IrNode *call) {
  DevirtState s = {.unit = unit};
  devirt_static_call(&s, fn, call);
  devirt_release(&s);
  return call;
}
