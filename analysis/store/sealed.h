// sealed.h: the bytes of files in the cache, and the digests that name them.
//
// A sealed block is an array of 32-bit words in the machine's byte order, then texts. It begins with the common header
// below, after which each kind has fields of its own. The checksum covers all that follows it.
#ifndef HEAPLS_SEALED_H
#define HEAPLS_SEALED_H

#include "base/arena.h"

typedef struct Digest {
  uint64_t low, high;
} Digest;
static inline bool digest_equal(Digest a, Digest b) { return a.low == b.low && a.high == b.high; }
Digest digest_of(const void *bytes, size_t len);

// Builds a digest from many pieces; each piece's length counts.
typedef struct Digester {
  Buf pieces;
} Digester;
void digester_add(Digester *, Str);
void digester_number(Digester *, uint64_t);
void digester_digest(Digester *, Digest);
Digest digester_end(Digester *); // releases it

// The words of every header.
enum {
  SEALED_MAGIC,
  SEALED_FORMAT,
  SEALED_CHECKSUM,
  SEALED_KEY = SEALED_CHECKSUM + 2,
  SEALED_SIZE = SEALED_KEY + 4, // of the block, in bytes
  SEALED_HEADER,                // the kind's own fields begin here
};

typedef struct Words {
  VEC(uint32_t) v; // C heap
} Words;
static inline void words_put(Words *w, uint32_t word) { VEC_APPEND(&w->v, word); }
static inline void words_put64(Words *w, uint64_t n) {
  words_put(w, (uint32_t)n);
  words_put(w, (uint32_t)(n >> 32));
}

// Appends a block to out: begin with a header of so many words, then each table (releases it), then the texts (releases
// them). at: the header's word that gets the table's first word, and after it the number of its records; of the texts
// the first byte and their length.
typedef struct Sealing {
  Buf *out;
  size_t base;
} Sealing;
Sealing sealing_begin(Buf *out, uint32_t magic, uint32_t format, Digest key, const uint32_t *header, uint32_t words);
void sealing_table(Sealing *, uint32_t at, Words *, uint32_t width);
void sealing_end(Sealing *, uint32_t at, Buf *texts);

// Sets the checksum of a block that was changed; for tests.
void sealed_seal(char *bytes, size_t len);
// Is it a whole, undamaged block of this kind with this key, with at least so many words of header?
bool sealed_sound(const void *bytes, size_t len, uint32_t magic, uint32_t format, Digest key, uint32_t words);
Digest sealed_digest(const uint32_t *words);
// Does the table that the header names at that word lie between the header and the texts (named at `texts`)?
bool sealed_table_fits(const uint32_t *words, uint32_t at, uint32_t width, uint32_t header, uint32_t texts);
bool sealed_texts_fit(const uint32_t *words, uint32_t at); // to the end of the block

#endif
