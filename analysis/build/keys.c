// keys.c: digests of what packages are made from.
//
// Two keys are built on them. That of a summary (imported.c) has what the imports show, so that it stays the same when
// bodies change that no importer looks into. That of a result has the results' keys of the imports instead: nothing
// but texts goes into it, so it is known before any package is looked at, and positions in imported files, which
// results show, are right. Every text is read and digested once in a program's life and again when it has changed
// (sources.c); digests are not kept beyond it, so it does not matter when a file was written.
#include "build/build.h"

#include <stdlib.h>

static void add_options(Digester *d, const IrOptions *o) {
  digester_number(d, (uint64_t)o->level);
  digester_number(d, (o->no_inline ? 1U : 0U) | (o->no_optimize ? 2U : 0U) | (o->small_frames ? 4U : 0U) |
                       (o->debug_mutations_calls ? 8U : 0U) | (o->zero_copy_off ? 16U : 0U));
  digester_number(d, (uint64_t)o->sanitizer << 8 | (uint64_t)o->checkptr);
  digester_number(d, o->go_minor);
  digester_number(d, o->profile ? o->profile->digest[0] : 0);
  digester_number(d, o->profile ? o->profile->digest[1] : 0);
}

bool key_add_package(Digester *d, const BuildJob *job, Digest *texts) {
  const LoadPackage *load = job->load;
  Builder *p = job->builder;
  digester_digest(d, p->release);
  IrOptions options = image_options(job);
  add_options(d, &options);
  digester_add(d, image_import_path(job));
  digester_number(d, load->go_minor);
  digester_number(d, load->has_asm);
  bool ok = true;
  uint32_t count = 0;
  for (uint32_t i = 0; i < load->file_count; i++) {
    if (load->files[i]->kind == LOAD_FILE_ASM) continue;
    Digest text = {0};
    ok &= sources_digest(&p->sources, p->loader, load->files[i], &text);
    digester_add(d, load->files[i]->source.display_path); // it is in what is printed
    digester_digest(d, text);
    if (texts) texts[count++] = text;
  }
  return ok;
}

bool key_has_texts(const Digest *texts, AstFile *const *files, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    if (!digest_equal(texts[i], digest_of(files[i]->text.p, files[i]->text.n))) return false;
  return true;
}

static bool add_assembly(Digester *d, Builder *p, const LoadPackage *load) {
  bool ok = true;
  for (uint32_t i = 0; i < load->all_file_count; i++) {
    if (load->all_files[i]->kind != LOAD_FILE_ASM) continue;
    Digest text = {0};
    ok &= sources_digest(&p->sources, p->loader, load->all_files[i], &text);
    digester_add(d, load->all_files[i]->source.path);
    digester_digest(d, text);
  }
  return ok;
}

bool key_of_costs(Builder *p, const LoadGraph *graph, const LoadPackage *root, Digest *keys) {
  bool ok = true;
  for (uint32_t i = 0; ok && i <= root->index; i++) { // imports come first
    LoadPackage *load = graph->packages[i];
    BuildJob job = {.builder = p, .load = load};
    Digester d = {0};
    digester_add(&d, STR("costs"));
    digester_add(&d, load->id);
    ok = key_add_package(&d, &job, NULL) && add_assembly(&d, p, load);
    for (uint32_t k = 0; k < load->import_count; k++) {
      digester_add(&d, load->imports[k].path);
      digester_digest(&d, keys[load->imports[k].package->index]);
    }
    keys[i] = digester_end(&d);
  }
  return ok;
}

bool key_of_result(Builder *p, const LoadGraph *graph, LoadPackage *root, Digest *out) {
  Digest *keys = mem_new(sizeof *keys * (graph->count + 1));
  bool ok = true;
  for (uint32_t i = 0; ok && i <= root->index; i++) { // imports come first
    LoadPackage *load = graph->packages[i];
    BuildJob job = {.builder = p, .load = load, .is_root = load == root};
    Digester d = {0};
    digester_add(&d, STR("result"));
    digester_add(&d, load->id);
    digester_number(&d, (load->missing ? 1U : 0U) | (load->in_cycle ? 2U : 0U) | (load->is_fake_unsafe ? 4U : 0U));
    ok = key_add_package(&d, &job, NULL);
    for (uint32_t k = 0; k < load->import_count; k++) {
      digester_add(&d, load->imports[k].path);
      digester_digest(&d, keys[load->imports[k].package->index]);
    }
    keys[i] = digester_end(&d);
  }
  *out = keys[root->index];
  free(keys);
  return ok;
}
