// missing.c: imports of a document that could not be loaded, or that lack something themselves: one for each thing that
// is missing, at the first import that needs it.
//
// What is missing is a module that was not downloaded, Go itself, or else the import alone. An import that is there but
// lacks something comes after those that are missing.
#include "server.h"

#include <stdlib.h>

static bool same_thing(const LoadError *a, const LoadError *b) {
  switch (a->fault) {
  case LOAD_FAULT_NOT_DOWNLOADED:
  case LOAD_FAULT_NO_CACHE: return b->fault == a->fault && str_equal(a->module, b->module);
  case LOAD_FAULT_NO_GO: return b->fault == a->fault;
  case LOAD_FAULT_SUM:
  case LOAD_FAULT_OTHER: break;
  }
  return b->fault == a->fault && str_equal(a->message, b->message);
}

// The literal of the import's path.
static uint32_t literal_end(Str text, uint32_t at) {
  if (at >= text.n || (text.p[at] != '"' && text.p[at] != '`')) return at;
  ptrdiff_t n = str_index_byte(str_slice(text, at + 1, text.n), text.p[at]);
  ptrdiff_t line = str_index_byte(str_slice(text, at, text.n), '\n');
  return n < 0 || (line >= 0 && n + 1 > line) ? at : at + (uint32_t)n + 2;
}

typedef VEC(MissingImport) MissingImports;

static void add(const Document *d, const LoadError *e, bool far, MissingImports *out) {
  MissingImport m = {.error = e, .far = far, .imports = 1};
  if (!str_equal(e->file, str_of(d->path))) return;
  for (uint32_t i = 0; i < out->len; i++) {
    if (!same_thing(out->items[i].error, e)) continue;
    out->items[i].imports++;
    return;
  }
  uint32_t end = literal_end(d->live.file->text, e->offset);
  if (end > e->offset && document_map(d, &d->live, e->offset, &m.start) && document_map(d, &d->live, end, &m.end) &&
      m.start < m.end)
    VEC_APPEND(out, m);
}

static int by_place(const void *a, const void *b) {
  const MissingImport *x = a, *y = b;
  return x->start < y->start ? -1 : x->start > y->start;
}

void document_missing(const Document *d, void (*visit)(void *context, const MissingImport *), void *context) {
  const PackageResult *r = d->live.result;
  MissingImports found = {0};
  for (uint32_t i = 0; r && d->live.file && i < r->load_error_count; i++) add(d, &r->load_errors[i], false, &found);
  for (uint32_t i = 0; r && d->live.file && i < r->far_error_count; i++) add(d, &r->far_errors[i], true, &found);
  if (found.len) qsort(found.items, found.len, sizeof *found.items, by_place);
  for (uint32_t i = 0; i < found.len; i++) visit(context, &found.items[i]);
  free(found.items);
}
