// place.c: where findings are now, and the findings of a result.
//
// What a file shows (LiveFile.shown) is the store: a publication makes it anew for files in which something changed,
// from what it was and from what was compiled since, and shares it for all others. Findings move with their declaration
// where that is in both texts, else with the text of the declaration around the edit. The steps of a finding stay where
// they were made: they are looked for in the result when somebody asks (package_result_step). Those of code that is
// frozen move with the text too, and are copied.
#include "live/live_internal.h"
#include "syntax/syntax.h"

#include <stdlib.h>

// ---- Positions

typedef struct TextMap {
  const AstFile *from, *to;
  Stretch all;
  Stretch decl; // from_len is 0: none
} TextMap;

static TextMap compare_texts(const AstFile *from, const AstFile *to) {
  TextMap m = {.from = from, .to = to};
  stretch_compare(&m.all, from->text, to->text);
  return m;
}

// What stands at `to` now is another version of what stood at `from`: several places of the file may have changed.
static void compare_decls(TextMap *m, uint32_t from, uint32_t to) {
  const AstDecl *a = from != UINT32_MAX ? ast_file_decl_starting_at(m->from, from) : NULL;
  const AstDecl *b = a && to != UINT32_MAX ? ast_file_decl_starting_at(m->to, to) : NULL;
  m->decl = (Stretch){.from = from, .to = to};
  if (b) stretch_compare(&m->decl, a->text, b->text);
}

// Where an offset went; UINT32_MAX: its text was replaced.
static uint32_t map_offset(const TextMap *m, uint32_t at) {
  if (m->decl.from_len && at >= m->decl.from && at - m->decl.from <= m->decl.from_len) return stretch_map(&m->decl, at);
  uint32_t there = stretch_map(&m->all, at);
  if (there != UINT32_MAX) return there;
  // several edits at once: the declaration may have moved as a whole
  uint32_t low = 0, high = m->from->decl_count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (m->from->slot_starts[m->from->decls[middle]->slot] <= at)
      low = middle + 1;
    else
      high = middle;
  }
  if (!low) return UINT32_MAX;
  const AstDecl *d = m->from->decls[low - 1];
  uint32_t start = m->from->slot_starts[d->slot];
  if (at > start + d->text.n || d->slot >= m->to->slot_count || m->to->slot_starts[d->slot] == UINT32_MAX)
    return UINT32_MAX;
  return m->to->slot_starts[d->slot] + (at - start);
}

static bool map_place(const TextMap *m, uint32_t *line, uint32_t *column) {
  uint32_t at = map_offset(m, ast_file_offset_at(m->from, (LineCol){*line, *column}));
  if (at == UINT32_MAX) return false;
  LineCol lc = ast_file_line_col(m->to, at);
  *line = lc.line;
  *column = lc.column;
  return true;
}

static bool map_finding(const TextMap *m, Finding *f) {
  uint32_t same = m->all.prefix;
  if (f->end <= same && f->hint_at <= same && f->start <= same) return true;
  uint32_t start = map_offset(m, f->start), end = map_offset(m, f->end), hint = map_offset(m, f->hint_at);
  if (start == UINT32_MAX || end == UINT32_MAX || hint == UINT32_MAX || !map_place(m, &f->line, &f->column))
    return false;
  f->start = start;
  f->end = end;
  f->hint_at = hint;
  return true;
}

// Of a declaration that began at `before` in the one text and begins at `now` in the other.
static void map_step(const TextMap *m, FindingStep *s, uint32_t before, uint32_t now) {
  if (before == UINT32_MAX) {
    s->source = NULL;
    return;
  }
  uint32_t moved = before - s->base;
  uint32_t start = map_offset(m, s->start + moved), end = map_offset(m, s->end + moved);
  uint32_t at = map_offset(m, s->at + moved);
  if (start == UINT32_MAX || end == UINT32_MAX || at == UINT32_MAX) {
    s->source = NULL;
    return;
  }
  LineCol lc = ast_file_line_col(m->to, at);
  s->start = start;
  s->end = end;
  s->at = at;
  s->base = now;
  s->follows = true;
  s->line = lc.line;
  s->column = lc.column;
}

void live_move_fresh(LiveState *live, const PtrMap *decls, const AstFile *from, const AstFile *to) {
  if (!live->fresh) return;
  TextMap m = compare_texts(from, to);
  for (uint32_t i = 0; i < decls->len; i++) {
    LiveDecl *l = ptrmap_get(&live->by_decl, decls->entries[i].key);
    if (!l || !l->fresh) continue;
    uint32_t kept = 0;
    for (uint32_t k = 0; k < l->len; k++)
      if (map_finding(&m, &l->items[k])) l->items[kept++] = l->items[k];
    l->len = kept;
  }
}

// ---- What there is to publish

void live_touch(LiveState *live, const LiveDecl *l) {
  if (l->decl) live->files[l->file].touched = true;
}

static void set_fresh(LiveState *live, LiveDecl *l, bool fresh) {
  live->fresh += fresh;
  live->fresh -= l->fresh;
  l->fresh = fresh;
}

void live_set_items(LiveState *live, LiveDecl *l, const FindingRefs *refs) {
  free(l->items);
  l->items = mem_new(sizeof *l->items * (refs->len + 1));
  l->len = refs->len;
  for (uint32_t i = 0; i < refs->len; i++) l->items[i] = *refs->items[i];
  set_fresh(live, l, true);
  live_touch(live, l);
}

static const FindingGroup *shown_group(const LiveState *live, const LiveDecl *l) {
  const FindingFile *shown = live->files[l->file].shown;
  return l->decl && shown && l->group < shown->group_count ? &shown->groups[l->group] : NULL;
}

const Finding *live_items(const LiveState *live, const LiveDecl *l, uint32_t *len) {
  const FindingGroup *g = l->fresh ? NULL : shown_group(live, l);
  *len = l->fresh ? l->len : g ? g->len : 0;
  return g ? live->files[l->file].shown->items + g->first : l->items;
}

void live_set_stale(LiveState *live, LiveDecl *l, bool frozen, bool outdated) {
  live->outdated += outdated;
  live->outdated -= l->outdated;
  bool was = live_is_stale(l);
  live->cold_changed |= l->outdated && !outdated; // it was not judged meanwhile
  l->frozen = frozen;
  l->outdated = outdated;
  live->stale += live_is_stale(l);
  live->stale -= was;
  if (was != live_is_stale(l)) live_touch(live, l);
}

// ---- Sites that came elsewhere by inlining

typedef struct CopyCount {
  uint32_t all, heap, loop;
  struct CopyCount *next; // of those that are free
} CopyCount;

static CopyCount *copy_count_new(LiveState *live) {
  CopyCount *c = live->free_counts;
  if (!c) return ARENA_NEW(&live->arena, CopyCount);
  live->free_counts = c->next;
  *c = (CopyCount){0};
  return c;
}

static void copy_count_free(LiveState *live, CopyCount *c) {
  c->next = live->free_counts;
  live->free_counts = c;
}

static const void *copy_key(const AstDecl *decl, uint32_t offset) {
  return (const void *)(uintptr_t)(hash_mix((uintptr_t)decl, offset) | 1);
}

static void count_copy(LiveState *live, const LiveCopy *c, bool more) {
  const void *key = copy_key(c->decl, c->offset);
  CopyCount *count = ptrmap_get(&live->copies, key);
  uint32_t one = more ? 1 : UINT32_MAX;
  if (!count) {
    count = copy_count_new(live);
    ptrmap_set(&live->copies, key, count);
    uintptr_t kinds = (uintptr_t)ptrmap_get(&live->copied, c->decl);
    ptrmap_set(&live->copied, c->decl, (void *)(kinds + 1));
  }
  count->all += one;
  if (c->heap) count->heap += one;
  if (c->loop) count->loop += one;
  const LiveDecl *of = ptrmap_get(&live->by_decl, c->decl);
  if (of) live_touch(live, of);
  if (count->all) return;
  ptrmap_remove(&live->copies, key);
  copy_count_free(live, count);
  uintptr_t kinds = (uintptr_t)ptrmap_get(&live->copied, c->decl);
  if (kinds > 1)
    ptrmap_set(&live->copied, c->decl, (void *)(kinds - 1));
  else
    ptrmap_remove(&live->copied, c->decl);
}

static int by_site(const void *a, const void *b) {
  const LiveCopy *x = a, *y = b;
  if (x->decl != y->decl) return (uintptr_t)x->decl < (uintptr_t)y->decl ? -1 : 1;
  if (x->offset != y->offset) return x->offset < y->offset ? -1 : 1;
  return (x->heap * 2 + x->loop) - (y->heap * 2 + y->loop);
}

void live_set_copies(LiveState *live, LiveDecl *l, LiveCopies *copies) {
  if (copies->len) qsort(copies->items, copies->len, sizeof *copies->items, by_site);
  uint32_t i = 0, k = 0;
  while (i < l->copies.len || k < copies->len) {
    int order = i == l->copies.len ? 1 : k == copies->len ? -1 : by_site(&l->copies.items[i], &copies->items[k]);
    if (order < 0) count_copy(live, &l->copies.items[i], false);
    if (order > 0) count_copy(live, &copies->items[k], true);
    i += order <= 0;
    k += order >= 0;
  }
  live_free_items(live, l->copies.items);
  l->copies = *copies;
}

void live_forget(LiveState *live, LiveDecl *l) {
  live_touch(live, l);
  set_fresh(live, l, false);
  live_set_stale(live, l, false, false);
  live_set_copies(live, l, &(LiveCopies){0});
}

static void show_copies(const LiveState *live, Finding *f, const AstDecl *decl, const AstFile *file, uint32_t start) {
  f->inlined_into = f->copies_heap = f->copies_loop = 0;
  if (f->kind != FINDING_SITE || f->inlined_from.n || !ptrmap_has(&live->copied, decl)) return;
  uint32_t at = ast_file_offset_at(file, (LineCol){f->line, f->column}) - start;
  const CopyCount *c = ptrmap_get(&live->copies, copy_key(decl, at));
  if (c) f->inlined_into = c->all, f->copies_heap = c->heap, f->copies_loop = c->loop;
}

// ---- Publishing

typedef struct Placer {
  const LiveState *live;
  const AstFile *from, *to;
  TextMap map;
  bool compared;
  FindingFile *out;
  FindingStep *next_step;
} Placer;

static bool is_in(const AstFile *file, const AstDecl *decl) {
  return decl->slot < file->slot_count && file->slot_starts[decl->slot] != UINT32_MAX;
}

static bool moves_as_a_whole(const Placer *p, const LiveDecl *l) {
  return !l->own_steps && is_in(p->from, l->decl) && is_in(p->to, l->decl);
}

static void shift(const Placer *p, const AstDecl *decl, Finding *items, uint32_t len) {
  uint32_t before = p->from->slot_starts[decl->slot], now = p->to->slot_starts[decl->slot];
  LineCol a = ast_file_line_col(p->from, before), b = ast_file_line_col(p->to, now);
  if (before == now && a.line == b.line) return;
  for (uint32_t i = 0; i < len; i++) {
    Finding *f = &items[i];
    f->start += now - before;
    f->end += now - before;
    f->hint_at += now - before;
    if (f->line == a.line) f->column += b.column - a.column;
    f->line += b.line - a.line;
  }
}

// Findings and steps go with the text around them.
static void map_group(Placer *p, const FindingGroup *was, FindingGroup *g) {
  if (!p->compared) p->map = compare_texts(p->from, p->to);
  p->compared = true;
  compare_decls(&p->map, was->start, g->start);
  Finding *items = p->out->items + g->first;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < g->len; i++) {
    Finding *f = &items[kept];
    *f = items[i];
    if (!map_finding(&p->map, f)) continue;
    kept++;
    if (f->step_count) memcpy(p->next_step, f->steps, f->step_count * sizeof *f->steps);
    f->steps = p->next_step;
    p->next_step += f->step_count;
    for (uint32_t k = 0; k < f->step_count; k++) {
      if (f->steps[k].decl != was->decl) continue;
      map_step(&p->map, &f->steps[k], was->start, g->start);
      finding_step_lies_in(&f->steps[k], g->decl);
    }
  }
  g->len = kept;
}

static void place_group(Placer *p, LiveDecl *l, FindingGroup *g) {
  uint32_t len;
  const FindingGroup *was = shown_group(p->live, l);
  const Finding *items = live_items(p->live, l, &len);
  Finding *to = p->out->items + g->first;
  if (len) memcpy(to, items, len * sizeof *to);
  g->len = len;
  if (l->fresh) {
    l->own_steps = false;
  } else if (was && moves_as_a_whole(p, l)) {
    shift(p, l->decl, to, len);
  } else if (was) {
    l->own_steps = true;
    map_group(p, was, g);
  }
  bool stale = live_is_stale(l);
  for (uint32_t i = 0; i < g->len; i++) {
    to[i].stale = stale;
    if (!stale) show_copies(p->live, &to[i], l->decl, p->to, g->start);
  }
}

static void make_room(Placer *p, const AstFile *f) {
  uint32_t len = 0, steps = 0;
  for (uint32_t k = 0; k < f->decl_count; k++) {
    const LiveDecl *l = ptrmap_get(&p->live->by_decl, f->decls[k]);
    uint32_t n = 0;
    const Finding *items = l ? live_items(p->live, l, &n) : NULL;
    len += n;
    for (uint32_t i = 0; i < n && !l->fresh && !moves_as_a_whole(p, l); i++) steps += items[i].step_count;
  }
  FindingFile *out = p->out = mem_new(sizeof *out);
  size_t groups = sizeof *out->groups * (f->decl_count + 1), all = sizeof *out->items * (len + 1);
  char *block = out->block = mem_new(groups + all + sizeof(FindingStep) * (steps + 1));
  out->groups = (FindingGroup *)(void *)block;
  out->items = (Finding *)(void *)(block + groups);
  p->next_step = (FindingStep *)(void *)(block + groups + all);
  out->references = 1;
  out->source = f->source;
}

static void keep_text(LiveState *live, FindingFile *out, FindingText *text) {
  if (!text || text->mark == live->publications) return;
  text->mark = live->publications;
  VEC_APPEND(&out->texts, finding_text_retain(text));
}

static void show_file(LiveState *live, LiveFile *file) {
  const AstFile *f = file->effective ? file->effective : file->actual->ast;
  Placer p = {.live = live, .from = file->placed->ast, .to = file->actual->ast};
  live->publications++;
  make_room(&p, f);
  FindingFile *out = p.out;
  for (uint32_t k = 0; k < f->decl_count; k++) {
    LiveDecl *l = ptrmap_get(&live->by_decl, f->decls[k]);
    FindingGroup *g = &out->groups[out->group_count++];
    const DeclTypes *types = package_decl_types(live->base->package, f->decls[k]);
    ast_decl_retain(f->decls[k]);
    *g = (FindingGroup){.decl = f->decls[k],
                        .start = f->slot_starts[f->decls[k]->slot],
                        .first = out->len,
                        .broken = types && types->has_error};
    if (!l) continue;
    place_group(&p, l, g);
    out->len += g->len;
    keep_text(live, out, l->text);
  }
  for (uint32_t k = 0; k < f->decl_count; k++) { // all has been read that was shown before
    LiveDecl *l = ptrmap_get(&live->by_decl, f->decls[k]);
    if (!l) continue;
    l->group = k;
    set_fresh(live, l, false);
    free(l->items);
    l->items = NULL;
    l->len = 0;
  }
  finding_file_release(file->shown);
  file->shown = out;
  parsed_file_release(file->placed);
  file->placed = file->actual;
  __atomic_add_fetch(&file->placed->references, 1, __ATOMIC_RELAXED);
  file->touched = false;
}

void live_show_base(LiveState *live) {
  const FindingSet *set = live->base->findings;
  for (uint32_t i = 0; set && i < live->base->file_count; i++) {
    LiveFile *file = &live->files[i];
    while (set->files[file->shelf].source != file->actual->ast->source) file->shelf++;
    file->shown = finding_file_retain(set->files[file->shelf].findings);
    file->placed = file->actual;
    __atomic_add_fetch(&file->placed->references, 1, __ATOMIC_RELAXED);
    for (uint32_t k = 0; k < file->shown->group_count; k++) {
      LiveDecl *l = ptrmap_get(&live->by_decl, file->shown->groups[k].decl);
      if (l) l->group = k;
    }
  }
}

FindingSet *live_findings(LiveState *live) {
  const PackageImage *base = live->base;
  FindingSet *set = finding_set_empty(base->file_count);
  for (uint32_t i = 0; i < base->file_count; i++) {
    LiveFile *file = &live->files[i];
    if (file->touched) show_file(live, file);
    set->files[file->shelf] = (FindingShelf){file->shown->source, finding_file_retain(file->shown)};
  }
  return set;
}

void live_publish(LiveState *live, PackageImage *image) {
  PackageImage *base = live->base;
  image->origin = image_retain(base);
  image->package = base->package;
  image->unit = base->unit;
  image->summary = live->summary;
  if (base->findings) image->findings = live_findings(live);
}

// ---- After the package was built anew

static CallFacts *copy_call(Arena *a, const CallFacts *from) {
  CallFacts *c = ARENA_NEW(a, CallFacts);
  *c = *from;
  c->concrete = arena_str(a, c->concrete);
  c->args = ARENA_ARRAY(a, CallArg, c->arg_count + 1);
  for (uint32_t i = 0; i < c->arg_count; i++) {
    c->args[i] = from->args[i];
    c->args[i].text = arena_str(a, c->args[i].text);
    c->args[i].param = arena_str(a, c->args[i].param);
  }
  return c;
}

static StructFacts *copy_layout(Arena *a, const StructFacts *from) {
  StructFacts *s = ARENA_NEW(a, StructFacts);
  *s = *from;
  s->order_text = arena_str(a, s->order_text);
  s->fixed = arena_str(a, s->fixed);
  uint32_t *order = from->order ? ARENA_ARRAY(a, uint32_t, s->field_count + 1) : NULL;
  if (order) memcpy(order, from->order, s->field_count * sizeof *order);
  s->order = order;
  return s;
}

// All that it refers to, to the arena.
static void copy_finding(Arena *a, Finding *f) {
  Str *const texts[] = {&f->subject, &f->function, &f->count_text, &f->when,      &f->inlined_from, &f->hint,
                        &f->title,   &f->why,      &f->advice,     &f->condition, &f->gc_words,     &f->symbol};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) *texts[i] = arena_str(a, *texts[i]);
  FindingStep *steps = ARENA_ARRAY(a, FindingStep, f->step_count + 1);
  for (uint32_t i = 0; i < f->step_count; i++) {
    steps[i] = f->steps[i];
    steps[i].text = arena_str(a, steps[i].text);
    steps[i].gc_text = arena_str(a, steps[i].gc_text);
  }
  f->steps = steps;
  if (f->call) f->call = copy_call(a, f->call);
  if (f->layout) f->layout = copy_layout(a, f->layout);
}

static const FindingGroup *last_group(const LiveFile *file, const AstDecl *decl) {
  for (uint32_t i = 0; i < file->last->group_count; i++)
    if (file->last->groups[i].decl == decl) return &file->last->groups[i];
  return NULL;
}

static void carry_group(LiveState *live, LiveDecl *l, const LiveFile *file, const FindingGroup *g) {
  const AstFile *seen = file->effective ? file->effective : file->actual->ast;
  TextMap map = compare_texts(file->then->ast, file->actual->ast);
  uint32_t now = l->decl->slot < seen->slot_count ? seen->slot_starts[l->decl->slot] : UINT32_MAX;
  if (now != UINT32_MAX) compare_decls(&map, g->start, now);
  FindingText *text = mem_new(sizeof *text);
  text->references = 1;
  arena_init(&text->arena);
  Finding *items = ARENA_ARRAY(&text->arena, Finding, g->len + 1);
  FindingRefs refs = {0};
  for (uint32_t i = 0; i < g->len; i++) {
    items[i] = file->last->items[g->first + i];
    if (!map_finding(&map, &items[i])) continue;
    copy_finding(&text->arena, &items[i]);
    for (uint32_t k = 0; k < items[i].step_count; k++) {
      FindingStep *step = &items[i].steps[k];
      if (!step->follows || step->decl != g->decl) continue;
      map_step(&map, step, g->start, now);
      finding_step_lies_in(step, l->decl);
    }
    VEC_APPEND(&refs, &items[i]);
  }
  finding_text_release(l->text);
  l->text = text;
  live_set_items(live, l, &refs);
  free(refs.items);
}

void live_carry_findings(LiveState *live) {
  for (uint32_t i = 0; i < live->decls.len; i++) {
    LiveDecl *l = live->decls.items[i];
    const LiveFile *file = &live->files[l->file];
    bool broken = l->func && l->ir && l->ir->is_broken;
    const FindingGroup *g = file->last && (l->frozen || broken) ? last_group(file, l->decl) : NULL;
    if (!g || !g->len) continue;
    live_set_stale(live, l, l->frozen, broken && !l->frozen);
    carry_group(live, l, file, g);
  }
  for (uint32_t i = 0; i < live->base->file_count; i++) {
    LiveFile *file = &live->files[i];
    finding_file_release(file->last);
    parsed_file_release(file->then);
    file->last = NULL;
    file->then = NULL;
  }
}
