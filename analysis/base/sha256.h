// sha256.h: the SHA-256 digest, which gc shortens long shape names with.
#ifndef HEAPLS_SHA256_H
#define HEAPLS_SHA256_H

#include "base/base.h"

void sha256(Str data, uint8_t digest[32]);

#endif
