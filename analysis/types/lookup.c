// lookup.c: fields and methods by name (the Go spec, "Selectors"), method sets, and which methods a type lacks.
//
// A breadth-first search through embedded fields: the shallowest depth that has the name wins, and there it must occur
// once. All entries of the search stand in one list, level after level, each naming the one it was reached from; the
// path of the result is read backwards from it. A named type met again at greater depth is not entered twice; equal
// types at one depth are entered once but count as several.
#include "types/type_internal.h"

#include <stdlib.h>

typedef struct Embedded {
  Type *type;
  uint32_t from;      // entry it was reached from; UINT32_MAX: the start
  uint32_t index;     // of the field there
  uint32_t instances; // of generic types on the way here
  uint64_t hash;      // of the type, if it is such an instance
  bool indirect, multiple;
} Embedded;

enum { INLINE_ENTRIES = 24, ENTRY_LIMIT = 20000 };

typedef struct Search {
  const Package *from;
  Sym name;
  bool fold_case;
  bool run_time; // methods with type parameters of their own are not there
  Embedded *entries, inline_entries[INLINE_ENTRIES];
  uint32_t len, cap;
  Object *found;
  uint32_t found_entry, found_index;
  bool ambiguous;
} Search;

// Of an instance of a generic type, so that two of them are compared only if they may be the same; of others 0.
static uint64_t hash_of_instance(const Type *named) { return named && named->u.named.targs.len ? type_hash(named) : 0; }

static void search_push(Search *s, Embedded e) {
  if (s->len == s->cap) {
    uint32_t cap = s->cap * 2;
    Embedded *grown = mem_new(cap * sizeof *grown);
    memcpy(grown, s->entries, s->len * sizeof *grown);
    if (s->entries != s->inline_entries) free(s->entries);
    s->entries = grown;
    s->cap = cap;
  }
  s->entries[s->len++] = e;
}

static bool search_same(const Search *s, const Object *o) {
  return s->fold_case ? object_same_id_fold(o, s->from, s->name) : object_same_id(o, s->from, s->name);
}

static void search_found(Search *s, uint32_t entry, Object *o, uint32_t index) {
  if (s->found || s->entries[entry].multiple) {
    s->ambiguous = true;
    return;
  }
  s->found = o;
  s->found_entry = entry;
  s->found_index = index;
}

static bool has_own_tparams(const Object *method) {
  return method && method->type && method->type->kind == TYPE_SIGNATURE && method->type->u.signature.tparams.len;
}

static Object *find_named_method(const Search *s, Type *named, uint32_t *index) {
  if (!s->fold_case) {
    Object *m = named_method(named, s->from, s->name, index);
    return s->run_time && has_own_tparams(m) ? NULL : m;
  }
  Type *origin = named->u.named.origin;
  for (uint32_t i = 0; i < origin->u.named.methods.len; i++)
    if (object_same_id_fold(origin->u.named.methods.items[i], s->from, s->name)) {
      *index = i;
      return named_method_at(named, i);
    }
  return NULL;
}

// Was this named type entered at a smaller depth?
static bool seen_before(const Search *s, const Type *named, uint64_t hash, uint32_t end) {
  for (uint32_t i = 0; i < end; i++) {
    const Type *n = named_of(s->entries[i].type);
    if (n && (n == named || (n->u.named.targs.len && s->entries[i].hash == hash && type_identical(n, named))))
      return true;
  }
  return false;
}

static void search_struct(Search *s, uint32_t entry, const Type *st) {
  for (uint32_t i = 0; i < st->u.struct_.fields.len && !s->ambiguous; i++) {
    Object *f = st->u.struct_.fields.items[i];
    if (search_same(s, f)) {
      search_found(s, entry, f, i);
      continue;
    }
    if (s->found || !f->u.var.embedded || !f->type || s->len > ENTRY_LIMIT) continue;
    bool is_pointer;
    Type *t = type_deref(f->type, &is_pointer);
    Embedded e = s->entries[entry];
    const Type *named = named_of(t);
    bool instance = named && named->u.named.targs.len;
    uint32_t instances = e.instances + instance;
    if (instances <= EMBED_INSTANCES_LIMIT)
      search_push(s, (Embedded){t, entry, i, instances, hash_of_instance(named), e.indirect || is_pointer, e.multiple});
  }
}

static void search_entry(Search *s, uint32_t entry, uint32_t level_start) {
  Type *t = s->entries[entry].type;
  Type *named = named_of(t);
  if (named) {
    if (seen_before(s, named, s->entries[entry].hash, level_start)) return;
    uint32_t index = 0;
    Object *m = find_named_method(s, named, &index);
    if (m) {
      search_found(s, entry, m, index);
      return;
    }
  }
  const Type *u = type_underlying(t);
  if (u->kind == TYPE_STRUCT) {
    search_struct(s, entry, u);
  } else if (u->kind == TYPE_INTERFACE) {
    const TypeSet *set = type_set((Type *)u);
    for (uint32_t i = 0; i < set->methods.len; i++)
      if (search_same(s, set->methods.items[i])) {
        search_found(s, entry, set->methods.items[i], i);
        return;
      }
  }
}

static uint32_t equal_entry(const Search *s, uint32_t start, uint32_t end, const Type *t) {
  while (start < end && !type_identical(s->entries[start].type, t)) start++;
  return start;
}

// Equal types of one level become one entry that counts as several. Where there are many, named types without arguments
// are looked up, as each equals only itself.
static void merge_level(Search *s, uint32_t start) {
  enum { MANY = 16 };
  uint32_t n = start;
  bool many = s->len - start > MANY;
  PtrMap places = {0}; // such a type -> index + 1
  for (uint32_t i = start; i < s->len; i++) {
    const Type *named = many ? named_of(s->entries[i].type) : NULL;
    uint32_t j = n;
    if (named && !named->u.named.targs.len) {
      uint32_t place = (uint32_t)(uintptr_t)ptrmap_get(&places, named);
      if (place)
        j = place - 1;
      else
        ptrmap_set(&places, named, (void *)(uintptr_t)(n + 1));
    } else {
      j = equal_entry(s, start, n, s->entries[i].type);
    }
    if (j < n)
      s->entries[j].multiple = true;
    else
      s->entries[n++] = s->entries[i];
  }
  ptrmap_release(&places);
  s->len = n;
}

// Leaves the result in s->found, or s->ambiguous set.
static void search_run(Search *s, Type *t) {
  bool is_pointer;
  Type *base = type_deref(t, &is_pointer);
  if (is_pointer && type_is_interface(base)) return; // no methods through pointers to interfaces
  search_push(
    s, (Embedded){.type = base, .from = UINT32_MAX, .hash = hash_of_instance(named_of(base)), .indirect = is_pointer});
  uint32_t start = 0;
  for (unsigned depth = 0; depth < EMBED_DEPTH_LIMIT && start < s->len; depth++) {
    uint32_t end = s->len;
    for (uint32_t i = start; i < end && !s->ambiguous; i++) search_entry(s, i, start);
    if (s->found || s->ambiguous) return;
    merge_level(s, end);
    start = end;
  }
}

static void search_path(const Search *s, Arena *arena, Lookup *out) {
  uint32_t n = 1;
  for (uint32_t e = s->found_entry; s->entries[e].from != UINT32_MAX; e = s->entries[e].from) n++;
  out->path = ARENA_ARRAY(arena, uint32_t, n);
  out->path_len = n;
  out->path[--n] = s->found_index;
  for (uint32_t e = s->found_entry; s->entries[e].from != UINT32_MAX; e = s->entries[e].from)
    out->path[--n] = s->entries[e].index;
}

typedef enum FindMode { FIND_EXACT, FIND_FOLDED, FIND_AT_RUN_TIME } FindMode;

// arena NULL: no path wanted.
static Lookup find(Arena *arena, Type *t, bool addressable, const Package *from, Sym name, FindMode mode) {
  Lookup out = {0};
  if (!t || !name || sym_is_blank(name)) return out;
  Search s = {.from = from,
              .name = name,
              .fold_case = mode == FIND_FOLDED,
              .run_time = mode == FIND_AT_RUN_TIME,
              .cap = INLINE_ENTRIES};
  s.entries = s.inline_entries;
  search_run(&s, t);
  if (s.ambiguous) {
    out.ambiguous = true;
  } else if (s.found) {
    out.indirect = s.entries[s.found_entry].indirect;
    if (s.found->kind == OBJ_FUNC && s.found->u.func.has_pointer_recv && !out.indirect && !addressable) {
      out.need_pointer = true;
    } else {
      out.obj = s.found;
      if (arena) search_path(&s, arena, &out);
    }
  }
  if (s.entries != s.inline_entries) free(s.entries);
  return out;
}

static Lookup lookup(Arena *arena, Type *t, bool addressable, const Package *from, Sym name, FindMode mode) {
  // A named pointer type has no methods, but its base's fields.
  Type *named = named_of(t);
  if (named) {
    Type *p = type_underlying(named);
    if (p->kind == TYPE_POINTER) {
      Lookup l = find(arena, p, false, from, name, mode);
      if (l.obj && l.obj->kind == OBJ_FUNC) l = (Lookup){0};
      return l;
    }
  }
  return find(arena, t, addressable, from, name, mode);
}

Lookup type_lookup(Arena *arena, Type *t, bool addressable, const Package *from, Sym name, bool fold_case) {
  return lookup(arena, t, addressable, from, name, fold_case ? FIND_FOLDED : FIND_EXACT);
}

// -- missing methods --

static bool equal_types(const TypeEquivalence *eq, Object *f, Object *m) {
  object_resolve(f);
  object_resolve(m);
  if (!f->type || !m->type) return true; // in error or in progress: don't add to it
  return eq ? eq->equal(eq->context, f->type, m->type) : type_identical(f->type, m->type);
}

Object *type_missing_method(Type *t, Type *interface, bool is_static, const TypeEquivalence *eq, bool *wrong_type) {
  if (wrong_type) *wrong_type = false;
  const TypeSet *want = type_set(interface);
  Type *u = type_underlying(t);
  const TypeSet *have = u->kind == TYPE_INTERFACE ? type_set(u) : NULL;
  for (uint32_t i = 0; i < want->methods.len; i++) {
    Object *m = want->methods.items[i], *f = NULL;
    if (have) {
      for (uint32_t k = 0; k < have->methods.len && !f; k++)
        if (object_same_id(have->methods.items[k], m->pkg, m->name)) f = have->methods.items[k];
      if (!f && !is_static) continue;
      if (!f) return m;
    } else {
      Lookup l = find(NULL, t, false, m->pkg, m->name, FIND_EXACT);
      if (wrong_type && l.need_pointer) *wrong_type = true;
      if (!l.obj || l.obj->kind != OBJ_FUNC) return m;
      f = l.obj;
    }
    if (equal_types(eq, f, m)) continue;
    if (wrong_type) *wrong_type = true;
    return m;
  }
  return NULL;
}

// Does a struct embed, at any depth, something invalid? Then a method may well be there.
static bool embeds_invalid(Type *t, unsigned depth) {
  Type *u = type_underlying(t);
  if (u->kind == TYPE_POINTER) u = type_underlying(u->u.pointer.elem);
  if (u->kind != TYPE_STRUCT || depth > 8) return false;
  for (uint32_t i = 0; i < u->u.struct_.fields.len; i++) {
    const Object *f = u->u.struct_.fields.items[i];
    if (!f->u.var.embedded) continue;
    if (type_is_invalid(f->type) || type_is_invalid(type_deref(f->type, NULL)) || embeds_invalid(f->type, depth + 1))
      return true;
  }
  return false;
}

bool type_has_all_methods(Type *t, Type *interface, bool is_static, const TypeEquivalence *eq) {
  if (type_is_invalid(t)) return true;
  return !type_missing_method(t, interface, is_static, eq, NULL) || embeds_invalid(t, 0);
}

bool type_implements_methods(Type *t, Type *interface, bool is_static, Object **missing, bool *wrong_type) {
  bool wrong = false;
  Object *m = type_is_invalid(t) ? NULL : type_missing_method(t, interface, is_static, NULL, &wrong);
  if (m && embeds_invalid(t, 0)) m = NULL;
  if (missing) *missing = m;
  if (wrong_type) *wrong_type = m && wrong;
  return !m;
}

// -- method sets --

typedef struct Names {
  Arena *arena;
  VEC(Object *) items; // candidates, one per distinct name
  VEC(const Type *) seen;
  VEC(uint64_t) hashes; // of these
} Names;

static void names_add(Names *n, Object *m) {
  for (uint32_t i = 0; i < n->items.len; i++)
    if (object_same_id(n->items.items[i], m->pkg, m->name)) return;
  VEC_PUSH(n->arena, &n->items, m);
}

static void collect_names(Names *n, Type *t, unsigned depth, unsigned instances) {
  t = type_deref(t, NULL);
  Type *named = named_of(t);
  const Type *key = named ? named : type_unalias(t);
  uint64_t hash = hash_of_instance(named);
  for (uint32_t i = 0; i < n->seen.len; i++)
    if (n->seen.items[i] == key || (named && n->hashes.items[i] == hash && type_identical(n->seen.items[i], key)))
      return;
  instances += named && named->u.named.targs.len;
  if (depth > EMBED_DEPTH_LIMIT || instances > EMBED_INSTANCES_LIMIT || n->seen.len > ENTRY_LIMIT) return;
  VEC_PUSH(n->arena, &n->seen, key);
  VEC_PUSH(n->arena, &n->hashes, hash);
  if (named)
    for (uint32_t i = 0; i < named->u.named.origin->u.named.methods.len; i++)
      names_add(n, named->u.named.origin->u.named.methods.items[i]);
  const Type *u = type_underlying(t);
  if (u->kind == TYPE_INTERFACE) {
    const TypeSet *set = type_set((Type *)u);
    for (uint32_t i = 0; i < set->methods.len; i++) names_add(n, set->methods.items[i]);
  } else if (u->kind == TYPE_STRUCT) {
    for (uint32_t i = 0; i < u->u.struct_.fields.len; i++)
      if (u->u.struct_.fields.items[i]->u.var.embedded)
        collect_names(n, u->u.struct_.fields.items[i]->type, depth + 1, instances);
  }
}

static int compare_selections(const void *a, const void *b) {
  return object_compare_id(((const Selection *)a)->obj, ((const Selection *)b)->obj);
}

static MethodSet method_set(Arena *arena, Type *t, FindMode mode) {
  MethodSet out = {0};
  Names names = {.arena = arena};
  collect_names(&names, t, 0, 0);
  if (!names.items.len) return out;
  out.items = ARENA_ARRAY(arena, Selection, names.items.len);
  for (uint32_t i = 0; i < names.items.len; i++) {
    const Object *m = names.items.items[i];
    Lookup l = lookup(arena, t, false, m->pkg, m->name, mode);
    if (!l.obj || l.obj->kind != OBJ_FUNC) continue;
    out.items[out.len++] = (Selection){.kind = SELECT_METHOD_VALUE,
                                       .recv = t,
                                       .obj = l.obj,
                                       .path = l.path,
                                       .path_len = l.path_len,
                                       .indirect = l.indirect};
  }
  qsort(out.items, out.len, sizeof *out.items, compare_selections);
  return out;
}

MethodSet type_method_set(Arena *arena, Type *t) { return method_set(arena, t, FIND_EXACT); }

MethodSet type_run_time_methods(Arena *arena, Type *t) { return method_set(arena, t, FIND_AT_RUN_TIME); }
