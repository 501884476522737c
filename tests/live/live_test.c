// live_test: random edits of real packages: what a package under edit says must equal what a fresh run says of the same
// text (where code is broken: of the text that is analysed in its stead, which has the last good version of what is
// broken).
//
//   live_test [-n edits] [-s seed] [-c check every] [-v] [package …]   a package is import/path or import/path:file.go;
//                                                                      -v writes the text of a difference to a file
//   live_test -l [-s seed] [package …]                                 the long form: 10,000 edits in each package
#include "edits.h"
#include "live_dump.h"

typedef struct Options {
  uint32_t edits, every;
  uint64_t seed;
  bool verbose;
  Str goroot;
} Options;

typedef struct Session {
  const Options *options;
  EditedFile file;
  Buf pristine;
  const PackageResult *last;
  uint64_t seed;
  uint32_t checks, live, stale_states, renewals;
} Session;

static void restore(Session *s) { edits_restore(&s->file, buf_view(&s->pristine)); }

static void edit(Session *s, uint32_t number) { edits_random_edit(&s->file, &s->seed, number, buf_view(&s->pristine)); }

// Lines that only one of them has.
static uint32_t differences(Str a, Str b, bool show) {
  uint32_t count = 0;
  size_t i = 0, k = 0;
  while (i < a.n || k < b.n) {
    ptrdiff_t x = str_index_byte(str_slice(a, i, a.n), '\n'), y = str_index_byte(str_slice(b, k, b.n), '\n');
    Str l = str_slice(a, i, x >= 0 ? i + (size_t)x : a.n), r = str_slice(b, k, y >= 0 ? k + (size_t)y : b.n);
    int order = i >= a.n ? 1 : k >= b.n ? -1 : str_compare(l, r);
    if (order && show && count < 20) printf("    %s %.*s\n", order < 0 ? "live " : "fresh", STR_ARG(order < 0 ? l : r));
    count += order != 0;
    if (order <= 0) i += l.n + 1;
    if (order >= 0) k += r.n + 1;
  }
  return count;
}

// Does every step of what is not stale lie in its declaration, where that is now?
static bool steps_stand(const PackageResult *r) {
  const Finding *f;
  for (FindingCursor c = {.set = r->findings}; (f = finding_next(&c));) {
    for (uint32_t i = 0; i < f->step_count && !f->stale; i++) {
      FindingStep step = package_result_step(r, &f->steps[i]);
      const FindingFile *file = step.source ? finding_file_of(r->findings, step.source) : NULL;
      if (!file) continue;
      const FindingGroup *in = finding_group_of(r->findings, step.decl);
      Str text = STR_NONE;
      LineCol lc = {0};
      for (uint32_t k = 0; k < r->file_count; k++) {
        if (r->files[k]->source != step.source) continue;
        text = str_slice(r->files[k]->text, in->start, in->start + in->decl->text.n);
        lc = ast_file_line_col(r->files[k], step.at);
      }
      if (!str_equal(text, in->decl->text)) continue; // it stands for one that is broken
      if (step.start >= in->start && step.end <= in->start + in->decl->text.n && lc.line == step.line &&
          lc.column == step.column)
        continue;
      printf("    step %.*s of %.*s is at %u:%u\n", STR_ARG(step.text), STR_ARG(f->subject), step.line, step.column);
      return false;
    }
  }
  return true;
}

// A fresh run on the text that the live package goes by.
static bool check(Session *s) {
  if (!steps_stand(s->last)) return false;
  const PackageImage *image = s->last->owner;
  Buf live = {0}, other = {0}, text = {0};
  live_dump(&live, s->last, s->last);
  uint32_t index = 0;
  while (index < image->file_count && !str_equal(image->asts[index]->source->path, s->file.path)) index++;
  live_effective_text(&text, s->last, index);
  const PackageResult *r = live_fresh(s->last, index, buf_view(&text));
  if (!r) return false;
  live_dump(&other, r, s->last);
  uint32_t n = differences(buf_view(&live), buf_view(&other), true);
  if (n && s->options->verbose) {
    FILE *f = fopen("/tmp/live_differs.go", "w");
    if (f) fwrite(text.text, 1, text.len, f), fclose(f);
  }
  package_result_release(r);
  buf_release(&live);
  buf_release(&other);
  buf_release(&text);
  s->checks++;
  return n == 0;
}

// Types that are right again, and those of which only comments have changed, are not stale.
static bool types_are_fresh(const Session *s) {
  const Finding *f;
  for (FindingCursor c = {.set = s->last->findings}; (f = finding_next(&c));) {
    if (f->kind != FINDING_TYPE || !f->stale) continue;
    printf("    %.*s is shown as stale\n", STR_ARG(f->subject));
    return false;
  }
  return true;
}

// A package that is built anew because of what edits left behind must say what it said before.
static bool renew(Session *s) {
  const PackageResult *r = program_renew(s->file.program, s->file.path, NULL);
  if (!r) return true;
  Buf before = {0}, after = {0};
  live_dump(&before, s->last, s->last);
  live_dump(&after, r, s->last);
  uint32_t n = differences(buf_view(&before), buf_view(&after), true);
  buf_release(&before);
  buf_release(&after);
  package_result_release(s->last);
  s->last = r;
  s->renewals++;
  return n == 0;
}

static bool open_package(Session *s, Program *program, Arena *arena, const char *spec) {
  const char *colon = strchr(spec, ':');
  int n = colon ? (int)(colon - spec) : (int)strlen(spec);
  s->file.program = program;
  s->file.path = arena_printf(arena, "%.*s/src/%.*s/%s", STR_ARG(s->options->goroot), n, spec, colon ? colon + 1 : "");
  if (!edits_read(&s->file.text, s->file.path.p)) return false;
  buf_str(&s->pristine, buf_view(&s->file.text));
  s->last = edits_analyze(&s->file);
  return s->last != NULL;
}

static void close_package(Session *s) {
  program_set_overlay(s->file.program, s->file.path, NULL, 0);
  package_result_release(s->last);
  buf_release(&s->file.text);
  buf_release(&s->pristine);
}

static bool differential(const Options *o, Program *program, const char *spec) {
  Arena arena;
  arena_init(&arena);
  Session s = {.options = o, .seed = o->seed};
  if (!open_package(&s, program, &arena, spec)) {
    printf("%s: SKIP, not found\n", spec);
    buf_release(&s.file.text);
    buf_release(&s.pristine);
    arena_release(&arena);
    return true;
  }
  bool good = true;
  uint32_t failed = 0;
  double took = 0;
  for (uint32_t i = 0; i < o->edits && failed < 3; i++) {
    edit(&s, i);
    double from = edits_now();
    const PackageResult *r = edits_analyze(&s.file);
    took += edits_now() - from;
    if (!r) return false;
    package_result_release(s.last);
    s.last = r;
    s.live += ((const PackageImage *)r->owner)->origin != NULL;
    const Finding *f;
    for (FindingCursor c = {.set = r->findings}; (f = finding_next(&c));)
      if (f->stale) {
        s.stale_states++;
        break;
      }
    if (i % o->every == o->every - 1 && !check(&s)) {
      printf("%s: edit %u (seed %llu): not what a fresh run says\n", spec, i, (unsigned long long)o->seed);
      good = false;
      failed++;
      restore(&s);
    }
    if (i % RESTORED_EVERY == RESTORED_EVERY - 1 && (!types_are_fresh(&s) || !renew(&s))) {
      printf("%s: edit %u (seed %llu): restored or built anew it says something else\n", spec, i,
             (unsigned long long)o->seed);
      good = false;
      failed++;
    }
  }
  printf("%s: %u edits (%u live, %u with stale code), %.2f ms each, %u compared with a fresh run, %u built anew: %s\n",
         spec, o->edits, s.live, s.stale_states, took / (o->edits ? o->edits : 1), s.checks, s.renewals,
         good ? "equal" : "DIFFERENT");
  close_package(&s);
  arena_release(&arena);
  return good;
}

int main(int argc, char **argv) {
  static const char *const defaults[] = {"internal/strconv:atof.go", "encoding/json:decode.go", "text/template:exec.go",
                                         "go/types:stmt.go", "net/http:server.go"};
  Arena arena;
  arena_init(&arena);
  setvbuf(stdout, NULL, _IOLBF, 0);
  Options o = {.edits = 60, .every = 10, .seed = 88172645463325252ULL};
  int at = 1;
  for (; at < argc && argv[at][0] == '-'; at++) {
    if (strcmp(argv[at], "-v") == 0)
      o.verbose = true;
    else if (strcmp(argv[at], "-l") == 0)
      o.edits = 10000, o.every = 20;
    else if (at + 1 < argc && strcmp(argv[at], "-n") == 0)
      o.edits = (uint32_t)atoi(argv[++at]);
    else if (at + 1 < argc && strcmp(argv[at], "-c") == 0)
      o.every = (uint32_t)atoi(argv[++at]);
    else if (at + 1 < argc && strcmp(argv[at], "-s") == 0)
      o.seed = (uint64_t)atoll(argv[++at]) * 0x9E3779B97F4A7C15ULL + 1;
  }
  o.goroot = edits_goroot(&arena);
  if (!o.goroot.n) {
    puts("SKIP: no Go found");
    return 0;
  }
  const char *const *specs = at < argc ? (const char *const *)argv + at : defaults;
  uint32_t len = at < argc ? (uint32_t)(argc - at) : (uint32_t)(sizeof defaults / sizeof *defaults);
  Program *program = edits_program(arena_printf(&arena, "%.*s/src", STR_ARG(o.goroot)));
  bool good = true;
  for (uint32_t i = 0; i < len; i++) good &= differential(&o, program, specs[i]);
  program_free(program);
  arena_release(&arena);
  return good ? 0 : 1;
}
