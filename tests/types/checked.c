// checked.c: packages as the loader orders them, imports first; each is checked once and kept.
#include "checked.h"

#include <stdlib.h>
#include <unistd.h>

void break_options_read(BreakOptions *o, int argc, char **argv) {
  o->patterns = mem_new(sizeof *o->patterns * ((size_t)argc + 1));
  if (getcwd(o->cwd, sizeof o->cwd)) o->dir = str_of(o->cwd);
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-C") == 0 && i + 1 < argc)
      o->dir = str_of(argv[++i]);
    else if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
      o->rounds = (uint32_t)strtoul(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
      o->seed = strtoull(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "-v") == 0)
      o->verbose = true;
    else
      o->patterns[o->pattern_count++] = str_of(argv[i]);
  }
}

void break_options_release(BreakOptions *o) { free(o->patterns); }

typedef struct ImportContext {
  Checked *checked;
  LoadPackage *from;
} ImportContext;

static Package *import(void *context, Str path) {
  ImportContext *c = context;
  LoadPackage *p = load_package_import(c->from, path);
  if (!p) return NULL;
  return p->is_fake_unsafe ? c->checked->context->unsafe_package : c->checked->packages[p->index];
}

Package *checked_package(Checked *self, LoadPackage *lp, AstFile **files, uint32_t count) {
  ImportContext context = {self, lp};
  PackageInput in = {.path = lp->path,
                     .files = files,
                     .file_count = count,
                     .go_minor = lp->go_minor,
                     .has_assembly = lp->has_asm,
                     .import = import,
                     .import_context = &context};
  Package *p = package_declare(self->context, &in);
  package_check_bodies(p);
  return p;
}

uint32_t checked_parse(Checked *self, LoadPackage *lp, AstFile **files) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < lp->file_count; i++) {
    LoadFile *f = lp->files[i];
    Str text;
    if (f->kind == LOAD_FILE_ASM || !loader_read_file(self->loader, f->source.path, &text)) continue;
    files[count++] = parse_file(self->parser, &f->source, text, NULL);
    free((char *)text.p);
  }
  return count;
}

static void load(Checked *self, LoadPackage *lp) {
  AstFile **files = mem_new(sizeof *files * (lp->file_count + 1));
  uint32_t count = checked_parse(self, lp, files);
  for (uint32_t i = 0; i < count; i++) VEC_APPEND(&self->files, files[i]);
  self->packages[lp->index] = checked_package(self, lp, files, count);
  if (lp->is_root && count) VEC_APPEND(&self->roots, lp);
  free(files);
}

void checked_init(Checked *self, const BreakOptions *o) {
  BuildOptions options = {.cwd = o->dir, .environ = environ};
  LoadRequest request = {.patterns = o->patterns, .pattern_count = o->pattern_count};
  *self = (Checked){.build = build_context_new(&options)};
  self->loader = loader_new(self->build, o->dir);
  self->graph = loader_load(self->loader, &request);
  self->interner = interner_new();
  self->parser = parser_new(self->interner);
  self->context = typecontext_new(self->interner, self->build->goarch, self->build->go_minor);
  self->packages = mem_new(sizeof *self->packages * (self->graph->count + 1));
  for (uint32_t i = 0; i < self->graph->count; i++) {
    LoadPackage *lp = self->graph->packages[i];
    if (!lp->is_fake_unsafe && !lp->missing) load(self, lp);
  }
}

void checked_release(Checked *self) {
  for (uint32_t i = self->graph->count; i-- > 0;) package_free(self->packages[i]);
  for (uint32_t i = 0; i < self->files.len; i++) ast_file_free(self->files.items[i]);
  free(self->files.items);
  free(self->roots.items);
  free(self->packages);
  typecontext_free(self->context);
  parser_free(self->parser);
  interner_free(self->interner);
  load_graph_free(self->graph);
  loader_free(self->loader);
  build_context_free(self->build);
}

void checked_round(Checked *self, const BreakOptions *o, uint32_t round) {
  enum { HANGS = 60 }; // seconds
  self->random = (o->seed + round) * UINT64_C(0x9E3779B97F4A7C15) + 1;
  alarm(HANGS);
}

uint32_t checked_pick(Checked *self, uint32_t n) {
  self->random = self->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return n ? (uint32_t)(self->random >> 33) % n : 0;
}
