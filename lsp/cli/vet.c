// vet.c: what the go command asks of a vet tool, go vet -vettool=heapls: the protocol of GOROOT/src/cmd/go/internal/vet
// and of golang.org/x/tools/go/analysis/unitchecker.
//
//   heapls -flags             the flags that go vet may pass on, as JSON
//   heapls -V=full            a line that is the tool's identity: the release, and what the team agrees on, which
//   decides
//                             what is found as much
//   heapls FLAGS x/vet.cfg    one package
//
// The go command keeps what is printed of a package, and shows it again until its sources, or those of what it imports,
// have changed: a second run starts nothing. Packages that are only imported (VetxOnly) have nothing to report and are
// not looked at; those that report find what these show in heapls' own cache, or make it. A package's facts are a
// digest of its texts and of its imports' facts: what a call costs may hang on a body that export data has nothing of,
// and the ways to the heap show lines in it.
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sha256.h"
#include "cli/formats/formats.h"
#include "cli/vet.h"
#include "store/store.h"

// Of check, but for those that the go command has itself.
static const OptionId passed_on[] = {OPTION_PRESET,    OPTION_KIND,   OPTION_WITHOUT, OPTION_FUNC,
                                     OPTION_MIN_BYTES, OPTION_IN,     OPTION_OUT,     OPTION_GENERATED,
                                     OPTION_IGNORED,   OPTION_CONFIG, OPTION_TESTS,   OPTION_GOROOT};

typedef struct Unit { // of a .cfg, as far as it matters here; borrows the document
  const char *id, *dir, *import_path, *vetx_output, *output, *archive;
  bool vetx_only, allows_errors, for_tests;
  const json_t *files, *other_files, *facts;
} Unit;

typedef struct Vet {
  CliSetup setup;
  const CliArgs *args;
  Selector *selector;
  Unit unit;
  TargetGroup group;
  Tally tally;
  Piece piece, contracts;
  bool found, promises; // the package; contracts in it
  bool unwritten;       // the archive of fixes
  Buf changes;          // -fix -diff
  Str first;            // one of its files
  Str mismatch;         // why it is not the one that is meant; empty: it is
  bool json, fix, diff;
} Vet;

// ---- What the tool is

static int print_flags(void) {
  json_t *list = json_array();
  static const char *const own[][2] = {{"json", "print JSON"},
                                       {"fix", "write what removes allocations, as heapls fix does"},
                                       {"diff", "with -fix: print a diff instead"}};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    json_array_append_new(list, json_pack("{s:s, s:b, s:s}", "Name", own[i][0], "Bool", 1, "Usage", own[i][1]));
  for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++) {
    const OptionInfo *o = &cli_options[passed_on[i]];
    json_array_append_new(list,
                          json_pack("{s:s, s:b, s:s}", "Name", o->name, "Bool", o->type == ARG_NONE, "Usage", o->help));
  }
  char *text = json_dumps(list, JSON_INDENT(1));
  puts(text);
  free(text);
  json_decref(list);
  return 0;
}

static void write_identity(Buf *out) {
  char cwd[4096];
  Arena arena;
  arena_init(&arena);
  Digest release = cache_release_digest();
  Digester d = {0};
  digester_digest(&d, release);
  Str path = getcwd(cwd, sizeof cwd) ? team_find(&arena, str_of(cwd)) : STR_NONE;
  FILE *f = path.n ? fopen(path.p, "rb") : NULL;
  Buf text = {0};
  char chunk[8192];
  for (size_t n; f && (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_str(&text, (Str){chunk, n});
  if (f) fclose(f);
  digester_add(&d, buf_view(&text));
  Digest all = digester_end(&d);
  buf_printf(out, "heapls version " HEAPLS_VERSION " %016llx%016llx\n", (unsigned long long)all.high,
             (unsigned long long)all.low);
  buf_release(&text);
  arena_release(&arena);
}

// ---- The .cfg

static int refuse(const char *path, const char *why) {
  fprintf(stderr, "heapls: %s: %s\n", path, why);
  return 2;
}

static const char *text_at(const json_t *o, const char *key) {
  const char *text = json_string_value(json_object_get(o, key));
  return text ? text : "";
}

// False: told.
static bool read_unit(Unit *u, const json_t *o, const char *path) {
  *u = (Unit){.id = text_at(o, "ID"),
              .dir = text_at(o, "Dir"),
              .import_path = text_at(o, "ImportPath"),
              .vetx_output = text_at(o, "VetxOutput"),
              .output = text_at(o, "Stdout"),
              .archive = text_at(o, "FixArchive"),
              .vetx_only = json_is_true(json_object_get(o, "VetxOnly")),
              .allows_errors = json_is_true(json_object_get(o, "SucceedOnTypecheckFailure")),
              .files = json_object_get(o, "GoFiles"),
              .other_files = json_object_get(o, "NonGoFiles"),
              .facts = json_object_get(o, "PackageVetx")};
  const char *lacks = !*u->id ? "ID" : !*u->dir ? "Dir" : !*u->import_path ? "ImportPath" : NULL;
  const json_t *file;
  size_t i;
  if (!lacks && !json_is_array(u->files)) lacks = "GoFiles";
  json_array_foreach(u->files, i, file) {
    if (!json_is_string(file)) lacks = "GoFiles";
    u->for_tests |= str_has_suffix(str_of(json_string_value(file)), STR("_test.go"));
  }
  if (!lacks) return true;
  fprintf(stderr, "heapls: %s: %s is missing or not what a go command writes there\n", path, lacks);
  return false;
}

static void digest_file(Digester *d, const char *path) {
  FILE *f = fopen(path, "rb");
  Buf text = {0};
  char chunk[8192];
  for (size_t n; f && (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_str(&text, (Str){chunk, n});
  if (f) fclose(f);
  digester_number(d, f != NULL);
  digester_add(d, str_of(path));
  digester_add(d, buf_view(&text));
  buf_release(&text);
}

static void digest_facts(Digester *d, const char *path) { // named differently in each run
  FILE *f = fopen(path, "rb");
  char line[256] = "";
  size_t n = f ? fread(line, 1, sizeof line, f) : 0;
  if (f) fclose(f);
  digester_add(d, (Str){line, n});
}

static bool write_facts(const Unit *u) {
  Buf identity = {0};
  write_identity(&identity);
  Digester d = {0};
  const char *path;
  json_t *value;
  size_t i;
  json_array_foreach(u->files, i, value) digest_file(&d, json_string_value(value));
  json_array_foreach(u->other_files, i, value) if (json_is_string(value)) digest_file(&d, json_string_value(value));
  json_object_foreach((json_t *)u->facts, path, value) {
    digester_add(&d, str_of(path));
    if (json_is_string(value)) digest_facts(&d, json_string_value(value));
  }
  Digest all = digester_end(&d);
  buf_printf(&identity, "%016llx%016llx\n", (unsigned long long)all.high, (unsigned long long)all.low);
  FILE *f = *u->vetx_output ? fopen(u->vetx_output, "wb") : NULL;
  bool good = !*u->vetx_output || (f && fwrite(identity.text, 1, identity.len, f) == identity.len);
  if (f) good &= fclose(f) == 0;
  if (!good) fprintf(stderr, "heapls: %s: %s\n", u->vetx_output, strerror(errno));
  buf_release(&identity);
  return good;
}

// ---- The package

static bool is_unit_file(const Unit *u, Str path) {
  const json_t *file;
  size_t i;
  json_array_foreach(u->files, i, file) {
    if (str_equal(str_of(json_string_value(file)), path)) return true;
  }
  return false;
}

// The go command has chosen files by tags that only it knows, if they are not in GOFLAGS.
static void compare_files(Vet *v, const PackageResult *r) {
  for (uint32_t i = 0; i < r->file_count && !v->mismatch.n; i++) {
    Str path = r->files[i]->source->path;
    if (!is_unit_file(&v->unit, path))
      v->mismatch =
        arena_printf(&v->setup.arena,
                     "%.*s is not in this build of the go command: tags have to be in GOFLAGS, where heapls "
                     "sees them too",
                     STR_ARG(path));
  }
}

// The unit of package x_test is about its own files, the other one about the rest.
static void package_ready(void *context, const PackageResult *r, uint32_t place) {
  (void)place;
  Vet *v = context;
  Str path = r->import_path;
  ptrdiff_t space = str_index_byte(path, ' ');
  if (space >= 0) path = str_slice(path, 0, (size_t)space);
  if (!str_equal(path, str_of(v->unit.import_path)) || v->found) return;
  v->found = true;
  piece_init(&v->piece, r);
  piece_take_errors(&v->piece, r, v->setup.cwd);
  if (!r->load_error_count) compare_files(v, r);
  selector_take(v->selector, r, NULL, 0, &v->piece, &v->tally);
  if (r->file_count) v->first = arena_str(&v->setup.arena, r->files[0]->source->path);
  v->promises = package_promises(r, &v->setup.options.promises);
}

static void check_contracts(Vet *v, Program *program) {
  const PackageResult *r = program_analyze_file(program, v->first, NULL, NULL);
  CostReport *costs = r ? program_report_costs(program, r, NULL) : NULL;
  if (costs) {
    piece_init(&v->contracts, r);
    selector_take_contracts(v->selector, r, costs, NULL, 0, &v->contracts, &v->tally);
  }
  cost_report_release(costs);
  package_result_release(r);
}

// The directory of the go.mod, from which diffs are made; else the package's.
static Str module_root(const Vet *v) {
  Arena scratch;
  arena_init(&scratch);
  Str root = v->setup.cwd;
  for (Str dir = root; dir.n; dir = str_slice(dir, 0, (size_t)str_last_byte(dir, '/'))) {
    if (access(arena_printf(&scratch, "%.*s/go.mod", STR_ARG(dir)).p, F_OK) != 0) continue;
    root = dir;
    break;
  }
  arena_release(&scratch);
  return root;
}

// False: told.
static bool make_fixes(const Vet *v, Program *program, Buf *diff) {
  const PackageResult *r = program_analyze_file(program, v->first, NULL, NULL);
  VetFix fix = {program, r, module_root(v), v->unit.archive, v->unit.id, v->diff ? diff : NULL};
  bool good = !r || vet_fix(&fix);
  if (!good) fprintf(stderr, "heapls: %s: %s\n", v->unit.archive, strerror(errno));
  package_result_release(r);
  return good;
}

static void analyse(Vet *v) {
  Str here = STR(".");
  v->setup.options.build.cwd = v->setup.cwd;
  Program *program = program_new(&v->setup.options);
  ProgramRun run = {.patterns = &here,
                    .pattern_count = 1,
                    .tests = v->unit.for_tests && cli_reads_tests(&v->setup, v->args),
                    .package_ready = package_ready,
                    .context = v,
                    .transient = true};
  program_run(program, &run, NULL, NULL);
  if (v->fix && v->first.n)
    v->unwritten = !make_fixes(v, program, &v->changes);
  else if (v->promises)
    check_contracts(v, program);
  program_free(program);
}

// ---- What is said

static json_t *place_json(Str file, uint32_t line, uint32_t column) {
  Buf text = {0};
  buf_printf(&text, "%.*s:%u:%u", STR_ARG(file), line, column);
  json_t *value = format_string(buf_view(&text));
  buf_release(&text);
  return value;
}

static json_t *row_json(const Row *row) {
  Buf message = {0};
  format_message(&message, row);
  json_t *related = json_array();
  for (uint32_t i = 0; i < row->step_count; i++) {
    const RowStep *s = &row->steps[i];
    if (!s->file.n) continue;
    json_array_append_new(related, json_pack("{s:o, s:o}", "posn", place_json(s->file, s->line, s->column), "message",
                                             format_string(s->text)));
  }
  json_t *o = json_pack("{s:s, s:o, s:o, s:o}", "category", row->rule, "posn",
                        place_json(row->file, row->mark_start.line, row->mark_start.column), "end",
                        place_json(row->file, row->mark_end.line, row->mark_end.column), "message",
                        format_string(buf_view(&message)));
  if (json_array_size(related)) json_object_set(o, "related", related);
  json_decref(related);
  buf_release(&message);
  return o;
}

static bool reports(const Row *row) { return row->is_contract ? row->contract != CONTRACT_UNTOLD : row_allocates(row); }

static json_t *findings_of(const Vet *v) {
  const Piece *pieces[] = {&v->piece, &v->contracts};
  json_t *list = json_array();
  for (int p = 0; p < 2; p++)
    for (uint32_t i = 0; i < pieces[p]->rows.len; i++)
      if (reports(&pieces[p]->rows.items[i])) json_array_append_new(list, row_json(&pieces[p]->rows.items[i]));
  return list;
}

// The first reason why nothing can be said of the package; empty: something can.
static Str fault_of(const Vet *v) {
  if (v->piece.errors.len && !v->unit.allows_errors) return v->piece.errors.items[0];
  if (!v->found) return STR("the package was not found where the go command says it is");
  return v->piece.errors.len ? STR_NONE : v->mismatch;
}

static bool write_output(const Vet *v, json_t *document) {
  char *text = json_dumps(document, JSON_INDENT(1));
  FILE *f = *v->unit.output ? fopen(v->unit.output, "wb") : stdout;
  bool good = f && text && fprintf(f, "%s\n", text) > 0;
  if (f && f != stdout) good &= fclose(f) == 0;
  free(text);
  if (!good) fprintf(stderr, "heapls: %s: %s\n", v->unit.output, strerror(errno));
  return good;
}

// With -json, which go 1.26 and later always says, findings are no failure: a failing tool's are thrown away. A fault
// is one: what go keeps of it, as {"error": …}, it does not tell a second time.
static int report(const Vet *v) {
  Str fault = fault_of(v);
  if (fault.n) {
    fprintf(stderr, "heapls: %s: %.*s\n", v->unit.import_path, STR_ARG(fault));
    return 2;
  }
  json_t *findings = findings_of(v), *document = json_object(), *said = json_object();
  size_t count = json_array_size(findings);
  int code = 0;
  if (v->json) {
    if (count) json_object_set(said, "heapls", findings);
    json_object_set(document, v->unit.id, said);
    code = write_output(v, document) ? 0 : 2;
  }
  for (size_t i = 0; i < count && !v->json; i++) {
    const json_t *one = json_array_get(findings, i);
    fprintf(stderr, "%s: %s\n", text_at(one, "posn"), text_at(one, "message"));
    code = 1;
  }
  json_decref(document);
  json_decref(said);
  json_decref(findings);
  return code;
}

// The go command prints the diff and ends with 1 itself; when a tool does, it is said to have failed.
static int report_fixes(const Vet *v) {
  Str fault = fault_of(v);
  if (fault.n) fprintf(stderr, "heapls: %s: %.*s\n", v->unit.import_path, STR_ARG(fault));
  if (fault.n || v->unwritten) return 2;
  if (!v->changes.len) return 0;
  FILE *f = *v->unit.output ? fopen(v->unit.output, "wb") : stdout;
  bool good = f && fwrite(v->changes.text, 1, v->changes.len, f) == v->changes.len;
  if (f && f != stdout) good &= fclose(f) == 0;
  if (!good) fprintf(stderr, "heapls: %s: %s\n", v->unit.output, strerror(errno));
  return good ? 0 : 2;
}

static int vet_unit(Vet *v) {
  bool of_tests = str_has_suffix(str_of(v->unit.import_path), STR("_test"));
  if (!write_facts(&v->unit)) return 2;
  if (v->unit.vetx_only) return 0;
  if (of_tests && v->unit.for_tests && !cli_reads_tests(&v->setup, v->args)) v->found = true; // nothing to be said
  if (!v->found) analyse(v);
  return v->fix ? report_fixes(v) : report(v);
}

// ---- The command

// A flag that check has not, as -json or -json=false.
static bool takes_own(Vet *v, const char *name) {
  const struct {
    const char *name;
    bool *set;
  } own[] = {{"json", &v->json}, {"fix", &v->fix}, {"diff", &v->diff}};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
    size_t n = strlen(own[i].name);
    if (strncmp(name, own[i].name, n) != 0 || (name[n] && name[n] != '=')) continue;
    *own[i].set = strcmp(name + n, "=false") != 0;
    return true;
  }
  return false;
}

static int vet_config(int argc, char **argv) {
  const char *path = argv[argc - 1];
  VEC(char *) flags = {0};
  Vet v = {0};
  for (int i = 1; i + 1 < argc; i++) {
    const char *name = argv[i] + (argv[i][0] == '-') + (argv[i][0] == '-' && argv[i][1] == '-');
    if (!takes_own(&v, name)) VEC_APPEND(&flags, argv[i]);
  }
  json_error_t error;
  json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
  CliArgs args = {0};
  int code = 2;
  if (!document)
    refuse(path, error.text);
  else if (read_unit(&v.unit, document, path) && cli_parse(&args, COMMAND_CHECK, (int)flags.len, flags.items)) {
    v.args = &args;
    if (chdir(v.unit.dir) != 0)
      refuse(v.unit.dir, strerror(errno));
    else if (cli_setup_init(&v.setup, &args) && (v.selector = selector_new(&args, &v.setup)))
      code = vet_unit(&v);
  }
  selector_free(v.selector);
  buf_release(&v.changes);
  piece_release(&v.piece);
  piece_release(&v.contracts);
  cli_setup_release(&v.setup);
  cli_args_release(&args);
  free(flags.items);
  json_decref(document);
  return code;
}

bool cli_is_vet(int argc, char **argv) {
  if (argc < 2) return false;
  if (argc == 2 && (strcmp(argv[1], "-flags") == 0 || strcmp(argv[1], "-V=full") == 0)) return true;
  return str_has_suffix(str_of(argv[argc - 1]), STR(".cfg")) && (argc == 2 || argv[1][0] == '-');
}

int cli_vet(int argc, char **argv) {
  if (strcmp(argv[1], "-flags") == 0) return print_flags();
  if (strcmp(argv[1], "-V=full") != 0) return vet_config(argc, argv);
  Buf out = {0};
  write_identity(&out);
  return cli_print(&out);
}
