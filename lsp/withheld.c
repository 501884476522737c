// withheld.c: functions of a document that nothing is known of in their newest version (report/decision.h), where they
// are in its newest text. Those that are shown as they were before are stale.
#include "server.h"

typedef struct WithheldList {
  const Document *document;
  Pool *pool;
  void (*visit)(void *context, const Withheld *);
  void *context;
} WithheldList;

typedef struct ShownSearch {
  uint32_t at;
  bool found;
} ShownSearch;

static void note_function(void *context, const PlacedFinding *p) {
  ShownSearch *search = context;
  search->found |= p->finding->kind == FINDING_FUNCTION && p->start == search->at;
}

// Are findings shown of the function whose name begins there?
static bool is_shown(const Document *d, uint32_t at) {
  ShownSearch search = {.at = at};
  document_findings_in(d, at, at, note_function, &search);
  return search.found;
}

static void take(void *context, const Undecided *u) {
  WithheldList *list = context;
  const Document *d = list->document;
  uint32_t from = d->live.file->slot_starts[u->decl->slot], to = from + (uint32_t)u->decl->text.n;
  Withheld w = {.name = pool_text(list->pool, u->name.p, u->name.n),
                .why = pool_text(list->pool, u->why.p, u->why.n),
                .label = decision_label(u->decision),
                .before = decision_before(u->decision),
                .decision = u->decision};
  if (!document_map(d, &d->live, u->start, &w.start) || !document_map(d, &d->live, u->end, &w.end)) return;
  if (!document_map(d, &d->live, from, &w.from)) w.from = w.start;
  if (!document_map(d, &d->live, to, &w.to)) w.to = w.end;
  w.stale = is_shown(d, w.start);
  list->visit(list->context, &w);
}

void document_withheld(const Document *d, Pool *pool, void (*visit)(void *context, const Withheld *), void *context) {
  if (!d->live.result || !d->live.file) return;
  WithheldList list = {.document = d, .pool = pool, .visit = visit, .context = context};
  Arena arena;
  arena_init(&arena);
  undecided_functions(d->live.result, d->live.file, &arena, take, &list);
  arena_release(&arena);
}

void document_withheld_at(const Document *d, Pool *pool, uint32_t at, void (*visit)(void *context, const Withheld *),
                          void *context) {
  uint32_t offset;
  if (!d->live.result || !d->live.file || !document_unmap(d, &d->live, at, &offset)) return;
  WithheldList list = {.document = d, .pool = pool, .visit = visit, .context = context};
  Arena arena;
  arena_init(&arena);
  undecided_function_at(d->live.result, d->live.file, offset, &arena, take, &list);
  arena_release(&arena);
}

typedef struct StaleSearch {
  uint32_t at;
  Withheld found;
  bool any;
} StaleSearch;

static void consider(void *context, const Withheld *w) {
  StaleSearch *s = context;
  if (!w->stale || s->at < w->from || s->at > w->to) return;
  s->found = *w;
  s->any = true;
}

const char *document_stale_words(const Document *d, Pool *pool, uint32_t at) {
  StaleSearch s = {.at = at};
  document_withheld_at(d, pool, at, consider, &s);
  return s.any ? pool_printf(pool, "%s: %s", s.found.before, s.found.why) : decision_before(DECISION_NOT_YET);
}
