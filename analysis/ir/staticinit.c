// staticinit.c: takes out of the package's initialiser what gc lays out at link time (reference 1.6).
//
// Each assignment of the synthetic init function either vanishes (its value is made of constants, addresses of globals,
// functions, composite literals of such things, conversions of them to interfaces), or is split: the static frame of a
// composite literal vanishes and assignments of its dynamic parts into static temporaries remain, or stays as it is. A
// call that was inlined and only returns an expression of its arguments is tried with the arguments put in. A global
// may be copied from another one only while nothing before it could have changed package variables. Rules:
// cmd/compile/internal/staticinit/sched.go and pkginit. Only what remains matters here, so no data is laid out.
#include "base/stack.h"
#include "ir/ir.h"

typedef struct Schedule {
  IrUnit *unit;
  IrList out;
  bool seen_mutation;
  bool no_addresses; // FIPS modules must not hold addresses in their data
  uint32_t temps, depth;
} Schedule;

static bool static_assign(Schedule *, IrName *l, IrNode *r, Type *);

static bool same_type(const Type *a, const Type *b) { return a == b || (a && b && type_identical(a, b)); }

// ---- What an expression may do

static bool is_side_effect(void *context, IrNode *n) {
  (void)context;
  switch ((int)n->op) {
  case IR_NAME:
  case IR_NONAME:
  case IR_TYPE:
  case IR_LITERAL:
  case IR_NIL:
  case IR_ADD:
  case IR_SUB:
  case IR_OR:
  case IR_XOR:
  case IR_ADDSTR:
  case IR_ADDR:
  case IR_ANDAND:
  case IR_BYTES2STR:
  case IR_RUNES2STR:
  case IR_STR2BYTES:
  case IR_STR2RUNES:
  case IR_CAP:
  case IR_MAPLIT:
  case IR_STRUCTLIT:
  case IR_ARRAYLIT:
  case IR_SLICELIT:
  case IR_PTRLIT:
  case IR_CONV:
  case IR_CONVIFACE:
  case IR_CONVNOP:
  case IR_DOT:
  case IR_EQ:
  case IR_NE:
  case IR_LT:
  case IR_LE:
  case IR_GT:
  case IR_GE:
  case IR_KEY:
  case IR_STRUCTKEY:
  case IR_LEN:
  case IR_MUL:
  case IR_LSH:
  case IR_RSH:
  case IR_AND:
  case IR_ANDNOT:
  case IR_NEW:
  case IR_NOT:
  case IR_BITNOT:
  case IR_PLUS:
  case IR_NEG:
  case IR_OROR:
  case IR_PAREN:
  case IR_RUNESTR:
  case IR_REAL:
  case IR_IMAG:
  case IR_COMPLEX: return false;
  case IR_DIV:
  case IR_MOD: return !n->u.binary.y || n->u.binary.y->op != IR_LITERAL || const_sign(n->u.binary.y->u.lit.value) == 0;
  case IR_MAKECHAN:
  case IR_MAKEMAP: return !ir_is_const(n->u.make.len, CONST_INT) || const_sign(n->u.make.len->u.lit.value) != 0;
  default: return true;
  }
}

static bool is_unrepeatable(void *context, IrNode *n) {
  if (is_side_effect(context, n)) return true;
  switch ((int)n->op) {
  case IR_MAKECHAN:
  case IR_MAKEMAP:
  case IR_MAKESLICE:
  case IR_MAPLIT:
  case IR_NEW:
  case IR_PTRLIT:
  case IR_SLICELIT:
  case IR_STR2BYTES:
  case IR_STR2RUNES: return true;
  default: return false;
  }
}

// The left side can't be a package variable of this package.
static bool is_safe_target(const Schedule *s, IrNode *lhs) {
  IrNode *outer = ir_outer_value(lhs);
  while (outer && outer->op == IR_DEREF) outer = outer->u.unary.x;
  return outer && outer->op == IR_NAME && !(outer->u.name->cls == CLASS_EXTERN && outer->u.name->pkg == s->unit->pkg);
}

static bool is_funcpc_call(const IrNode *n) {
  const IrNode *fun = n->u.call.fun;
  if (n->op != IR_CALLFUNC || !fun || fun->op != IR_NAME || fun->u.name->cls != CLASS_FUNC || !fun->u.name->pkg)
    return false;
  return str_equal(fun->u.name->pkg->path, STR("internal/abi")) &&
         (sym_is(fun->u.name->sym, "FuncPCABI0") || sym_is(fun->u.name->sym, "FuncPCABIInternal"));
}

static bool modifies_globals(void *context, IrNode *n) {
  switch ((int)n->op) {
  case IR_CALLFUNC:
  case IR_CALLINTER: return !is_funcpc_call(n);
  case IR_APPEND:
  case IR_CLEAR:
  case IR_COPY: return true;
  case IR_ASOP: return !is_safe_target(context, n->u.as_op.x);
  case IR_AS: return !is_safe_target(context, n->u.as.x);
  case IR_AS2:
  case IR_AS2DOTTYPE:
  case IR_AS2FUNC:
  case IR_AS2MAPR:
  case IR_AS2RECV:
    for (uint32_t i = 0; i < n->u.as_list.lhs.len; i++) {
      if (!is_safe_target(context, n->u.as_list.lhs.items[i])) return true;
    }
    return false;
  default: return false;
  }
}

static bool holds_shape(const Type *t, unsigned depth) {
  if (!t || depth > 20) return false;
  t = type_unalias(t);
  switch ((TypeKind)t->kind) {
  case TYPE_NAMED:
    if (t->u.named.is_shape) return true;
    for (uint32_t i = 0; i < t->u.named.targs.len; i++) {
      if (holds_shape(t->u.named.targs.items[i], depth + 1)) return true;
    }
    return false;
  case TYPE_POINTER: return holds_shape(t->u.pointer.elem, depth + 1);
  case TYPE_ARRAY: return holds_shape(t->u.array.elem, depth + 1);
  case TYPE_SLICE: return holds_shape(t->u.slice.elem, depth + 1);
  case TYPE_CHAN: return holds_shape(t->u.chan.elem, depth + 1);
  case TYPE_MAP: return holds_shape(t->u.map.key, depth + 1) || holds_shape(t->u.map.elem, depth + 1);
  case TYPE_BASIC:
  case TYPE_STRUCT:
  case TYPE_SIGNATURE:
  case TYPE_TUPLE:
  case TYPE_INTERFACE:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: return false;
  }
  return false;
}

// ---- Pieces

// Where a part of a static variable lies; only that it is static storage matters.
static IrNode *place(Schedule *s, IrPos pos, IrName *l, Type *type) {
  if (sym_is_blank(l->sym)) return l->node;
  IrNode *n = ir_new(s->unit, IR_LINKSYMOFFSET, pos, type);
  n->u.link_sym.name = l;
  return n;
}

static void append_assign(Schedule *s, IrPos pos, IrNode *x, IrNode *y) {
  IrNode *as = ir_new(s->unit, IR_AS, pos, NULL);
  as->u.as.x = x;
  as->u.as.y = y;
  ir_list_push(s->unit, &s->out, as);
}

static void assign_part(Schedule *s, IrName *l, IrNode *v) {
  if (!static_assign(s, l, v, v->type)) append_assign(s, v->pos, place(s, v->pos, l, v->type), v);
}

static IrName *static_temp(Schedule *s, Type *type, IrPos pos) {
  char text[32];
  int len = snprintf(text, sizeof text, "..stmp_%u", s->temps++);
  return ir_new_name(s->unit, NULL, CLASS_EXTERN, intern(s->unit->interner, (Str){text, (size_t)len}), type, pos)
    ->u.name;
}

// The variable in which an addressable expression statically lies, NULL if it doesn't.
static IrName *static_location(const IrNode *n) {
  for (;;) {
    if (!n) return NULL;
    if (n->op == IR_NAME) return n->u.name;
    if (n->op == IR_METHEXPR) return n->u.selector.method ? n->u.selector.method->name : NULL;
    if (n->op == IR_DOT) {
      n = n->u.selector.x;
    } else if (n->op == IR_INDEX) {
      const Type *t = n->u.index.x->type ? type_underlying(n->u.index.x->type) : NULL;
      if (!t || t->kind == TYPE_SLICE || !ir_is_const(n->u.index.index, CONST_INT)) return NULL;
      n = n->u.index.x;
    } else {
      return NULL;
    }
  }
}

static bool is_composite(const IrNode *n) {
  return n && (n->op == IR_ARRAYLIT || n->op == IR_SLICELIT || n->op == IR_STRUCTLIT || n->op == IR_MAPLIT);
}

// Calls f for each non-zero element of a composite literal, arrays and structs inside it opened up.
static void each_element(Schedule *s, IrNode *lit, void (*f)(Schedule *, void *context, IrNode *), void *context,
                         unsigned depth) {
  for (uint32_t i = 0; i < lit->u.complit.list.len; i++) {
    IrNode *e = lit->u.complit.list.items[i];
    if (e->op == IR_KEY) e = e->u.key.value;
    if (e && e->op == IR_STRUCTKEY) {
      if (sym_is_blank(e->u.struct_key.sym)) continue;
      e = e->u.struct_key.value;
    }
    if (!e || ir_is_zero(e)) continue;
    bool nested = e->op == IR_ARRAYLIT || e->op == IR_STRUCTLIT;
    if (nested && depth < stack_levels())
      each_element(s, e, f, context, depth + 1);
    else
      f(s, context, e);
  }
}

static void assign_element(Schedule *s, void *l, IrNode *e) {
  if (e->op == IR_NIL || (e->op == IR_LITERAL && !s->no_addresses)) return;
  assign_part(s, l, e);
}

// ---- Copying another global's initial value

typedef struct CopyTo {
  IrName *l, *from;
} CopyTo;

static bool static_copy(Schedule *s, IrName *l, IrName *from, Type *type);

static void copy_element(Schedule *s, void *context, IrNode *e) {
  CopyTo *to = context;
  if (e->op == IR_LITERAL || e->op == IR_NIL) return;
  IrName *name = e->op == IR_NAME ? e->u.name : NULL;
  if (e->op == IR_METHEXPR && e->u.selector.method) name = e->u.selector.method->name;
  if (name && static_copy(s, to->l, name, e->type)) return;
  append_assign(s, e->pos, place(s, e->pos, to->l, e->type), place(s, e->pos, to->from, e->type));
}

static bool static_copy_value(Schedule *s, IrName *l, IrName *from, Type *type) {
  IrNode *r = from->defn->u.as.y;
  while (r->op == IR_CONVNOP && !same_type(r->type, type)) r = r->u.conv.x;
  switch ((int)r->op) {
  case IR_METHEXPR:
  case IR_NAME: {
    IrName *name = r->op == IR_NAME ? r->u.name : r->u.selector.method ? r->u.selector.method->name : NULL;
    if (!name) return false;
    if (!static_copy(s, l, name, type)) append_assign(s, r->pos, place(s, r->pos, l, type), r);
    return true;
  }
  case IR_NIL:
  case IR_LITERAL:
  case IR_SLICELIT: return true;
  case IR_ADDR: return r->u.unary.x && r->u.unary.x->op == IR_NAME && r->u.unary.x->u.name->cls == CLASS_EXTERN;
  case IR_PTRLIT: return is_composite(r->u.unary.x);
  case IR_ARRAYLIT:
  case IR_STRUCTLIT: each_element(s, r, copy_element, &(CopyTo){l, from}, 0); return true;
  default: return false;
  }
}

static bool static_copy(Schedule *s, IrName *l, IrName *from, Type *type) {
  if (from->cls == CLASS_FUNC) return true;
  if (from->cls != CLASS_EXTERN || from->pkg != s->unit->pkg || !from->defn || from->defn->op != IR_AS ||
      !from->defn->u.as.y)
    return false;
  if (from->type && type_is_string(from->type)) return false; // the linker's -X may overwrite it
  if (s->seen_mutation || s->depth >= stack_levels()) return false;
  s->depth++;
  bool ok = static_copy_value(s, l, from, type);
  s->depth--;
  return ok;
}

// ---- Inlined calls

typedef struct Subst {
  IrUnit *unit;
  const IrList *params, *args;
  bool valid;
} Subst;

// The literal converted to another type of the same kind or, between integers, cut to size.
static IrNode *convert_literal(Subst *sub, IrNode *conv) {
  IrNode *lit = conv->u.conv.x;
  const Type *from = lit->type ? type_underlying(lit->type) : NULL,
             *to = conv->type ? type_underlying(conv->type) : NULL;
  const Const *value = lit->u.lit.value;
  if (!from || !to || from->kind != TYPE_BASIC || to->kind != TYPE_BASIC) return NULL;
  if (from->basic_kind != to->basic_kind) {
    if (!type_is_integer(from) || !type_is_integer(to)) return NULL;
    ConstPool *pool = &sub->unit->constants;
    int64_t bits = type_size(sub->unit->pkg->context, conv->type) * 8;
    if (bits <= 0 || bits > 64) return NULL;
    uint64_t mask = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
    value = const_binary(pool, value, TOKEN_AND, const_uint64(pool, mask), false);
    uint64_t raw = 0;
    if (!const_uint64_value(value, &raw)) return NULL;
    if (!type_is_unsigned(to) && raw >> (bits - 1)) value = const_int64(pool, (int64_t)(raw | ~mask));
  }
  return ir_new_literal(sub->unit, lit->pos, conv->type, value);
}

// Adjacent constant operands of a concatenation become one.
static IrNode *join_strings(Subst *sub, IrNode *n) {
  IrList joined = {0};
  const IrList *l = &n->u.list.list;
  for (uint32_t i = 0; i < l->len;) {
    uint32_t end = i;
    while (end < l->len && ir_is_const(l->items[end], CONST_STRING)) end++;
    if (end < i + 2) {
      ir_list_push(sub->unit, &joined, l->items[i++]);
      continue;
    }
    Buf text = {0};
    for (uint32_t k = i; k < end; k++) buf_str(&text, const_string_value(l->items[k]->u.lit.value));
    ir_list_push(
      sub->unit, &joined,
      ir_new_literal(sub->unit, l->items[i]->pos, n->type, const_string(&sub->unit->constants, buf_view(&text))));
    buf_release(&text);
    i = end;
  }
  if (joined.len == 1) return joined.items[0];
  n->u.list.list = joined;
  return n;
}

static IrNode *substitute(void *context, IrNode *n) {
  Subst *sub = context;
  if (n->op == IR_NAME) {
    for (uint32_t i = 0; i < sub->params->len && i < sub->args->len; i++) {
      if (sub->params->items[i] == n && !ir_is_blank(n))
        return ir_deep_copy(sub->unit, (IrPos){0}, sub->args->items[i]);
    }
    return n;
  }
  if (n->op == IR_NONAME || n->op == IR_LITERAL || n->op == IR_NIL || n->op == IR_TYPE) return n;
  n = ir_shallow_copy(sub->unit, n);
  ir_edit_children(n, substitute, sub);
  if (n->op == IR_CONV && n->u.conv.x && n->u.conv.x->op == IR_LITERAL) {
    IrNode *lit = convert_literal(sub, n);
    if (!lit) sub->valid = false;
    return lit ? lit : n;
  }
  return n->op == IR_ADDSTR ? join_strings(sub, n) : n;
}

typedef struct CountUses {
  const IrList *params;
  uint32_t *counts;
  bool has_closure;
} CountUses;

static bool count_use(void *context, IrNode *n) {
  CountUses *c = context;
  if (n->op == IR_CLOSURE && n->u.closure.func && n->u.closure.func->closure_vars.len) c->has_closure = true;
  for (uint32_t i = 0; n->op == IR_NAME && i < c->params->len; i++) c->counts[i] += c->params->items[i] == n;
  return false;
}

// The returned expression of an inlined call `{ params = args; { var r; r = e; goto end }; end: }`, NULL if it has
// another form.
static IrNode *single_return(const IrNode *call, const IrList **params, const IrList **args) {
  static const IrList none;
  *params = *args = &none;
  const IrList *init = &call->init, *body = &call->u.inl_call.body;
  if (init->len != 2 || init->items[0]->op != IR_AS2 || init->items[1]->op != IR_INLMARK) return NULL;
  *params = &init->items[0]->u.as_list.lhs;
  *args = &init->items[0]->u.as_list.rhs;
  if (body->len != 2 || body->items[0]->op != IR_BLOCK || body->items[1]->op != IR_LABEL) return NULL;
  const IrList *list = &body->items[0]->u.block.list;
  if (list->len != 3 || list->items[0]->op != IR_DCL || list->items[1]->op != IR_AS2 || list->items[2]->op != IR_GOTO)
    return NULL;
  if (list->items[2]->u.branch.label != body->items[1]->u.label.label) return NULL;
  const IrList *lhs = &list->items[1]->u.as_list.lhs, *rhs = &list->items[1]->u.as_list.rhs;
  return lhs->len == 1 && rhs->len == 1 && lhs->items[0] == list->items[0]->u.unary.x ? rhs->items[0] : NULL;
}

static bool args_are_safe(const IrList *params, const IrList *args) {
  for (uint32_t i = 0; i < params->len; i++) {
    if (params->items[i]->op != IR_NAME || params->items[i]->u.name->addrtaken) return false;
  }
  return !ir_any_list(args, is_side_effect, NULL);
}

static bool static_inlined_call(Schedule *s, IrName *l, IrNode *call, Type *type) {
  const IrList *params, *args;
  IrNode *value = single_return(call, &params, &args);
  if (!value || params->len != args->len || !args_are_safe(params, args)) return false;
  CountUses c = {params, ARENA_ARRAY(&s->unit->arena, uint32_t, params->len + 1), false};
  ir_any(value, count_use, &c);
  if (c.has_closure) return false;
  for (uint32_t i = 0; i < params->len; i++) {
    if (c.counts[i] > 1 && ir_any(args->items[i], is_unrepeatable, NULL)) return false;
  }
  Subst sub = {s->unit, params, args, true};
  value = substitute(&sub, value);
  return sub.valid && static_assign(s, l, value, type);
}

// ---- Assignments

static bool static_interface(Schedule *s, IrName *l, IrNode *r) {
  IrNode *value = r;
  while (value->op == IR_CONVIFACE) value = value->u.conv.x;
  if (value->type && type_is_interface(value->type)) return value->op == IR_NIL;
  if (!value->type || holds_shape(value->type, 0)) return false;
  if (!type_is_direct_interface(s->unit->pkg->context, value->type))
    assign_part(s, static_temp(s, value->type, value->pos), value);
  else if (value->op != IR_NIL)
    assign_part(s, l, value);
  return true;
}

static bool static_value_of(Schedule *s, IrName *l, IrNode *r, Type *type) {
  switch ((int)r->op) {
  case IR_NIL: return true;
  case IR_LITERAL: return ir_is_zero(r) || !(s->no_addresses && r->type && type_is_string(r->type));
  case IR_ARRAYLIT:
  case IR_STRUCTLIT: each_element(s, r, assign_element, l, 0); return true;
  default: break;
  }
  if (s->no_addresses) return false;
  switch ((int)r->op) {
  case IR_NAME: return static_copy(s, l, r->u.name, type);
  case IR_METHEXPR: return true;
  case IR_ADDR: {
    IrName *at = static_location(r->u.unary.x);
    if (at && at->cls == CLASS_EXTERN) return true;
    if (!is_composite(r->u.unary.x)) return false;
    assign_part(s, static_temp(s, r->u.unary.x->type, r->pos), r->u.unary.x);
    return true;
  }
  case IR_PTRLIT:
    if (!is_composite(r->u.unary.x)) return false;
    assign_part(s, static_temp(s, r->u.unary.x->type, r->pos), r->u.unary.x);
    return true;
  case IR_STR2BYTES: return l->cls == CLASS_EXTERN && r->u.conv.x && r->u.conv.x->op == IR_LITERAL;
  case IR_SLICELIT: each_element(s, r, assign_element, static_temp(s, r->type, r->pos), 0); return true;
  case IR_CLOSURE: return r->u.closure.func && r->u.closure.func->closure_vars.len == 0;
  case IR_CONVIFACE: return static_interface(s, l, r);
  case IR_INLCALL: return static_inlined_call(s, l, r, type);
  default: return false;
  }
}

static bool static_assign(Schedule *s, IrName *l, IrNode *r, Type *type) {
  while (r && r->op == IR_CONVNOP) r = r->u.conv.x;
  if (!r) return true;
  if (s->depth >= stack_levels()) return false;
  s->depth++;
  bool ok = static_value_of(s, l, r, type);
  s->depth--;
  return ok;
}

// Whether the statement can be dropped from the initialiser (what must remain of it is in out by then).
static bool static_statement(Schedule *s, IrNode *n) {
  IrNode *lhs, *rhs;
  bool all_blank, many = false;
  switch ((int)n->op) {
  case IR_AS:
    lhs = n->u.as.x;
    rhs = n->u.as.y;
    all_blank = ir_is_blank(lhs);
    break;
  case IR_AS2DOTTYPE:
  case IR_AS2FUNC:
  case IR_AS2MAPR:
  case IR_AS2RECV:
    if (n->u.as_list.lhs.len < 1 || n->u.as_list.rhs.len != 1) return false;
    lhs = n->u.as_list.lhs.items[0];
    rhs = n->u.as_list.rhs.items[0];
    many = n->u.as_list.lhs.len > 1;
    all_blank = true;
    for (uint32_t i = 0; i < n->u.as_list.lhs.len; i++) all_blank &= ir_is_blank(n->u.as_list.lhs.items[i]);
    break;
  default: return false;
  }
  if (!s->seen_mutation) s->seen_mutation = ir_any(rhs, modifies_globals, s);
  if (all_blank && !ir_any(rhs, is_side_effect, NULL)) return true;
  return !many && lhs && lhs->op == IR_NAME && static_assign(s, lhs->u.name, rhs, lhs->type);
}

// ---- Large maps

enum { OUTLINE_THRESHOLD = 20 };

static bool count_node(void *context, IrNode *n) {
  (void)n;
  ++*(uint32_t *)context;
  return false;
}

static bool is_large_map(const IrNode *n) {
  if (n->op != IR_AS || !n->u.as.y || !n->u.as.x || n->u.as.x->op != IR_NAME || ir_is_blank(n->u.as.x)) return false;
  const Type *t = n->u.as.x->type ? type_underlying(n->u.as.x->type) : NULL;
  uint32_t size = 0;
  if (!t || t->kind != TYPE_MAP) return false;
  ir_any(n->u.as.y, count_node, &size);
  return size >= OUTLINE_THRESHOLD && !ir_any(n->u.as.y, is_side_effect, NULL);
}

// Maps that are initialised without effects get a function each, which the linker can drop when the map is not used; it
// is never inlined, and keeps the initialiser small.
void ir_outline_maps(IrUnit *unit) {
  IrFunc *init = unit->init_func;
  uint32_t seq = 0;
  for (uint32_t i = 0; init && i < init->body.len; i++) {
    IrNode *as = init->body.items[i];
    if (!is_large_map(as)) continue;
    char text[32];
    int len = snprintf(text, sizeof text, "map.init.%u", seq++);
    IrFunc *fn = ARENA_NEW(&unit->arena, IrFunc);
    fn->unit = unit;
    fn->type = type_new_signature(unit->pkg, NULL, NULL, NULL, false);
    fn->pos = as->pos;
    IrNode *name =
      ir_new_name(unit, NULL, CLASS_FUNC, intern(unit->interner, (Str){text, (size_t)len}), fn->type, as->pos);
    name->u.name->func = fn;
    fn->name = name->u.name;
    fn->has_body = fn->inline_done = true;
    fn->inline_cost = -1;
    ir_list_push(unit, &fn->body, as);
    VEC_PUSH(&unit->arena, &unit->funcs, fn);
    IrNode *call = ir_new(unit, IR_CALLFUNC, as->pos, NULL);
    call->u.call.fun = name;
    init->body.items[i] = call;
  }
}

void ir_package_init(IrUnit *unit) {
  IrFunc *fn = unit->init_func;
  if (!fn) return;
  static const char fips[] = "crypto/internal/fips140";
  Str path = unit->pkg->path;
  bool is_fips = str_has_prefix(path, STR("crypto/internal/fips140")) &&
                 (path.n == sizeof fips - 1 || path.p[sizeof fips - 1] == '/') && !str_has_suffix(path, STR("_test"));
  Schedule s = {.unit = unit, .no_addresses = is_fips};
  for (uint32_t i = 0; i < fn->body.len; i++) {
    if (!static_statement(&s, fn->body.items[i])) ir_list_push(unit, &s.out, fn->body.items[i]);
  }
  fn->body = s.out;
}
