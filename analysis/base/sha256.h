// sha256.h: the SHA-256 digest, and the form of it that gc shortens the names of long shapes with.
#ifndef HEAPLS_SHA256_H
#define HEAPLS_SHA256_H

#include "base/arena.h"

void sha256(Str data, uint8_t digest[32]);
// As cmd/internal/hash prints it: the first byte inverted, in hexadecimal.
void sha256_write_gc(Buf *out, Str data);

#endif
