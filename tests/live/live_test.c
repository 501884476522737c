// live_test: random edits of real packages: what a package under edit says must equal what a fresh run says of the same
// text (where code is broken: of the text that is analysed in its stead, which has the last good version of what is
// broken).
//
//   live_test [-n edits] [-s seed] [-c check every] [-t] [-k dir] [package:file.go …]
//     -t       another thread reads every result while the next ones are made, as the server does
//     -k dir   where it differs, edits are left out as long as it does, and the versions of the file that are left are
//              written to dir as 0.go, 1.go …
//   live_test -r dir package:file.go    goes through such versions
//   live_test -l [-c check every] …     the long form: 10,000 edits in each package. With sanitizers, where a fresh run
//                                       takes ten times as long:  build/asan-ubsan/tests/live/live_test -l -c 500 -t
//                                                                 build/tsan/tests/live/live_test -l -c 500 -t
#include "edits.h"
#include "live_dump.h"

#include <pthread.h>

typedef struct Options {
  uint32_t edits, every;
  uint64_t seed;
  bool threads;
  const char *shrink, *replay;
  Str goroot;
} Options;

typedef struct Splice { // from one version of the text to the next
  uint32_t at, len;
  Buf by;
} Splice;
typedef VEC(Splice) History;

// A thread that reads what it is given.
typedef struct Reader {
  pthread_t thread;
  pthread_mutex_t lock;
  pthread_cond_t given;
  const PackageResult *next; // retained; NULL: nothing to do
  bool stop;
  uint64_t sum; // of all that was read
} Reader;

typedef struct Session {
  const Options *options;
  EditedFile file;
  Buf pristine;
  const PackageResult *last;
  Buf seen; // the text of last
  History history;
  Reader *reader;
  bool quiet;
  uint64_t seed;
  uint32_t checks, broken_checks; // comparisons with a fresh run; of texts that are broken
  uint32_t live, broken, renewals;
} Session;

static void restore(Session *s) { edits_restore(&s->file, buf_view(&s->pristine)); }

static void edit(Session *s, uint32_t number) { edits_random_edit(&s->file, &s->seed, number, buf_view(&s->pristine)); }

// ---- What a reader sees

static uint64_t read_result(const PackageResult *r) {
  uint64_t sum = 0;
  const Finding *f;
  for (FindingCursor c = {.set = r->findings}; (f = finding_next(&c));) {
    const Str texts[] = {f->subject, f->hint, f->title, f->why, f->advice, f->gc_words};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) sum += str_hash(texts[i]);
    for (uint32_t i = 0; i < f->step_count; i++) sum += package_result_step(r, &f->steps[i]).line;
    sum += finding_where(c.of, f).line;
  }
  for (uint32_t i = 0; i < r->file_count; i++)
    for (uint32_t k = 0; k < r->files[i]->decl_count; k++) sum += package_result_broken(r, r->files[i], k);
  return sum;
}

static void *read_all(void *context) {
  Reader *reader = context;
  pthread_mutex_lock(&reader->lock);
  while (!reader->stop || reader->next) {
    const PackageResult *r = reader->next;
    reader->next = NULL;
    if (!r) {
      pthread_cond_wait(&reader->given, &reader->lock);
      continue;
    }
    pthread_mutex_unlock(&reader->lock);
    uint64_t sum = read_result(r);
    package_result_release(r);
    pthread_mutex_lock(&reader->lock);
    reader->sum += sum;
  }
  pthread_mutex_unlock(&reader->lock);
  return NULL;
}

static void reader_start(Reader *reader) {
  *reader = (Reader){0};
  pthread_mutex_init(&reader->lock, NULL);
  pthread_cond_init(&reader->given, NULL);
  if (pthread_create(&reader->thread, NULL, read_all, reader)) abort();
}

static void reader_give(Reader *reader, const PackageResult *r) {
  package_result_retain(r);
  pthread_mutex_lock(&reader->lock);
  const PackageResult *skipped = reader->next;
  reader->next = r;
  pthread_cond_signal(&reader->given);
  pthread_mutex_unlock(&reader->lock);
  package_result_release(skipped);
}

static void reader_end(Reader *reader) {
  pthread_mutex_lock(&reader->lock);
  reader->stop = true;
  pthread_cond_signal(&reader->given);
  pthread_mutex_unlock(&reader->lock);
  pthread_join(reader->thread, NULL);
  pthread_mutex_destroy(&reader->lock);
  pthread_cond_destroy(&reader->given);
}

// ---- Comparing

// Does every step of what is not stale lie in its declaration, where that is now?
static bool steps_stand(const PackageResult *r) {
  const Finding *f;
  for (FindingCursor c = {.set = r->findings}; (f = finding_next(&c));) {
    for (uint32_t i = 0; i < f->step_count && !c.of->stale; i++) {
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

// Is there a declaration in the file that does not parse or type-check?
static bool is_broken(const Session *s) {
  const PackageResult *r = s->last;
  for (uint32_t i = 0; i < r->file_count; i++)
    for (uint32_t k = 0; k < r->files[i]->decl_count; k++)
      if (str_equal(r->files[i]->source->path, s->file.path) && package_result_broken(r, r->files[i], k)) return true;
  return false;
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
  uint32_t n = live_dump_differences(buf_view(&live), buf_view(&other), !s->quiet);
  package_result_release(r);
  buf_release(&live);
  buf_release(&other);
  buf_release(&text);
  s->checks++;
  s->broken_checks += is_broken(s);
  return n == 0;
}

// Types that are right again, and those of which only comments have changed, are not stale.
static bool types_are_fresh(const Session *s) {
  const Finding *f;
  for (FindingCursor c = {.set = s->last->findings}; (f = finding_next(&c));) {
    if (f->kind != FINDING_TYPE || !c.of->stale) continue;
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
  uint32_t n = live_dump_differences(buf_view(&before), buf_view(&after), !s->quiet);
  buf_release(&before);
  buf_release(&after);
  package_result_release(s->last);
  s->last = r;
  s->renewals++;
  return n == 0;
}

// ---- One package

static bool open_package(Session *s, Program *program, Arena *arena, const char *spec) {
  const char *colon = strchr(spec, ':');
  int n = colon ? (int)(colon - spec) : (int)strlen(spec);
  s->file.program = program;
  s->file.path = arena_printf(arena, "%.*s/src/%.*s/%s", STR_ARG(s->options->goroot), n, spec, colon ? colon + 1 : "");
  if (!edits_read(&s->file.text, s->file.path.p)) return false;
  buf_str(&s->pristine, buf_view(&s->file.text));
  buf_str(&s->seen, buf_view(&s->file.text));
  s->last = edits_analyze(&s->file);
  return s->last != NULL;
}

static void close_package(Session *s) {
  program_set_overlay(s->file.program, s->file.path, NULL, 0);
  package_result_release(s->last);
  buf_release(&s->file.text);
  buf_release(&s->pristine);
  buf_release(&s->seen);
  for (uint32_t i = 0; i < s->history.len; i++) buf_release(&s->history.items[i].by);
  free(s->history.items);
}

static void note_splice(Session *s) {
  Str a = buf_view(&s->seen), b = buf_view(&s->file.text);
  size_t most = a.n < b.n ? a.n : b.n, n = 0, k = 0;
  while (n < most && a.p[n] == b.p[n]) n++;
  while (k < most - n && a.p[a.n - 1 - k] == b.p[b.n - 1 - k]) k++;
  Splice splice = {.at = (uint32_t)n, .len = (uint32_t)(a.n - k - n)};
  buf_str(&splice.by, str_slice(b, n, b.n - k));
  VEC_APPEND(&s->history, splice);
  buf_clear(&s->seen);
  buf_str(&s->seen, b);
}

static bool analyze(Session *s) {
  const PackageResult *r = edits_analyze(&s->file);
  if (!r) return false;
  package_result_release(s->last);
  s->last = r;
  if (s->reader) reader_give(s->reader, r);
  return true;
}

// ---- Leaving out edits

// Goes through the versions that are kept, in a program of its own. Is the last one not what a fresh run says?
static bool still_differs(const Session *of, const char *spec, const bool *kept) {
  Arena arena;
  arena_init(&arena);
  Program *program = edits_program(arena_printf(&arena, "%.*s/src", STR_ARG(of->options->goroot)));
  Session s = {.options = of->options, .quiet = true};
  bool differs = false;
  if (open_package(&s, program, &arena, spec)) {
    for (uint32_t i = 0; i < of->history.len; i++) {
      const Splice *splice = &of->history.items[i];
      edits_replace(&s.file, splice->at, splice->len, buf_view(&splice->by));
      if (kept[i] && !analyze(&s)) break;
    }
    differs = !check(&s) || !renew(&s);
  }
  close_package(&s);
  program_free(program);
  arena_release(&arena);
  return differs;
}

static void write_versions(const Session *s, const bool *kept) {
  EditedFile file = {0};
  buf_str(&file.text, buf_view(&s->pristine));
  uint32_t count = 0;
  for (uint32_t i = 0; i < s->history.len; i++) {
    const Splice *splice = &s->history.items[i];
    edits_replace(&file, splice->at, splice->len, buf_view(&splice->by));
    if (!kept[i]) continue;
    char path[512];
    snprintf(path, sizeof path, "%s/%u.go", s->options->shrink, count++);
    FILE *out = fopen(path, "w");
    if (out) fwrite(file.text.text, 1, file.text.len, out), fclose(out);
  }
  buf_release(&file.text);
  printf("    %u versions in %s\n", count, s->options->shrink);
}

// The last versions that are enough, then without those that are not needed.
static void shrink(const Session *s, const char *spec) {
  uint32_t len = s->history.len, suffix = 1;
  bool *kept = mem_new(len + 1);
  for (;; suffix *= 2) {
    for (uint32_t i = 0; i < len; i++) kept[i] = i + suffix >= len;
    if (suffix >= len || still_differs(s, spec, kept)) break;
  }
  if (suffix >= len && !still_differs(s, spec, kept)) printf("    these edits alone do not make it differ\n");
  for (uint32_t part = suffix / 2; part; part /= 2) {
    for (uint32_t from = suffix < len ? len - suffix : 0; from + 1 < len; from += part) {
      bool *before = mem_new(len + 1);
      memcpy(before, kept, len);
      for (uint32_t i = from; i < from + part && i + 1 < len; i++) kept[i] = false;
      if (memcmp(before, kept, len) != 0 && !still_differs(s, spec, kept)) memcpy(kept, before, len);
      free(before);
    }
  }
  write_versions(s, kept);
  free(kept);
}

// ---- One package after the other

static bool replay(const Options *o, Program *program, const char *spec) {
  Arena arena;
  arena_init(&arena);
  Session s = {.options = o};
  bool good = open_package(&s, program, &arena, spec);
  for (uint32_t i = 0; good; i++) {
    Buf text = {0};
    char path[512];
    snprintf(path, sizeof path, "%s/%u.go", o->replay, i);
    bool more = edits_read(&text, path);
    if (more) edits_restore(&s.file, buf_view(&text));
    buf_release(&text);
    if (!more) break;
    good = analyze(&s) && check(&s);
    printf("%s: %s\n", path, good ? "equal" : "DIFFERENT");
  }
  good = good && renew(&s);
  close_package(&s);
  arena_release(&arena);
  return good;
}

// What must hold after the i-th edit.
static const char *what_is_wrong(Session *s, uint32_t i) {
  if (i % s->options->every == s->options->every - 1 && !check(s)) return "not what a fresh run says";
  if (i % RESTORED_EVERY != RESTORED_EVERY - 1) return NULL;
  if (!types_are_fresh(s)) return "a type that is right is shown as stale";
  return renew(s) ? NULL : "built anew it says something else";
}

static bool edit_at_random(Session *s, const char *spec) {
  const Options *o = s->options;
  uint32_t failed = 0, done = 0;
  double took = 0;
  for (uint32_t i = 0; i < o->edits && failed < 3; i++, done++) {
    edit(s, i);
    if (o->shrink) note_splice(s);
    double from = edits_now();
    if (!analyze(s)) return false;
    took += edits_now() - from;
    s->live += ((const PackageImage *)s->last->owner)->origin != NULL;
    s->broken += is_broken(s);
    const char *wrong = what_is_wrong(s, i);
    if (wrong) {
      printf("%s: edit %u: %s\n", spec, i, wrong);
      failed++;
      if (o->shrink) shrink(s, spec);
      restore(s);
    }
    if (i % 1000 == 999)
      printf("%s: %u edits so far, %u compared (%u of broken texts)\n", spec, i + 1, s->checks, s->broken_checks);
  }
  printf(
    "%s: %u edits (%u live; %u left the text broken), %.2f ms each; %u compared with a fresh run (%u of broken texts), "
    "%u built anew: %s\n",
    spec, done, s->live, s->broken, took / (done ? done : 1), s->checks, s->broken_checks, s->renewals,
    failed ? "DIFFERENT" : "equal");
  return !failed;
}

static bool differential(const Options *o, Program *program, const char *spec) {
  if (o->replay) return replay(o, program, spec);
  Arena arena;
  arena_init(&arena);
  Reader reader;
  Session s = {.options = o, .seed = o->seed, .reader = o->threads ? &reader : NULL};
  bool good = true;
  if (open_package(&s, program, &arena, spec)) {
    if (s.reader) reader_start(s.reader);
    good = edit_at_random(&s, spec);
    if (s.reader) reader_end(s.reader);
  } else {
    printf("%s: SKIP, not found\n", spec);
  }
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
    if (strcmp(argv[at], "-t") == 0)
      o.threads = true;
    else if (strcmp(argv[at], "-l") == 0)
      o.edits = 10000, o.every = 20;
    else if (at + 1 < argc && strcmp(argv[at], "-n") == 0)
      o.edits = (uint32_t)atoi(argv[++at]);
    else if (at + 1 < argc && strcmp(argv[at], "-c") == 0)
      o.every = (uint32_t)atoi(argv[++at]);
    else if (at + 1 < argc && strcmp(argv[at], "-k") == 0)
      o.shrink = argv[++at];
    else if (at + 1 < argc && strcmp(argv[at], "-r") == 0)
      o.replay = argv[++at];
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
