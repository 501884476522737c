// framing.c: the base protocol's header part and body (LSP 3.17, "Base Protocol"), as a state machine over a buffer.
//
// A header part is taken line by line, so that junk is recognised with its first wrong byte and not only when an empty
// line happens to come. What cannot be a header is reported once, then everything up to the next "Content-Length:" is
// dropped, wherever in a line that stands: a body that was longer than announced leaves its tail right before it.
#include "framing.h"

#include "pool.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char LENGTH_FIELD[] = "content-length";
enum { LENGTH_FIELD_SIZE = sizeof LENGTH_FIELD - 1, KEPT_CAPACITY = 1024 * 1024 };

void framer_init(Framer *self, size_t body_limit) {
  *self = (Framer){.limit = body_limit ? body_limit : FRAMER_BODY_LIMIT};
}

void framer_release(Framer *self) {
  free(self->bytes);
  *self = (Framer){.limit = self->limit};
}

void framer_feed(Framer *self, const char *bytes, size_t count) {
  if (self->start == self->end) {
    self->start = self->end = 0;
    if (self->capacity > KEPT_CAPACITY) {
      free(self->bytes);
      self->bytes = NULL;
      self->capacity = 0;
    }
  }
  if (!count) return;
  if (self->capacity - self->end < count && self->start) {
    memmove(self->bytes, self->bytes + self->start, self->end - self->start);
    self->end -= self->start;
    self->start = 0;
  }
  if (self->capacity - self->end < count) {
    size_t capacity = self->capacity ? self->capacity : 4096;
    while (capacity - self->end < count) capacity *= 2;
    self->bytes = protocol_resize(self->bytes, capacity);
    self->capacity = capacity;
  }
  memcpy(self->bytes + self->end, bytes, count);
  self->end += count;
}

static void start_header(Framer *self) {
  self->state = FRAMER_IN_HEADER;
  self->header_bytes = 0;
  self->has_length = self->foreign_charset = false;
  self->length = 0;
}

static FramerEvent junk(Framer *self, Frame *frame, const char *why) {
  self->state = FRAMER_SKIPPING_JUNK;
  self->start++; // past a "Content-Length" that is the fault itself
  rpc_error_set(&frame->fault, RPC_PARSE_ERROR, "malformed header: %s", why);
  return FRAMER_FAULT;
}

static bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_space(char c) { return c == ' ' || c == '\t'; }

// The value of Content-Length: digits only. False also past 64 bits.
static bool parse_length(const char *p, size_t n, uint64_t *out) {
  uint64_t value = 0;
  for (size_t i = 0; i < n; i++) {
    if (p[i] < '0' || p[i] > '9') return false;
    uint64_t digit = (uint64_t)(p[i] - '0');
    if (value > (UINT64_MAX - digit) / 10) return false;
    value = value * 10 + digit;
  }
  *out = value;
  return n > 0;
}

// Whether a Content-Type names no charset, or utf-8 (or utf8, which LSP asks to accept).
static bool charset_is_utf8(const char *p, size_t n) {
  static const char key[] = "charset=";
  for (size_t i = 0; i + sizeof key - 1 <= n; i++) {
    if (strncasecmp(p + i, key, sizeof key - 1) != 0) continue;
    p += i + sizeof key - 1;
    n -= i + sizeof key - 1;
    if (n && *p == '"') p++, n--;
    size_t end = 0;
    while (end < n && p[end] != ';' && p[end] != '"' && !is_space(p[end])) end++;
    return (end == 5 && strncasecmp(p, "utf-8", 5) == 0) || (end == 4 && strncasecmp(p, "utf8", 4) == 0);
  }
  return true;
}

// One header field without its line end. NULL, or why it is none.
static const char *take_field(Framer *self, const char *line, size_t n) {
  size_t name = 0;
  while (name < n && is_name_byte(line[name])) name++;
  if (!name || name == n || line[name] != ':') return "expected a field 'Name: value'";
  const char *value = line + name + 1, *end = line + n;
  while (value < end && is_space(*value)) value++;
  while (end > value && is_space(end[-1])) end--;
  size_t size = (size_t)(end - value);
  if (name == LENGTH_FIELD_SIZE && strncasecmp(line, LENGTH_FIELD, name) == 0) {
    uint64_t length;
    if (!parse_length(value, size, &length)) return "Content-Length is not a number of bytes";
    if (self->has_length && length != self->length) return "two Content-Length fields that differ";
    self->has_length = true;
    self->length = length;
  } else if (name == 12 && strncasecmp(line, "content-type", name) == 0) {
    self->foreign_charset |= !charset_is_utf8(value, size);
  }
  return NULL;
}

// The empty line was read.
static FramerEvent end_header(Framer *self, Frame *frame) {
  if (!self->has_length) {
    self->state = FRAMER_SKIPPING_JUNK;
    rpc_error_set(&frame->fault, RPC_PARSE_ERROR, "malformed header: no Content-Length");
    return FRAMER_FAULT;
  }
  if (self->length > self->limit) {
    self->state = FRAMER_SKIPPING_BODY;
    rpc_error_set(&frame->fault, RPC_INVALID_REQUEST, "message of %" PRIu64 " bytes is over the limit of %zu",
                  self->length, self->limit);
    return FRAMER_FAULT;
  }
  if (self->foreign_charset) {
    self->state = FRAMER_SKIPPING_BODY;
    rpc_error_set(&frame->fault, RPC_INVALID_REQUEST, "Content-Type names a charset other than utf-8");
    return FRAMER_FAULT;
  }
  self->state = FRAMER_IN_BODY;
  return FRAMER_WAIT;
}

// Takes one line of a header part. FRAMER_WAIT with *more: go on at once.
static FramerEvent header_line(Framer *self, Frame *frame, bool *more) {
  const char *line = self->bytes + self->start;
  size_t have = self->end - self->start;
  *more = false;
  if (!have) return FRAMER_WAIT;
  const char *newline = memchr(line, '\n', have);
  size_t n = newline ? (size_t)(newline - line) + 1 : have;
  if (self->header_bytes + n > FRAMER_HEADER_LIMIT) return junk(self, frame, "longer than 8 KiB");
  // The first wrong byte decides, so that the verdict does not depend on how much of the line has come.
  size_t name = 0;
  while (name < n && is_name_byte(line[name])) name++;
  bool possible = name == n || (name ? line[name] == ':' : line[0] == '\r' || line[0] == '\n');
  if (!possible) return junk(self, frame, "expected a field 'Name: value'");
  if (!newline) return FRAMER_WAIT;
  if (n < 2 || line[n - 2] != '\r') return junk(self, frame, "a line does not end in CR LF");
  *more = true;
  if (n == 2) {
    self->start += n;
    return self->header_bytes ? end_header(self, frame) : FRAMER_WAIT;
  }
  const char *why = take_field(self, line, n - 2);
  if (why) return junk(self, frame, why);
  self->header_bytes += n;
  self->start += n;
  return FRAMER_WAIT;
}

// Drops bytes up to the next "Content-Length:"; true when there is one.
static bool skip_junk(Framer *self) {
  enum { NEEDLE = LENGTH_FIELD_SIZE + 1 };
  const char *p = self->bytes;
  for (; self->end - self->start >= NEEDLE; self->start++) {
    const char *at = p + self->start;
    if ((*at == 'C' || *at == 'c') && at[LENGTH_FIELD_SIZE] == ':' &&
        strncasecmp(at, LENGTH_FIELD, LENGTH_FIELD_SIZE) == 0)
      return true;
  }
  return false;
}

FramerEvent framer_next(Framer *self, Frame *frame) {
  *frame = (Frame){0};
  for (;;) {
    size_t have = self->end - self->start;
    switch (self->state) {
    case FRAMER_IN_HEADER: {
      bool more;
      FramerEvent event = header_line(self, frame, &more);
      if (event != FRAMER_WAIT || !more) return event;
      break;
    }
    case FRAMER_IN_BODY:
      if (have < self->length) return FRAMER_WAIT;
      frame->body = self->bytes + self->start;
      frame->length = (size_t)self->length;
      self->start += frame->length;
      start_header(self);
      return FRAMER_MESSAGE;
    case FRAMER_SKIPPING_BODY: {
      size_t drop = have < self->length ? have : (size_t)self->length;
      self->start += drop;
      self->length -= drop;
      if (self->length) return FRAMER_WAIT;
      start_header(self);
      break;
    }
    case FRAMER_SKIPPING_JUNK:
      if (!skip_junk(self)) return FRAMER_WAIT;
      start_header(self);
      break;
    }
  }
}

bool framer_is_truncated(const Framer *self, RpcError *fault) {
  bool inside = self->state == FRAMER_IN_BODY || self->state == FRAMER_SKIPPING_BODY ||
                (self->state == FRAMER_IN_HEADER && (self->header_bytes || self->end > self->start));
  if (!inside) return false;
  if (self->state == FRAMER_IN_BODY)
    rpc_error_set(fault, RPC_PARSE_ERROR, "input ended after %zu of %" PRIu64 " bytes of a message",
                  self->end - self->start, self->length);
  else
    rpc_error_set(fault, RPC_PARSE_ERROR, "input ended inside a message");
  return true;
}

size_t frame_header(char out[FRAME_HEADER_SIZE], size_t length) {
  return (size_t)snprintf(out, FRAME_HEADER_SIZE, "Content-Length: %zu\r\n\r\n", length);
}
