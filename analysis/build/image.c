// image.c: one package from its files to findings, and the reuse of earlier results.
//
// An image is made from parsed files, the images of its imports and the options. If all of them are the very same
// objects as before, so is the result; a changed import makes new images of its importers, so that all types of one
// build agree.
#include "live/live.h"
#include "program/program_internal.h"

#include <stdlib.h>
#include <time.h>

void image_release(PackageImage *image) {
  if (!image || __atomic_sub_fetch(&image->references, 1, __ATOMIC_ACQ_REL)) return;
  if (image->imported) {
    imported_release(image);
    return;
  }
  if (image->recalled) {
    recalled_release(image);
    return;
  }
  finding_set_free(image->shown);
  finding_set_free(image->findings);
  live_free(image->live);
  live_carried_free(image);
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
  const IrOptions *given = &job->program->options.ir;
  bool is_own = job->load->module && job->load->module->is_main;
  IrOptions o = *given;
  o.go_minor = given->go_minor ? given->go_minor : job->program->build->go_minor;
  if (job->is_root) return o;
  if (is_own && given->explain) {
    o.explain = false;
    return o;
  }
  return (IrOptions){.level = 1, .go_minor = o.go_minor};
}

// Whether what was built with a serves who asks for b: explanations are no hindrance.
static bool options_serve(const IrOptions *a, const IrOptions *b) {
  return a->level == b->level && a->no_inline == b->no_inline && a->no_optimize == b->no_optimize &&
         a->small_frames == b->small_frames && (a->explain || !b->explain) && a->go_minor == b->go_minor &&
         a->debug_mutations_calls == b->debug_mutations_calls && a->zero_copy_off == b->zero_copy_off &&
         a->race == b->race && a->checkptr == b->checkptr;
}

// Are there parts of earlier versions in the file's tree?
static bool was_edited(const AstFile *file) { return file->slot_count > file->decl_count; }

static bool tree_is_renewed(const PackageImage *renewed, uint32_t i, Str path) {
  return renewed && i < renewed->file_count && str_equal(renewed->asts[i]->source->path, path) &&
         was_edited(renewed->asts[i]);
}

// once: trees are not kept. renewed: the image whose trees are made anew where edits left them in pieces; or NULL.
static PackageImage *new_image(const BuildJob *job, Parser *parser, bool once, const PackageImage *renewed) {
  const LoadPackage *load = job->load;
  PackageImage *image = mem_new(sizeof *image);
  image->references = 1;
  arena_init(&image->arena);
  image->arena.paged = job->is_root && !job->transient;
  image->load = load;
  image->id = arena_str(&image->arena, load->id);
  image->options = image_options(job);
  image->keeps_bodies = job->is_root;
  image->files = ARENA_ARRAY(&image->arena, ParsedFile *, load->file_count + 1);
  image->asts = ARENA_ARRAY(&image->arena, AstFile *, load->file_count + 1);
  image->names = ARENA_ARRAY(&image->arena, Sym, load->file_count + 1);
  for (uint32_t i = 0; i < load->file_count; i++) {
    if (load->files[i]->kind == LOAD_FILE_ASM) continue;
    Program *p = job->program;
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

static bool same_surroundings(const PackageImage *a, const PackageImage *b) {
  if (b->keeps_bodies && !a->keeps_bodies) return false;
  if (a->file_count != b->file_count || a->dep_count != b->dep_count || !options_serve(&a->options, &b->options))
    return false;
  for (uint32_t i = 0; i < a->file_count; i++) {
    if (a->asts[i]->source != b->asts[i]->source) return false;
  }
  for (uint32_t i = 0; i < a->dep_count; i++) {
    if (!image_same_to_importers(a->deps[i], b->deps[i])) return false;
  }
  return true;
}

static bool is_same(const PackageImage *a, const PackageImage *b) {
  for (uint32_t i = 0; i < a->file_count && i < b->file_count; i++) {
    if (a->files[i] != b->files[i]) return false;
  }
  return same_surroundings(a, b);
}

// Bytes in its files' trees that trees made anew would not have, about.
static size_t tree_garbage(const PackageImage *image) {
  enum { BYTES_PER_BYTE = 7 };
  size_t sum = 0;
  for (uint32_t i = 0; i < image->file_count; i++) {
    size_t anew = image->asts[i]->text.n * BYTES_PER_BYTE, now = ast_file_memory(image->asts[i]);
    if (was_edited(image->asts[i]) && now > anew) sum += now - anew;
  }
  return sum;
}

bool image_is_worn(const PackageImage *image, size_t bearable) {
  const LiveState *live = origin_of(image)->live;
  if (live && !live_is_sound(live)) return false; // a build would not say the same
  return tree_garbage(image) + (live ? live_garbage(live) : 0) > bearable;
}

// ---- Building

static Package *import_package(void *context, Str path) {
  const BuildJob *job = context;
  if (str_equal(path, STR("unsafe"))) return job->program->types->unsafe_package;
  LoadPackage *load = load_package_import(job->load, path);
  PackageImage *image = load ? job->images[load->index] : NULL;
  return image ? image->package : NULL;
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
  r->files = image->asts;
  r->file_count = image->file_count;
  r->load_error_count = load->error_count;
  r->load_errors = ARENA_ARRAY(a, LoadError, load->error_count + 1);
  for (uint32_t i = 0; i < load->error_count; i++) {
    const LoadError *e = &load->errors[i];
    r->load_errors[i] = (LoadError){arena_str(a, e->file), e->offset, arena_str(a, e->message)};
  }
  for (uint32_t i = 0; i < load->import_count; i++) {
    const LoadPackage *dep = load->imports[i].package;
    r->missing_imports |= (dep->missing && !dep->is_fake_unsafe) || dep->in_cycle;
  }
  r->owner = image;
}

Str image_import_path(const BuildJob *job) {
  const LoadPackage *load = job->load;
  Str given = job->program->options.file_list_path;
  if (given.n && str_equal(load->path, STR("command-line-arguments"))) return given;
  return load->path.n ? load->path : load->id;
}

static double seconds_since(const struct timespec *from) {
  struct timespec to;
  clock_gettime(CLOCK_MONOTONIC, &to);
  return (double)(to.tv_sec - from->tv_sec) + (double)(to.tv_nsec - from->tv_nsec) / 1e9;
}

// False: cancelled.
static bool check(PackageImage *image, const BuildJob *job) {
  struct timespec from;
  clock_gettime(CLOCK_MONOTONIC, &from);
  PackageInput input = {
    .path = arena_str(&image->arena, image_import_path(job)),
    .files = image->carried ? live_effective_files(image) : image->asts,
    .names = image->names,
    .file_count = image->file_count,
    .go_minor = image->load->go_minor,
    .has_assembly = image->load->has_asm,
    .stays = image->arena.paged,
    .import = import_package,
    .import_context = (void *)job,
    .cancelled = job->cancel && !image->must_finish ? &job->cancel->cancelled : NULL,
  };
  image->package = package_declare(job->program->types, &input);
  first_look(image, job);
  package_check_bodies(image->package);
  image->result.seconds = seconds_since(&from);
  return !package_cancelled(image->package);
}

// Of a package that has been checked. False: cancelled.
static bool compile(PackageImage *image, const BuildJob *job) {
  struct timespec from;
  clock_gettime(CLOCK_MONOTONIC, &from);
  double seconds = image->result.seconds;
  image->unit = image->for_importers ? compile_for_importers(image->package, &image->options)
                                     : compile_package(image->package, &image->options);
  if (package_cancelled(image->package)) return false;
  if (image->unit && image->options.explain) image->findings = finding_set_new(image->unit);
  if (package_cancelled(image->package)) return false;
  image->package->cancelled = NULL;
  if (!image->keeps_bodies)
    ir_unit_drop_bodies(image->unit);
  else if (image->unit && image->arena.paged)
    ir_unit_settle(image->unit);
  image_fill_result(image, job);
  image->result.seconds = seconds + seconds_since(&from);
  return true;
}

// False: cancelled.
static bool build(PackageImage *image, const BuildJob *job) {
  bool checked = check(image, job);
  if (image->carried) live_revert_bodies(image);
  return checked && compile(image, job);
}

PackageImage *image_check_whole(const BuildJob *job, Parser *parser, bool once) {
  PackageImage *image = new_image(job, parser, once, NULL);
  image->for_importers = !job->is_root && !job->all;
  if (check(image, job)) return image;
  image_release(image);
  return NULL;
}

bool image_compile_whole(PackageImage *image, const BuildJob *job) {
  bool done = compile(image, job);
  image->load = NULL;
  return done;
}

PackageImage *image_build_whole(const BuildJob *job, Parser *parser, bool once) {
  PackageImage *image = image_check_whole(job, parser, once);
  if (!image || image_compile_whole(image, job)) return image;
  image_release(image);
  return NULL;
}

PackageImage *image_build(const BuildJob *job, Parser *parser) {
  const LoadPackage *load = job->load;
  if (load->is_fake_unsafe || load->missing) return NULL;
  PackageImage *known = strmap_get(&job->program->images, load->id);
  if (!job->is_root && !known) {
    PackageImage *imported = imported_build(job, parser);
    if (imported) return imported;
    if (is_cancelled(job->cancel)) return NULL;
  }
  bool renews = known && job->program->renewed == load;
  PackageImage *image = new_image(job, parser, job->transient && !known, renews ? known : NULL);
  if (known && known->keeps_bodies && options_serve(&known->options, &image->options)) {
    image->options = known->options; // it was asked for, and will be again
    image->keeps_bodies = true;
  }
  if (known && !renews && is_same(known, image)) {
    image_release(image);
    return image_retain(known);
  }
  LiveOutcome outcome = LIVE_REBUILD;
  if (known && !renews && same_surroundings(known, image)) outcome = live_update(image, known, job->cancel);
  if (known && !renews && outcome == LIVE_REBUILD && !image->carried) live_carry(image, known);
  bool done = outcome == LIVE_DONE || (outcome == LIVE_REBUILD && build(image, job));
  if (!done) {
    image_release(image);
    return NULL;
  }
  if (outcome == LIVE_DONE) image_fill_result(image, job);
  for (uint32_t i = 0; renews && i < image->file_count; i++)
    if (image->files[i] != known->files[i]) sources_adopt(&job->program->sources, image->files[i]);
  if (outcome == LIVE_REBUILD && !image->must_finish && !image->package->errors.len) live_carried_free(image);
  if (outcome == LIVE_REBUILD && image->carried && image->findings && live_of(image)) {
    image->shown = live_findings(image->live);
    image->result.findings = image->shown;
  }
  image->load = NULL;
  return image;
}
