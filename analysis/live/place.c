// place.c: where findings are now, and the findings of a result.
//
// What a file shows (LiveFile.shown) is the store: a publication makes it anew for files in which something changed,
// from what it was and from what was compiled since, and shares it for all others; of a file made anew it shares the
// findings of every declaration that says what it said. Findings move with their declaration where that is in both
// texts, which takes four numbers for all of them, else with the text of the declaration around the edit. The steps of
// a finding stay where they were made: they are looked for in the result when somebody asks (package_result_step).
// Those of code that is frozen move with the text too, and are copied.
#include "live/live_internal.h"
#include "report/decision.h"
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
  uint32_t number = ast_file_decl_before(m->from, at);
  if (number == UINT32_MAX) return UINT32_MAX;
  const AstDecl *d = m->from->decls[number];
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
  uint32_t mark = map_offset(m, f->start + f->mark_at),
           mark_end = map_offset(m, f->start + f->mark_at + f->mark_length);
  bool marked = f->mark_length && mark != UINT32_MAX && mark_end != UINT32_MAX && mark >= start && mark_end > mark;
  f->mark_at = marked ? mark - start : 0;
  f->mark_length = marked ? mark_end - mark : 0;
  f->start = start;
  f->end = end;
  f->hint_at = hint;
  return true;
}

// The i-th of the group, as if it had been made in the text that the group is shown in.
static Finding placed(const FindingGroup *g, uint32_t i) {
  FindingPlace at = finding_where(g, &g->items[i]);
  Finding f = g->items[i];
  f.start = at.start;
  f.end = at.end;
  f.hint_at = at.hint_at;
  f.line = at.line;
  f.column = at.column;
  return f;
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

void live_move_fresh(LiveState *live, uint32_t file, const AstFile *from, const AstFile *to) {
  if (!live->fresh) return;
  TextMap m = compare_texts(from, to);
  for (uint32_t i = 0; i < live->decls.len; i++) {
    const LiveDecl *l = live->decls.items[i];
    if (!l->fresh || l->file != file) continue;
    uint32_t kept = 0;
    for (uint32_t k = 0; k < l->items->len; k++)
      if (map_finding(&m, &l->items->items[k])) l->items->items[kept++] = l->items->items[k];
    l->items->len = kept;
  }
}

// ---- What there is to publish

void live_touch(LiveState *live, LiveDecl *l) {
  if (!l->decl) return;
  live->files[l->file].touched = true;
  if (!l->touched) VEC_APPEND(&live->touched, l);
  l->touched = true;
}

static void set_fresh(LiveState *live, LiveDecl *l, bool fresh) {
  live->fresh += fresh;
  live->fresh -= l->fresh;
  l->fresh = fresh;
}

void live_set_items(LiveState *live, LiveDecl *l, const FindingRefs *refs, FindingText *text) {
  finding_items_release(l->items);
  l->items = finding_items_new(refs->len, 0, text, NULL);
  for (uint32_t i = 0; i < refs->len; i++) l->items->items[i] = *refs->items[i];
  set_fresh(live, l, true);
  live_touch(live, l);
}

static const FindingGroup *shown_group(const LiveState *live, const LiveDecl *l) {
  const FindingFile *shown = live->files[l->file].shown;
  return l->decl && l->shown && shown ? finding_group_in(shown, l->shown) : NULL;
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
  LiveDecl *of = ptrmap_get(&live->by_decl, c->decl);
  if (of) {
    of->recount = true;
    live_touch(live, of);
  }
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

void live_forget(LiveState *live, const LiveDecls *gone) {
  for (uint32_t i = 0; i < gone->len; i++) {
    LiveDecl *l = gone->items[i];
    set_fresh(live, l, false);
    live_set_stale(live, l, false, false);
    live_set_copies(live, l, &(LiveCopies){0});
    live->files[l->file].touched = true;
  }
  uint32_t kept = 0;
  for (uint32_t i = 0; i < live->touched.len; i++)
    if (!live->touched.items[i]->gone) live->touched.items[kept++] = live->touched.items[i];
  live->touched.len = kept;
}

// ---- Publishing

typedef struct Placer {
  const LiveState *live;
  const AstFile *from, *to;
  TextMap map;
  uint32_t tail; // from here on lines of `from` are in the other text as they are
} Placer;

static Placer placer_of(const LiveState *live, const AstFile *from, const AstFile *to) {
  Placer p = {.live = live, .from = from, .to = to, .map = compare_texts(from, to)};
  uint32_t suffix = (uint32_t)from->text.n - p.map.all.suffix;
  LineCol at = ast_file_line_col(from, suffix);
  p.tail = at.column == 1 ? suffix : at.line < from->line_count ? from->lines[at.line] : UINT32_MAX;
  return p;
}

static void show_items(FindingGroup *g, FindingItems *own) {
  g->own = finding_items_retain(own);
  g->items = own->items;
  g->len = own->len;
}

// Takes what the other one shows.
static void share_items(FindingGroup *g, const FindingGroup *was) {
  g->own = finding_items_retain(was->own);
  g->items = was->items;
  g->len = was->len;
  g->moved = was->moved;
  g->lines = was->lines;
  g->line = was->line;
  g->columns = was->columns;
}

static void drop_items(FindingGroup *g) {
  finding_items_release(g->own);
  g->own = NULL;
  g->items = NULL;
  g->moved = g->lines = g->line = g->columns = g->len = 0;
}

static bool is_in(const AstFile *file, const AstDecl *decl) {
  return decl->slot < file->slot_count && file->slot_starts[decl->slot] != UINT32_MAX;
}

static bool moves_as_a_whole(const Placer *p, const LiveDecl *l) {
  return !l->own_steps && is_in(p->from, l->decl) && is_in(p->to, l->decl);
}

// Of a declaration that began at `before` in the one text and begins at `now` in the other.
static void shift(const Placer *p, FindingGroup *g, uint32_t before, uint32_t now) {
  if (before == now && before <= p->map.all.prefix) return;
  g->moved += now - before;
  if (before >= p->tail && now - before == (uint32_t)(p->to->text.n - p->from->text.n)) {
    g->lines += p->to->line_count - p->from->line_count;
    return;
  }
  LineCol a = ast_file_line_col(p->from, before), b = ast_file_line_col(p->to, now);
  g->line = a.line - g->lines;
  g->lines += b.line - a.line;
  g->columns += b.column - a.column;
}

static FindingText *text_of(const FindingGroup *g) { return g->own ? g->own->text : NULL; }

// Findings and steps go with the text around them.
static void map_group(Placer *p, const FindingGroup *was, FindingGroup *g) {
  uint32_t steps = 0;
  for (uint32_t i = 0; i < was->len; i++) steps += was->items[i].step_count;
  compare_decls(&p->map, was->start, g->start);
  FindingStep *room;
  FindingItems *own = finding_items_new(was->len, steps, text_of(was), &room);
  own->len = 0;
  for (uint32_t i = 0; i < was->len; i++) {
    Finding *f = &own->items[own->len];
    *f = placed(was, i);
    if (!map_finding(&p->map, f)) continue;
    own->len++;
    if (f->step_count) memcpy(room, f->steps, f->step_count * sizeof *f->steps);
    f->steps = room;
    room += f->step_count;
    for (uint32_t k = 0; k < f->step_count; k++) {
      if (f->steps[k].decl != was->decl) continue;
      map_step(&p->map, &f->steps[k], was->start, g->start);
      finding_step_lies_in(&f->steps[k], g->decl);
    }
  }
  p->map.decl = (Stretch){0};
  drop_items(g);
  show_items(g, own);
  finding_items_release(own);
}

// How often the code of a site has come elsewhere by inlining.
static CopyCount copies_of(const LiveState *live, const FindingGroup *g, const Finding *f, const AstFile *file) {
  const CopyCount none = {0};
  if (f->kind != FINDING_SITE || f->inlined_from.n || !ptrmap_has(&live->copied, g->decl)) return none;
  FindingPlace at = finding_where(g, f);
  uint32_t offset = ast_file_offset_at(file, (LineCol){at.line, at.column}) - g->start;
  const CopyCount *c = ptrmap_get(&live->copies, copy_key(g->decl, offset));
  return c ? *c : none;
}

static bool shows(const Finding *f, const CopyCount *c) {
  return f->inlined_into == c->all && f->copies_heap == c->heap && f->copies_loop == c->loop;
}

// Others may show the same findings with the counts from before.
static void show_copies(const LiveState *live, FindingGroup *g, const AstFile *file) {
  uint32_t i = 0;
  for (; i < g->len; i++) {
    CopyCount c = copies_of(live, g, &g->items[i], file);
    if (!shows(&g->items[i], &c)) break;
  }
  if (i == g->len) return;
  FindingItems *own = finding_items_new(g->len, 0, text_of(g), NULL);
  for (i = 0; i < g->len; i++) {
    Finding *f = &own->items[i];
    CopyCount c = copies_of(live, g, &g->items[i], file);
    *f = g->items[i];
    f->inlined_into = c.all, f->copies_heap = c.heap, f->copies_loop = c.loop;
  }
  finding_items_release(g->own);
  show_items(g, own);
  finding_items_release(own);
}

static void place_group(Placer *p, LiveDecl *l, FindingGroup *g) {
  const FindingGroup *was = shown_group(p->live, l);
  bool recount = l->recount || l->fresh;
  if (l->fresh) {
    l->own_steps = false;
    show_items(g, l->items);
  } else if (was) {
    share_items(g, was);
    if (moves_as_a_whole(p, l)) {
      shift(p, g, p->from->slot_starts[g->slot], p->to->slot_starts[g->slot]);
    } else {
      l->own_steps = true;
      map_group(p, was, g);
    }
  }
  g->stale = live_is_stale(l);
  g->follows = l->own_steps;
  if (g->stale || !recount) return;
  show_copies(p->live, g, p->to);
  l->recount = false;
}

// What is said of it is what was said, for sure.
static bool says_the_same(const LiveState *live, const PtrMap *touched, const FindingGroup *was) {
  return was && !was->stale && !was->follows && !(was->broken || live->retyped) && !ptrmap_has(touched, was->decl);
}

static void show_group(LiveState *live, Placer *p, const AstDecl *decl, FindingGroup *g) {
  LiveDecl *l = ptrmap_get(&live->by_decl, decl);
  g->decl = decl;
  g->slot = decl->slot;
  finding_group_judge(g, live->base->package, package_decl_types(live->base->package, decl));
  if (!l) return;
  place_group(p, l, g);
  l->shown = decl;
  set_fresh(live, l, false);
  finding_items_release(l->items);
  l->items = NULL;
}

// touched: declarations of which something has changed. Of all others the groups are taken over, which are met in the
// same order as a rule.
static void show_file(LiveState *live, LiveFile *file, const PtrMap *touched) {
  const AstFile *f = file->effective ? file->effective : file->actual->ast;
  const FindingFile *shown = file->shown;
  Placer p = placer_of(live, file->placed->ast, file->actual->ast);
  FindingFile *out = finding_file_new(f->source, f->decl_count);
  ast_decls_retain(f->decls, f->decl_count);
  for (uint32_t k = 0, next = 0; k < f->decl_count; k++) {
    const AstDecl *decl = f->decls[k];
    const FindingGroup *was = next < shown->group_count ? &shown->groups[next] : NULL;
    if (!was || was->decl != decl) was = finding_group_in(shown, decl);
    if (was) next = (uint32_t)(was - shown->groups) + 1;
    FindingGroup *g = &out->groups[k];
    bool same = says_the_same(live, touched, was);
    g->start = f->slot_starts[same ? was->slot : decl->slot];
    if (!same) {
      show_group(live, &p, decl, g);
      continue;
    }
    uint32_t now = g->start;
    *g = *was;
    g->start = now;
    finding_items_retain(g->own);
    shift(&p, g, was->start, now);
  }
  finding_file_index(out);
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
      if (l) l->shown = l->decl;
    }
  }
}

FindingSet *live_findings(LiveState *live) {
  const PackageImage *base = live->base;
  FindingSet *set = finding_set_empty(base->file_count);
  PtrMap touched = {0};
  for (uint32_t i = 0; i < live->touched.len; i++) {
    live->touched.items[i]->touched = false;
    ptrmap_set(&touched, live->touched.items[i]->decl, live);
  }
  live->touched.len = 0;
  for (uint32_t i = 0; i < base->file_count; i++) {
    LiveFile *file = &live->files[i];
    if (file->touched) show_file(live, file, &touched);
    set->files[file->shelf] = (FindingShelf){file->shown->source, finding_file_retain(file->shown)};
  }
  live->retyped = false;
  ptrmap_release(&touched);
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
  Str *const texts[] = {&f->subject,      &f->expression, &f->function, &f->count_text, &f->when,
                        &f->inlined_from, &f->hint,       &f->title,    &f->why,        &f->advice,
                        &f->condition,    &f->gc_words,   &f->symbol,   &f->called};
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
    items[i] = placed(g, i);
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
  live_set_items(live, l, &refs, text);
  free(refs.items);
}

void live_carry_findings(LiveState *live) {
  for (uint32_t i = 0; i < live->decls.len; i++) {
    LiveDecl *l = live->decls.items[i];
    const LiveFile *file = &live->files[l->file];
    bool broken = l->func && l->ir && l->ir->is_broken;
    const FindingGroup *g = file->last && (l->frozen || broken) ? finding_group_in(file->last, l->decl) : NULL;
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
