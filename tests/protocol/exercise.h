// exercise.h: a connection's whole reading side, driven by bytes: what the mutation test and the fuzzer share.
#ifndef HEAPLS_TESTS_EXERCISE_H
#define HEAPLS_TESTS_EXERCISE_H

#include "framing.h"
#include "jsonrpc.h"
#include <stddef.h>
#include <stdint.h>

typedef struct Exercise {
  Framer framer;
  Lifecycle lifecycle;
  RpcCalls calls;
  size_t messages, faults, invalid, decoded, refused;
  uint64_t digest; // of every event in order: equal streams give equal digests however they are cut
} Exercise;

void exercise_init(Exercise *, size_t body_limit);
void exercise_release(Exercise *);
void exercise_feed(Exercise *, const char *bytes, size_t count);
// Every decoder on one message, and what was decoded encoded again.
void exercise_message(Exercise *, const RpcMessage *);

#endif
