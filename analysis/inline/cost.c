// cost.c: can a function be inlined, and at what cost: the weighted count of its IR nodes (reference, 6.1, 6.2 and 6.5;
// cmd/compile/internal/inline/inl.go).
//
// Functions are decided callee first over strongly connected components, because a call that will be inlined costs
// what its callee costs. Function literals are decided when a call of them is first looked at.
#include "base/stack.h"
#include "inline/inline_internal.h"
#include "ir/packages.h"
#include "ir/rules.h"

enum {
  BUDGET = 80,          // of an ordinary function
  CLOSURE_BUDGET = 800, // of a function literal, which may have a single caller
  CALL_COST = 57,       // extra cost of a call that stays
  PARAM_CALL_COST = 17, // … of a function parameter or captured variable
  PANIC_COST = 1,
  CLOSURE_COST = 15,
  HOT_BUDGET = 2000, // of a callee that the profile calls hot, at a call that it calls hot
  BIG_NODES = 5000,  // a function of so many nodes accepts only small callees
  BIG_MAX_COST = 20,
};

static bool is_package(const Package *pkg, const char *path) { return pkg && str_equal(pkg->path, str_of(path)); }

static bool name_in(Str name, const char *const *names) {
  for (; *names; names++)
    if (str_equal(name, str_of(*names))) return true;
  return false;
}

// As in intrinsics.def.
static char letter_of(Str arch) {
  static const struct {
    const char *arch;
    char letter;
  } letters[] = {{"amd64", 'A'},   {"arm64", 'R'},   {"386", 'X'},    {"arm", 'M'},      {"loong64", 'L'},
                 {"mips", 'I'},    {"mipsle", 'i'},  {"mips64", 'J'}, {"mips64le", 'j'}, {"ppc64", 'P'},
                 {"ppc64le", 'p'}, {"riscv64", 'S'}, {"s390x", 'Z'},  {"wasm", 'W'}};
  for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
    if (str_equal(arch, str_of(letters[i].arch))) return letters[i].letter;
  }
  return 'M';
}

typedef struct Intrinsic {
  const char *path, *name, *archs;
  uint32_t since, until;
} Intrinsic;

static int compare_intrinsic(Str path, Str name, const Intrinsic *i) {
  int c = str_compare(path, str_of(i->path));
  return c ? c : str_compare(name, str_of(i->name));
}

bool inline_is_intrinsic(const IrUnit *unit, const IrFunc *fn) {
  static const Intrinsic table[] = {
#define INTRINSIC(path, name, archs) {path, name, archs, 0, UINT32_MAX},
#define INTRINSIC_SINCE(path, name, archs, minor) {path, name, archs, minor, UINT32_MAX},
#define INTRINSIC_UNTIL(path, name, archs, minor) {path, name, archs, 0, minor},
#include "inline/intrinsics.def"
#undef INTRINSIC
#undef INTRINSIC_SINCE
#undef INTRINSIC_UNTIL
  };
  if (!fn || !fn->name || !fn->name->pkg || !fn->name->sym) return false;
  char letter = letter_of(unit->pkg->context->target.arch);
  size_t low = 0, high = sizeof table / sizeof *table, len = high;
  Str path = fn->name->pkg->path, name = sym_str(fn->name->sym);
  while (low < high) { // the first row of that name, or where it would be
    size_t middle = low + (high - low) / 2;
    if (compare_intrinsic(path, name, &table[middle]) > 0)
      low = middle + 1;
    else
      high = middle;
  }
  // The race detector wants to see these calls.
  if (ir_sanitizer(unit) == SANITIZER_RACE && str_equal(path, STR("sync/atomic"))) return false;
  uint32_t minor = ir_go_minor(unit);
  for (; low < len && compare_intrinsic(path, name, &table[low]) == 0; low++)
    if (table[low].since <= minor && minor < table[low].until && strchr(table[low].archs, letter)) return true;
  return false;
}

typedef struct CostVisitor {
  IrUnit *unit;
  IrFunc *func;
  bool big;
  int32_t budget;
  int32_t max_budget;
  const char *reason; // static, why it can't be inlined at any cost
  uint32_t depth;
  bool whole; // counts on over the budget and past what can't be inlined, decides nothing, and notes:
  int32_t call_cost;
  const IrNode *costliest;
} CostVisitor;

static bool merges_loads(const IrUnit *unit) {
  static const char *const archs[] = {"386", "amd64", "arm64", "loong64", "ppc64", "ppc64le", "s390x"};
  for (size_t i = 0; i < sizeof archs / sizeof *archs; i++) {
    if (str_equal(unit->pkg->context->target.arch, str_of(archs[i]))) return true;
  }
  return false;
}

// Byte-order functions that compile to one load or store.
static bool is_byte_order_call(const CostVisitor *v, const IrFunc *fn, bool method) {
  static const char *const methods[] = {"littleEndian.Uint64",
                                        "littleEndian.Uint32",
                                        "littleEndian.Uint16",
                                        "bigEndian.Uint64",
                                        "bigEndian.Uint32",
                                        "bigEndian.Uint16",
                                        "littleEndian.PutUint64",
                                        "littleEndian.PutUint32",
                                        "littleEndian.PutUint16",
                                        "bigEndian.PutUint64",
                                        "bigEndian.PutUint32",
                                        "bigEndian.PutUint16",
                                        "littleEndian.AppendUint64",
                                        "littleEndian.AppendUint32",
                                        "littleEndian.AppendUint16",
                                        "bigEndian.AppendUint64",
                                        "bigEndian.AppendUint32",
                                        "bigEndian.AppendUint16",
                                        NULL};
  static const char *const functions[] = {"LEUint64",
                                          "LEUint32",
                                          "LEUint16",
                                          "BEUint64",
                                          "BEUint32",
                                          "BEUint16",
                                          "LEPutUint64",
                                          "LEPutUint32",
                                          "LEPutUint16",
                                          "BEPutUint64",
                                          "BEPutUint32",
                                          "BEPutUint16",
                                          "LEAppendUint64",
                                          "LEAppendUint32",
                                          "LEAppendUint16",
                                          "BEAppendUint64",
                                          "BEAppendUint32",
                                          "BEAppendUint16",
                                          NULL};
  if (!merges_loads(v->unit)) return false;
  if (method) return is_package(fn->name->pkg, "encoding/binary") && name_in(sym_str(fn->name->sym), methods);
  return is_package(fn->name->pkg, "internal/byteorder") && name_in(sym_str(fn->name->sym), functions);
}

typedef enum CallCost { CALL_STAYS, CALL_CHEAP, CALL_FORBIDS } CallCost;

static CallCost special_call(CostVisitor *v, const IrNode *fun) {
  if (fun->op == IR_METHEXPR) {
    const IrFunc *method = fun->u.selector.method;
    if (!method || !method->name) return CALL_STAYS;
    if (is_package(method->name->pkg, "runtime") && sym_is(method->name->sym, "heapBits.nextArena")) return CALL_CHEAP;
    return is_byte_order_call(v, method, true) ? CALL_CHEAP : CALL_STAYS;
  }
  if (fun->op != IR_NAME || fun->u.name->cls != CLASS_FUNC || !fun->u.name->func || !fun->u.name->func->name)
    return CALL_STAYS;
  const IrFunc *fn = fun->u.name->func;
  Str name = sym_str(fn->name->sym);
  const Package *pkg = fn->name->pkg;
  if ((is_package(pkg, "internal/abi") && str_equal(name, STR("NoEscape"))) || ir_is_escape_non_string(fn))
    return CALL_CHEAP;
  if (is_package(pkg, "internal/runtime/sys")) {
    if (str_equal(name, STR("GetCallerPC"))) return v->reason = "call to GetCallerPC", CALL_FORBIDS;
    if (str_equal(name, STR("GetCallerSP"))) return v->reason = "call to GetCallerSP", CALL_FORBIDS;
  }
  if (!pkg || is_package(pkg, "runtime")) {
    if (str_equal(name, STR("panicrangestate"))) return CALL_CHEAP;
    if (str_equal(name, STR("deferrangefunc")) && ir_rule(v->unit, RULE_RANGE_FUNC_DEFERS_STAY))
      return v->reason = "defer call in range func", CALL_FORBIDS;
  }
  return is_byte_order_call(v, fn, false) ? CALL_CHEAP : CALL_STAYS;
}

static void note_call(CostVisitor *v, const IrNode *fun, int32_t cost) {
  if (!v->whole || cost <= v->call_cost) return;
  v->call_cost = cost;
  v->costliest = fun;
}

static bool visit_call(CostVisitor *v, IrNode *n) {
  IrNode *fun = n->u.call.fun;
  switch (special_call(v, fun)) {
  case CALL_FORBIDS: return !v->whole;
  case CALL_CHEAP: return false;
  case CALL_STAYS: break;
  }
  const IrFunc *direct = fun->op == IR_METHEXPR                                 ? fun->u.selector.method
                         : fun->op == IR_NAME && fun->u.name->cls == CLASS_FUNC ? fun->u.name->func
                                                                                : NULL;
  if (inline_is_intrinsic(v->unit, direct)) return false;
  int32_t extra = CALL_COST;
  if (fun->op == IR_NAME && (fun->u.name->cls == CLASS_PARAM || fun->u.name->is_closure_var)) extra = PARAM_CALL_COST;
  IrFunc *callee = inline_callee(v->unit, v->func, fun, v->whole);
  if (callee && callee->inl && inline_call_allowed(v->unit, v->func, n, callee, v->big, false, false))
    extra = callee->inline_cost;
  note_call(v, fun, extra);
  v->budget -= extra;
  return false;
}

// &x.f with f at the start of x is x's address: no cost of its own.
static bool is_first_field_of_name(const IrUnit *unit, const IrNode *dot) {
  if ((dot->op != IR_DOT && dot->op != IR_DOTPTR) || dot->u.selector.x->op != IR_NAME) return false;
  Type *t = dot->u.selector.x->type ? type_underlying(dot->u.selector.x->type) : NULL;
  if (t && t->kind == TYPE_POINTER) t = type_underlying(t->u.pointer.elem);
  if (!t || t->kind != TYPE_STRUCT) return false;
  for (uint32_t i = 0; i < t->u.struct_.fields.len; i++) {
    const Object *field = t->u.struct_.fields.items[i];
    if (field == dot->u.selector.field || (field->name == dot->u.selector.sel && field->name))
      return struct_field_offset(unit->pkg->context, t, i) == 0;
  }
  return false;
}

static bool is_multi_value_assign(const IrNode *n) {
  if (n->op != IR_AS2 || n->u.as_list.rhs.len == 0) return false;
  const IrList *init = &n->u.as_list.rhs.items[0]->init;
  if (init->len != 1) return false;
  switch (init->items[0]->op) {
  case IR_AS2:
  case IR_AS2DOTTYPE:
  case IR_AS2FUNC:
  case IR_AS2MAPR:
  case IR_AS2RECV:
  case IR_SELRECV2: return true;
  default: return false;
  }
}

static bool visit_node(void *context, IrNode *n);

static bool visit_list(CostVisitor *v, const IrList *list) {
  for (uint32_t i = 0; i < list->len; i++)
    if (list->items[i] && visit_node(v, list->items[i])) return true;
  return false;
}

static void adjust_slice(CostVisitor *v, const IrNode *n) {
  if (!ir_rule(v->unit, RULE_FREE_SLICING)) return;
  const IrNode *low = n->u.slice.low, *high = n->u.slice.high;
  int64_t value;
  if (low && low->op == IR_LITERAL && const_int64_value(low->u.lit.value, &value) && value == 0) v->budget++;
  if (high && high->op == IR_LEN && high->u.unary.x == n->u.slice.x) v->budget += 2;
}

static bool visit_node_limited(CostVisitor *v, IrNode *n) {
  switch (n->op) {
  case IR_CALLFUNC:
    if (visit_call(v, n)) return true;
    break;
  case IR_CALLINTER:
    note_call(v, n->u.call.fun, CALL_COST);
    v->budget -= CALL_COST;
    break;
  case IR_PANIC:
    if (n->u.unary.x->op == IR_CONVIFACE && (n->u.unary.x->flags & IR_FLAG_IMPLICIT)) v->budget++;
    v->budget -= PANIC_COST;
    break;
  case IR_RECOVER: v->reason = "call to recover"; return !v->whole;
  case IR_CLOSURE: v->budget -= CLOSURE_COST; break;
  case IR_GO: v->reason = "unhandled op GO"; return !v->whole;
  case IR_DEFER: v->reason = "unhandled op DEFER"; return !v->whole;
  case IR_TAILCALL: v->reason = "unhandled op TAILCALL"; return !v->whole;
  case IR_ADDR:
    if (is_first_field_of_name(v->unit, n->u.unary.x)) v->budget += 2;
    break;
  case IR_DEREF: {
    const IrNode *pointer = n->u.unary.x;
    while (pointer->op == IR_CONVNOP) pointer = pointer->u.conv.x;
    if (pointer->op == IR_ADDR) v->budget++;
    break;
  }
  case IR_CONVNOP:
  case IR_BLOCK:
  case IR_METHEXPR: v->budget++; break;
  case IR_FALL:
  case IR_TYPE: return false;
  case IR_IF:
    if (ir_is_const(n->u.if_.cond, CONST_BOOL)) {
      if (visit_list(v, &n->init)) return true;
      return visit_list(v, const_bool_value(n->u.if_.cond->u.lit.value) ? &n->u.if_.body : &n->u.if_.else_);
    }
    break;
  case IR_METHVALUE:
  case IR_SLICELIT: v->budget--; break;
  case IR_AS2:
    if (is_multi_value_assign(n)) v->budget += 4 * (int32_t)n->u.as_list.lhs.len + 1;
    break;
  case IR_SLICE:
  case IR_SLICEARR:
  case IR_SLICESTR:
  case IR_SLICE3:
  case IR_SLICE3ARR: adjust_slice(v, n); break;
  default: break;
  }
  v->budget--;
  // At level 2 the whole cost is printed; else one node over the budget is enough.
  if (v->budget < 0 && v->unit->options->level < 2 && !v->whole) return true;
  return ir_children(n, visit_node, v);
}

static bool visit_node(void *context, IrNode *n) {
  CostVisitor *v = context;
  if (!n) return false;
  if (++v->depth > stack_levels()) {
    v->budget = -1;
    return true;
  }
  bool stop = visit_node_limited(v, n);
  v->depth--;
  return stop;
}

typedef struct NodeCount {
  int32_t left;
} NodeCount;

static bool count_node(void *context, IrNode *n) {
  NodeCount *count = context;
  if (is_multi_value_assign(n)) count->left += 4 * (int32_t)n->u.as_list.lhs.len + 1;
  return --count->left <= 0;
}

// Calls are not inlined yet whenever it is asked.
bool inline_is_big(IrFunc *fn) {
  enum { UNKNOWN, SMALL, BIG };
  if (fn->size == UNKNOWN) {
    NodeCount count = {BIG_NODES - 1}; // the function itself counts as a node
    fn->size = ir_any_list(&fn->body, count_node, &count) ? BIG : SMALL;
  }
  return fn->size == BIG;
}

// Instances of its generic functions are compiled by others, who mark them.
static bool is_of_runtime(const IrFunc *fn) {
  while (fn->outer) fn = fn->outer;
  return fn->name && fn->name->pkg && str_equal(fn->name->pkg->path, STR("runtime"));
}

const char *inline_impossible(const IrUnit *unit, const IrFunc *fn) {
  if (fn->pragma & PRAGMA_NOINLINE) return "marked go:noinline";
  bool race = ir_sanitizer(unit) == SANITIZER_RACE;
  if (race && (fn->pragma & PRAGMA_NORACE || is_of_runtime(fn))) return "marked go:norace with -race compilation";
  if (ir_checkptr(unit) && (fn->pragma & PRAGMA_NOCHECKPTR)) return "marked go:nocheckptr";
  if (fn->pragma & PRAGMA_CGO_UNSAFE_ARGS) return "marked go:cgo_unsafe_args";
  if (fn->pragma & PRAGMA_UINTPTR_KEEPALIVE) return "marked as having a keep-alive uintptr argument";
  if (fn->pragma & PRAGMA_UINTPTR_ESCAPES) return "marked as having an escaping uintptr argument";
  if (fn->pragma & PRAGMA_YESWRITEBARRIERREC) return "marked go:yeswritebarrierrec";
  bool has_body = fn->unit->pkg == unit->pkg ? fn->has_body && fn->body.len : ir_have_inline_body(unit, fn);
  if (!has_body) return "no function body";
  return NULL;
}

typedef struct ReturnCount {
  uint32_t count;
} ReturnCount;

static bool count_return(void *context, IrNode *n) {
  ReturnCount *returns = context;
  if (n->op == IR_RETURN) returns->count += n->u.ret.results.len == 0 ? 2 : 1;
  return false;
}

// Result variables may be declared at the function's single return statement.
static bool can_delay_results(IrFunc *fn) {
  ReturnCount returns = {0};
  ir_any_list(&fn->body, count_return, &returns);
  if (returns.count != 1) return false;
  const Type *results = fn->type ? type_results_of(fn->type) : NULL;
  for (uint32_t i = 0; i < tuple_len(results); i++) {
    Sym name = tuple_at(results, i)->name;
    if (name && !sym_is_blank(name)) return false;
  }
  return true;
}

static void say_cannot_inline(IrUnit *unit, IrFunc *fn, Str reason) {
  fn->no_inline_reason = reason;
  if (unit->options->level < 2 || unit->muted) return;
  Buf name = {0};
  ir_write_func_name(&name, unit, fn);
  ir_message(unit, MESSAGE_CANNOT_INLINE, fn->pos, fn, NULL, NULL, "cannot inline %.*s: %.*s", STR_ARG(buf_view(&name)),
             STR_ARG(reason));
  buf_release(&name);
}

static void say_can_inline(IrUnit *unit, IrFunc *fn) {
  if (unit->muted) return;
  Buf text = {0};
  ir_write_func_name(&text, unit, fn);
  if (unit->options->level >= 2) {
    buf_printf(&text, " with cost %d as: ", fn->inline_cost);
    if (fn->type) type_write(&text, fn->type, STYLE_GC, unit->pkg);
    buf_puts(&text, " { ");
    ir_write_list(&text, unit, &fn->body, "; ");
    buf_puts(&text, " }");
  }
  ir_message(unit, MESSAGE_CAN_INLINE, fn->pos, fn, NULL, NULL, "can inline %.*s", STR_ARG(buf_view(&text)));
  buf_release(&text);
}

// What a reader wants to know of a function that is too costly: by how much, and which call costs most.
static void explain_cost(IrUnit *unit, IrFunc *fn, bool big) {
  if (!unit->options->explain || !fn->object || fn->outer) return;
  CostVisitor v = {.unit = unit, .func = fn, .big = big, .budget = BUDGET, .max_budget = BUDGET, .whole = true};
  visit_list(&v, &fn->body);
  fn->whole_cost = BUDGET - v.budget;
  fn->call_cost = v.call_cost;
  if (!v.costliest) return;
  Buf name = {0};
  ir_write_node(&name, unit, v.costliest);
  fn->costliest = arena_str(&unit->arena, buf_view(&name));
  buf_release(&name);
}

void inline_can_inline(IrUnit *unit, IrFunc *fn) {
  if (fn->unit != unit || fn->inline_done || fn->deferred) return;
  fn->inline_considered = true;
  const char *why = inline_impossible(unit, fn);
  if (why) {
    fn->inline_cost = -1;
    say_cannot_inline(unit, fn, str_of(why));
    return;
  }
  fn->inline_done = true;
  int32_t budget = BUDGET;
  fn->is_hot = profile_is_hot_func(unit, fn);
  if (fn->is_hot) budget = HOT_BUDGET;
  if (fn->outer && budget < CLOSURE_BUDGET) budget = CLOSURE_BUDGET;
  CostVisitor v = {.unit = unit, .func = fn, .big = inline_is_big(fn), .budget = budget, .max_budget = budget};
  bool stopped = visit_list(&v, &fn->body);
  explain_cost(unit, fn, v.big);
  if (v.reason) {
    fn->inline_cost = -1;
    say_cannot_inline(unit, fn, str_of(v.reason));
    return;
  }
  fn->inline_cost = budget - v.budget;
  if (stopped || v.budget < 0) {
    Str reason = arena_printf(&unit->arena, "function too complex: cost %d exceeds budget %d", fn->inline_cost, budget);
    say_cannot_inline(unit, fn, reason);
    return;
  }
  fn->inl = ARENA_NEW(&unit->arena, IrInline);
  fn->inl->cost = fn->inline_cost;
  fn->inl->can_delay_results = can_delay_results(fn);
  say_can_inline(unit, fn);
}

static void visit_component(void *context, IrFunc **component, uint32_t len) {
  for (uint32_t i = 0; i < len; i++) inline_can_inline(context, component[i]);
}

void inline_can_inline_all(IrUnit *unit) {
  if (unit->options->profile) profile_guide(unit);
  if (!unit->options->no_inline) ir_visit_bottom_up(unit, visit_component, unit);
}

void inline_can_inline_quietly(IrUnit *unit, IrFunc **funcs, uint32_t len) {
  if (unit->options->no_inline) return;
  bool muted = unit->muted;
  unit->muted = true;
  ir_visit_unconsidered(unit, funcs, len, visit_component, unit);
  unit->muted = muted;
}

// -- call sites --

IrFunc *inline_callee_known(IrUnit *unit, IrNode *fun) {
  IrNode *value = ir_static_value(fun);
  return value && value->op == IR_CLOSURE ? value->u.closure.func : inline_callee(unit, NULL, fun, true);
}

IrFunc *inline_callee(IrUnit *unit, IrFunc *caller, IrNode *fun, bool resolve_only) {
  IrNode *value = ir_static_value(fun);
  if (!value) return NULL;
  if (value->op == IR_METHEXPR) {
    IrFunc *method = value->u.selector.method;
    if (!method || method->params.len == 0) return NULL;
    Type *recv = value->u.selector.x->type;
    return recv && type_identical(method->params.items[0]->type, recv) ? method : NULL;
  }
  if (value->op == IR_NAME) {
    IrFunc *fn = value->u.name->cls == CLASS_FUNC ? value->u.name->func : NULL;
    if (fn && fn->deferred) ir_undefer(fn);
    return fn;
  }
  if (value->op != IR_CLOSURE) return NULL;
  IrFunc *closure = value->u.closure.func;
  // A closure can be inlined only into the function that its variables belong to.
  if (closure->closure_vars.len > 0 && closure->closure_vars.items[0]->outer->func != caller) return NULL;
  if (!resolve_only) inline_can_inline(unit, closure);
  return closure;
}

static bool same_place(IrPos a, IrPos b) { return a.decl == b.decl && a.offset == b.offset; }

bool inline_call_allowed(IrUnit *unit, IrFunc *caller, IrNode *call, IrFunc *callee, bool big_caller, bool called_once,
                         bool say) {
  if (!ir_have_inline_body(unit, callee)) return false;
  int32_t most = big_caller ? BIG_MAX_COST : BUDGET;
  if (callee->outer) {
    most *= 2;
    if (called_once && most < CLOSURE_BUDGET) most = CLOSURE_BUDGET;
  }
  if (callee->inline_cost > most &&
      (big_caller || callee->inline_cost > HOT_BUDGET || !profile_is_hot_call(unit, caller, call)))
    return false;
  if (ir_sanitizer(unit) || ir_checkptr(unit)) { // instructions that check would get into what must not be checked
    unsigned flags = callee->name->pkg ? ir_package_flags(callee->name->pkg->path) : 0;
    if (ir_sanitizer(unit) && flags & IR_PACKAGE_NO_INSTRUMENT) return false;
    if (ir_sanitizer(unit) == SANITIZER_RACE && flags & IR_PACKAGE_NO_RACE) return false;
    if (ir_checkptr(unit) && flags & IR_PACKAGE_RUNTIME) return false;
  }
  // Recursion: the same call is already being inlined, or the same function along another way.
  for (uint32_t i = call->pos.inl; i; i = unit->inline_tree.items[i].parent)
    if (same_place(unit->inline_tree.items[i].call_pos, call->pos)) return false;
  for (uint32_t i = call->pos.inl; i; i = unit->inline_tree.items[i].parent) {
    if (unit->inline_tree.items[i].callee != callee) continue;
    if (say && unit->options->level >= 2) {
      Buf into = {0}, name = {0};
      ir_write_func_name(&into, unit, caller);
      ir_write_func_name(&name, unit, callee);
      ir_message(unit, MESSAGE_CANNOT_INLINE, call->pos, caller, call, NULL,
                 "cannot inline %.*s into %.*s: repeated recursive cycle", STR_ARG(buf_view(&name)),
                 STR_ARG(buf_view(&into)));
      buf_release(&into);
      buf_release(&name);
    }
    return false;
  }
  return true;
}
