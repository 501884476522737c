// pprof.c: profile.proto as far as the compiler looks at it.
//
// Of each sample the two innermost locations count, the leaf and its caller, each with the functions that were inlined
// there: these frames are a chain of calls, outermost first, and each link of it gets the sample's weight once
// (NewGraph in internal/profile/graph.go). A frame is an address, a function and a line; links are added up by the
// names of both functions and the line of the call, counted from where the caller begins (createNamedEdgeMap in
// cmd/internal/pgo/pprof.go).
#include "profile/pprof_internal.h"

#include <stdlib.h>

typedef struct Frame {
  Str name;
  int64_t line, start_line;
  uint64_t address;
  int64_t cum; // weight of the samples that it is in
  uint32_t sample;
} Frame;
typedef struct Link {
  Frame *from, *to;
  int64_t weight;
  uint32_t sample; // the last one that counted
} Link;

typedef struct Pprof {
  ProfileReading *r;
  PprofTables tables;
  Arena arena;
  PtrMap frames, links; // hash of what they are -> Frame, Link
  uint32_t value;       // which of a sample's values counts
  uint32_t samples;
} Pprof;

static const void *key_of(uint64_t hash) { return (const void *)(uintptr_t)(hash | 1); }

// Samples or nanoseconds, whichever comes first: one is the other, scaled.
static bool choose_value(Pprof *p) {
  for (uint32_t i = 0; i < p->tables.values.len; i++) {
    const PprofValue *v = &p->tables.values.items[i];
    p->value = i;
    if (str_equal(v->type, STR("samples")) && str_equal(v->unit, STR("count"))) return true;
    if (str_equal(v->type, STR("cpu")) && str_equal(v->unit, STR("nanoseconds"))) return true;
  }
  return profile_fail(&p->r->fault, "it is no CPU profile: it has neither samples/count nor cpu/nanoseconds");
}

// ---- samples

static Frame *frame_of(Pprof *p, const PprofLocation *l, uint32_t i) {
  const PprofLine *line = i < l->len ? &l->lines[i] : NULL;
  const PprofFunction *fn = line ? line->function : NULL;
  Frame like = {.address = l->address};
  if (fn) like.name = profile_name(p->r, fn->name), like.line = line->line, like.start_line = fn->start_line;
  uint64_t h = hash_mix(hash_mix(1, (uint64_t)(uintptr_t)like.name.p), (uint64_t)like.line);
  const void *key = key_of(hash_mix(hash_mix(h, (uint64_t)like.start_line), like.address));
  Frame *frame = ptrmap_get(&p->frames, key);
  if (frame) return frame;
  frame = ARENA_NEW(&p->arena, Frame);
  *frame = like;
  ptrmap_set(&p->frames, key, frame);
  return frame;
}

static void add_link(Pprof *p, Frame *from, Frame *to, int64_t weight, uint32_t sample) {
  const void *key = key_of(hash_mix(hash_mix(1, (uint64_t)(uintptr_t)from), (uint64_t)(uintptr_t)to));
  Link *link = ptrmap_get(&p->links, key);
  if (!link) {
    link = ARENA_NEW(&p->arena, Link);
    *link = (Link){.from = from, .to = to};
    ptrmap_set(&p->links, key, link);
  }
  if (link->sample == sample) return;
  link->sample = sample;
  link->weight = (int64_t)((uint64_t)link->weight + (uint64_t)weight);
}

static bool add_sample(void *context, const PprofSample *s) {
  Pprof *p = context;
  int64_t weight = s->values.items[p->value];
  uint32_t number = ++p->samples;
  if (!weight) return true;
  Frame *parent = NULL;
  for (uint32_t i = s->locations.len < 2 ? s->locations.len : 2; i-- > 0;) {
    const PprofLocation *l = s->locations.items[i];
    for (uint32_t k = l->len ? l->len : 1; k-- > 0;) {
      Frame *frame = frame_of(p, l, k);
      if (frame->sample != number) frame->cum = (int64_t)((uint64_t)frame->cum + (uint64_t)weight);
      frame->sample = number;
      if (parent && parent != frame) add_link(p, parent, frame, weight, number);
      parent = frame;
    }
    if (!pprof_count_item(&p->tables)) return false;
  }
  return true;
}

static int by_names(const void *a, const void *b) {
  const ProfileEdge *x = a, *y = b;
  int c = x->caller.p == y->caller.p ? 0 : str_compare(x->caller, y->caller);
  if (!c) c = x->callee.p == y->callee.p ? 0 : str_compare(x->callee, y->callee);
  return c ? c : x->offset < y->offset ? -1 : x->offset > y->offset;
}

// Links between the same functions from the same line become one edge.
static void make_edges(Pprof *p) {
  ProfileReading *r = p->r;
  for (uint32_t i = 0; i < p->links.len; i++) {
    const Link *link = p->links.entries[i].value;
    if (!link->from->cum) continue; // gc has no such node
    ProfileEdge e = {link->from->name, link->to->name, link->from->line - link->from->start_line, link->weight};
    VEC_APPEND(&r->edges, e);
  }
  if (!r->edges.len) return;
  qsort(r->edges.items, r->edges.len, sizeof *r->edges.items, by_names);
  uint32_t kept = 0;
  for (uint32_t i = 1; i < r->edges.len; i++) {
    ProfileEdge *last = &r->edges.items[kept], *e = &r->edges.items[i];
    if (by_names(last, e) == 0)
      last->weight = (int64_t)((uint64_t)last->weight + (uint64_t)e->weight);
    else
      r->edges.items[++kept] = *e;
  }
  r->edges.len = kept + 1;
}

static bool knows_start_lines(const Pprof *p) {
  bool any = false;
  for (uint32_t i = 0; i < p->frames.len; i++) {
    const Frame *f = p->frames.entries[i].value;
    if (f->cum && f->start_line) return true;
    any |= f->cum != 0;
  }
  return !any; // go1.26 refuses a profile whose samples are all zero; go1.27 takes it as empty
}

static bool read_message(Pprof *p, Str bytes) {
  if (!pprof_tables_read(&p->tables, &p->r->fault, bytes)) return false;
  if (!p->tables.samples.len) return true;
  if (!choose_value(p) || !pprof_each_sample(&p->tables, add_sample, p)) return false;
  if (!knows_start_lines(p))
    return profile_fail(
      &p->r->fault, "the profile does not tell where functions begin: it was made by a program built before go1.20");
  make_edges(p);
  return true;
}

bool pprof_read(ProfileReading *r, Str bytes) {
  Pprof p = {.r = r};
  arena_init(&p.arena);
  bool ok = read_message(&p, bytes);
  pprof_tables_release(&p.tables);
  ptrmap_release(&p.frames);
  ptrmap_release(&p.links);
  arena_release(&p.arena);
  return ok;
}
