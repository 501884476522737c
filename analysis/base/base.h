// base.h: the door of base/: the few things every file of analysis/ uses: byte strings, faults of ours, growth
// arithmetic.
//
//   arena.h   memory with one lifetime; vectors     cancel.h  asking work on another thread to end early
//   intern.h  symbols and hash maps                 stack.h   how deep code may be nested
//   shared_text.h  a text that several hold        unicode.h, sha256.h
//
// Three outcomes are kept apart everywhere: a fault of ours (BUG_ON, never returns), a fault in the Go code under
// analysis (recorded; the result is an invalid type or a bad node), an I/O fault (a status and a message).
#ifndef HEAPLS_BASE_H
#define HEAPLS_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// A byte string: pointer and length, not terminated. Borrows its bytes.
typedef struct Str {
  const char *p;
  size_t n;
} Str;

#define STR(literal) ((Str){("" literal), sizeof(literal) - 1})
#define STR_NONE ((Str){NULL, 0})
// For printf's "%.*s".
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

Str str_of(const char *z); // of a terminated string; NULL gives STR_NONE
bool str_equal(Str a, Str b);
int str_compare(Str a, Str b); // bytewise, as memcmp; a proper prefix sorts first
bool str_has_prefix(Str s, Str prefix);
bool str_has_suffix(Str s, Str suffix);
// Index of the first/last occurrence of byte c, or -1.
ptrdiff_t str_index_byte(Str s, char c);
ptrdiff_t str_last_byte(Str s, char c);
// Index of the first occurrence of needle, or -1.
ptrdiff_t str_index(Str s, Str needle);
Str str_slice(Str s, size_t from, size_t to); // bytes [from, to); clamps to the length
Str str_trim(Str s);                          // without leading and trailing ASCII white space
uint64_t str_hash(Str s);
// Of both. Different pairs are as good as never the same: maps go by it alone.
uint64_t hash_mix(uint64_t h, uint64_t v);

// A fault of ours: prints where and aborts.
_Noreturn void bug_at(const char *file, int line, const char *what);
#define BUG_ON(condition)                                                                                              \
  do {                                                                                                                 \
    if (condition) bug_at(__FILE__, __LINE__, #condition);                                                             \
  } while (0)
#define BUG(what) bug_at(__FILE__, __LINE__, what)

// Allocation that cannot fail: out of memory ends the process in one place. Zeroed. Free with free().
void *mem_new(size_t size);
void *mem_resize(void *p, size_t old_size, size_t new_size); // the added bytes are zeroed

// Likewise, for what is large: pages of the system that are no part of the C heap. They take no memory until they are
// touched, go back to the system at once, and leave no holes behind. The size is whole pages.
enum { PAGE_BYTES = 4096 };
void *pages_new(size_t size);
void pages_free(void *p, size_t size);

#if defined(__GNUC__)
#define PRINTF_LIKE(format_index, first_arg) __attribute__((format(printf, format_index, first_arg)))
#else
#define PRINTF_LIKE(format_index, first_arg)
#endif

#endif
