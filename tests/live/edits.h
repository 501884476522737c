// edits.h: what the tests and benchmarks of live editing share: a package of the standard library opened in a program,
// and random edits as people make them.
#ifndef HEAPLS_TEST_EDITS_H
#define HEAPLS_TEST_EDITS_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "live/live_internal.h"
#include "program/program_internal.h"

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
  const char *removed; // by the last edit, a brace or quote; NULL: none
  size_t removed_at;
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

// ---- Random edits

static inline uint32_t edits_pick(uint64_t *seed, size_t below) {
  return (uint32_t)(edits_random(seed) % (below ? below : 1));
}

// The first place from a random one on; SIZE_MAX: none.
static inline size_t edits_find(const EditedFile *e, uint64_t *seed, const char *what) {
  if (!e->text.text) return SIZE_MAX;
  const char *at = strstr(e->text.text + edits_pick(seed, e->text.len), what);
  return at ? (size_t)(at - e->text.text) : SIZE_MAX;
}

static inline void edits_restore(EditedFile *e, Str pristine) {
  buf_clear(&e->text);
  buf_str(&e->text, pristine);
  e->removed = NULL;
}

static inline void edits_type_text(EditedFile *e, uint64_t *seed) {
  static const char *const texts[] = {"x := new(int)\n\t_ = x\n",
                                      "_ = 1\n",
                                      "return\n",
                                      "if true {\n",
                                      "}\n",
                                      "println(\"a\")\n",
                                      "a",
                                      "x.",
                                      "(",
                                      "\"",
                                      "`",
                                      "_ = append([]int(nil), 1)\n",
                                      "defer func() { recover() }()\n",
                                      "go func() {}()\n",
                                      "var v any = 7; _ = v\n",
                                      "/*",
                                      "*/",
                                      "//"};
  size_t at = edits_find(e, seed, "\n\t");
  if (at == SIZE_MAX) return;
  edits_replace(e, at + 2, 0, str_of(texts[edits_pick(seed, sizeof texts / sizeof *texts)]));
}

static inline void edits_delete_some(EditedFile *e, uint64_t *seed) {
  size_t at = edits_pick(seed, e->text.len), n = 1 + edits_pick(seed, edits_pick(seed, 4) ? 3 : 60);
  if (at + n < e->text.len) edits_replace(e, at, n, STR(""));
}

static inline void edits_delete_line(EditedFile *e, uint64_t *seed) {
  size_t at = edits_find(e, seed, "\n\t");
  if (at == SIZE_MAX) return;
  const char *end = strchr(e->text.text + at + 1, '\n');
  if (end) edits_replace(e, at, (size_t)(end - e->text.text) - at, STR(""));
}

static inline void edits_duplicate_line(EditedFile *e, uint64_t *seed) {
  size_t at = edits_find(e, seed, "\n\t");
  if (at == SIZE_MAX) return;
  const char *end = strchr(e->text.text + at + 1, '\n');
  if (!end) return;
  Buf copy = {0};
  buf_str(&copy, (Str){e->text.text + at, (size_t)(end - e->text.text) - at});
  edits_replace(e, at, 0, buf_view(&copy));
  buf_release(&copy);
}

static inline void edits_paste_function(EditedFile *e, uint64_t *seed) {
  char text[160];
  snprintf(text, sizeof text, "\nfunc pasted%u(n int) *int {\n\tp := new(int)\n\t*p = n\n\treturn p\n}\n",
           edits_pick(seed, 1000000));
  size_t at = edits_find(e, seed, "\nfunc ");
  edits_replace(e, at == SIZE_MAX ? e->text.len : at + 1, 0, str_of(text));
}

static inline void edits_remove_at(EditedFile *e, uint64_t *seed, const char *what) {
  size_t at = edits_find(e, seed, what);
  if (at == SIZE_MAX) return;
  edits_replace(e, at, strlen(what), STR(""));
  e->removed = what;
  e->removed_at = at;
}

// Half of the time a brace or quote that was removed is put back by the next edit.
static inline bool edits_mend(EditedFile *e, uint64_t *seed) {
  const char *removed = e->removed;
  e->removed = NULL;
  if (!removed || edits_pick(seed, 2)) return false;
  edits_replace(e, e->removed_at, 0, str_of(removed));
  return true;
}

static inline void edits_change_number(EditedFile *e, uint64_t *seed) {
  size_t at = edits_pick(seed, e->text.len);
  for (; at < e->text.len; at++) {
    char c = e->text.text[at];
    if (c < '1' || c > '8') continue;
    char next[2] = {(char)(c + 1), 0};
    edits_replace(e, at, 1, str_of(next));
    return;
  }
}

enum { RESTORED_EVERY = 12 }; // the last of so many random edits brings the first text back

static inline void edits_random_edit(EditedFile *e, uint64_t *seed, uint32_t number, Str pristine) {
  if (number % RESTORED_EVERY == RESTORED_EVERY - 1) {
    edits_restore(e, pristine);
    return;
  }
  if (edits_mend(e, seed)) return;
  switch (edits_pick(seed, 16)) {
  case 0:
  case 1:
  case 2:
  case 3:
  case 4: edits_type_text(e, seed); break;
  case 5: edits_delete_some(e, seed); break;
  case 6:
  case 7:
  case 8: edits_delete_line(e, seed); break;
  case 9:
  case 10: edits_duplicate_line(e, seed); break;
  case 11: edits_paste_function(e, seed); break;
  case 12: edits_remove_at(e, seed, "{"); break;
  case 13: edits_remove_at(e, seed, "}"); break;
  case 14: edits_remove_at(e, seed, "\""); break;
  default: edits_change_number(e, seed); break;
  }
}

#endif
