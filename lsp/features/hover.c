// hover.c: textDocument/hover: the verdict in plain words, why, what would change it, and the path as links.
#include "server.h"

#include <stdlib.h>

enum { SHOWN_TOGETHER = 4 };

typedef struct HoverSearch {
  uint32_t at;
  uint32_t start, end;      // of the innermost range so far; start == end: none
  VEC(PlacedFinding) items; // all of that range
} HoverSearch;

// The innermost range around the place, and everything that is said of it.
static void consider(void *context, const PlacedFinding *p) {
  HoverSearch *h = context;
  if (h->at < p->start || h->at > p->end) return;
  uint32_t size = p->end - p->start, best = h->end - h->start;
  if (h->items.len && size > best) return;
  if (!h->items.len || size < best || (size == best && p->start > h->start)) {
    h->items.len = 0;
    h->start = p->start;
    h->end = p->end;
  }
  if (p->start == h->start && p->end == h->end) VEC_APPEND(&h->items, *p);
}

// What allocates first, then in the order of the kinds.
static int by_weight(const void *a, const void *b) {
  static const uint8_t weight[] = {
    [VERDICT_HEAP] = 0, [VERDICT_CONDITIONAL] = 1, [VERDICT_NO_ALLOCATION] = 2, [VERDICT_STACK] = 3};
  const Finding *x = ((const PlacedFinding *)a)->finding, *y = ((const PlacedFinding *)b)->finding;
  bool x_site = x->kind <= FINDING_VARIABLE, y_site = y->kind <= FINDING_VARIABLE;
  if (x_site != y_site) return x_site ? -1 : 1;
  if (x_site && weight[x->verdict] != weight[y->verdict]) return weight[x->verdict] < weight[y->verdict] ? -1 : 1;
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  return str_compare(x->subject, y->subject);
}

typedef struct WithheldSearch {
  uint32_t at;
  Withheld found; // name NULL: none
} WithheldSearch;

static void consider_withheld(void *context, const Withheld *w) {
  WithheldSearch *search = context;
  bool inside = search->at >= w->from && search->at <= w->to;
  if (inside && !w->stale) search->found = *w;
}

// In a function that nothing is known of: why.
static json_t *hover_withheld(Request *r, const Document *d, uint32_t at) {
  WithheldSearch search = {.at = at};
  document_withheld_at(d, r->pool, at, consider_withheld, &search);
  if (!search.found.name) return NULL;
  bool markdown = r->server->client.capabilities.hover.markdown;
  const char *bold = markdown ? "**" : "", *code = markdown ? "`" : "";
  LspHover hover = {
    .kind = markdown ? LSP_MARKDOWN : LSP_PLAINTEXT,
    .value = pool_printf(r->pool, "%sNot decided:%s %s%s%s, because %s.\n", bold, bold, code, search.found.name, code,
                         search.found.why),
    .has_range = true,
    .range = snapshot_range(d->text.now, search.found.start, search.found.end, r->server->encoding),
  };
  return encode_hover(&hover);
}

// Does a fix exist for some of what is said so? Others are not asked for.
static bool may_be_fixed(const PlacedFinding *p) {
  const Finding *f = p->finding;
  bool site = f->kind == FINDING_SITE || f->kind == FINDING_VARIABLE;
  bool heap = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL;
  bool error = f->cause == CAUSE_RETURNED && f->is_foreign;
  return site && heap && !p->stale && (error || f->advice.n) && !finding_is_copy(f) &&
         (error || f->cause == CAUSE_APPEND || f->cause == CAUSE_CONCAT || f->cause == CAUSE_INTERFACE ||
          f->cause == CAUSE_UNKNOWN_CALL || f->cause == CAUSE_CONVERSION);
}

static void style_tried(RenderStyle *style, const FixesFound *found, const PlacedFinding *p) {
  for (uint32_t i = 0; found && i < found->fixes.len && !style->edit; i++) {
    const OfferedFix *f = &found->fixes.items[i];
    if (f->start <= p->start && p->end <= f->end) style->edit = f->title;
  }
  for (uint32_t i = 0; found && i < found->refused.len; i++)
    style->refused |= found->refused.items[i].start <= p->start && p->end <= found->refused.items[i].end;
}

json_t *feature_hover(Request *r) {
  Server *s = r->server;
  LspTextDocumentPosition params;
  if (!decode_text_document_position(&r->decoder, r->message->params, &params)) return NULL;
  Document *d = request_document(r, params.uri, false, false);
  if (!d || r->wait) return NULL;
  HoverSearch search = {.at = snapshot_offset(d->text.now, params.position, s->encoding)};
  document_findings_in(d, search.at, search.at, consider, &search);
  if (!search.items.len) return hover_withheld(r, d, search.at);
  qsort(search.items.items, search.items.len, sizeof *search.items.items, by_weight);
  const FixesFound *tried = NULL; // advice about what can be edited is tried before it is given
  for (uint32_t i = 0; i < search.items.len && i < SHOWN_TOGETHER && !tried && !r->wait; i++)
    if (may_be_fixed(&search.items.items[i])) tried = fixes_of_line(r, d, search.at);
  if (r->wait) {
    free(search.items.items);
    return NULL;
  }
  bool markdown = s->client.capabilities.hover.markdown;
  Buf text = {0};
  for (uint32_t i = 0; i < search.items.len && i < SHOWN_TOGETHER; i++) {
    const PlacedFinding *p = &search.items.items[i];
    RenderStyle style = request_style(r, markdown, p->stale ? document_stale_words(d, r->pool, p->start) : NULL);
    style.compiler = compiler_says(s, p);
    if (may_be_fixed(p)) style_tried(&style, tried, p);
    if (i) buf_puts(&text, markdown ? "\n---\n\n" : "\n");
    render_hover(&text, p->result, p->finding, &style);
    costs_render(&text, s, d, p->finding, &style);
  }
  LspHover hover = {
    .kind = markdown ? LSP_MARKDOWN : LSP_PLAINTEXT,
    .value = pool_text(r->pool, text.text, text.len),
    .has_range = true,
    .range = snapshot_range(d->text.now, search.start, search.end, s->encoding),
  };
  buf_release(&text);
  free(search.items.items);
  return encode_hover(&hover);
}
