// text_document.h: the text of an open document and the edits the client sends.
//
// The document belongs to the thread of the event loop. Workers get a TextSnapshot: immutable, reference-counted, valid
// as long as they hold it, whatever happens to the document. An edit changes the text in place when nobody else holds
// it, and a copy otherwise.
#ifndef HEAPLS_TEXT_DOCUMENT_H
#define HEAPLS_TEXT_DOCUMENT_H

#include "jsonrpc_error.h"
#include "position.h"
#include <stdatomic.h>

enum { TEXT_LIMIT = 256 * 1024 * 1024 }; // bytes of a document; an edit that passes it is refused

typedef struct TextSnapshot {
  atomic_uint references;
  int32_t version;
  uint32_t length; // bytes
  uint32_t capacity;
  char *text; // terminated by a zero byte that is not counted; may hold zero bytes of its own
  LineIndex lines;
} TextSnapshot;
// Any thread. snapshot_retain returns its argument.
TextSnapshot *snapshot_retain(TextSnapshot *);
void snapshot_release(TextSnapshot *); // NULL is fine
// A snapshot of text that is no open document (a file read from disk). Copies the text. Returns owned; NULL past the
// limit.
TextSnapshot *snapshot_new(const char *text, size_t length, int32_t version);
uint32_t snapshot_offset(const TextSnapshot *, LspPosition, PositionEncoding);
LspPosition snapshot_position(const TextSnapshot *, uint32_t offset, PositionEncoding);
LspPosition snapshot_next_position(const TextSnapshot *, uint32_t offset, PositionEncoding, uint32_t *line);
LspRange snapshot_range(const TextSnapshot *, uint32_t start, uint32_t end, PositionEncoding);

// One change of didChange. Without a range the text is the whole document's.
typedef struct LspContentChange {
  bool has_range;
  LspRange range;
  const char *text; // borrows; `length` bytes of UTF-8
  size_t length;
} LspContentChange;

// What a change did, in bytes of the text as it was just before it: [start, old_end) became [start, new_end).
typedef struct TextEditSpan {
  uint32_t start, old_end, new_end;
} TextEditSpan;

typedef struct TextDocument {
  TextSnapshot *now; // owned reference
} TextDocument;
// false (and nothing opened) when the text passes the limit. Copies the text.
bool text_document_open(TextDocument *, const char *text, size_t length, int32_t version);
void text_document_release(TextDocument *);
TextSnapshot *text_document_snapshot(const TextDocument *); // returns owned: snapshot_release

// Applies the changes in order, each to the outcome of the one before. All or nothing: on a fault the document is as it
// was, and *error (InvalidParams) says which change and why: a range that ends before it starts, one that starts more
// than a line past the end of the text, a text past the limit. Columns past a line's end, and ends past the text's, are
// taken back to it, as LSP prescribes. `spans`, if not NULL, has room for `count` and is filled.
bool text_document_change(TextDocument *, const LspContentChange *changes, size_t count, int32_t version,
                          PositionEncoding, TextEditSpan *spans, RpcError *error);

#endif
