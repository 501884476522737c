// finding_set.c: findings by file and by declaration.
//
// The list of a whole compilation is cut where the file and the declaration change: declarations do not overlap, so
// that in the order of places the findings of each stand together. Later versions of the package put sets together from
// files of earlier ones (live/place.c).
#include <stdlib.h>

#include "report/decision.h"

// ---- Lifetimes

FindingText *finding_text_retain(FindingText *t) {
  if (t) __atomic_add_fetch(&t->references, 1, __ATOMIC_RELAXED);
  return t;
}

void finding_text_release(FindingText *t) {
  if (!t || __atomic_sub_fetch(&t->references, 1, __ATOMIC_ACQ_REL)) return;
  finding_list_free(t->list);
  arena_release(&t->arena);
  free(t);
}

FindingItems *finding_items_new(uint32_t len, uint32_t steps, FindingText *text, FindingStep **room) {
  size_t findings = sizeof(Finding) * len;
  FindingItems *items = mem_new(sizeof *items + findings + sizeof(FindingStep) * steps);
  items->references = 1;
  items->len = len;
  items->text = finding_text_retain(text);
  items->items = (Finding *)(items + 1);
  if (room) *room = (FindingStep *)(void *)((char *)(items + 1) + findings);
  return items;
}

FindingItems *finding_items_retain(FindingItems *items) {
  if (items) __atomic_add_fetch(&items->references, 1, __ATOMIC_RELAXED);
  return items;
}

void finding_items_release(FindingItems *items) {
  if (!items || __atomic_sub_fetch(&items->references, 1, __ATOMIC_ACQ_REL)) return;
  finding_text_release(items->text);
  free(items);
}

FindingFile *finding_file_retain(FindingFile *f) {
  if (f) __atomic_add_fetch(&f->references, 1, __ATOMIC_RELAXED);
  return f;
}

void finding_file_release(FindingFile *f) {
  if (!f || __atomic_sub_fetch(&f->references, 1, __ATOMIC_ACQ_REL)) return;
  enum { AHEAD = 12 }; // declarations lie all over the memory
  for (uint32_t i = 0; i < f->group_count; i++) {
    if (i + AHEAD < f->group_count) __builtin_prefetch(&f->groups[i + AHEAD].decl->references, 1);
    ast_decl_release(f->groups[i].decl);
    finding_items_release(f->groups[i].own);
  }
  if (!f->together)
    free(f);
  else if (!__atomic_sub_fetch(f->together, 1, __ATOMIC_ACQ_REL))
    free(f->together);
}

FindingSet *finding_set_empty(uint32_t file_count) {
  FindingSet *set = mem_new(sizeof *set);
  set->files = mem_new(sizeof *set->files * (file_count + 1));
  set->file_count = file_count;
  return set;
}

void finding_set_free(FindingSet *set) {
  if (!set) return;
  for (uint32_t i = 0; i < set->file_count; i++) finding_file_release(set->files[i].findings);
  free(set->files);
  finding_list_free(set->list);
  free(set);
}

// ---- Of a whole compilation

static int by_path(const void *a, const void *b) {
  return str_compare(((const FindingShelf *)a)->source->path, ((const FindingShelf *)b)->source->path);
}

// ---- Groups by declaration

static uint32_t buckets_for(uint32_t group_count) {
  uint32_t n = 1;
  while (n < group_count) n *= 2;
  return n;
}

static size_t file_size(uint32_t group_count) {
  size_t numbers = (size_t)buckets_for(group_count) + group_count;
  return sizeof(FindingFile) + sizeof(FindingGroup) * group_count + (numbers + (numbers & 1)) * sizeof(uint32_t);
}

// In file_size(group_count) bytes of zeroes.
static void lay_out(FindingFile *f, const AstSource *source, uint32_t group_count) {
  f->references = 1;
  f->source = source;
  f->group_count = group_count;
  f->groups = (FindingGroup *)(f + 1);
  f->bucket_count = buckets_for(group_count);
  f->buckets = (uint32_t *)(void *)(f->groups + group_count);
  f->chained = f->buckets + f->bucket_count;
}

FindingFile *finding_file_new(const AstSource *source, uint32_t group_count) {
  FindingFile *f = mem_new(file_size(group_count));
  lay_out(f, source, group_count);
  return f;
}

void finding_file_index(FindingFile *f) {
  for (uint32_t i = f->group_count; i-- > 0;) {
    uint32_t *bucket = &f->buckets[f->groups[i].slot & (f->bucket_count - 1)];
    f->chained[i] = *bucket;
    *bucket = i + 1;
  }
}

// ---- Of a whole compilation, in files

// The file's findings, f, are those of the list from *next on.
static void cut_file(FindingFile *f, const FindingList *list, uint32_t *next, const AstFile *file) {
  for (uint32_t i = 0; i < file->decl_count; i++) {
    const AstDecl *decl = file->decls[i];
    FindingGroup *g = &f->groups[i];
    ast_decl_retain(decl);
    *g = (FindingGroup){.decl = decl,
                        .slot = decl->slot,
                        .start = ast_file_original_offset(file, file->slot_starts[decl->slot]),
                        .items = list->items + *next,
                        .broken = decl->has_error || decl->kind == DECL_BAD};
    for (; *next < list->len && list->items[*next].decl == decl; ++*next) g->len++;
  }
  finding_file_index(f);
}

// All files in one piece of memory.
static void cut_files(FindingSet *set, const PtrMap *by_source, uint32_t *next) {
  enum { HEAD = 8 };
  size_t size = HEAD;
  for (uint32_t i = 0; i < set->file_count; i++) {
    const AstFile *file = ptrmap_get(by_source, set->files[i].source);
    size += file_size(file->decl_count);
  }
  if (!set->file_count) return;
  char *at = mem_new(size);
  uint32_t *together = (uint32_t *)(void *)at;
  *together = set->file_count;
  at += HEAD;
  for (uint32_t i = 0; i < set->file_count; i++) {
    const AstFile *file = ptrmap_get(by_source, set->files[i].source);
    FindingFile *f = (FindingFile *)(void *)at;
    lay_out(f, file->source, file->decl_count);
    f->together = together;
    cut_file(f, set->list, next, file);
    set->files[i].findings = f;
    at += file_size(file->decl_count);
  }
}

typedef struct Ranked {
  uintptr_t rank; // of the declaration, in the order of files and their declarations
  uint32_t index;
} Ranked;

static int by_rank(const void *a, const void *b) {
  const Ranked *x = a, *y = b;
  if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

// A list is in order of places. A declaration that stands for another text may reach into the next one.
static void order_by_decl(FindingSet *set, const PtrMap *files) {
  FindingList *list = set->list;
  PtrMap ranks = {0};
  uintptr_t next = 0;
  for (uint32_t i = 0; i < set->file_count; i++) {
    const AstFile *file = ptrmap_get(files, set->files[i].source);
    for (uint32_t k = 0; k < file->decl_count; k++) ptrmap_set(&ranks, file->decls[k], (void *)++next);
  }
  Ranked *ranked = mem_new(sizeof *ranked * (list->len + 1));
  bool sorted = true;
  for (uint32_t i = 0; i < list->len; i++) {
    ranked[i] = (Ranked){(uintptr_t)ptrmap_get(&ranks, list->items[i].decl), i};
    sorted = sorted && (!i || ranked[i - 1].rank <= ranked[i].rank);
  }
  if (!sorted) {
    qsort(ranked, list->len, sizeof *ranked, by_rank);
    Finding *items = ARENA_ARRAY(&list->arena, Finding, list->len);
    for (uint32_t i = 0; i < list->len; i++) items[i] = list->items[ranked[i].index];
    list->items = items;
  }
  free(ranked);
  ptrmap_release(&ranks);
}

FindingSet *finding_set_of(FindingList *list, AstFile *const *files, uint32_t count) {
  FindingSet *set = finding_set_empty(count);
  set->list = list;
  PtrMap by_source = {0};
  for (uint32_t i = 0; i < count; i++) {
    set->files[i].source = files[i]->source;
    ptrmap_set(&by_source, files[i]->source, files[i]);
  }
  if (count) qsort(set->files, count, sizeof *set->files, by_path);
  order_by_decl(set, &by_source);
  uint32_t next = 0;
  cut_files(set, &by_source, &next);
  ptrmap_release(&by_source);
  if (next == list->len) return set;
  finding_set_free(set);
  return NULL;
}

static FindingSet *new_set(const IrUnit *unit, AstFile *const *files, uint32_t count) {
  FindingSet *set = finding_set_of(finding_list_new(unit), files, count);
  BUG_ON(!set);
  for (uint32_t i = 0; i < set->file_count; i++) {
    FindingFile *f = set->files[i].findings;
    for (uint32_t k = 0; k < f->group_count; k++) {
      const DeclTypes *types = package_decl_types(unit->pkg, f->groups[k].decl);
      finding_group_judge(&f->groups[k], unit->pkg, types);
    }
  }
  return set;
}

FindingSet *finding_set_new(const IrUnit *unit) { return new_set(unit, unit->pkg->files, unit->pkg->file_count); }

FindingSet *finding_set_partial(const IrUnit *unit) {
  for (uint32_t i = 0; i < unit->pkg->file_count; i++)
    if (unit->pkg->files[i]->source == unit->shown) return new_set(unit, &unit->pkg->files[i], 1);
  return NULL;
}

// ---- Looking

const FindingFile *finding_file_of(const FindingSet *set, const AstSource *source) {
  for (uint32_t i = 0; set && i < set->file_count; i++)
    if (set->files[i].source == source) return set->files[i].findings;
  return NULL;
}

void finding_step_lies_in(FindingStep *step, const AstDecl *decl) {
  step->decl = decl;
  step->slot = decl->slot;
  step->decl_hash = decl->hash;
}

static const FindingGroup *next_of_slot(const FindingFile *f, uint32_t number) {
  return number ? &f->groups[number - 1] : NULL;
}

static const FindingGroup *first_of_slot(const FindingFile *f, uint32_t slot) {
  return f->group_count ? next_of_slot(f, f->buckets[slot & (f->bucket_count - 1)]) : NULL;
}

// Not by its address, which another declaration may have by now.
const FindingGroup *finding_group_of_step(const FindingFile *f, const FindingStep *step) {
  const FindingGroup *g = first_of_slot(f, step->slot);
  while (g && (g->slot != step->slot || g->decl->hash != step->decl_hash))
    g = next_of_slot(f, f->chained[g - f->groups]);
  return g;
}

const FindingGroup *finding_group_in(const FindingFile *f, const AstDecl *decl) {
  const FindingGroup *g = first_of_slot(f, decl->slot);
  while (g && g->decl != decl) g = next_of_slot(f, f->chained[g - f->groups]);
  return g;
}

const FindingGroup *finding_group_of(const FindingSet *set, const AstDecl *decl) {
  const FindingFile *f = finding_file_of(set, decl->source);
  return f ? finding_group_in(f, decl) : NULL;
}

// Where the text does not have a declaration any more, its findings stand where its text was, behind that of the
// declaration before.
uint32_t finding_file_first_at(const FindingFile *f, uint32_t offset) {
  uint32_t low = 0, high = f->group_count; // groups before low begin before the offset, from high on behind it
  while (low < high) {
    uint32_t middle = low + (high - low) / 2, known = middle;
    while (known > low && f->groups[known].start == UINT32_MAX) known--;
    if (f->groups[known].start == UINT32_MAX || f->groups[known].start < offset)
      low = middle + 1;
    else
      high = known;
  }
  uint32_t steps = 2; // a declaration that stands for a shorter text may reach into the next one
  while (low && steps) steps -= f->groups[--low].start != UINT32_MAX;
  return low;
}

FindingPlace finding_where(const FindingGroup *g, const Finding *f) {
  uint32_t columns = f->line == g->line ? g->columns : 0;
  uint32_t start = f->start + g->moved, end = f->end + g->moved, mark = start + f->mark_at;
  return (FindingPlace){.start = start,
                        .end = end,
                        .hint_at = f->hint_at + g->moved,
                        .line = f->line + g->lines,
                        .column = f->column + columns,
                        .mark_start = f->mark_length ? mark : start,
                        .mark_end = f->mark_length ? mark + f->mark_length : end};
}

const Finding *finding_next(FindingCursor *c) {
  for (; c->set && c->file < c->set->file_count; c->file++, c->group = 0) {
    const FindingFile *f = c->set->files[c->file].findings;
    for (; f && c->group < f->group_count; c->group++, c->at = 0) {
      c->of = &f->groups[c->group];
      if (c->at < c->of->len) return &c->of->items[c->at++];
    }
  }
  return NULL;
}
