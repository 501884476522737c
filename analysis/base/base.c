// base.c: byte strings and the two ways to stop.
#include "base/base.h"

#include <stdlib.h>

// The sanitizers know what is reached from the C heap, and who uses it when it is free.
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <sys/mman.h>
#define HAVE_PAGES 1
#endif

Str str_of(const char *z) { return z ? (Str){z, strlen(z)} : STR_NONE; }

bool str_equal(Str a, Str b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

int str_compare(Str a, Str b) {
  size_t n = a.n < b.n ? a.n : b.n;
  int c = n ? memcmp(a.p, b.p, n) : 0;
  if (c != 0) return c;
  return a.n < b.n ? -1 : a.n > b.n;
}

bool str_has_prefix(Str s, Str prefix) {
  return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_has_suffix(Str s, Str suffix) {
  return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

ptrdiff_t str_index_byte(Str s, char c) {
  const char *q = s.n ? memchr(s.p, c, s.n) : NULL;
  return q ? q - s.p : -1;
}

ptrdiff_t str_last_byte(Str s, char c) {
  for (size_t i = s.n; i > 0; i--)
    if (s.p[i - 1] == c) return (ptrdiff_t)(i - 1);
  return -1;
}

ptrdiff_t str_index(Str s, Str needle) {
  if (needle.n == 0) return 0;
  const char *q = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
  return q ? q - s.p : -1;
}

Str str_slice(Str s, size_t from, size_t to) {
  if (to > s.n) to = s.n;
  if (from > to) from = to;
  return (Str){s.p ? s.p + from : NULL, to - from};
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f'; }

Str str_trim(Str s) {
  while (s.n && is_space(s.p[0])) s.p++, s.n--;
  while (s.n && is_space(s.p[s.n - 1])) s.n--;
  return s;
}

// FNV-1a with a final avalanche (public domain constants), good enough for interning and file identity.
uint64_t str_hash(Str s) {
  enum { WORD = sizeof(uint64_t) };
  uint64_t h = 0xcbf29ce484222325u, word = 0;
  size_t at = 0;
  for (; at + WORD <= s.n; at += WORD) {
    memcpy(&word, s.p + at, WORD);
    h = (h ^ word) * 0x9fb21c651e98df25u;
    h ^= h >> 32;
  }
  word = 0;
  if (at < s.n) memcpy(&word, s.p + at, s.n - at);
  h = (h ^ word) * 0x9fb21c651e98df25u;
  return hash_mix(h, s.n);
}

// What is near each other, such as addresses and offsets, must be far apart before another value is added to it.
uint64_t hash_mix(uint64_t h, uint64_t v) {
  h *= 0x9fb21c651e98df25u;
  h ^= h >> 29;
  h += v;
  h ^= h >> 32;
  h *= 0xff51afd7ed558ccdu;
  h ^= h >> 33;
  return h;
}

_Noreturn void bug_at(const char *file, int line, const char *what) {
  fprintf(stderr, "heapls: internal fault at %s:%d: %s\n", file, line, what);
  abort();
}

_Noreturn static void out_of_memory(void) {
  fputs("heapls: out of memory\n", stderr);
  abort();
}

void *mem_new(size_t size) {
  void *p = calloc(1, size ? size : 1);
  if (!p) out_of_memory();
  return p;
}

void *mem_resize(void *p, size_t old_size, size_t new_size) {
  void *q = realloc(p, new_size ? new_size : 1);
  if (!q) out_of_memory();
  if (new_size > old_size) memset((char *)q + old_size, 0, new_size - old_size);
  return q;
}

void *pages_new(size_t size) {
#ifdef HAVE_PAGES
  void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) out_of_memory();
  return p;
#else
  return mem_new(size);
#endif
}

void pages_free(void *p, size_t size) {
#ifdef HAVE_PAGES
  munmap(p, size);
#else
  (void)size;
  free(p);
#endif
}
