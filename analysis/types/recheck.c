// recheck.c: the body of one declared function, checked again after an edit that left the text before the body alone.
//
// The function's object, signature and parameters stay the very same, so nothing that refers to them has to be looked
// at again: what the checker found of the header is copied to the new tree, node by node, since equal text gives equal
// trees. Types and objects that the body makes live in the version's own arena, and die with it.
#include <stdlib.h>

#include "types/checker_internal.h"
#include "types/recheck.h"
#include "types/type_internal.h"

typedef struct Header {
  const Ast *body;
  VEC(const Ast *) nodes;
} Header;

static bool collect(void *context, const Ast *n) {
  Header *h = context;
  if (n == h->body) return false;
  VEC_APPEND(&h->nodes, n);
  return true;
}

void package_lend_arena(Package *p, Arena *arena) {
  Arena own = p->arena;
  p->arena = *arena;
  *arena = own;
}

static DeclInfo *info_of(const Package *p, const Object *func) {
  if (!p->checker || !func || func->kind != OBJ_FUNC) return NULL;
  DeclInfo *d = ptrmap_get(&p->checker->object_decls, func);
  return d && d->func_decl && func->type && func->type->kind == TYPE_SIGNATURE ? d : NULL;
}

bool package_can_recheck(const Package *p, const Object *func) {
  if (!info_of(p, func)) return false;
  const Type *sig = func->type;
  return !sig->u.signature.tparams.len && !sig->u.signature.recv_tparams.len && sig->u.signature.scope &&
         func->u.func.decl->u.func_decl.body;
}

static void copy_types(DeclTypes *to, const DeclTypes *from, const Ast *to_node, const Ast *from_node) {
  to->nodes[to_node->id] = from->nodes[from_node->id];
  Instance *instance = ptrmap_get(&from->instances, from_node);
  if (instance) ptrmap_set(&to->instances, to_node, instance);
}

bool check_copy_header(DeclTypes *to, const DeclTypes *from, const Ast *to_decl, const Ast *from_decl) {
  Header a = {.body = from_decl->u.func_decl.body}, b = {.body = to_decl->u.func_decl.body};
  ast_walk(from_decl, collect, &a);
  ast_walk(to_decl, collect, &b);
  bool same = a.nodes.len == b.nodes.len;
  for (uint32_t i = 0; same && i < a.nodes.len; i++)
    same = a.nodes.items[i]->kind == b.nodes.items[i]->kind && a.nodes.items[i]->pos == b.nodes.items[i]->pos;
  for (uint32_t i = 0; same && i < a.nodes.len; i++) {
    copy_types(to, from, b.nodes.items[i], a.nodes.items[i]);
    const Type *t = from->nodes[a.nodes.items[i]->id].type;
    if (t && type_is_invalid(t)) to->has_error = true;
  }
  free(a.nodes.items);
  free(b.nodes.items);
  return same;
}

// The parameters' scope without what an earlier body declared in it.
static Scope *header_scope(Package *p, const Scope *old, const Ast *decl) {
  Scope *s = scope_new(p, old->parent);
  s->is_func = old->is_func;
  s->start = decl->start;
  s->end = decl->end;
  for (uint32_t i = 0; i < old->objects.len; i++)
    if (old->objects.items[i]->pos.offset < decl->u.func_decl.body->start) scope_insert(s, old->objects.items[i]);
  return s;
}

static void move_tuple(const Type *tuple, const AstDecl *decl) {
  for (uint32_t i = 0; i < tuple_len(tuple); i++) tuple_at(tuple, i)->pos.decl = decl;
}

void package_install_body(Package *p, BodyVersion *v) {
  DeclInfo *d = info_of(p, v->func);
  Type *sig = v->func->type;
  if (d->decl != v->decl) ptrmap_remove(&p->decl_types, d->decl);
  ptrmap_set(&p->decl_types, v->decl, v->types);
  v->func->u.func.decl = v->decl->specs.items[0];
  v->func->pos.decl = v->decl;
  if (sig->u.signature.recv) sig->u.signature.recv->pos.decl = v->decl;
  move_tuple(sig->u.signature.params, v->decl);
  move_tuple(sig->u.signature.results, v->decl);
  sig->u.signature.scope = v->scope;
  for (uint32_t i = 0; i < v->scope->objects.len; i++) v->scope->objects.items[i]->pos.decl = v->decl;
  d->decl = v->decl;
  d->types = v->types;
  d->func_decl = v->func->u.func.decl;
}

BodyVersion *package_body(Package *p, Object *func) {
  DeclInfo *d = info_of(p, func);
  BodyVersion *v = mem_new(sizeof *v);
  arena_init(&v->arena);
  v->func = func;
  v->decl = d->decl;
  v->types = d->types;
  v->scope = func->type->u.signature.scope;
  v->has_error = d->types->has_error;
  v->borrowed = true;
  for (uint32_t i = 0; i < p->checker->local_types.len; i++)
    if (p->checker->local_types.items[i].pos.decl == v->decl)
      VEC_PUSH(&v->arena, &v->local_types, p->checker->local_types.items[i].named);
  ast_decl_retain(v->decl);
  return v;
}

static int by_offset(const void *a, const void *b) {
  const LocalType *x = a, *y = b;
  return x->pos.offset < y->pos.offset ? -1 : x->pos.offset > y->pos.offset;
}

// Numbers the types that the body declares as the body before did, if there are as many.
static void take_local_types(Checker *c, BodyVersion *v, const BodyVersion *before, uint32_t from) {
  uint32_t len = c->local_types.len - from;
  if (len) qsort(c->local_types.items + from, len, sizeof *c->local_types.items, by_offset);
  v->renumbers = len != before->local_types.len;
  for (uint32_t i = 0; i < len; i++) {
    Type *t = c->local_types.items[from + i].named;
    if (!v->renumbers) t->u.named.local_index = before->local_types.items[i]->u.named.local_index;
    VEC_PUSH(&v->arena, &v->local_types, t);
  }
  c->local_types.len = from;
}

// What the checker remembers from one body to the next, with types of that body. Must not outlive them.
typedef struct Memory {
  PtrMap finite, method_values, builtin_signatures;
} Memory;

static Memory set_memory(Checker *c, Memory m) {
  Memory was = {c->finite, c->method_values, c->builtin_signatures};
  c->finite = m.finite;
  c->method_values = m.method_values;
  c->builtin_signatures = m.builtin_signatures;
  return was;
}

void package_forget_instances(Package *p, uint32_t serial) {
  types_lock(p);
  for (uint32_t i = 0; i < p->instance_table_size; i++) {
    for (Type **at = &p->instance_table[i]; *at;) {
      Type *t = *at;
      if (t->serial <= serial) {
        at = &t->u.named.next_instance;
        continue;
      }
      *at = t->u.named.next_instance;
      p->instance_count--;
    }
  }
  types_unlock(p);
}

static void check(Package *p, BodyVersion *v, const BodyVersion *before) {
  Checker *c = p->checker;
  DeclInfo *d = info_of(p, v->func);
  uint32_t local_types = c->local_types.len, instantiations = c->instantiations.len;
  Memory memory = set_memory(c, (Memory){0});
  uint32_t serial = p->type_serial;
  __typeof__(p->errors) errors = p->errors;
  memset(&p->errors, 0, sizeof p->errors);
  ptrmap_release(&d->deps);
  d->body_done = false;
  package_check_body(p, v->func);
  v->has_error = v->types->has_error;
  v->errors = p->errors.items;
  v->error_count = p->errors.len;
  p->errors = errors;
  package_forget_instances(p, serial);
  package_lend_arena(p, &v->arena);
  take_local_types(c, v, before, local_types);
  memory = set_memory(c, memory);
  ptrmap_release(&memory.finite);
  ptrmap_release(&memory.method_values);
  ptrmap_release(&memory.builtin_signatures);
  c->instantiations.len = instantiations;
  arena_release(&c->scratch);
  arena_init(&c->scratch);
}

BodyVersion *package_check_version(Package *p, const BodyVersion *before, AstDecl *decl) {
  Object *func = before->func;
  if (!package_can_recheck(p, func) || decl->kind != DECL_FUNC || decl->specs.len != 1) return NULL;
  const Ast *old = func->u.func.decl, *ast = decl->specs.items[0];
  if (!ast || ast->kind != AST_FUNC_DECL || !ast->u.func_decl.body) return NULL;
  BodyVersion *v = mem_new(sizeof *v);
  arena_init(&v->arena);
  v->func = func;
  v->decl = decl;
  ast_decl_retain(decl);
  package_lend_arena(p, &v->arena);
  v->types = ARENA_NEW(&p->arena, DeclTypes);
  v->types->decl = decl;
  v->types->nodes = ARENA_ARRAY(&p->arena, NodeInfo, decl->node_count + 1);
  v->header_error = before->header_error;
  v->types->has_error = decl->has_error || v->header_error;
  if (!check_copy_header(v->types, before->types, ast, old)) {
    package_lend_arena(p, &v->arena);
    body_version_free(v);
    return NULL;
  }
  v->scope = header_scope(p, before->scope, ast);
  package_install_body(p, v);
  check(p, v, before);
  return v;
}

void body_version_free(BodyVersion *v) {
  if (!v) return;
  if (!v->borrowed && v->types) ptrmap_release(&v->types->instances);
  ast_decl_release(v->decl);
  arena_release(&v->arena);
  free(v);
}
