// module_test: a module of three packages under edit: buffers are opened, edited and closed, files appear and vanish,
// imports are added, and what an imported package shows changes. What the packages under edit say must equal what a
// program of its own says of the same texts; what is said of broken code must outlive all of that.
//
//   module_test [-n steps] [-s seed] [-v]     -v prints what every step does
//
// Files are put together from declarations, each of which has several versions, some of them broken.
#include "edits.h"
#include "live_dump.h"

#include <sys/stat.h>

enum { VERSIONS = 5, DECLS = 8, FILES = 7 };

typedef struct FileModel {
  const char *path, *package;
  const char *decls[DECLS][VERSIONS]; // the first version is good
  bool optional;                      // appears and vanishes
} FileModel;

static const FileModel models[FILES] = {
  {"a/a.go",
   "a",
   {{"type holder struct {\n\tkept *int\n\tn    int\n}", "type holder struct {\n\tn int\n}",
     "type holder struct {\n\tkept *int // the last one\n\tn    int\n}"},
    {"func top() *int {\n\tx := 1\n\treturn p.F(&x)\n}",
     "func top() *int {\n\tb := make([]byte, p.Size)\n\t_ = b\n\treturn p.New()\n}", "func top() *int {\n\tx := 1\n",
     "func top() *int {\n\treturn nothing\n}", "func top() *int {\n\tvar x, y int\n\treturn p.F(&x, y)\n}"},
    {"func use() int {\n\th := helper(3)\n\treturn h.n + len(p.Bytes(4))\n}",
     "func use() int {\n\th := helper(4)\n\tprintln(h.kept)\n\treturn 0\n}", "func use() int {\n\treturn r.G(2)\n}",
     "func use() int {\n\th := helper(3, 4)\n\treturn h.n\n}", "func use() int {\n\treturn *extra() + len(\"\n}"},
    {"func loop() {\n\tfor i := 0; i < p.Size; i++ {\n\t\tall = append(all, p.New())\n\t}\n}",
     "func loop() {\n\tvar i p.I = p.T{}\n\ti.M(new(int))\n}",
     "func loop() {\n\tp.Map([]int{1}, func(x int) *int { return &x })\n}",
     "func loop() {\n\tp.Map([]int{1}, nil)\n}}"}},
   false},
  {"a/b.go",
   "a",
   {{"func helper(n int) *holder {\n\treturn &holder{n: n}\n}",
     "func helper(n int) *holder {\n\th := new(holder)\n\th.kept = &n\n\treturn h\n}",
     "func helper(n int) holder {\n\treturn holder{n: n}\n}",
     "func helper(n, m int) *holder {\n\treturn &holder{n: m}\n}",
     "func helper(n int) *holder {\n\tall = append(all, &n)\n\treturn &holder{n: *p.F(&n)}\n"},
    {"var all []*int", "var all = make([]*int, 0, p.Size)", "var all, other = []*int{p.New()}, p.Bytes(3)",
     "var all ["},
    {"func init() {\n\ttop()\n}", "func init() {\n\tx := new(int)\n\tp.F(x)\n\tloop()\n}"}},
   false},
  {"a/c.go", "a", {{"func extra() *int {\n\treturn new(int)\n}", "func extra() *int {\n\treturn r.Kept\n}"}}, true},
  {"p/p.go",
   "p",
   {{"var kept *int"},
    {"const Size = 16", "var Size = 16", "const Size = 1 << 17", "const Size = \"\""},
    {"func F(x *int) *int {\n\tkept = x\n\treturn nil\n}", "func F(x *int) *int {\n\treturn x\n}",
     "func F(x *int) *int {\n\t*x = 2\n\treturn nil\n}", "func F(x *int, y int) *int {\n\treturn nil\n}",
     "func F(x *int) *int {\n\treturn x"},
    {"func New() *int {\n\treturn new(int)\n}", "func New() *int {\n\treturn r.Kept\n}",
     "func New() *int {\n\tfor i := 0; i < 3; i++ {\n\t\tkept = F(kept)\n\t\tprintln(len(Bytes(i)))\n\t}\n\treturn "
     "kept\n}",
     "func New() *int {\n\treturn none\n}"},
    {"func Bytes(n int) []byte {\n\treturn make([]byte, n)\n}",
     "func Bytes(n int) []byte {\n\tvar b [64]byte\n\treturn append([]byte(nil), b[:n]...)\n}"},
    {"type I interface {\n\tM(*int)\n}\n\ntype T struct{}",
     "type I interface {\n\tM(*int)\n}\n\ntype T struct{ a, b int }"},
    {"func (T) M(x *int) {}", "func (T) M(x *int) {\n\tkept = x\n}", "func (T) M() {}",
     "func (T) M(x *int) {\n\tkept = x("},
    {"func Map[E, F any](in []E, f func(E) F) (out []F) {\n\tfor _, e := range in {\n\t\tout = append(out, f(e))\n\t}\n"
     "\treturn out\n}",
     "func Map[E, F any](in []E, f func(E) F) []F {\n\treturn nil\n}"}},
   false},
  {"p/q.go", "p", {{"func init() {\n\tkept = new(int)\n}", "var also = F(new(int))"}}, true},
  {"r/r.go",
   "r",
   {{"var Kept *int", "var Kept = new(int)"},
    {"func G(x int) int {\n\tKept = &x\n\treturn x\n}", "func G(x int) int {\n\treturn x + 1\n}",
     "func G(x int) (int, error) {\n\treturn x, nil\n}", "func G(x int) int {\n\treturn x +\n}"}},
   false},
  {"r/s.go", "r", {{"func init() {\n\tG(2)\n}"}}, true},
};

typedef struct OneFile {
  const FileModel *model;
  uint8_t versions[DECLS];
  Buf disk, buffer; // the newest texts
  bool exists, open;
} OneFile;

typedef struct Module {
  char dir[64];
  Program *program;
  OneFile files[FILES];
  uint64_t seed;
  uint32_t steps, compared, skipped, with_stale;
  bool verbose;
} Module;

static const char *const environment[] = {"HOME=/nonexistent", "GO111MODULE=on", "GOFLAGS=-mod=mod",
                                          "CGO_ENABLED=0",     "PATH=",          NULL};

static Program *new_program(const char *dir) {
  return program_new(
    &(ProgramOptions){.build = {.environ = (char *const *)(uintptr_t)environment, .cwd = str_of(dir), .cgo = -1},
                      .ir = {.level = 1, .explain = true},
                      .workers = 2});
}

// ---- Files

static Str path_of(const Module *m, const char *name, char out[160]) {
  return (Str){out, (size_t)snprintf(out, 160, "%s/%s", m->dir, name)};
}

static void write_disk(const Module *m, const char *name, Str text) {
  char path[160];
  path_of(m, name, path);
  FILE *f = fopen(path, "w");
  if (!f) abort();
  fwrite(text.p, 1, text.n, f);
  fclose(f);
}

// The versions that are chosen, with the imports that they need, or (odd) one too many or too few.
static void compose(OneFile *f, Buf *out, uint32_t odd) {
  static const char *const imports[] = {"p", "r"};
  Buf body = {0};
  for (int i = 0; i < DECLS && f->model->decls[i][0]; i++)
    buf_printf(&body, "\n%s\n", f->model->decls[i][f->versions[i]]);
  BUG_ON(!f->model->package);
  buf_clear(out);
  buf_printf(out, "package %s\n\n", f->model->package);
  for (uint32_t i = 0; i < sizeof imports / sizeof *imports; i++) {
    char use[8];
    snprintf(use, sizeof use, "%s.", imports[i]);
    bool needed = str_index(buf_view(&body), str_of(use)) >= 0, own = strcmp(f->model->package, imports[i]) >= 0;
    if (needed != (odd == i) && !own) buf_printf(out, "import \"m/%s\"\n", imports[i]);
  }
  buf_str(out, buf_view(&body));
  buf_release(&body);
}

static Str text_of(const OneFile *f) { return f->open ? buf_view(&f->buffer) : buf_view(&f->disk); }

// The program hears of the file's new text.
static void set_text(Module *m, OneFile *f, const Buf *text) {
  char path[160];
  Str name = path_of(m, f->model->path, path);
  Buf *to = f->open ? &f->buffer : &f->disk;
  if (text != to) buf_clear(to), buf_str(to, buf_view(text));
  if (f->open) {
    program_set_overlay(m->program, name, to->text, to->len);
    return;
  }
  write_disk(m, f->model->path, buf_view(to));
  f->exists = true;
  program_invalidate(m->program, name);
}

static void set_open(Module *m, OneFile *f, bool open) {
  char path[160];
  Str name = path_of(m, f->model->path, path);
  f->open = open;
  if (open)
    set_text(m, f, &f->disk);
  else
    program_set_overlay(m->program, name, NULL, 0);
}

static void vanish(Module *m, OneFile *f) {
  char path[160];
  Str name = path_of(m, f->model->path, path);
  if (f->open) set_open(m, f, false);
  unlink(path);
  f->exists = false;
  program_invalidate(m->program, name);
}

static OneFile *file_at(Module *m, const char *path) {
  for (int i = 0; i < FILES; i++)
    if (strcmp(models[i].path, path) == 0) return &m->files[i];
  abort();
}

// Picks the version of a declaration (its number in the model).
static void choose(Module *m, const char *path, int decl, uint8_t version) {
  OneFile *f = file_at(m, path);
  Buf text = {0};
  f->versions[decl] = version;
  compose(f, &text, UINT32_MAX);
  set_text(m, f, &text);
  buf_release(&text);
}

static void module_open(Module *m, uint64_t seed) {
  *m = (Module){.seed = seed};
  strcpy(m->dir, "/tmp/heapls-module-XXXXXX");
  if (!mkdtemp(m->dir)) abort();
  static const char *const dirs[] = {"a", "p", "r"};
  for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
    char path[160];
    path_of(m, dirs[i], path);
    mkdir(path, 0755);
  }
  write_disk(m, "go.mod", STR("module m\n\ngo 1.25\n"));
  for (int i = 0; i < FILES; i++) {
    OneFile *f = &m->files[i];
    f->model = &models[i];
    compose(f, &f->disk, UINT32_MAX);
    f->exists = !f->model->optional;
    if (f->exists) write_disk(m, f->model->path, buf_view(&f->disk));
  }
  m->program = new_program(m->dir);
}

static void module_close(Module *m) {
  program_free(m->program);
  char path[160];
  for (int i = 0; i < FILES; i++) {
    path_of(m, models[i].path, path), unlink(path);
    buf_release(&m->files[i].disk);
    buf_release(&m->files[i].buffer);
  }
  static const char *const rest[] = {"a", "p", "r"};
  path_of(m, "go.mod", path), unlink(path);
  for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) path_of(m, rest[i], path), rmdir(path);
  rmdir(m->dir);
}

// ---- Comparing

static const PackageResult *analyze(Program *program, const Module *m, const char *file) {
  char path[160];
  Buf error = {0};
  const PackageResult *r = program_analyze_file(program, path_of(m, file, path), NULL, &error);
  if (!r) fprintf(stderr, "%s: %.*s\n", file, (int)error.len, error.text ? error.text : "");
  buf_release(&error);
  return r;
}

static PackageImage *image_of(const Module *m, const char *package) {
  char id[16];
  snprintf(id, sizeof id, "m/%s", package);
  return strmap_get(&m->program->images, str_of(id));
}

// The text that the analysis goes by. r: the result that is looked at; its package may lack a file that names another.
static void seen_text(Buf *out, const Module *m, const OneFile *f, const PackageResult *r) {
  char path[160];
  Str name = path_of(m, f->model->path, path);
  PackageImage *image = image_of(m, f->model->package);
  const PackageResult *in = str_has_prefix(name, r->dir) ? r : image ? &image->result : NULL;
  for (uint32_t i = 0; in && i < in->file_count; i++) {
    if (!str_equal(in->files[i]->source->path, name)) continue;
    live_effective_text(out, in, i);
    if (out->len) return;
  }
  buf_str(out, text_of(f));
}

static bool has_outdated(const Module *m, const char *package) {
  PackageImage *image = image_of(m, package);
  LiveState *live = image ? live_of(image->origin ? image->origin : image) : NULL;
  return live && live->outdated;
}

static uint32_t count_stale(const PackageResult *r) {
  uint32_t count = 0;
  const Finding *f;
  for (FindingCursor c = {.set = r->findings}; (f = finding_next(&c));) count += c.of->stale;
  return count;
}

// A program that knows nothing but the texts.
static Program *fresh_program(const Module *m, const PackageResult *r) {
  Program *fresh = new_program(m->dir);
  for (int i = 0; i < FILES; i++) {
    Buf text = {0};
    char path[160];
    if (!m->files[i].exists) continue;
    seen_text(&text, m, &m->files[i], r);
    program_set_overlay(fresh, path_of(m, models[i].path, path), text.text, text.len);
    buf_release(&text);
  }
  return fresh;
}

static bool equals_fresh(Module *m, const char *file, const PackageResult *r) {
  Program *fresh = fresh_program(m, r);
  const PackageResult *other = analyze(fresh, m, file);
  Buf a = {0}, b = {0};
  live_dump(&a, r, r);
  if (other) live_dump(&b, other, r);
  bool good = other && live_dump_differences(buf_view(&a), buf_view(&b), true) == 0;
  package_result_release(other);
  program_free(fresh);
  buf_release(&a);
  buf_release(&b);
  m->compared++;
  return good;
}

static bool check(Module *m, const char *file) {
  const PackageResult *r = analyze(m->program, m, file);
  if (!r) return false;
  m->with_stale += count_stale(r) > 0;
  // Who uses what another package's change broke sees it as it was, which no text can express.
  bool skip = file[0] != 'r' && (has_outdated(m, "r") || (file[0] == 'a' && has_outdated(m, "p")));
  m->skipped += skip;
  bool good = skip || equals_fresh(m, file, r);
  package_result_release(r);
  return good;
}

// ---- Random steps

static void change_decl(Module *m, OneFile *f) {
  uint32_t decls = 0, versions = 0;
  while (decls < DECLS && f->model->decls[decls][0]) decls++;
  uint32_t which = edits_pick(&m->seed, decls);
  while (versions < VERSIONS && f->model->decls[which][versions]) versions++;
  // Half of the time back to what is right.
  uint32_t version = edits_pick(&m->seed, 2) ? edits_pick(&m->seed, versions) : 0;
  f->versions[which] = (uint8_t)version;
  Buf text = {0};
  compose(f, &text, edits_pick(&m->seed, 12) ? UINT32_MAX : edits_pick(&m->seed, 2));
  if (m->verbose) printf("  %s: declaration %u, version %u\n", f->model->path, which, version);
  set_text(m, f, &text);
  buf_release(&text);
}

static void type_something(Module *m, OneFile *f) {
  EditedFile e = {0};
  buf_str(&e.text, text_of(f));
  edits_random_edit(&e, &m->seed, 0, STR_NONE);
  if (m->verbose) printf("  %s: typed\n%.*s", f->model->path, (int)e.text.len, e.text.text);
  set_text(m, f, &e.text);
  buf_release(&e.text);
}

static void appear_or_vanish(Module *m) {
  static const char *const names[] = {"a/c.go", "p/q.go", "r/s.go"};
  OneFile *f = file_at(m, names[edits_pick(&m->seed, 3)]);
  if (m->verbose) printf("  %s: %s\n", f->model->path, f->exists ? "vanishes" : "appears");
  if (f->exists)
    vanish(m, f);
  else
    set_text(m, f, &f->disk);
}

static void step(Module *m) {
  OneFile *f = &m->files[edits_pick(&m->seed, FILES)];
  uint32_t what = edits_pick(&m->seed, 20);
  if (what < 2 || !f->exists) {
    appear_or_vanish(m);
  } else if (what < 5) {
    if (m->verbose) printf("  %s: %s\n", f->model->path, f->open ? "closed" : "opened");
    set_open(m, f, !f->open);
  } else if (what < 7 && f->open) { // saved
    if (m->verbose) printf("  %s: saved\n", f->model->path);
    buf_clear(&f->disk);
    buf_str(&f->disk, buf_view(&f->buffer));
    write_disk(m, f->model->path, buf_view(&f->disk));
  } else if (what < 10) {
    type_something(m, f);
  } else {
    change_decl(m, f);
  }
}

static bool random_steps(Module *m, uint32_t steps) {
  static const char *const orders[][3] = {{"a/a.go"},           {"a/a.go"},          {"a/b.go", "p/p.go"},
                                          {"p/p.go", "a/a.go"}, {"p/p.go"},          {"r/r.go", "p/p.go", "a/b.go"},
                                          {"r/r.go"},           {"a/a.go", "r/r.go"}};
  for (m->steps = 0; m->steps < steps; m->steps++) {
    for (uint32_t i = 1 + edits_pick(&m->seed, 2); i; i--) step(m);
    const char *const *order = orders[edits_pick(&m->seed, sizeof orders / sizeof *orders)];
    for (int i = 0; i < 3 && order[i]; i++) {
      if (check(m, order[i])) continue;
      printf("step %u: %s is not what a program of its own says\n", m->steps, order[i]);
      return false;
    }
  }
  return true;
}

// ---- What is said of broken code

static bool shows_stale(Module *m, const char *file, const char *function, bool wanted, const char *when) {
  const PackageResult *r = analyze(m->program, m, file);
  const Finding *f;
  bool found = false;
  for (FindingCursor c = {.set = r ? r->findings : NULL}; (f = finding_next(&c));)

    found |= c.of->stale && f->kind <= FINDING_VARIABLE && str_equal(f->function, str_of(function));
  package_result_release(r);
  if (found != wanted) printf("%s: %s is %sshown as stale\n", when, function, found ? "" : "not ");
  return found == wanted;
}

// Versions of the models: top is 1 of a/a.go, F is 2 of p/p.go.
static bool broken_code_outlives_other_files(void) {
  Module m;
  module_open(&m, 1);
  set_open(&m, file_at(&m, "a/a.go"), true);
  bool good = shows_stale(&m, "a/a.go", "top", false, "at first");
  choose(&m, "a/a.go", 1, 2);
  good = good && shows_stale(&m, "a/a.go", "top", true, "a brace is missing");
  choose(&m, "a/b.go", 1, 1);
  good = good && shows_stale(&m, "a/a.go", "top", true, "another file has an import more");
  set_text(&m, file_at(&m, "a/c.go"), &file_at(&m, "a/c.go")->disk);
  good = good && shows_stale(&m, "a/a.go", "top", true, "a file appeared");
  choose(&m, "a/a.go", 2, 2);
  good = good && shows_stale(&m, "a/a.go", "top", true, "its file has an import more");
  vanish(&m, file_at(&m, "a/c.go"));
  good = good && shows_stale(&m, "a/a.go", "top", true, "a file vanished");
  choose(&m, "p/p.go", 2, 1);
  good = good && shows_stale(&m, "a/a.go", "top", true, "the import shows something else");
  choose(&m, "a/a.go", 1, 0);
  good = good && shows_stale(&m, "a/a.go", "top", false, "mended") && check(&m, "a/a.go");
  module_close(&m);
  return good;
}

// A file's header is broken when another file appears, which makes a new load graph: by stands for len bytes.
static bool header_stays(bool open, const char *after, size_t len, const char *by) {
  Module m;
  module_open(&m, 1);
  OneFile *f = file_at(&m, "a/a.go");
  set_open(&m, f, open);
  bool good = shows_stale(&m, "a/a.go", "top", false, "at first");
  EditedFile e = {0};
  buf_str(&e.text, text_of(f));
  edits_replace(&e, (size_t)str_index(buf_view(&e.text), str_of(after)) + strlen(after), len, str_of(by));
  set_text(&m, f, &e.text);
  buf_release(&e.text);
  OneFile *other = file_at(&m, "a/c.go");
  set_text(&m, other, &other->disk);
  good = good && shows_stale(&m, "a/a.go", "top", false, "its header does not read well") && check(&m, "a/a.go");
  set_open(&m, f, !open);
  good = good && check(&m, "a/a.go");
  if (!good) printf("a header that does not read well is lost, after %s %s\n", after, open ? "in a buffer" : "on disk");
  module_close(&m);
  return good;
}

static bool callers_outlive_a_signature_of_an_import(void) {
  Module m;
  module_open(&m, 1);
  set_open(&m, file_at(&m, "p/p.go"), true);
  bool good = shows_stale(&m, "a/a.go", "top", false, "at first") && shows_stale(&m, "p/p.go", "F", false, "at first");
  choose(&m, "p/p.go", 2, 3);
  good = good && shows_stale(&m, "a/a.go", "top", true, "an import's function has another signature");
  choose(&m, "p/p.go", 2, 0);
  good = good && shows_stale(&m, "a/a.go", "top", false, "and its own again") && check(&m, "a/a.go");
  module_close(&m);
  return good;
}

// r/r.go is opened and becomes one version after the other; something holds of each.
static bool goes_through(const char *const *versions, size_t len, bool (*holds)(Module *, const OneFile *),
                         const char *else_what) {
  Module m;
  module_open(&m, 1);
  OneFile *f = file_at(&m, "r/r.go");
  set_open(&m, f, true);
  bool good = true;
  for (size_t i = 0; i < len && good; i++) {
    Buf text = {0};
    buf_puts(&text, versions[i]);
    set_text(&m, f, &text);
    buf_release(&text);
    good = holds(&m, f);
    if (!good) printf("version %zu: %s\n", i, else_what);
  }
  module_close(&m);
  return good;
}
#define GOES_THROUGH(versions, holds, else_what)                                                                       \
  goes_through((versions), sizeof(versions) / sizeof *(versions), (holds), (else_what))

static bool is_equal(Module *m, const OneFile *f) { return check(m, f->model->path); }

static bool says_of_type(Module *m, const OneFile *f) {
  const PackageResult *r = analyze(m->program, m, f->model->path);
  const Finding *next;
  Str found = STR_NONE;
  for (FindingCursor c = {.set = r->findings}; (next = finding_next(&c));) {
    FindingPlace at = finding_where(c.of, next);
    if (next->kind == FINDING_TYPE && !c.of->stale) found = str_slice(buf_view(&f->buffer), at.start, at.end);
  }
  bool good = str_equal(found, STR("T"));
  package_result_release(r);
  return good;
}

// Its comment changes in the same edit as what stands before and after it.
static bool types_keep_what_is_said_of_them(void) {
#define ONE                                                                                                            \
  "package r\n\n// One.\nvar Kept *int\n\ntype T struct {\n\tA int8 // first\n\tB int\n}\n\nfunc G(x int) int "        \
  "{\n\treturn x\n}\n"
#define OTHER                                                                                                          \
  "package r\n\n// Another one.\nvar Kept *int\n\ntype T struct {\n\tA int8 // the first\n\tB int\n}\n\nfunc G(x "     \
  "int) int {\n\treturn x + 1\n}\n"
  static const char *const versions[] = {ONE, OTHER, ONE, OTHER, ONE, OTHER};
#undef ONE
#undef OTHER
  return GOES_THROUGH(versions, says_of_type, "what is said of T is lost, or not at its place");
}

// A function is edited while a raw string swallows the declaration of what it calls, and other code is broken.
static bool callee_is_found_again(void) {
#define SWALLOWED(quote, more, brace)                                                                                  \
  "package r\n\nfunc first() {\n\t" quote "\n}\n\ntype I interface {\n\tM(x *int)\n}\n\nfunc middle() {\n\t" quote     \
  "\n}\n\nfunc use(i I) {\n\ti.M(nil)\n" more "}\n\nfunc last() {\n\tprintln(1" brace "\n}\n"
  static const char *const versions[] = {SWALLOWED("", "", ")"), SWALLOWED("`", "", ""),
                                         SWALLOWED("`", "\tprintln()\n", ""), SWALLOWED("", "\tprintln()\n", ")")};
#undef SWALLOWED
  return GOES_THROUGH(versions, is_equal, "a call of what a raw string swallowed");
}

static bool literal_is_its_own(Module *m, const OneFile *f) {
  bool good = is_equal(m, f);
  const PackageResult *r = analyze(m->program, m, f->model->path);
  const Finding *next;
  uint32_t literals = 0;
  for (FindingCursor c = {.set = r->findings}; (next = finding_next(&c));)
    literals += next->kind == FINDING_PARAM && str_equal(next->function, STR("get.func1"));
  package_result_release(r);
  return good && literals == 1;
}

// A function literal comes along with a body that is inlined, and the function in which it is written is edited.
static bool literals_speak_once(void) {
#define LITERAL(more)                                                                                                  \
  "package r\n\ntype F func(p *int) *int\n\nvar set F\n\nfunc get() F {\n" more                                        \
  "\tif set != nil {\n\t\treturn set\n\t}\n\treturn func(p *int) *int { return p }\n}\n\n"                             \
  "func use(p *int) *int {\n\tf := get()\n\treturn f(p)\n}\n"
  static const char *const versions[] = {LITERAL(""), LITERAL("\tprintln()\n"), LITERAL("")};
#undef LITERAL
  return GOES_THROUGH(versions, literal_is_its_own, "the literal is not what it was when it was written");
}

static bool address_is_taken_in_the_text(Module *m, const OneFile *f) {
  const PackageResult *r = analyze(m->program, m, f->model->path);
  const Finding *next;
  Str now = buf_view(&f->buffer);
  bool found = false;
  for (FindingCursor c = {.set = r->findings}; (next = finding_next(&c));) {
    for (uint32_t i = 0; i < next->step_count && str_equal(next->subject, STR("x")); i++) {
      FindingStep s = package_result_step(r, &next->steps[i]);
      found |= s.source && s.start > 2 && s.end < now.n && str_equal(str_slice(now, s.start - 2, s.end), STR("= &x"));
    }
  }
  package_result_release(r);
  return found;
}

// A function that is stale is edited together with a type, for which the package is built anew.
static bool stale_steps_follow_their_text(void) {
#define STALE(type, first, second, end)                                                                                \
  "package r\n\nvar Kept *int\n\ntype T struct{" type "}\n\nfunc f() {\n" first "\tx := 1\n" second                    \
  "\tKept = &x\n" end "}\n\nfunc G() {}\n"
  static const char *const versions[] = {
    STALE("", "", "", ""),
    STALE("", "", "", "\tif {\n"),
    STALE("", "\t// One.\n", "", "\tif {\n"),
    STALE(" a int ", "\t// One.\n", "\t// Two.\n", "\tif {\n"),
    STALE(" a int ", "", "\t// Two.\n", "\tif {\n"),
    STALE("", "\t// One.\n\n", "\t// Two.\n", "\tif {\n"),
    STALE(" b int ", "\t// One.\n\n", "\t// Two.\n", "\tif {\n\t\tx"),
  };
#undef STALE
  return GOES_THROUGH(versions, address_is_taken_in_the_text, "a step of the path is not where the text has it");
}

static bool callee_is_where_the_text_has_it(Module *m, const OneFile *f) {
  const PackageResult *r = analyze(m->program, m, f->model->path);
  const Finding *next;
  Str now = buf_view(&f->buffer);
  uint32_t calls = 0;
  bool good = true;
  for (FindingCursor c = {.set = r->findings}; (next = finding_next(&c));) {
    if (next->kind != FINDING_CALL) continue;
    FindingStep callee = package_result_callee(r, next);
    calls++;
    good &= callee.source && callee.start > 1 &&
            str_equal(str_slice(now, callee.start - 2, callee.end), STR("\n\tMethod")); // no comment has it there
  }
  package_result_release(r);
  return good && calls == 1;
}

// Where the callee of a call is, while comments around it come, go and change in several places at once.
static bool callee_follows_comments(void) {
#define COMMENTED(before, between, behind)                                                                             \
  "package r\n\ntype I interface {\n" before "\tL()\n" between "\tMethod(x *int)\n" behind                             \
  "}\n\ntype after struct{ x int }\n\nfunc use(i I) {\n\ti.Method(nil)\n}\n"
  static const char *const versions[] = {
    COMMENTED("\t// One.\n", "", ""),
    COMMENTED("", "", ""),
    COMMENTED("\t// One, and a Method(.\n", "\t/* Two. */\n", ""),
    COMMENTED("", "\t// Met\n\n", "\n\t// Three Method(x *int)\n"),
    COMMENTED("\t// Method(x *int)\n", "\t// Method(x *int)\n", "\t// Method(x *int)\n"),
  };
#undef COMMENTED
  return GOES_THROUGH(versions, callee_is_where_the_text_has_it, "the callee is not where the text has it");
}

int main(int argc, char **argv) {
  uint32_t steps = 150;
  uint64_t seed = 1;
  bool verbose = false;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-v") == 0) verbose = true;
    if (strcmp(argv[i], "-n") == 0 && i + 1 < argc) steps = (uint32_t)atoi(argv[++i]);
    if (strcmp(argv[i], "-s") == 0 && i + 1 < argc) seed = (uint64_t)atoll(argv[++i]);
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  bool good = broken_code_outlives_other_files();
  for (int open = 0; open < 2; open++) {
    good &= header_stays(open, "m/p", 1, "");
    good &= header_stays(open, "package ", 1, "");
    good &= header_stays(open, "pack", 3, "");
    good &= header_stays(open, "package ", 1, "int) holder {");
  }
  good &= callers_outlive_a_signature_of_an_import();
  good &= types_keep_what_is_said_of_them();
  good &= callee_is_found_again();
  good &= callee_follows_comments();
  good &= literals_speak_once();
  good &= stale_steps_follow_their_text();
  Module m;
  module_open(&m, seed * 0x9E3779B97F4A7C15ULL + 1);
  m.verbose = verbose;
  bool same = random_steps(&m, steps);
  printf("%u steps, %u results compared with a program of its own, %u with stale code, %u not compared: %s\n", m.steps,
         m.compared, m.with_stale, m.skipped, same ? "equal" : "DIFFERENT");
  module_close(&m);
  return good && same ? 0 : 1;
}
