// image.c: one package from its files to findings.
//
// An image is made from parsed files, the images of its imports and the options, and immutable from then on.
#include "build/build.h"
#include "build/compile.h"

#include <stdlib.h>
#include <time.h>

void image_release(PackageImage *image) {
  if (!image || __atomic_sub_fetch(&image->references, 1, __ATOMIC_ACQ_REL)) return;
  if (image->release) {
    image->release(image);
    return;
  }
  finding_set_free(image->shown);
  finding_set_free(image->findings);
  cost_batch_release(image->costs);
  if (image->release_live) image->release_live(image);
  if (image->unit && !image->origin) ir_unit_free(image->unit);
  if (image->package && !image->origin) package_free(image->package);
  image_release(image->origin);
  for (uint32_t i = 0; i < image->file_count; i++) parsed_file_release(image->files[i]);
  for (uint32_t i = 0; i < image->dep_count; i++) image_release(image->deps[i]);
  arena_release(&image->arena);
  free(image);
}

static const AstFile *own_file(const PackageImage *image, const AstSource *source) {
  for (uint32_t i = 0; i < image->file_count; i++) {
    const AstFile *file = __atomic_load_n(&image->asts[i], __ATOMIC_ACQUIRE); // NULL: on demand, not opened
    if (file && file->source == source) return file;
  }
  return NULL;
}

const AstFile *image_file_of(const PackageImage *image, const AstDecl *decl) {
  const AstFile *file = own_file(image, decl->source);
  if (file) return file;
  PtrMap seen = {0};
  VEC(const PackageImage *) pending = {0};
  VEC_APPEND(&pending, image);
  for (uint32_t at = 0; at < pending.len && !file; at++) {
    const PackageImage *from = pending.items[at];
    file = own_file(from, decl->source);
    for (uint32_t i = 0; i < from->dep_count; i++) {
      if (ptrmap_has(&seen, from->deps[i])) continue;
      ptrmap_set(&seen, from->deps[i], from->deps[i]);
      VEC_APPEND(&pending, from->deps[i]);
    }
  }
  ptrmap_release(&seen);
  free(pending.items);
  return file;
}

// ---- What it is made from

// A package of the user's modules or one asked for obeys the options; what it merely imports is compiled by default
// rules. Only what is asked for is explained: notes on flows take several times the memory of all that importers read.
IrOptions image_options(const BuildJob *job) {
  const IrOptions *given = &job->builder->ir;
  bool is_own = job->load->module && job->load->module->is_main;
  IrOptions o = *given;
  o.go_minor = given->go_minor ? given->go_minor : job->builder->context->go_minor;
  if (job->load->profile.n) o.profile = strmap_get(&job->builder->profiles, job->load->profile);
  if (job->is_root) return o;
  if (is_own && given->explain) {
    o.explain = false;
    return o;
  }
  return (IrOptions){.level = 1, .go_minor = o.go_minor, .profile = o.profile, .sanitizer = job->builder->sanitizer};
}

static bool tree_is_renewed(const PackageImage *renewed, uint32_t i, Str path) {
  return renewed && i < renewed->file_count && str_equal(renewed->asts[i]->source->path, path) &&
         ast_was_edited(renewed->asts[i]);
}

static uint64_t error_hash(uint64_t h, const LoadError *e) {
  h = hash_mix(hash_mix(h, str_hash(e->file)), e->offset);
  return hash_mix(hash_mix(h, str_hash(e->message)), str_hash(e->module));
}

// What an image shows of its load graph: it changes with go.mod, and with what becomes of imports of imports.
static uint64_t said_of(const LoadPackage *load) {
  uint64_t h = 0;
  for (uint32_t i = 0; i < load->error_count; i++) h = error_hash(h, &load->errors[i]);
  for (uint32_t i = 0; load->lacks && i < load->import_count; i++) {
    const LoadPackage *lacks = load->imports[i].package->lacks;
    if (lacks && lacks->error_count) h = error_hash(hash_mix(h, i), &lacks->errors[0]);
  }
  return h;
}

PackageImage *image_new(const BuildJob *job, Parser *parser, bool once, const PackageImage *renewed) {
  const LoadPackage *load = job->load;
  PackageImage *image = mem_new(sizeof *image);
  image->references = 1;
  arena_init(&image->arena);
  image->arena.paged = job->is_root && !job->transient;
  image->load = load;
  image->id = arena_str(&image->arena, load->id);
  image->said = said_of(load);
  image->options = image_options(job);
  image->keeps_bodies = job->is_root;
  image->files = ARENA_ARRAY(&image->arena, ParsedFile *, load->file_count + 1);
  image->asts = ARENA_ARRAY(&image->arena, AstFile *, load->file_count + 1);
  image->names = ARENA_ARRAY(&image->arena, Sym, load->file_count + 1);
  for (uint32_t i = 0; i < load->file_count; i++) {
    if (load->files[i]->kind == LOAD_FILE_ASM) continue;
    Builder *p = job->builder;
    bool anew = once || tree_is_renewed(renewed, image->file_count, load->files[i]->source.path);
    ParsedFile *file = once && job->ahead ? job->ahead[i] : NULL;
    if (file)
      job->ahead[i] = NULL;
    else if (anew)
      file = sources_parse_once(&p->sources, p->loader, parser, load->files[i]);
    else
      file = sources_parse(&p->sources, p->loader, parser, load->files[i]);
    if (!file) continue;
    Str name = load->files[i]->package_name;
    image->names[image->file_count] = name.n ? intern(p->interner, name) : file->ast->package_name;
    image->asts[image->file_count] = file->ast;
    image->files[image->file_count++] = file;
  }
  image->deps = ARENA_ARRAY(&image->arena, PackageImage *, load->import_count + 1);
  for (uint32_t i = 0; i < load->import_count; i++) {
    PackageImage *dep = job->images[load->imports[i].package->index];
    if (dep) image->deps[image->dep_count++] = image_retain(dep);
  }
  return image;
}

static const PackageImage *origin_of(const PackageImage *image) { return image->origin ? image->origin : image; }

bool image_same_to_importers(const PackageImage *a, const PackageImage *b) {
  return a == b || (origin_of(a) == origin_of(b) && a->summary == b->summary);
}

// ---- Building

static Package *import_package(void *context, Str path) {
  const BuildJob *job = context;
  if (str_equal(path, STR("unsafe"))) return job->builder->types->unsafe_package;
  LoadPackage *load = load_package_import(job->load, path);
  PackageImage *image = load ? job->images[load->index] : NULL;
  return image ? image->package : NULL;
}

static LoadError copy_error(Arena *a, LoadError e) {
  e.file = arena_str(a, e.file);
  e.message = arena_str(a, e.message);
  e.module = arena_str(a, e.module);
  return e;
}

// Where the import is written first; NULL: nowhere.
static const LoadImport *place_of_import(const LoadPackage *load, Str path, const LoadFile **file) {
  for (uint32_t f = 0; f < load->file_count; f++)
    for (uint32_t i = 0; i < load->files[f]->import_count; i++)
      if (str_equal(load->files[f]->imports[i].path, path)) return *file = load->files[f], &load->files[f]->imports[i];
  return NULL;
}

static void fill_far_errors(PackageResult *r, Arena *a, const LoadPackage *load) {
  r->far_errors = ARENA_ARRAY(a, LoadError, load->import_count + 1);
  for (uint32_t i = 0; i < load->import_count && load->lacks; i++) {
    const LoadPackage *dep = load->imports[i].package;
    const LoadFile *file;
    const LoadImport *at = dep->lacks && !dep->missing ? place_of_import(load, load->imports[i].path, &file) : NULL;
    if (!at || !dep->lacks->error_count) continue;
    LoadError e = dep->lacks->errors[0];
    e.file = file->source.path;
    e.offset = at->offset;
    e.message = arena_printf(a, "%.*s needs %.*s: %.*s", STR_ARG(load->imports[i].path), STR_ARG(dep->lacks->path),
                             STR_ARG(e.message));
    r->far_errors[r->far_error_count++] = copy_error(a, e);
  }
}

// As people see them: of a translated file what was written.
static AstFile **shown_files(PackageImage *image) {
  bool any = false;
  for (uint32_t i = 0; i < image->file_count; i++) any |= image->asts[i] && image->asts[i]->original;
  if (!any) return image->asts;
  AstFile **shown = ARENA_ARRAY(&image->arena, AstFile *, image->file_count + 1);
  for (uint32_t i = 0; i < image->file_count; i++) {
    AstFile *original = image->asts[i] ? image->asts[i]->original : NULL;
    shown[i] = original ? original : image->asts[i];
  }
  return shown;
}

void image_fill_result(PackageImage *image, const BuildJob *job) {
  const LoadPackage *load = job->load;
  Arena *a = &image->arena;
  PackageResult *r = &image->result;
  r->import_path = image->id;
  r->name = arena_str(a, load->name);
  r->dir = arena_str(a, load->dir);
  r->package = image->package;
  r->unit = image->unit;
  r->findings = image->findings;
  r->files = shown_files(image);
  r->file_count = image->file_count;
  r->load_error_count = load->error_count;
  r->load_errors = ARENA_ARRAY(a, LoadError, load->error_count + 1);
  for (uint32_t i = 0; i < load->error_count; i++) r->load_errors[i] = copy_error(a, load->errors[i]);
  fill_far_errors(r, a, load);
  for (uint32_t i = 0; i < load->import_count; i++) {
    const LoadPackage *dep = load->imports[i].package;
    r->missing_imports |= (dep->missing && !dep->is_fake_unsafe) || dep->in_cycle;
  }
  if (str_equal(load->path, STR("command-line-arguments")) && load->file_count == 1)
    r->left_out = arena_str(a, load->files[0]->left_out);
  r->files_left_out = load->files_left_out;
  if (image->options.profile) r->profile = arena_str(a, image->options.profile->path);
  r->for_main = arena_str(a, load->for_main);
  r->owner = image;
}

Str image_import_path(const BuildJob *job) {
  const LoadPackage *load = job->load;
  Str given = job->builder->file_list_path;
  if (given.n && str_equal(load->path, STR("command-line-arguments"))) return given;
  return load->path.n ? load->path : load->id;
}

static double seconds_since(const struct timespec *from) {
  struct timespec to;
  clock_gettime(CLOCK_MONOTONIC, &to);
  return (double)(to.tv_sec - from->tv_sec) + (double)(to.tv_nsec - from->tv_nsec) / 1e9;
}

// What its functions do is noted where somebody will ask what calls cost.
static bool promises(const PackageImage *image) {
  for (uint32_t i = 0; i < image->file_count; i++)
    if (image->asts[i]->mentions_directives) return true;
  return false;
}

bool image_check(PackageImage *image, const BuildJob *job) {
  struct timespec from;
  clock_gettime(CLOCK_MONOTONIC, &from);
  image->options.costs |= job->is_root && !job->transient && image->options.explain && promises(image);
  PackageInput input = {
    .path = arena_str(&image->arena, image_import_path(job)),
    .files = image->effective ? image->effective : image->asts,
    .names = image->names,
    .file_count = image->file_count,
    .go_minor = image->load->go_minor,
    .has_assembly = image->load->has_asm,
    .stays = image->arena.paged,
    .import = import_package,
    .import_context = (void *)job,
    .cancelled = job->cancel && !image->must_finish ? &job->cancel->cancelled : NULL,
  };
  image->package = package_declare(job->builder->types, &input);
  if (job->builder->declared) job->builder->declared(image, job);
  package_check_bodies(image->package);
  image->result.seconds = seconds_since(&from);
  return !package_cancelled(image->package);
}

bool image_compile(PackageImage *image, const BuildJob *job) {
  struct timespec from;
  clock_gettime(CLOCK_MONOTONIC, &from);
  double seconds = image->result.seconds;
  image->unit = image->for_importers ? compile_for_importers(image->package, &image->options)
                                     : compile_package(image->package, &image->options);
  if (package_cancelled(image->package)) return false;
  if (image->unit && image->options.explain) image->findings = finding_set_new(image->unit);
  if (package_cancelled(image->package)) return false;
  if (image->unit && job->costs) {
    AllocSet *set = alloc_set_new(image->unit);
    image->costs = cost_batch_of(set);
    alloc_set_free(set);
  }
  image->package->cancelled = NULL;
  if (!image->keeps_bodies)
    ir_unit_drop_bodies(image->unit);
  else if (image->unit && image->arena.paged)
    ir_unit_settle(image->unit);
  image_fill_result(image, job);
  image->result.seconds = seconds + seconds_since(&from);
  return true;
}

PackageImage *image_check_whole(const BuildJob *job, Parser *parser, bool once) {
  PackageImage *image = image_new(job, parser, once, NULL);
  image->for_importers = !job->is_root && !job->all;
  image->options.costs |= job->costs;
  if (image_check(image, job)) return image;
  image_release(image);
  return NULL;
}

bool image_compile_whole(PackageImage *image, const BuildJob *job) {
  bool done = image_compile(image, job);
  image->load = NULL;
  return done;
}

PackageImage *image_build_whole(const BuildJob *job, Parser *parser, bool once) {
  PackageImage *image = image_check_whole(job, parser, once);
  if (!image || image_compile_whole(image, job)) return image;
  image_release(image);
  return NULL;
}
