// arena.h: memory with one lifetime (a file, a package image, a run), freed at once.
//
// Not for use by two threads at a time. Everything handed out is zeroed and aligned to eight bytes: enough for all but
// long double and vectors.
#ifndef HEAPLS_ARENA_H
#define HEAPLS_ARENA_H

#include <stdarg.h>

#include "base/base.h"

typedef struct ArenaBlock ArenaBlock;
typedef struct Arena {
  ArenaBlock *blocks; // newest first
  char *next, *end;   // free space of the newest block
  size_t total;       // bytes obtained from the system
  size_t expected;    // size of the first block, 0: the default
  bool paged;         // its large blocks are no part of the C heap (pages_new); set before anything is allocated
} Arena;

void arena_init(Arena *);
void arena_init_sized(Arena *, size_t expected); // about this much will be needed in all
void arena_release(Arena *);                     // frees all memory; the arena may be used again
void *arena_alloc(Arena *, size_t size);
#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (size_t)(count)))

Str arena_str(Arena *, Str); // a copy that lives in the arena, followed by a zero byte
Str arena_printf(Arena *, const char *format, ...) PRINTF_LIKE(2, 3);
Str arena_vprintf(Arena *, const char *format, va_list)
  PRINTF_LIKE(2, 0); // the list is used up; followed by a zero byte

// Growable arrays. VEC(T) is {T *items; uint32_t len, cap}; zero is the empty vector.
#define VEC(T)                                                                                                         \
  struct {                                                                                                             \
    T *items;                                                                                                          \
    uint32_t len, cap;                                                                                                 \
  }
// Appends to a vector whose items live in an arena (the outgrown array stays until the arena goes).
#define VEC_PUSH(arena, v, ...)                                                                                        \
  do {                                                                                                                 \
    if ((v)->len == (v)->cap) (v)->items = arena_grow((arena), (v)->items, &(v)->cap, sizeof *(v)->items);             \
    (v)->items[(v)->len++] = (__VA_ARGS__);                                                                            \
  } while (0)
void *arena_grow(Arena *, void *items, uint32_t *cap, size_t item_size);
// The same on the C heap; the owner calls free(v.items).
#define VEC_APPEND(v, ...)                                                                                             \
  do {                                                                                                                 \
    if ((v)->len == (v)->cap) (v)->items = heap_grow((v)->items, &(v)->cap, sizeof *(v)->items);                       \
    (v)->items[(v)->len++] = (__VA_ARGS__);                                                                            \
  } while (0)
void *heap_grow(void *items, uint32_t *cap, size_t item_size);

// String builder on the C heap; zero is empty. text is always terminated once anything was added.
typedef struct Buf {
  char *text;
  size_t len, cap;
  size_t enough; // whoever writes what may be very long stops beyond it; 0: there is no bound
} Buf;
void buf_release(Buf *);
void buf_clear(Buf *); // keeps the memory
void buf_byte(Buf *, char);
void buf_str(Buf *, Str);
void buf_puts(Buf *, const char *);
void buf_printf(Buf *, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(Buf *, const char *format, va_list) PRINTF_LIKE(2, 0);
Str buf_view(const Buf *); // borrows
static inline bool buf_has_enough(const Buf *b) { return b->enough && b->len > b->enough; }

#endif
