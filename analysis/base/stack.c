// stack.c: the size of a thread's stack is asked for once; it does not change while the thread lives.
#include "base/stack.h"

#include <pthread.h>
#include <stddef.h>

enum { LEAST = 1 << 20 }; // where it can't be known

static size_t stack_bytes(void) {
  pthread_attr_t attributes;
  size_t bytes = LEAST;
  if (pthread_getattr_np(pthread_self(), &attributes)) return bytes;
  (void)pthread_attr_getstacksize(&attributes, &bytes);
  pthread_attr_destroy(&attributes);
  return bytes;
}

_Thread_local uint32_t stack_levels_known;

uint32_t stack_levels_ask(void) {
  size_t n = stack_bytes() / STACK_LEVEL;
  stack_levels_known = n > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)n;
  return stack_levels_known;
}
