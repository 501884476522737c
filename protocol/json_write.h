// json_write.h: JSON values as text, in one pass, and text that is JSON as it is written: what may be as long as a file
// is not built as a value first.
#ifndef HEAPLS_JSON_WRITE_H
#define HEAPLS_JSON_WRITE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

typedef struct JsonText {
  char *bytes; // owned: free(bytes)
  size_t length, capacity;
} JsonText;
// Appends the value in its shortest form, members in the order they were set. The value must not contain itself.
void json_write(JsonText *, const json_t *);
void json_write_reserve(JsonText *, size_t count);                 // room for as many bytes more
void json_write_raw(JsonText *, const char *bytes, size_t count);  // that are JSON already
void json_write_text(JsonText *, const char *text, size_t length); // a string; what is not UTF-8 is U+FFFD there
void json_write_integer(JsonText *, int64_t);
#define JSON_WRITE(self, literal) json_write_raw((self), "" literal, sizeof(literal) - 1)

#endif
