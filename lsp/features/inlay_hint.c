// inlay_hint.c: textDocument/inlayHint: one short label per site, after the expression or the variable's name; where
// those of a line are too long together, or the user wants it so, one for all of them at the end of the line
// (render_hints.c).
#include "server.h"

#include <stdlib.h>

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

// ---- Which

typedef struct HintSearch {
  const Server *server;
  const Document *document;
  uint32_t from, to;
  LineHints *found;
} HintSearch;

static void take(void *context, const PlacedFinding *p) {
  HintSearch *search = context;
  if (p->hint_at < search->from || p->hint_at > search->to) return;
  if (document_shows(search->server, search->document, p)) VEC_APPEND(search->found, *p);
}

static int by_place(const void *a, const void *b) {
  const PlacedFinding *x = a, *y = b;
  if (x->hint_at != y->hint_at) return x->hint_at < y->hint_at ? -1 : 1;
  return finding_by_place(x->finding, y->finding);
}

void hints_of_lines(const Server *s, const Document *d, uint32_t first, uint32_t last, LineHints *out) {
  const TextSnapshot *t = d->text.now;
  HintSearch search = {s, d, t->lines.starts[first], line_index_line_end(&t->lines, t->text, t->length, last), out};
  document_findings_in(d, search.from, search.to, take, &search);
  bool sorted = true; // they come declaration by declaration
  for (uint32_t i = 1; i < out->len && sorted; i++) sorted = by_place(&out->items[i - 1], &out->items[i]) <= 0;
  if (!sorted) qsort(out->items, out->len, sizeof *out->items, by_place);
}

void hints_by_cost(PlacedFinding *hints, uint32_t count, Buf *label) {
  HintShown *shown = mem_new(count * sizeof *shown);
  PlacedFinding *before = mem_new(count * sizeof *before);
  for (uint32_t i = 0; i < count; i++) shown[i] = (HintShown){hints[i].finding, hints[i].stale, i};
  memcpy(before, hints, count * sizeof *before);
  render_hints(label, shown, count);
  for (uint32_t i = 0; i < count; i++) hints[i] = before[shown[i].number];
  free(shown);
  free(before);
}

// ---- Writing

typedef struct HintWriter {
  Request *request;
  const Document *document;
  JsonText *out;
  uint32_t from, to;                    // what was asked about
  bool any;                             // one has been written
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

static void write_data(HintWriter *w, const PlacedFinding *p, bool of_line) {
  HintKey key = hint_key(w->document, p);
  const int64_t numbers[] = {key.document, key.at, key.kind, key.subject};
  w->data.length = 0;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    json_write_raw(&w->data, i ? "," : "[", 1);
    json_write_integer(&w->data, numbers[i]);
  }
  if (of_line) json_write_raw(&w->data, ",1", 2);
  json_write_raw(&w->data, "]", 2); // with the zero byte
}

// Of w's label and tooltip. of: what it leads to; of_line: it is for all that the line has.
static void write_hint(HintWriter *w, uint32_t at, const PlacedFinding *of, bool of_line) {
  Server *s = w->request->server;
  if (at < w->from || at > w->to) return;
  LspInlayHint hint = {.padding_left = true, .tooltip_kind = LSP_PLAINTEXT};
  LspLocation location = {0};
  Pool pool = {0};
  hint.position = snapshot_next_position(w->document->text.now, at, s->encoding, &w->line);
  hint.label = w->label.text ? w->label.text : "";
  LspInlayHintPart part = {.value = hint.label};
  if (leads_somewhere(w, of, &pool, &location)) {
    if (!w->resolves_location) part.location = &location;
    hint.parts = &part;
    hint.part_count = 1;
  }
  if (w->resolves_any) {
    write_data(w, of, of_line);
    hint.data = w->data.bytes;
  } else {
    hint.tooltip = w->tooltip.text;
  }
  if (w->any) JSON_WRITE(w->out, ",");
  w->any = true;
  write_inlay_hint(w->out, &hint);
  pool_release(&pool);
}

static void label_one(HintWriter *w, const PlacedFinding *p) {
  buf_clear(&w->label);
  render_hint(&w->label, &(HintShown){.finding = p->finding, .stale = p->stale});
}

static void write_one(HintWriter *w, const PlacedFinding *p) {
  label_one(w, p);
  buf_clear(&w->tooltip);
  if (!w->resolves_any) render_line(&w->tooltip, p->finding);
  write_hint(w, p->hint_at, p, false);
}

// ---- A line

static bool says_same(const Finding *a, const Finding *b) {
  return a->kind == b->kind && str_equal(a->title, b->title) && str_equal(a->why, b->why) &&
         str_equal(a->advice, b->advice) && str_equal(a->inlined_from, b->inlined_from);
}

uint32_t hint_subjects(const PlacedFinding *hints, uint32_t count, bool markdown, Buf *out) {
  enum { NAMED = 8 };
  const char *q = markdown ? "`" : "";
  uint32_t n = 0;
  for (; n < count && says_same(hints[0].finding, hints[n].finding); n++)
    if (n < NAMED) buf_printf(out, "%s%s%.*s%s", n ? ", " : "", q, STR_ARG(hints[n].finding->subject), q);
  if (n > NAMED) buf_printf(out, " and %u more", n - NAMED);
  buf_puts(out, ": ");
  return n;
}

static void write_merged(HintWriter *w, uint32_t at, PlacedFinding *hints, uint32_t count) {
  enum { TOLD = 20 };
  buf_clear(&w->label);
  buf_clear(&w->tooltip);
  hints_by_cost(hints, count, &w->label);
  uint32_t told = 0;
  for (uint32_t lines = 0; told < count && lines < TOLD && !w->resolves_any; lines++) {
    if (told) buf_byte(&w->tooltip, '\n');
    uint32_t same = hint_subjects(hints + told, count - told, false, &w->tooltip);
    render_line(&w->tooltip, hints[told].finding);
    told += same;
  }
  if (told < count) buf_printf(&w->tooltip, "\n… and %u more", count - told);
  write_hint(w, at, hints, true);
}

static void write_line(HintWriter *w, uint32_t end, PlacedFinding *hints, uint32_t count) {
  uint32_t units = 0;
  for (uint32_t i = 0; i < count && units <= HINT_UNITS; i++) {
    label_one(w, &hints[i]);
    units += render_units(buf_view(&w->label));
  }
  if (units > HINT_UNITS || w->request->server->settings.hint_placement == HINT_AT_LINE_END)
    write_merged(w, end, hints, count);
  else
    for (uint32_t i = 0; i < count; i++) write_one(w, &hints[i]);
}

static void write_hints(HintWriter *w, LineHints *found) {
  enum { PER_HINT = 160 }; // bytes, about
  const TextSnapshot *t = w->document->text.now;
  json_write_reserve(w->out, (size_t)found->len * PER_HINT);
  JSON_WRITE(w->out, "[");
  for (uint32_t i = 0, next; i < found->len; i = next) {
    uint32_t line = line_index_line(&t->lines, found->items[i].hint_at);
    uint32_t end = line_index_line_end(&t->lines, t->text, t->length, line);
    for (next = i + 1; next < found->len && found->items[next].hint_at <= end;) next++;
    write_line(w, end, found->items + i, next - i);
  }
  JSON_WRITE(w->out, "]");
  buf_release(&w->label);
  buf_release(&w->tooltip);
  free(w->data.bytes);
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
  HintWriter w = {.request = r, .document = d, .resolves_location = client_resolves_location(s)};
  w.resolves_any = w.resolves_location || lsp_strings_has(s->client.capabilities.inlay_hint.resolve, "tooltip");
  w.from = snapshot_offset(d->text.now, params.range.start, s->encoding);
  w.to = snapshot_offset(d->text.now, params.range.end, s->encoding);
  const LineIndex *lines = &d->text.now->lines;
  LineHints found = {0};
  if (s->settings.hints && !document_is_hidden(s, d))
    hints_of_lines(s, d, line_index_line(lines, w.from), line_index_line(lines, w.to), &found);
  w.out = request_text(r);
  write_hints(&w, &found);
  free(found.items);
  return NULL;
}
