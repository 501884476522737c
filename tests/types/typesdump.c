// typesdump: loads packages with all they import, type-checks them from source, dumps what was found.
//
//   typesdump [-C dir] [-tests] [-lang N] [-o DIR] [-errors] PATTERN...
//
// -lang sets the language version of the matched packages to go1.N.
// With -o, DIR/<package>.txt is written for each matched package, as tests/oracle/typesdump does for go/types. -errors
// prints the complaints about matched packages. The last line gives packages, lines, seconds per phase and peak memory.
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "load/load.h"
#include "syntax/parse.h"
#include "types/dump.h"

typedef struct Run {
  LoadGraph *graph;
  Loader *loader;
  Parser *parser;
  TypeContext *context;
  Package **packages; // by LoadPackage.index
  VEC(AstFile *) files;
  size_t lines, errors;
  double parse_seconds, check_seconds;
  const char *out;
  bool print_errors;
  uint32_t lang;
} Run;

typedef struct ImportContext {
  Run *run;
  LoadPackage *from;
} ImportContext;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static Package *import(void *context, Str path) {
  ImportContext *c = context;
  LoadPackage *p = load_package_import(c->from, path);
  if (!p) return NULL;
  if (p->is_fake_unsafe) return c->run->context->unsafe_package;
  return c->run->packages[p->index];
}

static void dump(Run *run, const LoadPackage *lp, const Package *p) {
  char name[4096];
  snprintf(name, sizeof name, "%s/%.*s.txt", run->out, STR_ARG(lp->id));
  for (char *c = name + strlen(run->out) + 1; *c; c++)
    if (*c == '/') *c = '!';
  FILE *f = fopen(name, "w");
  if (!f) {
    perror(name);
    exit(2);
  }
  package_dump(p, f);
  fclose(f);
}

static void print_errors(const Package *p) {
  for (uint32_t i = 0; i < p->errors.len; i++) {
    const TypeError *e = &p->errors.items[i];
    const AstFile *f = package_file_of(p, e->pos.decl);
    LineCol at = f ? ast_file_line_col(f, ast_file_offset(f, e->pos)) : (LineCol){0, 0};
    printf("%.*s:%u:%u: %.*s%s\n", f ? (int)f->source->path.n : 1, f ? f->source->path.p : "?", at.line, at.column,
           STR_ARG(e->message), e->soft ? " (soft)" : "");
  }
}

// Matched by a pattern, or such a package's test variants; not what is only compiled anew against a variant.
static bool is_wanted(const LoadPackage *lp) {
  if (lp->is_root) return true;
  for (uint32_t i = 0; i < lp->file_count && lp->is_test; i++)
    if (lp->files[i]->kind == LOAD_FILE_TEST || lp->files[i]->kind == LOAD_FILE_XTEST) return true;
  Buf own = {0};
  buf_printf(&own, "%.*s [%.*s.test]", STR_ARG(lp->path), STR_ARG(lp->path));
  bool is_own = lp->is_test && str_equal(lp->id, buf_view(&own));
  buf_release(&own);
  return is_own;
}

static void check(Run *run, LoadPackage *lp) {
  if (lp->is_fake_unsafe || lp->missing) return;
  double start = now();
  bool wanted = is_wanted(lp);
  AstFile **files = calloc(lp->file_count + 1, sizeof *files);
  uint32_t count = 0;
  for (uint32_t i = 0; i < lp->file_count; i++) {
    LoadFile *f = lp->files[i];
    Str text;
    if (f->kind == LOAD_FILE_ASM || !loader_read_file(run->loader, f->source.path, &text)) continue;
    AstFile *parsed = parse_file(run->parser, &f->source, text, NULL);
    free((char *)text.p);
    run->lines += parsed->line_count;
    files[count++] = parsed;
    VEC_APPEND(&run->files, parsed);
    if (run->print_errors && wanted)
      for (uint32_t k = 0; k < parsed->errors.len; k++)
        printf("%.*s:%u: %.*s (syntax)\n", STR_ARG(f->source.path),
               ast_file_line_col(parsed, parsed->errors.items[k].offset).line,
               STR_ARG(parsed->errors.items[k].message));
  }
  double parsed = now();
  run->parse_seconds += parsed - start;
  ImportContext context = {run, lp};
  PackageInput in = {.path = lp->path,
                     .files = files,
                     .file_count = count,
                     .go_minor = run->lang && lp->is_root ? run->lang : lp->go_minor,
                     .has_assembly = lp->has_asm,
                     .import = import,
                     .import_context = &context};
  Package *p = package_declare(run->context, &in);
  package_check_bodies(p);
  run->packages[lp->index] = p;
  run->check_seconds += now() - parsed;
  run->errors += p->errors.len;
  if (run->out && wanted) dump(run, lp, p);
  if (run->print_errors && wanted) print_errors(p);
  free(files);
}

int main(int argc, char **argv) {
  char cwd[4096];
  if (!getcwd(cwd, sizeof cwd)) return 2;
  BuildOptions options = {.environ = environ};
  LoadRequest request = {0};
  Str *patterns = calloc((size_t)argc + 1, sizeof *patterns);
  Str dir = str_of(cwd);
  Run run = {0};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-C") == 0 && i + 1 < argc)
      dir = str_of(argv[++i]);
    else if (strcmp(argv[i], "-o") == 0 && i + 1 < argc)
      run.out = argv[++i];
    else if (strcmp(argv[i], "-lang") == 0 && i + 1 < argc)
      run.lang = (uint32_t)atoi(argv[++i]);
    else if (strcmp(argv[i], "-tests") == 0)
      request.tests = true;
    else if (strcmp(argv[i], "-errors") == 0)
      run.print_errors = true;
    else
      patterns[request.pattern_count++] = str_of(argv[i]);
  }
  request.patterns = patterns;
  options.cwd = dir;
  double start = now();
  BuildContext *build = build_context_new(&options);
  run.loader = loader_new(build, dir);
  run.graph = loader_load(run.loader, &request);
  double loaded = now();
  Interner *interner = interner_new();
  run.parser = parser_new(interner);
  run.context = typecontext_new(interner, build->goarch, build->go_minor);
  run.packages = calloc(run.graph->count + 1, sizeof *run.packages);
  for (uint32_t i = 0; i < run.graph->count; i++) check(&run, run.graph->packages[i]);
  double end = now();
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf(
    "%u packages, %zu lines, %zu errors; load %.2f s, parse %.2f s, check %.2f s, total %.2f s, %.0f lines/s, %ld MB\n",
    run.graph->count, run.lines, run.errors, loaded - start, run.parse_seconds, run.check_seconds, end - start,
    (double)run.lines / (end - start), usage.ru_maxrss >> 10);
  for (uint32_t i = run.graph->count; i-- > 0;) package_free(run.packages[i]);
  for (uint32_t i = 0; i < run.files.len; i++) ast_file_free(run.files.items[i]);
  free(run.files.items);
  free(run.packages);
  typecontext_free(run.context);
  parser_free(run.parser);
  interner_free(interner);
  load_graph_free(run.graph);
  loader_free(run.loader);
  build_context_free(build);
  free(patterns);
  return 0;
}
