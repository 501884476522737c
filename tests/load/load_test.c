// load_test: the parts of the loader that need no Go installation, and loads of small trees written to a temporary
// directory.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "load/context_internal.h"
#include "load/modules_internal.h"
#include "load/state_internal.h"
#include "syntax/parse.h"

static Arena arena;

#define assert_str(actual, expected)                                                                                   \
  do {                                                                                                                 \
    Str s_ = (actual);                                                                                                 \
    char *z_ = strndup(s_.p ? s_.p : "", s_.n);                                                                        \
    assert_string_equal(z_, expected);                                                                                 \
    free(z_);                                                                                                          \
  } while (0)

// ---- A tree on disk

static Str tree;

static void write_file(const char *name, const char *text) {
  Str path = arena_printf(&arena, "%.*s/%s", STR_ARG(tree), name);
  for (size_t i = tree.n + 1; i < path.n; i++)
    if (path.p[i] == '/') mkdir(arena_printf(&arena, "%.*s", (int)i, path.p).p, 0777);
  FILE *f = fopen(path.p, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
}

static Str in_tree(const char *name) { return arena_printf(&arena, "%.*s/%s", STR_ARG(tree), name); }

static int set_up(void **state) {
  (void)state;
  arena_init(&arena);
  char name[] = "/tmp/heapls-load-XXXXXX";
  char *dir = mkdtemp(name), *real = dir ? realpath(dir, NULL) : NULL;
  if (!real) return -1;
  tree = arena_str(&arena, str_of(real));
  free(real);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  int status = system(arena_printf(&arena, "rm -rf '%.*s'", STR_ARG(tree)).p);
  arena_release(&arena);
  return status;
}

static BuildContext *context_of(char *const *env) {
  return build_context_new(&(BuildOptions){.environ = env, .cwd = tree});
}

static LoadGraph *load(const BuildContext *c, const char *dir, const char *pattern, bool tests) {
  Loader *loader = loader_new(c, in_tree(dir));
  Str p = str_of(pattern);
  LoadGraph *g = loader_load(loader, &(LoadRequest){.patterns = &p, .pattern_count = 1, .tests = tests});
  loader_free(loader);
  return g;
}

// ---- Paths, versions, constraints, patterns

static void test_paths(void **state) {
  (void)state;
  static const char *const clean[][2] = {
    {"", "."},    {"a/./b//c/..", "a/b"}, {"/../a", "/a"},        {"../x/../..", "../.."},
    {"/", "/"},   {"a/..", "."},          {"/a/b/../../..", "/"}, {"./a", "a"},
    {"..", ".."}, {"/a/", "/a"}};
  for (size_t i = 0; i < sizeof clean / sizeof *clean; i++)
    assert_str(path_clean(&arena, str_of(clean[i][0])), clean[i][1]);
  static const char *const relative[][3] = {
    {"/a/b", "/a/b/c", "c"}, {"/a/b", "/a/c", "../c"},    {"/a/b", "/a", ".."},          {"/", "/x", "x"},
    {"/a", "/", ".."},       {"/a/b", "/ab", "../../ab"}, {"/a/b", "/a/bc/d", "../bc/d"}};
  for (size_t i = 0; i < sizeof relative / sizeof *relative; i++)
    assert_str(path_relative(&arena, str_of(relative[i][0]), str_of(relative[i][1])), relative[i][2]);
  assert_false(path_has_prefix(STR("/ab/c"), STR("/a"), NULL));
  assert_true(path_has_prefix(STR("/a"), STR("/a"), NULL));
}

static void test_versions(void **state) {
  (void)state;
  static const char *const ascending[] = {"v0.0.0-20200101000000-abc",
                                          "v0.0.0",
                                          "v0.9.10",
                                          "v1.0.0-alpha",
                                          "v1.0.0-alpha.1",
                                          "v1.0.0-alpha.beta",
                                          "v1.0.0-beta.2",
                                          "v1.0.0-beta.11",
                                          "v1.0.0-rc.1",
                                          "v1.0.0",
                                          "v1.0.1",
                                          "v1.2.0",
                                          "v1.10.0",
                                          "v2.0.0+incompatible"};
  for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++)
    for (size_t k = 0; k < sizeof ascending / sizeof *ascending; k++)
      assert_int_equal(semver_compare(str_of(ascending[i]), str_of(ascending[k])), i < k ? -1 : i > k);
  assert_int_equal(go_version_minor(STR("go1.26.8")), 26);
  assert_int_equal(go_version_minor(STR("1.23rc1")), 23);
  assert_int_equal(go_version_minor(STR("2.0")), 0);
  assert_str(module_path_escape(&arena, STR("github.com/Azure/SDK")), "github.com/!azure/!s!d!k");
}

static void test_constraints(void **state) {
  (void)state;
  char *env[] = {
    "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=-tags=mine,yours", "GOROOT=/nonexistent", "GOENV=off",
    NULL};
  BuildContext *c = context_of(env);
  static const struct {
    const char *text;
    bool holds, bad;
    uint32_t minor;
  } cases[] = {{"linux", true, false, 0},
               {"!linux", false, false, 0},
               {"unix && !cgo", true, false, 0},
               {"windows || (arm64 && gc)", true, false, 0},
               {"mine && yours", true, false, 0},
               {"go1.18", true, false, 18},
               {"go1.99", false, false, 99},
               {"!go1.22", false, false, 0},
               {"go1.20 && go1.22", true, false, 22},
               {"go1.20 || go1.22", true, false, 20},
               {"go1.21 || linux", true, false, 0},
               {"go1.21 && linux", true, false, 21},
               {"!(!go1.21)", true, false, 21},
               {"", false, true, 0},
               {"a &&", false, true, 0},
               {"(linux", false, true, 0},
               {"linux)", false, true, 0},
               {"arm64.v8.0", true, false, 0},
               {"amd64.v1", false, false, 0},
               {"goexperiment.regabiargs", true, false, 0},
               {"go1.x", false, false, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bool bad = false;
    assert_int_equal(build_context_matches(c, str_of(cases[i].text), &bad), cases[i].holds);
    assert_int_equal(bad, cases[i].bad);
    assert_int_equal(build_constraint_go_minor(str_of(cases[i].text)), cases[i].minor);
  }
  Buf deep = {0};
  for (int i = 0; i < 100000; i++) buf_byte(&deep, '(');
  assert_false(build_context_matches(c, buf_view(&deep), NULL));
  buf_release(&deep);
  static const struct {
    const char *name;
    bool matches;
  } names[] = {{"x.go", true},
               {"x_linux.go", true},
               {"x_windows.go", false},
               {"x_linux_arm64.go", true},
               {"x_linux_amd64_test.go", false},
               {"x_arm64_test.go", true},
               {"linux.go", true},
               {"windows.go", true},
               {"_windows.go", false},
               {"x_unix.go", true},
               {"x_test.go", true},
               {"x_amd64.s", false},
               {"a_windows.b_linux.go", false},
               {"x_test_linux.go", true},
               {"linux_amd64.go", false}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    assert_int_equal(build_context_matches_file_name(c, str_of(names[i].name)), names[i].matches);
  assert_true(build_context_matches_plus_lines(c, STR("// +build windows linux,!cgo\n\npackage x\n")));
  assert_false(build_context_matches_plus_lines(c, STR("// +build linux\n// +build cgo\n\npackage x\n")));
  assert_true(
    build_context_matches_plus_lines(c, STR("// +build windows\npackage x\n"))); // no blank line: an ordinary comment
  build_context_free(c);
}

static void test_patterns(void **state) {
  (void)state;
  static const struct {
    const char *pattern, *name;
    bool matches;
  } cases[] = {{"a/...", "a", true},
               {"a/...", "a/b/c", true},
               {"a/...", "ab", false},
               {"...", "x/y", true},
               {"a/.../c", "a/b/c", true},
               {"a/.../c", "a/c", false},
               {"...x...", "axb", true},
               {"a...", "abc/d", true},
               {"a/...", "a/vendor/b", false},
               {"a/...", "a/vendor", true},
               {"a/vendor/...", "a/vendor/b", true},
               {"a/vendor/...", "a/vendor", true},
               {"fmt", "fmt", true},
               {"fmt", "fmtx", false},
               {"x...z/...", "xyz", true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(package_pattern_matches(str_of(cases[i].pattern), str_of(cases[i].name)), cases[i].matches);
}

static void test_mod_file(void **state) {
  (void)state;
  Str text = STR("module \"example.com/m\" // c\n\ngo 1.22.1\ntoolchain go1.23.0\nrequire a.b/c v1.0.0\nrequire "
                 "(\n\tx.y/z v0.1.0 // indirect\n)\n"
                 "replace x.y/z v0.1.0 => ../z\nreplace (\n q.r/s => t.u/v v1.2.3\n)\nexclude a.b/c v0.9.0\nretract "
                 "[v1.0.0, v1.1.0]\n"
                 "tool x.y/z/cmd\ngodebug default=go1.21\nignore ./node_modules\nnonsense here\n");
  ModFile *f = mod_file_parse(&arena, STR("go.mod"), text);
  assert_str(f->module, "example.com/m");
  assert_str(f->go, "1.22.1");
  assert_str(f->toolchain, "go1.23.0");
  assert_int_equal(f->require.len, 2);
  assert_str(f->require.items[1].version, "v0.1.0");
  assert_int_equal(f->replace.len, 2);
  assert_str(f->replace.items[0].new_path, "../z");
  assert_str(f->replace.items[1].new_version, "v1.2.3");
  assert_int_equal(f->exclude.len, 1);
  assert_int_equal(f->ignore.len, 1);
  assert_int_equal(f->errors.len, 1);
  for (size_t n = 0; n < text.n; n++)
    mod_file_parse(&arena, STR("go.mod"), str_slice(text, 0, n)); // every prefix is survived
}

// ---- Loads

static char *no_go[] = {"GOROOT=/nonexistent", "GOENV=off", "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", NULL};

static void test_without_goroot(void **state) {
  (void)state;
  write_file("m/go.mod", "module m.org/m\n\ngo 1.22\n");
  write_file("m/m.go", "package m\n\nimport (\n\t\"fmt\"\n\t\"m.org/m/sub\"\n\t\"unsafe\"\n)\n");
  write_file("m/sub/s.go", "package sub\n");
  BuildContext *c = context_of(no_go);
  assert_true(c->goroot_error.n > 0 && c->goroot.n == 0);
  LoadGraph *g = load(c, "m", ".", false);
  assert_int_equal(g->root_count, 1);
  LoadPackage *p = g->roots[0];
  assert_str(p->id, "m.org/m");
  assert_int_equal(p->go_minor, 22);
  assert_int_equal(p->import_count, 3);
  assert_true(load_package_import(p, STR("fmt"))->missing);
  assert_false(load_package_import(p, STR("m.org/m/sub"))->missing);
  assert_true(load_package_import(p, STR("unsafe"))->is_fake_unsafe);
  assert_null(load_package_import(p, STR("os")));
  assert_int_equal(p->error_count, 1);
  assert_int_equal(p->errors[0].offset, 21);
  assert_ptr_equal(load_graph_find_file(g, in_tree("m/sub/s.go")), load_package_import(p, STR("m.org/m/sub")));
  assert_ptr_equal(load_package_import(p, STR("m.org/m/sub"))->importers[0], p);
  load_graph_free(g);
  g = load(c, "m", "std", false);
  assert_int_equal(g->count, 0);
  assert_int_equal(g->error_count, 1);
  load_graph_free(g);
  build_context_free(c);
}

static void test_plain_directory(void **state) {
  (void)state;
  write_file("plain/a.go", "package plain\n");
  write_file("plain/b_windows.go", "package plain\n");
  BuildContext *c = context_of(no_go);
  LoadGraph *g = load(c, "plain", ".", false);
  assert_int_equal(g->root_count, 1);
  assert_int_equal(g->roots[0]->file_count, 1);
  assert_int_equal(g->roots[0]->go_minor, c->go_minor);
  load_graph_free(g);
  g = load(c, "plain", "b_windows.go", false); // named files are taken whatever their constraints
  assert_str(g->roots[0]->path, "command-line-arguments");
  assert_int_equal(g->roots[0]->file_count, 1);
  load_graph_free(g);
  g = load(c, "plain", "none.go", false);
  assert_int_equal(g->root_count, 0);
  assert_int_equal(g->error_count, 1);
  load_graph_free(g);
  build_context_free(c);
}

static void test_overlay(void **state) {
  (void)state;
  write_file("o/go.mod", "module o.org\n\ngo 1.22\n");
  write_file("o/o.go", "package o\n");
  BuildContext *c = context_of(no_go);
  Loader *loader = loader_new(c, in_tree("o"));
  loader_set_overlay(loader, in_tree("o/o.go"), STR("package o\nimport \"o.org/new\"\n"));
  loader_set_overlay(loader, in_tree("o/new/n.go"), STR("package new\n"));
  Str p = STR("./...");
  LoadGraph *g = loader_load(loader, &(LoadRequest){.patterns = &p, .pattern_count = 1});
  assert_int_equal(g->root_count, 2); // also the directory that only an editor knows
  assert_int_equal(g->count, 2);
  Str text;
  assert_true(loader_read_file(loader, in_tree("o/new/n.go"), &text));
  assert_str(text, "package new\n");
  free((char *)text.p);
  load_graph_free(g);
  loader_remove_overlay(loader, in_tree("o/o.go"));
  g = loader_load(loader, &(LoadRequest){.patterns = &p, .pattern_count = 1});
  assert_int_equal(g->roots[0]->import_count, 0);
  load_graph_free(g);
  loader_free(loader);
  build_context_free(c);
}

static void test_test_variants(void **state) {
  (void)state;
  write_file("t/go.mod", "module t.org\n\ngo 1.22\n");
  write_file("t/t.go", "package t\n");
  write_file("t/i_test.go", "package t\n\nimport _ \"t.org/u\"\n");
  write_file("t/x_test.go", "package t_test\n\nimport _ \"t.org\"\nimport _ \"t.org/u\"\n");
  write_file("t/u/u.go",
             "//go:build go1.23\n\npackage u\n\nimport _ \"t.org\"\n"); // no cycle: t's test imports u, u imports t
  BuildContext *c = context_of(no_go);
  LoadGraph *g = load(c, "t", ".", true);
  assert_int_equal(g->count, 5);
  LoadPackage *recompiled = load_graph_find(g, STR("t.org/u [t.org.test]")); // what the external test sees of u
  LoadPackage *plain = load_graph_find(g, STR("t.org")), *internal = load_graph_find(g, STR("t.org [t.org.test]")),
              *external = load_graph_find(g, STR("t.org_test [t.org.test]")), *u = load_graph_find(g, STR("t.org/u"));
  assert_true(plain && internal && external && u);
  assert_int_equal(internal->file_count, 2);
  assert_ptr_equal(internal->tested, plain);
  assert_ptr_equal(load_package_import(external, STR("t.org")), internal);
  assert_ptr_equal(load_package_import(u, STR("t.org")), plain);
  assert_ptr_equal(load_package_import(external, STR("t.org/u")), recompiled);
  assert_ptr_equal(load_package_import(recompiled, STR("t.org")), internal);
  assert_str(external->path, "t.org_test");
  assert_true(u->index > plain->index && internal->index > u->index && external->index > internal->index);
  assert_int_equal(u->go_minor, 22);
  assert_int_equal(load_file_go_minor(u, u->files[0]), 23);
  assert_false(internal->in_cycle);
  load_graph_free(g);
  build_context_free(c);
}

static void test_cycle(void **state) {
  (void)state;
  write_file("c/go.mod", "module c.org\n");
  write_file("c/a/a.go", "package a\n\nimport _ \"c.org/b\"\n");
  write_file("c/b/b.go", "package b\n\nimport _ \"c.org/a\"\n");
  write_file("c/self/s.go", "package self\n\nimport _ \"c.org/self\"\n");
  BuildContext *c = context_of(no_go);
  LoadGraph *g = load(c, "c", "./...", false);
  assert_int_equal(g->count, 5); // two imports are cut: they lead to missing packages
  LoadPackage *b = load_graph_find(g, STR("c.org/b"));
  assert_true(b->in_cycle && b->imports[0].package->missing);
  assert_true(load_graph_find(g, STR("c.org/self"))->in_cycle);
  assert_int_equal(b->go_minor, 16);
  load_graph_free(g);
  build_context_free(c);
}

static void test_broken_files(void **state) {
  (void)state;
  write_file("b/go.mod", "module b.org\n\ngo 1.22\nrequire (\n");
  write_file("b/a.go", "package b\n\nimport (\n\t\"b.org/x\n\t\"\"\n\t\"/abs\"\n\t\"../b\"\n\t\"a/../../c\"\n)\n");
  write_file("b/empty.go", "");
  write_file("b/junk.go", "\xff\xfe\x01 not go");
  write_file("b/other.go", "package other\n");
  BuildContext *c = context_of(no_go);
  LoadGraph *g = load(c, "b", ".", true);
  assert_int_equal(g->root_count, 1);
  assert_str(g->roots[0]->name, "b");
  assert_true(g->roots[0]->error_count >= 4);
  load_graph_free(g);
  g = load(c, "b", "./nowhere", false);
  assert_int_equal(g->error_count, 1);
  load_graph_free(g);
  build_context_free(c);
}

static void test_toolchain(void **state) {
  (void)state;
  write_file("tc/go/VERSION", "go1.22.3\n");
  write_file("tc/go/go.env", "GOTOOLCHAIN=auto\n");
  write_file("tc/go/src/runtime/r.go", "package runtime\n");
  write_file("tc/cache/golang.org/toolchain@v0.0.1-go1.25.2.linux-amd64/VERSION", "go1.25.2\ntime 2025\n");
  write_file("tc/cache/golang.org/toolchain@v0.0.1-go1.25.2.linux-amd64/src/runtime/r.go", "package runtime\n");
  write_file("tc/new/go.mod", "module n.org\n\ngo 1.25.0\n\ntoolchain go1.25.2\n");
  write_file("tc/absent/go.mod", "module n.org\n\ngo 1.29\n");
  write_file("tc/old/go.mod", "module n.org\n\ngo 1.18\n");
  static const struct {
    const char *dir, *toolchain, *version;
  } cases[] = {{"tc/new", "", "go1.25.2"},         {"tc/new", "auto", "go1.25.2"},
               {"tc/new", "local", "go1.22.3"},    {"tc/new", "go1.22.3+auto", "go1.25.2"},
               {"tc/absent", "", "go1.22.3"},      {"tc/old", "", "go1.22.3"},
               {"tc/old", "go1.25.2", "go1.25.2"}, {"tc", "auto", "go1.22.3"}};
  Str root = arena_printf(&arena, "GOROOT=%.*s", STR_ARG(in_tree("tc/go"))),
      cache = arena_printf(&arena, "GOMODCACHE=%.*s", STR_ARG(in_tree("tc/cache")));
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Str chosen = arena_printf(&arena, "GOTOOLCHAIN=%s", cases[i].toolchain);
    char *env[] = {(char *)root.p, (char *)cache.p, (char *)chosen.p, "GOENV=off", "GOOS=linux", "GOARCH=amd64", NULL};
    BuildContext *c = build_context_new(&(BuildOptions){.environ = env, .cwd = in_tree(cases[i].dir)});
#if defined(__linux__) && defined(__x86_64__)
    assert_str(c->go_version, cases[i].version);
#endif
    build_context_free(c);
  }
}

static void test_environment(void **state) {
  (void)state;
  write_file("env/config/go/env",
             "GOFLAGS=-tags=fromfile '-mod=vendor'\nGOARCH=arm\nGOPATH=/gp:/gq\n# x\nGOOS=windows\n");
  write_file("env/go/go.env", "GOARCH=386\nGOEXPERIMENT=thing,noregabi\n");
  write_file("env/go/VERSION", "devel go1.27-abcdef0 Mon Jan 1\n");
  write_file("env/go/src/runtime/r.go", "package runtime\n");
  Str config = arena_printf(&arena, "XDG_CONFIG_HOME=%.*s", STR_ARG(in_tree("env/config"))),
      root = arena_printf(&arena, "GOROOT=%.*s", STR_ARG(in_tree("env/go")));
  char *env[] = {(char *)config.p, (char *)root.p, "GOOS=darwin", "GOARCH=", "CGO_ENABLED=1", NULL};
  BuildContext *c = context_of(env);
  assert_str(c->goos, "darwin"); // the environment before the user's file before GOROOT's
  assert_str(c->goarch, "arm");
  assert_str(c->gomodcache, "/gp/pkg/mod");
  assert_str(c->mod, "vendor");
  assert_int_equal(c->tags.len, 1);
  assert_int_equal(c->go_minor, 27);
  assert_true(c->cgo_enabled);
  assert_true(build_context_matches(c, STR("fromfile && goexperiment.thing && arm.7 && cgo"), NULL));
  build_context_free(c);
}

// Every prefix of a file, and files with bytes exchanged, have some header.
static void test_headers(void **state) {
  (void)state;
  Str text =
    STR("\xEF\xBB\xBF// c\n/* b\n//go:build no\n*/\n//go:build linux && \\\n\n// Package.\npackage "
        "\xC3\xA9t\xC3\xA9;import \"fmt\"\n\n/*\nconst x\n*/\n"
        "import \"C\"\nimport (\n\t. \"a/b\"; _ `c`\n\tname /* x */ \"d\" // y\n)\nfunc main() {}\nimport \"late\"\n");
  FileHeader h;
  file_header_scan(&h, text);
  assert_true(h.ok && h.imports_c);
  assert_str(h.build_constraint, "linux && \\");
  assert_str(h.package_name, "\xC3\xA9t\xC3\xA9");
  assert_int_equal(h.imports.len, 5);
  assert_str(h.imports.items[4], "d");
  assert_int_equal(text.p[h.import_offsets.items[3]], '`');
  file_header_release(&h);
  char *copy = strndup(text.p, text.n);
  uint32_t random = 1;
  for (size_t n = 0; n <= text.n; n++) {
    char *exact = malloc(n + 1);
    memcpy(exact, text.p, n);
    file_header_scan(&h, (Str){exact, n});
    file_header_release(&h);
    free(exact);
  }
  for (int i = 0; i < 20000; i++) {
    random = random * 1664525 + 1013904223;
    copy[(random >> 8) % text.n] = (char)(random >> 24);
    if (i % 50 == 0) memcpy(copy, text.p, text.n);
    file_header_scan(&h, (Str){copy, text.n});
    file_header_release(&h);
    mod_file_parse(&arena, STR("go.mod"), (Str){copy, text.n});
  }
  free(copy);
}

// While something is typed in the imports they are known as such.
static void test_broken_headers(void **state) {
  (void)state;
  static const char *const good[] = {"package p\n", "package p\nimport \"a\"; import (\n\tb \"c\"\n)\nfunc f() {}\n"};
  static const char *const bad[] = {"",
                                    "pack p\n",
                                    "package p\nimport a\"\n",
                                    "package p\nimport \"a\n",
                                    "package p\nimport\n\t\"a\"\n\t\"b\"\n)\n",
                                    "package p\nimport (\n\t\"a\"\n\nfunc f() {}\n"};
  for (size_t i = 0; i < sizeof good / sizeof *good + sizeof bad / sizeof *bad; i++) {
    bool is_bad = i >= sizeof good / sizeof *good;
    const char *text = is_bad ? bad[i - sizeof good / sizeof *good] : good[i];
    FileHeader h;
    file_header_scan(&h, str_of(text));
    if (h.broken != is_bad) fail_msg("%s", text);
    file_header_release(&h);
  }
}

// In the working directory of the go command, what it prints for a file of a package.
static void test_display_paths(void **state) {
  (void)state;
  write_file("go/src/fmt/print.go", "package fmt\n");
  write_file("go/src/errors/e.go", "package errors\n");
  write_file("else/where/x.go", "package x\n");
  Str dir = in_tree("go/src/fmt"), file = in_tree("go/src/fmt/print.go");
  assert_str(load_display_path(&arena, dir, dir, file), "./print.go");
  assert_str(load_display_path(&arena, in_tree("go/src"), dir, file), "fmt/print.go");
  assert_str(load_display_path(&arena, in_tree("go/src/errors"), dir, file), "../fmt/print.go");
  assert_str(load_display_path(&arena, in_tree("else"), dir, file), "../go/src/fmt/print.go");
  assert_str(load_display_path(&arena, STR("/usr/lib/a/b/c/d/e/f/g/h/i/j"), STR("/x/y"), STR("/x/y/z.go")),
             "/x/y/z.go");
  assert_str(load_display_path(&arena, in_tree("go/src"), dir, in_tree("go/src/errors/e.go")), "./errors/e.go");
  assert_str(load_display_path(&arena, dir, dir, STR("/elsewhere/z.go")), "/elsewhere/z.go");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_paths),           cmocka_unit_test(test_versions),     cmocka_unit_test(test_constraints),
    cmocka_unit_test(test_patterns),        cmocka_unit_test(test_mod_file),     cmocka_unit_test(test_without_goroot),
    cmocka_unit_test(test_plain_directory), cmocka_unit_test(test_overlay),      cmocka_unit_test(test_test_variants),
    cmocka_unit_test(test_cycle),           cmocka_unit_test(test_broken_files), cmocka_unit_test(test_display_paths),
    cmocka_unit_test(test_toolchain),       cmocka_unit_test(test_environment),  cmocka_unit_test(test_headers),
    cmocka_unit_test(test_broken_headers),
  };
  return cmocka_run_group_tests_name("load", tests, set_up, tear_down);
}
