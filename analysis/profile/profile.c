// profile.c: what both formats come to: edges by falling weight, the first of which make up 99 % of it, and maps of
// them.
//
// Equal edges of a pprof profile have been added up before (pprof.c). gc orders edges by weight, then by the names of
// caller and callee, then by offset (sortByWeight in cmd/internal/pgo/pprof.go), so that what is hot does not hang on
// chance.
#include "profile/profile_internal.h"

#include <stdarg.h>
#include <stdlib.h>

Str profile_name(ProfileReading *r, Str name) {
  Str *known = strmap_get(&r->names, name);
  if (known) return *known;
  known = ARENA_NEW(&r->profile->arena, Str);
  *known = arena_str(&r->profile->arena, name);
  strmap_set(&r->names, *known, known);
  return *known;
}

bool profile_fail(ProfileFault *f, const char *format, ...) {
  va_list args;
  va_start(args, format);
  if (!f->text.n) f->text = arena_vprintf(f->arena, format, args);
  va_end(args);
  return false;
}

static int by_weight(const void *a, const void *b) {
  const ProfileEdge *x = a, *y = b;
  if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
  int c = x->caller.p == y->caller.p ? 0 : str_compare(x->caller, y->caller);
  if (!c) c = x->callee.p == y->callee.p ? 0 : str_compare(x->callee, y->callee);
  if (c) return c;
  return x->offset < y->offset ? -1 : x->offset > y->offset;
}

// Those up to the one with which 99 % of the weight is exceeded; that one included.
static uint32_t count_hot(const Profile *p) {
  const double threshold = 99;
  int64_t sum = 0;
  for (uint32_t i = 0; i < p->edge_count; i++) {
    sum = (int64_t)((uint64_t)sum + (uint64_t)p->edges[i].weight);
    if ((double)sum / (double)p->total * 100 > threshold) return i + 1;
  }
  return p->edge_count;
}

static void fill_maps(Profile *p) {
  for (uint32_t i = 0; i < p->edge_count; i++) {
    ProfileEdge *e = &p->edges[i];
    ProfileCaller *caller = strmap_get(&p->caller_of, e->caller);
    if (!caller) {
      caller = ARENA_NEW(&p->arena, ProfileCaller);
      strmap_set(&p->caller_of, e->caller, caller);
    }
    const ProfileEdge *edge = e;
    VEC_PUSH(&p->arena, &caller->edges, edge);
    if (i < p->hot_count && !strmap_has(&p->hot_callee, e->callee)) strmap_set(&p->hot_callee, e->callee, e);
    if (!strmap_has(&p->callees, e->callee)) strmap_set(&p->callees, e->callee, e);
  }
}

static int by_name(const void *a, const void *b) { return str_compare(*(const Str *)a, *(const Str *)b); }

static void sort_names(Profile *p, const StrMap *names) {
  p->names = ARENA_ARRAY(&p->arena, Str, names->len + 1);
  for (uint32_t i = 0; i < names->len; i++) p->names[i] = names->entries[i].key;
  p->name_count = names->len;
  if (names->len) qsort(p->names, names->len, sizeof *p->names, by_name);
}

static void finish(ProfileReading *r, bool sorted) {
  Profile *p = r->profile;
  if (!sorted && r->edges.len) qsort(r->edges.items, r->edges.len, sizeof *r->edges.items, by_weight);
  for (uint32_t i = 0; i < r->edges.len; i++)
    p->total = (int64_t)((uint64_t)p->total + (uint64_t)r->edges.items[i].weight);
  if (p->total == 0) return; // nothing was measured: it is accepted, and changes nothing
  p->edges = ARENA_ARRAY(&p->arena, ProfileEdge, r->edges.len + 1);
  memcpy(p->edges, r->edges.items, r->edges.len * sizeof *p->edges);
  p->edge_count = r->edges.len;
  p->hot_count = count_hot(p);
  fill_maps(p);
  sort_names(p, &r->names);
}

Profile *profile_read(Str bytes, Arena *errors, Str *error) {
  Profile *p = mem_new(sizeof *p);
  arena_init(&p->arena);
  ProfileReading r = {.profile = p, .fault = {.arena = errors}};
  bool is_text = str_has_prefix(bytes, STR(PREPROFILE_HEADER));
  bool ok = bytes.n <= PROFILE_BYTES_MOST ||
            profile_fail(&r.fault, "the profile is larger than %d MiB", PROFILE_BYTES_MOST >> 20);
  ok = ok && (is_text ? preprofile_read(&r, bytes) : pprof_read(&r, bytes));
  if (ok) finish(&r, is_text);
  free(r.edges.items);
  strmap_release(&r.names);
  if (ok) return p;
  *error = r.fault.text;
  profile_free(p);
  return NULL;
}

void profile_free(Profile *p) {
  if (!p) return;
  strmap_release(&p->caller_of);
  strmap_release(&p->hot_callee);
  strmap_release(&p->callees);
  arena_release(&p->arena);
  free(p);
}

const ProfileCaller *profile_caller(const Profile *p, Str caller) { return strmap_get(&p->caller_of, caller); }

const ProfileEdge *profile_hot_site(const Profile *p, const ProfileCaller *caller, int64_t offset) {
  for (uint32_t i = 0; caller && i < caller->edges.len && caller->edges.items[i] < p->edges + p->hot_count; i++)
    if (caller->edges.items[i]->offset == offset) return caller->edges.items[i];
  return NULL;
}

bool profile_is_hot_callee(const Profile *p, Str callee) { return strmap_has(&p->hot_callee, callee); }

static bool has_name_with(const Profile *p, Str prefix) {
  uint32_t low = 0, high = p->name_count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (str_compare(p->names[middle], prefix) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low < p->name_count && str_has_prefix(p->names[low], prefix);
}

bool profile_mentions(const Profile *p, Str name) {
  if (strmap_has(&p->caller_of, name) || strmap_has(&p->callees, name)) return true;
  Buf inner = {0}; // "main.F.func1"
  buf_str(&inner, name);
  buf_byte(&inner, '.');
  bool has = has_name_with(p, buf_view(&inner));
  buf_release(&inner);
  return has;
}
