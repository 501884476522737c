// recalled.c: results of packages from the disk, as images that have nothing but the result, and storing them.
#include "program/program_internal.h"
#include "store/store.h"

#include <stdlib.h>

#include "types/check.h"

typedef struct RecalledState {
  Stored *stored;
  ParsedFile *parsed; // one of the files has a tree: retained
} RecalledState;

static void recalled_release(PackageImage *image) {
  RecalledState *state = image->recalled;
  finding_set_free(image->findings);
  stored_free(state->stored);
  for (uint32_t i = 0; i < image->file_count; i++)
    if (!state->parsed || image->asts[i] != state->parsed->ast) ast_file_free(image->asts[i]);
  parsed_file_release(state->parsed);
  arena_release(&image->arena);
  free(image);
}

static const AstSource *source_at(void *context, Str path) { return sources_at(context, path); }

// The one that is shown has a tree.
static AstFile *open_file(Program *p, RecalledState *state, uint32_t i, const LoadFile *load, bool is_shown) {
  if (is_shown) {
    Parser *parser = parser_new(p->builder.interner);
    state->parsed = sources_parse(&p->builder.sources, p->builder.loader, parser, load);
    parser_free(parser);
    return state->parsed ? state->parsed->ast : NULL;
  }
  Str text = STR_NONE;
  if (!loader_read_file(p->builder.loader, load->source.path, &text)) return NULL;
  AstFile *file = stored_file(state->stored, i, sources_source(&p->builder.sources, load), text);
  free((char *)text.p);
  return file;
}

// Without findings: the bytes make no sense, or files went meanwhile.
static PackageImage *image_of(Program *p, LoadPackage *load, Str shown, Stored *stored) {
  PackageImage *image = mem_new(sizeof *image);
  image->references = 1;
  arena_init(&image->arena);
  image->id = arena_str(&image->arena, load->id);
  RecalledState *state = ARENA_NEW(&image->arena, RecalledState);
  image->recalled = state;
  image->release = recalled_release;
  state->stored = stored;
  image->asts = ARENA_ARRAY(&image->arena, AstFile *, load->file_count + 1);
  for (uint32_t i = 0; i < load->file_count; i++) {
    if (load->files[i]->kind == LOAD_FILE_ASM) continue;
    uint32_t n = image->file_count;
    bool is_shown = str_equal(load->files[i]->source.path, shown);
    AstFile *file = n < stored_file_count(stored) ? open_file(p, state, n, load->files[i], is_shown) : NULL;
    if (!file) return image;
    image->asts[image->file_count++] = file;
    if (file->decl_count != stored_decl_count(stored, n)) return image;
  }
  if (image->file_count == stored_file_count(stored))
    image->findings = stored_findings(stored, image->asts, source_at, &p->builder.sources);
  return image;
}

// An entry that makes no sense is removed, so that another one takes its place.
PackageImage *recalled_image(Program *p, const LoadGraph *graph, LoadPackage *load, Str shown) {
  Digest key;
  size_t len;
  if (load->missing || !key_of_result(&p->builder, graph, load, &key)) return NULL;
  void *bytes = cache_read(p->builder.cache, key, &len);
  if (!bytes) return NULL;
  Stored *stored = stored_open(bytes, len, key);
  PackageImage *image = stored ? image_of(p, load, shown, stored) : NULL;
  if (!image || !image->findings) {
    cache_remove(p->builder.cache, key);
    image_release(image);
    return NULL;
  }
  BuildJob job = {.builder = &p->builder, .load = load, .is_root = true};
  image_fill_result(image, &job);
  image->result.recalled = true;
  return image;
}

// ---- First looks

PackageImage *first_look_image(const BuildJob *job, ParsedFile *shown, FindingSet *findings) {
  const Digest none = {0};
  Buf bytes = {0};
  PackageResult seen = {.findings = findings, .files = &shown->ast, .file_count = 1};
  if (!stored_write(&bytes, &seen, none)) return NULL;
  Stored *stored = stored_open(bytes.text, bytes.len, none);
  BUG_ON(!stored);
  PackageImage *image = mem_new(sizeof *image);
  image->references = 1;
  arena_init(&image->arena);
  image->id = arena_str(&image->arena, job->load->id);
  RecalledState *state = ARENA_NEW(&image->arena, RecalledState);
  image->recalled = state;
  image->release = recalled_release;
  state->stored = stored;
  state->parsed = shown;
  __atomic_add_fetch(&shown->references, 1, __ATOMIC_RELAXED);
  image->asts = ARENA_ARRAY(&image->arena, AstFile *, 1);
  image->asts[image->file_count++] = shown->ast;
  image->findings = stored_findings(stored, image->asts, source_at, &job->builder->sources);
  BUG_ON(!image->findings);
  image_fill_result(image, job);
  image->result.first_look = true;
  return image;
}

// ---- Storing

// Did all that was built see the texts that the key is made of? Imports on demand see to that themselves. root: the
// image of the last package.
static bool saw_texts(Program *p, const LoadGraph *graph, const LoadPackage *load, const PackageImage *root) {
  bool ok = true;
  for (uint32_t i = 0; ok && i <= load->index; i++) {
    LoadPackage *each = graph->packages[i];
    const PackageImage *image = each == load ? root : strmap_get(&p->images, each->id);
    if (!image) continue;
    BuildJob job = {.builder = &p->builder, .load = each, .is_root = each == load};
    Digest *texts = mem_new(sizeof *texts * (each->file_count + 1));
    Digester d = {0};
    ok = key_add_package(&d, &job, texts) && key_has_texts(texts, image->asts, image->file_count);
    (void)digester_end(&d);
    free(texts);
  }
  return ok;
}

// A package under edit is built as a whole: the way that is told of several, and how seldom code is reached, may differ
// before. NULL: cancelled. Returns a reference.
static PackageImage *built_whole(Program *p, const LoadGraph *graph, LoadPackage *load, PackageImage *image,
                                 const CancelToken *cancel) {
  if (!image->origin) return image_retain(image);
  PackageImage **images = mem_new(sizeof *images * (graph->count + 1));
  for (uint32_t i = 0; i < load->index; i++) {
    images[i] = strmap_get(&p->images, graph->packages[i]->id);
    if (!images[i]) images[i] = strmap_get(&p->builder.imported, graph->packages[i]->id);
  }
  Parser *parser = parser_new(p->builder.interner);
  BuildJob job = {.builder = &p->builder, .load = load, .images = images, .is_root = true, .cancel = cancel};
  p->builder.running = graph;
  PackageImage *whole = image_build_whole(&job, parser, true);
  p->builder.running = NULL;
  parser_free(parser);
  free(images);
  return whole;
}

static bool store(Program *p, const LoadGraph *graph, LoadPackage *load, PackageImage *image,
                  const PackageImage *recalled, const CancelToken *cancel) {
  Digest key;
  if (!key_of_result(&p->builder, graph, load, &key) || (!recalled && cache_has(p->builder.cache, key))) return false;
  Buf bytes = {0};
  bool same = false;
  PackageImage *whole = built_whole(p, graph, load, image, cancel);
  if (whole && saw_texts(p, graph, load, whole) && stored_write(&bytes, &whole->result, key)) {
    same = recalled && str_equal(stored_bytes(recalled->recalled->stored), buf_view(&bytes));
    if (!same) cache_store(p->builder.cache, key, buf_view(&bytes));
  }
  image_release(whole);
  buf_release(&bytes);
  cache_tend(p->builder.cache);
  return same;
}

bool program_store_result(Program *p, const PackageResult *result, const PackageResult *recalled,
                          const CancelToken *cancel) {
  PackageImage *image = result->owner;
  bool same = false;
  if (!cache_is_on(p->builder.cache) || result->recalled || result->first_look) return false;
  pthread_mutex_lock(&p->build_lock);
  LoadPackage *load = p->current ? load_graph_find(p->current, image->id) : NULL;
  if (load && strmap_get(&p->images, image->id) == image && !p->edited.len)
    same = store(p, p->current, load, image, recalled ? recalled->owner : NULL, cancel);
  pthread_mutex_unlock(&p->build_lock);
  return same;
}
