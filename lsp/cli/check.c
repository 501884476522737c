// check.c: `heapls check`: findings of packages, directories or files.
//
// Packages are handed over as they are ready. Each becomes a Piece (rows.h); pieces are printed in the go command's
// order, at once if the format and the order allow it, else when all are there.
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "agreement/alloc_report.h"
#include "agreement/gcformat.h"
#include "cli/formats/formats.h"
#include "render.h"
#include "syntax/syntax.h"

typedef struct Check {
  const CliArgs *args;
  CliSetup setup;
  Selector *selector;
  const Format *format;        // NULL: the compiler's lines, or those of its allocator calls
  bool alloc, progress, waits; // waits: nothing is printed before all is there
  SortKey sort;
  uint32_t top; // 0: all
  const TargetGroup *group;
  Report report;
  Tally tally;
  VEC(Piece) pieces;
  uint32_t base, next; // the group's first piece; piece to be printed
  VEC(Str) seen;       // import paths, where the team has agreed on contracts
  VEC(Str) promising;  // of the group: a file of each package with contracts; in the arena of the set-up
  CancelToken stop;
  int write_error; // errno of standard output
} Check;

// ---- Printing

static void clear_progress(const Check *c) {
  if (c->progress) fputs("\r\033[K", stderr);
}

// What can't be written ends the run.
static void print(Check *c, Str text) {
  if (c->write_error || !text.n) return;
  clear_progress(c);
  if (fwrite(text.p, 1, text.n, stdout) == text.n && fflush(stdout) == 0) return;
  c->write_error = errno ? errno : EIO;
  clearerr(stdout);
  __atomic_store_n(&c->stop.cancelled, 1, __ATOMIC_RELAXED);
}

static void flush_report(Check *c) {
  print(c, buf_view(&c->report.out));
  buf_clear(&c->report.out);
}

static void print_errors(Check *c, const Piece *p) {
  if (!p->errors.len) return;
  clear_progress(c);
  fflush(stdout);
  piece_print_errors(p);
}

static void show_rows(Check *c, const Piece *piece, Row *const *rows, uint32_t count) {
  c->format->rows(&c->report, piece, rows, count);
  flush_report(c);
}

static Row **pointers(Row *rows, uint32_t count) {
  Row **list = mem_new(sizeof(Row *) * (count + 1));
  for (uint32_t i = 0; i < count; i++) list[i] = &rows[i];
  return list;
}

static void print_piece(Check *c, Piece *p) {
  print_errors(c, p);
  print(c, p->lines);
  if (c->waits) return;
  if (c->format) {
    Row **rows = pointers(p->rows.items, p->rows.len);
    if (p->ready) show_rows(c, p, rows, p->rows.len);
    free(rows);
  }
  piece_release(p);
}

static void print_pieces(Check *c, bool all) {
  for (; c->next < c->pieces.len && (all || c->pieces.items[c->next].ready); c->next++)
    print_piece(c, &c->pieces.items[c->next]);
}

// ---- Packages

static void note_package(void *context, const PackageResult *r) {
  Check *c = context;
  if (r->file_count) VEC_PUSH(&c->setup.arena, &c->promising, arena_str(&c->setup.arena, r->files[0]->source->path));
}

static void note_promises(Check *c, const PackageResult *r) {
  if (c->setup.options.promises.len) VEC_PUSH(&c->setup.arena, &c->seen, arena_str(&c->setup.arena, r->import_path));
  if (c->format && r->file_count && !c->group->files.len && package_promises(r, &c->setup.options.promises)) {
    note_package(c, r);
    return;
  }
  for (uint32_t i = 0; c->format && i < r->file_count; i++) {
    Str path = r->files[i]->source->path;
    if (!r->files[i]->mentions_directives || !file_is_listed(c->group->files.items, c->group->files.len, path))
      continue;
    VEC_PUSH(&c->setup.arena, &c->promising, arena_str(&c->setup.arena, path));
    return;
  }
}

static bool is_about(const Promise *p, Str import_path) {
  return str_equal(p->package, import_path) || (str_has_prefix(import_path, p->package) &&
                                                import_path.n > p->package.n && import_path.p[p->package.n] == ' ');
}

// What the team has agreed on of packages that were not asked for, as of those of other modules. Told once, with the
// first group.
static void note_agreed(Check *c, Program *program) {
  const Promises *all = &c->setup.options.promises;
  for (uint32_t i = 0; c->format && c->group->files.len == 0 && c->base == 0 && i < all->len; i++) {
    Str package = all->items[i].package;
    bool known = false;
    for (uint32_t k = 0; k < c->seen.len && !known; k++) known = is_about(&all->items[i], c->seen.items[k]);
    for (uint32_t k = 0; k < i && !known; k++) known = str_equal(all->items[k].package, package);
    if (known) continue;
    Buf errors = {0};
    uint32_t before = c->promising.len;
    ProgramRun run = {.patterns = &package, .pattern_count = 1, .package_done = note_package, .context = c};
    program_run(program, &run, &c->stop, &errors);
    if (errors.len || c->promising.len == before) {
      fprintf(stderr, "heapls: %.*s: contract of %.*s.%.*s: there is no such package\n", STR_ARG(all->items[i].from),
              STR_ARG(package), STR_ARG(all->items[i].function));
      c->tally.errors++;
    }
    buf_release(&errors);
  }
}

// What becomes of contracts, as pieces after those of the packages: they need what all imports' functions do.
static void check_contracts(Check *c, Program *program) {
  note_agreed(c, program);
  for (uint32_t i = 0; i < c->promising.len && !c->write_error; i++) {
    const PackageResult *r = program_analyze_file(program, c->promising.items[i], &c->stop, NULL);
    CostReport *costs = r ? program_report_costs(program, r, &c->stop) : NULL;
    if (costs) {
      Piece p;
      piece_init(&p, r);
      p.ready = true;
      selector_take_contracts(c->selector, r, costs, c->group->files.items, c->group->files.len, &p, &c->tally);
      VEC_APPEND(&c->pieces, p);
    }
    cost_report_release(costs);
    package_result_release(r);
  }
  c->promising.len = 0;
  print_pieces(c, true);
}

static void package_ready(void *context, const PackageResult *r, uint32_t place) {
  Check *c = context;
  while (c->pieces.len <= c->base + place) VEC_APPEND(&c->pieces, (Piece){0});
  Piece *p = &c->pieces.items[c->base + place];
  piece_init(p, r);
  c->tally.packages++;
  piece_take_errors(p, r, c->setup.cwd);
  c->tally.errors += p->errors.len;
  selector_take(c->selector, r, c->group->files.items, c->group->files.len, p, &c->tally);
  piece_take_undecided(p, r, c->group->files.items, c->group->files.len, &c->tally);
  c->tally.excluded_files += r->files_left_out;
  note_promises(c, r);
  Buf lines = {0};
  if (c->alloc)
    alloc_format_package(&lines, r,
                         &(AllocFormat){.cwd = c->setup.cwd, .call_sites = cli_has(c->args, OPTION_CALL_SITES)});
  else if (!c->format)
    gc_format_package(&lines, r, c->setup.cwd, true);
  p->lines = buf_view(&lines);
  p->ready = true;
  print_pieces(c, false);
}

static void show_progress(void *context, uint32_t done, uint32_t total, Str path) {
  (void)context;
  fprintf(stderr, "\r\033[K%u of %u packages %.*s", done, total, STR_ARG(path));
  fflush(stderr);
}

// False: cancelled, or with errors, which were told.
static bool run_group(Check *c, const TargetGroup *g, bool first) {
  c->group = g;
  c->base = c->pieces.len;
  c->setup.options.build.cwd = g->cwd;
  Program *program = program_new(&c->setup.options);
  if (first) cli_notices(program);
  const BuildContext *build = program_build_context(program);
  uint32_t minor = c->setup.options.ir.go_minor ? c->setup.options.ir.go_minor : build->go_minor;
  if (first) c->report.go = arena_printf(&c->setup.arena, "1.%u", minor);
  Buf errors = {0}, warnings = {0};
  ProgramRun run = {.patterns = g->patterns.items,
                    .pattern_count = g->patterns.len,
                    .tests = g->tests || cli_reads_tests(&c->setup, c->args),
                    .package_ready = package_ready,
                    .context = c,
                    .as_built = c->alloc || !c->format, // --format=gc
                    .transient = true,
                    .warnings = &warnings};
  bool ok =
    !cli_has(c->args, OPTION_CGO) || cli_translate_cgo(program, g->cwd, run.patterns, run.pattern_count, run.tests);
  ok &= program_run(program, &run, &c->stop, &errors);
  print_pieces(c, true);
  if (ok) check_contracts(c, program);
  clear_progress(c);
  if (warnings.len) fprintf(stderr, "heapls: warning: %.*s", STR_ARG(buf_view(&warnings)));
  if (errors.len) fprintf(stderr, "%.*s", STR_ARG(buf_view(&errors)));
  ok &= !errors.len;
  buf_release(&warnings);
  buf_release(&errors);
  program_free(program);
  return ok;
}

// ---- The answer as a whole

static void number_rows(Row **rows, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) rows[i]->number = i;
}

// Of the rows in order, those of the piece.
static void show_piece_of(Check *c, const Piece *p, Row **rows, uint32_t count) {
  Row **own = mem_new(sizeof(Row *) * (count + 1));
  uint32_t n = 0;
  for (uint32_t i = 0; i < count; i++)
    if (rows[i] >= p->rows.items && rows[i] < p->rows.items + p->rows.len) own[n++] = rows[i];
  show_rows(c, p, own, n);
  free(own);
}

static void cut(Check *c, Row **rows, uint32_t *count, uint32_t most) {
  for (uint32_t i = most; i < *count; i++) {
    bool site = row_allocates(rows[i]) && !rows[i]->is_copy;
    c->tally.sites -= site;
    c->tally.left_out.top += site;
    c->tally.in_loops -= site && rows[i]->loop_depth > 1;
    c->tally.others -= !site;
  }
  if (*count > most) *count = most;
}

static void show_all(Check *c) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < c->pieces.len; i++) count += c->pieces.items[i].rows.len;
  Row **rows = mem_new(sizeof(Row *) * (count + 1));
  count = 0;
  for (uint32_t i = 0; i < c->pieces.len; i++)
    for (uint32_t k = 0; k < c->pieces.items[i].rows.len; k++) rows[count++] = &c->pieces.items[i].rows.items[k];
  number_rows(rows, count);
  rows_sort(rows, count, c->sort);
  Groups groups = {0};
  if (cli_has(c->args, OPTION_BY)) {
    c->report.by = (GroupBy)cli_choice(cli_options[OPTION_BY].choices, str_of(cli_value(c->args, OPTION_BY)));
    groups_make(&groups, rows, count, c->report.by, cli_has(c->args, OPTION_SORT) ? c->sort : SORT_COUNT);
    c->report.groups = &groups;
    c->report.group_count = c->top && c->top < groups.len ? c->top : groups.len;
    count = 0;
  } else {
    if (c->top) cut(c, rows, &count, c->top);
    if (c->format->most) cut(c, rows, &count, c->format->most);
    number_rows(rows, count);
  }
  if (c->format->by_package)
    for (uint32_t i = 0; i < c->pieces.len; i++) show_piece_of(c, &c->pieces.items[i], rows, count);
  else
    show_rows(c, NULL, rows, count);
  if (c->format->end) c->format->end(&c->report);
  flush_report(c);
  c->report.groups = NULL;
  for (uint32_t i = 0; i < groups.len; i++) free((char *)(uintptr_t)groups.items[i].name.p);
  free(groups.items);
  free(rows);
  for (uint32_t i = 0; i < c->pieces.len; i++) piece_release(&c->pieces.items[i]);
}

// ---- Set-up

static bool wants_colour(const CliArgs *args) {
  const char *when = cli_value(args, OPTION_COLOR), *value;
  if (when && strcmp(when, "auto") != 0) return strcmp(when, "always") == 0;
  if ((value = getenv("NO_COLOR")) && *value) return false;
  if ((value = getenv("CLICOLOR_FORCE")) && *value && strcmp(value, "0") != 0) return true;
  if ((value = getenv("CLICOLOR")) && strcmp(value, "0") == 0) return false;
  if ((value = getenv("TERM")) && strcmp(value, "dumb") == 0) return false;
  return isatty(STDOUT_FILENO);
}

static uint32_t terminal_width(void) {
  struct winsize size;
  if (!isatty(STDOUT_FILENO)) return 0;
  const char *columns = getenv("COLUMNS");
  unsigned long n = columns ? strtoul(columns, NULL, 10) : 0;
  if (n) return n < 10000 ? (uint32_t)n : 0;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// The directory at or above cwd that is under version control, as CI checks it out; else cwd.
static Str repository_root(CliSetup *s) {
  for (Str dir = s->cwd; dir.n;) {
    if (access(arena_printf(&s->arena, "%.*s/.git", STR_ARG(dir)).p, F_OK) == 0) return dir;
    ptrdiff_t slash = str_last_byte(dir, '/');
    dir = slash > 0 ? str_slice(dir, 0, (size_t)slash) : STR_NONE;
  }
  return s->cwd;
}

static bool set_up(Check *c) {
  static const Format *const formats[] = {&format_text,   &format_json,   &format_sarif, &format_rdjsonl,
                                          &format_gitlab, &format_github, &format_junit};
  const char *name = cli_value(c->args, OPTION_FORMAT), *value;
  if (!name) name = format_text.name;
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) // else as the compiler prints it
    if (strcmp(formats[i]->name, name) == 0) c->format = formats[i];
  c->alloc = strcmp(name, "alloc") == 0;
  if (c->format) c->sort = c->format->order;
  if ((value = cli_value(c->args, OPTION_SORT)))
    c->sort = (SortKey)cli_choice(cli_options[OPTION_SORT].choices, str_of(value));
  if ((value = cli_value(c->args, OPTION_TOP))) c->top = (uint32_t)cli_number(value);
  bool by = cli_has(c->args, OPTION_BY), orders = by || c->top || cli_has(c->args, OPTION_SORT);
  if (orders && !c->format) {
    cli_usage_error(COMMAND_CHECK, "--format=%s is as the compiler prints it: no --sort, --top or --by", name);
    return false;
  }
  if (by && !c->format->sums) {
    cli_usage_error(COMMAND_CHECK, "--by is for --format=text and json, not %s", name);
    return false;
  }
  if (c->sort == SORT_COUNT && !by) {
    cli_usage_error(COMMAND_CHECK, "--sort=count is about sums: it needs --by");
    return false;
  }
  if (cli_has(c->args, OPTION_CALL_SITES) && !c->alloc) {
    cli_usage_error(COMMAND_CHECK, "--call-sites needs --format=alloc");
    return false;
  }
  c->waits = c->format && (orders || !c->format->streams);
  c->report = (Report){.colour = wants_colour(c->args), .width = terminal_width(), .tally = &c->tally};
  c->report.ranked = cli_has(c->args, OPTION_SORT) || c->top;
  c->progress = isatty(STDERR_FILENO);
  return true;
}

static double seconds_since(struct timespec from) {
  struct timespec to;
  clock_gettime(CLOCK_MONOTONIC, &to);
  return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static int check(Check *c) {
  struct timespec from;
  clock_gettime(CLOCK_MONOTONIC, &from);
  c->selector = selector_new(c->args, &c->setup);
  if (!c->selector) return 2;
  Targets targets;
  targets_find(&targets, &c->setup, c->args, 0, c->format == NULL);
  c->tally.passed_over = targets.passed_over;
  c->report.root = repository_root(&c->setup);
  c->setup.options.ir.explain = c->format || selector_wants_findings(c->selector);
  if (c->progress) c->setup.options.progress = show_progress;
  if (c->format && c->format->begin) c->format->begin(&c->report);
  flush_report(c);
  bool ok = true;
  for (uint32_t i = 0; i < targets.groups.len && !c->write_error; i++)
    ok &= run_group(c, &targets.groups.items[i], i == 0);
  if (!targets.groups.len) c->report.go = STR("1.26");
  c->report.seconds = seconds_since(from);
  c->report.failed = !ok || c->tally.errors;
  if (c->waits)
    show_all(c);
  else if (c->format && c->format->end)
    c->format->end(&c->report);
  flush_report(c);
  if (c->write_error) {
    fprintf(stderr, "heapls check: standard output: %s\n", strerror(c->write_error));
    return 2;
  }
  if (!selector_finish(c->selector) || c->report.failed) return 2;
  return c->tally.failing ? 1 : 0;
}

int cli_check(const CliArgs *args) {
  Check c = {.args = args};
  int code = cli_setup_init(&c.setup, args) && set_up(&c) ? check(&c) : 2;
  selector_free(c.selector);
  json_decref(c.report.document);
  json_decref(c.report.rules);
  buf_release(&c.report.out);
  for (uint32_t i = 0; i < c.pieces.len; i++) piece_release(&c.pieces.items[i]);
  free(c.pieces.items);
  cli_setup_release(&c.setup);
  return code;
}
