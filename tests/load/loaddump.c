// loaddump: prints what the loader makes of package patterns, as lines that load_golist_test.py compares with go list.
//
//   loaddump [-C dir] [-tests] [-deps] [-nocgo|-cgo] [-tags list] [patterns]
//
// One record per package: "P id", then indented fields; "R" lines give the roots in order. -time prints milliseconds.
#include "load/load.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void print_files(const LoadPackage *p, LoadFileKind kind, const char *label) {
  printf("  %s", label);
  for (uint32_t i = 0; i < p->all_file_count; i++)
    if (p->all_files[i]->kind == kind) printf(" %.*s", STR_ARG(p->all_files[i]->name));
  printf("\n");
}

static void print_package(const LoadPackage *p) {
  printf("P %.*s\n  path %.*s\n  name %.*s\n  dir %.*s\n", STR_ARG(p->id), STR_ARG(p->path), STR_ARG(p->name),
         STR_ARG(p->dir));
  if (p->module) printf("  module %.*s %.*s\n", STR_ARG(p->module->path), STR_ARG(p->module->version));
  printf("  go %.*s\n", STR_ARG(p->go_version));
  print_files(p, LOAD_FILE_GO, "GoFiles");
  print_files(p, LOAD_FILE_CGO, "CgoFiles");
  print_files(p, LOAD_FILE_TEST, "TestGoFiles");
  print_files(p, LOAD_FILE_XTEST, "XTestGoFiles");
  print_files(p, LOAD_FILE_ASM, "SFiles");
  printf("  files");
  for (uint32_t i = 0; i < p->file_count; i++) printf(" %.*s", STR_ARG(p->files[i]->name));
  printf("\n  imports");
  for (uint32_t i = 0; i < p->import_count; i++) {
    printf(" %.*s", STR_ARG(p->imports[i].path));
    if (!str_equal(p->imports[i].package->path, p->imports[i].path))
      printf("=%.*s", STR_ARG(p->imports[i].package->path));
  }
  printf("\n");
  if (p->missing) printf("  missing\n");
  if (p->in_cycle) printf("  cycle\n");
  if (p->has_asm) printf("  asm\n");
  for (uint32_t i = 0; i < p->error_count; i++)
    printf("  error %.*s:%u: %.*s\n", STR_ARG(p->errors[i].file), p->errors[i].offset, STR_ARG(p->errors[i].message));
}

static void print_context(const BuildContext *c) {
  printf("goroot %.*s\nerror %.*s\nversion %.*s %u\ngopath %.*s\nmodcache %.*s\nplatform %.*s/%.*s %.*s\ncgo %d\n",
         STR_ARG(c->goroot), STR_ARG(c->goroot_error), STR_ARG(c->go_version), c->go_minor, STR_ARG(c->gopath),
         STR_ARG(c->gomodcache), STR_ARG(c->goos), STR_ARG(c->goarch), STR_ARG(c->goarch_level), c->cgo_enabled);
  printf("toolchain %.*s\nmissing %d\nproblem %.*s\n", STR_ARG(c->toolchain), c->toolchain_missing,
         STR_ARG(c->toolchain_problem));
  for (uint32_t i = 0; i < c->tool_tags.len; i++) printf("tooltag %.*s\n", STR_ARG(c->tool_tags.items[i]));
}

int main(int argc, char **argv) {
  char cwd[4096];
  if (!getcwd(cwd, sizeof cwd)) return 2;
  BuildOptions options = {.environ = environ, .pgo = STR("off")}; // as go list is asked; variants: tests/profile
  LoadRequest request = {0};
  Str *patterns = calloc((size_t)argc + 1, sizeof *patterns);
  bool timing = false, context_only = false, quiet = false;
  Str dir = str_of(cwd);
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-C") == 0 && i + 1 < argc)
      dir = str_of(argv[++i]);
    else if (strcmp(argv[i], "-tests") == 0)
      request.tests = true;
    else if (strcmp(argv[i], "-nodeps") == 0)
      request.no_deps = true;
    else if (strcmp(argv[i], "-tags") == 0 && i + 1 < argc)
      options.tags = str_of(argv[++i]);
    else if (strcmp(argv[i], "-mod") == 0 && i + 1 < argc)
      options.mod = str_of(argv[++i]);
    else if (strcmp(argv[i], "-time") == 0)
      timing = true;
    else if (strcmp(argv[i], "-quiet") == 0)
      quiet = true;
    else if (strcmp(argv[i], "-context") == 0)
      context_only = true;
    else
      patterns[request.pattern_count++] = str_of(argv[i]);
  }
  request.patterns = patterns;
  options.cwd = dir;
  struct timespec t0, t1;
  clock_gettime(CLOCK_MONOTONIC, &t0);
  BuildContext *context = build_context_new(&options);
  if (context_only)
    print_context(context);
  else {
    Loader *loader = loader_new(context, dir);
    LoadGraph *g = loader_load(loader, &request);
    clock_gettime(CLOCK_MONOTONIC, &t1);
    for (uint32_t i = 0; i < g->root_count && !quiet; i++) printf("R %.*s\n", STR_ARG(g->roots[i]->id));
    for (uint32_t i = 0; i < g->count && !quiet; i++) print_package(g->packages[i]);
    for (uint32_t i = 0; i < g->error_count; i++)
      printf("E %.*s: %.*s\n", STR_ARG(g->errors[i].file), STR_ARG(g->errors[i].message));
    if (timing)
      printf("T %u packages in %.1f ms, arena %zu KiB\n", g->count,
             (double)(t1.tv_sec - t0.tv_sec) * 1e3 + (double)(t1.tv_nsec - t0.tv_nsec) / 1e6, g->arena.total >> 10);
    load_graph_free(g);
    loader_free(loader);
  }
  build_context_free(context);
  free(patterns);
  return 0;
}
