// scope.c: scopes: the Go spec, "Declarations and scope".
//
// Small scopes are searched linearly, newest last; from SCOPE_LINEAR objects on an open-addressing table by the name's
// hash is kept beside the list. Names are interned, so comparison is by pointer.
#include "types/demand_internal.h"
#include "types/type_internal.h"

enum { SCOPE_LINEAR = 12 };

Scope *scope_new(Package *pkg, Scope *parent) {
  Scope *s = ARENA_NEW(&pkg->arena, Scope);
  s->arena = &pkg->arena;
  s->parent = s->named = parent;
  s->pkg = pkg;
  return s;
}

static void table_put(Object **table, uint32_t size, Object *o) {
  uint32_t i = (uint32_t)o->name->hash & (size - 1);
  while (table[i]) i = (i + 1) & (size - 1);
  table[i] = o;
}

static void scope_index(Scope *s) {
  if (s->objects.len < SCOPE_LINEAR) return;
  if (s->objects.len * 2 <= s->table_size) {
    table_put(s->table, s->table_size, s->objects.items[s->objects.len - 1]);
    return;
  }
  uint32_t size = s->table_size ? s->table_size * 4 : 64;
  s->table = ARENA_ARRAY(s->arena, Object *, size);
  s->table_size = size;
  for (uint32_t i = 0; i < s->objects.len; i++) table_put(s->table, size, s->objects.items[i]);
}

Object *scope_lookup(const Scope *s, Sym name) {
  return s && name && s->on_demand ? demand_lookup(s, name) : scope_find(s, name);
}

Object *scope_find(const Scope *s, Sym name) {
  if (!s || !name) return NULL;
  if (s->table) {
    for (uint32_t i = (uint32_t)name->hash & (s->table_size - 1); s->table[i]; i = (i + 1) & (s->table_size - 1))
      if (s->table[i]->name == name) return s->table[i];
    return NULL;
  }
  for (uint32_t i = 0; i < s->objects.len; i++)
    if (s->objects.items[i]->name == name) return s->objects.items[i];
  return NULL;
}

Object *scope_insert(Scope *s, Object *o) {
  if (!o->name || sym_is_blank(o->name)) return NULL;
  Object *old = scope_find(s, o->name);
  if (old) return old;
  VEC_PUSH(s->arena, &s->objects, o);
  scope_index(s);
  if (!o->parent) o->parent = s;
  return NULL;
}

void scope_replace(Scope *s, Object *old, Object *by) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < s->objects.len; i++) {
    Object *o = s->objects.items[i] == old ? by : s->objects.items[i];
    if (o) s->objects.items[kept++] = o;
  }
  s->objects.len = kept;
  if (!s->table) return;
  memset(s->table, 0, sizeof *s->table * s->table_size);
  for (uint32_t i = 0; i < kept; i++) table_put(s->table, s->table_size, s->objects.items[i]);
}

Object *scope_lookup_parent(const Scope *s, Sym name, uint32_t at, const Scope **where) {
  for (; s; s = s->named) {
    Object *o = scope_lookup(s, name);
    if (!o || (at != UINT32_MAX && o->scope_pos > at)) continue;
    if (where) *where = s;
    return o;
  }
  if (where) *where = NULL;
  return NULL;
}
