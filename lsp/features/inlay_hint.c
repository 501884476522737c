// inlay_hint.c: textDocument/inlayHint: one short label per site, after the expression or the variable's name.
#include "server.h"

#include <stdlib.h>

typedef struct HintList {
  Request *request;
  const Document *document;
  uint32_t from, to;
  VEC(PlacedFinding) items;
} HintList;

// Neovim says "location" where the specification says "label.location".
bool client_resolves_location(const Server *s) {
  LspStrings properties = s->client.capabilities.inlay_hint.resolve;
  return lsp_strings_has(properties, "label.location") || lsp_strings_has(properties, "location");
}

// The step that sends the value to the heap. False: the site itself decides.
bool deciding_step(const PlacedFinding *p, FindingStep *out) {
  const Finding *f = p->finding;
  bool heap = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
  const FindingStep *last = heap && f->step_count ? &f->steps[f->step_count - 1] : NULL;
  if (last) *out = package_result_step(p->result, last);
  return last && out->source;
}

HintKey hint_key(const Document *d, const PlacedFinding *p) {
  return (HintKey){.document = d->opened,
                   .at = finding_where(p->group, p->finding).start,
                   .kind = (uint32_t)p->finding->kind,
                   .subject = (uint32_t)str_hash(p->finding->subject)};
}

static void add_hint(void *context, const PlacedFinding *p) {
  HintList *list = context;
  if (p->hint_at < list->from || p->hint_at > list->to) return;
  if (document_shows(list->request->server, list->document, p)) VEC_APPEND(&list->items, *p);
}

static int by_place(const void *a, const void *b) {
  const PlacedFinding *x = a, *y = b;
  return x->hint_at < y->hint_at ? -1 : x->hint_at > y->hint_at;
}

static void sort(HintList *list) {
  bool sorted = true; // they come declaration by declaration
  for (uint32_t i = 1; i < list->items.len && sorted; i++)
    sorted = by_place(&list->items.items[i - 1], &list->items.items[i]) <= 0;
  if (!sorted) qsort(list->items.items, list->items.len, sizeof *list->items.items, by_place);
}

// ---- Writing

typedef struct HintWriter {
  Request *request;
  const Document *document;
  JsonText *out;
  bool resolves_location, resolves_any; // with inlayHint/resolve
  uint32_t line;                        // of the last one
  Buf label, tooltip;
  JsonText data;
} HintWriter;

// A label that leads to the step that decides.
static bool leads_somewhere(HintWriter *w, const PlacedFinding *p, Pool *pool, LspLocation *location) {
  const Finding *f = p->finding;
  bool heap = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
  FindingStep decides;
  if (w->resolves_location) return heap && f->step_count && f->steps[f->step_count - 1].source; // looked for then
  if (!deciding_step(p, &decides)) return false;
  location->range = step_range(w->request->server, &decides, pool, &location->uri);
  return true;
}

static void write_data(HintWriter *w, const PlacedFinding *p) {
  HintKey key = hint_key(w->document, p);
  const int64_t numbers[] = {key.document, key.at, key.kind, key.subject};
  w->data.length = 0;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    json_write_raw(&w->data, i ? "," : "[", 1);
    json_write_integer(&w->data, numbers[i]);
  }
  json_write_raw(&w->data, "]", 2); // with the zero byte
}

static void write_hint(HintWriter *w, const PlacedFinding *p) {
  Server *s = w->request->server;
  LspInlayHint hint = {.padding_left = true, .tooltip_kind = LSP_PLAINTEXT};
  LspLocation location = {0};
  Pool pool = {0};
  hint.position = snapshot_next_position(w->document->text.now, p->hint_at, s->encoding, &w->line);
  buf_clear(&w->label);
  buf_str(&w->label, p->finding->hint);
  buf_puts(&w->label, p->stale ? " (stale)" : "");
  hint.label = w->label.text ? w->label.text : "";
  LspInlayHintPart part = {.value = hint.label};
  if (leads_somewhere(w, p, &pool, &location)) {
    if (!w->resolves_location) part.location = &location;
    hint.parts = &part;
    hint.part_count = 1;
  }
  if (w->resolves_any) {
    write_data(w, p);
    hint.data = w->data.bytes;
  } else {
    buf_clear(&w->tooltip);
    render_line(&w->tooltip, p->finding);
    hint.tooltip = w->tooltip.text;
  }
  write_inlay_hint(w->out, &hint);
  pool_release(&pool);
}

static void write_hints(Request *r, const HintList *list) {
  HintWriter w = {.request = r, .document = list->document, .out = request_text(r)};
  w.resolves_location = client_resolves_location(r->server);
  w.resolves_any = w.resolves_location || lsp_strings_has(r->server->client.capabilities.inlay_hint.resolve, "tooltip");
  enum { PER_HINT = 160 }; // bytes, about
  json_write_reserve(w.out, (size_t)list->items.len * PER_HINT);
  JSON_WRITE(w.out, "[");
  for (uint32_t i = 0; i < list->items.len; i++) {
    if (i) JSON_WRITE(w.out, ",");
    write_hint(&w, &list->items.items[i]);
  }
  JSON_WRITE(w.out, "]");
  buf_release(&w.label);
  buf_release(&w.tooltip);
  free(w.data.bytes);
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
  Document *d = request_shown(r, params.uri, true, !client_asks_again(s, ANSWER_HINTS) || draws_once(s));
  if (!d || r->wait) return NULL;
  d->answered[ANSWER_HINTS] = d->result_number;
  HintList list = {.request = r, .document = d};
  list.from = snapshot_offset(d->text.now, params.range.start, s->encoding);
  list.to = snapshot_offset(d->text.now, params.range.end, s->encoding);
  if (s->settings.hints && !document_is_hidden(s, d)) document_findings_in(d, list.from, list.to, add_hint, &list);
  sort(&list);
  write_hints(r, &list);
  free(list.items.items);
  return NULL;
}
