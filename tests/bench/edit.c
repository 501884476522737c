// edit: how long it takes from an edit to fresh findings of the whole package, in percentiles, and the memory it takes.
//
//   edit [-n rounds] [package file | /absolute/file.go]     default: net/http server.go
//   edit -m edits [...]                                     memory over so many random edits (those of live_test)
//
// The typed characters make up statements at the start of function bodies chosen at random, so that about half of the
// states do not type; "valid" edits always do. Signatures that are changed are those of functions chosen at random, and
// of the ten functions that the file calls most. Prints a table in Markdown.
#include "../live/edits.h"

enum { KIND_TYPED, KIND_VALID, KIND_PASTED, KIND_SIGNATURE, KIND_WIDE, KIND_UNDO, KIND_COUNT };
static const char *const kind_names[] = {
  "typed character", "changed literal", "pasted function", "changed signature", "changed signature, much used", "undo"};

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
  BUG_ON(!b->file.text.len);
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

// Adds a parameter to the function whose declaration is at f ("\nfunc name("), and takes it away.
static void toggle_parameter(Bench *b, const char *f, int kind) {
  const char *t = b->file.text.text;
  size_t at = (size_t)(strchr(f + 1, '(') + 1 - t);
  Str insert = t[at] == ')' ? STR("extra ...int") : STR("extra int, ");
  edits_replace(&b->file, at, 0, insert);
  measure(b, kind);
  edits_replace(&b->file, at, insert.n, STR(""));
  measure(b, kind);
}

static void change_signature(Bench *b) {
  char *t = b->file.text.text, *f = NULL;
  for (int tries = 0; tries < 1000 && !f; tries++) {
    f = strstr(t + edits_random(&b->seed) % b->file.text.len, "\nfunc ");
    if (f && (f[6] == '(' || !strchr(f + 1, ')'))) f = NULL;
  }
  if (f) toggle_parameter(b, f, KIND_SIGNATURE);
}

typedef struct Called {
  char name[64];
  uint32_t calls;
} Called;

static int by_calls(const void *a, const void *b) {
  const Called *x = a, *y = b;
  return x->calls > y->calls ? -1 : x->calls < y->calls;
}

static void change_much_used(Bench *b, uint32_t most) {
  VEC(Called) all = {0};
  const char *t = b->file.text.text;
  BUG_ON(!t);
  for (const char *f = strstr(t, "\nfunc "); f; f = strstr(f + 1, "\nfunc ")) {
    const char *name = f + 6;
    size_t n = strcspn(name, "([\n");
    Called c = {0};
    if (!n || n + 2 > sizeof c.name || name[n] != '(') continue;
    memcpy(c.name, name, n);
    c.name[n] = '(';
    for (const char *use = strstr(t, c.name); use; use = strstr(use + 1, c.name)) c.calls++;
    VEC_APPEND(&all, c);
  }
  if (all.len) qsort(all.items, all.len, sizeof *all.items, by_calls);
  for (uint32_t i = 0; i < all.len && i < most && all.items[i].calls > 2; i++) {
    char head[80];
    snprintf(head, sizeof head, "\nfunc %s", all.items[i].name);
    const char *f = strstr(b->file.text.text, head);
    if (f) toggle_parameter(b, f, KIND_WIDE);
  }
  free(all.items);
}

static int by_time(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void print_table(Bench *b) {
  puts("| edit | n | p50 ms | p90 ms | p99 ms | max ms | built anew |\n|---|---|---|---|---|---|---|");
  for (int k = 0; k < KIND_COUNT; k++) {
    uint32_t n = b->len[k];
    if (!n) continue;
    double *t = b->times[k];
    qsort(t, n, sizeof *t, by_time);
    printf("| %s | %u | %.2f | %.2f | %.2f | %.2f | %u |\n", kind_names[k], n, t[n / 2], t[n * 9 / 10], t[n * 99 / 100],
           t[n - 1], b->rebuilds[k]);
    free(t);
  }
}

static void measure_memory(Bench *b, uint32_t edits, Str pristine) {
  enum { STEPS = 20, WARM_UP = 200 };
  double from = edits_now(), start = 0, most = 0;
  uint32_t built = 0;
  puts("| edits | resident MB | built anew |\n|---|---|---|");
  for (uint32_t i = 0; i < edits; i++) {
    edits_random_edit(&b->file, &b->seed, i, pristine);
    const PackageResult *r = edits_analyze(&b->file);
    const PackageImage *image = r ? r->owner : NULL;
    built += image && !image->origin;
    package_result_release(b->last);
    b->last = r;
    double now = edits_resident_mb();
    if (i == WARM_UP) start = now;
    if (i >= WARM_UP && now > most) most = now;
    if (i == WARM_UP || i % (edits / STEPS + 1) == 0) printf("| %u | %.1f | %u |\n", i, now, built);
  }
  double end = edits_resident_mb();
  printf("\n%u edits in %.0f s: %.1f MB after %d edits, %.1f MB at the end (%+.1f %%), %.1f MB at most\n", edits,
         (edits_now() - from) / 1e3, start, WARM_UP, end, start > 0 ? 100 * (end - start) / start : 0, most);
}

static bool open_file(Bench *b, Arena *arena, int count, char **args) {
  if (count == 1 && args[0][0] == '/') {
    b->file.path = arena_str(arena, str_of(args[0]));
    Str dir = str_slice(b->file.path, 0, (size_t)str_last_byte(b->file.path, '/'));
    b->file.program = edits_program(dir);
  } else {
    Str goroot = edits_goroot(arena);
    if (!goroot.n) return false;
    b->file.path = arena_printf(arena, "%.*s/src/%s/%s", STR_ARG(goroot), count > 1 ? args[0] : "net/http",
                                count > 1 ? args[1] : "server.go");
    b->file.program = edits_program(arena_printf(arena, "%.*s/src", STR_ARG(goroot)));
  }
  return edits_read(&b->file.text, b->file.path.p);
}

static void measure_times(Bench *b, uint32_t rounds) {
  for (uint32_t i = 0; i < rounds; i++) {
    type_statement(b);
    valid_edit(b);
    if (i % 4 == 0) paste(b, i);
    if (i % 4 == 1) change_signature(b);
  }
  change_much_used(b, 10);
}

int main(int argc, char **argv) {
  uint32_t rounds = 20, memory = 0;
  int at = 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (; at + 1 < argc && argv[at][0] == '-'; at += 2)
    *(argv[at][1] == 'm' ? &memory : &rounds) = (uint32_t)atoi(argv[at + 1]);
  Arena arena;
  arena_init(&arena);
  Bench b = {.seed = 88172645463325252ULL};
  if (!open_file(&b, &arena, argc - at, argv + at)) {
    puts("SKIP: no Go, or no such file");
    return 0;
  }
  double from = edits_now();
  b.last = edits_analyze(&b.file);
  double cold = edits_now() - from;
  if (!b.last) return 1;
  printf("%.*s: first result %.0f ms, resident %.1f MB\n\n", STR_ARG(b.file.path), cold, edits_resident_mb());
  Buf pristine = {0};
  buf_str(&pristine, buf_view(&b.file.text));
  if (memory) {
    measure_memory(&b, memory, buf_view(&pristine));
  } else {
    measure_times(&b, rounds);
    print_table(&b);
    printf("\nresident after the edits: %.1f MB\n", edits_resident_mb());
  }
  package_result_release(b.last);
  program_free(b.file.program);
  buf_release(&b.file.text);
  buf_release(&pristine);
  arena_release(&arena);
  return 0;
}
