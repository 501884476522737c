// inlay_hint.c: textDocument/inlayHint: one short label per site, after the expression or the variable's name.
#include "server.h"

#include <stdlib.h>

typedef struct HintList {
  Request *request;
  const Document *document;
  uint32_t from, to;
  VEC(LspInlayHint) items;
} HintList;

static bool resolves(const Request *r, const char *property) {
  return lsp_strings_has(r->server->client.capabilities.inlay_hint.resolve, property);
}

// The step that sends the value to the heap. False: the site itself decides.
bool deciding_step(const PlacedFinding *p, FindingStep *out) {
  const Finding *f = p->finding;
  bool heap = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
  const FindingStep *last = heap && f->step_count ? &f->steps[f->step_count - 1] : NULL;
  if (last) *out = package_result_step(p->result, last);
  return last && out->source;
}

static void add_hint(void *context, const PlacedFinding *p) {
  HintList *list = context;
  Request *r = list->request;
  Server *s = r->server;
  if (p->hint_at < list->from || p->hint_at > list->to || !document_shows(s, list->document, p)) return;
  LspInlayHint hint = {
    .position = snapshot_position(list->document->text.now, p->hint_at, s->encoding),
    .label = pool_printf(r->pool, "%.*s%s", STR_ARG(p->finding->hint), p->stale ? " (stale)" : ""),
    .padding_left = true,
    .tooltip_kind = LSP_PLAINTEXT,
  };
  FindingStep decides;
  if (deciding_step(p, &decides)) {
    LspInlayHintPart *part = POOL_NEW(r->pool, LspInlayHintPart);
    *part = (LspInlayHintPart){.value = hint.label};
    if (!resolves(r, "label.location")) {
      LspLocation *location = POOL_NEW(r->pool, LspLocation);
      location->range = step_range(s, &decides, r->pool, &location->uri);
      part->location = location;
    }
    hint.parts = part;
    hint.part_count = 1;
  }
  if (resolves(r, "tooltip") || resolves(r, "label.location")) {
    hint.data = json_pack("{s:s, s:i, s:s#, s:i}", "uri", list->document->uri, "at",
                          (int)finding_where(p->group, p->finding).start, "subject",
                          p->finding->subject.p ? p->finding->subject.p : "", (int)p->finding->subject.n, "kind",
                          (int)p->finding->kind);
  } else {
    Buf text = {0};
    render_line(&text, p->finding);
    hint.tooltip = pool_text(r->pool, text.text, text.len);
    buf_release(&text);
  }
  VEC_APPEND(&list->items, hint);
}

static int by_position(const void *a, const void *b) {
  return lsp_position_compare(((const LspInlayHint *)a)->position, ((const LspInlayHint *)b)->position);
}

// Neovim 0.10 does not draw a second answer for the same version of a document.
static bool draws_once(const Server *s) {
  const char *name = s->client.client_name, *version = s->client.client_version;
  return name && version && strcmp(name, "Neovim") == 0 && strncmp(version, "0.10.", 5) == 0;
}

json_t *feature_inlay_hint(Request *r) {
  Server *s = r->server;
  LspInlayHintParams params;
  if (!decode_inlay_hint(&r->decoder, r->message->params, &params)) return NULL;
  // Answered when the newest text has been analysed, also where the client can be told to ask again.
  Document *d = request_document(r, params.uri, true, !client_asks_again(s, ANSWER_HINTS) || draws_once(s));
  if (!d || r->wait) return NULL;
  d->answered[ANSWER_HINTS] = d->result_number;
  HintList list = {.request = r, .document = d};
  list.from = snapshot_offset(d->text.now, params.range.start, s->encoding);
  list.to = snapshot_offset(d->text.now, params.range.end, s->encoding);
  if (s->settings.hints) document_findings_in(d, list.from, list.to, add_hint, &list);
  if (list.items.len) qsort(list.items.items, list.items.len, sizeof *list.items.items, by_position);
  json_t *result = encode_inlay_hints(list.items.items, list.items.len);
  for (uint32_t i = 0; i < list.items.len; i++) json_decref(list.items.items[i].data);
  free(list.items.items);
  return result;
}
