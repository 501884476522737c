// code_lens.c: textDocument/codeLens: above each function, its allocations and whether it can be inlined, or that
// nothing is known of it.
#include "server.h"

#include <stdlib.h>

typedef struct LensList {
  Request *request;
  const Document *document;
  VEC(LspCodeLens) items;
  VEC(Withheld) withheld;
} LensList;

// Since when the stale verdict on the function whose name is there is: what is said of it is of before that.
static const char *before_at(const LensList *list, uint32_t start) {
  for (uint32_t i = 0; i < list->withheld.len; i++)
    if (list->withheld.items[i].start == start) return list->withheld.items[i].before;
  return decision_before(DECISION_NOT_YET);
}

static void add_lens(void *context, const PlacedFinding *p) {
  LensList *list = context;
  Request *r = list->request;
  if (p->finding->kind != FINDING_FUNCTION) return;
  FunctionTally t = function_tally(p->result->findings, p->finding->decl);
  Buf title = {0};
  if (t.heap + t.conditional == 0)
    buf_puts(&title, "0 heap");
  else
    buf_printf(&title, "%u heap", t.heap + t.conditional);
  if (t.in_loop) buf_printf(&title, " · %u in a loop", t.in_loop);
  if (t.cold) buf_printf(&title, " · %u on a cold path", t.cold);
  if (t.inlined) buf_printf(&title, " · %u inlined", t.inlined);
  buf_printf(&title, " · %.*s%s%s", STR_ARG(p->finding->hint), p->stale ? " · " : "",
             p->stale ? before_at(list, p->start) : "");
  LspCommand *command = POOL_NEW(r->pool, LspCommand);
  command->title = pool_text(r->pool, title.text, title.len);
  command->command = "";
  buf_release(&title);
  LspCodeLens lens = {.range = snapshot_range(list->document->text.now, p->start, p->end, r->server->encoding),
                      .command = command};
  VEC_APPEND(&list->items, lens);
}

static void note_withheld(void *context, const Withheld *w) { VEC_APPEND(&((LensList *)context)->withheld, *w); }

static void add_withheld(LensList *list, const Withheld *w) {
  Request *r = list->request;
  LspCommand *command = POOL_NEW(r->pool, LspCommand);
  command->title = pool_printf(r->pool, "not decided: %s", w->label);
  command->command = "";
  LspCodeLens lens = {.range = snapshot_range(list->document->text.now, w->start, w->end, r->server->encoding),
                      .command = command};
  VEC_APPEND(&list->items, lens);
}

json_t *feature_code_lens(Request *r) {
  Server *s = r->server;
  LspDocumentParams params;
  if (!decode_code_lens(&r->decoder, r->message->params, &params)) return NULL;
  bool final = !client_asks_again(s, ANSWER_LENSES);
  Document *d = request_shown(r, params.uri, final, final);
  if (!d || r->wait) return NULL;
  d->answered[ANSWER_LENSES] = d->result_number;
  LensList list = {.request = r, .document = d};
  if (s->settings.code_lens && !document_is_hidden(s, d)) {
    document_withheld(d, r->pool, note_withheld, &list);
    document_findings(d, add_lens, &list);
    for (uint32_t i = 0; i < list.withheld.len; i++)
      if (!list.withheld.items[i].stale) add_withheld(&list, &list.withheld.items[i]);
  }
  write_code_lenses(request_text(r), list.items.items, list.items.len);
  free(list.items.items);
  free(list.withheld.items);
  return NULL;
}
