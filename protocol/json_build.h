// json_build.h: building JSON without a check after every step; out of memory ends the process (json_must).
#ifndef HEAPLS_JSON_BUILD_H
#define HEAPLS_JSON_BUILD_H

#include "pool.h"
#include <jansson.h>
#include <stdbool.h>

static inline json_t *json_object_must(void) { return json_must(json_object()); }
static inline json_t *json_array_must(void) { return json_must(json_array()); }

// Each takes `value`.
static inline void json_put(json_t *object, const char *key, json_t *value) {
  if (json_object_set_new(object, key, json_must(value)) != 0) json_must(NULL);
}
static inline void json_push(json_t *array, json_t *value) {
  if (json_array_append_new(array, json_must(value)) != 0) json_must(NULL);
}
static inline void json_put_bool(json_t *object, const char *key, bool value) {
  json_put(object, key, json_boolean(value));
}
// A flag whose absence means false.
static inline void json_put_flag(json_t *object, const char *key, bool value) {
  if (value) json_put(object, key, json_true());
}
static inline void json_put_integer(json_t *object, const char *key, long long value) {
  json_put(object, key, json_integer(value));
}
// A copy, so that what is handed on and what it came from never share a node that somebody changes; NULL puts nothing.
static inline void json_put_copy(json_t *object, const char *key, json_t *value) {
  if (value) json_put(object, key, json_deep_copy(value));
}

#endif
