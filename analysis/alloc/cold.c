// cold.c: how seldom code is reached: blocks that fail, functions that run once or while the package is initialised.
//
// Blocks are judged by how they end, the way a reader does who skips error handling (rules: alloc.h, ALLOC_COLD_…).
// Functions are judged by who can reach them: each call, inlined or not, and each function literal that stays on the
// stack is a use, with how cold the place is. A function that only this package can name, and only by calls, is as cold
// as the warmest of its uses. All start as cold as can be and are warmed until nothing changes, so that recursion does
// not keep a function warm by itself; flags are only ever removed, so it ends.
#include "alloc/walk.h"

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
static const IrFunc *inlined_callee(const Walker *w, const IrNode *n) {
  const IrUnit *unit = w->pass->unit;
  for (uint32_t i = n->init.len; i-- > 0;) {
    const IrNode *mark = n->init.items[i];
    if (mark && mark->op == IR_INLMARK && mark->u.inl_mark.index < unit->inline_tree.len)
      return unit->inline_tree.items[mark->u.inl_mark.index].callee;
  }
  return NULL;
}

static bool never_returns(const IrNode *n) {
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
    if (makes_error(inlined_callee(w, n))) return true;
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
  if (never_returns(n)) return ALLOC_COLD_PANIC;
  if (n->op != IR_RETURN || !returns_error(w) || n->u.ret.results.len != w->func->results.len) return 0;
  return is_error_value(w, n->u.ret.results.items[n->u.ret.results.len - 1], 0) ? ALLOC_COLD_ERROR : 0;
}

uint8_t alloc_cold_block(Walker *w, const IrList *block, const IrNode *cond, bool holds) {
  const IrNode *last = block->len ? block->items[block->len - 1] : NULL;
  if (!last) return 0;
  uint8_t cold = alloc_cold_stmt(w, last);
  if (cold || last->op != IR_RETURN || !returns_error(w) || !says_failed(w, cond, holds, 0)) return cold;
  const IrList *results = &last->u.ret.results;
  bool nil = results->len == w->func->results.len && results->items[results->len - 1]->op == IR_NIL;
  return nil ? 0 : ALLOC_COLD_ERROR;
}

// ---- Functions

void alloc_use(Walker *w, const IrFunc *callee, uint8_t cold) {
  if (!callee || callee->unit != w->pass->unit) return;
  VEC_APPEND(&w->pass->uses, (FuncUse){callee, w->func, cold});
}

void alloc_use_later(Walker *w, const IrFunc *callee) {
  if (callee && callee->unit == w->pass->unit) VEC_APPEND(&w->pass->uses, (FuncUse){.callee = callee});
}

void alloc_use_value(Walker *w, const IrFunc *fn) {
  if (!fn || fn->unit != w->pass->unit) return;
  ptrmap_set(&w->pass->values, fn, (void *)((uintptr_t)ptrmap_get(&w->pass->values, fn) + 1));
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
  if (!fn || fn->unit != w->pass->unit) return;
  uintptr_t count = (uintptr_t)ptrmap_get(&w->pass->values_once, fn);
  ptrmap_set(&w->pass->values_once, fn, (void *)(count + 1));
  alloc_use(w, fn, ALLOC_COLD_ONCE);
}

void alloc_use_inlined(Walker *w, const IrNode *call) {
  const IrFunc *callee = inlined_callee(w, call);
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
  return !fn->has_recv && (str_equal(name, STR("init")) || str_has_prefix(name, STR("init.")));
}

// Can only calls in this package reach it?
static bool is_private(const AllocPass *pass, const IrFunc *fn) {
  if (fn->outer) return true; // by literals, which count as uses where they stay on the stack
  const Object *o = fn->object;
  if (!o || !o->name || o->name->exported || (fn->pragma & PRAGMA_LINKNAME) || fn->is_wrapper || fn->is_assembly)
    return false;
  if (str_equal(sym_str(o->name), STR("main"))) return false;
  if (ptrmap_get(&pass->values, fn) != ptrmap_get(&pass->values_once, fn)) return false;
  return !(fn->is_method || fn->has_recv) || !ptrmap_has(&pass->dispatched, o->name);
}

// What is known from before: of all functions of a package that is compiled in part, and of where control starts.
static int fixed(const AllocPass *pass, const IrFunc *fn) {
  if (is_init(fn)) return ALLOC_COLD_INIT;
  if (!pass->unit->base || fn->outer) return is_private(pass, fn) ? -1 : 0;
  const IrFunc *before = fn->object ? ptrmap_get(&pass->unit->base->func_of_object, fn->object) : NULL;
  return before ? before->cold : 0;
}

// Functions in the data of package variables, which no code puts there.
static bool see_value(void *context, IrNode *n) {
  Walker *w = context;
  if (!n || w->depth > ALLOC_DEPTH_LIMIT) return false;
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

void alloc_spread_cold(AllocPass *pass) {
  const IrUnit *unit = pass->unit;
  see_data(pass);
  PtrMap used = {0};
  for (uint32_t i = 0; i < pass->uses.len; i++) ptrmap_set(&used, pass->uses.items[i].callee, pass);
  for (uint32_t i = 0; i < unit->funcs.len; i++) {
    IrFunc *fn = unit->funcs.items[i];
    int known = fixed(pass, fn);
    fn->cold = known >= 0 ? (uint8_t)known : ptrmap_has(&used, fn) ? ALLOC_COLD_ALL : 0;
    if (ptrmap_has(&pass->once, fn)) fn->cold |= ALLOC_COLD_ONCE;
    if (known >= 0) ptrmap_set(&pass->fixed, fn, pass);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (uint32_t i = 0; i < pass->uses.len; i++) {
      const FuncUse *u = &pass->uses.items[i];
      IrFunc *fn = (IrFunc *)u->callee;
      if (ptrmap_has(&pass->fixed, fn)) continue;
      uint8_t cold = fn->cold & (u->cold | (u->caller ? u->caller->cold : 0));
      if (ptrmap_has(&pass->once, fn)) cold |= ALLOC_COLD_ONCE;
      changed |= cold != fn->cold;
      fn->cold = cold;
    }
  }
  ptrmap_release(&used);
  for (uint32_t i = 0; i < pass->set->sites.len; i++)
    pass->set->sites.items[i].cold |= pass->set->sites.items[i].func->cold;
}
