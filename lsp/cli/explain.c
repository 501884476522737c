// explain.c: `heapls explain FILE:LINE[:COL]`: what an editor's hover says about a place, as plain text with the path.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "fix/fix.h"
#include "render.h"
#include "report/decision.h"
#include "syntax/syntax.h"

// Cuts ":N" off the end of text. 0: there is none.
static uint32_t cut_number(Str *text) {
  ptrdiff_t colon = str_last_byte(*text, ':');
  if (colon < 0 || (size_t)colon + 1 == text->n) return 0;
  uint32_t n = 0;
  for (size_t i = (size_t)colon + 1; i < text->n; i++) {
    if (text->p[i] < '0' || text->p[i] > '9' || n > 100000000) return 0;
    n = n * 10 + (uint32_t)(text->p[i] - '0');
  }
  *text = str_slice(*text, 0, (size_t)colon);
  return n;
}

static bool at_place(const Finding *f, const AstFile *file, uint32_t line, uint32_t column) {
  LineCol start = ast_file_line_col(file, f->start), end = ast_file_line_col(file, f->end);
  if (!column) return f->line == line || start.line == line;
  if (f->line == line && f->column == column) return true;
  bool after = line > start.line || (line == start.line && column >= start.column);
  bool before = line < end.line || (line == end.line && column < end.column);
  return after && before;
}

static uint32_t line_start(Str text, uint32_t line) {
  uint32_t at = 0;
  while (--line) {
    ptrdiff_t n = str_index_byte(str_slice(text, at, text.n), '\n');
    if (n < 0) return UINT32_MAX;
    at += (uint32_t)n + 1;
  }
  return at;
}

// What is not known of the line; false: all of it was decided.
static bool say_undecided(const PackageResult *r, const AstFile *file, uint32_t line, uint32_t column) {
  uint32_t start = line_start(file->text, line);
  if (start == UINT32_MAX) return false;
  uint32_t at = start + (column ? column - 1 : 0);
  while (!column && at < file->text.n && (file->text.p[at] == ' ' || file->text.p[at] == '\t')) at++;
  Arena arena;
  arena_init(&arena);
  Undecided u;
  bool any = undecided_at(r, file, at, &arena, &u);
  if (any && u.name.n)
    printf("Not decided: %.*s, because %.*s.\n", STR_ARG(u.name), STR_ARG(u.why));
  else if (any)
    printf("Not decided: this declaration, because %.*s.\n", STR_ARG(u.why));
  arena_release(&arena);
  return any;
}

// What could be written instead of a line, all tried (fix/fix.h).
typedef struct Tried {
  Arena arena;
  FixList fixes;
  bool *holds;
} Tried;

static void try_fixes(Tried *t, Program *program, const PackageResult *r, const AstFile *file, uint32_t line) {
  arena_init(&t->arena);
  uint32_t start = line_start(file->text, line);
  if (start == UINT32_MAX) return;
  ptrdiff_t length = str_index_byte(str_slice(file->text, start, file->text.n), '\n');
  uint32_t end = length < 0 ? (uint32_t)file->text.n : start + (uint32_t)length;
  fix_propose(&t->arena, r, file, start, end, FIX_ALL_KINDS, &t->fixes);
  t->holds = ARENA_ARRAY(&t->arena, bool, t->fixes.items.len + 1);
  FixTrial trial = {.program = program, .before = r};
  for (uint32_t i = 0; i < t->fixes.items.len; i++) {
    const Fix *f = &t->fixes.items.items[i];
    t->holds[i] = fix_prove(&trial, &f, 1, NULL);
  }
}

// What was tried for the finding.
static void style_tried(RenderStyle *style, const Tried *t, const Finding *f) {
  style->edit = NULL;
  style->refused = false;
  for (uint32_t i = 0; i < t->fixes.items.len; i++) {
    const Fix *fix = &t->fixes.items.items[i];
    if (!fix_is_about(fix, f->start, f->end)) continue;
    if (t->holds[i] && !style->edit) style->edit = fix->title.p;
    style->refused |= !t->holds[i];
  }
}

static uint32_t explain_file(const PackageResult *r, const AstFile *file, uint32_t line, uint32_t column,
                             const RenderStyle *plain, const Tried *tried, int *code) {
  uint32_t shown = 0;
  Buf out = {0};
  const Finding *f;
  RenderStyle style = *plain;
  for (FindingCursor cursor = {.set = r->findings}; (f = finding_next(&cursor));) {
    if (f->source != file->source || !at_place(f, file, line, column)) continue;
    if (shown++) buf_puts(&out, "\n");
    render_path(&out, style.cwd, f->source->path);
    buf_printf(&out, ":%u:%u: %.*s\n", f->line, f->column, STR_ARG(f->subject));
    style_tried(&style, tried, f);
    render_hover(&out, r, f, &style);
  }
  *code = cli_print(&out);
  return shown;
}

// Each that holds as a diff.
static void show_fixes(Tried *t, const AstFile *file, const CliSetup *setup) {
  Buf out = {0}, name = {0};
  render_path(&name, setup->cwd, file->source->path);
  for (uint32_t i = 0; i < t->fixes.items.len; i++) {
    const Fix *f = &t->fixes.items.items[i];
    if (!t->holds[i]) continue;
    buf_printf(&out, "\n%.*s:\n", STR_ARG(f->title));
    fix_diff(&out, buf_view(&name), file->text, fix_edits(&t->arena, f->source, &f, 1));
  }
  cli_print(&out);
  buf_release(&name);
}

int cli_explain(const CliArgs *args) {
  const char *place = args->operands.len ? args->operands.items[0] : NULL;
  if (args->operands.len > 1) return cli_usage_error(COMMAND_EXPLAIN, "unknown argument %s", args->operands.items[1]);
  CliSetup setup;
  int code = cli_setup_init(&setup, args) ? 0 : 2;
  Str file = str_of(place);
  uint32_t line = cut_number(&file), column = 0;
  Str shorter = file;
  uint32_t before = cut_number(&shorter);
  if (before) column = line, line = before, file = shorter;
  char path[PATH_MAX];
  if (!code && (!place || !line)) code = cli_usage_error(COMMAND_EXPLAIN, "say where: FILE:LINE or FILE:LINE:COLUMN");
  if (!code && !realpath(arena_str(&setup.arena, file).p, path))
    code = cli_usage_error(COMMAND_EXPLAIN, "%.*s: %s", STR_ARG(file), strerror(errno));
  if (code) {
    cli_setup_release(&setup);
    return code;
  }
  Str absolute = arena_str(&setup.arena, str_of(path));
  ptrdiff_t slash = str_last_byte(absolute, '/');
  setup.options.build.cwd = slash > 0 ? str_slice(absolute, 0, (size_t)slash) : STR("/");
  Program *program = program_new(&setup.options);
  cli_notices(program);
  Str here = STR(".");
  if (cli_has(args, OPTION_CGO)) cli_translate_cgo(program, setup.options.build.cwd, &here, 1, true);
  Buf error = {0};
  const PackageResult *r = program_analyze_file(program, absolute, NULL, &error);
  code = 2;
  for (uint32_t i = 0; r && i < r->file_count; i++) {
    if (!str_equal(r->files[i]->source->path, absolute)) continue;
    uint32_t minor = setup.options.ir.go_minor ? setup.options.ir.go_minor : program_build_context(program)->go_minor;
    RenderStyle style = {.cwd = setup.cwd, .go_minor = minor};
    code = 0;
    if (r->left_out.n)
      printf(
        "This file is left out of the build: %.*s. It is read alone: what it shares with other files is not known.\n",
        STR_ARG(r->left_out));
    bool undecided = say_undecided(r, r->files[i], line, column);
    Tried tried = {0};
    try_fixes(&tried, program, r, r->files[i], line);
    if (!explain_file(r, r->files[i], line, column, &style, &tried, &code) && !undecided)
      printf("Nothing on line %u allocates or leaks.\n", line);
    fflush(stdout);
    show_fixes(&tried, r->files[i], &setup);
    arena_release(&tried.arena);
    break;
  }
  if (!r)
    fprintf(stderr, "heapls explain: %.*s", STR_ARG(buf_view(&error)));
  else if (code)
    fprintf(stderr, "heapls explain: %s is not part of its package under the current build constraints\n", path);
  buf_release(&error);
  package_result_release(r);
  program_free(program);
  cli_setup_release(&setup);
  return code;
}
