// reuse.c: a package's image of the last run, used again: as it is, as the base of an edit, or not at all.
//
// An image is made from parsed files, the images of its imports and the options. If all of them are the very same
// objects as before, so is the result; a changed import makes new images of its importers, so that all types of one
// build agree. Where only the texts of the package's own files differ, the package under edit (live/) is asked first.
#include "live/live.h"
#include "program/program_internal.h"

static const PackageImage *origin_of(const PackageImage *image) { return image->origin ? image->origin : image; }

// Whether what was built with a serves who asks for b: explanations are no hindrance.
static bool options_serve(const IrOptions *a, const IrOptions *b) {
  return a->level == b->level && a->no_inline == b->no_inline && a->no_optimize == b->no_optimize &&
         a->small_frames == b->small_frames && (a->explain || !b->explain) && a->go_minor == b->go_minor &&
         a->debug_mutations_calls == b->debug_mutations_calls && a->zero_copy_off == b->zero_copy_off &&
         a->sanitizer == b->sanitizer && a->checkptr == b->checkptr && a->profile == b->profile;
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
  return a->said == b->said && same_surroundings(a, b);
}

// Bytes in its files' trees that trees made anew would not have, about.
static size_t tree_garbage(const PackageImage *image) {
  enum { BYTES_PER_BYTE = 7 };
  size_t sum = 0;
  for (uint32_t i = 0; i < image->file_count; i++) {
    size_t anew = image->asts[i]->text.n * BYTES_PER_BYTE, now = ast_file_memory(image->asts[i]);
    if (ast_was_edited(image->asts[i]) && now > anew) sum += now - anew;
  }
  return sum;
}

bool image_is_worn(const PackageImage *image, size_t bearable) {
  const LiveState *live = origin_of(image)->live;
  if (live && !live_is_sound(live)) return false; // a build would not say the same
  return tree_garbage(image) + (live ? live_garbage(live) : 0) > bearable;
}

// False: cancelled.
static bool build(PackageImage *image, const BuildJob *job) {
  if (image->carried) image->effective = live_effective_files(image);
  bool checked = image_check(image, job);
  if (image->carried) live_revert_bodies(image);
  return checked && image_compile(image, job);
}

PackageImage *image_build(const BuildJob *job, Parser *parser) {
  const LoadPackage *load = job->load;
  if (load->is_fake_unsafe || load->missing) return NULL;
  PackageImage *known = strmap_get(&job_program(job)->images, load->id);
  if (!job->is_root && !known) {
    PackageImage *imported = imported_build(job, parser);
    if (imported) return imported;
    if (is_cancelled(job->cancel)) return NULL;
  }
  bool renews = known && job_program(job)->renewed == load;
  PackageImage *image = image_new(job, parser, job->transient && !known, renews ? known : NULL);
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
    if (image->files[i] != known->files[i]) sources_adopt(&job->builder->sources, image->files[i]);
  if (outcome == LIVE_REBUILD && !image->must_finish && !image->package->errors.len) live_carried_free(image);
  if (outcome == LIVE_REBUILD && image->carried && image->findings && live_of(image)) {
    image->shown = live_findings(image->live);
    image->result.findings = image->shown;
  }
  image->load = NULL;
  return image;
}
