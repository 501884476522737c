// edit: how long it takes from an edit to fresh findings of the whole package, in percentiles, and the memory it takes.
//
//   edit [-n edits] [package file]     default: net/http server.go
//
// The typed characters make up statements at the start of function bodies chosen at random, so that about half of the
// states do not type; "valid" edits always do. Prints a table in Markdown.
#include "../live/edits.h"

enum { KIND_TYPED, KIND_VALID, KIND_PASTED, KIND_SIGNATURE, KIND_UNDO, KIND_COUNT };
static const char *const kind_names[] = {"typed character", "changed literal", "pasted function", "changed signature",
                                         "undo"};

typedef struct Bench {
  EditedFile file;
  double *times[KIND_COUNT];
  uint32_t len[KIND_COUNT], cap[KIND_COUNT];
  uint32_t rebuilds[KIND_COUNT];
  uint64_t seed;
  const PackageResult *last;
} Bench;

static void measure(Bench *b, int kind) {
  double from = edits_now();
  const PackageResult *r = edits_analyze(&b->file);
  double took = edits_now() - from;
  VEC(double) v = {b->times[kind], b->len[kind], b->cap[kind]};
  VEC_APPEND(&v, took);
  b->times[kind] = v.items, b->len[kind] = v.len, b->cap[kind] = v.cap;
  const PackageImage *image = r ? r->owner : NULL;
  if (image && !image->origin) b->rebuilds[kind]++;
  package_result_release(b->last);
  b->last = r;
}

// Just past the brace of a function's body, at the end of its line.
static size_t random_body(Bench *b) {
  const char *t = b->file.text.text;
  for (;;) {
    size_t at = edits_random(&b->seed) % b->file.text.len;
    const char *f = strstr(t + at, "\nfunc ");
    if (!f) continue;
    const char *end = strchr(f + 1, '\n');
    if (end && end[-1] == '{') return (size_t)(end + 1 - t);
  }
}

static void type_statement(Bench *b) {
  static const char *const statements[] = {"\tvar tmp = new(int)\n", "\tprintln(len([]string{\"a\", \"b\"}))\n",
                                           "\tfor i := range 10 {\n\t\tprint(i)\n\t}\n",
                                           "\tif buf := make([]byte, 64); len(buf) > 0 {\n\t\treturn\n\t}\n"};
  size_t at = random_body(b);
  Str s = str_of(statements[edits_random(&b->seed) % 4]);
  Str before = {b->file.text.text, b->file.text.len};
  Buf saved = {0};
  buf_str(&saved, before);
  for (size_t i = 0; i < s.n; i++) {
    edits_replace(&b->file, at + i, 0, str_slice(s, i, i + 1));
    measure(b, KIND_TYPED);
  }
  buf_release(&b->file.text);
  b->file.text = saved;
  measure(b, KIND_UNDO);
}

static void valid_edit(Bench *b) {
  size_t at = random_body(b);
  char line[64];
  for (int i = 0; i < 6; i++) {
    int n = snprintf(line, sizeof line, "\t_ = new([%d]int)\n", (int)(edits_random(&b->seed) % 9) + 1);
    edits_replace(&b->file, at, i ? (size_t)n : 0, (Str){line, (size_t)n});
    measure(b, KIND_VALID);
  }
  edits_replace(&b->file, at, strlen(line), STR(""));
  measure(b, KIND_UNDO);
}

static void paste(Bench *b, uint32_t number) {
  char text[200];
  int n = snprintf(text, sizeof text,
                   "\nfunc pasted%u(n int) []*int {\n\tout := make([]*int, n)\n\tfor i := range out {\n\t\tout[i] = "
                   "new(int)\n\t}\n\treturn out\n}\n",
                   number);
  size_t at = b->file.text.len;
  edits_replace(&b->file, at, 0, (Str){text, (size_t)n});
  measure(b, KIND_PASTED);
  edits_replace(&b->file, at, (size_t)n, STR(""));
  measure(b, KIND_PASTED);
}

static void change_signature(Bench *b) {
  char *t = b->file.text.text, *f = NULL;
  for (int tries = 0; tries < 1000 && !f; tries++) {
    f = strstr(t + edits_random(&b->seed) % b->file.text.len, "\nfunc ");
    if (f && (f[6] == '(' || !strchr(f + 1, ')'))) f = NULL;
  }
  if (!f) return;
  size_t at = (size_t)(strchr(f + 1, '(') + 1 - t);
  Str insert = t[at] == ')' ? STR("extra ...int") : STR("extra int, ");
  edits_replace(&b->file, at, 0, insert);
  measure(b, KIND_SIGNATURE);
  edits_replace(&b->file, at, insert.n, STR(""));
  measure(b, KIND_SIGNATURE);
}

static int by_time(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
  uint32_t count = 20;
  int at = 1;
  if (argc > 2 && strcmp(argv[1], "-n") == 0) count = (uint32_t)atoi(argv[2]), at = 3;
  const char *package = argc > at + 1 ? argv[at] : "net/http", *name = argc > at + 1 ? argv[at + 1] : "server.go";
  Arena arena;
  arena_init(&arena);
  Str goroot = edits_goroot(&arena);
  if (!goroot.n) {
    puts("SKIP: no Go found");
    return 0;
  }
  Bench b = {.seed = 88172645463325252ULL};
  b.file.path = arena_printf(&arena, "%.*s/src/%s/%s", STR_ARG(goroot), package, name);
  if (!edits_read(&b.file.text, b.file.path.p)) {
    printf("SKIP: no file %s\n", b.file.path.p);
    return 0;
  }
  b.file.program = edits_program(arena_printf(&arena, "%.*s/src", STR_ARG(goroot)));
  double from = edits_now();
  b.last = edits_analyze(&b.file);
  double cold = edits_now() - from, cold_memory = edits_resident_mb();
  if (!b.last) return 1;
  for (uint32_t i = 0; i < count; i++) {
    type_statement(&b);
    valid_edit(&b);
    if (i % 4 == 0 && !getenv("NOPASTE")) paste(&b, i);
    if (i % 4 == 1 && !getenv("NOPASTE")) change_signature(&b);
  }
  printf("%s/%s: first result %.0f ms, resident %.1f MB; after the edits %.1f MB\n\n", package, name, cold, cold_memory,
         edits_resident_mb());
  puts("| edit | n | p50 ms | p90 ms | p99 ms | max ms | built anew |\n|---|---|---|---|---|---|---|");
  for (int k = 0; k < KIND_COUNT; k++) {
    uint32_t n = b.len[k];
    if (!n) continue;
    double *t = b.times[k];
    qsort(t, n, sizeof *t, by_time);
    printf("| %s | %u | %.2f | %.2f | %.2f | %.2f | %u |\n", kind_names[k], n, t[n / 2], t[n * 9 / 10], t[n * 99 / 100],
           t[n - 1], b.rebuilds[k]);
    free(t);
  }
  package_result_release(b.last);
  program_free(b.file.program);
  buf_release(&b.file.text);
  arena_release(&arena);
  return 0;
}
