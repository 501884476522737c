// cold.c: how seldom code is reached: blocks that fail, functions that run once or while the package is initialised.
//
// Blocks are judged by how they end, the way a reader does who skips error handling (rules: alloc.h, ALLOC_COLD_…).
// Functions are judged by who can reach them: each call, inlined or not, and each function literal that stays on the
// stack is a use, with how cold the place is. A function that only this package can name, and only by calls, is as cold
// as the warmest of its uses. All start as cold as can be and are warmed until nothing changes, so that recursion does
// not keep a function warm by itself; flags are only ever removed, so it ends.
#include "alloc/walk_internal.h"

#include <stdlib.h>

enum { ALLOC_COLD_ALL = ALLOC_COLD_PANIC | ALLOC_COLD_ERROR | ALLOC_COLD_ONCE | ALLOC_COLD_INIT };

// ---- Blocks

static bool is_package_func(const IrFunc *fn, const char *package, const char *prefix) {
  return fn && fn->name && fn->name->pkg && str_equal(fn->name->pkg->path, str_of(package)) &&
         str_has_prefix(sym_str(fn->name->sym), str_of(prefix));
}

static const IrFunc *callee_of(const IrNode *fun) {
  if (!fun) return NULL;
  if (fun->op == IR_NAME) return fun->u.name->cls == CLASS_FUNC ? fun->u.name->func : NULL;
  return fun->op == IR_METHEXPR ? fun->u.selector.method : NULL;
}

// Of a call that was inlined.
const IrFunc *alloc_inlined_callee(const Walker *w, const IrNode *n) {
  const IrUnit *unit = w->pass->unit;
  for (uint32_t i = n->init.len; i-- > 0;) {
    const IrNode *mark = n->init.items[i];
    if (mark && mark->op == IR_INLMARK && mark->u.inl_mark.index < unit->inline_tree.len)
      return unit->inline_tree.items[mark->u.inl_mark.index].callee;
  }
  return NULL;
}

bool alloc_never_returns(const IrNode *n) {
  if (n->op == IR_PANIC) return true;
  const IrFunc *fn = n->op == IR_CALLFUNC ? callee_of(n->u.call.fun) : NULL;
  return is_package_func(fn, "os", "Exit") || is_package_func(fn, "log", "Fatal") ||
         is_package_func(fn, "log", "Panic") || is_package_func(fn, "log", "(*Logger).Fatal") ||
         is_package_func(fn, "log", "(*Logger).Panic") || is_package_func(fn, "runtime", "Goexit") ||
         is_package_func(fn, "testing", "(*common).Fatal") || is_package_func(fn, "testing", "(*common).FailNow") ||
         is_package_func(fn, "testing", "(*common).Skip");
}

static bool makes_error(const IrFunc *fn) {
  return is_package_func(fn, "errors", "New") || is_package_func(fn, "fmt", "Errorf");
}

// A value of type error that is certainly not nil.
static bool is_error_value(Walker *w, IrNode *n, unsigned depth) {
  while (n && n->op == IR_PAREN) n = n->u.unary.x;
  if (!n || depth > 8) return false;
  switch ((int)n->op) {
  case IR_CONVIFACE: return n->u.conv.x && n->u.conv.x->type && !type_is_interface(n->u.conv.x->type);
  case IR_CONVNOP: return is_error_value(w, n->u.conv.x, depth + 1);
  case IR_CALLFUNC: return makes_error(callee_of(n->u.call.fun));
  case IR_INLCALL:
    if (makes_error(alloc_inlined_callee(w, n))) return true;
    return n->u.inl_call.results.len == 1 && is_error_value(w, n->u.inl_call.results.items[0], depth + 1);
  case IR_NAME: {
    if (n->u.name->cls == CLASS_EXTERN) return true; // ErrSomething
    IrNode *v = alloc_static_value_of(w, n);
    return v && v != n && v->op != IR_NAME && is_error_value(w, v, depth + 1);
  }
  default: return false;
  }
}

static bool is_error_type(const Walker *w, const Type *t) { return t && type_identical(t, w->pass->types->type_error); }

// Does a condition say, when it holds (or doesn't), that some error is not nil?
static bool says_failed(const Walker *w, const IrNode *cond, bool holds, unsigned depth) {
  if (!cond || depth > 50) return false;
  switch ((int)cond->op) {
  case IR_PAREN: return says_failed(w, cond->u.unary.x, holds, depth + 1);
  case IR_NOT: return says_failed(w, cond->u.unary.x, !holds, depth + 1);
  case IR_ANDAND:
  case IR_OROR:
    return holds == (cond->op == IR_ANDAND) &&
           (says_failed(w, cond->u.binary.x, holds, depth + 1) || says_failed(w, cond->u.binary.y, holds, depth + 1));
  case IR_EQ:
  case IR_NE: {
    const IrNode *x = cond->u.binary.x, *y = cond->u.binary.y;
    if (x->op == IR_NIL) x = cond->u.binary.y, y = cond->u.binary.x;
    return holds == (cond->op == IR_NE) && y->op == IR_NIL && is_error_type(w, x->type);
  }
  default: return false;
  }
}

static bool returns_error(const Walker *w) {
  const IrName *last = w->func->results.len ? w->func->results.items[w->func->results.len - 1] : NULL;
  return last && is_error_type(w, last->type);
}

uint8_t alloc_cold_stmt(Walker *w, const IrNode *n) {
  if (alloc_never_returns(n)) return ALLOC_COLD_PANIC;
  if (n->op != IR_RETURN || !returns_error(w) || n->u.ret.results.len != w->func->results.len) return 0;
  return is_error_value(w, n->u.ret.results.items[n->u.ret.results.len - 1], 0) ? ALLOC_COLD_ERROR : 0;
}

// The error of a return statement in a loop over a function, which the loop's body keeps in #rvN before it returns;
// NULL: none.
static IrNode *loop_error(const Walker *w, const IrList *block) {
  for (uint32_t i = block->len; i-- > 0;) {
    const IrNode *n = block->items[i];
    const IrNode *to = n && n->op == IR_AS ? n->u.as.x : NULL;
    if (to && to->op == IR_NAME && str_has_prefix(sym_str(to->u.name->sym), STR("#rv")) && is_error_type(w, to->type))
      return n->u.as.y;
  }
  return NULL;
}

uint8_t alloc_cold_block(Walker *w, const IrList *block, const IrNode *cond, bool holds) {
  const IrNode *last = block->len ? block->items[block->len - 1] : NULL;
  if (!last) return 0;
  IrNode *result = w->func->is_range_body && last->op == IR_RETURN ? loop_error(w, block) : NULL;
  if (result) {
    bool fails = result->op != IR_NIL && (is_error_value(w, result, 0) || says_failed(w, cond, holds, 0));
    return fails ? ALLOC_COLD_ERROR : 0;
  }
  uint8_t cold = alloc_cold_stmt(w, last);
  if (cold || last->op != IR_RETURN || !returns_error(w) || !says_failed(w, cond, holds, 0)) return cold;
  const IrList *results = &last->u.ret.results;
  bool nil = results->len == w->func->results.len && results->items[results->len - 1]->op == IR_NIL;
  return nil ? 0 : ALLOC_COLD_ERROR;
}

// ---- Functions

static bool is_ours(const AllocPass *pass, const IrFunc *fn) {
  const IrUnit *unit = pass->unit;
  return fn && (fn->unit == unit || (unit->base && fn->unit && fn->unit->pkg == unit->pkg));
}

static void add_use(Walker *w, const IrFunc *callee, FuncUseKind kind, uint8_t cold) {
  if (is_ours(w->pass, callee))
    VEC_APPEND(&w->pass->uses, (FuncUse){.callee = callee, .caller = w->func, .kind = kind, .cold = cold});
}

void alloc_use(Walker *w, const IrFunc *callee, uint8_t cold) { add_use(w, callee, FUNC_USE_CALL, cold); }
void alloc_use_later(Walker *w, const IrFunc *callee) { add_use(w, callee, FUNC_USE_LATER, 0); }

void alloc_use_value(Walker *w, const IrFunc *fn) {
  add_use(w, fn, FUNC_USE_VALUE, 0);
  if (!fn || fn->unit != w->pass->unit) return;
  ptrmap_set(&w->pass->values, fn, (void *)((uintptr_t)ptrmap_get(&w->pass->values, fn) + 1));
}

void alloc_use_method(Walker *w, Sym name) {
  VEC_APPEND(&w->pass->uses, (FuncUse){.caller = w->func, .method = name, .kind = FUNC_USE_DISPATCH});
  ptrmap_set(&w->pass->dispatched, name, w);
}

bool alloc_runs_once(const IrFunc *fn) {
  return is_package_func(fn, "sync", "(*Once).Do") || is_package_func(fn, "sync", "(*Once).doSlow") ||
         is_package_func(fn, "sync", "OnceFunc") || is_package_func(fn, "sync", "OnceValue");
}

// x is given to sync.Once or the like: its function runs there and, if nothing else uses it, nowhere else.
void alloc_use_once(Walker *w, IrNode *x) {
  IrNode *v = alloc_static_value_of(w, x);
  if (!v) return;
  if (v->op == IR_CLOSURE) ptrmap_set(&w->pass->once, v->u.closure.func, w);
  const IrFunc *fn = v->op == IR_METHVALUE ? v->u.selector.method : callee_of(v);
  if (!is_ours(w->pass, fn)) return;
  add_use(w, fn, FUNC_USE_ONCE, 0);
  uintptr_t count = (uintptr_t)ptrmap_get(&w->pass->values_once, fn);
  ptrmap_set(&w->pass->values_once, fn, (void *)(count + 1));
  alloc_use(w, fn, ALLOC_COLD_ONCE);
}

void alloc_use_inlined(Walker *w, const IrNode *call) {
  const IrFunc *callee = alloc_inlined_callee(w, call);
  if (!alloc_runs_once(callee) || callee->has_recv) return; // of Do the body is judged
  for (uint32_t i = 0; i < call->init.len; i++) {
    const IrNode *as = call->init.items[i];
    if (as && as->op == IR_AS && as->u.as.y) alloc_use_once(w, as->u.as.y);
    for (uint32_t k = 0; as && as->op == IR_AS2 && k < as->u.as_list.rhs.len; k++)
      alloc_use_once(w, as->u.as_list.rhs.items[k]);
  }
}

static bool is_init(const IrFunc *fn) {
  if (fn->is_package_init) return true;
  if (fn->outer) return false;
  Str name = fn->name ? sym_str(fn->name->sym) : STR_NONE;
  return !fn->has_recv &&
         (str_equal(name, STR("init")) || str_has_prefix(name, STR("init.")) || str_has_prefix(name, STR("map.init.")));
}

bool alloc_can_be_cold(const IrFunc *fn) {
  const Object *o = fn->object;
  if (fn->outer || !o || !o->name || o->name->exported || (fn->pragma & PRAGMA_LINKNAME) || fn->is_wrapper ||
      fn->is_assembly)
    return false;
  return !str_equal(sym_str(o->name), STR("main")) && !is_init(fn);
}

// Can only calls in this package reach it?
static bool is_private(const AllocPass *pass, const IrFunc *fn) {
  if (fn->outer) return true; // by literals, which count as uses where they stay on the stack
  if (!alloc_can_be_cold(fn)) return false;
  if (ptrmap_get(&pass->values, fn) != ptrmap_get(&pass->values_once, fn)) return false;
  return !(fn->is_method || fn->has_recv) || !ptrmap_has(&pass->dispatched, fn->object->name);
}

// What is known from before: of where control starts, and of functions that are compiled alone (by who compiles them).
static int fixed(const AllocPass *pass, const IrFunc *fn) {
  if (is_init(fn)) return ALLOC_COLD_INIT;
  if ((pass->unit->base || pass->unit->shown) && !fn->outer) return fn->cold;
  return is_private(pass, fn) ? -1 : 0;
}

// Functions in the data of package variables, which no code puts there.
static bool see_value(void *context, IrNode *n) {
  Walker *w = context;
  if (!n || w->depth > stack_levels()) return false;
  const IrNode *fun = n->op == IR_CALLFUNC ? n->u.call.fun : NULL;
  if (n->op == IR_NAME && n->u.name->cls == CLASS_FUNC) alloc_use_value(w, n->u.name->func);
  if (n->op == IR_METHEXPR || n->op == IR_METHVALUE) alloc_use_value(w, n->u.selector.method);
  w->depth++;
  if (!fun || !callee_of(fun)) {
    ir_children(n, see_value, w);
  } else {
    for (uint32_t i = 0; i < n->init.len; i++) see_value(w, n->init.items[i]);
    for (uint32_t i = 0; i < n->u.call.args.len; i++) see_value(w, n->u.call.args.items[i]);
  }
  w->depth--;
  return false;
}

static void see_data(AllocPass *pass) {
  const IrUnit *unit = pass->unit;
  PtrMap remaining = {0};
  for (uint32_t i = 0; unit->init_func && i < unit->init_func->body.len; i++)
    ptrmap_set(&remaining, unit->init_func->body.items[i], pass);
  Walker w = {.pass = pass, .func = unit->init_func};
  for (uint32_t i = 0; i < unit->externs.len; i++) {
    IrNode *defn = unit->externs.items[i]->defn;
    if (defn && !ptrmap_has(&remaining, defn)) see_value(&w, defn);
  }
  ptrmap_release(&remaining);
}

static bool reaches(const AllocPass *pass, const FuncUse *u) {
  return (u->kind == FUNC_USE_CALL || u->kind == FUNC_USE_LATER) && u->callee->unit == pass->unit;
}

// roots: how cold all are that are no function literals; -1: by their uses.
static void spread(AllocPass *pass, int roots) {
  const IrUnit *unit = pass->unit;
  PtrMap used = {0};
  ptrmap_release(&pass->fixed);
  for (uint32_t i = 0; i < pass->uses.len; i++)
    if (reaches(pass, &pass->uses.items[i])) ptrmap_set(&used, pass->uses.items[i].callee, pass);
  for (uint32_t i = 0; i < unit->funcs.len; i++) {
    IrFunc *fn = unit->funcs.items[i];
    int known = roots >= 0 && !fn->outer ? roots : fixed(pass, fn);
    fn->cold = known >= 0 ? (uint8_t)known : ptrmap_has(&used, fn) ? ALLOC_COLD_ALL : 0;
    if (ptrmap_has(&pass->once, fn)) fn->cold |= ALLOC_COLD_ONCE;
    if (known >= 0) ptrmap_set(&pass->fixed, fn, pass);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (uint32_t i = 0; i < pass->uses.len; i++) {
      const FuncUse *u = &pass->uses.items[i];
      IrFunc *fn = (IrFunc *)u->callee;
      if (!reaches(pass, u) || ptrmap_has(&pass->fixed, fn)) continue;
      uint8_t cold = fn->cold & (u->cold | (u->kind == FUNC_USE_CALL && u->caller ? u->caller->cold : 0));
      if (ptrmap_has(&pass->once, fn)) cold |= ALLOC_COLD_ONCE;
      changed |= cold != fn->cold;
      fn->cold = cold;
    }
  }
  ptrmap_release(&used);
}

// ---- What others make of it

typedef struct UseSum {
  AllocPass *pass;
  PtrMap cold;  // function literal -> how cold it is where its function is not, + 1
  StrMap index; // caller and callee or method -> index + 1 in the set's uses
  Arena arena;
} UseSum;

static AllocUse *sum_of(UseSum *s, const IrFunc *caller, const FuncUse *u) {
  AllocSet *set = s->pass->set;
  Str key = arena_printf(&s->arena, "%p %p", (const void *)caller,
                         u->callee ? (const void *)u->callee : (const void *)u->method);
  uintptr_t at = (uintptr_t)strmap_get(&s->index, key);
  if (!at) {
    AllocUse use = {.caller = caller, .callee = u->callee, .method = u->method};
    VEC_PUSH(&set->arena, &set->uses, use);
    at = set->uses.len;
    strmap_set(&s->index, key, (void *)at);
  }
  return &set->uses.items[at - 1];
}

static void add_to_sum(UseSum *s, const FuncUse *u) {
  const IrFunc *caller = u->caller;
  bool literal = caller && caller->outer;
  uint8_t cold = u->cold, cold_if = u->cold;
  uintptr_t inside = literal ? (uintptr_t)ptrmap_get(&s->cold, caller) : 0;
  if (inside) cold |= (uint8_t)(inside - 1);
  if (caller) cold_if |= caller->cold;
  while (caller && caller->outer) caller = caller->outer;
  AllocUse *sum = sum_of(s, caller, u);
  switch (u->kind) {
  case FUNC_USE_LATER: cold = cold_if = 0; // fall through
  case FUNC_USE_CALL:
    sum->cold = sum->calls ? sum->cold & cold : cold;
    sum->cold_if = sum->calls ? sum->cold_if & cold_if : cold_if;
    sum->calls = true;
    break;
  case FUNC_USE_VALUE: sum->values += sum->values < UINT16_MAX; break;
  case FUNC_USE_ONCE: sum->values_once += sum->values_once < UINT16_MAX; break;
  case FUNC_USE_DISPATCH: break;
  }
}

// Flags are independent of each other, and in a function literal each is there always, never, or when its function has
// it. So two answers tell all: that for functions that are not cold at all, and that for those that are.
static void sum_uses(AllocPass *pass) {
  UseSum s = {.pass = pass};
  uint32_t count = pass->unit->funcs.len;
  uint8_t *known = mem_new(count + 1);
  arena_init(&s.arena);
  for (uint32_t i = 0; i < count; i++) known[i] = pass->unit->funcs.items[i]->cold;
  spread(pass, 0);
  for (uint32_t i = 0; i < count; i++) {
    const IrFunc *fn = pass->unit->funcs.items[i];
    if (fn->outer) ptrmap_set(&s.cold, fn, (void *)(uintptr_t)(fn->cold + 1u));
  }
  spread(pass, ALLOC_COLD_ALL);
  for (uint32_t i = 0; i < pass->uses.len; i++) {
    const FuncUse *u = &pass->uses.items[i];
    if (u->callee ? alloc_can_be_cold(u->callee) : !u->method->exported) add_to_sum(&s, u);
  }
  for (uint32_t i = 0; i < count; i++) pass->unit->funcs.items[i]->cold = known[i];
  free(known);
  ptrmap_release(&s.cold);
  strmap_release(&s.index);
  arena_release(&s.arena);
}

void alloc_spread_cold(AllocPass *pass) {
  see_data(pass);
  if (pass->unit->options->explain) sum_uses(pass);
  spread(pass, -1);
  for (uint32_t i = 0; i < pass->set->sites.len; i++)
    pass->set->sites.items[i].cold |= pass->set->sites.items[i].func->cold;
}
