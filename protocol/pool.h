// pool.h: memory of one message, freed at once. Used by the decoders and by whoever assembles an answer.
#ifndef HEAPLS_PROTOCOL_POOL_H
#define HEAPLS_PROTOCOL_POOL_H

#include <stddef.h>

typedef struct PoolBlock PoolBlock;
// Zero is the empty pool. One thread at a time.
typedef struct Pool {
  PoolBlock *blocks; // newest first
} Pool;

void pool_release(Pool *);                                // frees everything; the pool may be used again
void *pool_alloc(Pool *, size_t size);                    // zeroed, aligned for any object; never NULL
void *pool_array(Pool *, size_t count, size_t item_size); // the same for an array; the product is checked
char *pool_text(Pool *, const char *p, size_t n);         // a terminated copy
char *pool_printf(Pool *, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define POOL_NEW(pool, type) ((type *)pool_alloc((pool), sizeof(type)))
#define POOL_ARRAY(pool, type, count) ((type *)pool_array((pool), (size_t)(count), sizeof(type)))

// Allocation on the C heap that cannot fail: out of memory ends the process in one place. Free with free().
void *protocol_alloc(size_t size); // zeroed
void *protocol_resize(void *, size_t size);
// A JSON value that cannot fail to exist: ends the process if j is NULL (out of memory), else returns it.
struct json_t *json_must(struct json_t *j);

#endif
