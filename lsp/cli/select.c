// select.c: what is shown of a package's findings: by preset, kind, function, size, file, comment and baseline; what is
// left out is counted by the first of these that says so.
#include "cli/rows.h"

#include <dirent.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>

#include "base/sha256.h"
#include "render.h"
#include "syntax/parse.h"

typedef enum FailOn { FAIL_HEAP, FAIL_LOOP, FAIL_NEW, FAIL_CONTRACTS, FAIL_NEVER } FailOn;

// A line, as one may have very many findings: its copy, and the UTF-16 units before every STRIDE-th byte.
enum { STRIDE = 64 };
typedef struct ShownLine {
  const AstFile *file; // NULL: none
  uint32_t number;
  Str source, copy; // copy: text NULL until it is asked for
  VEC(uint32_t) units;
} ShownLine;

struct Selector {
  const CliArgs *args;
  Str cwd;
  const Team *team;
  const Settings *shared;
  Preset preset;
  FailOn fail;
  bool tests, generated, ignored, has_in;
  const char *kinds, *without;
  regex_t func;
  bool has_func;
  int64_t min_bytes;
  Baseline *known, *found; // NULL: not asked for
  StrMap seen;             // fingerprints without their number, to how often; keys and counts in the arena
  Arena arena;
  ShownLine start, end, mark; // of the last finding
  uint32_t next;
};

Selector *selector_new(const CliArgs *args, const CliSetup *setup) {
  Selector *s = mem_new(sizeof *s);
  arena_init(&s->arena);
  *s = (Selector){.args = args,
                  .cwd = setup->cwd,
                  .team = &setup->team,
                  .shared = &setup->shared,
                  .preset = setup->shared.preset,
                  .fail = FAIL_NEVER,
                  .arena = s->arena};
  const char *value;
  if ((value = cli_value(args, OPTION_PRESET))) preset_of(value, &s->preset);
  s->tests = cli_reads_tests(setup, args);
  s->generated = cli_has(args, OPTION_GENERATED) || setup->shared.generated;
  s->ignored = cli_has(args, OPTION_IGNORED);
  s->has_in = cli_has(args, OPTION_IN);
  s->kinds = cli_value(args, OPTION_KIND);
  s->without = cli_value(args, OPTION_WITHOUT);
  if ((value = cli_value(args, OPTION_MIN_BYTES))) s->min_bytes = (int64_t)cli_number(value);
  if ((value = cli_value(args, OPTION_FUNC))) s->has_func = regcomp(&s->func, value, REG_EXTENDED | REG_NOSUB) == 0;
  bool good = true;
  if (cli_has(args, OPTION_FAIL)) {
    value = cli_value(args, OPTION_FAIL);
    s->fail = value ? (FailOn)cli_choice(cli_options[OPTION_FAIL].choices, str_of(value)) : FAIL_HEAP;
    if (s->fail == FAIL_NEW && !cli_has(args, OPTION_BASELINE)) {
      cli_usage_error(COMMAND_CHECK, "--fail=new is about --baseline=FILE, which is missing");
      good = false;
    }
  }
  if (good && (value = cli_value(args, OPTION_BASELINE))) {
    s->known = baseline_new();
    good = baseline_read(s->known, value);
  }
  if (cli_has(args, OPTION_WRITE_BASELINE)) s->found = baseline_new();
  if (good) return s;
  selector_free(s);
  return NULL;
}

void selector_free(Selector *s) {
  if (!s) return;
  if (s->has_func) regfree(&s->func);
  baseline_free(s->known);
  baseline_free(s->found);
  strmap_release(&s->seen);
  free(s->start.units.items);
  free(s->end.units.items);
  free(s->mark.units.items);
  arena_release(&s->arena);
  free(s);
}

bool selector_wants_findings(const Selector *s) { return s->fail != FAIL_NEVER || s->found; }

bool selector_finish(Selector *s) {
  return !s->found || baseline_write(s->found, cli_value(s->args, OPTION_WRITE_BASELINE));
}

// ---- Copying

static Str line_text(const AstFile *file, uint32_t line) {
  uint32_t start = file->lines[line - 1];
  uint32_t end = line < file->line_count ? file->lines[line] : (uint32_t)file->text.n;
  while (end > start && (file->text.p[end - 1] == '\n' || file->text.p[end - 1] == '\r')) end--;
  return (Str){file->text.p + start, end - start};
}

static uint32_t units_of(Str text) {
  uint32_t units = 0;
  for (uint32_t i = 0; i < text.n; i++) {
    unsigned char c = (unsigned char)text.p[i];
    units += (c & 0xC0) != 0x80; // the first byte of a character
    units += c >= 0xF0;          // which takes two units
  }
  return units;
}

static void show_line(ShownLine *l, const AstFile *file, uint32_t line) {
  if (l->file == file && l->number == line) return;
  l->file = file;
  l->number = line;
  l->source = line_text(file, line);
  l->copy = STR_NONE;
  l->units.len = 0;
  uint32_t units = 0;
  for (size_t at = 0; at < l->source.n; at += STRIDE) {
    VEC_APPEND(&l->units, units);
    units += units_of(str_slice(l->source, at, l->source.n - at < STRIDE ? l->source.n : at + STRIDE));
  }
}

static RowPlace row_place(ShownLine *l, const AstFile *file, uint32_t offset) {
  LineCol at = ast_file_line_col(file, offset);
  RowPlace p = {at.line, at.column, 1};
  show_line(l, file, at.line);
  uint32_t before = at.column - 1 < l->source.n ? at.column - 1 : (uint32_t)l->source.n, mark = before / STRIDE;
  if (mark >= l->units.len) mark = l->units.len ? l->units.len - 1 : 0;
  if (l->units.len) p.utf16 += l->units.items[mark];
  p.utf16 += units_of(str_slice(l->source, (size_t)mark * STRIDE, before));
  return p;
}

static void copy_steps(Arena *a, Row *row, const PackageResult *r, const Finding *f) {
  row->steps = ARENA_ARRAY(a, RowStep, f->step_count + 1);
  for (uint32_t i = 0; i < f->step_count; i++) {
    FindingStep s = package_result_step(r, &f->steps[i]);
    RowStep *step = &row->steps[row->step_count++];
    *step = (RowStep){.text = arena_str(a, s.text), .gc = arena_str(a, s.gc_text)};
    if (!s.source) continue;
    step->file = arena_str(a, s.source->path);
    step->line = s.line;
    step->column = s.column;
  }
}

// Test variants are "p [p.test]".
static Str plain_path(Str import_path) {
  ptrdiff_t space = str_index_byte(import_path, ' ');
  return space < 0 ? import_path : str_slice(import_path, 0, (size_t)space);
}

static Str fingerprint(Selector *s, Arena *a, const Row *row) {
  Buf key = {0};
  buf_printf(&key, "%.*s\n%.*s\n%s\n%.*s", STR_ARG(row->package), STR_ARG(row->function), row->rule,
             STR_ARG(row->subject));
  uint32_t *count = strmap_get(&s->seen, buf_view(&key));
  if (!count) {
    count = ARENA_NEW(&s->arena, uint32_t);
    strmap_set(&s->seen, arena_str(&s->arena, buf_view(&key)), count);
  }
  buf_printf(&key, "\n%u", ++*count);
  uint8_t digest[32];
  sha256(buf_view(&key), digest);
  buf_clear(&key);
  for (int i = 0; i < 16; i++) buf_printf(&key, "%02x", digest[i]);
  Str text = arena_str(a, buf_view(&key));
  buf_release(&key);
  return text;
}

static Row row_of(Selector *s, Arena *a, const PackageResult *r, const AstFile *file, const Finding *f) {
  Buf text = {0};
  const char *code = cause_code(f->cause);
  Row row = {.package = arena_str(a, plain_path(r->import_path)),
             .file = arena_str(a, f->source->path),
             .function = arena_str(a, f->function),
             .subject = arena_str(a, f->subject),
             .expression = arena_str(a, f->expression.n ? f->expression : f->subject),
             .hint = arena_str(a, f->hint),
             .title = arena_str(a, f->title),
             .why = arena_str(a, f->why),
             .advice = arena_str(a, f->advice),
             .gc = arena_str(a, finding_gc_words(f)),
             .condition = arena_str(a, f->condition),
             .count = arena_str(a, f->count_text),
             .when = arena_str(a, f->when),
             .inlined_from = arena_str(a, f->inlined_from),
             .called = arena_str(a, f->called),
             .is_copy = finding_is_copy(f),
             .code = code,
             .rule = code,
             .line = f->line,
             .column = f->column,
             .start = row_place(&s->start, file, f->start),
             .end = row_place(&s->end, file, f->end > f->start ? f->end : f->start + 1),
             .bytes = f->bytes,
             .size_class = f->size_class,
             .elem_bytes = f->elem_bytes,
             .least = f->least,
             .inlined_into = f->inlined_into,
             .copies_heap = f->copies_heap,
             .copies_loop = f->copies_loop,
             .loop_depth = f->loop_depth,
             .cold = f->cold,
             .verdict = f->verdict,
             .is_variable = f->kind == FINDING_VARIABLE,
             .of_caller = f->cause == CAUSE_APPEND_CALLER,
             .number = s->next++};
  uint32_t mark = f->start + f->mark_at;
  row.mark_start = row_place(&s->mark, file, f->mark_length ? mark : f->start);
  row.mark_end = f->mark_length ? row_place(&s->mark, file, mark + f->mark_length) : row.end;
  if (!s->mark.copy.p) s->mark.copy = arena_str(a, s->mark.source);
  row.line_text = s->mark.copy;
  if (row.is_variable && strncmp(code, "heap/", 5) == 0) row.rule = arena_printf(a, "moved/%s", code + 5).p;
  render_path(&text, s->cwd, f->source->path);
  row.path = arena_str(a, buf_view(&text));
  buf_clear(&text);
  if (f->inlined_into) render_copies(&text, f);
  row.copies = arena_str(a, buf_view(&text));
  buf_release(&text);
  copy_steps(a, &row, r, f);
  row.fingerprint = fingerprint(s, a, &row);
  row.level = (uint8_t)team_level(s->team, row.rule, row_in_loop(&row) && !row.of_caller);
  return row;
}

// ---- Choosing

static bool path_matches(const Selector *s, const Row *row, OptionId option) {
  ptrdiff_t slash = str_last_byte(row->path, '/');
  const char *base = row->path.p + slash + 1;
  for (uint32_t i = 0; i < s->args->options.len; i++) {
    const CliArg *a = &s->args->options.items[i];
    if (a->option != option) continue;
    const char *glob = a->value;
    if (glob[0] == '.' && glob[1] == '/') glob += 2;
    if (fnmatch(glob, strchr(glob, '/') ? row->path.p : base, 0) == 0) return true;
  }
  return false;
}

static bool names_kind(const char *kinds, const Row *row) {
  const char *slash = strchr(row->code, '/');
  size_t n = slash ? strlen(slash + 1) : 0;
  for (const char *at = kinds; n && *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] != 0))
    if (strcspn(at, ",") == n && strncmp(at, slash + 1, n) == 0) return true;
  return false;
}

// By what the team agrees on; --kind asks for kinds by name.
static bool team_shows(const Selector *s, const Finding *f, const Row *row) {
  if (team_excludes(s->team, row->file) || row->level == TEAM_OFF) return false;
  if (f->kind == FINDING_VARIABLE && !s->shared->variables) return false;
  if (f->verdict == VERDICT_CONDITIONAL && !s->shared->conditional) return false;
  return s->kinds || s->shared->kinds[f->cause];
}

static bool passes_filters(const Selector *s, const Row *row) {
  if (s->kinds && !names_kind(s->kinds, row)) return false;
  if (s->has_func && regexec(&s->func, row->function.p ? row->function.p : "", 0, NULL, 0) != 0) return false;
  if (s->min_bytes && row->bytes >= 0 && row->bytes < s->min_bytes) return false;
  if (s->has_in && !path_matches(s, row, OPTION_IN)) return false;
  return !path_matches(s, row, OPTION_OUT);
}

static bool fails(const Selector *s, const Row *row) {
  switch (s->fail) {
  case FAIL_HEAP:
  case FAIL_NEW: return row_allocates(row);
  case FAIL_LOOP: return row_allocates(row) && row_in_loop(row);
  case FAIL_CONTRACTS:
  case FAIL_NEVER: break;
  }
  return false;
}

// The preset leaves it out only because the caller gave the slice.
static bool would_show(const Selector *s, const Finding *f) {
  Finding own = *f;
  own.cause = CAUSE_APPEND;
  return f->cause == CAUSE_APPEND_CALLER && preset_shows(s->preset, &own);
}

// Where the finding is counted if it is not shown; NULL: it is.
static uint32_t *left_out(Selector *s, const AstFile *file, const Finding *f, const Row *row, Tally *t) {
  if (file->is_generated && !s->generated) return &t->left_out.generated;
  if (!team_shows(s, f, row)) return &t->left_out.team;
  if (!passes_filters(s, row)) return &t->left_out.filtered;
  if (row->ignored && !s->ignored) return &t->left_out.ignored;
  if (s->without && names_kind(s->without, row)) return row->of_caller ? &t->left_out.of_caller : &t->left_out.filtered;
  if (!preset_shows(s->preset, f)) return would_show(s, f) ? &t->left_out.of_caller : &t->left_out.preset;
  if (s->found && row_allocates(row)) baseline_add(s->found, row);
  if (s->known && baseline_take(s->known, row)) return &t->left_out.baseline;
  return NULL;
}

static Str state_hint(ContractState state) {
  switch (state) {
  case CONTRACT_BROKEN: return STR("contract broken");
  case CONTRACT_UNPROVED: return STR("contract not proved");
  case CONTRACT_MISUSED: return STR("no such contract");
  case CONTRACT_UNTOLD: break;
  }
  return STR("contract not decided");
}

static Row contract_row(Selector *s, Arena *a, const PackageResult *r, const AstFile *file, const Contract *c) {
  Row row = {.package = arena_str(a, plain_path(r->import_path)),
             .file = arena_str(a, c->source->path),
             .function = arena_str(a, c->function),
             .subject = arena_str(a, c->directive),
             .hint = state_hint(c->state),
             .why = arena_str(a, c->message),
             .code = arena_str(a, c->code).p,
             .start = row_place(&s->start, file, c->start),
             .end = row_place(&s->end, file, c->end > c->start ? c->end : c->start + 1),
             .bytes = -1,
             .size_class = -1,
             .loop_depth = 1,
             .verdict = c->state == CONTRACT_UNTOLD ? VERDICT_STACK : VERDICT_HEAP,
             .is_contract = true,
             .contract = c->state,
             .number = s->next++};
  Buf path = {0};
  render_path(&path, s->cwd, c->source->path);
  row.path = arena_str(a, buf_view(&path));
  buf_release(&path);
  row.rule = row.code;
  row.expression = row.subject;
  row.mark_start = row.start;
  row.mark_end = row.end;
  row.line = row.start.line;
  row.column = row.start.column;
  row.line_text = arena_str(a, line_text(file, row.start.line));
  row.steps = ARENA_ARRAY(a, RowStep, c->way_count + 1);
  for (uint32_t i = 0; i < c->way_count; i++) {
    const CostPoint *p = &c->way[i];
    Str text = arena_str(a, p->text);
    row.steps[row.step_count++] =
      (RowStep){arena_str(a, p->place.path), p->place.line, p->place.column, text, STR_NONE};
  }
  row.fingerprint = fingerprint(s, a, &row);
  return row;
}

bool file_is_listed(const Str *files, uint32_t count, Str path) {
  for (uint32_t i = 0; i < count; i++) {
    if (str_equal(files[i], path)) return true;
  }
  return count == 0;
}

static const AstFile *file_with(const PackageResult *r, const AstSource *source) {
  for (uint32_t i = 0; i < r->file_count; i++) {
    if (r->files[i]->source == source) return r->files[i];
  }
  return NULL;
}

static uint32_t test_files_in(Str dir) {
  char path[4096];
  snprintf(path, sizeof path, "%.*s", STR_ARG(dir));
  DIR *d = opendir(path);
  uint32_t count = 0;
  for (struct dirent *e; d && (e = readdir(d));)
    count += str_has_suffix(str_of(e->d_name), STR("_test.go")) && e->d_name[0] != '.' && e->d_name[0] != '_';
  if (d) closedir(d);
  return count;
}

void selector_take(Selector *s, const PackageResult *r, const Str *files, uint32_t file_count, Piece *piece, Tally *t) {
  const AstFile *file = NULL;
  IgnoredList ignored = {0};
  s->start.file = s->end.file = s->mark.file = NULL;
  const Finding *f;
  if (!s->tests && !file_count) t->left_out.test_files += test_files_in(r->dir);
  for (FindingCursor cursor = {.set = r->findings}; (f = finding_next(&cursor));) {
    if (!file || file->source != f->source) {
      file = file_with(r, f->source);
      if (file) ignored_read(&ignored, file->text);
    }
    if (!file || !file_is_listed(files, file_count, f->source->path)) continue;
    t->functions += f->kind == FINDING_FUNCTION;
    if (f->kind != FINDING_SITE && f->kind != FINDING_VARIABLE) continue;
    bool site = preset_shows(PRESET_DEFAULT, f);
    t->stack += f->verdict != VERDICT_HEAP && f->verdict != VERDICT_CONDITIONAL && !f->inlined_from.n;
    Row row = row_of(s, &piece->arena, r, file, f);
    const Ignored *hidden = ignored_at(&ignored, f->start);
    row.ignored = hidden != NULL;
    if (hidden) row.ignored_for = arena_str(&piece->arena, hidden->reason);
    uint32_t *counter = left_out(s, file, f, &row, t);
    if (counter) {
      *counter += site;
      continue;
    }
    t->sites += site;
    t->in_loops += site && f->loop_depth > 1;
    t->others += !site;
    t->failing += fails(s, &row);
    VEC_APPEND(&piece->rows, row);
  }
  ignored_release(&ignored);
}

void selector_take_contracts(Selector *s, const PackageResult *r, const CostReport *costs, const Str *files,
                             uint32_t file_count, Piece *piece, Tally *t) {
  t->contracts += costs->promises;
  for (uint32_t i = 0; i < costs->contracts.len; i++) {
    const Contract *c = &costs->contracts.items[i];
    const AstFile *file = file_with(r, c->source);
    if (!file || !file_is_listed(files, file_count, c->source->path)) continue;
    Row row = contract_row(s, &piece->arena, r, file, c);
    row.level = (uint8_t)team_level(s->team, row.code, false);
    if (!passes_filters(s, &row) || row.level == TEAM_OFF || team_excludes(s->team, row.file)) continue;
    if (s->found) baseline_add(s->found, &row);
    if (s->known && baseline_take(s->known, &row)) continue;
    bool counts = c->state != CONTRACT_UNTOLD;
    t->broken += counts;
    t->failing += counts && (s->fail == FAIL_CONTRACTS || s->fail == FAIL_NEW);
    VEC_APPEND(&piece->rows, row);
  }
}
