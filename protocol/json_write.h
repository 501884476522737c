// json_write.h: JSON values as text, in one pass.
#ifndef HEAPLS_JSON_WRITE_H
#define HEAPLS_JSON_WRITE_H

#include <jansson.h>
#include <stddef.h>

typedef struct JsonText {
  char *bytes; // owned: free(bytes)
  size_t length, capacity;
} JsonText;
// Appends the value in its shortest form, members in the order they were set. The value must not contain itself.
void json_write(JsonText *, const json_t *);

#endif
