// json_write.c: writes JSON (RFC 8259) into a growing buffer. jansson's own writer looks for cycles, with a table and a
// formatted pointer for each container, and has to run twice to know the length; an answer to a keystroke cannot wait
// for that. What is written here was built by us or parsed from text, so it has no cycles, and a depth that the parser
// bounds.
#include "json_write.h"

#include "pool.h"
#include "position.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static char *room_for(JsonText *self, size_t count) {
  if (self->capacity - self->length < count) {
    size_t capacity = self->capacity * 2 + 256;
    if (capacity < self->length + count) capacity = self->length + count;
    self->bytes = protocol_resize(self->bytes, capacity);
    self->capacity = capacity;
  }
  return self->bytes + self->length;
}

static void put(JsonText *self, const char *bytes, size_t count) {
  if (!count) return;
  memcpy(room_for(self, count), bytes, count);
  self->length += count;
}

static void put_byte(JsonText *self, char c) {
  *room_for(self, 1) = c;
  self->length++;
}

static bool is_plain(unsigned char c) { return c >= 0x20 && c != '"' && c != '\\'; }

static void put_escape(JsonText *self, unsigned char c) {
  static const char hex[] = "0123456789abcdef";
  static const char shorts[] = "btn\0fr"; // of 8 to 13; 11 has none
  char out[6] = {'\\', (char)c};
  size_t n = 2;
  if (c >= 8 && c <= 13 && c != 11) {
    out[1] = shorts[c - 8];
  } else if (c < 0x20) {
    memcpy(out + 1, "u00", 3);
    out[4] = hex[c >> 4];
    out[5] = hex[c & 15];
    n = 6;
  }
  put(self, out, n);
}

static void put_string(JsonText *self, const char *text, size_t length) {
  put_byte(self, '"');
  for (size_t from = 0, i = 0; from < length; from = i) {
    while (i < length && is_plain((unsigned char)text[i])) i++;
    if (i > from) put(self, text + from, i - from);
    if (i < length) put_escape(self, (unsigned char)text[i++]);
  }
  put_byte(self, '"');
}

static void put_integer(JsonText *self, json_int_t value) {
  char digits[24];
  size_t at = sizeof digits;
  uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do digits[--at] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0) digits[--at] = '-';
  put(self, digits + at, sizeof digits - at);
}

// Seldom: nothing of LSP's that heapls sends is one, but data handed back may be.
static void put_real(JsonText *self, const json_t *value) {
  enum { REAL_ROOM = 64 };
  char *at = room_for(self, REAL_ROOM);
  size_t n = json_dumpb(value, at, REAL_ROOM, JSON_ENCODE_ANY | JSON_COMPACT);
  self->length += n <= REAL_ROOM ? n : 0;
}

static void put_object(JsonText *self, json_t *object) {
  put_byte(self, '{');
  bool first = true;
  for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
    const char *key = json_object_iter_key(at);
    if (!first) put_byte(self, ',');
    first = false;
    put_string(self, key, strlen(key));
    put_byte(self, ':');
    json_write(self, json_object_iter_value(at));
  }
  put_byte(self, '}');
}

void json_write_reserve(JsonText *self, size_t count) { room_for(self, count); }
void json_write_raw(JsonText *self, const char *bytes, size_t count) { put(self, bytes, count); }
void json_write_integer(JsonText *self, int64_t value) { put_integer(self, value); }

void json_write_text(JsonText *self, const char *text, size_t length) {
  const char *end = text + length, *from = text, *p = text;
  put_byte(self, '"');
  while (p < end) {
    unsigned char c = (unsigned char)*p;
    uint32_t bytes = c < 0x80 ? 1 : position_character_bytes(p, end);
    bool broken = c >= 0x80 && bytes == 1;
    if (!broken && is_plain(c)) {
      p += bytes;
      continue;
    }
    put(self, from, (size_t)(p - from));
    if (broken)
      put(self, "\xEF\xBF\xBD", 3);
    else
      put_escape(self, c);
    from = ++p;
  }
  put(self, from, (size_t)(p - from));
  put_byte(self, '"');
}

void json_write(JsonText *self, const json_t *value) {
  switch (json_typeof(value)) {
  case JSON_OBJECT: put_object(self, (json_t *)value); break; // iterating does not change it
  case JSON_ARRAY:
    put_byte(self, '[');
    for (size_t i = 0, count = json_array_size(value); i < count; i++) {
      if (i) put_byte(self, ',');
      json_write(self, json_array_get(value, i));
    }
    put_byte(self, ']');
    break;
  case JSON_STRING: put_string(self, json_string_value(value), json_string_length(value)); break;
  case JSON_INTEGER: put_integer(self, json_integer_value(value)); break;
  case JSON_REAL: put_real(self, value); break;
  case JSON_TRUE: put(self, "true", 4); break;
  case JSON_FALSE: put(self, "false", 5); break;
  case JSON_NULL: put(self, "null", 4); break;
  }
}
