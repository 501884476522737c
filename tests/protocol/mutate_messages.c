// mutate_messages.c: mutated messages crash nothing, and what a stream means does not depend on how it is cut.
// Usage: mutate_messages [COUNT [SEED]]. Each round frames one to three seeds, damages bytes of header or body (flips,
// removals, repeats, foreign tokens, broken lengths) or values inside the JSON (other types, missing, repeated), and
// reads the stream twice: whole, and in random pieces.
#include "exercise.h"
#include "pool.h"
#include "random.h"
#include "seeds.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const TOKENS[] = {"null",
                                     "true",
                                     "-1",
                                     "1e999",
                                     "99999999999999999999",
                                     "4294967296",
                                     "2.0",
                                     "\"\"",
                                     "[]",
                                     "{}",
                                     "[[[[[[",
                                     "\\ud800",
                                     "\\u0000",
                                     "\\",
                                     "\"",
                                     "\xff",
                                     "\xf0\x9f\x98\x80",
                                     "\r\n",
                                     "\r\n\r\n",
                                     "Content-Length: 7\r\n\r\n",
                                     "content-length:",
                                     "file://h/x",
                                     "%00",
                                     "%zz",
                                     "2147483647",
                                     "-2147483649",
                                     ",",
                                     ":",
                                     "\"uri\":",
                                     "\"range\":"};

typedef struct Stream {
  char bytes[64 * 1024];
  size_t count;
} Stream;

static void stream_insert(Stream *self, size_t at, const char *bytes, size_t count) {
  if (self->count + count > sizeof self->bytes) return;
  memmove(self->bytes + at + count, self->bytes + at, self->count - at);
  memcpy(self->bytes + at, bytes, count);
  self->count += count;
}

static void stream_remove(Stream *self, size_t at, size_t count) {
  if (count > self->count - at) count = self->count - at;
  memmove(self->bytes + at, self->bytes + at + count, self->count - at - count);
  self->count -= count;
}

static void stream_frame(Stream *self, const char *body, size_t length, size_t announced) {
  char header[FRAME_HEADER_SIZE];
  stream_insert(self, self->count, header, frame_header(header, announced));
  stream_insert(self, self->count, body, length);
}

static void stream_damage(Stream *self, Random *random) {
  if (!self->count) return;
  size_t at = random_below(random, (uint32_t)self->count);
  const char *token = TOKENS[random_below(random, sizeof TOKENS / sizeof *TOKENS)];
  switch (random_below(random, 6)) {
  case 0: self->bytes[at] = (char)(self->bytes[at] ^ (1 << random_below(random, 8))); break;
  case 1: self->bytes[at] = (char)random_next(random); break;
  case 2: stream_remove(self, at, 1 + random_below(random, 20)); break;
  case 3: stream_insert(self, at, token, strlen(token)); break;
  case 4: {
    char copy[64];
    size_t n = 1 + random_below(random, sizeof copy);
    if (n > self->count - at) n = self->count - at;
    memcpy(copy, self->bytes + at, n);
    stream_insert(self, random_below(random, (uint32_t)self->count), copy, n);
    break;
  }
  default: // in place of a value
    stream_remove(self, at, strlen(token));
    stream_insert(self, at, token, strlen(token));
    break;
  }
}

// Values of other types, for damage that leaves the JSON whole.
static json_t *odd_value(Random *random) {
  switch (random_below(random, 10)) {
  case 0: return json_null();
  case 1: return json_true();
  case 2: return json_integer(-1);
  case 3: return json_integer(INT64_MAX);
  case 4: return json_real(2.5);
  case 5: return json_string("");
  case 6: return json_stringn("a\0b", 3);
  case 7: return json_object();
  case 8: return json_integer(random_below(random, 40));
  default: return json_array();
  }
}

// Replaces, removes or repeats one value somewhere below `at`.
static void damage_value(json_t *at, Random *random) {
  for (;;) {
    bool object = json_is_object(at);
    size_t count = object ? json_object_size(at) : json_array_size(at);
    if (!count) return;
    size_t chosen = random_below(random, (uint32_t)count);
    void *slot = object ? json_object_iter(at) : NULL;
    for (size_t i = 0; object && i < chosen; i++) slot = json_object_iter_next(at, slot);
    json_t *value = object ? json_object_iter_value(slot) : json_array_get(at, chosen);
    bool inner = (json_is_object(value) && json_object_size(value)) || (json_is_array(value) && json_array_size(value));
    if (inner && random_below(random, 6)) {
      at = value;
      continue;
    }
    switch (random_below(random, 4)) {
    case 0:
      if (object)
        json_object_del(at, json_object_iter_key(slot));
      else
        json_array_remove(at, chosen);
      return;
    case 1:
      if (!object) json_array_append_new(at, json_deep_copy(value));
      return;
    default:
      if (object)
        json_object_iter_set_new(at, slot, odd_value(random));
      else
        json_array_set_new(at, chosen, odd_value(random));
      return;
    }
  }
}

static void body_damage_values(Stream *body, Random *random) {
  json_t *j = json_loadb(body->bytes, body->count, JSON_ALLOW_NUL, NULL);
  if (!j) return;
  for (uint32_t k = 1 + random_below(random, 3); k; k--) damage_value(j, random);
  body->count = json_dumpb(j, body->bytes, sizeof body->bytes, JSON_COMPACT);
  json_decref(j);
}

// The bodies are damaged before they are framed (the message arrives whole, and wrong), or the stream after.
static void stream_build(Stream *self, Random *random) {
  static Stream body;
  self->count = 0;
  enum { DAMAGE_STREAM, DAMAGE_BODIES, DAMAGE_VALUES } how = random_below(random, 3);
  for (uint32_t i = 0, n = 1 + random_below(random, 3); i < n; i++) {
    const char *seed = SEEDS[random_below(random, SEED_COUNT)];
    body.count = 0;
    stream_insert(&body, 0, seed, strlen(seed));
    if (how == DAMAGE_VALUES) body_damage_values(&body, random);
    for (uint32_t k = how == DAMAGE_BODIES ? 1 + random_below(random, 4) : 0; k; k--) stream_damage(&body, random);
    size_t announced = random_below(random, 30) ? body.count : random_below(random, (uint32_t)body.count * 2 + 2);
    stream_frame(self, body.bytes, body.count, announced);
  }
  for (uint32_t k = how == DAMAGE_STREAM ? 1 + random_below(random, 6) : 0; k; k--) stream_damage(self, random);
}

int main(int argc, char **argv) {
  unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
  Random random = {argc > 2 ? strtoull(argv[2], NULL, 10) | 1 : 0x9E3779B97F4A7C15u};
  static Stream stream;
  size_t messages = 0, faults = 0, invalid = 0, decoded = 0, truncated = 0;
  for (unsigned long i = 0; i < count; i++) {
    stream_build(&stream, &random);
    Exercise whole, pieces;
    exercise_init(&whole, 16 * 1024);
    exercise_init(&pieces, 16 * 1024);
    exercise_feed(&whole, stream.bytes, stream.count);
    for (size_t at = 0; at < stream.count;) {
      size_t n = 1 + random_below(&random, 400);
      if (n > stream.count - at) n = stream.count - at;
      exercise_feed(&pieces, stream.bytes + at, n);
      at += n;
    }
    if (whole.digest != pieces.digest || whole.messages != pieces.messages || whole.faults != pieces.faults) {
      fprintf(stderr, "stream %lu reads differently in pieces:\n%.*s\n", i, (int)stream.count, stream.bytes);
      return 1;
    }
    RpcError fault;
    truncated += framer_is_truncated(&whole.framer, &fault);
    messages += whole.messages, faults += whole.faults, invalid += whole.invalid, decoded += whole.decoded;
    exercise_release(&whole);
    exercise_release(&pieces);
  }
  printf("%lu mutated streams: %zu bodies (%zu invalid), %zu framing faults, %zu ended inside a message, %zu decodes\n",
         count, messages, invalid, faults, truncated, decoded);
  return 0;
}
