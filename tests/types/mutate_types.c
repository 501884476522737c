// mutate_types: whatever the text, the type checker ends and crashes nothing.
//
// usage: mutate_types [-v] [-n COUNT] [-s SEED] [-C DIR] PATTERN… : loads and checks the packages with all they import,
// then COUNT times breaks one file of a matched package (cuts, doubles, swaps or replaces tokens, exchanges a stretch
// with one of the same file) and checks that package again. A round that hangs ends the run by an alarm. -v names each
// round's seed.
#include <stdlib.h>
#include <unistd.h>

#include "load/load.h"
#include "syntax/parse.h"
#include "types/check.h"

extern char **environ;

typedef struct Run {
  LoadGraph *graph;
  Loader *loader;
  Parser *parser;
  TypeContext *context;
  Package **packages;
  VEC(AstFile *) files;
  uint64_t errors; // found in broken packages
} Run;

typedef struct ImportContext {
  Run *run;
  LoadPackage *from;
} ImportContext;

static uint64_t random_state;
static uint32_t pick(uint32_t n) {
  random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return n ? (uint32_t)(random_state >> 33) % n : 0;
}

static Package *import(void *context, Str path) {
  ImportContext *c = context;
  LoadPackage *p = load_package_import(c->from, path);
  if (!p) return NULL;
  return p->is_fake_unsafe ? c->run->context->unsafe_package : c->run->packages[p->index];
}

static Package *check(Run *run, LoadPackage *lp, AstFile **files, uint32_t count) {
  ImportContext context = {run, lp};
  PackageInput in = {.path = lp->path,
                     .files = files,
                     .file_count = count,
                     .go_minor = lp->go_minor,
                     .has_assembly = lp->has_asm,
                     .import = import,
                     .import_context = &context};
  Package *p = package_declare(run->context, &in);
  package_check_bodies(p);
  return p;
}

static uint32_t parse(Run *run, LoadPackage *lp, AstFile **files) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < lp->file_count; i++) {
    LoadFile *f = lp->files[i];
    Str text;
    if (f->kind == LOAD_FILE_ASM || !loader_read_file(run->loader, f->source.path, &text)) continue;
    files[count++] = parse_file(run->parser, &f->source, text, NULL);
    free((char *)text.p);
  }
  return count;
}

static bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= 'a' && c <= 'z');
}

// A token's extent around a random place.
static Str token_at(Str s, size_t at) {
  size_t from = at, to = at + 1;
  if (is_word(s.p[at])) {
    while (from > 0 && is_word(s.p[from - 1])) from--;
    while (to < s.n && is_word(s.p[to])) to++;
  }
  return str_slice(s, from, to);
}

static void mutate(Buf *out, Str s) {
  static const char *const WORDS[] = {
    "nil",
    "iota",
    "_",
    "int",
    "string",
    "any",
    "len",
    "append",
    "make",
    "new",
    "unsafe.Sizeof",
    "func()",
    "[]",
    "*",
    "&",
    "...",
    "interface{}",
    "struct{}",
    "1<<s",
    "1e400",
    "'x'",
    "T[T]",
    "[...]int{}",
    "map[string]int{}",
    "chan int",
    "<-",
    "==",
    "()",
    "{",
    "}",
    "(",
    ")",
    "0",
    "-1",
    "1<<63",
    "~int|string",
    "min",
    "complex",
    "real",
    "range",
    "go",
    "defer",
    "type",
    "x.y",
    "comparable",
    "panic",
    "[P any]",
    "const",
    "return",
    "goto",
    "error",
    "1.5",
    "\"s\"",
    "9223372036854775808",
  };
  static const size_t WORD_COUNT = sizeof WORDS / sizeof *WORDS;
  Str a = token_at(s, pick((uint32_t)s.n)), b = token_at(s, pick((uint32_t)s.n));
  if (b.p < a.p) {
    Str t = a;
    a = b;
    b = t;
  }
  size_t a0 = (size_t)(a.p - s.p), b0 = (size_t)(b.p - s.p);
  buf_str(out, str_slice(s, 0, a0));
  switch (pick(7)) {
  case 0: buf_str(out, str_slice(s, a0 + a.n, s.n)); break;                                // delete
  case 1: buf_str(out, a), buf_byte(out, ' '), buf_str(out, str_slice(s, a0, s.n)); break; // double
  case 2:                                                                                  // exchange
    if (b0 < a0 + a.n) break;
    buf_str(out, b), buf_str(out, str_slice(s, a0 + a.n, b0)), buf_str(out, a),
      buf_str(out, str_slice(s, b0 + b.n, s.n));
    break;
  case 3:
  case 4: buf_puts(out, WORDS[pick((uint32_t)WORD_COUNT)]), buf_str(out, str_slice(s, a0 + a.n, s.n)); break;
  case 5: buf_str(out, b), buf_str(out, str_slice(s, a0 + a.n, s.n)); break; // replace by another of the file's
  case 6: buf_str(out, str_slice(s, b0 < a0 + 400 ? b0 : a0 + pick(400), s.n)); break; // cut a stretch
  }
}

// -- deletion of one token --

typedef struct Survey {
  uint32_t rounds, same_signatures, same_bodies;
  uint64_t functions, changed_signatures, changed_bodies;
} Survey;

// Just past the token or comment at `at`; *real: not a comment or white space.
static size_t next_token(Str s, size_t at, bool *real) {
  char c = s.p[at];
  *real = true;
  if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return *real = false, at + 1;
  if (c == '/' && at + 1 < s.n && (s.p[at + 1] == '/' || s.p[at + 1] == '*')) {
    *real = false;
    ptrdiff_t end = str_index(str_slice(s, at + 2, s.n), s.p[at + 1] == '/' ? STR("\n") : STR("*/"));
    return end < 0 ? s.n : at + 2 + (size_t)end + (s.p[at + 1] == '/' ? 1 : 2);
  }
  size_t to = at + 1;
  if (c == '"' || c == '\'' || c == '`') {
    while (to < s.n && s.p[to] != c && (c == '`' || s.p[to] != '\n')) to += s.p[to] == '\\' && c != '`' ? 2 : 1;
    return to < s.n ? to + 1 : s.n;
  }
  while (is_word(c) && to < s.n && is_word(s.p[to])) to++;
  return to;
}

static void delete_token(Buf *out, Str s) {
  uint32_t count = 0;
  bool real;
  for (size_t at = 0; at < s.n; count += real) at = next_token(s, at, &real);
  uint32_t which = pick(count), seen = 0;
  for (size_t at = 0, to; at < s.n; at = to) {
    to = next_token(s, at, &real);
    if (!real || seen++ != which) buf_str(out, str_slice(s, at, to));
  }
}

static bool same_kind(const NodeInfo *a, const NodeInfo *b) {
  if (a->mode != b->mode || !a->type != !b->type) return false;
  if (!a->type) return true;
  const Type *t = type_unalias(a->type), *u = type_unalias(b->type);
  if (t->kind != u->kind || t->basic_kind != u->basic_kind) return false;
  return t->kind != TYPE_NAMED || t->u.named.obj->name == u->u.named.obj->name;
}

static void compare(const Package *before, const Package *after, Survey *v) {
  PtrMap old = {0};
  for (uint32_t i = 0; i < before->funcs.len; i++)
    ptrmap_set(&old, before->funcs.items[i]->u.func.decl, before->funcs.items[i]);
  uint64_t signatures = 0, bodies = 0;
  for (uint32_t i = 0; i < after->funcs.len; i++) {
    const Object *b = after->funcs.items[i], *a = ptrmap_get(&old, b->u.func.decl);
    if (!a) continue;
    v->functions++;
    Buf x = {0}, y = {0};
    type_write(&x, a->type, STYLE_GOTYPES, NULL);
    type_write(&y, b->type, STYLE_GOTYPES, NULL);
    signatures += !str_equal(buf_view(&x), buf_view(&y));
    buf_release(&x), buf_release(&y);
    const DeclTypes *c = package_decl_types(before, a->pos.decl), *d = package_decl_types(after, b->pos.decl);
    bool same = true;
    for (uint32_t k = 1; same && k <= c->decl->node_count; k++) same = same_kind(&c->nodes[k], &d->nodes[k]);
    bodies += !same;
  }
  ptrmap_release(&old);
  v->rounds++;
  v->same_signatures += signatures == 0;
  v->same_bodies += bodies == 0;
  v->changed_signatures += signatures;
  v->changed_bodies += bodies;
}

static void deletion_round(Run *run, LoadPackage *lp, Survey *v) {
  const Package *before = run->packages[lp->index];
  uint32_t count = before->file_count, which = pick(count);
  if (!count) return;
  AstFile **files = calloc(count, sizeof *files), *whole = before->files[which];
  memcpy(files, before->files, count * sizeof *files);
  Buf text = {0};
  delete_token(&text, whole->text);
  AstFile *broken = files[which] = parse_file(run->parser, whole->source, buf_view(&text), whole);
  buf_release(&text);
  Package *after = check(run, lp, files, count);
  run->errors += after->errors.len;
  compare(before, after, v);
  package_free(after);
  ast_file_free(broken);
  free(files);
}

static void round_of(Run *run, LoadPackage *lp) {
  AstFile **files = calloc(lp->file_count + 1, sizeof *files);
  uint32_t count = parse(run, lp, files);
  if (count) {
    uint32_t which = pick(count);
    Buf text = {0};
    buf_str(&text, files[which]->text);
    for (uint32_t times = 1 + pick(4); times-- > 0 && text.len > 10;) {
      Buf next = {0};
      mutate(&next, buf_view(&text));
      buf_release(&text);
      text = next;
    }
    AstFile *broken = parse_file(run->parser, files[which]->source, buf_view(&text), NULL);
    buf_release(&text);
    ast_file_free(files[which]);
    files[which] = broken;
    Package *p = check(run, lp, files, count);
    run->errors += p->errors.len;
    package_free(p);
  }
  for (uint32_t i = 0; i < count; i++) ast_file_free(files[i]);
  free(files);
}

int main(int argc, char **argv) {
  char cwd[4096];
  if (!getcwd(cwd, sizeof cwd)) return 2;
  BuildOptions options = {.environ = environ};
  LoadRequest request = {0};
  Str *patterns = calloc((size_t)argc + 1, sizeof *patterns), dir = str_of(cwd);
  uint32_t rounds = 100;
  uint64_t seed = 1;
  bool verbose = false, deletions = false;
  Survey survey = {0};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-C") == 0 && i + 1 < argc)
      dir = str_of(argv[++i]);
    else if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
      rounds = (uint32_t)atoi(argv[++i]);
    else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
      seed = strtoull(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "-v") == 0)
      verbose = true;
    else if (strcmp(argv[i], "-d") == 0)
      deletions = true;
    else
      patterns[request.pattern_count++] = str_of(argv[i]);
  }
  request.patterns = patterns;
  options.cwd = dir;
  BuildContext *build = build_context_new(&options);
  Run run = {.loader = loader_new(build, dir)};
  run.graph = loader_load(run.loader, &request);
  Interner *interner = interner_new();
  run.parser = parser_new(interner);
  run.context = typecontext_new(interner, build->goarch, build->go_minor);
  run.packages = calloc(run.graph->count + 1, sizeof *run.packages);
  VEC(LoadPackage *) roots = {0};
  for (uint32_t i = 0; i < run.graph->count; i++) {
    LoadPackage *lp = run.graph->packages[i];
    if (lp->is_fake_unsafe || lp->missing) continue;
    AstFile **files = calloc(lp->file_count + 1, sizeof *files);
    uint32_t count = parse(&run, lp, files);
    for (uint32_t k = 0; k < count; k++) VEC_APPEND(&run.files, files[k]);
    run.packages[lp->index] = check(&run, lp, files, count);
    free(files);
    if (lp->is_root) VEC_APPEND(&roots, lp);
  }
  if (roots.len == 0) {
    printf("SKIP: nothing matched; without Go's sources there is nothing to break\n");
    return 0;
  }
  for (uint32_t i = 0; i < rounds; i++) {
    random_state = (seed + i) * UINT64_C(0x9E3779B97F4A7C15) + 1;
    LoadPackage *lp = roots.items[pick(roots.len)];
    if (verbose) fprintf(stderr, "seed %llu %.*s\n", (unsigned long long)(seed + i), STR_ARG(lp->path));
    alarm(60);
    if (deletions)
      deletion_round(&run, lp, &survey);
    else
      round_of(&run, lp);
    alarm(0);
  }
  printf("%u packages broken and checked, %llu errors found in them\n", rounds, (unsigned long long)run.errors);
  for (uint32_t i = run.graph->count; i-- > 0;) package_free(run.packages[i]);
  for (uint32_t i = 0; i < run.files.len; i++) ast_file_free(run.files.items[i]);
  free(run.files.items), free(run.packages), free(roots.items), free(patterns);
  typecontext_free(run.context);
  parser_free(run.parser);
  interner_free(interner);
  load_graph_free(run.graph);
  loader_free(run.loader);
  build_context_free(build);
  if (!deletions || !survey.rounds) return 0;
  double share = 100.0 * survey.same_signatures / survey.rounds;
  printf("one token deleted: all other signatures unchanged in %.2f %% of rounds, all other bodies in %.2f %%; of %llu "
         "functions "
         "%llu signatures and %llu bodies changed\n",
         share, 100.0 * survey.same_bodies / survey.rounds, (unsigned long long)survey.functions,
         (unsigned long long)survey.changed_signatures, (unsigned long long)survey.changed_bodies);
  return share < 99.0;
}
