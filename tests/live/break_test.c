// break_test: one bracket or quote is deleted at a random place of the standard library: all that is said of the other
// declarations of the file must stay. At least 99 % of the places must be such.
//
//   break_test [-n places] [-s seed] [-v]    -v: prints the places where something is lost
//
// A place counts when something is said of other declarations of its file.
#include "edits.h"

#include <dirent.h>
#include <sys/stat.h>

typedef struct GoFile {
  Str path;
  uint64_t before; // bytes of the files before it
} GoFile;

typedef struct Place {
  Str path;
  size_t at;
  char mark;
} Place;

typedef struct Tally {
  uint32_t places, kept; // where all stays
} Tally;

typedef struct Breaker {
  Arena arena;
  Str src;
  VEC(GoFile) files;
  uint64_t bytes, seed;
  Program *program;
  uint32_t packages; // opened in this program
  Str dir;           // the last one
  bool verbose;
  Tally all, marks[128];
  uint64_t findings, lost;
} Breaker;

static const char MARKS[] = "{}()[]\"'`";

// ---- The files

static void list_dir(Breaker *b, Str dir, bool top) {
  DIR *d = opendir(dir.p);
  if (!d) return;
  for (struct dirent *e; (e = readdir(d));) {
    Str name = str_of(e->d_name);
    if (name.p[0] == '.' || name.p[0] == '_' || str_equal(name, STR("testdata"))) continue;
    if (top && (str_equal(name, STR("cmd")) || str_equal(name, STR("vendor")))) continue;
    Str path = arena_printf(&b->arena, "%.*s/%.*s", STR_ARG(dir), STR_ARG(name));
    struct stat st;
    if (stat(path.p, &st) != 0) continue;
    if (S_ISDIR(st.st_mode)) {
      list_dir(b, path, false);
    } else if (str_has_suffix(name, STR(".go")) && !str_has_suffix(name, STR("_test.go"))) {
      GoFile file = {path, (uint64_t)st.st_size};
      VEC_APPEND(&b->files, file);
    }
  }
  closedir(d);
}

static int by_path(const void *x, const void *y) {
  return str_compare(((const GoFile *)x)->path, ((const GoFile *)y)->path);
}

static void list_files(Breaker *b) {
  list_dir(b, b->src, true);
  if (b->files.len) qsort(b->files.items, b->files.len, sizeof *b->files.items, by_path);
  for (uint32_t i = 0; i < b->files.len; i++) {
    uint64_t size = b->files.items[i].before;
    b->files.items[i].before = b->bytes;
    b->bytes += size;
  }
}

// The first place of a mark from a random byte of the library on, in that file. False: there is none.
static bool random_place(Breaker *b, Place *out) {
  uint64_t at = edits_random(&b->seed) % b->bytes;
  char mark = MARKS[edits_pick(&b->seed, sizeof MARKS - 1)];
  uint32_t i = 0;
  while (i + 1 < b->files.len && b->files.items[i + 1].before <= at) i++;
  Buf text = {0};
  edits_read(&text, b->files.items[i].path.p);
  size_t from = (size_t)(at - b->files.items[i].before);
  const char *found = from < text.len ? memchr(text.text + from, mark, text.len - from) : NULL;
  if (found) *out = (Place){b->files.items[i].path, (size_t)(found - text.text), mark};
  buf_release(&text);
  return found != NULL;
}

static int by_file(const void *x, const void *y) {
  const Place *a = x, *b = y;
  int order = str_compare(a->path, b->path);
  return order ? order : a->at < b->at ? -1 : a->at > b->at;
}

// ---- One place

static const AstDecl *decl_at(const PackageResult *r, Str path, size_t at, uint32_t *start, uint32_t *end) {
  for (uint32_t i = 0; i < r->file_count; i++) {
    const AstFile *f = r->files[i];
    if (!str_equal(f->source->path, path)) continue;
    for (uint32_t k = 0; k < f->decl_count; k++) {
      *start = f->slot_starts[f->decls[k]->slot];
      *end = *start + (uint32_t)f->decls[k]->text.n;
      if (at >= *start && at < *end) return f->decls[k];
    }
  }
  return NULL;
}

static Str fact(Arena *a, const Finding *f, uint32_t start) {
  return arena_printf(a, "%u %d %d %.*s|%.*s", start, f->kind, f->verdict, STR_ARG(f->hint), STR_ARG(f->subject));
}

typedef struct Loss {
  uint32_t before, lost;
  Str first;
} Loss;

static Loss compare(Breaker *b, Arena *arena, const PackageResult *before, const PackageResult *after, Str path,
                    size_t at, uint32_t start, uint32_t end) {
  StrMap seen = {0};
  Loss loss = {0};
  const Finding *f;
  for (FindingCursor c = {.set = after->findings}; (f = finding_next(&c));)
    if (str_equal(f->source->path, path)) {
      uint32_t now = finding_where(c.of, f).start;
      strmap_set(&seen, fact(arena, f, now + (now >= at)), b);
    }
  for (FindingCursor c = {.set = before->findings}; (f = finding_next(&c));) {
    uint32_t was = finding_where(c.of, f).start;
    if (!str_equal(f->source->path, path) || (was >= start && was < end)) continue;
    loss.before++;
    Str key = fact(arena, f, was);
    if (strmap_has(&seen, key)) continue;
    if (!loss.lost++) loss.first = key;
  }
  strmap_release(&seen);
  return loss;
}

static void open_dir(Breaker *b, Str path) {
  enum { PACKAGES = 12 }; // so many in one program
  Str dir = str_slice(path, 0, (size_t)str_last_byte(path, '/'));
  if (str_equal(dir, b->dir)) return;
  b->dir = dir;
  if (b->program && b->packages++ < PACKAGES) return;
  program_free(b->program);
  b->program = edits_program(b->src);
  b->packages = 0;
}

static const char *const DECL_NAMES[] = {[DECL_BAD] = "?",     [DECL_IMPORT] = "import", [DECL_CONST] = "const",
                                         [DECL_TYPE] = "type", [DECL_VAR] = "var",       [DECL_FUNC] = "func"};

static void break_place(Breaker *b, const Place *place) {
  open_dir(b, place->path);
  EditedFile file = {.program = b->program, .path = place->path};
  edits_read(&file.text, place->path.p);
  const PackageResult *before = edits_analyze(&file), *after = NULL;
  uint32_t start, end;
  const AstDecl *decl = before ? decl_at(before, place->path, place->at, &start, &end) : NULL;
  bool alone = before && str_equal(before->import_path, STR("command-line-arguments")); // built for another platform
  if (decl && !alone) {
    Arena arena;
    arena_init(&arena);
    edits_replace(&file, place->at, 1, STR(""));
    after = edits_analyze(&file);
    Loss loss = {0};
    if (after) loss = compare(b, &arena, before, after, place->path, place->at, start, end);
    Tally *mark = &b->marks[(unsigned char)place->mark];
    b->all.places += loss.before > 0;
    mark->places += loss.before > 0;
    b->all.kept += loss.before > 0 && !loss.lost;
    mark->kept += loss.before > 0 && !loss.lost;
    b->findings += loss.before;
    b->lost += loss.lost;
    if (loss.lost && b->verbose)
      printf("  %.*s offset %zu: %c of a %s: %u of %u lost, first %.*s\n", STR_ARG(place->path), place->at, place->mark,
             DECL_NAMES[decl->kind], loss.lost, loss.before, STR_ARG(loss.first));
    arena_release(&arena);
  }
  program_set_overlay(b->program, place->path, NULL, 0);
  package_result_release(before);
  package_result_release(after);
  buf_release(&file.text);
}

static void break_round(Breaker *b, uint32_t wanted) {
  VEC(Place) places = {0};
  for (uint32_t tries = 0; places.len < wanted && tries < 10 * wanted; tries++) {
    Place p;
    if (random_place(b, &p)) VEC_APPEND(&places, p);
  }
  if (places.len) qsort(places.items, places.len, sizeof *places.items, by_file);
  for (uint32_t i = 0; i < places.len; i++) break_place(b, &places.items[i]);
  free(places.items);
}

int main(int argc, char **argv) {
  enum { ROUNDS = 20 };
  setvbuf(stdout, NULL, _IOLBF, 0);
  Breaker b = {.seed = 88172645463325252ULL};
  uint32_t wanted = 1000;
  arena_init(&b.arena);
  for (int at = 1; at < argc; at++) {
    if (strcmp(argv[at], "-v") == 0)
      b.verbose = true;
    else if (at + 1 < argc && strcmp(argv[at], "-n") == 0)
      wanted = (uint32_t)atoi(argv[++at]);
    else if (at + 1 < argc && strcmp(argv[at], "-s") == 0)
      b.seed = (uint64_t)atoll(argv[++at]) * 0x9E3779B97F4A7C15ULL + 1;
  }
  Str goroot = edits_goroot(&b.arena);
  b.src = arena_printf(&b.arena, "%.*s/src", STR_ARG(goroot));
  if (goroot.n) list_files(&b);
  if (!b.files.len) {
    puts("SKIP: no Go found");
    return 0;
  }
  for (int round = 0; round < ROUNDS && b.all.places < wanted; round++) break_round(&b, wanted - b.all.places);
  for (const char *m = MARKS; *m; m++) {
    const Tally *t = &b.marks[(unsigned char)*m];
    printf("%c  %u of %u places\n", *m, t->kept, t->places);
  }
  double share = b.all.places ? 100.0 * b.all.kept / b.all.places : 0;
  printf("one bracket or quote deleted at %u places in %u files of the standard library: all findings of the other "
         "declarations stay at %u, %.2f %%; %.3f %% of the findings stay\n",
         b.all.places, b.files.len, b.all.kept, share,
         b.findings ? 100.0 * (double)(b.findings - b.lost) / (double)b.findings : 0);
  program_free(b.program);
  free(b.files.items);
  arena_release(&b.arena);
  return share >= 99 ? 0 : 1;
}
