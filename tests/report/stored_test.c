// stored_test: results of packages on disk: what comes back is all that was stored; what is damaged, truncated, foreign
// or hostile is not used; any change of what a result was made from is noticed.
//
// usage: stored_test [PATTERN…]      with patterns: the results of these packages of GOROOT, written and read again
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../live/edits.h"
#include "differs.h"
#include "store/stored.h"

// What files show by themselves: declarations and their state.
static const char *file_differs(const AstFile *a, const AstFile *b) {
  SAME_PATH(source);
  SAME_TEXT(text);
  SAME(is_generated);
  SAME(decl_count);
  SAME(line_count);
  for (uint32_t i = 0; i < a->decl_count; i++) {
    SAME(decls[i]->kind);
    SAME_TEXT(decls[i]->text);
    if (a->slot_starts[a->decls[i]->slot] != b->slot_starts[b->decls[i]->slot]) return "place";
  }
  return NULL;
}

static const char *result_differs(const PackageResult *r, AstFile *const *files, const FindingSet *set) {
  for (uint32_t i = 0; i < r->file_count; i++) {
    const char *differs = file_differs(r->files[i], files[i]);
    if (differs) return differs;
  }
  PackageResult other = {.files = files, .file_count = r->file_count, .findings = set};
  FindingCursor x = {.set = r->findings}, y = {.set = set};
  const Finding *a, *b, *last_a = NULL, *last_b = NULL;
  while ((a = finding_next(&x))) {
    if (!(b = finding_next(&y))) return "number of findings";
    const char *differs = finding_differs(a, b);
    if (!differs) differs = callers_differ(a, b);
    if (!differs) differs = words_differ(a, b);
    if (!differs) differs = steps_differ(r, a, &other, b);
    if (differs) return differs;
    // The same declaration is one object, with one group.
    if (last_a && (a->decl == last_a->decl) != (b->decl == last_b->decl)) return "decl";
    if (finding_group_of(set, b->decl)->len != finding_group_of(r->findings, a->decl)->len) return "group";
    last_a = a, last_b = b;
  }
  return finding_next(&y) ? "number of findings" : NULL;
}

// ---- Reading by hand

typedef struct ReadBack {
  Stored *stored;
  AstFile **files;
  uint32_t count;
  FindingSet *findings; // NULL: refused
  StrMap sources;
  Arena arena;
} ReadBack;

static const AstSource *source_of(void *context, Str path) {
  ReadBack *b = context;
  AstSource *known = strmap_get(&b->sources, path);
  if (known) return known;
  known = ARENA_NEW(&b->arena, AstSource);
  known->path = known->display_path = arena_str(&b->arena, path);
  strmap_set(&b->sources, known->path, known);
  return known;
}

static void read_back(ReadBack *b, const Buf *bytes, Digest key, const PackageResult *r) {
  *b = (ReadBack){0};
  arena_init(&b->arena);
  char *copy = mem_new(bytes->len + 1);
  memcpy(copy, bytes->text, bytes->len);
  b->stored = stored_open(copy, bytes->len, key);
  if (!b->stored || stored_file_count(b->stored) != r->file_count) return;
  b->files = ARENA_ARRAY(&b->arena, AstFile *, r->file_count + 1);
  for (; b->count < r->file_count; b->count++)
    b->files[b->count] = stored_file(b->stored, b->count, r->files[b->count]->source, r->files[b->count]->text);
  b->findings = stored_findings(b->stored, b->files, source_of, b);
}

static void read_release(ReadBack *b) {
  finding_set_free(b->findings);
  for (uint32_t i = 0; i < b->count; i++) ast_file_free(b->files[i]);
  stored_free(b->stored);
  strmap_release(&b->sources);
  arena_release(&b->arena);
}

// ---- Real packages

static uint32_t count_of(const FindingSet *set) {
  uint32_t count = 0;
  for (FindingCursor c = {.set = set}; finding_next(&c);) count++;
  return count;
}

typedef struct Tally {
  uint32_t packages, findings, refused, wrong;
  size_t bytes;
} Tally;

static void round_trip(void *context, const PackageResult *r) {
  Tally *t = context;
  const Digest key = {t->packages, 7};
  Buf bytes = {0};
  t->packages++;
  if (!stored_write(&bytes, r, key)) {
    t->refused++;
    printf("refused: %.*s\n", STR_ARG(r->import_path));
    return;
  }
  ReadBack b;
  read_back(&b, &bytes, key, r);
  const char *differs = b.findings ? result_differs(r, b.files, b.findings) : "nothing could be read";
  for (uint32_t i = 0; !differs && i < r->file_count; i++)
    for (uint32_t k = 0; k < r->files[i]->decl_count; k++)
      if (package_result_broken(r, r->files[i], k) != stored_decl_broken(b.stored, i, k)) differs = "broken";
  if (differs) printf("DIFFERENT: %.*s: %s\n", STR_ARG(r->import_path), differs);
  t->wrong += differs != NULL;
  t->findings += count_of(r->findings);
  t->bytes += bytes.len;
  read_release(&b);
  buf_release(&bytes);
}

static int real_packages(int count, char **words) {
  Arena arena;
  arena_init(&arena);
  Str goroot = edits_goroot(&arena);
  if (!goroot.n) {
    puts("SKIP: no Go found");
    return 77;
  }
  Program *program = edits_program(arena_printf(&arena, "%.*s/src", STR_ARG(goroot)));
  Str *patterns = ARENA_ARRAY(&arena, Str, count);
  for (int i = 0; i < count; i++) patterns[i] = str_of(words[i]);
  Tally t = {0};
  program_run(program,
              &(ProgramRun){.patterns = patterns,
                            .pattern_count = (uint32_t)count,
                            .package_done = round_trip,
                            .context = &t,
                            .transient = true},
              NULL, NULL);
  printf("%u packages, %u findings, %zu bytes; %u refused, %u different\n", t.packages, t.findings, t.bytes, t.refused,
         t.wrong);
  program_free(program);
  arena_release(&arena);
  return t.packages && !t.wrong && !t.refused ? 0 : 1;
}

// ---- A module of our own

static const char *const environment[] = {"HOME=/nonexistent", "GO111MODULE=on", "GOFLAGS=-mod=mod",
                                          "CGO_ENABLED=0",     "PATH=",          NULL};
static const char dependency[] = "package q\n\ntype T struct{ A int }\n\n"
                                 "func New(a int) *T {\n\treturn &T{a}\n}\n\n"
                                 "func Keep(t *T, all *[]*T) {\n\tdefer println()\n\t*all = append(*all, t)\n}\n";
static const char text[] =
  "package m\n\nimport \"example.com/m/q\"\n\nvar Sink any\n\n"
  "type Padded struct {\n\ta bool\n\tb int64\n\tc bool\n}\n\n"
  "type Shower interface{ Show() string }\n\nfunc (p *Padded) Show() string { return string(rune(p.b)) }\n\n"
  "func F(n int, s Shower) []*q.T {\n\tSink = q.New(n)\n\tvar out []*q.T\n\tfor i := range n {\n"
  "\t\tt := q.New(i)\n\t\tq.Keep(t, &out)\n\t\tgo func() { println(s.Show(), len(make([]int, n))) }()\n\t}\n"
  "\tvar p Shower = &Padded{b: int64(n)}\n\tprintln(p.Show())\n\treturn out\n}\n\n"
  "func generic[T any](x T) *T { return &x }\n\nvar kept = generic(1)\n\nfunc count(m map[string]int) { m[\"a\"]++ }\n";

typedef struct Fixture {
  char dir[64], file[96], cache[96];
} Fixture;

static void write_file(const Fixture *f, const char *name, const char *content) {
  char path[160];
  snprintf(path, sizeof path, "%s/%s", f->dir, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(content, file);
  fclose(file);
}

static int set_up(void **state) {
  Fixture *f = mem_new(sizeof *f);
  strcpy(f->dir, "/tmp/heapls-stored-XXXXXX");
  if (!mkdtemp(f->dir)) return -1;
  snprintf(f->file, sizeof f->file, "%s/m.go", f->dir);
  snprintf(f->cache, sizeof f->cache, "%s/cache", f->dir);
  char sub[96];
  snprintf(sub, sizeof sub, "%s/q", f->dir);
  mkdir(sub, 0755);
  write_file(f, "go.mod", "module example.com/m\n\ngo 1.25\n");
  write_file(f, "q/q.go", dependency);
  write_file(f, "m.go", text);
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  Fixture *f = *state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf %s", f->dir);
  int status = system(command);
  free(f);
  return status;
}

static Program *new_program(const Fixture *f, bool no_inline) {
  return program_new(
    &(ProgramOptions){.build = {.environ = (char *const *)(uintptr_t)environment, .cwd = str_of(f->dir), .cgo = -1},
                      .ir = {.level = 1, .explain = true, .no_inline = no_inline},
                      .cache_dir = str_of(f->cache),
                      .workers = 2});
}

static const PackageResult *build(Program *p, const Fixture *f) {
  const PackageResult *r = program_analyze_file(p, str_of(f->file), NULL, NULL);
  assert_non_null(r);
  assert_true(count_of(r->findings) > 0);
  return r;
}

static Buf make(const Fixture *f, Digest key, Program **program, const PackageResult **result) {
  *program = new_program(f, false);
  *result = build(*program, f);
  Buf bytes = {0};
  assert_true(stored_write(&bytes, *result, key));
  return bytes;
}

static void test_contents(void **state) {
  const Digest key = {1, 2};
  Program *p;
  const PackageResult *r;
  Buf bytes = make(*state, key, &p, &r);
  uint32_t kinds = 0, foreign = 0;
  FindingCursor c = {.set = r->findings};
  for (const Finding *f; (f = finding_next(&c));) {
    kinds |= 1U << f->kind;
    for (uint32_t k = 0; k < f->step_count; k++) foreign += f->steps[k].source && f->steps[k].source != f->source;
  }
  assert_int_equal(kinds, (1U << (FINDING_MAP_WRITE + 1)) - 1); // findings of all kinds
  assert_true(foreign > 0);
  ReadBack b;
  read_back(&b, &bytes, key, r);
  assert_non_null(b.findings);
  const char *differs = result_differs(r, b.files, b.findings);
  if (differs) fail_msg("%s", differs);
  read_release(&b);
  buf_release(&bytes);
  package_result_release(r);
  program_free(p);
}

static bool is_refused(const Buf *bytes, size_t len, Digest key) {
  char *copy = mem_new(len + 1);
  memcpy(copy, bytes->text, len);
  Stored *s = stored_open(copy, len, key);
  stored_free(s);
  return !s;
}

static void test_damage(void **state) {
  const Digest key = {3, 4};
  Program *p;
  const PackageResult *r;
  Buf bytes = make(*state, key, &p, &r);
  assert_false(is_refused(&bytes, bytes.len, key));
  assert_true(is_refused(&bytes, bytes.len, (Digest){3, 5}));
  for (size_t len = 0; len < bytes.len; len += 13) assert_true(is_refused(&bytes, len, key));
  for (size_t at = 0; at < bytes.len; at += 5) {
    bytes.text[at] = (char)(bytes.text[at] ^ (1 << at % 8));
    assert_true(is_refused(&bytes, bytes.len, key));
    bytes.text[at] = (char)(bytes.text[at] ^ (1 << at % 8));
  }
  buf_release(&bytes);
  package_result_release(r);
  program_free(p);
}

static uint64_t sum_of(Str s) {
  uint64_t sum = 0;
  for (size_t i = 0; i < s.n; i++) sum += (unsigned char)s.p[i];
  return sum;
}

// Looks at all that is there.
static uint64_t sum_of_all(const FindingSet *set) {
  uint64_t sum = 0;
  FindingCursor c = {.set = set};
  for (const Finding *f; (f = finding_next(&c));) {
    const Str texts[] = {f->subject, f->function, f->count_text, f->when,      f->inlined_from, f->hint,
                         f->title,   f->why,      f->advice,     f->condition, f->gc_words,     f->symbol};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) sum += sum_of(texts[k]);
    sum += f->decl->slot + sum_of(f->source->path) + str_of(cause_code(f->cause)).n;
    for (uint32_t k = 0; k < f->step_count; k++)
      sum += sum_of(f->steps[k].text) + (f->steps[k].source ? sum_of(f->steps[k].source->path) : 0);
    for (uint32_t k = 0; f->call && k < f->call->arg_count; k++) sum += sum_of(f->call->args[k].text);
    for (uint32_t k = 0; f->layout && f->layout->order && k < f->layout->field_count; k++) sum += f->layout->order[k];
  }
  return sum;
}

// With a right checksum, numbers still may not lead outside.
static void test_hostile(void **state) {
  const Digest key = {5, 6};
  Program *p;
  const PackageResult *r;
  Buf bytes = make(*state, key, &p, &r);
  uint32_t read = 0, refused = 0;
  const uint32_t wild[] = {UINT32_MAX, 0x7fffffff, (uint32_t)bytes.len, 0, 0xffff};
  for (size_t at = 16; at + 4 <= bytes.len; at += 4) {
    uint32_t before;
    memcpy(&before, bytes.text + at, 4);
    memcpy(bytes.text + at, &wild[at / 4 % 5], 4);
    sealed_seal(bytes.text, bytes.len);
    ReadBack b;
    read_back(&b, &bytes, key, r);
    if (b.findings)
      read += sum_of_all(b.findings) > 0;
    else
      refused++;
    read_release(&b);
    memcpy(bytes.text + at, &before, 4);
  }
  assert_true(read > 0 && refused > 0);
  buf_release(&bytes);
  package_result_release(r);
  program_free(p);
}

// ---- Through programs

// What a new program recalls of the file; the same as a build of its own.
static bool recalls(const Fixture *f, bool no_inline) {
  Program *p = new_program(f, no_inline);
  const PackageResult *recalled = program_recall_file(p, str_of(f->file));
  if (recalled) {
    assert_true(recalled->recalled);
    const PackageResult *r = build(p, f);
    const char *differs = result_differs(r, recalled->files, recalled->findings);
    for (uint32_t i = 0; i < r->file_count; i++)
      for (uint32_t k = 0; k < r->files[i]->decl_count; k++)
        assert_int_equal(package_result_broken(r, r->files[i], k),
                         package_result_broken(recalled, recalled->files[i], k));
    if (differs) fail_msg("%s", differs);
    assert_true(str_equal(r->dir, recalled->dir) && str_equal(r->import_path, recalled->import_path));
    assert_true(program_store_result(p, r, recalled, NULL)); // is the same
    assert_null(program_recall_file(p, str_of(f->file)));    // it is built now
    package_result_release(r);
  }
  package_result_release(recalled);
  program_free(p);
  return recalled != NULL;
}

static void store(const Fixture *f) {
  Program *p = new_program(f, false);
  const PackageResult *r = build(p, f);
  assert_false(program_store_result(p, r, NULL, NULL));
  package_result_release(r);
  program_free(p);
}

static void test_recall(void **state) {
  const Fixture *f = *state;
  assert_false(recalls(f, false));
  store(f);
  assert_true(recalls(f, false));
  assert_false(recalls(f, true)); // other options
  write_file(f, "m.go", "package m\n\nvar X = new(int)\n");
  assert_false(recalls(f, false));
  write_file(f, "m.go", text);
  assert_true(recalls(f, false));
  // The body of a function that is not inlined, in an imported package: its lines are shown.
  char *changed = mem_new(sizeof dependency + 8);
  snprintf(changed, sizeof dependency + 8, "%s\n", dependency);
  write_file(f, "q/q.go", changed);
  free(changed);
  assert_false(recalls(f, false));
  write_file(f, "q/q.go", dependency);
  assert_true(recalls(f, false));
  write_file(f, "n.go", "package m\n\nvar Y = new(int)\n");
  assert_false(recalls(f, false));
}

// A damaged entry is not used, and another one takes its place.
static void test_damaged_entry(void **state) {
  const Fixture *f = *state;
  store(f);
  char command[256];
  snprintf(command, sizeof command,
           "for f in $(find %s -type f); do printf x | dd of=$f bs=1 seek=99 conv=notrunc 2>/dev/null; done", f->cache);
  assert_int_equal(system(command), 0);
  assert_false(recalls(f, false));
  store(f);
  assert_true(recalls(f, false));
}

static void overlay(Program *p, const Fixture *f, const char *content) {
  program_set_overlay(p, str_of(f->file), content, strlen(content));
}

// What is stored of a package under edit is what a build of the new text says.
static void test_edited(void **state) {
  const Fixture *f = *state;
  Program *p = new_program(f, false);
  package_result_release(build(p, f));
  Buf now = {0};
  buf_puts(&now, text);
  char *at = strstr(now.text, "\tSink = q.New(n)\n");
  assert_non_null(at);
  memcpy(at, "\tSink = new(int)", 16);
  overlay(p, f, now.text);
  const PackageResult *r = build(p, f);
  assert_false(program_store_result(p, r, NULL, NULL));
  package_result_release(r);
  program_free(p);
  assert_false(recalls(f, false));
  write_file(f, "m.go", now.text);
  assert_true(recalls(f, false));
  buf_release(&now);
}

// A text that changed on disk after it was read is not what the result is of.
static void test_changed_meanwhile(void **state) {
  const Fixture *f = *state;
  Program *p = new_program(f, false);
  const PackageResult *r = build(p, f);
  write_file(f, "m.go", "package m\n\nvar X = new(int)\n");
  assert_false(program_store_result(p, r, NULL, NULL));
  package_result_release(r);
  program_free(p);
  assert_false(recalls(f, false));
}

// Broken code has verdicts of its own, but last good versions are not kept beyond the session.
static void test_broken(void **state) {
  const Fixture *f = *state;
  Program *p = new_program(f, false);
  package_result_release(build(p, f));
  Buf now = {0};
  buf_puts(&now, text);
  char *at = strstr(now.text, "return out");
  assert_non_null(at);
  memcpy(at, "return ou_", 10);
  overlay(p, f, now.text);
  const PackageResult *r = build(p, f);
  bool any_stale = false;
  FindingCursor c = {.set = r->findings};
  for (const Finding *each; (each = finding_next(&c));) any_stale |= c.of->stale;
  assert_true(any_stale);
  Buf bytes = {0};
  assert_false(stored_write(&bytes, r, (Digest){0}));
  assert_int_equal(bytes.len, 0);
  (void)program_store_result(p, r, NULL, NULL); // of a build of its own
  package_result_release(r);
  program_free(p);
  write_file(f, "m.go", now.text);
  assert_true(recalls(f, false));
  // Neither are faults of the syntax in the way.
  memcpy(at, "return (((", 10);
  write_file(f, "m.go", now.text);
  store(f);
  assert_true(recalls(f, false));
  buf_release(&now);
}

int main(int argc, char **argv) {
  if (argc > 1) return real_packages(argc - 1, argv + 1);
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_contents, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_damage, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_hostile, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_recall, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_damaged_entry, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_edited, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_changed_meanwhile, set_up, tear_down),
    cmocka_unit_test_setup_teardown(test_broken, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
