// random.h: xorshift64*, so that every run of a test sees the same numbers.
#ifndef HEAPLS_TESTS_RANDOM_H
#define HEAPLS_TESTS_RANDOM_H

#include <stdint.h>

typedef struct Random {
  uint64_t state; // not 0
} Random;

static inline uint64_t random_next(Random *self) {
  self->state ^= self->state >> 12;
  self->state ^= self->state << 25;
  self->state ^= self->state >> 27;
  return self->state * 0x2545F4914F6CDD1Du;
}
static inline uint32_t random_below(Random *self, uint32_t n) {
  return n ? (uint32_t)(random_next(self) >> 33) % n : 0;
}

#endif
