// stack.h: how deep code may be nested that a thread goes through by calling itself.
//
// Every phase recurses along the user's expressions, statements and types. All of them count levels and stop at the
// same number, which depends on the stack of the thread: a level may take STACK_LEVEL bytes in any phase. (Optimised,
// the dearest takes a third of that; tests/large goes to the limit, with sanitizers too.)
#ifndef HEAPLS_STACK_H
#define HEAPLS_STACK_H

#include <stdint.h>

enum { STACK_LEVEL = 8 << 10 };

// Of the calling thread.
extern _Thread_local uint32_t stack_levels_known; // 0: not asked for yet
uint32_t stack_levels_ask(void);
static inline uint32_t stack_levels(void) { return stack_levels_known ? stack_levels_known : stack_levels_ask(); }

#endif
