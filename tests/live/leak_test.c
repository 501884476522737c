// leak_test: what random edits of a package leave behind goes. After thousands of them, with the first text back and
// the package built anew where that is due, as much memory is in use as after the first of them.
//
//   leak_test [-n edits] [-s seed] [package:file.go …]
//
// In use is what was allocated and not freed, so the figure does not hang on how the heap is laid out. The first
// quarter of the edits is what the others are compared with. Names are kept for good (intern.h), which is the reason
// for what edits may add.
#include "edits.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

enum { STEPS = 4, REST_EVERY = 10 * RESTORED_EVERY, SHARE = 256, BYTES_PER_EDIT = 16 };

typedef struct Use {
  size_t heap, arenas; // arenas: those that the program has; some of their memory is no part of the heap
} Use;

static void note_least(Use *least, Use now) {
  if (!least->arenas || now.heap < least->heap) least->heap = now.heap;
  if (!least->arenas || now.arenas < least->arenas) least->arenas = now.arenas;
}

static Use in_use(const Program *program) {
  Use use = {0, program_memory(program)};
#ifdef __GLIBC__
  struct mallinfo2 info = mallinfo2();
  use.heap = info.uordblks + info.hblkhd;
#endif
  return use;
}

static bool analyze(EditedFile *file) {
  const PackageResult *r = edits_analyze(file);
  package_result_release(r);
  return r != NULL;
}

// As the server when nothing is left to do.
static void rest(EditedFile *file) {
  package_result_release(program_renew(file->program, file->path, NULL));
  program_expect_edits(file->program, file->path);
}

// Returns the least that was in use when it was at rest: what edits leave behind is let go when it is worth the while.
static bool edit(EditedFile *file, uint64_t *seed, Str pristine, uint32_t edits, Use *least) {
  for (uint32_t i = 0; i < edits; i++) {
    edits_random_edit(file, seed, i, pristine);
    if (!analyze(file)) return false;
    if (i % REST_EVERY != REST_EVERY - 1) continue;
    rest(file);
    note_least(least, in_use(file->program));
  }
  return true;
}

// Is it no more than it was, so many edits ago?
static bool is_steady(const char *what, size_t before, size_t now, uint32_t edits) {
  bool good = now <= before + before / SHARE + (size_t)edits * BYTES_PER_EDIT;
  printf("  %s: %zu KiB, then %zu KiB (%+.2f %%)%s\n", what, before / 1024, now / 1024,
         ((double)now - (double)before) * 100 / (double)(before ? before : 1), good ? "" : " TOO MUCH");
  return good;
}

static bool run(Str goroot, const char *spec, uint32_t edits, uint64_t seed) {
  Arena arena;
  arena_init(&arena);
  const char *colon = strchr(spec, ':');
  int n = colon ? (int)(colon - spec) : (int)strlen(spec);
  EditedFile file = {.program = edits_program(arena_printf(&arena, "%.*s/src", STR_ARG(goroot)))};
  file.path = arena_printf(&arena, "%.*s/src/%.*s/%s", STR_ARG(goroot), n, spec, colon ? colon + 1 : "");
  Buf pristine = {0};
  bool good = edits_read(&file.text, file.path.p);
  if (good) buf_str(&pristine, buf_view(&file.text));
  uint32_t step = edits / STEPS / REST_EVERY * REST_EVERY;
  Use first = {0};
  for (uint32_t i = 0; i < STEPS && good; i++) {
    Use now = {0};
    good = edit(&file, &seed, buf_view(&pristine), step, &now);
    if (i == 0) first = now;
    printf("%s: %u edits\n", spec, step * (i + 1));
    good = good && is_steady("heap", first.heap, now.heap, step * i);
    good = good && is_steady("arenas", first.arenas, now.arenas, step * i);
  }
  buf_release(&pristine);
  buf_release(&file.text);
  program_free(file.program);
  arena_release(&arena);
  return good;
}

int main(int argc, char **argv) {
  static const char *const defaults[] = {"encoding/json:decode.go"};
  Arena arena;
  arena_init(&arena);
  setvbuf(stdout, NULL, _IOLBF, 0);
  uint32_t edits = 2400;
  uint64_t seed = 88172645463325252ULL;
  int at = 1;
  for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
    if (strcmp(argv[at], "-n") == 0) edits = (uint32_t)atoi(argv[at + 1]);
    if (strcmp(argv[at], "-s") == 0) seed = (uint64_t)atoll(argv[at + 1]) * 0x9E3779B97F4A7C15ULL + 1;
  }
  Str goroot = edits_goroot(&arena);
  bool good = true;
  if (!goroot.n) puts("SKIP: no Go found");
  const char *const *specs = at < argc ? (const char *const *)argv + at : defaults;
  uint32_t len = at < argc ? (uint32_t)(argc - at) : (uint32_t)(sizeof defaults / sizeof *defaults);
  for (uint32_t i = 0; i < len && goroot.n; i++) good &= run(goroot, specs[i], edits, seed);
  arena_release(&arena);
  return good ? 0 : 1;
}
