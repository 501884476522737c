// cache_test: summaries on disk: what was stored is found; what is damaged, truncated, foreign or hostile is not used;
// a limit is kept; many processes at once do no harm.
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "build/compile.h"
#include "store/cache.h"
#include "types/check.h"

static const char source[] =
  "package p\n\n"
  "type T struct{ A int }\n\n"
  "func (t *T) Set(a int) { t.A = a }\n\n"
  "func New(a int) *T { return &T{a} }\n\n"
  "func Keep(p **T, t *T) {\n\tfor i := 0; i < 100; i++ {\n\t\tprintln(i)\n\t}\n\t*p = t\n}\n\n"
  "func local() any {\n\ttype L struct{}\n\treturn L{}\n}\n";

typedef struct Fixture {
  char dir[64];
  Interner *interner;
  TypeContext *types;
} Fixture;

static int set_up(void **state) {
  Fixture *f = mem_new(sizeof *f);
  strcpy(f->dir, "/tmp/heapls-cache-XXXXXX");
  if (!mkdtemp(f->dir)) return -1;
  f->interner = interner_new();
  f->types = typecontext_new(f->interner, STR("amd64"), 26);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  Fixture *f = *state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", f->dir);
  if (system(command) != 0) return -1;
  typecontext_free(f->types);
  interner_free(f->interner);
  free(f);
  return 0;
}

typedef IrUnit *Compile(Package *, const IrOptions *);

// The summary of the text, under that key.
static Buf make_by(Fixture *f, Compile *compile, const char *text, Digest key) {
  Parser *parser = parser_new(f->interner);
  const AstSource at = {STR("/p/p.go"), STR("/p/p.go")};
  AstFile *file = parse_file(parser, &at, str_of(text), NULL);
  Package *pkg =
    package_declare(f->types, &(PackageInput){.path = STR("p"), .files = &file, .file_count = 1, .has_assembly = true});
  package_check_bodies(pkg);
  IrOptions options = {.level = 1, .go_minor = 26};
  IrUnit *unit = compile(pkg, &options);
  Digest texts = digest_of(text, strlen(text));
  Buf out = {0};
  summary_write(&out, pkg, unit, key, (Digest){0}, &texts);
  ir_unit_free(unit);
  package_free(pkg);
  ast_file_free(file);
  parser_free(parser);
  return out;
}

static Buf make(Fixture *f, const char *text, Digest key) { return make_by(f, compile_package, text, key); }

static Summary *open_copy(const Buf *bytes, size_t len, Digest key) {
  char *copy = mem_new(len + 1);
  memcpy(copy, bytes->text, len);
  return summary_open(copy, len, key);
}

static void test_contents(void **state) {
  Fixture *f = *state;
  const Digest key = {1, 2};
  Buf bytes = make(f, source, key);
  Summary *s = open_copy(&bytes, bytes.len, key);
  assert_non_null(s);
  DemandName at;
  assert_true(summary_find_name(s, intern(f->interner, STR("New")), &at));
  assert_int_equal(at.kind, OBJ_FUNC);
  DeclPlace place = summary_decl(s, at.file, at.decl);
  assert_memory_equal(source + place.start, "func New(", 9);
  assert_int_equal(source[place.start + place.body], '{');
  assert_false(summary_find_name(s, intern(f->interner, STR("absent")), &at));
  Str method = summary_method(s, intern(f->interner, STR("T")), 0, &at);
  assert_true(str_equal(method, STR("Set")) && at.pointer);
  assert_int_equal(summary_method(s, intern(f->interner, STR("T")), 1, &at).n, 0);
  IrFacts facts;
  assert_true(summary_find_function(s, intern(f->interner, STR("(*T).Set")), &facts) && facts.can_inline);
  assert_true(summary_find_function(s, intern(f->interner, STR("Keep")), &facts));
  assert_false(facts.can_inline && facts.inline_cost > 80);
  assert_int_equal(facts.tag_count, 2);
  assert_true(facts.tags[TAG_LEN + TAG_HEAP]); // t leaks to the heap
  summary_release(s);
  buf_release(&bytes);
}

// Importers get tags of what they can call, through inlined and generic bodies too, and of what that calls; all the
// same whether the package was built for them or for itself.
static void test_asked(void **state) {
  Fixture *f = *state;
  static const char text[] =
    "package p\n\n"
    "var table = [...]func(*int) bool{rule}\n\n"
    "func rule(p *int) bool { return only(p, 1) }\n\n"
    "//go:noinline\nfunc only(p *int, n int) bool { return *p == n }\n\n"
    "func Look(p *int) bool {\n\tfor _, r := range table {\n\t\tif r(p) {\n\t\t\treturn callee(p)\n\t\t}\n\t}\n"
    "\treturn false\n}\n\n"
    "//go:noinline\nfunc callee(p *int) bool { return *p == 2 }\n\n"
    "func Small(p *int) bool { return named(p) }\n\n"
    "//go:noinline\nfunc named(p *int) bool { return *p == 3 }\n\n"
    "func Each[E any](e *E, p *int) bool {\n\tfor inGeneric(p) {\n\t\tprintln(e)\n\t}\n\treturn true\n}\n\n"
    "//go:noinline\nfunc inGeneric(p *int) bool { return *p == 4 }\n\n"
    "func Value() func(*int) bool {\n\tg := once\n\tdefer println()\n\tif g(new(int)) {\n\t\treturn given\n\t}\n"
    "\treturn nil\n}\n\n"
    "//go:noinline\nfunc once(p *int) bool { return *p == 5 }\n\n"
    "//go:noinline\nfunc given(p *int) bool { return *p == 6 }\n\n"
    "func assembly(p *int) bool\n";
  static const struct {
    const char *name;
    bool asked;
  } functions[] = {{"Look", true},      {"callee", true}, {"Small", true},    {"named", true},
                   {"inGeneric", true}, {"Value", true},  {"once", true},     {"rule", false},
                   {"only", false},     {"given", false}, {"assembly", false}};
  const Digest key = {7, 8};
  Buf bytes = make_by(f, compile_for_importers, text, key), of_root = make(f, text, key);
  assert_int_equal(bytes.len, of_root.len);
  assert_memory_equal(bytes.text, of_root.text, bytes.len);
  Summary *s = open_copy(&bytes, bytes.len, key);
  assert_non_null(s);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    IrFacts facts;
    assert_true(summary_find_function(s, intern(f->interner, str_of(functions[i].name)), &facts));
    assert_int_equal(facts.unasked, !functions[i].asked);
    bool has_param = !str_equal(str_of(functions[i].name), STR("Value"));
    assert_int_equal(facts.tag_count, functions[i].asked && has_param);
  }
  summary_release(s);
  buf_release(&bytes);
  buf_release(&of_root);
}

// What importers can't see does not change what the summary shows; the rest does.
static void test_shows(void **state) {
  Fixture *f = *state;
  static const struct {
    const char *text;
    bool same;
  } cases[] = {
    {"package p\n\nfunc F(a, b *int) *int {\n\tdefer println(*b)\n\treturn a\n}\n", true},
    {"package p\n\n// F is documented.\nfunc F(a, b *int) *int {\n\tdefer println(1 + *b)\n\treturn a\n}\n", true},
    {"package p\n\nfunc F(a, b *int) *int {\n\tdefer println(*b)\n\treturn b\n}\n", false},
    {"package p\n\nfunc F(a, c *int) *int {\n\tdefer println(*c)\n\treturn a\n}\n", false},
    {"package p\n\nfunc F(a, b *int) *int {\n\tdefer println(*b)\n\treturn a\n}\n\nvar X int\n", false},
  };
  Digest first = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const Digest key = {i, i};
    Buf bytes = make(f, cases[i].text, key);
    Summary *s = open_copy(&bytes, bytes.len, key);
    assert_non_null(s);
    if (i == 0) first = summary_shows(s);
    assert_int_equal(digest_equal(first, summary_shows(s)), cases[i].same);
    summary_release(s);
    buf_release(&bytes);
  }
}

static void test_damage(void **state) {
  Fixture *f = *state;
  const Digest key = {3, 4};
  Buf bytes = make(f, source, key);
  for (size_t len = 0; len < bytes.len; len += 7) assert_null(open_copy(&bytes, len, key));
  for (size_t at = 0; at < bytes.len; at += 3) {
    bytes.text[at] = (char)(bytes.text[at] ^ (1 << at % 8));
    assert_null(open_copy(&bytes, bytes.len, key));
    bytes.text[at] = (char)(bytes.text[at] ^ (1 << at % 8));
  }
  assert_null(open_copy(&bytes, bytes.len, (Digest){3, 5}));
  buf_release(&bytes);
}

// With a right checksum, numbers still may not lead outside.
static void test_hostile(void **state) {
  Fixture *f = *state;
  const Digest key = {5, 6};
  Buf bytes = make(f, source, key);
  uint32_t opened = 0;
  for (size_t at = 16; at + 4 <= bytes.len; at += 4) {
    char *copy = mem_new(bytes.len);
    memcpy(copy, bytes.text, bytes.len);
    const uint32_t wild[] = {UINT32_MAX, 0x7fffffff, (uint32_t)bytes.len, 0};
    memcpy(copy + at, &wild[at / 4 % 4], 4);
    sealed_seal(copy, bytes.len);
    Summary *s = summary_open(copy, bytes.len, key);
    if (!s) continue;
    opened++;
    DemandName name;
    IrFacts facts;
    for (uint32_t i = 0; summary_exported(s, i).n; i++) {
      Sym sym = intern(f->interner, summary_exported(s, i));
      if (summary_find_name(s, sym, &name)) (void)summary_decl(s, name.file, name.decl);
      for (uint32_t k = 0; k < 4; k++)
        if (summary_method(s, sym, k, &name).n) (void)summary_decl(s, name.file, name.decl);
      if (summary_find_function(s, sym, &facts) && facts.tag_count)
        assert_int_not_equal(facts.tags[0] + facts.tags[facts.tag_count * TAG_LEN - 1], -1);
    }
    (void)summary_local_type(s, 0, 0, 0);
    summary_release(s);
  }
  assert_true(opened > 0);
  buf_release(&bytes);
}

static uint32_t count_files(const char *dir, uint64_t *size) {
  char command[160], line[256];
  uint32_t count = 0;
  *size = 0;
  snprintf(command, sizeof command, "find %s -type f -printf '%%s\\n'", dir);
  FILE *p = popen(command, "r");
  while (p && fgets(line, sizeof line, p)) count++, *size += strtoull(line, NULL, 10);
  if (p) pclose(p);
  return count;
}

static void test_store(void **state) {
  Fixture *f = *state;
  Cache *c = cache_new(str_of(f->dir), 0);
  const Digest key = {UINT64_MAX, 8};
  Buf bytes = make(f, source, key);
  assert_null(cache_find(c, key));
  cache_store(c, key, buf_view(&bytes));
  Summary *s = cache_find(c, key);
  assert_non_null(s);
  assert_int_equal(summary_size(s), bytes.len);
  summary_release(s);
  assert_null(cache_find(c, (Digest){UINT64_MAX, 9}));
  // A file of another key in its place, and a truncated one.
  char path[160];
  snprintf(path, sizeof path, "%s/f/%016llx%016llx", f->dir, (unsigned long long)key.low, 9ULL);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fwrite(bytes.text, 1, bytes.len, file);
  fclose(file);
  assert_null(cache_find(c, (Digest){UINT64_MAX, 9}));
  snprintf(path, sizeof path, "%s/f/%016llx%016llx", f->dir, (unsigned long long)key.low, 8ULL);
  assert_int_equal(truncate(path, (off_t)bytes.len / 2), 0);
  assert_null(cache_find(c, key));
  cache_store(c, key, buf_view(&bytes)); // replaces it
  s = cache_find(c, key);
  assert_non_null(s);
  summary_release(s);
  cache_free(c);
  buf_release(&bytes);
}

static void test_limit(void **state) {
  Fixture *f = *state;
  Cache *c = cache_new(str_of(f->dir), 64 << 10);
  for (uint64_t i = 0; i < 64; i++) {
    const Digest key = {i << 56, i};
    Buf bytes = make(f, source, key);
    cache_store(c, key, buf_view(&bytes));
    buf_release(&bytes);
  }
  uint64_t size;
  count_files(f->dir, &size);
  assert_true(size > 64 << 10);
  cache_trim(c);
  assert_true(count_files(f->dir, &size) > 0);
  assert_true(size <= 64 << 10);
  cache_free(c);
}

static void test_no_directory(void **state) {
  (void)state;
  Cache *c = cache_new(STR("/proc/heapls"), 0);
  cache_store(c, (Digest){1, 1}, STR("x"));
  assert_null(cache_find(c, (Digest){1, 1}));
  cache_trim(c);
  cache_free(c);
  c = cache_new(STR_NONE, 0);
  cache_store(c, (Digest){1, 1}, STR("x"));
  assert_null(cache_find(c, (Digest){1, 1}));
  cache_free(c);
}

// Several servers: all of them write, read and trim the same few entries.
static void test_many_processes(void **state) {
  Fixture *f = *state;
  enum { PROCESSES = 4, ROUNDS = 200, KEYS = 8 };
  Buf bytes[KEYS];
  for (uint64_t i = 0; i < KEYS; i++) bytes[i] = make(f, source, (Digest){i << 60, i});
  pid_t children[PROCESSES];
  for (int p = 0; p < PROCESSES; p++) {
    children[p] = fork();
    assert_true(children[p] >= 0);
    if (children[p]) continue;
    Cache *c = cache_new(str_of(f->dir), (uint64_t)bytes[0].len * KEYS / 2);
    int wrong = 0;
    for (int r = 0; r < ROUNDS; r++) {
      uint64_t k = (uint64_t)(r * 7 + p) % KEYS;
      const Digest key = {k << 60, k};
      Summary *s = cache_find(c, key);
      if (s && summary_size(s) != bytes[k].len) wrong++;
      summary_release(s);
      if (!s) cache_store(c, key, buf_view(&bytes[k]));
      if (r % 16 == 0) cache_trim(c);
    }
    cache_free(c);
    _exit(wrong != 0);
  }
  for (int p = 0; p < PROCESSES; p++) {
    int status = 1;
    assert_int_equal(waitpid(children[p], &status, 0), children[p]);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  for (int i = 0; i < KEYS; i++) buf_release(&bytes[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_contents, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_asked, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_shows, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_damage, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_hostile, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_store, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_limit, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_no_directory, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_many_processes, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
