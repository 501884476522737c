// first_look_test: what is found in a file before the rest of its package is built, against what the whole build finds.
//
// usage: first_look_test [-n EVERY] [-s FIRST] [-C DIRECTORY] PATTERN…      default: in GOROOT/src, all files
//
// One in EVERY files, from number FIRST on.
//
// Every finding of the first look has to be there later too, with the same verdict, bytes and place. It leaves out what
// is in package variables and generic functions, and calls of what is generic or only called in code that the compiler
// leaves out. Something else may be missing or told otherwise, but must be rare: of several ways that a value takes one
// is told; functions in a cycle cost more or less, depending on where gc enters it; and literals have copies where
// other files' functions inline what they are in.
#include <sys/stat.h>

#include "../live/edits.h"
#include "differs.h"

enum { RARE = 200 }; // one in so many

typedef struct Looks {
  Str directory, cache;
  unsigned every, first;
  uint64_t seen;
  uint32_t files, findings, later, otherwise, wrong;
} Looks;

typedef struct Look {
  const PackageResult *result;
  CancelToken cancel; // the rest of the build is not needed
} Look;

static void show(void *context, const PackageResult *result) {
  Look *look = context;
  package_result_retain(result);
  look->result = result;
  __atomic_store_n(&look->cancel.cancelled, 1, __ATOMIC_RELAXED);
}

static Program *new_program(const Looks *l) {
  return program_new(&(ProgramOptions){.build = {.environ = environ, .cwd = l->directory, .cgo = 0},
                                       .ir = {.level = 1, .explain = true},
                                       .cache_dir = l->cache,
                                       .workers = 2});
}

static bool is_generic(const Finding *f) {
  const AstDecl *d = f->decl;
  const Ast *decl = d->specs.len ? d->specs.items[0] : NULL;
  if (!decl || decl->kind != AST_FUNC_DECL) return false;
  const Ast *recv = decl->u.func_decl.recv;
  if (decl->u.func_decl.tparams.len) return true;
  return recv && memchr(d->text.p + recv->start, '[', recv->end - recv->start) != NULL;
}

static bool is_telling(const char *field, const Finding *f) {
  static const char *const fields[] = {"cause", "why",    "step_count", "source",  "start",
                                       "text",  "advice", "title",      "function"};
  if (f->kind == FINDING_FUNCTION && strcmp(field, "gc_words") == 0) return true; // its cost
  if (f->kind == FINDING_PARAM && strcmp(field, "verdict") == 0) return true;     // of a literal that has copies
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    if (strcmp(field, fields[i]) == 0) return true;
  return false;
}

static void say(Looks *l, const Finding *f, const char *what) {
  l->wrong++;
  printf("%.*s:%u:%u: %s: %.*s (kind %d)\n", STR_ARG(f->source->path), f->line, f->column, what, STR_ARG(f->subject),
         f->kind);
}

static bool same_place(const Finding *a, const Finding *b) {
  return a->kind == b->kind && a->start == b->start && a->end == b->end && a->column == b->column &&
         str_equal(a->subject, b->subject);
}

// used: a flag for each finding of the file.
static const Finding *find(const FindingFile *in, const Finding *f, bool *used) {
  uint32_t number = 0;
  for (uint32_t k = 0; k < in->group_count; k++) {
    for (uint32_t i = 0; i < in->groups[k].len; i++, number++) {
      if (used[number] || !same_place(&in->groups[k].items[i], f)) continue;
      used[number] = true;
      return &in->groups[k].items[i];
    }
  }
  return NULL;
}

static void note_later(Looks *l, const Finding *f) {
  l->later++;
  if (f->decl->kind != DECL_FUNC || is_generic(f) || f->kind == FINDING_CALL) return;
  printf("%.*s:%u:%u: only there later: %.*s\n", STR_ARG(f->source->path), f->line, f->column, STR_ARG(f->subject));
  l->otherwise++;
}

static void compare(Looks *l, const PackageResult *whole, const PackageResult *look, const AstSource *source) {
  const FindingFile *all = finding_file_of(whole->findings, source);
  uint32_t count = 0, number = 0;
  for (uint32_t k = 0; k < all->group_count; k++) count += all->groups[k].len;
  bool *used = mem_new(count + 1);
  FindingCursor c = {.set = look->findings};
  for (const Finding *f; (f = finding_next(&c)); l->findings++) {
    const Finding *later = find(all, f, used);
    const char *differs = later ? finding_differs(f, later) : "not there later";
    if (!differs && !callers_differ(f, later)) differs = words_differ(f, later);
    if (!differs) differs = steps_differ(look, f, whole, later);
    if (differs && is_telling(differs, f))
      l->otherwise++;
    else if (differs)
      say(l, f, differs);
  }
  for (uint32_t k = 0; k < all->group_count; k++)
    for (uint32_t i = 0; i < all->groups[k].len; i++)
      if (!used[number++]) note_later(l, &all->groups[k].items[i]);
  free(used);
}

static void look_at(Looks *l, const PackageResult *whole, const AstSource *source) {
  Program *program = new_program(l);
  Look look = {0};
  const PackageResult *rest =
    program_await_file(program, source->path, &(FirstLook){show, &look, 0}, &look.cancel, NULL);
  l->files++;
  if (!look.result) {
    printf("%.*s: no first look\n", STR_ARG(source->path));
    l->wrong++;
  } else {
    const AstSource *same = look.result->files[0]->source;
    if (!str_equal(same->path, source->path)) abort();
    // Sources are a program's own.
    FindingSet *set = (FindingSet *)(uintptr_t)look.result->findings;
    set->files[0].source = source;
    compare(l, whole, look.result, source);
    set->files[0].source = same;
  }
  package_result_release(look.result);
  package_result_release(rest);
  program_free(program);
}

static void package_done(void *context, const PackageResult *r) {
  Looks *l = context;
  for (uint32_t i = 0; i < r->file_count; i++)
    if (l->seen++ % l->every == l->first) look_at(l, r, r->files[i]->source);
}

int main(int argc, char **argv) {
  Arena arena;
  arena_init(&arena);
  char cache[] = "/tmp/heapls-look-XXXXXX";
  Looks l = {.every = 1};
  Str directory = STR_NONE;
  int at = 1;
  for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
    if (argv[at][1] == 'n') l.every = (unsigned)atoi(argv[at + 1]);
    if (argv[at][1] == 's') l.first = (unsigned)atoi(argv[at + 1]);
    if (argv[at][1] == 'C') directory = str_of(argv[at + 1]);
  }
  if (at >= argc || !l.every || l.first >= l.every) {
    fprintf(stderr, "usage: first_look_test [-n EVERY] [-s FIRST] [-C DIRECTORY] PATTERN...\n");
    return 2;
  }
  Str goroot = edits_goroot(&arena);
  if (!goroot.n) {
    puts("SKIP: no Go found");
    return 77;
  }
  if (!mkdtemp(cache)) return 1;
  l.directory = directory.n ? directory : arena_printf(&arena, "%.*s/src", STR_ARG(goroot));
  l.cache = str_of(cache);
  Str *patterns = ARENA_ARRAY(&arena, Str, argc - at);
  for (int i = at; i < argc; i++) patterns[i - at] = str_of(argv[i]);
  Program *program = new_program(&l);
  program_run(program,
              &(ProgramRun){.patterns = patterns,
                            .pattern_count = (uint32_t)(argc - at),
                            .package_done = package_done,
                            .context = &l,
                            .transient = true},
              NULL, NULL);
  program_free(program);
  printf("%u files, %u findings at first sight, %u more later; %u missing or told otherwise, %u wrong\n", l.files,
         l.findings, l.later, l.otherwise, l.wrong);
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", cache);
  int status = system(command);
  arena_release(&arena);
  return l.files && !l.wrong && l.otherwise * RARE <= l.findings && !status ? 0 : 1;
}
