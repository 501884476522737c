// sha256.h: the SHA-256 digest, and the form of it that gc shortens the names of long shapes with.
#ifndef HEAPLS_SHA256_H
#define HEAPLS_SHA256_H

#include "base/arena.h"

void sha256(Str data, uint8_t digest[32]);
// In hexadecimal, the first byte and the others xored with what is given, as cmd/internal/hash does.
void sha256_write_flipped(Buf *out, Str data, uint8_t first, uint8_t rest);

#endif
