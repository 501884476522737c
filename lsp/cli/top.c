// top.c: `heapls top PROFILE`: a profile of the heap laid on the sites.
//
// A stack belongs to the innermost of its frames that is in the packages asked about, if the machine code that
// allocated is that function's (the frames below were inlined); else to the leaf, with that frame as the caller. Files
// are found by their path; by import path and base name where the profile was made elsewhere or with -trimpath. A line
// is looked for at its distance from where its function begins: what was written above the function does not matter.
#include <jansson.h>
#include <stdlib.h>

#include "cli/formats/formats.h"
#include "cli/rows.h"
#include "profile/profile.h"
#include "render.h"

typedef struct Source { // a file of the packages asked about
  Str path;
  StrMap starts; // "(*T).M" -> its line, as a number
} Source;

typedef struct Total {
  int64_t objects, bytes;
} Total;

typedef struct Site {
  Str path, function;
  bool own;       // in the packages asked about
  int64_t line;   // as it is now; of others, as in the profile
  Total now, old; // old: of --diff
  const Row *row; // what heapls says; NULL: nothing
  uint32_t rows;  // that it says of the line
  StrMap callers; // of code of others: "path:line" -> Total of the newer profile
} Site;

typedef struct Top {
  const CliArgs *args;
  CliSetup setup;
  Selector *selector;
  VEC(Piece) pieces;
  StrMap sources; // path, and "import/path/base.go" -> Source
  StrMap rows;    // "path:line" -> list of Row
  StrMap begins;  // function -> its start line in the profile, as a number
  StrMap sites;   // "path:line function" -> Site
  StrMap functions;
  VEC(Site *) order;
  Total now, old;
  HeapProfile *kept[2]; // the newer, the older
  bool older;           // the profile that is read is the older one
  uint32_t errors;
} Top;

typedef VEC(const Row *) RowList;

static void *number(int64_t n) { return (void *)(intptr_t)(n + 1); } // in a map: never NULL
static int64_t number_of(void *p) { return (intptr_t)p - 1; }

// ---- The packages

static Str key_of(Arena *a, Str path, int64_t line) {
  return arena_printf(a, "%.*s:%lld", STR_ARG(path), (long long)line);
}

// "(*T).M", "T.M", "F"; empty: no function.
static Str declared_name(Arena *a, const AstDecl *decl) {
  const Ast *fn = decl->kind == DECL_FUNC && decl->specs.len ? decl->specs.items[0] : NULL;
  if (!fn || fn->kind != AST_FUNC_DECL || !fn->u.func_decl.name) return STR_NONE;
  Str name = sym_str(fn->u.func_decl.name->u.name.name);
  const Ast *recv = fn->u.func_decl.recv, *type = recv && recv->kind == AST_FIELD ? recv->u.field.type : NULL;
  bool pointer = false;
  for (unsigned depth = 0; type && depth < 20; depth++) {
    if (type->kind == AST_NAME)
      return arena_printf(a, pointer ? "(*%s).%.*s" : "%s.%.*s", type->u.name.name->text, STR_ARG(name));
    if (type->kind == AST_STAR)
      pointer = true, type = type->u.star.x;
    else if (type->kind == AST_INDEX)
      type = type->u.index.x;
    else if (type->kind == AST_PAREN)
      type = ast_unparen(type);
    else
      break;
  }
  return arena_str(a, name);
}

static void add_source(Top *t, const PackageResult *r, const AstFile *file) {
  Arena *a = &t->setup.arena;
  Source *s = ARENA_NEW(a, Source);
  s->path = arena_str(a, file->source->path);
  ptrdiff_t slash = str_last_byte(s->path, '/');
  Str base = str_slice(s->path, (size_t)(slash + 1), s->path.n);
  for (uint32_t i = 0; i < file->decl_count; i++) {
    const AstDecl *decl = file->decls[i];
    Str name = declared_name(a, decl);
    if (!name.n) continue;
    uint32_t start = file->slot_starts[decl->slot] + decl->specs.items[0]->start;
    strmap_set(&s->starts, name, number(ast_file_line_col(file, start).line));
  }
  strmap_set(&t->sources, s->path, s);
  strmap_set(&t->sources, arena_printf(a, "%.*s/%.*s", STR_ARG(r->import_path), STR_ARG(base)), s);
}

static void package_ready(void *context, const PackageResult *r, uint32_t place) {
  Top *t = context;
  Tally tally = {0};
  Piece piece;
  (void)place;
  piece_init(&piece, r);
  piece_take_errors(&piece, r, t->setup.cwd);
  t->errors += piece.errors.len;
  selector_take(t->selector, r, NULL, 0, &piece, &tally);
  for (uint32_t i = 0; i < r->file_count; i++) add_source(t, r, r->files[i]);
  VEC_APPEND(&t->pieces, piece);
}

static void index_rows(Top *t) {
  for (uint32_t i = 0; i < t->pieces.len; i++) {
    const Piece *p = &t->pieces.items[i];
    for (uint32_t k = 0; k < p->rows.len; k++) {
      const Row *row = &p->rows.items[k];
      if (!row_allocates(row)) continue;
      Str key = key_of(&t->setup.arena, row->file, row->line);
      RowList *list = strmap_get(&t->rows, key);
      if (!list) strmap_set(&t->rows, key, list = ARENA_NEW(&t->setup.arena, RowList));
      VEC_PUSH(&t->setup.arena, list, row);
    }
  }
}

static bool analyse(Top *t) {
  Targets targets;
  CliArgs packages = *t->args;
  static const char *everything[] = {"./..."};
  if (packages.operands.len == 1) packages.operands.items = everything;
  targets_find(&targets, &t->setup, &packages, t->args->operands.len == 1 ? 0 : 1, false);
  bool good = true;
  for (uint32_t i = 0; i < targets.groups.len; i++) {
    const TargetGroup *g = &targets.groups.items[i];
    Buf errors = {0};
    t->setup.options.build.cwd = g->cwd;
    Program *program = program_new(&t->setup.options);
    if (!i) cli_notices(program);
    ProgramRun run = {.patterns = g->patterns.items,
                      .pattern_count = g->patterns.len,
                      .tests = cli_reads_tests(&t->setup, t->args) || g->tests,
                      .package_ready = package_ready,
                      .context = t,
                      .transient = true};
    good &= program_run(program, &run, NULL, &errors);
    if (errors.len) fprintf(stderr, "%.*s", STR_ARG(buf_view(&errors)));
    good &= !errors.len;
    buf_release(&errors);
    program_free(program);
  }
  for (uint32_t i = 0; i < t->pieces.len; i++) piece_print_errors(&t->pieces.items[i]);
  index_rows(t);
  return good;
}

// ---- The profile

// Without its package and type arguments: "(*T).M.func1".
static Str local_name(Arena *a, Str function, Str *package) {
  size_t from = 0, depth = 0;
  for (size_t i = 0; i < function.n && function.p[i] != '['; i++)
    if (function.p[i] == '/') from = i + 1;
  ptrdiff_t dot = str_index_byte(str_slice(function, from, function.n), '.');
  if (dot < 0) return STR_NONE;
  *package = str_slice(function, 0, from + (size_t)dot);
  char *text = arena_alloc(a, function.n + 1);
  size_t n = 0;
  for (size_t i = from + (size_t)dot + 1; i < function.n; i++) {
    depth += function.p[i] == '[';
    if (!depth) text[n++] = function.p[i];
    depth -= function.p[i] == ']' && depth;
  }
  return (Str){text, n};
}

// "example.com/m@v1.2.3/f.go" without its version.
static Str without_version(Arena *a, Str file) {
  ptrdiff_t at = str_index_byte(file, '@');
  ptrdiff_t slash = at < 0 ? -1 : str_index_byte(str_slice(file, (size_t)at, file.n), '/');
  if (slash < 0) return file;
  return arena_printf(a, "%.*s%.*s", (int)at, file.p, STR_ARG(str_slice(file, (size_t)(at + slash), file.n)));
}

static const Source *source_of(Top *t, const HeapFrame *f) {
  const Source *s = strmap_get(&t->sources, f->file);
  if (s) return s;
  Arena *a = &t->setup.arena;
  if (f->file.n && f->file.p[0] != '/') return strmap_get(&t->sources, without_version(a, f->file));
  Str package = STR_NONE;
  ptrdiff_t slash = str_last_byte(f->file, '/');
  local_name(a, f->function, &package);
  return strmap_get(&t->sources, arena_printf(a, "%.*s/%.*s", STR_ARG(package),
                                              STR_ARG(str_slice(f->file, (size_t)(slash + 1), f->file.n))));
}

// "func1", "1", "gowrap2", "range1": the compiler's name of a literal or wrapper in a function.
static bool is_literal_name(Str s) {
  size_t n = s.n;
  while (n && s.p[n - 1] >= '0' && s.p[n - 1] <= '9') n--;
  Str word = str_slice(s, 0, n);
  return n < s.n && (!n || str_equal(word, STR("func")) || str_equal(word, STR("gowrap")) ||
                     str_equal(word, STR("deferwrap")) || str_has_suffix(word, STR("-range")));
}

// Of a literal the declared function that it is in: go1.26 puts that which inlined it before it, "Caller.F.func1".
static Str declared_in(const Source *s, Str name) {
  for (ptrdiff_t dot;
       (dot = str_last_byte(name, '.')) > 0 && is_literal_name(str_slice(name, (size_t)dot + 1, name.n));)
    name = str_slice(name, 0, (size_t)dot);
  for (ptrdiff_t dot = 0; dot >= 0 && name.n; name = str_slice(name, (size_t)dot + 1, name.n)) {
    if (strmap_has(&s->starts, name)) return name;
    if ((dot = str_index_byte(name, '.')) < 0) break;
  }
  return STR_NONE;
}

// Where the frame's line is now.
static int64_t line_now(Top *t, const Source *s, const HeapFrame *f) {
  Arena *a = &t->setup.arena;
  Str package = STR_NONE, name = local_name(a, f->function, &package), declared = declared_in(s, name);
  void *now = strmap_get(&s->starts, declared), *then = number(f->start_line);
  if (!str_equal(name, declared))
    then = strmap_get(&t->begins, arena_printf(a, "%.*s.%.*s", STR_ARG(package), STR_ARG(declared)));
  return now && then && number_of(then) > 0 ? f->line + number_of(now) - number_of(then) : f->line;
}

static Site *site_at(Top *t, StrMap *map, Str path, int64_t line, Str function, bool own) {
  Arena *a = &t->setup.arena;
  Str key =
    own ? key_of(a, path, line) : arena_printf(a, "%.*s:%lld %.*s", STR_ARG(path), (long long)line, STR_ARG(function));
  Site *s = strmap_get(map, key);
  if (s) return s;
  s = ARENA_NEW(a, Site);
  *s = (Site){.path = path, .function = function, .own = own, .line = line};
  strmap_set(map, key, s);
  return s;
}

static void add(Total *to, const HeapStack *s) {
  to->objects += s->objects;
  to->bytes += s->bytes;
}

static void note_begins(void *context, const HeapStack *s) {
  Top *t = context;
  for (uint32_t i = 0; i < s->count; i++) {
    const HeapFrame *f = &s->frames[i];
    if (f->start_line <= 0) continue;
    Str package = STR_NONE, name = local_name(&t->setup.arena, f->function, &package);
    Str whole = arena_printf(&t->setup.arena, "%.*s.%.*s", STR_ARG(package), STR_ARG(name));
    if (!strmap_has(&t->begins, whole)) strmap_set(&t->begins, whole, number(f->start_line));
  }
}

static void take(void *context, const HeapStack *s) {
  Top *t = context;
  uint32_t i = 0, leaf = 0;
  const Source *source = NULL;
  while (leaf + 1 < s->count && s->frames[leaf].inlined) leaf++; // the function that the machine code is of
  while (i < s->count && !(source = source_of(t, &s->frames[i]))) i++;
  const HeapFrame *f = &s->frames[source && i <= leaf ? i : 0];
  bool own = source && i <= leaf;
  int64_t line = own ? line_now(t, source, f) : f->line;
  Site *site = site_at(t, &t->sites, own ? source->path : f->file, line, f->function, own);
  Site *function = site_at(t, &t->functions, STR_NONE, 0, s->frames[0].function, false);
  add(t->older ? &site->old : &site->now, s);
  add(t->older ? &function->old : &function->now, s);
  add(t->older ? &t->old : &t->now, s);
  if (own || !source || t->older) return;
  Str key = key_of(&t->setup.arena, source->path, line_now(t, source, &s->frames[i]));
  Total *caller = strmap_get(&site->callers, key);
  if (!caller) strmap_set(&site->callers, key, caller = ARENA_NEW(&t->setup.arena, Total));
  add(caller, s);
}

static bool read_file(Top *t, const char *path, Str *bytes) {
  FILE *f = fopen(path, "rb");
  enum { MOST = 256 << 20, CHUNK = 1 << 16 };
  Buf text = {0};
  char chunk[CHUNK];
  for (size_t n; f && text.len <= MOST && (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_str(&text, (Str){chunk, n});
  bool good = f && !ferror(f);
  if (!good) fprintf(stderr, "heapls top: %s: it can't be read\n", path);
  if (f) fclose(f);
  *bytes = arena_str(&t->setup.arena, buf_view(&text));
  buf_release(&text);
  return good;
}

static bool read_profile(Top *t, const char *path) {
  Str bytes, error = STR_NONE;
  if (!read_file(t, path, &bytes)) return false;
  HeapProfile *p = heap_profile_open(bytes, &t->setup.arena, &error);
  HeapValue value = cli_has(t->args, OPTION_IN_USE) ? HEAP_IN_USE : HEAP_ALLOCATED;
  bool good =
    p && heap_profile_stacks(p, value, note_begins, t, &error) && heap_profile_stacks(p, value, take, t, &error);
  if (!good) fprintf(stderr, "heapls top: %s: %.*s\n", path, STR_ARG(error));
  t->kept[t->older] = p; // names are borrowed
  return good;
}

// ---- What is shown

static int64_t weight(const Site *s) { return s->now.bytes - s->old.bytes; }

static int by_weight(const void *a, const void *b) {
  const Site *x = *(const Site *const *)a, *y = *(const Site *const *)b;
  int64_t m = weight(x), n = weight(y), p = m < 0 ? -m : m, q = n < 0 ? -n : n;
  if (p != q) return p > q ? -1 : 1;
  int c = str_compare(x->path, y->path);
  if (!c) c = str_compare(x->function, y->function);
  return c ? c : x->line < y->line ? -1 : x->line > y->line;
}

// Of several on the line the one whose blocks have the size that was seen.
static void find_rows(Top *t, Site *s) {
  RowList *list = s->own ? strmap_get(&t->rows, key_of(&t->setup.arena, s->path, s->line)) : NULL;
  if (!list) return;
  const Total *seen = s->now.objects ? &s->now : &s->old;
  s->rows = list->len;
  for (uint32_t i = 0; i < list->len; i++) {
    const Row *row = list->items[i];
    bool fits = seen->objects && (row->size_class ? row->size_class : row->bytes) == seen->bytes / seen->objects;
    if (!s->row || fits) s->row = row;
    if (fits) return;
  }
}

static void order_sites(Top *t, const StrMap *map) {
  for (uint32_t i = 0; i < map->len; i++) {
    Site *s = map->entries[i].value;
    find_rows(t, s);
    VEC_APPEND(&t->order, s);
  }
  if (t->order.len) qsort(t->order.items, t->order.len, sizeof *t->order.items, by_weight);
}

static double percent(const Top *t, int64_t bytes) {
  int64_t all = t->now.bytes ? t->now.bytes : t->old.bytes;
  return all ? 100.0 * (double)bytes / (double)all : 0;
}

static void write_amount(const Top *t, Buf *out, const Site *s) {
  int64_t objects = s->now.objects - s->old.objects, bytes = weight(s);
  Buf size = {0};
  if (bytes < 0) buf_byte(&size, '-');
  if (bytes > 0 && cli_has(t->args, OPTION_OLDER)) buf_byte(&size, '+');
  format_bytes(&size, bytes < 0 ? -bytes : bytes);
  buf_printf(out, "%6.1f %%  %10.*s  ", percent(t, bytes), STR_ARG(buf_view(&size)));
  buf_clear(&size);
  if (s->now.objects) format_bytes(&size, s->now.bytes / s->now.objects);
  buf_printf(out, "%9lld × %-9.*s  ", (long long)objects, STR_ARG(buf_view(&size)));
  buf_release(&size);
}

static void write_caller(const Top *t, Buf *out, const Site *s) {
  const StrMapEntry *most = NULL;
  for (uint32_t i = 0; i < s->callers.len; i++) {
    const StrMapEntry *e = &s->callers.entries[i];
    if (!most || ((Total *)e->value)->bytes > ((Total *)most->value)->bytes) most = e;
  }
  if (!most) return;
  buf_puts(out, "  called from ");
  render_path(out, t->setup.cwd, most->key);
  if (s->callers.len > 1) buf_printf(out, " and %u more", s->callers.len - 1);
}

static void write_site(const Top *t, Buf *out, const Site *s) {
  write_amount(t, out, s);
  if (!s->path.n) {
    buf_printf(out, "%.*s\n", STR_ARG(s->function));
    return;
  }
  render_path(out, t->setup.cwd, s->path);
  buf_printf(out, ":%lld", (long long)s->line);
  if (s->row) {
    buf_printf(out, ":%u  %.*s in %.*s  %.*s", s->row->column, STR_ARG(s->row->expression), STR_ARG(s->row->function),
               STR_ARG(s->row->hint));
    if (s->rows > 1) buf_printf(out, " (one of %u sites on the line)", s->rows);
    if (s->row->why.n) buf_printf(out, "  %.*s", STR_ARG(s->row->why));
  } else {
    buf_printf(out, "  in %.*s", STR_ARG(s->function));
    if (s->own) buf_puts(out, "  no site here: a map that grows, or the line was edited since");
    write_caller(t, out, s);
  }
  buf_byte(out, '\n');
}

static void write_sums(const Top *t, Buf *out) {
  int64_t known = 0, silent = 0, others = 0;
  for (uint32_t i = 0; i < t->sites.len; i++) {
    const Site *s = t->sites.entries[i].value;
    *(s->row ? &known : s->own ? &silent : &others) += s->now.bytes;
  }
  format_bytes(out, t->now.bytes);
  buf_printf(out,
             " in %lld objects: %.1f %% at sites that heapls shows, %.1f %% on other lines of these packages, %.1f %% "
             "in code of other packages.\n",
             (long long)t->now.objects, percent(t, known), percent(t, silent), percent(t, others));
}

static json_t *total_json(const Total *n) {
  return json_pack("{s:I, s:I}", "objects", (json_int_t)n->objects, "bytes", (json_int_t)n->bytes);
}

static json_t *site_json(const Top *t, const Site *s) {
  json_t *o = json_pack("{s:o, s:o, s:b}", "function", format_string(s->function), "allocated", total_json(&s->now),
                        "own", s->own);
  if (s->path.n) json_object_set_new(o, "file", format_string(s->path));
  if (s->path.n) json_object_set_new(o, "line", json_integer(s->line));
  if (cli_has(t->args, OPTION_OLDER)) json_object_set_new(o, "older", total_json(&s->old));
  if (s->row) {
    json_object_set_new(o, "column", json_integer(s->row->column));
    json_object_set_new(o, "expression", format_string(s->row->expression));
    json_object_set_new(o, "hint", format_string(s->row->hint));
    json_object_set_new(o, "code", json_string(s->row->code));
    json_object_set_new(o, "sitesOnLine", json_integer(s->rows));
    json_object_set_new(o, "predictedBytes", json_integer(s->row->size_class ? s->row->size_class : s->row->bytes));
  }
  json_t *callers = json_array();
  for (uint32_t i = 0; i < s->callers.len; i++) {
    json_t *caller = total_json(s->callers.entries[i].value);
    json_object_set_new(caller, "place", format_string(s->callers.entries[i].key));
    json_array_append_new(callers, caller);
  }
  json_object_set_new(o, "callers", callers);
  return o;
}

static int print(const Top *t) {
  const char *most = cli_value(t->args, OPTION_TOP);
  enum { SHOWN = 20 };
  uint32_t count = most ? (uint32_t)cli_number(most) : SHOWN;
  if (!most && cli_has(t->args, OPTION_TOP_JSON)) count = t->order.len;
  if (count > t->order.len) count = t->order.len;
  Buf out = {0};
  if (cli_has(t->args, OPTION_TOP_JSON)) {
    json_t *sites = json_array();
    for (uint32_t i = 0; i < count; i++) json_array_append_new(sites, site_json(t, t->order.items[i]));
    json_t *document = json_pack("{s:i, s:o, s:o}", "version", 1, "total", total_json(&t->now), "sites", sites);
    char *text = json_dumps(document, JSON_INDENT(1));
    buf_printf(&out, "%s\n", text);
    free(text);
    json_decref(document);
    return cli_print(&out);
  }
  for (uint32_t i = 0; i < count; i++) write_site(t, &out, t->order.items[i]);
  if (count < t->order.len) buf_printf(&out, "… and %u more (--top=N)\n", t->order.len - count);
  write_sums(t, &out);
  return cli_print(&out);
}

static int run(Top *t) {
  const char *by = cli_value(t->args, OPTION_TOP_BY), *older = cli_value(t->args, OPTION_OLDER);
  bool functions = by && cli_choice(cli_options[OPTION_TOP_BY].choices, str_of(by)) == 1;
  t->selector = selector_new(t->args, &t->setup);
  if (!t->selector) return 2;
  bool good = functions || analyse(t);
  if (!read_profile(t, t->args->operands.items[0])) return 2;
  t->older = true;
  if (older && !read_profile(t, older)) return 2;
  order_sites(t, functions ? &t->functions : &t->sites);
  return print(t) || !good || t->errors ? 2 : 0;
}

static void release(Top *t) {
  for (int i = 0; i < 2; i++) heap_profile_close(t->kept[i]);
  for (uint32_t i = 0; i < t->pieces.len; i++) piece_release(&t->pieces.items[i]);
  for (uint32_t i = 0; i < t->sources.len; i++) strmap_release(&((Source *)t->sources.entries[i].value)->starts);
  for (uint32_t i = 0; i < t->sites.len; i++) strmap_release(&((Site *)t->sites.entries[i].value)->callers);
  free(t->pieces.items);
  free(t->order.items);
  strmap_release(&t->sources);
  strmap_release(&t->rows);
  strmap_release(&t->begins);
  strmap_release(&t->sites);
  strmap_release(&t->functions);
  selector_free(t->selector);
}

int cli_top(const CliArgs *args) {
  if (!args->operands.len) return cli_usage_error(COMMAND_TOP, "a profile is missing");
  Top t = {.args = args};
  int code = cli_setup_init(&t.setup, args) ? run(&t) : 2;
  release(&t);
  cli_setup_release(&t.setup);
  return code;
}
