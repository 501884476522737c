// intern.h: names as symbols, so that equal names are equal pointers; and hash maps.
#ifndef HEAPLS_INTERN_H
#define HEAPLS_INTERN_H

#include "base/arena.h"

// An interned string. Two symbols of one Interner are equal exactly when their pointers are.
typedef struct Symbol {
  uint64_t hash;
  uint32_t len;
  bool exported; // the first rune is an upper-case letter (Unicode class Lu, as the Go spec has it)
  char text[];   // terminated
} Symbol;
typedef const Symbol *Sym; // NULL is no name

// Safe for use by several threads. Symbols live as long as the interner.
typedef struct Interner Interner;
Interner *interner_new(void); // returns owned
void interner_free(Interner *);
Sym intern(Interner *, Str);
size_t interner_memory(const Interner *); // bytes held
static inline Str sym_str(Sym s) { return s ? (Str){s->text, s->len} : STR_NONE; }
static inline bool sym_is(Sym s, const char *z) { return s && strcmp(s->text, z) == 0; }
static inline bool sym_is_blank(Sym s) { return s && s->len == 1 && s->text[0] == '_'; }

// Map from pointers (or any non-zero word) to pointers. Zero is the empty map. Iteration order is insertion order:
// entries[0..len), with deleted entries having key NULL.
typedef struct PtrMapEntry {
  const void *key;
  void *value;
} PtrMapEntry;
typedef struct PtrMap {
  PtrMapEntry *entries;
  uint32_t len, cap;
  uint32_t *slots; // index into entries plus 1
  uint32_t slot_count;
  bool settled; // its memory is an arena's
} PtrMap;
void ptrmap_release(PtrMap *);
// A map that will hardly change any more moves from the C heap to the arena, where it leaves no holes. It may be used
// as before: it moves back when something is added.
void ptrmap_settle(PtrMap *, Arena *);
void *ptrmap_get(const PtrMap *, const void *key); // NULL when absent
bool ptrmap_has(const PtrMap *, const void *key);
void ptrmap_set(PtrMap *, const void *key, void *value);
bool ptrmap_remove(PtrMap *, const void *key);

// Map from strings to pointers; the keys' bytes are borrowed and must outlive the map.
typedef struct StrMapEntry {
  Str key;
  uint64_t hash;
  void *value;
} StrMapEntry;
typedef struct StrMap {
  StrMapEntry *entries; // insertion order; nothing is ever deleted
  uint32_t len, cap;
  uint32_t *slots;
  uint32_t slot_count;
} StrMap;
void strmap_release(StrMap *);
void *strmap_get(const StrMap *, Str key);
bool strmap_has(const StrMap *, Str key);
void strmap_set(StrMap *, Str key, void *value);

#endif
