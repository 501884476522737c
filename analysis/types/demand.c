// demand.c: packages declared on demand. See the header for the contract.
//
// The checker of such a package lives as long as the package. Work is nested: typing one object asks for others of the
// same package, and for names of other packages. What was put off (checks of complete types) runs when the outermost
// piece of work ends; then all objects that were made or typed meanwhile are marked ready.
#include "types/demand_internal.h"

#include <stdlib.h>

#include "types/checker_internal.h"
#include "types/type_internal.h"

typedef struct PackageDemand {
  DemandSource source;
  uint32_t depth;      // of nested work
  StrMap imports;      // path -> Package
  VEC(Object *) fresh; // to be marked ready
} PackageDemand;

static void enter(Package *p) {
  types_lock(p);
  p->demand->depth++;
}

static void number_local_types(Package *p) {
  Checker *c = p->checker;
  PackageDemand *d = p->demand;
  for (uint32_t i = 0; i < c->local_types.len; i++) {
    LocalType *t = &c->local_types.items[i];
    const AstFile *file = package_file_of(p, t->pos.decl);
    t->named->u.named.local_index = file ? d->source.local_type(d->source.context, file, t->pos) : 0;
  }
  c->local_types.len = 0;
}

static void leave(Package *p) {
  PackageDemand *d = p->demand;
  if (d->depth == 1) {
    Checker *c = p->checker;
    check_process_delayed(c, 0);
    number_local_types(p);
    for (uint32_t i = 0; i < d->fresh.len; i++)
      if (d->fresh.items[i]->type) STORE(d->fresh.items[i]->ready, true);
    for (uint32_t i = 0; i < d->fresh.len; i++) d->fresh.items[i]->is_fresh = false;
    d->fresh.len = 0;
    arena_release(&c->scratch);
    arena_init(&c->scratch);
  }
  d->depth--;
  types_unlock(p);
}

static void note_fresh(Package *p, Object *o) {
  if (o->is_fresh || o->ready) return;
  o->is_fresh = true;
  VEC_APPEND(&p->demand->fresh, o);
}

// ---- files and declarations

static AstFile *open_file(Package *p, uint32_t i) {
  PackageDemand *d = p->demand;
  if (i >= p->file_count || p->files[i]) return i < p->file_count ? p->files[i] : NULL;
  AstFile *f = d->source.file(d->source.context, i);
  if (!f) return NULL;
  STORE(p->files[i], f);
  p->file_scopes[i] = scope_new(p, p->scope);
  for (uint32_t k = 0; k < f->decl_count; k++) {
    AstDecl *decl = f->decls[k];
    if (decl->kind != DECL_IMPORT) continue;
    d->source.read(d->source.context, f, decl, true);
    check_collect_imports(p->checker, f, p->file_scopes[i], decl, &d->imports);
  }
  return f;
}

static DeclTypes *types_of(Package *p, const AstDecl *decl) {
  DeclTypes *types = ptrmap_get(&p->decl_types, decl);
  if (types) return types;
  types = ARENA_NEW(&p->arena, DeclTypes);
  types->decl = decl;
  types->nodes = ARENA_ARRAY(&p->arena, NodeInfo, decl->node_count + 1);
  ptrmap_set(&p->decl_types, decl, types);
  VEC_PUSH(&p->arena, &p->decls, types);
  return types;
}

static Object *declare_func(Package *p, Sym name, const DemandName *at, AstFile *f, AstDecl *decl) {
  Object *o = object_new(p, OBJ_FUNC, name, NULL, (Pos){decl, at->offset});
  o->u.func.pragma = at->pragma;
  o->u.func.has_pointer_recv = at->pointer;
  check_add_object(p->checker, o, f, p->file_scopes[at->file], decl, types_of(p, decl));
  note_fresh(p, o);
  return o;
}

// The methods' objects wait in the checker for the type to be declared.
static void declare_methods(Package *p, Object *type) {
  PackageDemand *d = p->demand;
  MethodList *list = NULL;
  DemandName at;
  Sym name;
  for (uint32_t i = 0; (name = d->source.method(d->source.context, type->name, i, &at)); i++) {
    AstFile *f = open_file(p, at.file);
    if (!f || at.decl >= f->decl_count) continue;
    if (!list) {
      list = ARENA_NEW(&p->arena, MethodList);
      ptrmap_set(&p->checker->methods, type, list);
    }
    VEC_PUSH(&p->arena, list, declare_func(p, name, &at, f, f->decls[at.decl]));
  }
}

static void declare(Package *p, Sym name, const DemandName *at) {
  PackageDemand *d = p->demand;
  Checker *c = p->checker;
  AstFile *f = open_file(p, at->file);
  if (!f || at->decl >= f->decl_count) return;
  AstDecl *decl = f->decls[at->decl];
  if (at->kind == OBJ_FUNC) {
    scope_insert(p->scope, declare_func(p, name, at, f, decl));
    return;
  }
  if (ptrmap_has(&p->decl_types, decl)) return; // it has been declared: the text is another than it was
  d->source.read(d->source.context, f, decl, true);
  uint32_t from = c->object_list.len;
  check_collect_decl(c, f, p->file_scopes[at->file], decl, types_of(p, decl));
  uint32_t to = c->object_list.len;
  for (uint32_t i = from; i < to; i++) {
    Object *o = c->object_list.items[i];
    note_fresh(p, o);
    if (o->kind == OBJ_TYPENAME && o->name && !sym_is_blank(o->name)) declare_methods(p, o);
  }
}

Object *demand_lookup(const Scope *scope, Sym name) {
  Package *p = scope->pkg;
  enter(p);
  Object *o = scope_find(scope, name);
  DemandName at;
  if (!o && p->demand->source.find(p->demand->source.context, name, &at)) {
    declare(p, name, &at);
    o = scope_find(scope, name);
  }
  leave(p);
  return o;
}

void demand_declare_exported(Package *p) {
  const DemandSource *s = &p->demand->source;
  Sym name;
  for (uint32_t i = 0; (name = s->exported(s->context, i)); i++) demand_lookup(p->scope, name);
}

// ---- types

void demand_resolve(Object *o, bool nested) {
  if (!o->order || LOAD(o->ready)) return;
  Package *p = o->pkg;
  enter(p);
  if (p->demand->depth == 1 || nested) {
    note_fresh(p, o);
    if (!o->type) check_object_decl(p->checker, o);
  }
  leave(p);
}

void object_complete(Object *o) {
  if (o && o->pkg && o->pkg->demand) demand_resolve(o, false);
}

bool demand_need_tree(Checker *c, Object *func) {
  DeclInfo *d = ptrmap_get(&c->object_decls, func);
  const DemandSource *s = &c->pkg->demand->source;
  AstDecl *decl = d->decl;
  if (!decl->specs.len) s->read(s->context, (AstFile *)(uintptr_t)d->file, decl, false);
  if (!decl->specs.len || !decl->specs.items[0] || decl->specs.items[0]->kind != AST_FUNC_DECL) return false;
  d->types->nodes = ARENA_ARRAY(&c->pkg->arena, NodeInfo, decl->node_count + 1);
  d->func_decl = decl->specs.items[0];
  func->u.func.decl = d->func_decl;
  return true;
}

// ---- bodies

// The tree is read again with the body; what is known of the header goes over to the new nodes.
static bool need_body(Checker *c, Object *func, DeclInfo *d) {
  Package *p = c->pkg;
  const DemandSource *s = &p->demand->source;
  const Ast *header = d->func_decl;
  AstDecl *decl = d->decl;
  s->read(s->context, (AstFile *)(uintptr_t)d->file, decl, true);
  if (!decl->specs.len || !decl->specs.items[0] || decl->specs.items[0]->kind != AST_FUNC_DECL) return false;
  const Ast *whole = decl->specs.items[0];
  DeclTypes types = {.decl = decl, .nodes = ARENA_ARRAY(&p->arena, NodeInfo, decl->node_count + 1)};
  if (!check_copy_header(&types, d->types, whole, header)) {
    ptrmap_release(&types.instances);
    return false;
  }
  ptrmap_release(&d->types->instances);
  d->types->nodes = types.nodes;
  d->types->instances = types.instances;
  d->func_decl = whole;
  func->u.func.decl = whole;
  Scope *scope = func->type->u.signature.scope;
  if (scope) scope->start = whole->start, scope->end = whole->end;
  return true;
}

void demand_check_body(Package *p, Object *func) {
  demand_resolve(func, false);
  enter(p);
  Checker *c = p->checker;
  DeclInfo *d = ptrmap_get(&c->object_decls, func);
  if (d && d->func_decl && !d->body_done && func->type && func->type->kind == TYPE_SIGNATURE) {
    if (need_body(c, func, d))
      check_decl_body(c, func);
    else
      d->types->has_error = d->body_done = true;
  }
  leave(p);
}

// ---- the package

Package *package_on_demand(TypeContext *context, const DemandSource *source) {
  Package *p = mem_new(sizeof *p);
  arena_init(&p->arena);
  arena_init(&p->lazy);
  constpool_init(&p->constants, &p->arena);
  p->context = context;
  p->path = arena_str(&p->arena, source->path);
  p->name = source->name;
  p->go_minor = source->go_minor ? source->go_minor : context->go_minor;
  p->has_assembly = source->has_assembly;
  p->scope = scope_new(p, context->universe);
  p->scope->on_demand = true;
  p->files = ARENA_ARRAY(&p->arena, AstFile *, source->file_count + 1);
  p->file_scopes = ARENA_ARRAY(&p->arena, Scope *, source->file_count + 1);
  p->file_count = source->file_count;
  p->demand = mem_new(sizeof *p->demand);
  p->demand->source = *source;
  Checker *c = mem_new(sizeof *c);
  p->checker = c;
  c->pkg = p;
  c->context = context;
  c->input.import = source->import;
  c->input.import_context = source->context;
  arena_init(&c->scratch);
  p->resolve = check_object_decl;
  p->complete = true;
  return p;
}

void demand_free(Package *p) {
  strmap_release(&p->demand->imports);
  free(p->demand->fresh.items);
  free(p->demand);
}
