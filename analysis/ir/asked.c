// asked.c: the functions whose parameter tags somebody can ask for when the package is imported. gc computes tags for
// all; nothing hangs on those of a function that only the package itself names, and only as a value, such as the
// entries of a table, because a call of a value is a call of an unknown function.
//
// Importers call what is exported, and methods: through values, embedding, wrappers and devirtualised interfaces, so
// that all of those count. They also see the bodies of functions that are inlined or generic, and whatever these name.
// A profile may have them call any function that it names. What such a function calls, once calls in it are inlined,
// must have its tags first; so the set is closed under calls.
#include "ir/lower_internal.h"
#include "ir/rules.h"

#include <stdlib.h>

typedef struct Marking {
  IrUnit *unit;
  VEC(IrFunc *) pending; // C heap
  PtrMap seen;
  bool any;               // was not asked before
  VEC(IrFunc *) mentions; // of the code that is read; C heap
  const DeclTypes *types;
  bool values; // functions that are called through local variables are known (go1.27)
} Marking;

static void mark(Marking *m, IrFunc *fn) {
  if (!fn || fn->unit != m->unit) return;
  fn = ir_outermost_func(fn);
  if (ptrmap_has(&m->seen, fn)) return;
  ptrmap_set(&m->seen, fn, fn);
  ir_undefer(fn);
  m->any |= !fn->asked;
  VEC_APPEND(&m->pending, fn);
}

static bool mark_called(void *context, IrNode *n) {
  Marking *m = context;
  IrFunc *of = ir_mentioned(n);
  if (of && of->unit == m->unit) VEC_APPEND(&m->mentions, of);
  if (n->op == IR_CALLFUNC) {
    IrNode *value = ir_static_value(n->u.call.fun);
    if (value) mark(m, ir_static_callee(value));
  } else if (n->op == IR_METHVALUE || m->values) {
    mark(m, of);
  }
  return false;
}

static void note_mentions(const Marking *m, IrFunc *fn) {
  uint32_t len = m->mentions.len;
  fn->mentions = ARENA_ARRAY(&m->unit->arena, IrFunc *, len + 1);
  if (len) memcpy(fn->mentions, m->mentions.items, sizeof(IrFunc *) * len);
}

static void mark_code(Marking *m, IrFunc *fn) {
  fn->asked = true;
  m->mentions.len = 0;
  ir_any_list(&fn->body, mark_called, m);
  if (m->unit->for_importers) note_mentions(m, fn);
  for (uint32_t i = 0; i < fn->closures.len; i++) mark_code(m, fn->closures.items[i]);
}

static bool mark_named(void *context, const Ast *n) {
  Marking *m = context;
  Object *o = node_named(node_info(m->types, n), n);
  if (o && o->kind == OBJ_FUNC && o->pkg == m->unit->pkg) mark(m, ir_func_of(m->unit, o));
  return true;
}

// Importers read the function's body.
static void mark_shown(Marking *m, const Object *func) {
  const Ast *decl = func->u.func.decl;
  m->types = func->pos.decl ? package_decl_types(m->unit->pkg, func->pos.decl) : NULL;
  if (decl && m->types && decl->u.func_decl.body) ast_walk(decl->u.func_decl.body, mark_named, m);
}

static bool is_method(const Object *func) {
  const Type *sig = type_unalias(func->type);
  return sig->kind == TYPE_SIGNATURE && sig->u.signature.recv;
}

static void mark_visible(Marking *m) {
  const Package *pkg = m->unit->pkg;
  for (uint32_t i = 0; i < pkg->funcs.len; i++) {
    Object *func = pkg->funcs.items[i];
    if (!func->type || !func->u.func.decl) continue;
    if (lower_is_generic(func))
      mark_shown(m, func);
    else if (func->name->exported || is_method(func) || ir_profile_mentions(m->unit, func))
      mark(m, ir_func_of(m->unit, func));
  }
}

static bool code_is_known(const IrFunc *fn) {
  if (!fn->mentions) return false;
  for (uint32_t i = 0; i < fn->closures.len; i++)
    if (!code_is_known(fn->closures.items[i])) return false;
  return true;
}

// What was asked before and has changed since.
static void mark_changed(Marking *m) {
  for (uint32_t i = 0; i < m->unit->funcs.len; i++) {
    IrFunc *fn = m->unit->funcs.items[i];
    if (!fn->outer && fn->asked && !code_is_known(fn)) mark(m, fn);
  }
}

bool ir_mark_asked(IrUnit *unit, void (*prepare)(IrUnit *, IrFunc *)) {
  Marking m = {.unit = unit, .values = ir_rule(unit, RULE_ASSIGNED_CALLEES)};
  if (unit->for_importers && unit->asked_known)
    mark_changed(&m);
  else
    mark_visible(&m);
  while (m.pending.len) {
    IrFunc *fn = m.pending.items[--m.pending.len];
    if (prepare) prepare(unit, fn);
    mark_code(&m, fn);
    if (fn->inl && fn->object) mark_shown(&m, fn->object);
  }
  free(m.pending.items);
  free(m.mentions.items);
  ptrmap_release(&m.seen);
  unit->asked_known = true;
  return m.any;
}
