// costs.c: what calls cost, callees included, and what becomes of contracts: they come after the analysis that they
// belong to, and are shown with its hovers, lenses and diagnostics.
#include "server.h"

#include <stdlib.h>

void costs_take(Server *s, const AnalysisOutcome *o) {
  for (uint32_t i = 0; i < s->documents.len; i++) {
    Document *d = s->documents.items[i];
    if (!d->live.result || d->live.result != o->result) continue;
    cost_report_release(d->costs);
    d->costs = cost_report_retain(o->costs);
    d->costs_of = o->result->generation;
    schedule_shown(s, d);
  }
}

// Those of what is shown now; NULL: there are none.
static const CostReport *costs_of(const Document *d) {
  return d->costs && d->live.result && d->live.result->generation == d->costs_of ? d->costs : NULL;
}

const CostNote *costs_of_function(const Document *d, const Finding *f) {
  if (f->kind != FINDING_FUNCTION || !f->decl) return NULL;
  return cost_note_of(costs_of(d), f->source, f->decl->slot);
}

// The place as a step of the server's own.
static FindingStep step_of(const Document *d, AstSource *elsewhere, const CostPlace *place) {
  FindingStep step = {.source = place->source, .line = place->line, .column = place->column};
  if (!step.source) {
    *elsewhere = (AstSource){.path = place->path, .display_path = place->path};
    step.source = elsewhere;
  }
  const AstFile *file = d->live.file;
  if (file && file->source == place->source && place->slot < file->slot_count)
    step.start = step.end = file->slot_starts[place->slot] + place->offset;
  return step;
}

void costs_render(Buf *out, Server *s, const Document *d, const Finding *f, const RenderStyle *style) {
  const CostNote *note = costs_of_function(d, f);
  if (!note) return;
  (void)s;
  const char *bold = style->markdown ? "**" : "";
  buf_printf(out, "\n%sWith all that it calls:%s %.*s.", bold, bold, STR_ARG(note->cost));
  if (note->warm.n) buf_printf(out, " But for cold paths: %.*s.", STR_ARG(note->warm));
  buf_byte(out, '\n');
  for (uint32_t i = 0; i < note->way_count; i++) {
    buf_puts(out, "\n- ");
    render_words(out, note->way[i].text, style->markdown);
    if (!note->way[i].place.path.n) continue;
    buf_puts(out, ", ");
    render_path(out, style->cwd, note->way[i].place.path);
    buf_printf(out, ":%u", note->way[i].place.line);
  }
  if (note->way_count) buf_byte(out, '\n');
}

static LspSeverity severity_of(ContractState state) {
  switch (state) {
  case CONTRACT_BROKEN: return LSP_SEVERITY_ERROR;
  case CONTRACT_UNPROVED:
  case CONTRACT_MISUSED: return LSP_SEVERITY_WARNING;
  case CONTRACT_UNTOLD: return LSP_SEVERITY_INFORMATION;
  }
  return LSP_SEVERITY_HINT;
}

static void add_way(Server *s, const Document *d, Pool *pool, const Contract *c, LspDiagnostic *out) {
  LspRelatedInformation *related = POOL_ARRAY(pool, LspRelatedInformation, c->way_count + 1);
  for (uint32_t i = 0; i < c->way_count; i++) {
    if (!c->way[i].place.path.n) continue;
    AstSource elsewhere;
    FindingStep step = step_of(d, &elsewhere, &c->way[i].place);
    LspRelatedInformation *r = &related[out->related_count++];
    r->location.range = step_range(s, &step, pool, &r->location.uri);
    r->message = pool_text(pool, c->way[i].text.p, c->way[i].text.n);
  }
  out->related = related;
}

uint32_t contract_diagnostics(Server *s, const Document *d, Pool *pool, LspDiagnostic **items) {
  const CostReport *report = costs_of(d);
  uint32_t count = 0, most = report ? report->contracts.len : 0;
  *items = POOL_ARRAY(pool, LspDiagnostic, most + 1);
  for (uint32_t i = 0; i < most; i++) {
    const Contract *c = &report->contracts.items[i];
    uint32_t start, end;
    if (!d->live.file || c->source != d->live.file->source || !document_map(d, &d->live, c->start, &start) ||
        !document_map(d, &d->live, c->end, &end) || start > end)
      continue;
    TeamLevel level = team_level(&s->team, c->code.p, false);
    if (level == TEAM_OFF) continue;
    Buf text = {0};
    render_words(&text, c->message, false);
    LspDiagnostic *out = &(*items)[count++];
    *out = (LspDiagnostic){.range = snapshot_range(d->text.now, start, end, s->encoding),
                           .severity = team_severity(level, severity_of(c->state)),
                           .code = pool_text(pool, c->code.p, c->code.n),
                           .source = "heapls",
                           .message = pool_text(pool, text.text, text.len)};
    add_way(s, d, pool, c, out);
    buf_release(&text);
  }
  return count;
}
