// inlay_hint.c: textDocument/inlayHint: one short label per site, after the expression or the variable's name.
#include "server.h"

#include <stdlib.h>

typedef struct HintList {
  Request *request;
  const Document *document;
  uint32_t from, to;
  bool resolves_location, resolves_any; // with inlayHint/resolve
  VEC(LspInlayHint) items;
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
    if (!list->resolves_location) {
      LspLocation *location = POOL_NEW(r->pool, LspLocation);
      location->range = step_range(s, &decides, r->pool, &location->uri);
      part->location = location;
    }
    hint.parts = part;
    hint.part_count = 1;
  }
  if (list->resolves_any) {
    HintKey key = hint_key(list->document, p);
    hint.data = pool_printf(r->pool, "[%d,%u,%u,%u]", (int)key.document, key.at, key.kind, key.subject);
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
  Document *d = request_shown(r, params.uri, true, !client_asks_again(s, ANSWER_HINTS) || draws_once(s));
  if (!d || r->wait) return NULL;
  d->answered[ANSWER_HINTS] = d->result_number;
  HintList list = {.request = r, .document = d, .resolves_location = client_resolves_location(s)};
  list.resolves_any = list.resolves_location || lsp_strings_has(s->client.capabilities.inlay_hint.resolve, "tooltip");
  list.from = snapshot_offset(d->text.now, params.range.start, s->encoding);
  list.to = snapshot_offset(d->text.now, params.range.end, s->encoding);
  if (s->settings.hints && !document_is_hidden(s, d)) document_findings_in(d, list.from, list.to, add_hint, &list);
  if (list.items.len) qsort(list.items.items, list.items.len, sizeof *list.items.items, by_position);
  write_inlay_hints(request_text(r), list.items.items, list.items.len);
  free(list.items.items);
  return NULL;
}
