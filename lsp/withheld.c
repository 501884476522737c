// withheld.c: functions of a document that nothing is known of in their newest version (report/decision.h), where they
// are in its newest text. Those that are shown as they were before are stale.
#include "server.h"

#include <stdlib.h>

typedef VEC(uint32_t) Offsets;

typedef struct WithheldList {
  const Document *document;
  Pool *pool;
  Offsets shown; // where functions are that findings are shown of
  void (*visit)(void *context, const Withheld *);
  void *context;
} WithheldList;

static void note_function(void *context, const PlacedFinding *p) {
  if (p->finding->kind == FINDING_FUNCTION) VEC_APPEND((Offsets *)context, p->start);
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
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
  const Offsets *shown = &list->shown;
  w.stale = shown->len && bsearch(&w.start, shown->items, shown->len, sizeof *shown->items, by_value);
  list->visit(list->context, &w);
}

void document_withheld(const Document *d, Pool *pool, void (*visit)(void *context, const Withheld *), void *context) {
  if (!d->live.result || !d->live.file) return;
  WithheldList list = {.document = d, .pool = pool, .visit = visit, .context = context};
  Arena arena;
  arena_init(&arena);
  document_findings(d, note_function, &list.shown);
  if (list.shown.len) qsort(list.shown.items, list.shown.len, sizeof *list.shown.items, by_value);
  undecided_functions(d->live.result, d->live.file, &arena, take, &list);
  free(list.shown.items);
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
  document_withheld(d, pool, consider, &s);
  return s.any ? pool_printf(pool, "%s: %s", s.found.before, s.found.why) : decision_before(DECISION_NOT_YET);
}

typedef struct PlaceSearch {
  uint32_t at;
  void (*visit)(void *context, const Withheld *);
  void *context;
} PlaceSearch;

static void visit_at(void *context, const Withheld *w) {
  const PlaceSearch *s = context;
  if (s->at >= w->from && s->at <= w->to) s->visit(s->context, w);
}

void document_withheld_at(const Document *d, Pool *pool, uint32_t at, void (*visit)(void *context, const Withheld *),
                          void *context) {
  PlaceSearch s = {at, visit, context};
  document_withheld(d, pool, visit_at, &s);
}
