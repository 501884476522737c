// sealed.c: writing and checking of sealed blocks, and digests (XXH3, 128 bits). See the header.
#include "store/sealed.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

// ---- digests

Digest digest_of(const void *bytes, size_t len) {
  XXH128_hash_t h = XXH3_128bits(bytes ? bytes : "", len);
  return (Digest){h.low64, h.high64};
}

void digester_number(Digester *d, uint64_t n) { buf_str(&d->pieces, (Str){(const char *)&n, sizeof n}); }
void digester_add(Digester *d, Str s) {
  digester_number(d, s.n);
  buf_str(&d->pieces, s);
}
void digester_digest(Digester *d, Digest x) {
  digester_number(d, x.low);
  digester_number(d, x.high);
}
Digest digester_end(Digester *d) {
  Digest result = digest_of(d->pieces.text, d->pieces.len);
  buf_release(&d->pieces);
  return result;
}

// ---- writing

static uint64_t checksum(const char *bytes, size_t len) {
  enum { FROM = SEALED_KEY * sizeof(uint32_t) };
  return XXH3_64bits(bytes + FROM, len - FROM);
}

void sealed_seal(char *bytes, size_t len) {
  uint64_t sum = checksum(bytes, len);
  memcpy(bytes + SEALED_CHECKSUM * sizeof(uint32_t), &sum, sizeof sum);
}

static void set_word(Sealing *s, uint32_t at, size_t value) {
  uint32_t word = (uint32_t)value;
  memcpy(s->out->text + s->base + at * sizeof word, &word, sizeof word);
}

Sealing sealing_begin(Buf *out, uint32_t magic, uint32_t format, Digest key, const uint32_t *header, uint32_t words) {
  Sealing s = {out, out->len};
  buf_str(out, (Str){(const char *)header, words * sizeof *header});
  set_word(&s, SEALED_MAGIC, magic);
  set_word(&s, SEALED_FORMAT, format);
  memcpy(out->text + s.base + SEALED_KEY * sizeof *header, &key, sizeof key);
  return s;
}

void sealing_table(Sealing *s, uint32_t at, Words *w, uint32_t width) {
  set_word(s, at, (s->out->len - s->base) / sizeof(uint32_t));
  set_word(s, at + 1, w->v.len / width);
  buf_str(s->out, (Str){(const char *)w->v.items, w->v.len * sizeof(uint32_t)});
  free(w->v.items);
  *w = (Words){0};
}

void sealing_end(Sealing *s, uint32_t at, Buf *texts) {
  set_word(s, at, s->out->len - s->base);
  set_word(s, at + 1, texts->len);
  buf_str(s->out, buf_view(texts));
  buf_release(texts);
  set_word(s, SEALED_SIZE, s->out->len - s->base);
  sealed_seal(s->out->text + s->base, s->out->len - s->base);
}

// ---- checking

Digest sealed_digest(const uint32_t *words) {
  Digest d;
  memcpy(&d, words, sizeof d);
  return d;
}

bool sealed_sound(const void *bytes, size_t len, uint32_t magic, uint32_t format, Digest key, uint32_t words) {
  const uint32_t *w = bytes;
  if (len < words * sizeof *w || w[SEALED_MAGIC] != magic || w[SEALED_FORMAT] != format || w[SEALED_SIZE] != len)
    return false;
  uint64_t sum;
  memcpy(&sum, w + SEALED_CHECKSUM, sizeof sum);
  return sum == checksum(bytes, len) && digest_equal(sealed_digest(w + SEALED_KEY), key);
}

bool sealed_texts_fit(const uint32_t *w, uint32_t at) {
  return w[at] % sizeof *w == 0 && (uint64_t)w[at] + w[at + 1] == w[SEALED_SIZE];
}

bool sealed_table_fits(const uint32_t *w, uint32_t at, uint32_t width, uint32_t header, uint32_t texts) {
  uint64_t from = w[at], count = w[at + 1];
  return from >= header && (from + count * width) * sizeof *w <= w[texts];
}
