// cancel.h: asking work on another thread to end early.
#ifndef HEAPLS_CANCEL_H
#define HEAPLS_CANCEL_H

#include <stdbool.h>
#include <stdint.h>

// Set from another thread to end a run early; the run then returns NULL.
typedef struct CancelToken {
  uint32_t cancelled; // atomic
} CancelToken;
static inline bool is_cancelled(const CancelToken *token) { // NULL: never
  return token && __atomic_load_n(&token->cancelled, __ATOMIC_RELAXED);
}

#endif
