// verify.c: `heapls verify`: runs `go build` with -gcflags=-m, or -S (--alloc), on the packages, computes the same with
// heapls, and prints how far they agree (analysis/agreement/agreement.h).
//
// This and --cgo (cgo.c) alone run programs of the toolchain, because the user asked for it. Both sides use the same
// GOOS, GOARCH, flags and profiles, with cgo where the go command has it (cgo.c). The build gets an empty cache of its
// own: the go command replays stored compiler output with the paths of the directory where it was first made.
#include "cli/cli.h"

#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agreement/agreement.h"
#include "agreement/alloc_report.h"
#include "agreement/gcformat.h"

typedef struct VerifyArgs {
  bool json, by_package, classes, samples, no_inline, alloc;
  const char *from;
  const char *pgo;
  Str flags;         // of go build, after those of GOFLAGS
  VEC(Str) patterns; // heap
} VerifyArgs;

typedef struct Side2 {
  Agreement *agreement;
  Str cwd;
  Buf text;
  StrMap profiles; // with which packages were compiled
  Arena arena;
} Side2;

static bool take_args(VerifyArgs *out, const CliArgs *args) {
  *out = (VerifyArgs){.json = cli_has(args, OPTION_JSON),
                      .by_package = cli_has(args, OPTION_BY_PACKAGE),
                      .alloc = cli_has(args, OPTION_ALLOC),
                      .samples = cli_has(args, OPTION_SAMPLES),
                      .from = cli_value(args, OPTION_FROM),
                      .pgo = cli_value(args, OPTION_PGO)};
  out->classes = out->samples || cli_has(args, OPTION_CLASSES);
  if (cli_value(args, OPTION_BUILD_FLAGS)) out->flags = str_of(cli_value(args, OPTION_BUILD_FLAGS));
  const char *flags = cli_value(args, OPTION_VERIFY_GCFLAGS);
  out->no_inline = flags && strcmp(flags, "-m -l") == 0;
  if (flags && !out->no_inline && strcmp(flags, "-m") != 0) {
    cli_usage_error(COMMAND_VERIFY, "--gcflags is \"-m\" or \"-m -l\", not '%s'", flags);
    return false;
  }
  for (uint32_t i = 0; i < args->operands.len; i++) VEC_APPEND(&out->patterns, str_of(args->operands.items[i]));
  if (!out->patterns.len) VEC_APPEND(&out->patterns, STR("."));
  return true;
}

// Of a listing of machine code only the calls are kept: the rest is hundreds of megabytes.
static void keep_calls(Buf *out, Str lines) {
  while (lines.n) {
    ptrdiff_t end = str_index_byte(lines, '\n');
    Str line = str_slice(lines, 0, end < 0 ? lines.n : (size_t)end + 1);
    lines = str_slice(lines, line.n, lines.n);
    if (line.p[0] != '\t' || alloc_listing_calls(line)) buf_str(out, line);
  }
}

static bool read_all(int fd, Buf *out, bool calls_only) {
  char chunk[65536];
  Buf rest = {0}; // the unfinished last line
  for (;;) {
    ssize_t n = read(fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (calls_only) keep_calls(out, buf_view(&rest));
      buf_release(&rest);
      return n == 0;
    }
    if (!calls_only) {
      buf_str(out, (Str){chunk, (size_t)n});
      continue;
    }
    buf_str(&rest, (Str){chunk, (size_t)n});
    ptrdiff_t last = str_last_byte(buf_view(&rest), '\n');
    if (last < 0) continue;
    keep_calls(out, str_slice(buf_view(&rest), 0, (size_t)last + 1));
    size_t left = rest.len - (size_t)last - 1;
    memmove(rest.text, rest.text + last + 1, left);
    rest.len = left;
  }
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw) {
  (void)st, (void)flag, (void)ftw;
  chmod(path, 0700);
  return remove(path);
}

// The environment with some variables replaced; the array and its new strings live in the arena.
static char **build_environment(Arena *arena, const BuildContext *build, Str cache) {
  static const char *const replaced[] = {"CGO_ENABLED=", "GOCACHE=", "GOFLAGS="};
  VEC(char *) out = {0};
  for (char **e = environ; *e; e++) {
    bool drop = false;
    for (size_t i = 0; i < sizeof replaced / sizeof *replaced; i++)
      drop |= strncmp(*e, replaced[i], strlen(replaced[i])) == 0;
    if (!drop) VEC_PUSH(arena, &out, *e);
  }
  VEC_PUSH(arena, &out, build->cgo_enabled ? (char *)"CGO_ENABLED=1" : (char *)"CGO_ENABLED=0");
  VEC_PUSH(arena, &out, (char *)arena_printf(arena, "GOCACHE=%.*s", STR_ARG(cache)).p);
  VEC_PUSH(arena, &out, (char *)arena_printf(arena, "GOFLAGS=%.*s", STR_ARG(build->goflags)).p);
  VEC_PUSH(arena, &out, NULL);
  return out.items;
}

// `go build` on the patterns; its standard error into out. False (and a message printed) when it could not be run.
static bool run_go(const VerifyArgs *args, const BuildContext *build, Buf *out, double *cpu) {
  Arena arena;
  arena_init(&arena);
  const char *tmp = getenv("TMPDIR");
  Str cache = arena_printf(&arena, "%s/heapls-verify-XXXXXX", tmp && *tmp ? tmp : "/tmp");
  if (!mkdtemp((char *)cache.p)) {
    fprintf(stderr, "heapls verify: no directory for the build: %s\n", strerror(errno));
    arena_release(&arena);
    return false;
  }
  Str go = build->goroot.n ? arena_printf(&arena, "%.*s/bin/go", STR_ARG(build->goroot)) : STR("go");
  VEC(char *) argv = {0};
  VEC_PUSH(&arena, &argv, (char *)go.p);
  VEC_PUSH(&arena, &argv, (char *)"build");
  VEC_PUSH(&arena, &argv, (char *)"-o");
  VEC_PUSH(&arena, &argv, (char *)"/dev/null");
  VEC_PUSH(&arena, &argv, (char *)(args->alloc ? "-gcflags=-S" : args->no_inline ? "-gcflags=-m -l" : "-gcflags=-m"));
  if (args->pgo) VEC_PUSH(&arena, &argv, (char *)arena_printf(&arena, "-pgo=%s", args->pgo).p);
  for (uint32_t i = 0; i < args->patterns.len; i++)
    VEC_PUSH(&arena, &argv, (char *)arena_str(&arena, args->patterns.items[i]).p);
  VEC_PUSH(&arena, &argv, NULL);
  int ends[2];
  bool ok = pipe(ends) == 0;
  pid_t pid = 0;
  int status = 0;
  struct rusage usage = {0};
  if (ok) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    int error = posix_spawnp(&pid, go.p, &actions, NULL, argv.items, build_environment(&arena, build, cache));
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    ok = error == 0;
    if (!ok) fprintf(stderr, "heapls verify: %.*s: %s\n", STR_ARG(go), strerror(error));
    if (ok) ok = read_all(ends[0], out, args->alloc);
    close(ends[0]);
    if (pid > 0) wait4(pid, &status, 0, &usage);
  }
  if (ok && status != 0) {
    Buf rest = {0};
    agreement_write_rest(&rest, buf_view(out));
    enum { SAID = 4000 };
    fprintf(stderr, "heapls verify: the build failed:\n%.*s%s", (int)(rest.len < SAID ? rest.len : SAID),
            rest.text ? rest.text : "", rest.len > SAID ? "…\n" : "");
    buf_release(&rest);
    ok = false;
  }
  *cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
         1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
  nftw(cache.p, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  arena_release(&arena);
  return ok;
}

static bool read_file(const char *path, Buf *out) {
  FILE *f = fopen(path, "rb");
  bool ok = f && read_all(fileno(f), out, false);
  if (!ok) fprintf(stderr, "heapls verify: %s: %s\n", path, strerror(errno));
  if (f) fclose(f);
  return ok;
}

static void note_profile(StrMap *seen, Arena *arena, Str profile) {
  if (!profile.n || strmap_has(seen, profile)) return;
  strmap_set(seen, arena_str(arena, profile), seen);
}

static void package_ready(void *context, const PackageResult *result, uint32_t place) {
  (void)place; // sets of lines are compared
  Side2 *side = context;
  note_profile(&side->profiles, &side->arena, result->profile);
  buf_clear(&side->text);
  gc_format_package(&side->text, result, side->cwd, false);
  agreement_add(side->agreement, SIDE_HEAPLS, buf_view(&side->text));
}

static json_t *tally_json(Tally t) {
  return json_pack("{s:i,s:i,s:i,s:f}", "gc", (int)t.gc, "heapls", (int)t.heapls, "both", (int)t.both, "f1",
                   tally_f1(t));
}

static json_t *string_json(Str s) {
  json_t *j = json_stringn(s.p, s.n);
  return j ? j : json_string("");
}

static json_t *class_json(const DisagreementClass *c) {
  json_t *samples = json_array();
  for (uint32_t i = 0; i < c->sample_count; i++) json_array_append_new(samples, string_json(c->samples[i]));
  return json_pack("{s:s,s:s,s:s,s:i,s:o}", "message", line_kind_name(c->kind), "class", disagreement_name(c->why),
                   "only", c->only == SIDE_GC ? "gc" : "heapls", "lines", (int)c->lines, "samples", samples);
}

static void print_json(const Agreement *a, Str go_version) {
  json_t *kinds = json_object(), *families = json_object(), *packages = json_array(), *classes = json_array();
  for (int k = 0; k < LINE_KIND_COUNT; k++)
    if (a->kinds[k].gc + a->kinds[k].heapls)
      json_object_set_new(kinds, line_kind_name((LineKind)k), tally_json(a->kinds[k]));
  for (int f = 0; f < FAMILY_COUNT; f++)
    json_object_set_new(families, family_name((Family)f), tally_json(a->families[f]));
  for (uint32_t i = 0; i < a->packages.len; i++) {
    const PackageTally *p = &a->packages.items[i];
    json_array_append_new(packages, json_pack("{s:o,s:o,s:o}", "path", string_json(p->path), "escape",
                                              tally_json(p->families[FAMILY_ESCAPE]), "inline",
                                              tally_json(p->families[FAMILY_INLINE])));
  }
  for (uint32_t i = 0; i < a->classes.len; i++) json_array_append_new(classes, class_json(&a->classes.items[i]));
  json_t *root = json_pack("{s:o,s:o,s:o,s:o,s:i,s:i,s:o,s:o}", "go", string_json(go_version), "all",
                           tally_json(a->all), "kinds", kinds, "families", families, "positions", (int)a->positions,
                           "same_verdict", (int)a->same_verdict, "packages", packages, "classes", classes);
  json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
  putchar('\n');
  json_decref(root);
}

static void print_packages(const Agreement *a) {
  printf("\n| package | escape lines (gc) | F1 | inline lines (gc) | F1 |\n|---|---:|---:|---:|---:|\n");
  for (uint32_t i = 0; i < a->packages.len; i++) {
    const PackageTally *p = &a->packages.items[i];
    printf("| %.*s | %u | %.4f | %u | %.4f |\n", STR_ARG(p->path), p->families[FAMILY_ESCAPE].gc,
           tally_f1(p->families[FAMILY_ESCAPE]), p->families[FAMILY_INLINE].gc, tally_f1(p->families[FAMILY_INLINE]));
  }
}

static void print_classes(const Agreement *a, bool samples) {
  printf("\n| lines | only | message | class |\n|---:|---|---|---|\n");
  for (uint32_t i = 0; i < a->classes.len; i++) {
    const DisagreementClass *c = &a->classes.items[i];
    printf("| %u | %s | %s | %s |\n", c->lines, c->only == SIDE_GC ? "gc" : "heapls", line_kind_name(c->kind),
           disagreement_name(c->why));
    for (uint32_t k = 0; samples && k < c->sample_count; k++) printf("    %.*s\n", STR_ARG(c->samples[k]));
  }
}

static double cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int verify(const VerifyArgs *args, Str cwd) {
  ProgramOptions options = {.build = {.environ = environ, .cwd = cwd, .pgo = str_of(args->pgo), .flags = args->flags},
                            .ir = {.level = 1, .no_inline = args->no_inline}};
  double before = cpu_seconds();
  Program *program = program_new(&options);
  Side2 side = {.agreement = agreement_new(), .cwd = cwd};
  Buf errors = {0}, theirs = {0};
  ProgramRun run = {.patterns = args->patterns.items,
                    .pattern_count = args->patterns.len,
                    .package_ready = package_ready,
                    .context = &side,
                    .as_built = true,
                    .transient = true};
  cli_translate_cgo(program, cwd, args->patterns.items, args->patterns.len, false);
  program_run(program, &run, NULL, &errors);
  double ours = cpu_seconds() - before, gc = 0;
  if (errors.len) fprintf(stderr, "%.*s", STR_ARG(buf_view(&errors)));
  const BuildContext *build = program_build_context(program);
  bool ok = args->from ? read_file(args->from, &theirs) : run_go(args, build, &theirs, &gc);
  if (ok) {
    agreement_add(side.agreement, SIDE_GC, buf_view(&theirs));
    agreement_compute(side.agreement);
    if (args->json) {
      print_json(side.agreement, build->go_version);
    } else {
      Buf table = {0};
      agreement_write_table(&table, side.agreement);
      fputs(table.text, stdout);
      buf_release(&table);
      if (args->by_package) print_packages(side.agreement);
      if (args->classes) print_classes(side.agreement, args->samples);
      printf("\n%.*s", STR_ARG(build->go_version));
      for (uint32_t i = 0; i < side.profiles.len; i++)
        printf("%s%.*s", i ? ", " : ", with the profile ", STR_ARG(side.profiles.entries[i].key));
      printf("; heapls used %.1f s of CPU time", ours);
      if (gc > 0) printf(", go build %.1f s (%.0f times as much)", gc, gc / (ours > 0 ? ours : 1));
      puts(".");
    }
  }
  buf_release(&errors);
  buf_release(&theirs);
  buf_release(&side.text);
  strmap_release(&side.profiles);
  arena_release(&side.arena);
  agreement_free(side.agreement);
  program_free(program);
  return ok ? 0 : 2;
}

// ---- Allocator calls

static void alloc_package_ready(void *context, const PackageResult *result, uint32_t place) {
  (void)place;
  alloc_agreement_add_result(context, result);
}

static int verify_alloc(const VerifyArgs *args, Str cwd) {
  ProgramOptions options = {.build = {.environ = environ, .cwd = cwd, .pgo = str_of(args->pgo), .flags = args->flags},
                            .ir = {.level = 1}};
  Program *program = program_new(&options);
  AllocAgreement *agreement = alloc_agreement_new();
  Buf errors = {0}, theirs = {0}, table = {0};
  ProgramRun run = {.patterns = args->patterns.items,
                    .pattern_count = args->patterns.len,
                    .package_ready = alloc_package_ready,
                    .context = agreement,
                    .as_built = true,
                    .transient = true};
  cli_translate_cgo(program, cwd, args->patterns.items, args->patterns.len, false);
  program_run(program, &run, NULL, &errors);
  if (errors.len) fprintf(stderr, "%.*s", STR_ARG(buf_view(&errors)));
  const BuildContext *build = program_build_context(program);
  double cpu = 0;
  bool ok = args->from ? read_file(args->from, &theirs) : run_go(args, build, &theirs, &cpu);
  if (ok) {
    alloc_agreement_add_listing(agreement, buf_view(&theirs));
    alloc_agreement_compute(agreement);
    alloc_agreement_write(&table, agreement);
    fputs(table.text, stdout);
    printf("\n%.*s.\n", STR_ARG(build->go_version));
  }
  buf_release(&errors);
  buf_release(&theirs);
  buf_release(&table);
  alloc_agreement_free(agreement);
  program_free(program);
  return ok ? 0 : 2;
}

int cli_verify(const CliArgs *arguments) {
  VerifyArgs args = {0};
  int status = 2;
  char cwd[PATH_MAX];
  if (!take_args(&args, arguments) || !cli_change_directory(arguments)) {
    // the message was printed
  } else if (!getcwd(cwd, sizeof cwd)) {
    fprintf(stderr, "heapls verify: the current directory: %s\n", strerror(errno));
  } else {
    status = args.alloc ? verify_alloc(&args, str_of(cwd)) : verify(&args, str_of(cwd));
  }
  free(args.patterns.items);
  return status;
}
