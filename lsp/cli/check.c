// check.c: `heapls check`: findings of packages, directories or files, as text, as gc prints them, as calls of the
// allocator, or as JSON.
//
// Schema of --format=json: {"version": 1, "go": "1.26", "packages": [{"importPath", "dir", "errors": [string],
// "findings": [{"file", "line", "column", "endLine", "endColumn" (1-based, bytes), "kind": "site" | "variable",
// "verdict": "heap" | "stack" | "none" | "conditional", "code", "subject", "function", "bytes"?, "sizeClass"?,
// "elementBytes"?, "count"?, "condition"?, "loopDepth" (0: not in a loop), "inlinedInto" (functions of the package that
// contain a copy), "copiesHeap"? (of these: it allocates there), "copiesLoop"? (and in a loop), "inlinedFrom"? (the
// function whose body, inlined at this call, has the code), "cold"? (list of "error", "panic", "once", "init"), "hint",
// "title", "why", "advice"?, "gc", "path": [{"file"?, "line"?, "column"?, "text", "gc"}]}],
// "undecided": [{"file", "line", "column" (of the function's name), "function", "reason" (report/decision.def),
// "why"}]}], "summary": {"packages", "functions", "sites", "inLoops", "stack", "seconds", "undecided": {reason:
// functions}, "leftOut": {"excludedFiles"}}}. Values that are not known are left out.
#include <jansson.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "agreement/alloc_report.h"
#include "agreement/gcformat.h"
#include "cli/cli.h"
#include "render.h"
#include "report/decision.h"
#include "syntax/syntax.h"

typedef enum CheckFormat { FORMAT_TEXT, FORMAT_GC, FORMAT_ALLOC, FORMAT_JSON } CheckFormat;

typedef struct Tally { // functions that are not decided, by reason
  uint32_t of[DECISION_COUNT], all;
} Tally;

typedef struct Piece { // what one package gives, until its turn comes
  bool ready;
  Str out, problems; // owned
  json_t *json;
} Piece;

typedef struct Check {
  CliSetup setup;
  CheckFormat format;
  Preset preset;
  bool fail, tests, colour, progress, call_sites;
  Buf out;
  json_t *packages;
  VEC(Piece) pieces;
  uint32_t next; // piece to be printed
  uint32_t package_count, function_count, site_count, loop_count, stack_count, error_count;
  Tally undecided;
  uint32_t files_left_out; // by build constraints
} Check;

static const char *paint(const Check *c, const char *code) { return c->colour ? code : ""; }
#define BOLD "\033[1m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

static const AstFile *file_with(const PackageResult *r, const AstSource *source) {
  for (uint32_t i = 0; i < r->file_count; i++) {
    if (r->files[i]->source == source) return r->files[i];
  }
  return NULL;
}

static Str line_text(const AstFile *file, uint32_t line) {
  uint32_t start = file->lines[line - 1];
  uint32_t end = line < file->line_count ? file->lines[line] : (uint32_t)file->text.n;
  while (end > start && (file->text.p[end - 1] == '\n' || file->text.p[end - 1] == '\r')) end--;
  return (Str){file->text.p + start, end - start};
}

static bool is_inside_char(Str text, uint32_t at) { return at < text.n && ((unsigned char)text.p[at] & 0xC0) == 0x80; }

// What is shown of a very long line: the part around [from, to), which become offsets in that.
static Str part_around(Str line, uint32_t *from, uint32_t *to) {
  enum { LONGEST = 240, BEFORE = 80 };
  if (line.n <= LONGEST) return line;
  uint32_t start = *from > BEFORE ? *from - BEFORE : 0;
  while (is_inside_char(line, start)) start++;
  uint32_t end = start + LONGEST < line.n ? start + LONGEST : (uint32_t)line.n;
  while (is_inside_char(line, end)) end--;
  *from -= start;
  *to = (*to < end ? *to : end) - start;
  return str_slice(line, start, end);
}

// The source line, and carets under [start, end) of it.
static void write_excerpt(Check *c, const AstFile *file, const Finding *f) {
  LineCol at = ast_file_line_col(file, f->start);
  Str whole = line_text(file, at.line);
  uint32_t from = at.column - 1, to = from + (f->end > f->start ? f->end - f->start : 1);
  if (to > whole.n) to = (uint32_t)whole.n;
  Str line = part_around(whole, &from, &to);
  buf_printf(&c->out, "%s%7u |%s ", paint(c, DIM), at.line, paint(c, PLAIN));
  buf_str(&c->out, line);
  buf_printf(&c->out, "\n%s        |%s ", paint(c, DIM), paint(c, PLAIN));
  for (uint32_t i = 0; i < from && i < line.n; i++) {
    if (line.p[i] == '\t')
      buf_byte(&c->out, '\t');
    else if (((unsigned char)line.p[i] & 0xC0) != 0x80)
      buf_byte(&c->out, ' ');
  }
  buf_puts(&c->out, paint(c, f->verdict == VERDICT_HEAP ? RED : f->verdict == VERDICT_CONDITIONAL ? YELLOW : GREEN));
  bool any = false;
  for (uint32_t i = from; i < to; i++) {
    if (((unsigned char)line.p[i] & 0xC0) == 0x80) continue;
    buf_byte(&c->out, '^');
    any = true;
  }
  if (!any) buf_byte(&c->out, '^');
  buf_puts(&c->out, paint(c, PLAIN));
  const char *separator = " ";
  if (f->loop_depth > 1) {
    buf_printf(&c->out, "%sin a loop (depth %u)", separator, f->loop_depth - 1u);
    separator = ", ";
  }
  if (f->when.n && f->verdict != VERDICT_STACK && f->verdict != VERDICT_NO_ALLOCATION) {
    buf_printf(&c->out, "%s%.*s", separator, STR_ARG(f->when));
    separator = ", ";
  }
  if (f->inlined_from.n) {
    buf_printf(&c->out, "%sin %.*s, inlined here", separator, STR_ARG(f->inlined_from));
    separator = ", ";
  }
  if (f->inlined_into) {
    buf_puts(&c->out, separator);
    render_copies(&c->out, f);
  }
  buf_byte(&c->out, '\n');
}

// The hint without what the excerpt says.
static Str verdict_words(const Finding *f) {
  ptrdiff_t more = str_index(f->hint, STR(" · "));
  return more >= 0 ? str_slice(f->hint, 0, (size_t)more) : f->hint;
}

static void text_finding(Check *c, const PackageResult *r, const Finding *f) {
  const AstFile *file = file_with(r, f->source);
  if (!file) return;
  buf_puts(&c->out, paint(c, BOLD));
  render_path(&c->out, c->setup.cwd, f->source->path);
  buf_printf(&c->out, ":%u:%u%s  ", f->line, f->column, paint(c, PLAIN));
  buf_puts(&c->out, paint(c, f->verdict == VERDICT_HEAP ? RED : f->verdict == VERDICT_CONDITIONAL ? YELLOW : GREEN));
  buf_str(&c->out, verdict_words(f));
  buf_printf(&c->out, "%s  %.*s", paint(c, PLAIN), STR_ARG(f->subject));
  Buf why = {0};
  render_words(&why, f->why, false);
  if (why.len) {
    buf_puts(&c->out, "  ");
    buf_str(&c->out, buf_view(&why));
  }
  buf_release(&why);
  buf_byte(&c->out, '\n');
  write_excerpt(c, file, f);
}

static void put_str(json_t *object, const char *key, Str s) {
  json_t *value = json_stringn(s.p ? s.p : "", s.n);
  json_object_set_new(object, key, value ? value : json_string("?"));
}

static const char *verdict_name(Verdict v) {
  switch (v) {
  case VERDICT_HEAP: return "heap";
  case VERDICT_STACK: return "stack";
  case VERDICT_NO_ALLOCATION: return "none";
  case VERDICT_CONDITIONAL: return "conditional";
  }
  return "";
}

static json_t *json_path(const Finding *f) {
  json_t *path = json_array();
  for (uint32_t i = 0; i < f->step_count; i++) {
    const FindingStep *s = &f->steps[i];
    json_t *step = json_object();
    if (s->source) {
      put_str(step, "file", s->source->path);
      json_object_set_new(step, "line", json_integer(s->line));
      json_object_set_new(step, "column", json_integer(s->column));
    }
    put_str(step, "text", s->text);
    put_str(step, "gc", s->gc_text);
    json_array_append_new(path, step);
  }
  return path;
}

static json_t *json_cold(uint8_t cold) {
  json_t *list = json_array();
  if (cold & ALLOC_COLD_ERROR) json_array_append_new(list, json_string("error"));
  if (cold & ALLOC_COLD_PANIC) json_array_append_new(list, json_string("panic"));
  if (cold & ALLOC_COLD_ONCE) json_array_append_new(list, json_string("once"));
  if (cold & ALLOC_COLD_INIT) json_array_append_new(list, json_string("init"));
  return list;
}

static json_t *json_finding(const PackageResult *r, const Finding *f) {
  json_t *o = json_object();
  const AstFile *file = file_with(r, f->source);
  put_str(o, "file", f->source->path);
  LineCol start = file ? ast_file_line_col(file, f->start) : (LineCol){f->line, f->column};
  LineCol end = file ? ast_file_line_col(file, f->end) : start;
  json_object_set_new(o, "line", json_integer(start.line));
  json_object_set_new(o, "column", json_integer(start.column));
  json_object_set_new(o, "endLine", json_integer(end.line));
  json_object_set_new(o, "endColumn", json_integer(end.column));
  json_object_set_new(o, "kind", json_string(f->kind == FINDING_VARIABLE ? "variable" : "site"));
  json_object_set_new(o, "verdict", json_string(verdict_name(f->verdict)));
  json_object_set_new(o, "code", json_string(cause_code(f->cause)));
  put_str(o, "subject", f->subject);
  put_str(o, "function", f->function);
  if (f->bytes >= 0) json_object_set_new(o, "bytes", json_integer(f->bytes));
  if (f->size_class >= 0) json_object_set_new(o, "sizeClass", json_integer(f->size_class));
  if (f->elem_bytes > 0) json_object_set_new(o, "elementBytes", json_integer(f->elem_bytes));
  if (f->elem_bytes > 0 && f->count_text.n) put_str(o, "count", f->count_text);
  if (f->condition.n) put_str(o, "condition", f->condition);
  json_object_set_new(o, "loopDepth", json_integer(f->loop_depth - 1));
  json_object_set_new(o, "inlinedInto", json_integer(f->inlined_into));
  if (f->inlined_into) {
    json_object_set_new(o, "copiesHeap", json_integer(f->copies_heap));
    json_object_set_new(o, "copiesLoop", json_integer(f->copies_loop));
  }
  if (f->inlined_from.n) put_str(o, "inlinedFrom", f->inlined_from);
  if (f->cold) json_object_set_new(o, "cold", json_cold(f->cold));
  put_str(o, "hint", f->hint);
  put_str(o, "title", f->title);
  put_str(o, "why", f->why);
  if (f->advice.n) put_str(o, "advice", f->advice);
  put_str(o, "gc", f->gc_words);
  json_object_set_new(o, "path", json_path(f));
  return o;
}

static void write_place(Check *c, Buf *out, const AstFile *file, uint32_t at) {
  LineCol lc = ast_file_line_col(file, at);
  render_path(out, c->setup.cwd, file->source->path);
  buf_printf(out, ":%u:%u: ", lc.line, lc.column);
}

static void write_error_place(Check *c, Buf *out, const PackageResult *r, const TypeError *e) {
  const AstFile *file = e->pos.decl ? package_file_of(r->package, e->pos.decl) : NULL;
  uint32_t at = file ? ast_file_offset(file, e->pos) : UINT32_MAX;
  if (at != UINT32_MAX) write_place(c, out, file, at);
}

// Collects the errors of a package.
typedef struct Errors {
  Buf *out;
  json_t *list; // may be NULL
  Buf line;
  uint32_t count;
} Errors;
enum { SHOWN_ERRORS = 10 };

static void end_error(Errors *e) {
  if (e->count++ < SHOWN_ERRORS) buf_printf(e->out, "%.*s\n", STR_ARG(buf_view(&e->line)));
  if (e->list) json_array_append_new(e->list, json_stringn(e->line.text ? e->line.text : "", e->line.len));
  buf_clear(&e->line);
}

// What keeps the package from being compiled; lines without their ends.
static uint32_t package_errors(Check *c, const PackageResult *r, Buf *out, json_t *list) {
  Errors e = {.out = out, .list = list};
  for (uint32_t i = 0; i < r->load_error_count; i++) {
    buf_str(&e.line, r->load_errors[i].message);
    end_error(&e);
  }
  for (uint32_t f = 0; f < r->file_count; f++) {
    const AstFile *file = r->files[f];
    for (uint32_t i = 0; file && i < file->errors.len; i++) {
      write_place(c, &e.line, file, file->errors.items[i].offset);
      buf_str(&e.line, file->errors.items[i].message);
      end_error(&e);
    }
  }
  for (uint32_t i = 0; r->package && i < r->package->errors.len; i++) {
    write_error_place(c, &e.line, r, &r->package->errors.items[i]);
    buf_str(&e.line, r->package->errors.items[i].message);
    end_error(&e);
  }
  if (e.count > SHOWN_ERRORS) buf_printf(out, "… and %u more errors\n", e.count - SHOWN_ERRORS);
  buf_release(&e.line);
  return e.count;
}

static void clear_progress(const Check *c) {
  if (c->progress) fputs("\r\033[K", stderr);
}

static Str take_text(Buf *b) {
  Str text = buf_view(b);
  *b = (Buf){0};
  return text;
}

static void print_piece(Check *c, Piece *p) {
  clear_progress(c);
  if (p->problems.n) {
    fflush(stdout);
    fwrite(p->problems.p, 1, p->problems.n, stderr);
  }
  if (p->out.n) fwrite(p->out.p, 1, p->out.n, stdout);
  if (p->json) json_array_append_new(c->packages, p->json);
  free((char *)(uintptr_t)p->problems.p);
  free((char *)(uintptr_t)p->out.p);
  *p = (Piece){.ready = true};
}

static void print_pieces(Check *c, bool all) {
  for (; c->next < c->pieces.len && (all || c->pieces.items[c->next].ready); c->next++)
    print_piece(c, &c->pieces.items[c->next]);
}

// ---- What is not decided

typedef struct UndecidedList {
  Check *check;
  const AstFile *file;
  json_t *list; // may be NULL
} UndecidedList;

static void add_undecided(void *context, const Undecided *u) {
  UndecidedList *l = context;
  l->check->undecided.of[u->decision]++;
  l->check->undecided.all++;
  if (!l->list) return;
  LineCol lc = ast_file_line_col(l->file, u->start);
  json_t *o = json_object();
  put_str(o, "file", l->file->source->path);
  json_object_set_new(o, "line", json_integer(lc.line));
  json_object_set_new(o, "column", json_integer(lc.column));
  put_str(o, "function", u->name);
  json_object_set_new(o, "reason", json_string(decision_word(u->decision)));
  put_str(o, "why", u->why);
  json_array_append_new(l->list, o);
}

static void count_undecided(Check *c, const PackageResult *r, json_t *list) {
  Arena arena;
  arena_init(&arena);
  for (uint32_t i = 0; r->findings && i < r->file_count; i++)
    undecided_functions(r, r->files[i], &arena, add_undecided, &(UndecidedList){c, r->files[i], list});
  arena_release(&arena);
}

static json_t *json_tally(const Tally *t) {
  json_t *o = json_object();
  for (int i = 0; i < DECISION_COUNT; i++)
    if (t->of[i]) json_object_set_new(o, decision_word((Decision)i), json_integer(t->of[i]));
  return o;
}

static void print_left_out(const Check *c) {
  uint32_t files = c->files_left_out;
  if (files) printf("Left out by build constraints: %u file%s\n", files, files == 1 ? "" : "s");
}

static void print_tally(const Tally *t) {
  if (!t->all) return;
  printf("Not decided: %u function%s", t->all, t->all == 1 ? "" : "s");
  const char *separator = " (";
  for (int i = 0; i < DECISION_COUNT; i++) {
    if (!t->of[i]) continue;
    printf("%s%s: %u", separator, decision_label((Decision)i), t->of[i]);
    separator = ", ";
  }
  puts(")");
}

static void package_ready(void *context, const PackageResult *r, uint32_t place) {
  Check *c = context;
  c->package_count++;
  while (c->pieces.len <= place) VEC_APPEND(&c->pieces, (Piece){0});
  Piece *piece = &c->pieces.items[place];
  buf_clear(&c->out);
  json_t *list = NULL, *errors = NULL, *undecided = NULL;
  if (c->format == FORMAT_JSON) {
    json_t *package = piece->json = json_object();
    put_str(package, "importPath", r->import_path);
    put_str(package, "dir", r->dir);
    errors = json_array();
    list = json_array();
    json_object_set_new(package, "errors", errors);
    json_object_set_new(package, "findings", list);
    undecided = json_array();
    json_object_set_new(package, "undecided", undecided);
  }
  Buf problems = {0};
  uint32_t error_count = package_errors(c, r, &problems, errors);
  c->error_count += error_count;
  const Finding *f;
  for (FindingCursor cursor = {.set = r->findings}; (f = finding_next(&cursor));) {
    if (f->kind == FINDING_FUNCTION) c->function_count++;
    if (f->kind != FINDING_SITE && f->kind != FINDING_VARIABLE) continue;
    bool heap = f->verdict == VERDICT_HEAP || f->verdict == VERDICT_CONDITIONAL, here = !f->inlined_from.n;
    c->site_count += heap && here;
    c->stack_count += !heap && here;
    c->loop_count += heap && here && f->loop_depth > 1;
    if (!preset_shows(c->preset, f)) continue;
    if (list)
      json_array_append_new(list, json_finding(r, f));
    else if (c->format == FORMAT_TEXT)
      text_finding(c, r, f);
  }
  count_undecided(c, r, undecided);
  c->files_left_out += r->files_left_out;
  if (c->format == FORMAT_ALLOC)
    alloc_format_package(&c->out, r, &(AllocFormat){.cwd = c->setup.cwd, .call_sites = c->call_sites});
  if (c->format == FORMAT_GC) gc_format_package(&c->out, r, c->setup.cwd, true);
  if (problems.len) {
    Buf text = {0};
    buf_printf(&text, "# %.*s\n%.*s", STR_ARG(r->import_path), STR_ARG(buf_view(&problems)));
    piece->problems = take_text(&text);
  }
  buf_release(&problems);
  piece->out = take_text(&c->out);
  piece->ready = true;
  print_pieces(c, false);
}

static void show_progress(void *context, uint32_t done, uint32_t total, Str path) {
  (void)context;
  fprintf(stderr, "\r\033[K%u of %u packages %.*s", done, total, STR_ARG(path));
  fflush(stderr);
}

static bool parse_arguments(Check *c, int argc, char **argv, int *code) {
  bool only_patterns = false;
  for (int i = 0; i < argc; i++) {
    const char *a = argv[i];
    if (only_patterns || a[0] != '-')
      cli_setup_pattern(&c->setup, a);
    else if (strcmp(a, "--") == 0)
      only_patterns = true;
    else if (strcmp(a, "--format=text") == 0)
      c->format = FORMAT_TEXT;
    else if (strcmp(a, "--format=gc") == 0)
      c->format = FORMAT_GC;
    else if (strcmp(a, "--format=alloc") == 0)
      c->format = FORMAT_ALLOC;
    else if (strcmp(a, "--call-sites") == 0)
      c->call_sites = true;
    else if (strcmp(a, "--format=json") == 0)
      c->format = FORMAT_JSON;
    else if (strcmp(a, "--fail") == 0)
      c->fail = true;
    else if (strcmp(a, "--tests") == 0)
      c->tests = true;
    else if (strncmp(a, "--preset=", 9) == 0) {
      if (!preset_of(a + 9, &c->preset))
        return *code = cli_usage_error("check", "there is no preset '%s': quiet, default or all", a + 9), false;
    } else if (strncmp(a, "--format=", 9) == 0) {
      return *code = cli_usage_error("check", "there is no format '%s': text, gc, alloc or json", a + 9), false;
    } else if (!cli_setup_option(&c->setup, a)) {
      return *code = cli_usage_error("check", "unknown option %s", a), false;
    }
    if (c->setup.error) return *code = cli_usage_error("check", "%s", c->setup.error), false;
  }
  cli_setup_finish(&c->setup);
  return true;
}

static void print_summary(Check *c, double seconds, uint32_t go_minor) {
  if (c->format == FORMAT_TEXT) {
    printf("%u package%s, %u function%s: %u allocation site%s (%u in loops), %u stay on the stack. %.2f s\n",
           c->package_count, c->package_count == 1 ? "" : "s", c->function_count, c->function_count == 1 ? "" : "s",
           c->site_count, c->site_count == 1 ? "" : "s", c->loop_count, c->stack_count, seconds);
    print_left_out(c);
    print_tally(&c->undecided);
  } else if (c->format == FORMAT_JSON) {
    char go[16];
    snprintf(go, sizeof go, "1.%u", go_minor);
    json_t *summary = json_pack("{s:i, s:i, s:i, s:i, s:i, s:f}", "packages", (int)c->package_count, "functions",
                                (int)c->function_count, "sites", (int)c->site_count, "inLoops", (int)c->loop_count,
                                "stack", (int)c->stack_count, "seconds", seconds);
    json_object_set_new(summary, "undecided", json_tally(&c->undecided));
    json_t *left_out = json_pack("{s:i}", "excludedFiles", (int)c->files_left_out);
    json_object_set_new(summary, "leftOut", left_out);
    json_t *root =
      json_pack("{s:i, s:s, s:O, s:o}", "version", 1, "go", go, "packages", c->packages, "summary", summary);
    json_dumpf(root, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(root);
  }
}

int cli_check(int argc, char **argv) {
  Check c = {.preset = PRESET_DEFAULT,
             .colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR"),
             .progress = isatty(STDERR_FILENO)};
  cli_setup_init(&c.setup);
  int code = 2;
  if (!parse_arguments(&c, argc, argv, &code)) {
    cli_setup_release(&c.setup);
    return code;
  }
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  if (c.progress) c.setup.options.progress = show_progress;
  if (c.format == FORMAT_JSON) c.packages = json_array();
  c.setup.options.ir.explain = c.format == FORMAT_TEXT || c.format == FORMAT_JSON || c.fail; // findings
  Program *program = program_new(&c.setup.options);
  cli_notices(program);
  Buf errors = {0};
  ProgramRun run = {.patterns = c.setup.patterns.items,
                    .pattern_count = c.setup.patterns.len,
                    .tests = c.tests,
                    .package_ready = package_ready,
                    .context = &c,
                    .transient = true};
  bool ok = program_run(program, &run, NULL, &errors);
  print_pieces(&c, true);
  free(c.pieces.items);
  clear_progress(&c);
  clock_gettime(CLOCK_MONOTONIC, &to);
  if (errors.len) fprintf(stderr, "%.*s", STR_ARG(buf_view(&errors)));
  const BuildContext *build = program_build_context(program);
  print_summary(&c, (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9,
                c.setup.options.ir.go_minor ? c.setup.options.ir.go_minor : build->go_minor);
  code = !ok || errors.len || c.error_count ? 2 : c.fail && c.site_count ? 1 : 0;
  if (fflush(stdout) != 0) code = 2;
  buf_release(&errors);
  program_free(program);
  json_decref(c.packages);
  buf_release(&c.out);
  cli_setup_release(&c.setup);
  return code;
}
