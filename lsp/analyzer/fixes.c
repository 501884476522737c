// fixes.c: questions for fixes: proposed and tried on the analysis thread, after all other questions, in a Program of
// its own for each module, so that nothing that is shown hangs on a trial. An edit ends a trial at once.
#include "analyzer/analyzer_internal.h"

#include "fix/fix.h"

void analyzer_ask_fixes(Analyzer *a, const char *path, uint32_t from, uint32_t to, bool whole) {
  pthread_mutex_lock(&a->lock);
  VEC_APPEND(&a->fixes_asked, (FixQuestion){copy(path), from, to, whole});
  pthread_cond_signal(&a->work);
  pthread_mutex_unlock(&a->lock);
}

bool analyzer_take_fixes(Analyzer *a, FixesFound *out) {
  pthread_mutex_lock(&a->lock);
  bool any = a->fixes_found.len > 0;
  if (any) {
    *out = a->fixes_found.items[0];
    memmove(a->fixes_found.items, a->fixes_found.items + 1, --a->fixes_found.len * sizeof *a->fixes_found.items);
  }
  pthread_mutex_unlock(&a->lock);
  return any;
}

void fixes_found_release(FixesFound *f) {
  free(f->path);
  arena_release(&f->arena);
  *f = (FixesFound){0};
}

// ---- The analysis thread's

static int32_t version_of(const Analyzer *a, const char *path) {
  for (uint32_t i = 0; i < a->open.len; i++)
    if (strcmp(a->open.items[i].path, path) == 0) return a->open.items[i].text->version;
  return -1;
}

static void offer(FixesFound *found, const char *title, bool rewrite, uint32_t start, uint32_t end, FixEdits edits) {
  OfferedFix o = {.title = title, .rewrite = rewrite, .start = start, .end = end};
  o.edits = ARENA_ARRAY(&found->arena, OfferedEdit, edits.len);
  o.edit_count = edits.len;
  for (uint32_t i = 0; i < edits.len; i++) {
    const FixEdit *e = &edits.items[i];
    o.edits[i] = (OfferedEdit){e->start, e->end, arena_str(&found->arena, e->text).p};
  }
  VEC_PUSH(&found->arena, &found->fixes, o);
}

static void try_each(FixesFound *found, Arena *scratch, const FixTrial *trial, const FixList *proposed) {
  for (uint32_t i = 0; i < proposed->items.len && !is_cancelled(trial->cancel); i++) {
    const Fix *f = &proposed->items.items[i];
    bool holds = fix_prove(trial, &f, 1, NULL);
    uint32_t start = f->start, end = f->end; // with what is replaced around it
    for (uint32_t k = 0; k < f->edit_count; k++) {
      bool around = f->edits[k].start <= start && f->edits[k].end >= end;
      if (around) start = f->edits[k].start, end = f->edits[k].end;
    }
    if (!holds) {
      VEC_PUSH(&found->arena, &found->refused, ((RefusedFix){start, end}));
      continue;
    }
    offer(found, arena_str(&found->arena, f->title).p, f->rewrite, start, end, fix_edits(scratch, f->source, &f, 1));
  }
}

// One for all that is safe in the file.
static void try_together(FixesFound *found, Arena *scratch, const FixTrial *trial, const FixList *proposed,
                         const AstSource *source) {
  FixList safe = {0}, proved = {0};
  for (uint32_t i = 0; i < proposed->items.len; i++)
    if (!proposed->items.items[i].rewrite) VEC_PUSH(scratch, &safe.items, proposed->items.items[i]);
  fix_prove_together(scratch, trial, &safe, &proved);
  if (!proved.items.len) return;
  const Fix **all = ARENA_ARRAY(scratch, const Fix *, proved.items.len);
  for (uint32_t i = 0; i < proved.items.len; i++) all[i] = &proved.items.items[i];
  const char *title = arena_printf(&found->arena, "Remove allocations: %u safe fix%s in this file", proved.items.len,
                                   proved.items.len == 1 ? "" : "es")
                        .p;
  offer(found, title, false, 0, 0, fix_edits(scratch, source, all, proved.items.len));
}

static const AstFile *file_of(const PackageResult *r, Str path) {
  for (uint32_t i = 0; r && i < r->file_count; i++)
    if (str_equal(r->files[i]->source->path, path)) return r->files[i];
  return NULL;
}

void analyzer_answer_fixes(Analyzer *a, FixQuestion *q, CancelToken *cancel) {
  FixesFound found = {
    .path = q->path, .from = q->from, .to = q->to, .whole = q->whole, .version = version_of(a, q->path)};
  arena_init(&found.arena);
  Arena scratch;
  arena_init(&scratch);
  Buf error = {0};
  Program *program = analyzer_trials(a, q->path);
  const PackageResult *r = program_analyze_file(program, str_of(q->path), cancel, &error);
  const AstFile *file = file_of(r, str_of(q->path));
  FixList proposed = {0};
  if (file)
    fix_propose(&scratch, r, file, q->whole ? 0 : q->from, q->whole ? UINT32_MAX : q->to, FIX_ALL_KINDS, &proposed);
  FixTrial trial = {.program = program, .before = r, .cancel = cancel};
  if (file && q->whole)
    try_together(&found, &scratch, &trial, &proposed, file->source);
  else if (file)
    try_each(&found, &scratch, &trial, &proposed);
  found.cancelled = is_cancelled(cancel);
  buf_release(&error);
  package_result_release(r);
  arena_release(&scratch);
  pthread_mutex_lock(&a->lock);
  VEC_APPEND(&a->fixes_found, found);
  pthread_mutex_unlock(&a->lock);
  a->wake(a->context);
}
