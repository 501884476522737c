// diff.c: `heapls diff [REV[..REV]]`: what a change does to the heap.
//
// Both states are analysed from memory, each by a program of its own: the disk's files with the texts of the revision
// in their place. Only packages that have a file of the change, or depend on one, are looked at: nothing is found
// otherwise in the others. Functions that are not decided in one of the states are compared in neither.
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/diff.h"
#include "git/git.h"
#include "render.h"

typedef struct Diffing {
  const CliArgs *args;
  CliSetup setup;
  GitQuery query;
  Str from, to; // commits; to empty: the disk
  GitTree trees[2];
  VEC(Str) changed; // files that differ between the states
  Diff diff;
  Report report;
} Diffing;

typedef enum FailOn { FAIL_HEAP, FAIL_LOOP } FailOn;

static int refuse(Str why) {
  fprintf(stderr, "heapls diff: %.*s\n", STR_ARG(why));
  return 2;
}

// ---- Which states

// As git tells revisions from paths; of packages, those that are named by paths.
static bool names_packages(const char *operand) {
  Str s = str_of(operand);
  return operand[0] == '.' || operand[0] == '/' || str_has_suffix(s, STR("/...")) || access(operand, F_OK) == 0;
}

static bool commit_of(Diffing *d, Str revision, Str *commit) {
  Str why;
  if (git_commit(&d->setup.arena, &d->query, revision.n ? revision : STR("HEAD"), commit, &why)) return true;
  refuse(why);
  return false;
}

static void name_side(Diffing *d, DiffSide *side, Str name, Str commit) {
  side->commit = commit;
  side->name = commit.n ? arena_printf(&d->setup.arena, "%.*s (%.*s)", STR_ARG(name), 12, commit.p) : name;
}

// "A", "A..B", "A...B" (since they parted), either of which may be empty: HEAD.
static bool find_states(Diffing *d, Str revisions) {
  ptrdiff_t dots = str_index(revisions, STR(".."));
  bool parted = str_index(revisions, STR("...")) >= 0;
  Str a = dots < 0 ? revisions : str_slice(revisions, 0, (size_t)dots);
  Str b = dots < 0 ? STR_NONE : str_slice(revisions, (size_t)dots + (parted ? 3 : 2), revisions.n), why;
  if (!commit_of(d, a, &d->from) || (dots >= 0 && !commit_of(d, b, &d->to))) return false;
  if (parted && !git_merge_base(&d->setup.arena, &d->query, d->from, d->to, &d->from, &why)) {
    refuse(why);
    return false;
  }
  name_side(d, &d->diff.before, a.n ? a : STR("HEAD"), d->from);
  name_side(d, &d->diff.after, dots < 0 ? STR("the working tree") : b.n ? b : STR("HEAD"), d->to);
  return true;
}

static const GitFile *file_of(const StrMap *map, Str path) { return strmap_get(map, path); }

// Of the files that differ from the disk in one of the commits, those that differ between them.
static void find_changed(Diffing *d) {
  StrMap first = {0}, second = {0};
  for (uint32_t i = 0; i < d->trees[0].files.len; i++)
    strmap_set(&first, d->trees[0].files.items[i].path, &d->trees[0].files.items[i]);
  for (uint32_t i = 0; i < d->trees[1].files.len; i++) {
    GitFile *f = &d->trees[1].files.items[i];
    strmap_set(&second, f->path, f);
    if (!file_of(&first, f->path)) VEC_PUSH(&d->setup.arena, &d->changed, f->path);
  }
  for (uint32_t i = 0; i < d->trees[0].files.len; i++) {
    const GitFile *f = &d->trees[0].files.items[i], *other = file_of(&second, f->path);
    bool same = other && other->there == f->there && str_equal(other->text, f->text);
    if (!same) VEC_PUSH(&d->setup.arena, &d->changed, f->path);
  }
  strmap_release(&first);
  strmap_release(&second);
}

static bool read_trees(Diffing *d) {
  const Str commits[] = {d->from, d->to};
  for (int i = 0; i < 2; i++) {
    Str why;
    if (!commits[i].n) continue;
    if (!git_tree_read(&d->setup.arena, &d->query, commits[i], &d->trees[i], &why)) {
      refuse(why);
      return false;
    }
    for (uint32_t k = 0; k < d->trees[i].left_out.len; k++)
      fprintf(stderr, "heapls: submodule %.*s is not here as of %.12s: left out\n",
              STR_ARG(d->trees[i].left_out.items[k]), commits[i].p);
  }
  find_changed(d);
  d->diff.files = d->changed.len;
  return true;
}

// ---- One state

typedef struct SideRun {
  Diffing *diffing;
  DiffSide *side;
  Selector *selector;
  uint32_t base; // the group's first piece
} SideRun;

static void package_ready(void *context, const PackageResult *r, uint32_t place) {
  SideRun *run = context;
  DiffSide *side = run->side;
  Tally tally = {0};
  while (side->pieces.len <= run->base + place) VEC_APPEND(&side->pieces, (Piece){0});
  Piece *p = &side->pieces.items[run->base + place];
  piece_init(p, r);
  piece_take_errors(p, r, run->diffing->setup.cwd);
  side->errors += p->errors.len;
  selector_take(run->selector, r, NULL, 0, p, &tally);
  piece_take_undecided(p, r, NULL, 0, &tally);
  p->ready = true;
}

static Program *program_of(Diffing *d, const GitTree *tree) {
  Program *program = program_new(&d->setup.options);
  for (uint32_t i = 0; i < tree->files.len; i++) {
    const GitFile *f = &tree->files.items[i];
    program_set_file(program, f->path, f->there ? &f->text : NULL);
  }
  return program;
}

static void analyse(Diffing *d, DiffSide *side, const GitTree *tree, const TargetGroup *g, Selector *selector,
                    Buf *errors) {
  Program *program = program_of(d, tree);
  if (!side->pieces.len && side == &d->diff.after) cli_notices(program);
  ProgramAffected q = {.patterns = g->patterns.items,
                       .pattern_count = g->patterns.len,
                       .tests = cli_reads_tests(&d->setup, d->args),
                       .files = d->changed.items,
                       .file_count = d->changed.len};
  program_affected(program, &q, &d->setup.arena, errors);
  SideRun run = {d, side, selector, side->pieces.len};
  ProgramRun asked = {.patterns = q.dirs.items,
                      .pattern_count = q.dirs.len,
                      .tests = q.tests,
                      .package_ready = package_ready,
                      .context = &run,
                      .transient = true};
  if (q.dirs.len) program_run(program, &asked, NULL, NULL);
  const BuildContext *build = program_build_context(program);
  d->report.go = arena_printf(&d->setup.arena, "1.%u",
                              d->setup.options.ir.go_minor ? d->setup.options.ir.go_minor : build->go_minor);
  program_free(program);
}

// ---- Both

// "Search", and the function literals in it: "Search.func1".
static bool is_of(const StrMap *undecided, Str package, Str function, Buf *key) {
  for (size_t n = function.n; n; n--) {
    if (n < function.n && function.p[n] != '.') continue;
    buf_clear(key);
    buf_printf(key, "%.*s\n%.*s", STR_ARG(package), (int)n, function.p);
    if (strmap_has(undecided, buf_view(key))) return true;
  }
  return false;
}

static void list_undecided(Diff *d, const DiffSide *side, StrMap *undecided) {
  for (uint32_t i = 0; i < side->pieces.len; i++) {
    const Piece *p = &side->pieces.items[i];
    for (uint32_t k = 0; k < p->undecided.len; k++)
      strmap_set(
        undecided,
        arena_printf(&d->arena, "%.*s\n%.*s", STR_ARG(p->import_path), STR_ARG(p->undecided.items[k].function)), d);
  }
}

static void list_rows(DiffSide *side, const StrMap *undecided, Buf *key) {
  for (uint32_t i = 0; i < side->pieces.len; i++) {
    Piece *p = &side->pieces.items[i];
    for (uint32_t k = 0; k < p->rows.len; k++) {
      Row *row = &p->rows.items[k];
      if (!row_allocates(row) || row->is_copy || is_of(undecided, row->package, row->function, key)) continue;
      row->number = side->rows.len;
      VEC_APPEND(&side->rows, row);
    }
  }
}

static uint32_t packages_of(const DiffSide *a, const DiffSide *b) {
  StrMap seen = {0};
  for (uint32_t i = 0; i < a->pieces.len; i++) strmap_set(&seen, a->pieces.items[i].import_path, &seen);
  for (uint32_t i = 0; i < b->pieces.len; i++) strmap_set(&seen, b->pieces.items[i].import_path, &seen);
  uint32_t n = seen.len;
  strmap_release(&seen);
  return n;
}

static void match(Diff *d) {
  StrMap undecided = {0};
  Buf key = {0};
  list_undecided(d, &d->before, &undecided);
  list_undecided(d, &d->after, &undecided);
  d->undecided = undecided.len;
  list_rows(&d->before, &undecided, &key);
  list_rows(&d->after, &undecided, &key);
  d->packages = packages_of(&d->before, &d->after);
  diff_match(d);
  strmap_release(&undecided);
  buf_release(&key);
}

static void tell_errors(const DiffSide *side) {
  if (side->errors) fprintf(stderr, "heapls: %.*s does not compile:\n", STR_ARG(side->name));
  for (uint32_t i = 0; i < side->pieces.len; i++) piece_print_errors(&side->pieces.items[i]);
}

// False: told.
static bool analyse_both(Diffing *d, const Targets *targets) {
  Selector *before = selector_new(d->args, &d->setup), *after = selector_new(d->args, &d->setup);
  bool good = before && after;
  for (uint32_t i = 0; i < targets->groups.len && good; i++) {
    const TargetGroup *g = &targets->groups.items[i];
    Buf errors[2] = {0};
    d->setup.options.build.cwd = g->cwd;
    analyse(d, &d->diff.before, &d->trees[0], g, before, &errors[0]);
    analyse(d, &d->diff.after, &d->trees[1], g, after, &errors[1]);
    if (errors[0].len && errors[1].len) { // what is missing on one side only came or went
      fprintf(stderr, "%.*s", STR_ARG(buf_view(&errors[1])));
      good = false;
    }
    buf_release(&errors[0]);
    buf_release(&errors[1]);
  }
  selector_free(before);
  selector_free(after);
  tell_errors(&d->diff.before);
  tell_errors(&d->diff.after);
  match(&d->diff);
  return good;
}

// ---- The command

static bool fails(const Diffing *d) {
  if (!cli_has(d->args, OPTION_DIFF_FAIL)) return false;
  const char *value = cli_value(d->args, OPTION_DIFF_FAIL);
  FailOn on = value ? (FailOn)cli_choice(cli_options[OPTION_DIFF_FAIL].choices, str_of(value)) : FAIL_HEAP;
  const Diff *diff = &d->diff;
  if (on == FAIL_LOOP) return diff->came_in_loops || diff->grew_into_loops;
  return diff->kinds[DIFF_CAME] || diff->kinds[DIFF_GREW];
}

static int run(Diffing *d) {
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  const CliArgs *args = d->args;
  bool has = args->operands.len && !names_packages(args->operands.items[0]);
  d->query = (GitQuery){d->setup.cwd, true};
  if (!find_states(d, has ? str_of(args->operands.items[0]) : STR_NONE) || !read_trees(d)) return 2;
  CliArgs packages = *args;
  static const char *everything[] = {"./..."};
  if (args->operands.len == has) packages.operands.items = everything, packages.operands.len = 1;
  Targets targets;
  targets_find(&targets, &d->setup, &packages, args->operands.len == has ? 0 : has, false);
  if (!analyse_both(d, &targets)) return 2;
  clock_gettime(CLOCK_MONOTONIC, &to);
  d->report.seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
  d->report.root = d->trees[0].top;
  d->report.scratch = &d->setup.arena;
  static void (*const writers[])(Report *, const Diff *) = {diff_write_text, diff_write_markdown, diff_write_json};
  const char *format = cli_value(args, OPTION_DIFF_FORMAT);
  writers[format ? cli_choice(cli_options[OPTION_DIFF_FORMAT].choices, str_of(format)) : 0](&d->report, &d->diff);
  if (cli_print(&d->report.out) || d->diff.after.errors) return 2;
  return fails(d) ? 1 : 0;
}

static void side_release(DiffSide *s) {
  for (uint32_t i = 0; i < s->pieces.len; i++) piece_release(&s->pieces.items[i]);
  free(s->pieces.items);
  free(s->rows.items);
}

int cli_diff(const CliArgs *args) {
  Diffing d = {.args = args};
  arena_init(&d.diff.arena);
  int code = cli_setup_init(&d.setup, args) ? run(&d) : 2;
  side_release(&d.diff.before);
  side_release(&d.diff.after);
  buf_release(&d.report.out);
  arena_release(&d.diff.arena);
  cli_setup_release(&d.setup);
  return code;
}
