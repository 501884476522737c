// arena.c: bump allocation in doubling blocks, and the string builder.
//
// Of what stays for long the large blocks are pages of their own: in the C heap such blocks and what comes and goes
// around them leave holes to each other, which grow with every package that is built anew.
//
// Under the address sanitizer what has not been handed out is poisoned, with a gap behind each piece, so that reading
// past an object is found in arenas too.
#include "base/arena.h"

#include <stdarg.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#else
enum { GAP = 0 };
#define POISON(p, n) ((void)0)
#define UNPOISON(p, n) ((void)0)
#endif

struct ArenaBlock {
  ArenaBlock *previous;
  size_t size;   // of all of it
  size_t growth; // twice that is the size of the next
  bool paged;
};

enum { ALIGN = 8, FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, LEAST_PAGED = 32 << 10 };

static size_t round_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

void arena_init(Arena *a) { *a = (Arena){0}; }

void arena_init_sized(Arena *a, size_t expected) {
  enum { LEAST = 256 };
  *a = (Arena){.expected = expected < LEAST ? LEAST : expected};
}

static void block_free(ArenaBlock *b) {
  if (b->paged)
    pages_free(b, b->size);
  else
    free(b);
}

void arena_release(Arena *a) {
  for (ArenaBlock *b = a->blocks, *previous; b; b = previous) {
    previous = b->previous;
    block_free(b);
  }
  *a = (Arena){0};
}

static void arena_add_block(Arena *a, size_t least) {
  size_t size = a->blocks ? a->blocks->growth * 2 : a->expected ? a->expected : FIRST_BLOCK;
  if (a->blocks && a->expected) // the guess was too low: a fraction more
    size = a->total / 8 > FIRST_BLOCK / 4 ? a->total / 8 : FIRST_BLOCK / 4;
  if (size > LARGEST_BLOCK) size = LARGEST_BLOCK;
  size_t head = round_up(sizeof(ArenaBlock), ALIGN);
  bool oversized = least + head > size;
  if (oversized) size = least + head;
  bool paged = a->paged && size >= LEAST_PAGED;
  if (paged) size = round_up(size, PAGE_BYTES);
  ArenaBlock *b = paged ? pages_new(size) : mem_new(size);
  b->paged = paged;
  b->size = size;
  b->growth = oversized ? FIRST_BLOCK : size;
  b->previous = a->blocks;
  a->blocks = b;
  a->total += size;
  a->next = (char *)b + head;
  a->end = (char *)b + size;
  POISON(a->next, size - head);
}

void *arena_alloc(Arena *a, size_t size) {
  BUG_ON(size > SIZE_MAX / 2);
  size_t asked = size ? size : 1;
  size = round_up(asked, ALIGN) + GAP;
  if (!a->next || (size_t)(a->end - a->next) < size) arena_add_block(a, size);
  void *p = a->next;
  a->next += size;
  UNPOISON(p, asked);
  (void)asked;
  return p;
}

Str arena_str(Arena *a, Str s) {
  char *p = arena_alloc(a, s.n + 1);
  if (s.n) memcpy(p, s.p, s.n);
  return (Str){p, s.n};
}

Str arena_vprintf(Arena *a, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  BUG_ON(n < 0);
  char *p = arena_alloc(a, (size_t)n + 1);
  vsnprintf(p, (size_t)n + 1, format, again);
  va_end(again);
  return (Str){p, (size_t)n};
}

Str arena_printf(Arena *a, const char *format, ...) {
  va_list args;
  va_start(args, format);
  Str text = arena_vprintf(a, format, args);
  va_end(args);
  return text;
}

void *arena_grow(Arena *a, void *items, uint32_t *cap, size_t item_size) {
  uint32_t grown = *cap ? *cap * 2 : 4;
  BUG_ON(grown < *cap);
  void *p = arena_alloc(a, grown * item_size);
  if (*cap) memcpy(p, items, *cap * item_size);
  *cap = grown;
  return p;
}

void *heap_grow(void *items, uint32_t *cap, size_t item_size) {
  uint32_t grown = *cap ? *cap * 2 : 8;
  BUG_ON(grown < *cap);
  void *p = mem_resize(items, *cap * item_size, grown * item_size);
  *cap = grown;
  return p;
}

static void buf_reserve(Buf *b, size_t more) {
  size_t need = b->len + more + 1;
  if (need <= b->cap) return;
  size_t cap = b->cap ? b->cap * 2 : 64;
  if (cap < need) cap = need;
  b->text = mem_resize(b->text, b->cap, cap);
  b->cap = cap;
}

void buf_release(Buf *b) {
  free(b->text);
  *b = (Buf){0};
}

void buf_clear(Buf *b) {
  b->len = 0;
  if (b->text) b->text[0] = 0;
}

void buf_byte(Buf *b, char c) {
  buf_reserve(b, 1);
  b->text[b->len++] = c;
  b->text[b->len] = 0;
}

void buf_str(Buf *b, Str s) {
  buf_reserve(b, s.n);
  if (s.n) memcpy(b->text + b->len, s.p, s.n);
  b->len += s.n;
  b->text[b->len] = 0;
}

void buf_puts(Buf *b, const char *z) { buf_str(b, str_of(z)); }

void buf_vprintf(Buf *b, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  BUG_ON(n < 0);
  buf_reserve(b, (size_t)n);
  vsnprintf(b->text + b->len, (size_t)n + 1, format, again);
  va_end(again);
  b->len += (size_t)n;
}

void buf_printf(Buf *b, const char *format, ...) {
  va_list args;
  va_start(args, format);
  buf_vprintf(b, format, args);
  va_end(args);
}

Str buf_view(const Buf *b) { return (Str){b->text, b->len}; }
