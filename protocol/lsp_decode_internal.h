// lsp_decode_internal.h: what the decoders of structures share: values, and the path of what is wrong
// (lsp_decode_value.c). All return false on a fault, but in lenient mode.
#ifndef HEAPLS_LSP_DECODE_INTERNAL_H
#define HEAPLS_LSP_DECODE_INTERNAL_H

#include "lsp_decode.h"

struct DecodePath { // a frame on the C stack of the decoder
  DecodePath *up;
  const char *key; // NULL: an item of an array
  size_t index;
};

// In lenient mode a warning, and true: the value stays as it was.
bool decode_fail(Decoder *, const char *what);
// A property or an item, whose frame stands until decode_leave. NULL: there is none.
const json_t *decode_enter(Decoder *, DecodePath *frame, const json_t *object, const char *key);
const json_t *decode_enter_item(Decoder *, DecodePath *frame, const json_t *array, size_t index);
bool decode_leave(Decoder *, bool ok); // ok
static inline bool decode_absent(const json_t *j) { return !j || json_is_null(j); }

bool decode_want_object(Decoder *, const json_t *);
bool decode_integer(const json_t *, int64_t *out); // also a number without a fraction; says nothing of a fault
bool decode_bool(Decoder *, const json_t *, bool *out);
bool decode_array(Decoder *, const json_t *, size_t *count);
// Properties that must be there.
bool decode_string(Decoder *, const json_t *object, const char *key, const char **out);
bool decode_get_range(Decoder *, const json_t *object, const char *key, LspRange *out);
bool decode_document(Decoder *, const json_t *object, const char **uri, int32_t *version);

#endif
