// pool.c: a chain of blocks, bump allocation; a request that does not fit a block gets one of its own.
#include "pool.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POOL_BLOCK_SIZE = 8 * 1024, POOL_ALIGNMENT = _Alignof(max_align_t) };

struct PoolBlock {
  PoolBlock *next;
  size_t used, size;
  _Alignas(max_align_t) char bytes[];
};

_Noreturn static void out_of_memory(void) {
  fputs("heapls: out of memory\n", stderr);
  abort();
}

void *protocol_alloc(size_t size) {
  void *p = calloc(1, size ? size : 1);
  if (!p) out_of_memory();
  return p;
}

void *protocol_resize(void *old, size_t size) {
  void *p = realloc(old, size ? size : 1);
  if (!p) out_of_memory();
  return p;
}

json_t *json_must(json_t *j) {
  if (!j) out_of_memory();
  return j;
}

void pool_release(Pool *self) {
  for (PoolBlock *block = self->blocks, *next; block; block = next) {
    next = block->next;
    free(block);
  }
  self->blocks = NULL;
}

void *pool_alloc(Pool *self, size_t size) {
  if (size > SIZE_MAX / 2) out_of_memory();
  size = (size + POOL_ALIGNMENT - 1) / POOL_ALIGNMENT * POOL_ALIGNMENT;
  PoolBlock *block = self->blocks;
  if (!block || block->size - block->used < size) {
    size_t room = size > POOL_BLOCK_SIZE ? size : POOL_BLOCK_SIZE;
    block = protocol_alloc(sizeof *block + room);
    block->size = room;
    block->next = self->blocks;
    self->blocks = block;
  }
  void *p = block->bytes + block->used;
  block->used += size;
  return p;
}

void *pool_array(Pool *self, size_t count, size_t item_size) {
  if (item_size && count > SIZE_MAX / 2 / item_size) out_of_memory();
  return pool_alloc(self, count * item_size);
}

char *pool_text(Pool *self, const char *p, size_t n) {
  char *copy = pool_alloc(self, n + 1);
  if (n) memcpy(copy, p, n);
  return copy;
}

char *pool_printf(Pool *self, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *text = pool_alloc(self, n < 0 ? 1 : (size_t)n + 1);
  if (n > 0) vsnprintf(text, (size_t)n + 1, format, again);
  va_end(again);
  return text;
}
