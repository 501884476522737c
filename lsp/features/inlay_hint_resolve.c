// inlay_hint_resolve.c: inlayHint/resolve: the tooltip, when the pointer rests on a hint.
#include "server.h"

typedef struct Wanted {
  uint32_t at;
  Str subject;
  int kind;
  PlacedFinding found;
} Wanted;

static void match(void *context, const PlacedFinding *p) {
  Wanted *w = context;
  if (!w->found.finding && finding_where(p->group, p->finding).start == w->at && (int)p->finding->kind == w->kind &&
      str_equal(p->finding->subject, w->subject))
    w->found = *p;
}

// Of the analysis that the hint came from, which may be the last good one.
static void look_for(const Document *d, Wanted *w) {
  const Analysis *each[] = {&d->live, &d->good};
  uint32_t now;
  for (size_t i = 0; i < 2 && !w->found.finding; i++)
    if (each[i]->result && document_map(d, each[i], w->at, &now)) document_findings_in(d, now, now, match, w);
}

json_t *feature_inlay_hint_resolve(Request *r) {
  LspResolve resolve;
  if (!decode_resolve_hint(&r->decoder, r->message->params, &resolve)) return NULL;
  json_t *item = encode_inlay_hint_again(resolve.item);
  const char *uri = json_string_value(json_object_get(resolve.data, "uri"));
  Document *d = uri ? document_find(r->server, r->pool, uri) : NULL;
  const json_t *subject = json_object_get(resolve.data, "subject");
  if (!d || !json_is_string(subject)) return item;
  json_int_t at = json_integer_value(json_object_get(resolve.data, "at"));
  if (at < 0 || at > UINT32_MAX) return item;
  Wanted w = {.at = (uint32_t)at,
              .subject = {json_string_value(subject), json_string_length(subject)},
              .kind = (int)json_integer_value(json_object_get(resolve.data, "kind"))};
  look_for(d, &w);
  if (!w.found.finding) return item;
  Buf text = {0};
  const char *stale = w.found.stale ? document_stale_words(d, r->pool, w.found.start) : NULL;
  RenderStyle style = request_style(r, true, stale);
  style.compiler = compiler_says(r->server, &w.found);
  render_hover(&text, w.found.result, w.found.finding, &style);
  json_t *tooltip = json_object_must();
  json_put(tooltip, "kind", encode_text("markdown"));
  json_put(tooltip, "value", encode_string(text.text, text.len));
  json_put(item, "tooltip", tooltip);
  buf_release(&text);
  FindingStep decides;
  bool decided = deciding_step(&w.found, &decides);
  json_t *part = json_array_get(json_object_get(item, "label"), 0);
  if (decided && json_is_object(part) &&
      lsp_strings_has(r->server->client.capabilities.inlay_hint.resolve, "label.location")) {
    LspLocation location = {0};
    location.range = step_range(r->server, &decides, r->pool, &location.uri);
    json_put(part, "location", encode_location(&location));
  }
  return item;
}
