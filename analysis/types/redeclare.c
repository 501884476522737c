// redeclare.c: functions, constants and variables added to a declared package, or taken out of it.
//
// The rules are those of resolver.c (collect_func, associate_methods) and decl.c (func_decl, collect_methods), for a
// single declaration of a package whose other objects have their types.
#include "types/redeclare.h"

#include <stdlib.h>

#include "types/checker_internal.h"
#include "types/type_internal.h"

static Sym name_of(const AstDecl *decl) {
  const Ast *n = decl->specs.items[0]->u.func_decl.name;
  return n && n->kind == AST_NAME ? n->u.name.name : NULL;
}

static const Scope *file_scope_of(const Package *p, const AstFile *file) {
  for (uint32_t i = 0; i < p->file_count; i++)
    if (p->files[i]->source == file->source) return p->file_scopes[i];
  return NULL;
}

bool package_can_declare(const Package *p, const AstFile *file, const AstDecl *decl) {
  if (!p->checker || decl->kind != DECL_FUNC || decl->specs.len != 1 || !file_scope_of(p, file)) return false;
  const Ast *n = decl->specs.items[0];
  if (!n || n->kind != AST_FUNC_DECL || !n->u.func_decl.body || n->u.func_decl.tparams.len) return false;
  Sym name = name_of(decl);
  if (!name || sym_is_blank(name)) return false;
  for (uint32_t i = 0; i < file->linknames.len; i++)
    if (file->linknames.items[i].local == name) return false;
  if (n->u.func_decl.recv) return true;
  if (sym_is(name, "init") || (sym_is(name, "main") && sym_is(p->name, "main"))) return false;
  if (scope_lookup(p->context->universe, name)) return false;
  for (uint32_t i = 0; i < p->file_count; i++)
    if (scope_lookup(p->file_scopes[i], name)) return false;
  return true;
}

// The defined type whose method it is; NULL for functions and for receivers that are wrong.
static Type *base_of(const Package *p, const Object *func) {
  const Object *recv = func->type->u.signature.recv;
  Type *t = recv ? named_of(type_deref(recv->type, NULL)) : NULL;
  return t && t->u.named.obj && t->u.named.obj->pkg == p && !t->u.named.tparams.len && !t->u.named.targs.len ? t : NULL;
}

static bool has_field(Type *base, Sym name) {
  Type *under = type_underlying(base);
  for (uint32_t i = 0; under->kind == TYPE_STRUCT && i < under->u.struct_.fields.len; i++)
    if (under->u.struct_.fields.items[i]->name == name) return true;
  return false;
}

static DeclTypes *types_new(const AstDecl *decl) {
  DeclTypes *types = mem_new(sizeof *types);
  types->decl = decl;
  types->nodes = mem_new(sizeof *types->nodes * (decl->node_count + 1));
  types->has_error = decl->has_error;
  return types;
}

static Object *new_object(Package *p, AstFile *file, AstDecl *decl, DeclTypes *types) {
  Checker *c = p->checker;
  const Ast *s = decl->specs.items[0];
  Object *func = object_new(p, OBJ_FUNC, name_of(decl), NULL, (Pos){decl, s->u.func_decl.name->pos});
  func->u.func.decl = s;
  func->u.func.origin = func;
  func->u.func.pragma = decl->pragma;
  DeclInfo *d = ARENA_NEW(&p->arena, DeclInfo);
  d->file_scope = (Scope *)(uintptr_t)file_scope_of(p, file);
  d->file = file;
  d->decl = decl;
  d->types = types;
  d->func_decl = s;
  ptrmap_set(&c->object_decls, func, d);
  VEC_APPEND(&c->object_list, func);
  func->order = c->object_list.len;
  return func;
}

BodyVersion *package_declare_function(Package *p, AstFile *file, AstDecl *decl) {
  Checker *c = p->checker;
  DeclTypes *types = types_new(decl);
  Object *func = new_object(p, file, decl, types);
  ptrmap_set(&p->decl_types, decl, types);
  __typeof__(p->errors) errors = p->errors;
  memset(&p->errors, 0, sizeof p->errors);
  c->env = (CheckEnv){
    .types = types, .scope = (Scope *)(uintptr_t)file_scope_of(p, file), .go_minor = check_file_version(c, file)};
  record_def(c, decl->specs.items[0]->u.func_decl.name, func);
  check_object_decl(c, func);
  check_process_delayed(c, 0);
  c->env = (CheckEnv){0};
  for (uint32_t i = 0; i < p->errors.len; i++) types->has_error |= !p->errors.items[i].soft;
  p->errors = errors;
  BodyVersion *v = package_body(p, func);
  v->header_only = true;
  v->header_error = types->has_error;
  const Type *sig = func->type;
  bool is_method = decl->specs.items[0]->u.func_decl.recv != NULL;
  Type *base = base_of(p, func);
  if (sig->u.signature.recv_tparams.len || (is_method && (!base || has_field(base, func->name)))) {
    package_discard_header(v);
    package_forget_function(p, func);
    return NULL;
  }
  func->u.func.has_pointer_recv = is_method && type_unalias(sig->u.signature.recv->type)->kind == TYPE_POINTER;
  return v;
}

void package_discard_header(BodyVersion *v) {
  if (!v) return;
  ptrmap_release(&v->types->instances);
  free(v->types->nodes);
  free(v->types);
  body_version_free(v);
}

#define REPLACE(list, old, by)                                                                                         \
  do {                                                                                                                 \
    for (uint32_t i_ = 0; i_ < (list).len; i_++)                                                                       \
      if ((list).items[i_] == (old)) (list).items[i_] = (by);                                                          \
  } while (0)
#define REMOVE(list, old)                                                                                              \
  do {                                                                                                                 \
    uint32_t kept_ = 0;                                                                                                \
    for (uint32_t i_ = 0; i_ < (list).len; i_++)                                                                       \
      if ((list).items[i_] != (old)) (list).items[kept_++] = (list).items[i_];                                         \
    (list).len = kept_;                                                                                                \
  } while (0)

static bool has_method(const Type *base, Sym name) {
  for (uint32_t i = 0; i < base->u.named.methods.len; i++)
    if (base->u.named.methods.items[i] && base->u.named.methods.items[i]->name == name) return true;
  return false;
}

bool package_enter_function(Package *p, Object *func, Object *old) {
  Type *base = base_of(p, func), *before = old ? base_of(p, old) : NULL;
  if (base != before && old) return false;
  if (!old && (base ? has_method(base, func->name) : scope_lookup(p->scope, func->name) != NULL)) return false;
  if (old && !base && scope_lookup(p->scope, old->name) != old) return false;
  if (old)
    REPLACE(p->funcs, old, func);
  else
    VEC_PUSH(&p->arena, &p->funcs, func);
  if (base) {
    if (old)
      REPLACE(base->u.named.methods, old, func);
    else
      VEC_PUSH(&p->arena, &base->u.named.methods, func);
    return true;
  }
  if (old)
    scope_replace(p->scope, old, func);
  else
    scope_insert(p->scope, func);
  func->parent = p->scope;
  return true;
}

bool package_leave_function(Package *p, Object *func) {
  Type *base = base_of(p, func);
  bool alone = true;
  for (uint32_t i = 0; i < p->checker->object_list.len; i++) {
    const Object *o = p->checker->object_list.items[i];
    if (o == func || o->name != func->name) continue;
    bool is_method = o->kind == OBJ_FUNC && o->type && o->type->kind == TYPE_SIGNATURE && o->type->u.signature.recv;
    if (base ? is_method && base_of(p, o) == base : !is_method) alone = false;
  }
  REMOVE(p->funcs, func);
  if (base)
    REMOVE(base->u.named.methods, func);
  else if (scope_lookup(p->scope, func->name) == func)
    scope_replace(p->scope, func, NULL);
  return alone;
}

void package_forget_function(Package *p, Object *func) {
  Checker *c = p->checker;
  DeclInfo *d = ptrmap_get(&c->object_decls, func);
  if (!d) return;
  ptrmap_release(&d->deps);
  ptrmap_remove(&c->object_decls, func);
  REMOVE(c->object_list, func);
  if (ptrmap_get(&p->decl_types, d->decl) == d->types) ptrmap_remove(&p->decl_types, d->decl);
}

// ---- Constants and variables

static bool each_name(const AstDecl *decl, bool (*f)(const Package *, const AstFile *, Sym), const Package *p,
                      const AstFile *file) {
  for (uint32_t i = 0; i < decl->specs.len; i++) {
    const Ast *s = decl->specs.items[i];
    bool is_const = s && s->kind == AST_CONST_DECL;
    if (!s || (!is_const && s->kind != AST_VAR_DECL)) return false;
    const AstList *names = is_const ? &s->u.const_decl.names : &s->u.var_decl.names;
    for (uint32_t k = 0; k < names->len; k++) {
      const Ast *n = names->items[k];
      if (!n || n->kind != AST_NAME || !f(p, file, n->u.name.name)) return false;
    }
  }
  return true;
}

static bool is_free_name(const Package *p, const AstFile *file, Sym name) {
  if (!name || sym_is(name, "init") || sym_is(name, "main")) return false;
  if (sym_is_blank(name)) return true;
  if (scope_lookup(p->context->universe, name)) return false;
  for (uint32_t i = 0; i < file->linknames.len; i++)
    if (file->linknames.items[i].local == name) return false;
  for (uint32_t i = 0; i < p->file_count; i++)
    if (scope_lookup(p->file_scopes[i], name)) return false;
  return true;
}

bool package_can_declare_values(const Package *p, const AstFile *file, const AstDecl *decl) {
  if (!p->checker || decl->pragma || (decl->kind != DECL_CONST && decl->kind != DECL_VAR)) return false;
  return file_scope_of(p, file) && each_name(decl, is_free_name, p, file);
}

static bool is_in_scope(const Package *p, const Object *o) {
  return !sym_is_blank(o->name) && scope_lookup(p->scope, o->name) == o;
}

void package_leave_values(Package *p, ValueChange *v) {
  Checker *c = p->checker;
  for (uint32_t i = 0; i < c->object_list.len && v->before; i++) {
    Object *o = c->object_list.items[i];
    const DeclInfo *d = ptrmap_get(&c->object_decls, o);
    if (d && d->decl == v->before) VEC_APPEND(&v->old, o);
  }
  for (uint32_t i = 0; i < v->old.len; i++)
    if (is_in_scope(p, v->old.items[i])) scope_replace(p->scope, v->old.items[i], NULL);
}

static void add_types(Package *p, AstDecl *decl) {
  DeclTypes *types = ARENA_NEW(&p->arena, DeclTypes);
  types->decl = decl;
  types->nodes = ARENA_ARRAY(&p->arena, NodeInfo, decl->node_count + 1);
  types->has_error = decl->has_error;
  ptrmap_set(&p->decl_types, decl, types);
  VEC_PUSH(&p->arena, &p->decls, types);
}

static bool is_not_taken(const Package *p, const AstFile *file, Sym name) {
  (void)file;
  return sym_is_blank(name) || !scope_lookup(p->scope, name);
}

bool package_enter_values(Package *p, AstFile *file, ValueChange *v) {
  Checker *c = p->checker;
  if (!each_name(v->now, is_not_taken, p, file)) return false;
  add_types(p, v->now);
  __typeof__(p->errors) errors = p->errors;
  memset(&p->errors, 0, sizeof p->errors);
  uint32_t from = c->object_list.len, local_types = c->local_types.len;
  check_collect_values(c, file, (Scope *)(uintptr_t)file_scope_of(p, file), v->now);
  for (uint32_t i = from; i < c->object_list.len; i++) VEC_APPEND(&v->declared, c->object_list.items[i]);
  for (uint32_t i = 0; i < v->declared.len; i++) check_object_decl(c, v->declared.items[i]);
  check_process_delayed(c, 0);
  c->env = (CheckEnv){0};
  v->has_error = package_decl_types(p, v->now)->has_error;
  for (uint32_t i = 0; i < p->errors.len; i++) v->has_error |= !p->errors.items[i].soft;
  p->errors = errors;
  return c->local_types.len == local_types;
}

static void forget_object(Checker *c, Object *o) {
  DeclInfo *d = ptrmap_get(&c->object_decls, o);
  if (d) ptrmap_release(&d->deps);
  ptrmap_remove(&c->object_decls, o);
  REMOVE(c->object_list, o);
}

void package_undo_values(Package *p, ValueChange *v) {
  for (uint32_t i = 0; i < v->declared.len; i++) {
    Object *o = v->declared.items[i];
    if (is_in_scope(p, o)) scope_replace(p->scope, o, NULL);
    forget_object(p->checker, o);
  }
  for (uint32_t i = 0; i < v->old.len; i++) scope_insert(p->scope, v->old.items[i]);
  v->declared.len = v->old.len = 0;
}

static bool same_value(const Object *a, const Object *b) {
  if (a->kind != b->kind || a->name != b->name || sym_is_blank(a->name) || !a->type || !b->type) return false;
  if (!type_identical(a->type, b->type)) return false;
  return a->kind != OBJ_CONST || const_equal(a->u.constant.value, b->u.constant.value);
}

// old stays; what says now of it is kept.
static void take_over(Package *p, ValueChange *v, Object *old, Object *now) {
  Checker *c = p->checker;
  DeclInfo *before = ptrmap_get(&c->object_decls, old), *d = ptrmap_get(&c->object_decls, now);
  if (before) ptrmap_release(&before->deps);
  ptrmap_set(&c->object_decls, old, d);
  ptrmap_remove(&c->object_decls, now);
  REMOVE(c->object_list, old);
  REPLACE(c->object_list, now, old);
  scope_replace(p->scope, now, old);
  old->pos = now->pos;
  DeclTypes *types = ptrmap_get(&p->decl_types, v->now);
  for (uint32_t i = 1; i <= v->now->node_count; i++)
    if (!types->nodes[i].is_selection && types->nodes[i].ref.object == now) types->nodes[i].ref.object = old;
}

static void rename_dep(DeclInfo *d, Object *now, Object *old) {
  for (uint32_t i = 0; d->lhs && i < d->lhs_len; i++)
    if (d->lhs[i] == now) d->lhs[i] = old;
  if (ptrmap_remove(&d->deps, now)) ptrmap_set(&d->deps, old, old);
}

void package_settle_values(Package *p, ValueChange *v) {
  Checker *c = p->checker;
  for (uint32_t i = 0; i < v->old.len; i++) {
    Object *old = v->old.items[i], *now = NULL;
    for (uint32_t k = 0; k < v->declared.len && !now; k++)
      if (same_value(old, v->declared.items[k])) now = v->declared.items[k];
    if (!now) {
      VEC_APPEND(&v->gone, old);
      forget_object(c, old);
      continue;
    }
    take_over(p, v, old, now);
    REPLACE(v->declared, now, old);
    for (uint32_t k = 0; k < v->declared.len; k++) {
      DeclInfo *d = ptrmap_get(&c->object_decls, v->declared.items[k]);
      if (d) rename_dep(d, now, old);
    }
  }
  if (v->before) ptrmap_remove(&p->decl_types, v->before);
}

void package_order_initializers(Package *p) {
  __typeof__(p->errors) errors = p->errors;
  memset(&p->errors, 0, sizeof p->errors);
  check_init_order(p->checker);
  p->errors = errors;
}

void value_change_release(ValueChange *v) {
  free(v->old.items);
  free(v->declared.items);
  free(v->gone.items);
}

// ---- Order

static int by_order(const void *a, const void *b) {
  const Object *x = *(Object *const *)a, *y = *(Object *const *)b;
  return x->order < y->order ? -1 : x->order > y->order;
}

void package_renumber(Package *p) {
  Checker *c = p->checker;
  PtrMap places = {0}; // declaration -> its number
  uintptr_t next = 0;
  for (uint32_t i = 0; i < p->file_count; i++)
    for (uint32_t k = 0; k < p->files[i]->decl_count; k++) ptrmap_set(&places, p->files[i]->decls[k], (void *)++next);
  // Objects of one declaration are in order among themselves: bucket them.
  Object **sorted = mem_new(sizeof *sorted * (c->object_list.len + 1));
  uint32_t *starts = mem_new(sizeof *starts * (next + 3));
  uint32_t len = c->object_list.len;
  for (uint32_t pass = 0; pass < 2; pass++) {
    for (uint32_t i = 0; i < len; i++) {
      Object *o = c->object_list.items[i];
      const DeclInfo *d = ptrmap_get(&c->object_decls, o);
      uintptr_t at = d ? (uintptr_t)ptrmap_get(&places, d->decl) : 0;
      if (pass)
        sorted[starts[at]++] = o;
      else
        starts[at + 1]++;
    }
    for (uintptr_t i = 0; !pass && i <= next; i++) starts[i + 1] += starts[i];
  }
  for (uint32_t i = 0; i < len; i++) {
    c->object_list.items[i] = sorted[i];
    sorted[i]->order = i + 1;
  }
  if (p->funcs.len) qsort(p->funcs.items, p->funcs.len, sizeof *p->funcs.items, by_order);
  free(sorted);
  free(starts);
  ptrmap_release(&places);
}
