// first_look.c: the file that somebody waits for, before the rest of its package.
//
// Once the package level is declared, the functions of one file can be compiled with nothing else but the functions
// that they name (ir_unit_new_partial). What is found in them is as good as what the build of the whole package says
// later, but for what hangs on callers, which is left out. It is handed out as a result that has no code and types
// (recalled.c), so that whoever shows it does not get in the way of the build; the partial unit goes at once, and the
// build begins as if it had not been there.
#include "build/compile.h"
#include "program/program_internal.h"

static size_t source_bytes(const PackageImage *image) {
  size_t bytes = 0;
  for (uint32_t i = 0; i < image->file_count; i++) bytes += image->asts[i]->text.n;
  return bytes;
}

// It would take as long as the build.
static bool is_most_of(const AstFile *file, size_t all) { return file->text.n / 3 > all / 4; }

static FindingSet *findings_of(const PackageImage *image, const AstFile *file) {
  IrUnit *unit = compile_partial(image->package, &image->options, file->source);
  FindingSet *set = unit->complete ? finding_set_partial(unit) : NULL;
  ir_unit_free(unit);
  return set;
}

void first_look(PackageImage *image, const BuildJob *job) {
  const FirstLook *first = job_program(job)->first_look;
  ParsedFile *file = NULL;
  for (uint32_t i = 0; first && job->is_root && i < image->file_count; i++)
    if (str_equal(image->asts[i]->source->path, job_program(job)->awaited)) file = image->files[i];
  size_t all = source_bytes(image);
  if (!file || image->carried || all < first->least || (first->least && is_most_of(file->ast, all))) return;
  FindingSet *set = findings_of(image, file->ast);
  PackageImage *shown = set ? first_look_image(job, file, set) : NULL;
  finding_set_free(set);
  if (shown) first->show(first->context, &shown->result);
  image_release(shown);
}
