// edits.h: what the tests and benchmarks of live editing share: a package of the standard library opened in a program,
// and random edits as people make them.
#ifndef HEAPLS_TEST_EDITS_H
#define HEAPLS_TEST_EDITS_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "report/live.h"

extern char **environ;

static inline double edits_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline double edits_resident_mb(void) {
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f) return 0;
  unsigned long size = 0, resident = 0;
  if (fscanf(f, "%lu %lu", &size, &resident) != 2) resident = 0;
  fclose(f);
  return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static inline uint64_t edits_random(uint64_t *state) { // xorshift64*
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * 0x2545F4914F6CDD1DULL;
}

// GOROOT, empty when there is no Go.
static inline Str edits_goroot(Arena *a) {
  const char *set = getenv("GOROOT");
  if (set && *set) return arena_str(a, str_of(set));
  FILE *p = popen("go env GOROOT 2>/dev/null", "r");
  char line[512] = "";
  if (p && !fgets(line, sizeof line, p)) line[0] = 0;
  if (p) pclose(p);
  size_t n = strcspn(line, "\n");
  return arena_str(a, (Str){line, n});
}

static inline bool edits_read(Buf *out, const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  char chunk[65536];
  for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_str(out, (Str){chunk, n});
  fclose(f);
  return true;
}

static inline Program *edits_program(Str cwd) {
  return program_new(&(ProgramOptions){
    .build = {.environ = environ, .cwd = cwd, .cgo = 0}, .ir = {.level = 1, .explain = true}, .workers = 2});
}

// A file under edit.
typedef struct EditedFile {
  Program *program;
  Str path;
  Buf text;
} EditedFile;

static inline void edits_replace(EditedFile *e, size_t at, size_t len, Str by) {
  Buf next = {0};
  buf_str(&next, (Str){e->text.text, at});
  buf_str(&next, by);
  buf_str(&next, (Str){e->text.text + at + len, e->text.len - at - len});
  buf_release(&e->text);
  e->text = next;
}

static inline const PackageResult *edits_analyze(EditedFile *e) {
  program_set_overlay(e->program, e->path, e->text.text, e->text.len);
  Buf error = {0};
  const PackageResult *r = program_analyze_file(e->program, e->path, NULL, &error);
  if (!r) fprintf(stderr, "%.*s\n", (int)error.len, error.text ? error.text : "");
  buf_release(&error);
  return r;
}

#endif
