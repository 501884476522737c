// code_lens.c: textDocument/codeLens: above each function, its allocations and whether it can be inlined, or that
// nothing is known of it.
#include "server.h"

#include <stdlib.h>

typedef struct LensWriter {
  Request *request;
  const Document *document;
  JsonText *out;
  uint32_t count, line; // written; the line of the last one
  Buf title;
  VEC(Withheld) withheld; // in source order
} LensWriter;

// Writes one with the title, and forgets that.
static void write_lens(LensWriter *w, uint32_t start, uint32_t end) {
  const TextSnapshot *t = w->document->text.now;
  PositionEncoding encoding = w->request->server->encoding;
  LspCommand command = {.title = w->title.text, .command = ""};
  LspCodeLens lens = {.command = &command};
  lens.range.start = snapshot_next_position(t, start, encoding, &w->line);
  uint32_t line = w->line;
  lens.range.end = snapshot_next_position(t, end, encoding, &line);
  if (w->count++) JSON_WRITE(w->out, ",");
  write_code_lens(w->out, &lens);
  buf_clear(&w->title);
}

// Since when the stale verdict on the function whose name is there is: what is said of it is of before that.
static const char *before_at(const LensWriter *w, uint32_t start) {
  uint32_t low = 0, high = w->withheld.len;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (w->withheld.items[middle].start < start)
      low = middle + 1;
    else
      high = middle;
  }
  bool found = low < w->withheld.len && w->withheld.items[low].start == start;
  return found ? w->withheld.items[low].before : decision_before(DECISION_NOT_YET);
}

static void add_lens(void *context, const PlacedFinding *p) {
  LensWriter *w = context;
  if (p->finding->kind != FINDING_FUNCTION) return;
  FunctionTally t = function_tally(p->result->findings, p->finding->decl);
  Buf *title = &w->title;
  buf_printf(title, "%u heap", t.heap + t.conditional);
  if (t.in_loop) buf_printf(title, " · %u in a loop", t.in_loop);
  if (t.cold) buf_printf(title, " · %u on a cold path", t.cold);
  if (t.inlined) buf_printf(title, " · %u in code inlined into it", t.inlined);
  buf_puts(title, " · ");
  buf_str(title, p->finding->hint);
  const CostNote *note = costs_of_function(w->document, p->finding);
  if (note) buf_printf(title, " · %.*s", STR_ARG(note->cost));
  if (p->stale) buf_printf(title, " · %s", before_at(w, p->start));
  write_lens(w, p->start, p->end);
}

static void note_withheld(void *context, const Withheld *withheld) {
  VEC_APPEND(&((LensWriter *)context)->withheld, *withheld);
}

json_t *feature_code_lens(Request *r) {
  Server *s = r->server;
  LspDocumentParams params;
  if (!decode_code_lens(&r->decoder, r->message->params, &params)) return NULL;
  // What is fresh in a moment is waited for: what is on the screen is answered first, and nobody has to ask again.
  Document *d = request_shown(r, params.uri, true, !client_asks_again(s, ANSWER_LENSES));
  if (!d || r->wait) return NULL;
  d->answered[ANSWER_LENSES] = d->result_number;
  LensWriter w = {.request = r, .document = d, .out = request_text(r)};
  JSON_WRITE(w.out, "[");
  if (s->settings.code_lens && !document_is_hidden(s, d)) {
    document_withheld(d, r->pool, note_withheld, &w);
    document_findings(d, add_lens, &w);
    for (uint32_t i = 0; i < w.withheld.len; i++) {
      const Withheld *withheld = &w.withheld.items[i];
      if (withheld->stale) continue;
      buf_printf(&w.title, "not decided: %s", withheld->label);
      write_lens(&w, withheld->start, withheld->end);
    }
  }
  JSON_WRITE(w.out, "]");
  buf_release(&w.title);
  free(w.withheld.items);
  return NULL;
}
