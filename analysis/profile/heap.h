// heap.h: what a program allocated, by the calls that led there: pprof profiles of kind heap and allocs, of go test
// -memprofile, net/http/pprof, and of whatever else writes the same.
//
//   HeapProfile *p = heap_profile_open(bytes, &arena, &error);
//   if (p && heap_profile_stacks(p, HEAP_ALLOCATED, take, context, &error)) …
//   heap_profile_close(p);
//
// The runtime samples (one allocation in 512 KiB, unless told otherwise) and scales up what it saw before it writes;
// with a rate of 1 the numbers are exact, but for what fits in a block of the tiny allocator that another opened.
#ifndef HEAPLS_HEAP_H
#define HEAPLS_HEAP_H

#include "base/arena.h"

typedef struct HeapFrame {
  Str function; // as the linker names it: "net/http.(*Server).Serve", "main.F[go.shape.int]", "main.F.func1"
  Str file;     // absolute; of -trimpath "example.com/m@v1.2.3/f.go", "net/http/server.go"
  int64_t line, start_line; // 1-based; where the function begins: 0 if it is not known
  bool inlined;             // into the next one
} HeapFrame;

typedef struct HeapStack {
  const HeapFrame *frames; // innermost first: the code that allocates. Functions of the runtime are not in it
  uint32_t count;
  int64_t objects, bytes;
} HeapStack;

typedef enum HeapValue { HEAP_ALLOCATED, HEAP_IN_USE } HeapValue; // since the start; when it was written

typedef struct HeapProfile HeapProfile;
// Borrows bytes, and the arena for messages. NULL: for the reason in *error, a sentence without full stop.
HeapProfile *heap_profile_open(Str bytes, Arena *errors, Str *error);
void heap_profile_close(HeapProfile *);
// Calls take for every stack, which is overwritten by the next; its texts stay. False: *error.
bool heap_profile_stacks(HeapProfile *, HeapValue, void (*take)(void *context, const HeapStack *), void *context,
                         Str *error);

#endif
