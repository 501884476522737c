// hover.c: textDocument/hover: the verdict in plain words, why, what would change it, and the path as links.
#include "server.h"

typedef struct HoverSearch {
  uint32_t at;
  PlacedFinding best;
} HoverSearch;

// The innermost finding around the place; sites and variables before parameters and functions.
static void consider(void *context, const PlacedFinding *p) {
  HoverSearch *h = context;
  if (h->at < p->start || h->at > p->end || p->finding->kind == FINDING_CALL) return;
  const PlacedFinding *b = &h->best;
  if (b->finding) {
    uint32_t size = p->end - p->start, best = b->end - b->start;
    if (size > best || (size == best && p->finding->kind >= b->finding->kind)) return;
  }
  h->best = *p;
}

json_t *feature_hover(Request *r) {
  Server *s = r->server;
  LspTextDocumentPosition params;
  if (!decode_text_document_position(&r->decoder, r->message->params, &params)) return NULL;
  Document *d = request_document(r, params.uri, false);
  if (!d || r->wait) return NULL;
  HoverSearch search = {.at = snapshot_offset(d->text.now, params.position, s->encoding)};
  document_findings(d, consider, &search);
  const PlacedFinding *p = &search.best;
  if (!p->finding) return NULL;
  bool markdown = s->client.capabilities.hover.markdown;
  RenderStyle style = request_style(r, markdown, p->stale);
  Buf text = {0};
  if (p->finding->kind == FINDING_FUNCTION)
    render_function(&text, p->result, p->finding, &style);
  else
    render_finding(&text, p->finding, &style);
  LspHover hover = {
    .kind = markdown ? LSP_MARKDOWN : LSP_PLAINTEXT,
    .value = pool_text(r->pool, text.text, text.len),
    .has_range = true,
    .range = snapshot_range(d->text.now, p->start, p->end, s->encoding),
  };
  buf_release(&text);
  return encode_hover(&hover);
}
