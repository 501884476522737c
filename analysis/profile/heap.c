// heap.c: profiles of kind heap and allocs. The values are found by name: alloc_objects, alloc_space, inuse_objects,
// inuse_space (runtime/pprof/protomem.go). A location has the functions that were inlined there, innermost first; the
// frames of all locations make the stack.
#include "profile/heap.h"

#include <stdlib.h>

#include "profile/pprof_internal.h"

struct HeapProfile {
  PprofTables tables;
  ProfileFault fault;
};

typedef struct Stacks {
  HeapProfile *profile;
  uint32_t objects, bytes; // which of a sample's values
  VEC(HeapFrame) frames;
  void (*take)(void *, const HeapStack *);
  void *context;
} Stacks;

HeapProfile *heap_profile_open(Str bytes, Arena *errors, Str *error) {
  HeapProfile *p = mem_new(sizeof *p);
  p->fault.arena = errors;
  if (pprof_tables_read(&p->tables, &p->fault, bytes)) return p;
  *error = p->fault.text;
  heap_profile_close(p);
  return NULL;
}

void heap_profile_close(HeapProfile *p) {
  if (!p) return;
  pprof_tables_release(&p->tables);
  free(p);
}

static bool find_value(const HeapProfile *p, const char *type, const char *unit, uint32_t *out) {
  for (uint32_t i = 0; i < p->tables.values.len; i++) {
    const PprofValue *v = &p->tables.values.items[i];
    if (!str_equal(v->type, str_of(type)) || !str_equal(v->unit, str_of(unit))) continue;
    *out = i;
    return true;
  }
  return false;
}

static bool take_sample(void *context, const PprofSample *sample) {
  Stacks *s = context;
  HeapStack stack = {.objects = sample->values.items[s->objects], .bytes = sample->values.items[s->bytes]};
  s->frames.len = 0;
  for (uint32_t i = 0; i < sample->locations.len; i++) {
    const PprofLocation *l = sample->locations.items[i];
    if (!pprof_count_item(&s->profile->tables)) return false;
    for (uint32_t k = 0; k < l->len; k++) {
      const PprofFunction *fn = l->lines[k].function;
      if (!fn) continue;
      HeapFrame frame = {fn->name, fn->file, l->lines[k].line, fn->start_line, k + 1 < l->len};
      VEC_APPEND(&s->frames, frame);
    }
  }
  stack.frames = s->frames.items;
  stack.count = s->frames.len;
  if (stack.count && (stack.objects || stack.bytes)) s->take(s->context, &stack);
  return true;
}

bool heap_profile_stacks(HeapProfile *p, HeapValue value, void (*take)(void *, const HeapStack *), void *context,
                         Str *error) {
  Stacks s = {.profile = p, .take = take, .context = context};
  bool in_use = value == HEAP_IN_USE, cpu = false;
  uint32_t ignored;
  if (!p->tables.samples.len) return true;
  bool ok = find_value(p, in_use ? "inuse_objects" : "alloc_objects", "count", &s.objects) &&
            find_value(p, in_use ? "inuse_space" : "alloc_space", "bytes", &s.bytes);
  if (!ok) {
    cpu = find_value(p, "cpu", "nanoseconds", &ignored);
    profile_fail(&p->fault, cpu ? "it is a CPU profile, not one of the heap"
                                : "it is no profile of Go's heap: it has no alloc_space and inuse_space");
  }
  ok = ok && pprof_each_sample(&p->tables, take_sample, &s);
  free(s.frames.items);
  *error = p->fault.text;
  return ok;
}
