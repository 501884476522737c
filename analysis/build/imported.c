// imported.c: packages that are only imported. Their images hold a summary and a package on demand; what importers ask
// for is read from the source then. A package without a summary is built as a whole once, and dropped again as soon as
// its summary is written, so that no more than a few packages are ever there in full.
//
// Keys: a package's key is made of its texts, its options, the release of heapls, and what its imports show. A package
// that imports one that is there in full (one that is being edited, or has errors) gets no key: its summary is made
// anew whenever such an import changes, and not stored.
#include "build/build.h"
#include "inline/inline.h"

#include <stdlib.h>
#include <time.h>

typedef struct ImportedState {
  Builder *builder;
  Summary *summary;    // changes when the package has been compiled: under TypeContext.expand_lock
  PackageImage *whole; // checked, and to be compiled; else NULL
  Digest *texts;       // of its files, while there is a whole
  Summary *all;        // with the tags of functions that importers were not expected to ask about; NULL: nobody has
  Digest key;
  bool storable;
  bool counted;              // in Builder.compiled
  const AstSource **sources; // by file
  AstFile **files;           // opened so far, owned
  uint32_t file_count;
  Str *import_paths; // as written; of image->deps
} ImportedState;

// ---- what the package and its unit ask

static bool find_name(void *context, Sym name, DemandName *out) {
  const PackageImage *image = context;
  return summary_find_name(image->imported->summary, name, out);
}

static Sym interned(const PackageImage *image, Str name) {
  return name.n ? intern(image->imported->builder->interner, name) : NULL;
}

static Sym find_method(void *context, Sym type, uint32_t i, DemandName *out) {
  const PackageImage *image = context;
  return interned(image, summary_method(image->imported->summary, type, i, out));
}

static Sym exported_name(void *context, uint32_t i) {
  const PackageImage *image = context;
  return interned(image, summary_exported(image->imported->summary, i));
}

static AstFile *open_file(void *context, uint32_t i) {
  PackageImage *image = context;
  ImportedState *state = image->imported;
  Str text = STR_NONE;
  if (!loader_read_file(state->builder->loader, state->sources[i]->path, &text)) return NULL;
  AstFile *file = NULL;
  if (digest_equal(digest_of(text.p, text.n), summary_text_digest(state->summary, i))) {
    uint32_t count = summary_decl_count(state->summary, i);
    DeclPlace *places = mem_new(sizeof *places * (count + 1));
    for (uint32_t k = 0; k < count; k++) places[k] = summary_decl(state->summary, i, k);
    file = ast_file_open(state->sources[i], text, places, count);
    file->go_minor = summary_file_go_minor(state->summary, i);
    file->package_name = image->package->name;
    free(places);
  }
  free((char *)text.p);
  __atomic_store_n(&state->files[i], file, __ATOMIC_RELEASE);
  return file;
}

static uint32_t number_of(const ImportedState *state, const AstFile *file) {
  uint32_t i = 0;
  while (i < state->file_count && state->files[i] != file) i++;
  return i;
}

static void read_decl(void *context, AstFile *file, AstDecl *decl, bool with_body) {
  const PackageImage *image = context;
  const ImportedState *state = image->imported;
  uint32_t i = number_of(state, file);
  if (i == state->file_count) return;
  DeclPlace place = summary_decl(state->summary, i, decl->slot);
  ast_file_read(state->builder->demand_parser, file, decl, with_body, place.body);
}

static uint32_t local_type(void *context, const AstFile *file, Pos at) {
  const PackageImage *image = context;
  uint32_t i = number_of(image->imported, file);
  return i < image->imported->file_count ? summary_local_type(image->imported->summary, i, at.decl->slot, at.offset)
                                         : 0;
}

static Package *import_package(void *context, Str path) {
  const PackageImage *image = context;
  if (str_equal(path, STR("unsafe"))) return image->imported->builder->types->unsafe_package;
  for (uint32_t i = 0; i < image->dep_count; i++)
    if (str_equal(image->imported->import_paths[i], path)) return image->deps[i]->package;
  return NULL;
}

static bool find_facts(void *context, Sym function, IrFacts *out) {
  const PackageImage *image = context;
  return summary_find_function(image->imported->summary, function, out);
}

static Summary *compile_all(const PackageImage *);

static bool find_all(void *context, Sym function, IrFacts *out) {
  const PackageImage *image = context;
  ImportedState *state = image->imported;
  if (!state->all) state->all = compile_all(image);
  return state->all && summary_find_function(state->all, function, out);
}

static bool exports(void *context, const IrFunc *fn, bool body) {
  const PackageImage *image = context;
  return summary_exports(image->imported->summary, fn->name->pkg->path, sym_str(fn->name->sym), body);
}

static Package *known_import(void *context, uint32_t i) {
  const PackageImage *image = context;
  return i < image->dep_count ? image->deps[i]->package : NULL;
}

// ---- keys

// What the imports show. False: one of them has no digest.
static bool digest_imports(const BuildJob *job, Digest *out) {
  const LoadPackage *load = job->load;
  Digester d = {0};
  bool ok = true;
  for (uint32_t i = 0; i < load->import_count; i++) {
    const PackageImage *dep = job->images[load->imports[i].package->index];
    digester_add(&d, load->imports[i].path);
    if (dep && dep->imported)
      digester_digest(&d, summary_shows(dep->imported->summary));
    else
      ok &= !dep;
    ok &= !dep || !dep->imported || dep->imported->storable;
  }
  *out = digester_end(&d);
  return ok;
}

static bool package_key(const BuildJob *job, Digest imports, Digest *texts, Digest *key) {
  Digester d = {0};
  digester_digest(&d, imports);
  bool ok = key_add_package(&d, job, texts);
  *key = digester_end(&d);
  return ok;
}

// ---- summaries

static bool has_declaration_errors(const PackageImage *whole, uint32_t files) {
  const Package *pkg = whole->package;
  if (pkg->file_count != files || whole->result.load_error_count) return true;
  for (uint32_t i = 0; i < whole->file_count; i++)
    if (whole->asts[i]->errors.len) return true;
  for (uint32_t i = 0; i < pkg->errors.len; i++)
    if (!pkg->errors.items[i].soft) return true;
  return false;
}

// Of what has been checked, or compiled too.
static Summary *summary_of(const PackageImage *whole, Digest key, Digest imports, const Digest *texts, Cache *cache) {
  Buf bytes = {0};
  summary_write(&bytes, whole->package, whole->unit, key, imports, texts);
  if (cache) cache_store(cache, key, buf_view(&bytes));
  Summary *summary = summary_open(mem_resize(bytes.text, bytes.cap, bytes.len), bytes.len, key);
  BUG_ON(!summary);
  return summary;
}

static Summary *write_summary(const BuildJob *job, const PackageImage *whole, const ImportedState *state,
                              Digest imports, const Digest *texts) {
  if (!whole->unit || has_declaration_errors(whole, state->file_count) ||
      !key_has_texts(texts, whole->asts, whole->file_count))
    return NULL;
  return summary_of(whole, state->key, imports, texts, state->storable ? job->builder->cache : NULL);
}

static void count_compiled(const BuildJob *job, ImportedState *state) {
  if (!state->counted) __atomic_add_fetch(&job->builder->compiled, 1, __ATOMIC_RELAXED);
  state->counted = true;
}

static Summary *compile_summary(const BuildJob *job, Parser *parser, ImportedState *state, Digest imports,
                                const Digest *texts) {
  count_compiled(job, state);
  PackageImage *whole = image_build_whole(job, parser, true);
  Summary *summary = whole ? write_summary(job, whole, state, imports, texts) : NULL;
  image_release(whole);
  return summary;
}

// Under TypeContext.expand_lock. NULL: its files are not what they were.
static Summary *compile_all(const PackageImage *image) {
  const ImportedState *state = image->imported;
  Builder *p = state->builder;
  const LoadGraph *graph = p->running;
  LoadPackage *load = graph ? load_graph_find(graph, image->id) : NULL;
  if (!load) return NULL;
  PackageImage **images = mem_new(sizeof *images * (graph->count + 1));
  for (uint32_t i = 0; i < load->import_count; i++)
    for (uint32_t k = 0; k < image->dep_count; k++)
      if (str_equal(image->deps[k]->id, load->imports[i].package->id))
        images[load->imports[i].package->index] = image->deps[k];
  BuildJob job = {.builder = p, .load = load, .images = images, .all = true};
  Parser *parser = parser_new(p->interner);
  PackageImage *whole = image_build_whole(&job, parser, true);
  Summary *all = NULL;
  Digest imports = {0}, *texts = mem_new(sizeof *texts * (state->file_count + 1));
  for (uint32_t i = 0; i < state->file_count; i++) texts[i] = summary_text_digest(state->summary, i);
  if (whole && whole->file_count == state->file_count && key_has_texts(texts, whole->asts, whole->file_count)) {
    Buf bytes = {0};
    whole->unit->asked_known = false;
    summary_write(&bytes, whole->package, whole->unit, state->key, imports, texts);
    all = summary_open(mem_resize(bytes.text, bytes.cap, bytes.len), bytes.len, state->key);
  }
  free(texts);
  image_release(whole);
  parser_free(parser);
  free(images);
  return all;
}

// ---- images

static bool same_deps(const PackageImage *a, const PackageImage *b) {
  if (a->dep_count != b->dep_count) return false;
  for (uint32_t i = 0; i < a->dep_count; i++)
    if (!image_same_to_importers(a->deps[i], b->deps[i])) return false;
  return true;
}

static void drop_whole(ImportedState *state) {
  image_release(state->whole);
  state->whole = NULL;
  free(state->texts);
  state->texts = NULL;
}

static void imported_release(PackageImage *image) {
  ImportedState *state = image->imported;
  drop_whole(state);
  ir_unit_free(image->unit);
  package_free(image->package);
  for (uint32_t i = 0; i < state->file_count; i++) ast_file_free(state->files[i]);
  summary_release(state->summary);
  summary_release(state->all);
  for (uint32_t i = 0; i < image->dep_count; i++) image_release(image->deps[i]);
  arena_release(&image->arena);
  free(image);
}

static PackageImage *new_image(const BuildJob *job) {
  const LoadPackage *load = job->load;
  Builder *p = job->builder;
  PackageImage *image = mem_new(sizeof *image);
  image->references = 1;
  arena_init(&image->arena);
  Arena *a = &image->arena;
  image->load = load;
  image->id = arena_str(a, load->id);
  image->options = image_options(job);
  ImportedState *state = ARENA_NEW(a, ImportedState);
  image->imported = state;
  image->release = imported_release;
  state->builder = p;
  state->sources = ARENA_ARRAY(a, const AstSource *, load->file_count + 1);
  state->files = ARENA_ARRAY(a, AstFile *, load->file_count + 1);
  for (uint32_t i = 0; i < load->file_count; i++)
    if (load->files[i]->kind != LOAD_FILE_ASM)
      state->sources[state->file_count++] = sources_source(&p->sources, load->files[i]);
  image->deps = ARENA_ARRAY(a, PackageImage *, load->import_count + 1);
  state->import_paths = ARENA_ARRAY(a, Str, load->import_count + 1);
  for (uint32_t i = 0; i < load->import_count; i++) {
    PackageImage *dep = job->images[load->imports[i].package->index];
    if (!dep) continue;
    state->import_paths[image->dep_count] = arena_str(a, load->imports[i].path);
    image->deps[image->dep_count++] = image_retain(dep);
  }
  return image;
}

static void make_package(PackageImage *image, const BuildJob *job) {
  ImportedState *state = image->imported;
  Builder *p = state->builder;
  DemandSource source = {
    .context = image,
    .path = arena_str(&image->arena, image_import_path(job)),
    .name = interned(image, summary_package_name(state->summary)),
    .go_minor = job->load->go_minor,
    .has_assembly = job->load->has_asm,
    .file_count = state->file_count,
    .find = find_name,
    .method = find_method,
    .exported = exported_name,
    .file = open_file,
    .read = read_decl,
    .local_type = local_type,
    .import = import_package,
  };
  image->package = package_on_demand(p->types, &source);
  IrFactSource facts = {
    .context = image, .find = find_facts, .exports = exports, .import = known_import, .find_all = find_all};
  image->unit = ir_unit_on_demand(image->package, &image->options, &inline_for_lowering, &facts);
  image->asts = state->files;
  image->file_count = state->file_count;
  image_fill_result(image, job);
  image->load = NULL;
}

// The summary from the cache; NULL: there is none.
static Summary *find_stored(const BuildJob *job, const ImportedState *state) {
  Summary *summary = state->storable ? cache_find(job->builder->cache, state->key) : NULL;
  if (summary && summary_file_count(summary) == state->file_count) return summary;
  summary_release(summary);
  return NULL;
}

// whole: the package, if it is there already.
static PackageImage *get(const BuildJob *job, Parser *parser, const PackageImage *whole) {
  Builder *p = job->builder;
  PackageImage *image = new_image(job);
  ImportedState *state = image->imported;
  Digest imports, *texts = mem_new(sizeof *texts * (state->file_count + 1));
  state->storable = digest_imports(job, &imports);
  bool readable = package_key(job, imports, texts, &state->key);
  PackageImage *known = strmap_get(&p->imported, image->id);
  bool same = readable && known && digest_equal(known->imported->key, state->key) && same_deps(known, image);
  if (same) {
    free(texts);
    image_release(image);
    return image_retain(known);
  }
  bool has_it = known && known->imported->storable && digest_equal(known->imported->key, state->key);
  if (readable && state->storable)
    state->summary = has_it ? summary_retain(known->imported->summary) : find_stored(job, state);
  if (readable && !state->summary)
    state->summary =
      whole ? write_summary(job, whole, state, imports, texts) : compile_summary(job, parser, state, imports, texts);
  free(texts);
  if (!state->summary) {
    image_release(image);
    return NULL;
  }
  make_package(image, job);
  return image;
}

// ---- in two steps

static bool check_whole(PackageImage *image, const BuildJob *job, Parser *parser) {
  ImportedState *state = image->imported;
  state->whole = image_check_whole(job, parser, true);
  const PackageImage *whole = state->whole;
  if (!whole || has_declaration_errors(whole, state->file_count) ||
      !key_has_texts(state->texts, whole->asts, whole->file_count))
    return false;
  state->summary = summary_of(whole, state->key, (Digest){0}, state->texts, NULL);
  return true;
}

PackageImage *imported_check(const BuildJob *job, Parser *parser, bool imports_done) {
  PackageImage *image = new_image(job);
  ImportedState *state = image->imported;
  state->texts = mem_new(sizeof *state->texts * (state->file_count + 1));
  Digest imports = {0};
  state->storable = imports_done && digest_imports(job, &imports);
  bool readable = package_key(job, imports, state->texts, &state->key) && !job->load->error_count;
  if (readable) state->summary = find_stored(job, state);
  if (readable && !state->summary && imports_done) count_compiled(job, state);
  if (!readable || (!state->summary && !check_whole(image, job, parser))) {
    image_release(image);
    return NULL;
  }
  make_package(image, job);
  return image;
}

bool imported_is_compiled(const PackageImage *image) { return !image->imported->whole; }

static Summary *compile_checked(PackageImage *image, const BuildJob *job) {
  ImportedState *state = image->imported;
  Builder *p = job->builder;
  Digest imports, *texts = mem_new(sizeof *texts * (state->file_count + 1));
  state->storable = digest_imports(job, &imports);
  bool readable = package_key(job, imports, texts, &state->key);
  for (uint32_t i = 0; i < state->file_count; i++) readable &= digest_equal(texts[i], state->texts[i]);
  free(texts);
  state->storable &= readable;                                        // else a file has changed since
  Summary *summary = state->counted ? NULL : find_stored(job, state); // counted: it was looked for
  if (summary) return summary;
  count_compiled(job, state);
  if (!image_compile_whole(state->whole, job)) return NULL;
  return summary_of(state->whole, state->key, imports, state->texts, state->storable ? p->cache : NULL);
}

bool imported_compile(PackageImage *image, const BuildJob *job) {
  ImportedState *state = image->imported;
  Summary *names = state->summary, *summary = compile_checked(image, job);
  if (!summary) return false;
  drop_whole(state);
  types_lock(image->package);
  state->summary = summary;
  types_unlock(image->package);
  summary_release(names);
  return true;
}

// ---- in one

PackageImage *imported_build(const BuildJob *job, Parser *parser) { return get(job, parser, NULL); }

PackageImage *imported_of(const BuildJob *job, PackageImage *whole) { return get(job, NULL, whole); }

size_t imported_memory(const PackageImage *image) {
  const ImportedState *state = image->imported;
  size_t total = summary_size(state->summary);
  for (uint32_t i = 0; i < state->file_count; i++)
    if (state->files[i]) total += state->files[i]->arena.total + state->files[i]->pool->arena.total;
  return total;
}
