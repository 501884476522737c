// random_edits.c: random incremental edits, in each encoding, against a reference that does everything the slow way.
// Usage: random_edits [COUNT [FILE]]. The reference finds a position by walking the text from its first byte and
// rebuilds the text by copying; it shares no code with protocol/. After each edit: equal text, equal line starts,
// positions that go there and back; and snapshots taken earlier still hold the text they were taken of.
#include "random.h"
#include "text_document.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Reference {
  char *text;
  size_t length;
} Reference;

enum { WIDE = 9000 }; // columns

static const char *const PIECES[] = {"x",    "\n",   "\r",           "\r\n",       "é",    "漢",
                                     "😀",    "\t",   "func f() {\n", "}",          "",     " ",
                                     "\n\n", "\r\r", "\"",           "a😀b\r\né漢", "\n\r", "// ☃ and more text\n",
                                     "{{",   ""};

static int width(unsigned char c) { return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4; }

static int units(unsigned char c, PositionEncoding encoding) {
  int bytes = width(c);
  return encoding == POSITION_UTF8 ? bytes : encoding == POSITION_UTF16 && bytes == 4 ? 2 : 1;
}

static size_t reference_offset(const Reference *self, LspPosition at, PositionEncoding encoding) {
  size_t i = 0;
  for (uint32_t line = 0; line < at.line; line++) {
    while (i < self->length && self->text[i] != '\n' && self->text[i] != '\r') i++;
    if (i == self->length) return i;
    i += self->text[i] == '\r' && i + 1 < self->length && self->text[i + 1] == '\n' ? 2 : 1;
  }
  for (uint32_t character = 0; i < self->length && self->text[i] != '\n' && self->text[i] != '\r';) {
    character += (uint32_t)units((unsigned char)self->text[i], encoding);
    if (character > at.character) break;
    i += (size_t)width((unsigned char)self->text[i]);
  }
  return i;
}

static uint32_t reference_lines(const Reference *self) {
  uint32_t lines = 1;
  for (size_t i = 0; i < self->length; i++) {
    bool half = self->text[i] == '\r' && i + 1 < self->length && self->text[i + 1] == '\n';
    lines += (self->text[i] == '\n' || self->text[i] == '\r') && !half;
  }
  return lines;
}

static void reference_replace(Reference *self, size_t start, size_t end, const char *with, size_t count) {
  char *text = malloc(self->length - (end - start) + count + 1);
  if (!text) abort();
  memcpy(text, self->text, start);
  memcpy(text + start, with, count);
  memcpy(text + start + count, self->text + end, self->length - end);
  self->length = self->length - (end - start) + count;
  text[self->length] = 0;
  free(self->text);
  self->text = text;
}

// Two lines that are long, so that places in them are found by marks, among short ones.
static Reference long_lines(Random *random) {
  enum { LINES = 2, PIECES_IN_ONE = 3000 };
  Reference out = {calloc(1, LINES * PIECES_IN_ONE * 4 + 64), 0};
  if (!out.text) abort();
  for (int line = 0; line < LINES; line++) {
    for (int i = 0; i < PIECES_IN_ONE; i++) {
      static const char *const inside[] = {"x", "é", "漢", "😀", " "};
      const char *piece = inside[random_below(random, sizeof inside / sizeof *inside)];
      memcpy(out.text + out.length, piece, strlen(piece));
      out.length += strlen(piece);
    }
    memcpy(out.text + out.length, "\r\n\nx\n", 5);
    out.length += 5;
  }
  return out;
}

static int die(unsigned long round, const char *what) {
  fprintf(stderr, "edit %lu: %s\n", round, what);
  return 1;
}

static int compare(unsigned long round, const TextSnapshot *now, const Reference *reference, Random *random,
                   PositionEncoding encoding) {
  if (now->length != reference->length || memcmp(now->text, reference->text, now->length) != 0 ||
      now->text[now->length])
    return die(round, "the texts differ");
  if (now->lines.count != reference_lines(reference)) return die(round, "the numbers of lines differ");
  LineIndex fresh;
  line_index_init(&fresh, now->text, now->length);
  bool same = memcmp(fresh.starts, now->lines.starts, fresh.count * sizeof *fresh.starts) == 0;
  line_index_release(&fresh);
  if (!same) return die(round, "the line starts differ");
  for (int k = 0; k < 4; k++) {
    LspPosition at = {random_below(random, now->lines.count + 1), random_below(random, k ? 30 : WIDE)};
    uint32_t offset = snapshot_offset(now, at, encoding);
    if (offset != reference_offset(reference, at, encoding)) return die(round, "a position has two offsets");
    if (snapshot_offset(now, snapshot_position(now, offset, encoding), encoding) != offset)
      return die(round, "offset to position and back is not the identity");
  }
  return 0;
}

static size_t random_text(Random *random, char *out, size_t room) {
  size_t n = 0;
  for (uint32_t k = random_below(random, 4); k; k--) {
    const char *piece = PIECES[random_below(random, sizeof PIECES / sizeof *PIECES)];
    if (n + strlen(piece) >= room) break;
    memcpy(out + n, piece, strlen(piece) + 1);
    n += strlen(piece);
  }
  return n;
}

// One didChange of one to three changes, also on the reference.
static bool random_change(Random *random, TextDocument *document, Reference *reference, int32_t version,
                          PositionEncoding encoding, size_t comfortable) {
  static char texts[3][256];
  LspContentChange changes[3];
  RpcError error;
  size_t count = 1 + random_below(random, 3);
  for (size_t i = 0; i < count; i++) {
    LspContentChange *change = &changes[i];
    uint32_t lines = reference_lines(reference);
    uint32_t wide = random_below(random, 4) ? 20 : WIDE;
    LspPosition a = {random_below(random, lines), random_below(random, wide)};
    LspPosition b = {a.line + random_below(random, 3), random_below(random, 20)};
    if (wide == WIDE && random_below(random, 8)) b = (LspPosition){a.line, a.character + random_below(random, 20)};
    if (reference->length > comfortable && !random_below(random, 4)) b.line += 10;
    bool swap = b.line < a.line || (b.line == a.line && b.character < a.character);
    *change =
      (LspContentChange){.has_range = true, .range = swap ? (LspRange){b, a} : (LspRange){a, b}, .text = texts[i]};
    change->length = random_text(random, texts[i], sizeof texts[i]);
    reference_replace(reference, reference_offset(reference, change->range.start, encoding),
                      reference_offset(reference, change->range.end, encoding), change->text, change->length);
  }
  return text_document_change(document, changes, count, version, encoding, NULL, &error);
}

// A change without a range: the whole text is the original again.
static bool restore(TextDocument *document, Reference *reference, const Reference *original, int32_t version,
                    PositionEncoding encoding) {
  LspContentChange change = {.text = original->text, .length = original->length};
  RpcError error;
  reference_replace(reference, 0, reference->length, original->text, original->length);
  return text_document_change(document, &change, 1, version, encoding, NULL, &error);
}

// Ranges that mean nothing are refused and change nothing, also as the last of a list.
static bool refuses(TextDocument *document, PositionEncoding encoding) {
  TextSnapshot *before = document->now;
  LspContentChange changes[2] = {{.has_range = true, .text = "boom", .length = 4},
                                 {.has_range = true, .range = {{1, 0}, {0, 5}}, .text = "boom", .length = 4}};
  RpcError error = {0};
  if (text_document_change(document, changes, 2, 1, encoding, NULL, &error) || error.code != RPC_INVALID_PARAMS)
    return false;
  changes[1].range = (LspRange){{before->lines.count + 1, 0}, {before->lines.count + 1, 0}};
  return !text_document_change(document, changes, 2, 1, encoding, NULL, &error) && document->now == before;
}

static int run(Reference *reference, unsigned long count, PositionEncoding encoding, Random *random) {
  TextDocument document;
  if (!text_document_open(&document, reference->text, reference->length, 0)) return die(0, "the text was not opened");
  TextSnapshot *held = NULL;
  char *held_text = NULL;
  Reference original = {strdup(reference->text), reference->length};
  size_t comfortable = reference->length > 2000 ? reference->length : 2000;
  int status = 0;
  for (unsigned long round = 0; round < count && !status; round++) {
    if (!random_below(random, 8)) {
      if (held && (held->length != strlen(held_text) || strcmp(held->text, held_text) != 0))
        status = die(round, "a held snapshot changed");
      snapshot_release(held);
      free(held_text);
      held = random_below(random, 3) ? text_document_snapshot(&document) : NULL;
      held_text = held ? strdup(held->text) : NULL;
    }
    if (!random_change(random, &document, reference, (int32_t)round, encoding, comfortable))
      status = die(round, "a good change was refused");
    // Random ranges remove more than random texts add.
    if (!status && reference->length < original.length / 2 &&
        !restore(&document, reference, &original, (int32_t)round, encoding))
      status = die(round, "the whole text was refused");
    if (!status) status = compare(round, document.now, reference, random, encoding);
    if (!status && !random_below(random, 50) && !refuses(&document, encoding))
      status = die(round, "a bad change was not refused, or changed the text");
  }
  snapshot_release(held);
  free(held_text);
  free(original.text);
  text_document_release(&document);
  return status;
}

static bool read_file(Reference *self, const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  fseek(f, 0, SEEK_END);
  long size = ftell(f);
  rewind(f);
  self->text = size < 0 ? NULL : calloc(1, (size_t)size + 1);
  self->length = self->text ? fread(self->text, 1, (size_t)size, f) : 0;
  fclose(f);
  return self->text != NULL;
}

int main(int argc, char **argv) {
  unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
  Random random = {0xD1B54A32D192ED03u};
  for (int encoding = POSITION_UTF16; encoding <= POSITION_UTF32; encoding++) {
    Reference reference = {calloc(1, 1), 0};
    if (argc > 2) {
      free(reference.text);
      if (!read_file(&reference, argv[2])) return die(0, "the file cannot be read");
    }
    int status = run(&reference, count, (PositionEncoding)encoding, &random);
    free(reference.text);
    reference = long_lines(&random);
    if (!status) status = run(&reference, count / 4, (PositionEncoding)encoding, &random);
    free(reference.text);
    if (status) return status;
    printf("%s: %lu random changes, text equal after each\n", position_encoding_name((PositionEncoding)encoding),
           count);
  }
  return 0;
}
