// lsp_decode_value.c: the values that the structures are made of, and the path of what is wrong.
//
// The path is a list of frames on the C stack: decode_enter() adds one for a property or an item, decode_leave() drops
// it. A fault writes the message at once, while the frames stand.
#include "lsp_decode_internal.h"

#include <limits.h>
#include <math.h>
#include <string.h>

void decoder_init(Decoder *self, Pool *pool, const char *root) { *self = (Decoder){.pool = pool, .root = root}; }

// ---- paths and faults ----

static size_t write_path(const DecodePath *path, char *out, size_t size) {
  size_t n = path->up ? write_path(path->up, out, size) : 0;
  if (n >= size) return n;
  int more =
    path->key ? snprintf(out + n, size - n, ".%s", path->key) : snprintf(out + n, size - n, "[%zu]", path->index);
  return n + (size_t)more;
}

bool decode_fail(Decoder *self, const char *what) {
  char path[160] = "";
  if (self->path) write_path(self->path, path, sizeof path);
  RpcError *to = self->lenient ? &self->warning : &self->error;
  if (to->code == RPC_OK) rpc_error_set(to, RPC_INVALID_PARAMS, "%s%s: %s", self->root, path, what);
  return self->lenient;
}

const json_t *decode_enter(Decoder *self, DecodePath *frame, const json_t *object, const char *key) {
  *frame = (DecodePath){.up = self->path, .key = key};
  self->path = frame;
  return json_object_get(object, key);
}

const json_t *decode_enter_item(Decoder *self, DecodePath *frame, const json_t *array, size_t index) {
  *frame = (DecodePath){.up = self->path, .index = index};
  self->path = frame;
  return json_array_get(array, index);
}

bool decode_leave(Decoder *self, bool ok) {
  if (self->path) self->path = self->path->up;
  return ok;
}

// ---- values ----

bool decode_want_object(Decoder *self, const json_t *j) {
  if (json_is_object(j) || (json_is_array(j) && json_array_size(j) == 0)) return true;
  return decode_fail(self, "expected object") && false;
}

static bool string_value(Decoder *self, const json_t *j, const char **out) {
  if (!json_is_string(j)) return decode_fail(self, "expected string");
  if (strlen(json_string_value(j)) != json_string_length(j)) return decode_fail(self, "a zero byte in the string");
  *out = json_string_value(j);
  return true;
}

// Some clients have only floating-point numbers: 3.0 is an integer.
bool decode_integer(const json_t *j, int64_t *out) {
  if (json_is_integer(j)) {
    *out = json_integer_value(j);
    return true;
  }
  double real = json_is_real(j) ? json_real_value(j) : NAN;
  if (!(fabs(real) < 9e15) || real != floor(real)) return false;
  *out = (int64_t)real;
  return true;
}

static bool integer_value(Decoder *self, const json_t *j, int64_t *out) {
  return decode_integer(j, out) || decode_fail(self, "expected integer");
}

static bool version_value(Decoder *self, const json_t *j, int32_t *out) {
  int64_t value;
  if (!decode_integer(j, &value) || value < INT32_MIN || value > INT32_MAX)
    return decode_fail(self, "expected integer of 32 bits");
  *out = (int32_t)value;
  return true;
}

// Past LSP's largest number is "as far as possible", which clients do send.
static bool uinteger_value(Decoder *self, const json_t *j, uint32_t *out) {
  int64_t value;
  if (json_is_real(j) && json_real_value(j) > INT32_MAX)
    value = INT32_MAX;
  else if (!decode_integer(j, &value) || value < 0)
    return decode_fail(self, "expected uinteger");
  *out = value > INT32_MAX ? INT32_MAX : (uint32_t)value;
  return true;
}

bool decode_bool(Decoder *self, const json_t *j, bool *out) {
  if (!json_is_boolean(j)) return decode_fail(self, "expected boolean");
  *out = json_is_true(j);
  return true;
}

static bool strings_value(Decoder *self, const json_t *j, LspStrings *out) {
  if (!json_is_array(j)) return decode_fail(self, "expected array");
  size_t count = json_array_size(j);
  LspStrings list = {POOL_ARRAY(self->pool, const char *, count), 0};
  for (size_t i = 0; i < count; i++) {
    DecodePath frame;
    const char *text = NULL;
    if (!decode_leave(self, string_value(self, decode_enter_item(self, &frame, j, i), &text))) return false;
    if (text) list.items[list.count++] = text;
  }
  *out = list;
  return true;
}

// ---- properties ----

bool decode_string(Decoder *self, const json_t *object, const char *key, const char **out) {
  DecodePath frame;
  return decode_leave(self, string_value(self, decode_enter(self, &frame, object, key), out));
}

bool decode_optional_string(Decoder *self, const json_t *object, const char *key, const char **out) {
  return decode_absent(json_object_get(object, key)) || decode_string(self, object, key, out);
}

bool decode_optional_bool(Decoder *self, const json_t *object, const char *key, bool *out) {
  DecodePath frame;
  if (decode_absent(json_object_get(object, key))) return true;
  return decode_leave(self, decode_bool(self, decode_enter(self, &frame, object, key), out));
}

bool decode_optional_integer(Decoder *self, const json_t *object, const char *key, int64_t *out) {
  DecodePath frame;
  if (decode_absent(json_object_get(object, key))) return true;
  return decode_leave(self, integer_value(self, decode_enter(self, &frame, object, key), out));
}

bool decode_optional_strings(Decoder *self, const json_t *object, const char *key, LspStrings *out) {
  DecodePath frame;
  if (decode_absent(json_object_get(object, key))) return true;
  return decode_leave(self, strings_value(self, decode_enter(self, &frame, object, key), out));
}

// An array that must be there; *count is its size.
bool decode_array(Decoder *self, const json_t *j, size_t *count) {
  if (!json_is_array(j)) return decode_fail(self, "expected array");
  *count = json_array_size(j);
  return true;
}

bool lsp_strings_has(LspStrings list, const char *text) {
  for (size_t i = 0; i < list.count; i++) {
    if (strcmp(list.items[i], text) == 0) return true;
  }
  return false;
}

// ---- positions ----

bool decode_position(Decoder *self, const json_t *j, LspPosition *out) {
  if (!decode_want_object(self, j)) return false;
  DecodePath frame;
  return decode_leave(self, uinteger_value(self, decode_enter(self, &frame, j, "line"), &out->line)) &&
         decode_leave(self, uinteger_value(self, decode_enter(self, &frame, j, "character"), &out->character));
}

bool decode_range(Decoder *self, const json_t *j, LspRange *out) {
  if (!decode_want_object(self, j)) return false;
  DecodePath frame;
  if (!decode_leave(self, decode_position(self, decode_enter(self, &frame, j, "start"), &out->start)) ||
      !decode_leave(self, decode_position(self, decode_enter(self, &frame, j, "end"), &out->end)))
    return false;
  if (lsp_position_compare(out->end, out->start) < 0) return decode_fail(self, "the end is before the start");
  return true;
}

bool decode_get_range(Decoder *self, const json_t *object, const char *key, LspRange *out) {
  DecodePath frame;
  return decode_leave(self, decode_range(self, decode_enter(self, &frame, object, key), out));
}

// The uri of `textDocument`, and its version if asked for.
bool decode_document(Decoder *self, const json_t *object, const char **uri, int32_t *version) {
  DecodePath frame, inner;
  const json_t *j = decode_enter(self, &frame, object, "textDocument");
  bool ok = decode_want_object(self, j) && decode_string(self, j, "uri", uri);
  if (ok && version) ok = decode_leave(self, version_value(self, decode_enter(self, &inner, j, "version"), version));
  return decode_leave(self, ok);
}
