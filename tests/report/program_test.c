// program_test: the facade on a small module in a temporary directory: reuse of results, overlays, cancellation, files
// that do not parse.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agreement/gcformat.h"
#include "program/program.h"

typedef struct Fixture {
  char dir[64];
  Program *program;
} Fixture;

static char path_setting[4096]; // where the go command is, whose rules messages follow
static const char *const environment[] = {"HOME=/nonexistent", "GO111MODULE=on", "GOFLAGS=-mod=mod",
                                          "CGO_ENABLED=0",     path_setting,     NULL};

static void write_file(Fixture *f, const char *name, const char *text) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", f->dir, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static int set_up(void **state) {
  Fixture *f = mem_new(sizeof *f);
  const char *path = getenv("PATH");
  snprintf(path_setting, sizeof path_setting, "PATH=%s", path ? path : "");
  strcpy(f->dir, "/tmp/heapls-program-XXXXXX");
  if (!mkdtemp(f->dir)) return -1;
  char sub[96];
  snprintf(sub, sizeof sub, "%s/q", f->dir);
  mkdir(sub, 0755);
  write_file(f, "go.mod", "module example.com/m\n\ngo 1.25\n");
  write_file(f, "q/q.go", "package q\n\ntype T struct{ A int }\n\nfunc New(a int) *T { return &T{a} }\n");
  write_file(f, "m.go",
             "package m\n\nimport \"example.com/m/q\"\n\nvar Sink any\n\nfunc F(n int) { Sink = q.New(n) }\n");
  f->program = program_new(
    &(ProgramOptions){.build = {.environ = (char *const *)(uintptr_t)environment, .cwd = str_of(f->dir), .cgo = -1},
                      .ir = {.level = 1},
                      .workers = 2});
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  Fixture *f = *state;
  program_free(f->program);
  static const char *const names[] = {"a.go", "m.go", "q/q.go", "go.mod", "q", ""};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[160];
    snprintf(path, sizeof path, "%s/%s", f->dir, names[i]);
    if (unlink(path) != 0) rmdir(path);
  }
  free(f);
  return 0;
}

static const PackageResult *analyze(Fixture *f, const char *name) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", f->dir, name);
  Buf error = {0};
  const PackageResult *r = program_analyze_file(f->program, str_of(path), NULL, &error);
  buf_release(&error);
  return r;
}

static void expect_edits(Fixture *f, const char *name) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", f->dir, name);
  program_expect_edits(f->program, str_of(path));
}

static void overlay(Fixture *f, const char *name, const char *text) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", f->dir, name);
  program_set_overlay(f->program, str_of(path), text, text ? strlen(text) : 0);
}

static bool says(const PackageResult *r, const char *text) {
  Buf out = {0};
  gc_format_package(&out, r, STR("/"), false);
  bool found = str_index(buf_view(&out), str_of(text)) >= 0;
  buf_release(&out);
  return found;
}

static void test_messages(void **state) {
  const PackageResult *r = analyze(*state, "m.go");
  assert_non_null(r);
  assert_true(says(r, "# example.com/m\n"));
  assert_true(says(r, "m.go:7:6: can inline F"));
  assert_true(says(r, "m.go:7:29: inlining call to q.New"));
  assert_true(says(r, "m.go:7:29: &q.T{...} escapes to heap"));
  package_result_release(r);
}

static void test_reuse(void **state) {
  Fixture *f = *state;
  const PackageResult *first = analyze(f, "m.go"), *again = analyze(f, "m.go");
  assert_ptr_equal(first, again);
  overlay(f, "m.go", "package m\n\nimport \"example.com/m/q\"\n\nvar Sink any\n\nfunc F(n int) { _ = q.New(n) }\n");
  const PackageResult *edited = analyze(f, "m.go");
  assert_ptr_not_equal(first, edited);
  assert_true(says(edited, "&q.T{...} does not escape"));
  assert_ptr_equal(first->package->imports.items[0], edited->package->imports.items[0]);
  overlay(f, "q/q.go", "package q\n\ntype T struct{ A, B int }\n\nfunc New(a int) *T { return &T{a, 1} }\n");
  const PackageResult *after = analyze(f, "m.go");
  assert_ptr_not_equal(after->package->imports.items[0], edited->package->imports.items[0]);
  overlay(f, "q/q.go", NULL);
  overlay(f, "m.go", NULL);
  package_result_release(first);
  package_result_release(again);
  package_result_release(edited);
  package_result_release(after);
}

static void test_broken(void **state) {
  Fixture *f = *state;
  overlay(f, "m.go", "package m\n\nfunc F(n int) *int { return &n }\n\nfunc G( { if x. \n");
  const PackageResult *r = analyze(f, "m.go");
  assert_non_null(r);
  assert_true(says(r, "moved to heap: n"));
  package_result_release(r);
  overlay(f, "m.go", "");
  r = analyze(f, "m.go");
  package_result_release(r);
}

// gc compares the types of values by address, and has one for *T only where the package leads to it: two &T{} that a
// function of another package returns are of two types for its devirtualisation, until a line elsewhere names *T.
static void test_pointer_types(void **state) {
  Fixture *f = *state;
  overlay(f, "q/q.go",
          "package q\n\ntype I interface{ M() int }\ntype t struct{ p *int }\n\nfunc (x *t) M() int { return *x.p }\n"
          "func C(p *int) I {\n\tif p != nil {\n\t\treturn &t{p}\n\t}\n\treturn &t{}\n}\nfunc G() *t { return nil }\n");
  const char *apart = "package m\n\nimport \"example.com/m/q\"\n\nfunc F(p *int) int { return q.C(p).M() }\n\n"
                      "func H() { println(1) }\n";
  const char *named = "package m\n\nimport \"example.com/m/q\"\n\nfunc F(p *int) int { return q.C(p).M() }\n\n"
                      "func H() { println(q.G()) }\n";
  for (int round = 0; round < 2; round++) {
    overlay(f, "m.go", apart);
    const PackageResult *r = analyze(f, "m.go");
    assert_true(says(r, "m.go:5:32: &q.t{...} escapes to heap"));
    assert_false(says(r, "devirtualizing"));
    package_result_release(r);
    expect_edits(f, "m.go");
    overlay(f, "m.go", named);
    r = analyze(f, "m.go");
    assert_true(says(r, "m.go:5:32: &q.t{...} does not escape"));
    assert_true(says(r, "devirtualizing .autotmp_2.M to *q.t"));
    package_result_release(r);
  }
  overlay(f, "q/q.go", NULL);
  overlay(f, "m.go", NULL);
}

// While its imports do not read well, a file whose package clause is changed stays in its package.
static void test_other_package_name(void **state) {
  Fixture *f = *state;
  const ProgramOptions options = {
    .build = {.environ = (char *const *)(uintptr_t)environment, .cwd = str_of(f->dir), .cgo = -1},
    .ir = {.level = 1, .explain = true},
    .workers = 1};
  write_file(f, "a.go", "package m\n\nfunc A() *int { return new(int) }\n");
  program_free(f->program);
  f->program = program_new(&options);
  package_result_release(analyze(f, "m.go"));
  overlay(f, "m.go", "package n\n\nimport (\"x\n\nfunc F(n int) {}\n");
  const PackageResult *r = analyze(f, "m.go");
  assert_non_null(r);
  assert_int_equal(r->file_count, 2);
  assert_int_equal(r->package->file_count, 2);
  package_result_release(r);
  expect_edits(f, "m.go");
  overlay(f, "a.go", "package m\n\nfunc A() *int { return new(int) }\n\nfunc B(n int) *int { return &n }\n");
  r = analyze(f, "a.go");
  assert_true(says(r, "a.go:5:8: moved to heap: n"));
  package_result_release(r);
}

static void count_package(void *context, const PackageResult *r) {
  (void)r;
  ++*(int *)context;
}

static void test_run(void **state) {
  Fixture *f = *state;
  Str all = STR("./...");
  int count = 0;
  Buf errors = {0};
  assert_true(program_run(
    f->program, &(ProgramRun){.patterns = &all, .pattern_count = 1, .package_done = count_package, .context = &count},
    NULL, &errors));
  assert_int_equal(count, 2);
  assert_int_equal(errors.len, 0);
  CancelToken cancel = {1};
  assert_false(program_run(
    f->program, &(ProgramRun){.patterns = &all, .pattern_count = 1, .package_done = count_package, .context = &count},
    &cancel, &errors));
  assert_int_equal(count, 2);
  buf_release(&errors);
}

static void ask(void *context, const PackageResult *r) {
  bool *asked = context;
  IrUnit *unit = (IrUnit *)(uintptr_t)r->unit;
  Object *hidden = scope_lookup(r->package->imports.items[0]->scope, intern(unit->interner, STR("hidden")));
  assert_non_null(hidden);
  IrFunc *fn = ir_func_of(unit, hidden);
  assert_true(fn->unasked);
  assert_null(fn->tags);
  ir_need_tags(fn);
  assert_false(fn->unasked);
  assert_int_equal(fn->tags[0].leaks[TAG_HEAP], 1);
  assert_int_equal(fn->tags[1].leaks[TAG_HEAP], 0);
  *asked = true;
}

// A summary leaves out the tags of functions that importers can't call. Should one be asked for, the package is
// compiled.
static void test_unasked(void **state) {
  Fixture *f = *state;
  overlay(f, "q/q.go",
          "package q\n\ntype T struct{ A int }\n\nfunc New(a int) *T { return &T{a} }\n\nvar sink *int\n\n"
          "func hidden(p, q *int) {\n\tdefer println(*q)\n\tsink = p\n}\n\nvar table = []func(p, q *int){hidden}\n");
  const Str here = STR(".");
  bool asked = false;
  const ProgramRun run = {.patterns = &here, .pattern_count = 1, .package_done = ask, .context = &asked};
  assert_true(program_run(f->program, &run, NULL, NULL));
  assert_true(asked);
}

// A file that its build constraint excludes for a while is a package of its own then, which does not stay.
static void test_forgotten(void **state) {
  enum { LITTLE = 4 << 10 };
  Fixture *f = *state;
  const PackageResult *first = analyze(f, "m.go");
  overlay(f, "m.go", "//go:build ignore\n\npackage m\n\nfunc F(n int) *int { return &n }\n");
  const PackageResult *alone = analyze(f, "m.go");
  assert_true(str_equal(alone->import_path, STR("command-line-arguments")));
  package_result_release(alone);
  overlay(f, "m.go", NULL);
  const PackageResult *again = analyze(f, "m.go");
  size_t before = program_memory(f->program);
  program_forget_unused(f->program);
  assert_true(program_memory(f->program) + LITTLE < before);
  assert_true(says(again, "m.go:7:29: &q.T{...} escapes to heap"));
  before = program_memory(f->program);
  package_result_release(first);
  package_result_release(again);
  program_forget_unused(f->program); // what was built last stays for the next question
  assert_int_equal(program_memory(f->program), before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_messages, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_reuse, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_broken, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_other_package_name, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_run, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_pointer_types, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_unasked, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_forgotten, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
