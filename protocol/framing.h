// framing.h: the base protocol's Content-Length framing, both ways.
//
// A Framer is fed bytes as they come, in pieces of any size, and hands out message bodies and faults in order:
//
//   framer_feed(&framer, bytes, count);
//   while ((event = framer_next(&framer, &frame)) != FRAMER_WAIT) ...
//
// After a fault it goes on: junk is skipped up to the next "Content-Length:", the body of a message that is too long or
// in a foreign charset is skipped without being kept. Empty lines between messages are ignored. Memory held is at most
// the limit plus what was fed and not yet taken.
#ifndef HEAPLS_FRAMING_H
#define HEAPLS_FRAMING_H

#include "jsonrpc_error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  FRAMER_BODY_LIMIT = 64 * 1024 * 1024, // bytes of a body, unless told otherwise
  FRAMER_HEADER_LIMIT = 8 * 1024,       // bytes of a header part
  FRAME_HEADER_SIZE = 64,               // room frame_header needs
};

typedef enum FramerEvent {
  FRAMER_WAIT,    // nothing complete: feed more
  FRAMER_MESSAGE, // frame->body, frame->length
  FRAMER_FAULT,   // frame->fault: answer it with id null (rpc_error_response)
} FramerEvent;

typedef struct Frame {
  const char *body; // FRAMER_MESSAGE: borrows from the framer until its next call; not terminated
  size_t length;
  RpcError fault; // FRAMER_FAULT
} Frame;

typedef enum FramerState { FRAMER_IN_HEADER, FRAMER_IN_BODY, FRAMER_SKIPPING_BODY, FRAMER_SKIPPING_JUNK } FramerState;
typedef struct Framer {
  char *bytes; // [start, end) is not yet taken
  size_t start, end, capacity;
  size_t limit;
  FramerState state;
  // of the header part being read
  size_t header_bytes; // taken so far
  bool has_length, foreign_charset;
  uint64_t length; // of the body; in FRAMER_SKIPPING_BODY what is left of it
} Framer;

void framer_init(Framer *, size_t body_limit); // 0: FRAMER_BODY_LIMIT
void framer_release(Framer *);
void framer_feed(Framer *, const char *bytes, size_t count);
FramerEvent framer_next(Framer *, Frame *);
// For the end of the input: true, with a fault, when it ended inside a message.
bool framer_is_truncated(const Framer *, RpcError *fault);

// Writes the header part of a body of `length` bytes; returns its own length. The result is terminated.
size_t frame_header(char out[FRAME_HEADER_SIZE], size_t length);

#endif
