// graph.c: which functions of the package depend on which.
//
// A function depends on every function that its text mentions (the checker's records) and that its code mentions or
// contains after inlining (the IR): the latter has what devirtualisation found and what came in with inlined bodies.
// Closures and instances of generic functions are not nodes of the graph; what they mention counts for those that hold
// or use them. Two functions that reach each other must be compiled together (escape analysis and inlining work on
// components).
#include "live/live_internal.h"

#include <stdlib.h>

static void remove_from(LiveDecl *of, const LiveDecl *caller) {
  for (uint32_t i = 0; i < of->callers.len; i++) {
    if (of->callers.items[i] != caller) continue;
    of->callers.items[i] = of->callers.items[--of->callers.len];
    return;
  }
}

void live_set_uses(LiveState *live, LiveDecl *l, LiveDecl **uses, uint32_t len) {
  for (uint32_t i = 0; i < l->uses.len; i++) remove_from(l->uses.items[i], l);
  l->uses.len = 0;
  for (uint32_t i = 0; i < len; i++) {
    LIVE_APPEND(live, &l->uses, uses[i]);
    LIVE_APPEND(live, &uses[i]->callers, l);
  }
}

typedef struct UseSearch {
  LiveState *live;
  const DeclTypes *types;
  PtrMap seen; // LiveDecl and IrFunc
  LiveDecls found;
  VEC(IrFunc *) pending; // closures and instances whose code is still to be looked at
  const PtrMap *own;     // IrFunc of the unit -> itself, those that are no nodes of the graph
} UseSearch;

static void found(UseSearch *s, LiveDecl *l) {
  if (!l || ptrmap_has(&s->seen, l)) return;
  ptrmap_set(&s->seen, l, l);
  VEC_APPEND(&s->found, l);
}

static bool visit_syntax(void *context, const Ast *n) {
  UseSearch *s = context;
  if (n->id > s->types->decl->node_count) return true;
  const NodeInfo *info = node_info(s->types, n);
  Object *o = NULL;
  if (info->is_selection)
    o = info->ref.selection ? info->ref.selection->obj : NULL;
  else if (n->kind == AST_NAME)
    o = info->ref.object;
  if (o && o->kind == OBJ_FUNC) found(s, ptrmap_get(&s->live->by_func, o->u.func.origin ? o->u.func.origin : o));
  return true;
}

static void mention(UseSearch *s, IrFunc *fn) {
  if (!fn) return;
  LiveDecl *l = ptrmap_get(&s->live->by_ir, fn);
  if (l) {
    found(s, l);
    return;
  }
  IrFunc *own = ptrmap_get(s->own, fn);
  if (!own || ptrmap_has(&s->seen, own)) return;
  ptrmap_set(&s->seen, own, own);
  VEC_APPEND(&s->pending, own);
}

static bool visit_code(void *context, IrNode *n) {
  mention(context, ir_mentioned(n));
  return false;
}

static void search_code(UseSearch *s, const IrUnit *unit, IrFunc *fn, const PtrMap *inlined) {
  (void)unit;
  if (!fn) return;
  VEC_APPEND(&s->pending, fn);
  while (s->pending.len) {
    IrFunc *f = s->pending.items[--s->pending.len];
    ir_any_list(&f->body, visit_code, s);
    const LiveDecls *in = ptrmap_get(inlined, f);
    for (uint32_t i = 0; in && i < in->len; i++) found(s, in->items[i]);
  }
}

static void index_unit(LiveState *live, IrUnit *unit, PtrMap *own, PtrMap *inlined, Arena *arena) {
  for (uint32_t i = 0; i < unit->funcs.len; i++) ptrmap_set(own, unit->funcs.items[i], unit->funcs.items[i]);
  for (uint32_t i = 0; i < unit->inlined_uses.len; i++) {
    IrUse use = unit->inlined_uses.items[i];
    LiveDecl *of = ptrmap_get(&live->by_ir, use.of);
    if (!of) continue;
    LiveDecls *list = ptrmap_get(inlined, use.by);
    if (!list) {
      list = ARENA_NEW(arena, LiveDecls);
      ptrmap_set(inlined, use.by, list);
    }
    VEC_PUSH(arena, list, of);
  }
}

static void find_uses(LiveState *live, LiveDecl *l, IrUnit *unit, IrFunc *fn, const PtrMap *own,
                      const PtrMap *inlined) {
  UseSearch s = {.live = live, .own = own};
  s.types = l->func ? package_decl_types(live->base->package, l->decl) : NULL;
  if (s.types && l->func->u.func.decl) ast_walk(l->func->u.func.decl, visit_syntax, &s);
  for (uint32_t i = 0; !l->func && i < live->decls.len; i++) { // the initialiser: that of all variables
    const AstDecl *d = live->decls.items[i]->decl;
    s.types = d->kind == DECL_VAR ? package_decl_types(live->base->package, d) : NULL;
    for (uint32_t k = 0; s.types && k < d->specs.len; k++) ast_walk(d->specs.items[k], visit_syntax, &s);
  }
  if (unit) search_code(&s, unit, fn, inlined);
  for (unsigned k = 0; k < 2; k++)
    for (uint32_t i = 0; i < l->order[k].len; i++) found(&s, l->order[k].items[i]);
  live_set_uses(live, l, s.found.items, s.found.len);
  ptrmap_release(&s.seen);
  free(s.found.items);
  free(s.pending.items);
}

void live_find_uses(LiveState *live, IrUnit *unit, LiveDecl *const *decls, uint32_t len) {
  PtrMap own = {0}, inlined = {0};
  Arena arena;
  arena_init(&arena);
  index_unit(live, unit, &own, &inlined, &arena);
  for (uint32_t i = 0; i < len; i++)
    if (decls[i]->func || decls[i] == &live->init) find_uses(live, decls[i], unit, decls[i]->ir, &own, &inlined);
  ptrmap_release(&own);
  ptrmap_release(&inlined);
  arena_release(&arena);
}

// ---- Components

// All that is reached from the list, forwards or backwards, gets the mark.
static void flood(LiveDecl *from, uint32_t mark, bool backwards) {
  LiveDecls pending = {0};
  VEC_APPEND(&pending, from);
  *(backwards ? &from->back : &from->mark) = mark;
  while (pending.len) {
    LiveDecl *l = pending.items[--pending.len];
    LiveDecl **next = backwards ? l->callers.items : l->uses.items;
    uint32_t n = backwards ? l->callers.len : l->uses.len;
    for (uint32_t i = 0; i < n; i++) {
      uint32_t *m = backwards ? &next[i]->back : &next[i]->mark;
      if (*m == mark) continue;
      *m = mark;
      VEC_APPEND(&pending, next[i]);
    }
  }
  free(pending.items);
}

void live_components(LiveState *live, LiveDecls *set) {
  PtrMap in = {0};
  for (uint32_t i = 0; i < set->len; i++) ptrmap_set(&in, set->items[i], set->items[i]);
  uint32_t given = set->len;
  for (uint32_t i = 0; i < given; i++) {
    uint32_t mark = ++live->generation;
    flood(set->items[i], mark, false);
    flood(set->items[i], mark, true);
    for (uint32_t k = 0; k < live->decls.len; k++) {
      LiveDecl *l = live->decls.items[k];
      if (l->mark != mark || l->back != mark || l->outdated || ptrmap_has(&in, l)) continue;
      ptrmap_set(&in, l, l);
      VEC_APPEND(set, l);
    }
  }
  ptrmap_release(&in);
}
