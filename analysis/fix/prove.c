// prove.c: a trial: the package as it would be, compared with the package as it is.
//
// Every finding after has a place in the text before (places are mapped through the edits), or stands in text that an
// edit brought. One that allocates must be matched by one of the same place before, which is at least as bad; what is
// not matched is new, and only allowed where the fix's trade says so. In turn, nothing may be left at the place of what
// a fix is about. Findings about functions and parameters are compared too: that none becomes dearer to callers is what
// packages that import this one can see.
#include "fix/fix_internal.h"

#include <stdarg.h>
#include <stdlib.h>

typedef struct Placed {
  const AstSource *source;
  uint32_t start, end; // in the text before
  const Finding *finding;
  bool used;
} Placed;

typedef struct Comparison {
  Arena arena;
  const Fix *const *fixes;
  uint32_t fix_count;
  VEC(Placed) before; // sorted
  Buf *why;
} Comparison;

static int by_place(const void *a, const void *b) {
  const Placed *x = a, *y = b;
  if (x->source != y->source) return (uintptr_t)x->source < (uintptr_t)y->source ? -1 : 1;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  return (x->end > y->end) - (x->end < y->end);
}

static bool against(Comparison *c, const char *format, ...) PRINTF_LIKE(2, 3);
static bool against(Comparison *c, const char *format, ...) {
  if (!c->why) return false;
  va_list arguments;
  va_start(arguments, format);
  buf_vprintf(c->why, format, arguments);
  va_end(arguments);
  return false;
}

// ---- Places

// Where an offset after the edits was before; UINT32_MAX: in text that they brought. Their ends are those of what they
// replaced.
static uint32_t was_at(FixEdits edits, uint32_t at, bool is_end) {
  int64_t shift = 0; // after - before
  for (uint32_t i = 0; i < edits.len; i++) {
    const FixEdit *e = &edits.items[i];
    int64_t start = e->start + shift, end = start + (int64_t)e->text.n;
    if (at < start || (at == start && is_end)) break;
    if (at == start && e->end > e->start) return e->start;
    if (at == end && is_end && e->end > e->start) return e->end;
    if (at < end || (at == end && is_end)) return UINT32_MAX;
    shift += (int64_t)e->text.n - (e->end - e->start);
  }
  return (uint32_t)(at - shift);
}

static bool brought(FixEdits edits, uint32_t start, uint32_t end) {
  int64_t shift = 0;
  for (uint32_t i = 0; i < edits.len; i++) {
    const FixEdit *e = &edits.items[i];
    int64_t from = e->start + shift, to = from + (int64_t)e->text.n;
    if (start >= from && end <= to) return true;
    shift += (int64_t)e->text.n - (e->end - e->start);
  }
  return false;
}

// ---- Better or worse

static Str without_arguments(Str function) { // "F[int]" is "F"
  ptrdiff_t bracket = str_index_byte(function, '[');
  return bracket < 0 ? function : str_slice(function, 0, (size_t)bracket);
}

// May other packages call it by its name? What its own package makes of it is seen there.
static bool is_exported(const Finding *f) {
  Str function = without_arguments(f->function);
  ptrdiff_t dot = str_last_byte(function, '.');
  Str name = str_slice(function, (size_t)(dot + 1), function.n);
  return name.n && !(name.p[0] >= 'a' && name.p[0] <= 'z') && name.p[0] != '_';
}

static int badness(const Finding *f) {
  if (f->kind == FINDING_PARAM) {
    if (str_index(f->gc_words, STR("does not escape")) >= 0 || !is_exported(f)) return 0;
    return str_index(f->gc_words, STR("to result")) >= 0 ? 1 : 2;
  }
  if (f->kind == FINDING_FUNCTION) return str_has_prefix(f->gc_words, STR("can inline")) || !is_exported(f) ? 0 : 1;
  if (f->kind != FINDING_SITE && f->kind != FINDING_VARIABLE) return 0;
  return f->verdict == VERDICT_HEAP ? 2 : f->verdict == VERDICT_CONDITIONAL ? 1 : 0;
}

static bool calls_the_same(const Comparison *c) {
  for (uint32_t i = 0; i < c->fix_count; i++)
    if (c->fixes[i]->calls) return true;
  return false;
}

static bool is_no_worse(const Comparison *c, const Finding *after, const Finding *before) {
  if (after->kind != before->kind || badness(after) > badness(before)) return false;
  if (after->kind != FINDING_SITE && after->kind != FINDING_VARIABLE) return true;
  if (after->bytes > before->bytes && before->bytes >= 0) return false;
  if (after->loop_depth > before->loop_depth) return false;
  if (calls_the_same(c)) return true; // with more copies
  return after->copies_heap <= before->copies_heap && after->copies_loop <= before->copies_loop;
}

static bool match(Comparison *c, const AstSource *source, uint32_t start, uint32_t end, const Finding *f) {
  Placed key = {.source = source, .start = start, .end = end};
  uint32_t low = 0, high = c->before.len;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (by_place(&c->before.items[mid], &key) < 0)
      low = mid + 1;
    else
      high = mid;
  }
  for (; low < c->before.len && by_place(&c->before.items[low], &key) == 0; low++) {
    Placed *p = &c->before.items[low];
    if (p->used || !is_no_worse(c, f, p->finding) || !str_equal(f->inlined_from, p->finding->inlined_from)) continue;
    p->used = true;
    return true;
  }
  return false;
}

// What a fix brought into a function is in the copies of it, too.
static bool is_copy(const Comparison *c, const Finding *f) {
  for (uint32_t i = 0; i < c->fix_count && f->inlined_from.n; i++) {
    const Fix *fix = c->fixes[i];
    if (!str_equal(without_arguments(f->inlined_from), without_arguments(fix->function))) continue;
    if ((fix->trade == TRADE_ROOM || fix->trade == TRADE_HOIST) && str_has_prefix(f->gc_words, STR("make(")))
      return true;
    if (fix->trade == TRADE_STRING && str_index(f->gc_words, STR(" + ")) >= 0) return true;
  }
  return false;
}

// The new text that a finding stands in belongs to a fix that brings such a thing.
static bool traded(Comparison *c, uint32_t *uses, const AstSource *source, FixEdits edits, uint32_t start, uint32_t end,
                   const Finding *f) {
  if (!brought(edits, start, end)) return false;
  enum { ROOM_MOST = 1, STRING_MOST = 2 }; // the text, and the error that holds it
  for (uint32_t i = 0; i < c->fix_count; i++) {
    const Fix *fix = c->fixes[i];
    if (fix->source != source) continue;
    bool own = false;
    int64_t shift = 0;
    for (uint32_t k = 0; k < edits.len; k++) {
      const FixEdit *e = &edits.items[k];
      int64_t from = e->start + shift;
      bool around = start >= from && end <= from + (int64_t)e->text.n;
      for (uint32_t j = 0; around && j < fix->edit_count; j++) own |= fix->edits[j].start == e->start;
      shift += (int64_t)e->text.n - (e->end - e->start);
    }
    if (!own) continue;
    bool room =
      (fix->trade == TRADE_ROOM || fix->trade == TRADE_HOIST) && f->loop_depth < fix->loop_depth && uses[i] < ROOM_MOST;
    bool string = fix->trade == TRADE_STRING && uses[i] < STRING_MOST && f->loop_depth <= fix->loop_depth &&
                  (f->cause == CAUSE_CONCAT || f->inlined_from.n || str_index(f->gc_words, STR(" + ")) >= 0);
    bool once = fix->trade == TRADE_ONCE && f->cold & ALLOC_COLD_INIT;
    bool grows = fix->trade == TRADE_WRITE && ((f->cause == CAUSE_APPEND && f->is_foreign) ||
                                               (f->cause == CAUSE_CONCAT && f->loop_depth < fix->loop_depth));
    bool called = fix->calls && f->inlined_from.n && f->loop_depth <= fix->loop_depth;
    if (!room && !string && !once && !grows && !called) continue;
    uses[i]++;
    return true;
  }
  return false;
}

static bool is_target(const Comparison *c, const AstSource *source, uint32_t start, uint32_t end, const Finding *left) {
  for (uint32_t i = 0; i < c->fix_count; i++) {
    const Fix *f = c->fixes[i];
    if (f->trade == TRADE_WRITE && left->cause == CAUSE_APPEND && left->is_foreign) continue; // what is written to
    bool is_short = f->trade == TRADE_SHORT && left->verdict == VERDICT_CONDITIONAL && left->cause == CAUSE_CONVERSION;
    if (!is_short && f->trade != TRADE_ROOM && f->source == source && f->start == start && f->end == end) return true;
  }
  return false;
}

static void take_before(Comparison *c, const PackageResult *r) {
  const Finding *f;
  for (FindingCursor cursor = {.set = r->findings}; (f = finding_next(&cursor));) {
    if (cursor.of->start == UINT32_MAX) continue;
    FindingPlace at = finding_where(cursor.of, f);
    Placed p = {.source = f->source, .start = at.start, .end = at.end, .finding = f};
    VEC_PUSH(&c->arena, &c->before, p);
  }
  if (c->before.len) qsort(c->before.items, c->before.len, sizeof *c->before.items, by_place);
}

// The declaration has text that an edit brought. (Another one may be broken all along.)
static bool is_edited(FixEdits edits, const FindingGroup *g) {
  int64_t shift = 0, start = g->start, end = start + (int64_t)g->decl->text.n;
  for (uint32_t i = 0; i < edits.len; i++) {
    int64_t from = edits.items[i].start + shift, to = from + (int64_t)edits.items[i].text.n;
    if (g->start == UINT32_MAX || (from <= end && to >= start)) return true;
    shift += (int64_t)edits.items[i].text.n - (edits.items[i].end - edits.items[i].start);
  }
  return false;
}

static bool compare_file(Comparison *c, const FindingFile *file, FixEdits edits, uint32_t *uses) {
  for (uint32_t g = 0; g < file->group_count; g++) {
    const FindingGroup *group = &file->groups[g];
    if ((group->stale || group->broken) && is_edited(edits, group)) return against(c, "it would not compile");
    for (uint32_t i = 0; i < group->len && group->start != UINT32_MAX; i++) {
      const Finding *f = &group->items[i];
      if (!badness(f)) continue;
      FindingPlace at = finding_where(group, f);
      uint32_t start = was_at(edits, at.start, false), end = was_at(edits, at.end, true);
      if (start != UINT32_MAX && end != UINT32_MAX && f->kind != FINDING_PARAM && f->kind != FINDING_FUNCTION &&
          is_target(c, file->source, start, end, f))
        return against(c, "%.*s would still allocate", STR_ARG(f->subject));
      if (start != UINT32_MAX && end != UINT32_MAX && match(c, file->source, start, end, f)) continue;
      if (is_copy(c, f) || traded(c, uses, file->source, edits, at.start, at.end, f)) continue;
      return against(c, "line %u: %.*s: %.*s would come", at.line, STR_ARG(f->subject), STR_ARG(f->gc_words));
    }
  }
  return true;
}

// ---- The trial

typedef struct Errors {
  uint32_t types, syntax, load;
} Errors;

static Errors count_errors(const PackageResult *r) {
  Errors e = {.types = r->package ? r->package->errors.len : 0, .load = r->load_error_count};
  for (uint32_t i = 0; i < r->file_count; i++) e.syntax += r->files[i]->errors.len;
  return e;
}

static bool is_first_of_source(const Fix *const *fixes, uint32_t i) {
  for (uint32_t k = 0; k < i; k++)
    if (fixes[k]->source == fixes[i]->source) return false;
  return true;
}

static bool compare(Comparison *c, const PackageResult *after, Errors was) {
  Errors now = count_errors(after);
  if (!after->findings || now.types > was.types || now.syntax > was.syntax || now.load > was.load) {
    Str first = after->package && after->package->errors.len ? after->package->errors.items[0].message : STR_NONE;
    return against(c, "it would not compile: %.*s", STR_ARG(first));
  }
  uint32_t *uses = ARENA_ARRAY(&c->arena, uint32_t, c->fix_count + 1);
  for (uint32_t i = 0; i < after->findings->file_count; i++) {
    const AstSource *source = after->findings->files[i].source;
    FixEdits edits = fix_edits(&c->arena, source, c->fixes, c->fix_count);
    if (!compare_file(c, after->findings->files[i].findings, edits, uses)) return false;
  }
  return true;
}

bool fix_prove(const FixTrial *t, const Fix *const *fixes, uint32_t count, Buf *why) {
  Comparison c = {.fixes = fixes, .fix_count = count, .why = why};
  arena_init(&c.arena);
  take_before(&c, t->before);
  Errors was = count_errors(t->before);
  for (uint32_t i = 0; i < count; i++) {
    if (!is_first_of_source(fixes, i)) continue;
    Str text = fix_apply(&c.arena, fixes[i]->imports->text, fix_edits(&c.arena, fixes[i]->source, fixes, count));
    program_set_overlay(t->program, fixes[i]->source->path, text.p, text.n);
  }
  Buf error = {0};
  const PackageResult *after =
    count ? program_analyze_file(t->program, fixes[0]->source->path, t->cancel, &error) : NULL;
  bool holds = after ? compare(&c, after, was) : against(&c, "%.*s", STR_ARG(buf_view(&error)));
  buf_release(&error);
  package_result_release(after);
  for (uint32_t i = 0; i < count; i++) {
    Str text = fixes[i]->imports->text;
    if (is_first_of_source(fixes, i)) program_set_overlay(t->program, fixes[i]->source->path, text.p, text.n);
  }
  arena_release(&c.arena);
  return holds;
}

// ---- Many at once

typedef struct Together {
  const FixTrial *trial;
  const Fix **kept; // proved together
  uint32_t len;
} Together;

// Adds as many of the fixes as hold with those that are kept: all at once, else each half on its own.
static void add_all(Together *t, const Fix *const *fixes, uint32_t count) {
  if (!count || is_cancelled(t->trial->cancel)) return;
  for (uint32_t i = 0; i < count; i++) t->kept[t->len + i] = fixes[i];
  if (fix_prove(t->trial, t->kept, t->len + count, NULL)) {
    t->len += count;
    return;
  }
  if (count == 1) return;
  add_all(t, fixes, count / 2);
  add_all(t, fixes + count / 2, count - count / 2);
}

void fix_prove_together(Arena *arena, const FixTrial *trial, const FixList *list, FixList *out) {
  const Fix **apart = ARENA_ARRAY(arena, const Fix *, list->items.len + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < list->items.len; i++) {
    bool free_ = true;
    for (uint32_t k = 0; k < count && free_; k++) free_ = !fix_overlap(apart[k], &list->items.items[i]);
    if (free_) apart[count++] = &list->items.items[i];
  }
  Together t = {.trial = trial, .kept = ARENA_ARRAY(arena, const Fix *, list->items.len + 1)};
  add_all(&t, apart, count);
  for (uint32_t i = 0; i < t.len; i++) VEC_PUSH(arena, &out->items, *t.kept[i]);
}
