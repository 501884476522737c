// intern.c: a sharded symbol table, and open-addressing maps over an insertion-ordered entry array.
//
// Each shard takes its symbols from a small piece of an arena that all share: an arena of its own would be half empty
// in each of them.
#include "base/intern.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/unicode.h"

enum { SHARD_COUNT = 64, PIECE_BYTES = 512 };

typedef struct Shard {
  pthread_mutex_t lock;
  char *next, *end; // what is left of its piece
  Symbol **slots;
  uint32_t slot_count, used;
} Shard;

struct Interner {
  pthread_mutex_t lock; // taken after a shard's
  Arena arena;
  Shard shards[SHARD_COUNT];
};

Interner *interner_new(void) {
  Interner *in = mem_new(sizeof *in);
  in->arena.paged = true;
  pthread_mutex_init(&in->lock, NULL);
  for (int i = 0; i < SHARD_COUNT; i++) pthread_mutex_init(&in->shards[i].lock, NULL);
  return in;
}

void interner_free(Interner *in) {
  if (!in) return;
  for (int i = 0; i < SHARD_COUNT; i++) {
    pthread_mutex_destroy(&in->shards[i].lock);
    free(in->shards[i].slots);
  }
  pthread_mutex_destroy(&in->lock);
  arena_release(&in->arena);
  free(in);
}

size_t interner_memory(const Interner *in) {
  size_t total = sizeof *in + in->arena.total;
  for (int i = 0; i < SHARD_COUNT; i++) total += in->shards[i].slot_count * sizeof(Symbol *);
  return total;
}

// Under the shard's lock.
static Symbol *new_symbol(Interner *in, Shard *s, size_t len) {
  enum { ALIGN = 8 };
  size_t size = (offsetof(Symbol, text) + len + ALIGN) / ALIGN * ALIGN; // with the zero byte
  if ((size_t)(s->end - s->next) < size) {
    size_t piece = size > PIECE_BYTES ? size : PIECE_BYTES;
    pthread_mutex_lock(&in->lock);
    s->next = arena_alloc(&in->arena, piece);
    pthread_mutex_unlock(&in->lock);
    s->end = s->next + piece;
  }
  Symbol *symbol = (Symbol *)(void *)s->next;
  s->next += size;
  return symbol;
}

static void shard_grow(Shard *s) {
  uint32_t count = s->slot_count ? s->slot_count * 2 : 64;
  Symbol **slots = mem_new(count * sizeof *slots);
  for (uint32_t i = 0; i < s->slot_count; i++) {
    if (!s->slots[i]) continue;
    uint32_t at = (uint32_t)(s->slots[i]->hash >> 6) & (count - 1);
    while (slots[at]) at = (at + 1) & (count - 1);
    slots[at] = s->slots[i];
  }
  free(s->slots);
  s->slots = slots;
  s->slot_count = count;
}

Sym intern(Interner *in, Str name) {
  uint64_t hash = str_hash(name);
  Shard *s = &in->shards[hash & (SHARD_COUNT - 1)];
  pthread_mutex_lock(&s->lock);
  if (s->used * 4 >= s->slot_count * 3) shard_grow(s);
  uint32_t at = (uint32_t)(hash >> 6) & (s->slot_count - 1);
  Symbol *found = NULL;
  for (; (found = s->slots[at]); at = (at + 1) & (s->slot_count - 1))
    if (found->hash == hash && found->len == name.n && memcmp(found->text, name.p, name.n) == 0) break;
  if (!found) {
    found = new_symbol(in, s, name.n);
    found->hash = hash;
    found->len = (uint32_t)name.n;
    if (name.n) memcpy(found->text, name.p, name.n);
    found->exported = unicode_is_upper(utf8_first_rune(name));
    s->slots[at] = found;
    s->used++;
  }
  pthread_mutex_unlock(&s->lock);
  return found;
}

static uint64_t pointer_hash(const void *p) { return hash_mix(0, (uint64_t)(uintptr_t)p); }

void ptrmap_release(PtrMap *m) {
  if (!m->settled) {
    free(m->entries);
    free(m->slots);
  }
  *m = (PtrMap){0};
}

void ptrmap_settle(PtrMap *m, Arena *arena) {
  if (m->settled || !m->len) return;
  PtrMapEntry *entries = ARENA_ARRAY(arena, PtrMapEntry, m->len);
  memcpy(entries, m->entries, sizeof *entries * m->len);
  uint32_t *slots = ARENA_ARRAY(arena, uint32_t, m->slot_count);
  memcpy(slots, m->slots, sizeof *slots * m->slot_count);
  free(m->entries);
  free(m->slots);
  m->entries = entries;
  m->slots = slots;
  m->cap = m->len;
  m->settled = true;
}

static void unsettle(PtrMap *m) {
  PtrMapEntry *entries = mem_new(sizeof *entries * (m->len + 1));
  memcpy(entries, m->entries, sizeof *entries * m->len);
  uint32_t *slots = mem_new(sizeof *slots * m->slot_count);
  memcpy(slots, m->slots, sizeof *slots * m->slot_count);
  m->entries = entries;
  m->slots = slots;
  m->cap = m->len + 1;
  m->settled = false;
}

// The slot that holds key, or the empty slot where it would go.
static uint32_t ptrmap_slot(const PtrMap *m, const void *key) {
  uint32_t at = (uint32_t)pointer_hash(key) & (m->slot_count - 1);
  while (m->slots[at] && m->entries[m->slots[at] - 1].key != key) at = (at + 1) & (m->slot_count - 1);
  return at;
}

void *ptrmap_get(const PtrMap *m, const void *key) {
  if (m->slot_count == 0 || !key) return NULL;
  uint32_t slot = m->slots[ptrmap_slot(m, key)];
  return slot ? m->entries[slot - 1].value : NULL;
}

bool ptrmap_has(const PtrMap *m, const void *key) {
  return m->slot_count != 0 && key && m->slots[ptrmap_slot(m, key)] != 0;
}

static void ptrmap_grow(PtrMap *m) {
  // Squeezes deleted entries out, so that a map with churn does not grow without end.
  uint32_t kept = 0;
  for (uint32_t i = 0; i < m->len; i++)
    if (m->entries[i].key) m->entries[kept++] = m->entries[i];
  m->len = kept;
  uint32_t count = m->slot_count ? m->slot_count : 16;
  while (kept * 4 >= count * 2) count *= 2;
  free(m->slots);
  m->slots = mem_new(count * sizeof *m->slots);
  m->slot_count = count;
  for (uint32_t i = 0; i < kept; i++) m->slots[ptrmap_slot(m, m->entries[i].key)] = i + 1;
}

void ptrmap_set(PtrMap *m, const void *key, void *value) {
  BUG_ON(!key);
  if (m->settled) unsettle(m);
  if (m->len * 4 >= m->slot_count * 3) ptrmap_grow(m);
  uint32_t at = ptrmap_slot(m, key);
  if (m->slots[at]) {
    m->entries[m->slots[at] - 1].value = value;
    return;
  }
  VEC(PtrMapEntry) entries = {m->entries, m->len, m->cap};
  VEC_APPEND(&entries, (PtrMapEntry){key, value});
  m->entries = entries.items, m->len = entries.len, m->cap = entries.cap;
  m->slots[at] = m->len;
}

bool ptrmap_remove(PtrMap *m, const void *key) {
  if (!ptrmap_has(m, key)) return false;
  uint32_t at = ptrmap_slot(m, key);
  m->entries[m->slots[at] - 1] = (PtrMapEntry){NULL, NULL};
  // Deletion in a linear-probing table: move back every later entry of the cluster that may not stay behind the gap.
  m->slots[at] = 0;
  for (uint32_t i = (at + 1) & (m->slot_count - 1); m->slots[i]; i = (i + 1) & (m->slot_count - 1)) {
    uint32_t moved = m->slots[i];
    m->slots[i] = 0;
    m->slots[ptrmap_slot(m, m->entries[moved - 1].key)] = moved;
  }
  return true;
}

void strmap_release(StrMap *m) {
  free(m->entries);
  free(m->slots);
  *m = (StrMap){0};
}

static uint32_t strmap_slot(const StrMap *m, Str key, uint64_t hash) {
  uint32_t at = (uint32_t)hash & (m->slot_count - 1);
  for (; m->slots[at]; at = (at + 1) & (m->slot_count - 1)) {
    const StrMapEntry *e = &m->entries[m->slots[at] - 1];
    if (e->hash == hash && str_equal(e->key, key)) break;
  }
  return at;
}

void *strmap_get(const StrMap *m, Str key) {
  if (m->slot_count == 0) return NULL;
  uint32_t slot = m->slots[strmap_slot(m, key, str_hash(key))];
  return slot ? m->entries[slot - 1].value : NULL;
}

bool strmap_has(const StrMap *m, Str key) {
  return m->slot_count != 0 && m->slots[strmap_slot(m, key, str_hash(key))] != 0;
}

void strmap_set(StrMap *m, Str key, void *value) {
  uint64_t hash = str_hash(key);
  if (m->len * 2 >= m->slot_count) {
    uint32_t count = m->slot_count ? m->slot_count * 2 : 16;
    free(m->slots);
    m->slots = mem_new(count * sizeof *m->slots);
    m->slot_count = count;
    for (uint32_t i = 0; i < m->len; i++) m->slots[strmap_slot(m, m->entries[i].key, m->entries[i].hash)] = i + 1;
  }
  uint32_t at = strmap_slot(m, key, hash);
  if (m->slots[at]) {
    m->entries[m->slots[at] - 1].value = value;
    return;
  }
  VEC(StrMapEntry) entries = {m->entries, m->len, m->cap};
  VEC_APPEND(&entries, (StrMapEntry){key, hash, value});
  m->entries = entries.items, m->len = entries.len, m->cap = entries.cap;
  m->slots[at] = m->len;
}
