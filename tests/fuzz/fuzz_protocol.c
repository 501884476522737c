// fuzz_protocol.c: libFuzzer over framing, JSON-RPC and every decoder. The input is read as one framed stream, and, so
// that the fuzzer need not learn lengths, its whole as one body too.
#include "exercise.h"
#include "framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Exercise exercise;
  char header[FRAME_HEADER_SIZE];
  exercise_init(&exercise, 1024 * 1024);
  exercise_feed(&exercise, header, frame_header(header, size));
  exercise_feed(&exercise, (const char *)data, size);
  exercise_feed(&exercise, (const char *)data, size);
  exercise_release(&exercise);
  return 0;
}
