// inlay_hint_resolve.c: inlayHint/resolve: the tooltip, when the pointer rests on a hint. That of a hint for a line has
// what a hover says of the dearest, and a line for each of the others.
#include "server.h"

#include <stdlib.h>

enum { KEY_NUMBERS = 4 }; // a fifth says that the hint is for a line

typedef struct Wanted {
  const Document *document;
  HintKey key;
  PlacedFinding found;
} Wanted;

static void match(void *context, const PlacedFinding *p) {
  Wanted *w = context;
  HintKey key = hint_key(w->document, p);
  if (!w->found.finding && key.at == w->key.at && key.kind == w->key.kind && key.subject == w->key.subject)
    w->found = *p;
}

static bool take_number(const json_t *data, size_t i, uint32_t *out) {
  const json_t *number = json_array_get(data, i);
  json_int_t value = json_integer_value(number);
  *out = (uint32_t)value;
  return json_is_integer(number) && value >= 0 && value <= UINT32_MAX;
}

// The document that the hint is of; NULL: it is not open any more, or the data is not ours.
static Document *document_of(Server *s, const json_t *data, HintKey *key) {
  uint32_t number;
  if (!take_number(data, 0, &number) || !take_number(data, 1, &key->at) || !take_number(data, 2, &key->kind) ||
      !take_number(data, 3, &key->subject))
    return NULL;
  key->document = (int32_t)number;
  for (uint32_t i = 0; i < s->documents.len; i++)
    if (s->documents.items[i]->opened == key->document) return s->documents.items[i];
  return NULL;
}

// Of the analysis that the hint came from, which may be the last good one.
static void look_for(const Document *d, Wanted *w) {
  const Analysis *each[] = {&d->live, &d->good};
  uint32_t now;
  for (size_t i = 0; i < 2 && !w->found.finding; i++)
    if (each[i]->result && document_map(d, each[i], w->key.at, &now)) document_findings_in(d, now, now, match, w);
}

static void write_hover(Request *r, const Document *d, const PlacedFinding *p, bool named, Buf *out) {
  const char *stale = p->stale ? document_stale_words(d, r->pool, p->start) : NULL;
  RenderStyle style = request_style(r, true, stale);
  style.compiler = compiler_says(r->server, p);
  style.named = named;
  render_hover(out, p->result, p->finding, &style);
}

static void write_line(Request *r, const Document *d, const PlacedFinding *first, Buf *out) {
  enum { WHOLE = 2, TOLD = 20 };
  LineHints all = {0};
  uint32_t line = line_index_line(&d->text.now->lines, first->hint_at);
  Buf label = {0};
  hints_of_lines(r->server, d, line, line, &all);
  if (all.len) hints_by_cost(all.items, all.len, &label);
  uint32_t told = 0;
  for (uint32_t i = 0; told < all.len && i < TOLD; i++) {
    const PlacedFinding *p = &all.items[told];
    if (i) buf_puts(out, i <= WHOLE ? "\n\n---\n\n" : "\n");
    if (i >= WHOLE) buf_puts(out, "- ");
    told += hint_subjects(p, all.len - told, true, out);
    if (i < WHOLE) {
      write_hover(r, d, p, true, out);
    } else {
      buf_printf(out, "%.*s ", STR_ARG(p->finding->title));
      render_words(out, p->finding->why, true);
    }
  }
  if (told < all.len) buf_printf(out, "\n- … and %u more", all.len - told);
  free(all.items);
  buf_release(&label);
}

json_t *feature_inlay_hint_resolve(Request *r) {
  LspResolve resolve;
  if (!decode_resolve_hint(&r->decoder, r->message->params, &resolve)) return NULL;
  json_t *item = encode_inlay_hint_again(resolve.item);
  Wanted w = {0};
  Document *d = document_of(r->server, resolve.data, &w.key);
  if (!d) return item;
  w.document = d;
  look_for(d, &w);
  if (!w.found.finding) return item;
  Buf text = {0};
  if (json_array_size(resolve.data) > KEY_NUMBERS)
    write_line(r, d, &w.found, &text);
  else
    write_hover(r, d, &w.found, false, &text);
  json_t *tooltip = json_object_must();
  json_put(tooltip, "kind", encode_text("markdown"));
  json_put(tooltip, "value", encode_string(text.text, text.len));
  json_put(item, "tooltip", tooltip);
  buf_release(&text);
  FindingStep decides;
  bool decided = deciding_step(&w.found, &decides);
  json_t *part = json_array_get(json_object_get(item, "label"), 0);
  if (decided && json_is_object(part) && client_resolves_location(r->server)) {
    LspLocation location = {0};
    location.range = step_range(r->server, &decides, r->pool, &location.uri);
    json_put(part, "location", encode_location(&location));
  }
  return item;
}
