// text_document.c: edits on a counted, copy-on-write text (LSP 3.17 "TextDocumentContentChangeEvent").
//
// A list of changes is all or nothing, so it is applied to a private copy that takes the document's place only when the
// last change went well. With one change, as typing sends, its range is checked first and the text is changed in place
// if no worker holds it.
#include "text_document.h"

#include "pool.h"
#include <stdlib.h>
#include <string.h>

// Without its lines.
static TextSnapshot *copy_text(const char *text, uint32_t length, int32_t version) {
  TextSnapshot *self = protocol_alloc(sizeof *self);
  atomic_init(&self->references, 1);
  self->version = version;
  self->length = length;
  self->capacity = length + length / 8 + 64;
  self->text = protocol_resize(NULL, (size_t)self->capacity + 1);
  if (length) memcpy(self->text, text, length);
  self->text[length] = 0;
  return self;
}

TextSnapshot *snapshot_new(const char *text, size_t length, int32_t version) {
  if (length > TEXT_LIMIT) return NULL;
  TextSnapshot *self = copy_text(text, (uint32_t)length, version);
  line_index_init(&self->lines, self->text, self->length);
  return self;
}

static TextSnapshot *snapshot_copy(const TextSnapshot *of, int32_t version) {
  TextSnapshot *self = copy_text(of->text, of->length, version);
  line_index_copy(&self->lines, &of->lines);
  return self;
}

TextSnapshot *snapshot_retain(TextSnapshot *self) {
  atomic_fetch_add_explicit(&self->references, 1, memory_order_relaxed);
  return self;
}

void snapshot_release(TextSnapshot *self) {
  if (!self || atomic_fetch_sub_explicit(&self->references, 1, memory_order_acq_rel) != 1) return;
  line_index_release(&self->lines);
  free(self->text);
  free(self);
}

uint32_t snapshot_offset(const TextSnapshot *self, LspPosition at, PositionEncoding encoding) {
  return position_to_offset(&self->lines, self->text, self->length, at, encoding);
}

LspPosition snapshot_position(const TextSnapshot *self, uint32_t offset, PositionEncoding encoding) {
  return position_of_offset(&self->lines, self->text, self->length, offset, encoding);
}

LspPosition snapshot_next_position(const TextSnapshot *self, uint32_t offset, PositionEncoding encoding,
                                   uint32_t *line) {
  return position_of_next(&self->lines, self->text, self->length, offset, encoding, line);
}

LspRange snapshot_range(const TextSnapshot *self, uint32_t start, uint32_t end, PositionEncoding encoding) {
  return position_range(&self->lines, self->text, self->length, start, end, encoding);
}

bool text_document_open(TextDocument *self, const char *text, size_t length, int32_t version) {
  self->now = snapshot_new(text, length, version);
  return self->now != NULL;
}

void text_document_release(TextDocument *self) {
  snapshot_release(self->now);
  self->now = NULL;
}

TextSnapshot *text_document_snapshot(const TextDocument *self) { return snapshot_retain(self->now); }

// What a change means in bytes of the text; false and *error when it means nothing.
static bool resolve(const TextSnapshot *text, const LspContentChange *change, size_t index, PositionEncoding encoding,
                    TextEditSpan *span, RpcError *error) {
  *span = (TextEditSpan){0, text->length, 0};
  if (change->has_range) {
    LspPosition start = change->range.start, end = change->range.end;
    if (lsp_position_compare(end, start) < 0)
      return rpc_error_set(error, RPC_INVALID_PARAMS,
                           "params.contentChanges[%zu].range: end %u:%u is before start %u:%u", index, end.line,
                           end.character, start.line, start.character);
    if (start.line > text->lines.count)
      return rpc_error_set(error, RPC_INVALID_PARAMS,
                           "params.contentChanges[%zu].range.start: line %u is past the end of a text of %u lines",
                           index, start.line, text->lines.count);
    span->start = snapshot_offset(text, start, encoding);
    span->old_end = snapshot_offset(text, end, encoding);
  }
  if (change->length > TEXT_LIMIT || text->length - (span->old_end - span->start) + change->length > TEXT_LIMIT)
    return rpc_error_set(error, RPC_INVALID_PARAMS, "params.contentChanges[%zu].text: the document would pass %d MiB",
                         index, TEXT_LIMIT / (1024 * 1024));
  span->new_end = span->start + (uint32_t)change->length;
  return true;
}

// Replaces in place; nobody else holds the text.
static void splice(TextSnapshot *self, TextEditSpan span, const char *replacement) {
  uint32_t tail = self->length - span.old_end, length = span.new_end + tail;
  if (length > self->capacity) {
    self->capacity = length + length / 8 + 64;
    self->text = protocol_resize(self->text, (size_t)self->capacity + 1);
  }
  memmove(self->text + span.new_end, self->text + span.old_end, tail);
  if (span.new_end > span.start) memcpy(self->text + span.start, replacement, span.new_end - span.start);
  self->text[length] = 0;
  self->length = length;
  line_index_edit(&self->lines, self->text, length, span.start, span.old_end, span.new_end);
}

bool text_document_change(TextDocument *self, const LspContentChange *changes, size_t count, int32_t version,
                          PositionEncoding encoding, TextEditSpan *spans, RpcError *error) {
  TextEditSpan span;
  if (count && !resolve(self->now, &changes[0], 0, encoding, &span, error)) return false;
  bool alone = atomic_load_explicit(&self->now->references, memory_order_acquire) == 1;
  TextSnapshot *text = self->now;
  if (!alone || count > 1) text = snapshot_copy(text, version);
  for (size_t i = 0; i < count; i++) {
    if (i && !resolve(text, &changes[i], i, encoding, &span, error)) {
      snapshot_release(text);
      return false;
    }
    splice(text, span, changes[i].text);
    if (spans) spans[i] = span;
  }
  text->version = version;
  if (text != self->now) {
    snapshot_release(self->now);
    self->now = text;
  }
  return true;
}
