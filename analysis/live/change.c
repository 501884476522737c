// change.c: what an edit means to the checker: bodies that are checked again, and declarations of functions,
// constants and variables that came, went or have another header.
//
// All headers first: each new one is declared as a new object, which takes the place of the old one. Then the bodies of
// these functions: where one is wrong, its declaration is frozen and the old object comes back, after which the others
// are looked at again. Then all bodies that the rest touches: those whose text changed, those that mention an object
// that is gone, those that were wrong before and may be right now, and, when a type's methods changed, those in which
// such a type meets an interface with a method of that name, or a selector has that name. Bodies that are wrong now
// keep the version that they had, which refers to the old objects and their code: these are pinned as long as such a
// body is there.
#include "live/live_internal.h"

#include <stdlib.h>

#include "types/redeclare.h"

// ---- Versions of bodies

void live_know_instances(LiveState *live, LiveDecl *l) {
  if (l->instances_known) return;
  Package *pkg = live->base->package;
  uint32_t made = pkg->type_serial;
  LiveUnit *u = mem_new(sizeof *u);
  u->users = 1;
  arena_init(&u->types);
  package_lend_arena(pkg, &u->types);
  u->unit = ir_unit_new_delta(live->base->unit, &live->base->options, &l->func, 1, false);
  package_lend_arena(pkg, &u->types);
  package_forget_instances(pkg, made);
  live_instances_of(u->unit, &l->instances, &l->instance_count);
  l->instances_known = true;
  live_unit_release(u);
}

void live_set_version(LiveState *live, LiveDecl *l, BodyVersion *v) {
  body_version_free(l->version);
  l->version = v;
  live_set_stale(live, l, false, false);
  if (l->decl == v->decl) return;
  ptrmap_remove(&live->by_decl, l->decl);
  ptrmap_set(&live->by_decl, v->decl, l);
  ast_decl_retain(v->decl);
  ast_decl_release(l->decl);
  l->decl = v->decl;
}

static BodyVersion *installed(LiveState *live, LiveDecl *l) {
  return l->version ? l->version : package_body(live->base->package, l->func);
}

static void done_with(LiveDecl *l, BodyVersion *installed_one) {
  if (installed_one != l->version) body_version_free(installed_one);
}

typedef enum BodyOutcome { BODY_GOOD, BODY_WRONG, BODY_REBUILD } BodyOutcome;

// Checks decl, which has the header of l's version. Unless it is good, nothing changes.
static BodyOutcome check_body(LiveState *live, LiveDecl *l, AstDecl *decl) {
  Package *pkg = live->base->package;
  bool broken = l->ir && l->ir->is_broken;
  if (l->ir && !broken && decl != l->decl) live_know_instances(live, l);
  BodyVersion *before = installed(live, l), *v = package_check_version(pkg, before, decl);
  if (!v || v->renumbers) {
    // The state is given up: what is installed must only stay alive.
    done_with(l, before);
    if (v) VEC_APPEND(&live->pinned_versions, v);
    return BODY_REBUILD;
  }
  if (v->has_error) {
    package_install_body(pkg, before);
    done_with(l, before);
    body_version_free(v);
    return BODY_WRONG;
  }
  done_with(l, before);
  live_set_version(live, l, v);
  return BODY_GOOD;
}

// ---- Functions declared anew

typedef struct Change {
  LiveEdit edit;
  BodyVersion *header;  // until there is a version
  BodyVersion *version; // of the new object
  Object *func;
  ValueChange values;     // of constants and variables
  bool is_values, frozen; // frozen: the old one is back
} Change;

typedef struct MethodChange {
  Type *base;
  Sym name;
} MethodChange;

typedef struct Changes {
  LiveState *live;
  Package *pkg;
  LiveDecls *seeds;
  VEC(Change) items;
  PtrMap gone;    // objects
  bool variables; // of the package have changed
  bool gone_values;
  VEC(MethodChange) methods;
  PtrMap involved, interfaces; // scratch of the method rule, of one name: Type -> YES or NO
  PtrMap bases;
  Sym method;
} Changes;

// False: build anew.
static bool declare(Changes *all, Change *c) {
  LiveEdit *e = &c->edit;
  AstFile *file = all->live->files[e->file].effective;
  if (!package_can_declare(all->pkg, file, e->decl)) return false;
  c->header = package_declare_function(all->pkg, file, e->decl);
  if (!c->header) return false;
  c->func = c->header->func;
  if (!e->of) return true;
  BodyVersion *before = installed(all->live, e->of);
  for (uint32_t i = 0; i < before->local_types.len; i++)
    VEC_PUSH(&c->header->arena, &c->header->local_types, before->local_types.items[i]);
  done_with(e->of, before);
  return true;
}

static bool has_local_types(LiveState *live, LiveDecl *l) {
  BodyVersion *v = installed(live, l);
  bool any = v->local_types.len > 0;
  done_with(l, v);
  return any;
}

static void discard(Changes *all, Change *c) {
  package_discard_header(c->header);
  c->header = NULL;
  if (c->version) VEC_APPEND(&all->live->pinned_versions, c->version); // others may have been checked against it
  c->version = NULL;
  if (c->func) package_forget_function(all->pkg, c->func);
  c->func = NULL;
}

static void freeze(Changes *all, Change *c) {
  if (c->func) package_enter_function(all->pkg, c->edit.of->func, c->func);
  discard(all, c);
  c->frozen = true;
  live_freeze(all->live, c->edit.file, c->edit.decl, c->edit.of);
}

static void freeze_values(Changes *all, Change *c) {
  package_undo_values(all->pkg, &c->values);
  c->frozen = true;
  live_freeze(all->live, c->edit.file, c->edit.decl, c->edit.of);
}

static bool declare_values(Changes *all) {
  for (uint32_t i = 0; i < all->items.len; i++) {
    Change *c = &all->items.items[i];
    LiveEdit *e = &c->edit;
    if (!c->is_values) continue;
    c->values.before = e->of ? (AstDecl *)(uintptr_t)e->of->decl : NULL;
    c->values.now = e->decl;
    if (e->of && e->of->decl->pragma) return false;
    if (e->decl && !package_can_declare_values(all->pkg, all->live->files[e->file].effective, e->decl)) return false;
    package_leave_values(all->pkg, &c->values);
  }
  for (uint32_t i = 0; i < all->items.len; i++) {
    Change *c = &all->items.items[i];
    if (!c->is_values || !c->edit.decl) continue;
    if (!package_enter_values(all->pkg, all->live->files[c->edit.file].effective, &c->values)) return false;
    if (!c->values.has_error) continue;
    if (!c->edit.of) return false;
    freeze_values(all, c);
  }
  return true;
}

static bool declare_all(Changes *all) {
  for (uint32_t i = 0; i < all->items.len; i++) {
    Change *c = &all->items.items[i];
    const LiveEdit *e = &c->edit;
    if (c->is_values) continue;
    if (!e->decl && (has_local_types(all->live, e->of) || sym_is(e->of->func->name, "init"))) return false;
    if (e->of && (e->of->func->u.func.pragma & PRAGMA_LINKNAME)) return false;
    if (e->of && e->of->ir && !e->of->ir->is_broken && e->decl) live_know_instances(all->live, e->of);
    if (e->decl && !declare(all, c)) return false;
  }
  for (uint32_t i = 0; i < all->items.len; i++) {
    Change *c = &all->items.items[i];
    if (!c->is_values && !c->edit.decl && !package_leave_function(all->pkg, c->edit.of->func)) return false;
  }
  for (uint32_t i = 0; i < all->items.len; i++) {
    Change *c = &all->items.items[i];
    if (c->is_values || !c->edit.decl) continue;
    if (!package_enter_function(all->pkg, c->func, c->edit.of ? c->edit.of->func : NULL)) return false;
    if (c->header->types->has_error && c->edit.of) freeze(all, c);
  }
  return declare_values(all);
}

// The bodies of what was declared. False: build anew.
static bool check_declared(Changes *all) {
  enum { ROUNDS = 4 };
  for (int round = 0; round < ROUNDS; round++) {
    bool settled = true;
    for (uint32_t i = 0; i < all->items.len; i++) {
      Change *c = &all->items.items[i];
      if (!c->func || (round && all->items.len == 1)) continue;
      BodyVersion *before = c->version ? c->version : c->header;
      BodyVersion *v = package_check_version(all->pkg, before, c->edit.decl);
      if (!v) return false;
      if (c->header)
        package_discard_header(c->header);
      else
        body_version_free(c->version);
      c->header = NULL;
      c->version = v;
      if (v->renumbers) return false;
      if (!v->has_error || !c->edit.of) continue;
      freeze(all, c);
      settled = false;
    }
    if (settled || all->items.len == 1) return true;
  }
  return false;
}

static void take_values(Changes *all, Change *c) {
  LiveState *live = all->live;
  LiveDecl *l = c->edit.of;
  package_settle_values(all->pkg, &c->values);
  for (uint32_t i = 0; i < c->values.gone.len; i++) {
    ptrmap_set(&all->gone, c->values.gone.items[i], l);
    all->gone_values = true;
  }
  all->variables |= (l ? l->decl : c->edit.decl)->kind == DECL_VAR;
  if (l) l->picked = true;
  if (!c->edit.decl) return;
  if (!l) {
    c->edit.of = live_decl_new(live, c->edit.file, c->edit.decl, true);
    c->edit.of->picked = true;
    return;
  }
  live_thaw(live, c->edit.file, c->edit.decl, l->decl);
  live_set_stale(live, l, false, l->outdated);
  ptrmap_remove(&live->by_decl, l->decl);
  ptrmap_set(&live->by_decl, c->edit.decl, l);
  ast_decl_retain(c->edit.decl); // the package refers to it for good
  VEC_APPEND(&live->base_decls, c->edit.decl);
  ast_decl_retain(c->edit.decl);
  ast_decl_release(l->decl);
  l->decl = c->edit.decl;
}

// The live state takes over what is declared.
static void take_changes(Changes *all) {
  LiveState *live = all->live;
  for (uint32_t i = 0; i < all->items.len; i++) {
    Change *c = &all->items.items[i];
    LiveDecl *l = c->edit.of;
    if (c->frozen) continue;
    if (c->is_values) {
      take_values(all, c);
      continue;
    }
    if (l) {
      ptrmap_set(&all->gone, l->func, l);
      VEC_APPEND(&live->pins, (LivePin){l->func, l->unit, l->version});
      if (l->unit) l->unit->users++;
      l->version = NULL;
      package_forget_function(all->pkg, l->func);
      ptrmap_remove(&live->by_func, l->func);
      l->picked = true;
    }
    if (!c->func) continue;
    if (l)
      live_thaw(live, c->edit.file, c->edit.decl, l->decl);
    else
      l = live_decl_new(live, c->edit.file, c->edit.decl, false);
    c->edit.of = l;
    l->func = c->func;
    l->renewed = true;
    ptrmap_set(&live->by_func, l->func, l);
    live_set_version(live, l, c->version);
    c->version = NULL;
    VEC_APPEND(all->seeds, l);
    l->picked = true;
  }
}

// ---- Who is touched

static bool mentions_gone(const Changes *all, const LiveDecl *l) {
  const DeclTypes *types = package_decl_types(all->pkg, l->decl);
  for (uint32_t i = 1; types && i <= types->decl->node_count; i++) {
    const NodeInfo *n = &types->nodes[i];
    const Object *o = !n->ref.object ? NULL : n->is_selection ? n->ref.selection->obj : n->ref.object;
    if (o && (o->kind == OBJ_FUNC || (all->gone_values && (o->kind == OBJ_VAR || o->kind == OBJ_CONST))) &&
        ptrmap_has(&all->gone, o))
      return true;
  }
  return false;
}

typedef struct HeaderSearch {
  const Changes *all;
  const DeclTypes *types;
  const Ast *body;
  bool found;
} HeaderSearch;

static bool search_header(void *context, const Ast *n) {
  HeaderSearch *s = context;
  if (n == s->body) return false;
  const NodeInfo *info = &s->types->nodes[n->id];
  if (n->kind == AST_NAME && !info->is_selection && info->ref.object && ptrmap_has(&s->all->gone, info->ref.object))
    s->found = true;
  return !s->found;
}

static bool header_mentions_gone(const Changes *all, const LiveDecl *l) {
  const Ast *decl = l->func->u.func.decl;
  HeaderSearch s = {.all = all, .types = package_decl_types(all->pkg, l->decl), .body = decl->u.func_decl.body};
  if (s.types) ast_walk(decl, search_header, &s);
  return s.found;
}

enum { YES = 1, NO = 2 };
enum { TYPE_NESTING = 12 };

static bool each_part(Type *t, bool (*f)(Changes *, Type *, unsigned), Changes *all, unsigned depth) {
  switch ((TypeKind)t->kind) {
  case TYPE_POINTER: return f(all, t->u.pointer.elem, depth);
  case TYPE_ARRAY: return f(all, t->u.array.elem, depth);
  case TYPE_SLICE: return f(all, t->u.slice.elem, depth);
  case TYPE_CHAN: return f(all, t->u.chan.elem, depth);
  case TYPE_MAP: return f(all, t->u.map.key, depth) || f(all, t->u.map.elem, depth);
  case TYPE_TUPLE:
    for (uint32_t i = 0; i < t->u.tuple.vars.len; i++)
      if (f(all, t->u.tuple.vars.items[i]->type, depth)) return true;
    return false;
  case TYPE_SIGNATURE:
    return (t->u.signature.params && f(all, t->u.signature.params, depth)) ||
           (t->u.signature.results && f(all, t->u.signature.results, depth));
  case TYPE_BASIC:
  case TYPE_STRUCT:
  case TYPE_INTERFACE:
  case TYPE_NAMED:
  case TYPE_ALIAS:
  case TYPE_PARAM:
  case TYPE_UNION: break;
  }
  return false;
}

// Is a value of one of the types in question within reach of t, itself or embedded?
static bool involves(Changes *all, Type *t, unsigned depth) {
  t = t ? type_unalias(t) : NULL;
  if (!t || t->kind == TYPE_BASIC || depth > TYPE_NESTING) return false;
  uintptr_t known = (uintptr_t)ptrmap_get(&all->involved, t);
  if (known) return known == YES;
  ptrmap_set(&all->involved, t, (void *)NO);
  bool yes = ptrmap_has(&all->bases, t);
  Type *under = t->kind == TYPE_NAMED ? type_underlying(t) : t;
  if (!yes && under->kind == TYPE_STRUCT) {
    for (uint32_t i = 0; !yes && i < under->u.struct_.fields.len; i++) {
      const Object *field = under->u.struct_.fields.items[i];
      if (field->u.var.embedded || t == under) yes = involves(all, field->type, depth + 1);
    }
  } else if (!yes) {
    yes = each_part(under, involves, all, depth + 1);
  }
  if (yes) ptrmap_set(&all->involved, t, (void *)YES);
  return yes;
}

// Can something be converted to an interface with such a method by assigning to t, or to a part of it?
static bool wants_method(Changes *all, Type *t, unsigned depth) {
  t = t ? type_unalias(t) : NULL;
  if (!t || t->kind == TYPE_BASIC || depth > TYPE_NESTING) return false;
  uintptr_t known = (uintptr_t)ptrmap_get(&all->interfaces, t);
  if (known) return known == YES;
  ptrmap_set(&all->interfaces, t, (void *)NO);
  bool yes = false;
  Type *under = t->kind == TYPE_NAMED || t->kind == TYPE_PARAM ? type_underlying(t) : t;
  if (under->kind == TYPE_INTERFACE) {
    const TypeSet *set = type_set(under);
    for (uint32_t i = 0; set && !yes && i < set->methods.len; i++) yes = set->methods.items[i]->name == all->method;
  } else if (under->kind == TYPE_STRUCT) {
    for (uint32_t i = 0; depth < 2 && !yes && i < under->u.struct_.fields.len; i++)
      yes = wants_method(all, under->u.struct_.fields.items[i]->type, depth + 2);
  } else {
    yes = each_part(under, wants_method, all, depth + 1);
  }
  if (yes) ptrmap_set(&all->interfaces, t, (void *)YES);
  return yes;
}

static bool touched_by_method(Changes *all, const LiveDecl *l) {
  const DeclTypes *types = package_decl_types(all->pkg, l->decl);
  bool has_type = false, has_interface = types && types->instances.len;
  for (uint32_t i = 1; types && i <= types->decl->node_count; i++) {
    const NodeInfo *n = &types->nodes[i];
    if (n->is_selection && n->ref.selection && n->ref.selection->obj->name == all->method &&
        involves(all, n->ref.selection->recv, 0))
      return true;
    has_type = has_type || involves(all, n->type, 0);
    has_interface = has_interface || wants_method(all, n->type, 0);
  }
  return has_type && has_interface;
}

static void note_method(Changes *all, const Object *func) {
  const Object *recv = func->type->u.signature.recv;
  if (!recv) return;
  Type *base = type_unalias(type_deref(recv->type, NULL));
  VEC_APPEND(&all->methods, (MethodChange){base, func->name});
}

// True: something that can't be checked again alone is touched.
static bool pick(LiveDecl *l, LiveDecls *users) {
  if (l->picked) return false;
  if (!l->func) return true;
  l->picked = true;
  VEC_APPEND(users, l);
  return false;
}

static bool pick_by_methods(Changes *all, LiveDecls *users) {
  bool wide = false;
  for (uint32_t i = 0; !wide && i < all->methods.len; i++) {
    ptrmap_release(&all->involved);
    ptrmap_release(&all->interfaces);
    ptrmap_release(&all->bases);
    all->method = all->methods.items[i].name;
    ptrmap_set(&all->bases, all->methods.items[i].base, all);
    for (uint32_t k = 0; !wide && k < all->live->decls.len; k++) {
      LiveDecl *l = all->live->decls.items[k];
      if (!l->picked && touched_by_method(all, l)) wide = pick(l, users);
    }
  }
  return wide;
}

static bool has_type_error(const Changes *all, const LiveDecl *l) {
  const DeclTypes *types = package_decl_types(all->pkg, l->decl);
  return types && types->has_error;
}

// All bodies that have to be checked again although their text is the same. False: build anew.
static bool pick_users(Changes *all, LiveDecls *users) {
  bool wide = false;
  for (uint32_t i = 0; i < all->live->decls.len && !wide; i++) {
    LiveDecl *l = all->live->decls.items[i];
    if (l->outdated || (l->ir && l->ir->is_broken))
      wide = pick(l, users);
    else if (!l->func && l->decl->kind != DECL_IMPORT)
      wide = mentions_gone(all, l) || (!l->picked && has_type_error(all, l));
    else if (l->func && all->gone_values && !l->picked && mentions_gone(all, l))
      wide = header_mentions_gone(all, l) || pick(l, users);
  }
  for (uint32_t i = 0; i < all->items.len && !wide; i++) {
    const Change *c = &all->items.items[i];
    const LiveDecl *of = c->frozen ? NULL : c->edit.of;
    for (uint32_t k = 0; of && k < of->callers.len && !wide; k++)
      if (of->callers.items[k]->func && mentions_gone(all, of->callers.items[k]))
        wide = pick(of->callers.items[k], users);
  }
  return !wide && !pick_by_methods(all, users);
}

// ---- One update

static bool change_bodies(LiveState *live, const LiveEdits *edits, LiveDecls *seeds) {
  for (uint32_t i = 0; i < edits->len; i++) {
    const LiveEdit *e = &edits->items[i];
    const AstDecl *kept = e->of->decl;
    BodyOutcome outcome = check_body(live, e->of, e->decl);
    if (outcome == BODY_REBUILD) return false;
    if (outcome == BODY_WRONG) {
      live_freeze(live, e->file, e->decl, e->of);
      continue;
    }
    live_thaw(live, e->file, e->decl, kept);
    VEC_APPEND(seeds, e->of);
    e->of->picked = true;
  }
  return true;
}

static bool check_users(Changes *all, const LiveDecls *users) {
  for (uint32_t i = 0; i < users->len; i++) {
    LiveDecl *l = users->items[i];
    bool was_broken = l->ir && l->ir->is_broken, was_frozen = l->frozen;
    BodyOutcome outcome = check_body(all->live, l, (AstDecl *)(uintptr_t)l->decl);
    if (outcome == BODY_REBUILD) return false;
    if (outcome == BODY_GOOD) {
      live_set_stale(all->live, l, was_frozen, l->outdated);
      VEC_APPEND(all->seeds, l);
    } else if (!was_broken) {
      live_set_stale(all->live, l, l->frozen, true);
    }
  }
  return true;
}

#define FORGET(list, what)                                                                                             \
  do {                                                                                                                 \
    uint32_t kept_ = 0;                                                                                                \
    for (uint32_t n_ = 0; n_ < (list).len; n_++)                                                                       \
      if ((list).items[n_] != (what)) (list).items[kept_++] = (list).items[n_];                                        \
    (list).len = kept_;                                                                                                \
  } while (0)

static void forget_use(LiveDecl *by, const LiveDecl *of) {
  FORGET(by->uses, of);
  FORGET(by->order[0], of);
  FORGET(by->order[1], of);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < by->reaches.len; i++)
    if (by->reaches.items[i].to != of) by->reaches.items[kept++] = by->reaches.items[i];
  by->reaches.len = kept;
}

static void drop_gone(LiveDecls *list) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < list->len; i++)
    if (!list->items[i]->gone) list->items[kept++] = list->items[i];
  list->len = kept;
}

static void remove_gone(Changes *all) {
  LiveState *live = all->live;
  LiveDecls gone = {0};
  for (uint32_t i = 0; i < all->items.len; i++) {
    LiveDecl *l = all->items.items[i].edit.of;
    if (all->items.items[i].edit.decl || all->items.items[i].frozen) continue;
    // Those whose code mentions it are compiled again; those whose text does are outdated.
    for (uint32_t k = 0; k < l->callers.len; k++) {
      LiveDecl *caller = l->callers.items[k];
      if (caller->func && !caller->outdated && !caller->picked && caller != l) VEC_APPEND(all->seeds, caller);
    }
    live_set_uses(live, l, NULL, 0);
    for (uint32_t k = 0; k < l->callers.len; k++) forget_use(l->callers.items[k], l);
    if (ptrmap_get(&live->by_decl, l->decl) == l) ptrmap_remove(&live->by_decl, l->decl);
    if (l->ir) ptrmap_remove(&live->by_ir, l->ir);
    l->gone = true;
    VEC_APPEND(&gone, l);
  }
  if (!gone.len) return;
  live_forget(live, &gone);
  drop_gone(&live->decls);
  drop_gone(&live->pending);
  for (uint32_t k = 0; k < live->decls.len; k++)
    for (int n = 0; n < 2; n++) {
      LiveDecl **entry = &live->decls.items[k]->entry[n];
      if (*entry && (*entry)->gone) *entry = NULL;
    }
  live->cold_changed = true;
  for (uint32_t i = 0; i < gone.len; i++) live_decl_free(live, gone.items[i]);
  free(gone.items);
}

static bool change_functions(Changes *all, const LiveEdits *edits) {
  for (uint32_t i = 0; i < all->items.len; i++)
    if (!all->items.items[i].is_values && all->items.items[i].edit.of && !all->items.items[i].edit.of->func)
      return false;
  if (!declare_all(all) || !check_declared(all)) return false;
  for (uint32_t i = 0; i < all->items.len; i++) {
    const Change *c = &all->items.items[i];
    if (c->is_values) continue;
    if (c->edit.of && !c->frozen) note_method(all, c->edit.of->func);
    if (c->func) note_method(all, c->func);
  }
  take_changes(all);
  if (!change_bodies(all->live, edits, all->seeds)) return false;
  LiveDecls users = {0};
  bool good = pick_users(all, &users) && check_users(all, &users);
  free(users.items);
  if (!good) return false;
  all->live->order_changed = true;
  package_renumber(all->pkg); // by the declarations that stand now
  remove_gone(all);
  if (all->variables) {
    package_order_initializers(all->pkg);
    VEC_APPEND(all->seeds, &all->live->init);
  }
  all->live->summary++;
  return true;
}

bool live_change(LiveState *live, const LiveEdits *changes, const LiveEdits *edits, LiveDecls *seeds) {
  bool good;
  if (!changes->len) {
    good = change_bodies(live, edits, seeds);
    for (uint32_t i = 0; i < edits->len; i++) edits->items[i].of->picked = false;
  } else {
    Changes all = {.live = live, .pkg = live->base->package, .seeds = seeds};
    for (uint32_t i = 0; i < changes->len; i++) {
      const LiveEdit *e = &changes->items[i];
      AstDeclKind kind = e->decl ? e->decl->kind : e->of->decl->kind;
      VEC_APPEND(&all.items, (Change){.edit = *e, .is_values = kind == DECL_CONST || kind == DECL_VAR});
    }
    good = change_functions(&all, edits);
    for (uint32_t i = 0; i < all.items.len; i++) // of an update that failed
      if (all.items.items[i].header || all.items.items[i].version) discard(&all, &all.items.items[i]);
    for (uint32_t i = 0; i < all.items.len; i++) value_change_release(&all.items.items[i].values);
    free(all.items.items);
    free(all.methods.items);
    ptrmap_release(&all.gone);
    ptrmap_release(&all.involved);
    ptrmap_release(&all.interfaces);
    ptrmap_release(&all.bases);
    for (uint32_t i = 0; i < live->decls.len; i++) live->decls.items[i]->picked = false;
  }
  return good;
}

void live_unpin(LiveState *live, bool all) {
  if (live->outdated && !all) return;
  for (uint32_t i = 0; i < live->pins.len; i++) {
    LivePin *pin = &live->pins.items[i];
    ptrmap_remove(&live->base->unit->func_of_object, pin->func);
    live_unit_release(pin->unit);
    body_version_free(pin->version);
  }
  live->pins.len = 0;
}
