// program.c: the facade: set-up, overlays, which load graph answers a question, and handing out results.
//
// Load graphs are kept by what was asked for until something that could change them happens: a file appears or
// vanishes, or the package clause, imports or build constraint of an open file change. Edits inside functions keep the
// graph, and so do imports that do not read well; into a graph that is made meanwhile go the last ones that did.
#include "ir/rules.h"
#include "live/live.h"
#include "program/program_internal.h"

#include <errno.h>
#include <stdlib.h>

static void notice(Program *p, bool is_error, const char *format, Str value) {
  ProgramNotice n = {arena_printf(&p->arena, format, STR_ARG(value)), is_error};
  VEC_PUSH(&p->arena, &p->notices, n);
}

// go_minor: of the toolchain.
static ProgramRules rules_of(uint32_t toolchain, uint32_t *go_minor) {
  *go_minor = toolchain > GO_NEWEST_KNOWN      ? GO_NEWEST_KNOWN
              : toolchain < GO_OLDEST_FOLLOWED ? GO_OLDEST_FOLLOWED
                                               : toolchain;
  return toolchain > *go_minor ? RULES_NEWER : toolchain < *go_minor ? RULES_OLDER : RULES_EXACT;
}

// A toolchain that is not here: the sources of the nearest are read, but its own rules are applied.
static void note_toolchain(Program *p) {
  const BuildContext *b = p->builder.context;
  uint32_t minor = go_version_minor(b->toolchain), applied;
  if (b->toolchain_missing && !p->options.ir.go_minor) p->options.ir.go_minor = p->builder.ir.go_minor = minor;
  if (!b->toolchain_problem.n) return;
  rules_of(p->options.ir.go_minor ? p->options.ir.go_minor : b->go_minor, &applied);
  ProgramNotice n = {arena_printf(&p->arena, "%.*s: the sources of %.*s are read, and the rules of go1.%u applied.",
                                  STR_ARG(b->toolchain_problem), STR_ARG(b->go_version), applied),
                     false};
  VEC_PUSH(&p->arena, &p->notices, n);
}

static void note_release(Program *p) {
  uint32_t minor = p->options.ir.go_minor ? p->options.ir.go_minor : p->builder.context->go_minor, applied;
  if (!p->builder.context->goroot.n && !p->options.ir.go_minor) return;
  if (rules_of(minor, &applied) == RULES_NEWER) {
    ProgramNotice n = {arena_printf(&p->arena,
                                    "go1.%u is newer than heapls knows: the rules of go1.%u are applied, so verdicts "
                                    "may differ from the compiler's.",
                                    minor, applied),
                       false};
    VEC_PUSH(&p->arena, &p->notices, n);
  } else if (minor < GO_OLDEST_SUPPORTED) {
    ProgramNotice n = {
      arena_printf(&p->arena,
                   "go1.%u is not supported: heapls reads go1.%u and later, and applies the rules of go1.%u.", minor,
                   GO_OLDEST_SUPPORTED, applied),
      false};
    VEC_PUSH(&p->arena, &p->notices, n);
  }
}

// The caller's environment with GOOS and GOARCH replaced where the options name them.
static char *const *environment(Program *p, const ProgramOptions *o) {
  if (!o->goos.n && !o->goarch.n) return o->build.environ;
  VEC(char *) out = {0};
  for (char *const *e = o->build.environ; e && *e; e++) {
    bool replaced = (o->goos.n && strncmp(*e, "GOOS=", 5) == 0) || (o->goarch.n && strncmp(*e, "GOARCH=", 7) == 0);
    if (!replaced) VEC_PUSH(&p->arena, &out, *e);
  }
  if (o->goos.n) VEC_PUSH(&p->arena, &out, (char *)arena_printf(&p->arena, "GOOS=%.*s", STR_ARG(o->goos)).p);
  if (o->goarch.n) VEC_PUSH(&p->arena, &out, (char *)arena_printf(&p->arena, "GOARCH=%.*s", STR_ARG(o->goarch)).p);
  VEC_PUSH(&p->arena, &out, NULL);
  return out.items;
}

// Summaries hold for one build of heapls, one toolchain and one target.
static Digest release_digest(const Program *p) {
  Digester d = {0};
  digester_digest(&d, cache_release_digest());
  digester_add(&d, p->builder.context->go_version);
  digester_add(&d, p->builder.context->goarch);
  digester_number(&d, p->builder.context->go_minor);
  digester_add(&d, p->builder.context->goexperiment);
  return digester_end(&d);
}

static IrSanitizer sanitizer_of(Str flag) {
  if (str_equal(flag, STR("race"))) return SANITIZER_RACE;
  if (str_equal(flag, STR("msan"))) return SANITIZER_MSAN;
  return str_equal(flag, STR("asan")) ? SANITIZER_ASAN : SANITIZER_NONE;
}

Program *program_new(const ProgramOptions *options) {
  Program *p = mem_new(sizeof *p);
  arena_init(&p->arena);
  p->options = *options;
  BuildOptions build = options->build;
  build.environ = environment(p, options);
  build.cwd = arena_str(&p->arena, build.cwd);
  p->builder.context = build_context_new(&build);
  p->options.build = build;
  p->builder.ir = options->ir;
  p->builder.sanitizer = sanitizer_of(p->builder.context->sanitizer);
  if (p->builder.sanitizer) p->builder.ir.sanitizer = p->builder.sanitizer;
  p->builder.file_list_path = options->file_list_path;
  p->builder.declared = first_look;
  p->builder.interner = interner_new();
  p->builder.types = typecontext_new(p->builder.interner, p->builder.context->goarch, p->builder.context->go_minor);
  p->builder.loader = loader_new(p->builder.context, build.cwd);
  sources_init(&p->builder.sources);
  Str cache_dir = options->cache_dir.n ? options->cache_dir : cache_default_dir(&p->arena, options->build.environ);
  p->builder.cache = cache_new(str_equal(cache_dir, STR("off")) ? STR_NONE : cache_dir, 0);
  p->builder.demand_parser = parser_new(p->builder.interner);
  p->builder.release = release_digest(p);
  pthread_mutex_init(&p->build_lock, NULL);
  if (p->builder.context->goroot_error.n) notice(p, true, "%.*s", p->builder.context->goroot_error);
  note_toolchain(p);
  note_release(p);
  return p;
}

static void forget_edited(Program *p) {
  for (uint32_t i = 0; i < p->edited.len; i++) free((char *)(uintptr_t)p->edited.entries[i].key.p);
  strmap_release(&p->edited);
}

static void drop_graphs(Program *p) {
  p->current = NULL;
  for (uint32_t i = 0; i < p->graphs.len; i++) {
    load_graph_free(p->graphs.items[i].graph);
    free((char *)p->graphs.items[i].key.p);
  }
  p->graphs.len = 0;
}

void program_free(Program *p) {
  if (!p) return;
  for (uint32_t i = 0; i < p->images.len; i++) image_release(p->images.entries[i].value);
  strmap_release(&p->images);
  for (uint32_t i = 0; i < p->builder.imported.len; i++) image_release(p->builder.imported.entries[i].value);
  for (uint32_t i = 0; i < p->profiles.len; i++) profile_free(p->profiles.items[i]);
  free(p->profiles.items);
  strmap_release(&p->builder.profiles);
  strmap_release(&p->builder.imported);
  program_costs_release(p);
  cache_trim(p->builder.cache);
  cache_free(p->builder.cache);
  parser_free(p->builder.demand_parser);
  drop_graphs(p);
  forget_edited(p);
  free(p->graphs.items);
  sources_release(&p->builder.sources);
  loader_free(p->builder.loader);
  typecontext_free(p->builder.types);
  interner_free(p->builder.interner);
  build_context_free(p->builder.context);
  pthread_mutex_destroy(&p->build_lock);
  arena_release(&p->arena);
  free(p);
}

const BuildContext *program_build_context(const Program *p) { return p->builder.context; }

uint32_t program_notices(const Program *p, const ProgramNotice **out) {
  *out = p->notices.items;
  return p->notices.len;
}

ProgramRules program_rules(const Program *p, uint32_t *go_minor) {
  return rules_of(p->options.ir.go_minor ? p->options.ir.go_minor : p->builder.context->go_minor, go_minor);
}

static bool is_below(Str path, Str dir) {
  return dir.n && str_has_prefix(path, dir) && (path.n == dir.n || path.p[dir.n] == '/');
}

void program_module_dirs(Program *p, void (*visit)(void *context, Str dir), void *context) {
  pthread_mutex_lock(&p->build_lock);
  for (uint32_t i = 0; i < p->graphs.len; i++) {
    const LoadGraph *graph = p->graphs.items[i].graph;
    for (uint32_t k = 0; k < graph->module_count; k++) {
      const LoadModule *m = graph->modules[k];
      if (m->dir.n && !m->is_goroot && !is_below(m->dir, p->builder.context->gomodcache)) visit(context, m->dir);
    }
  }
  pthread_mutex_unlock(&p->build_lock);
}

void program_outside(Program *p, void (*visit)(void *context, const LoadOutside *), void *context) {
  pthread_mutex_lock(&p->build_lock);
  for (uint32_t i = 0; i < p->builder.context->read.len; i++) visit(context, &p->builder.context->read.items[i]);
  for (uint32_t i = 0; i < p->graphs.len; i++) {
    const LoadGraph *graph = p->graphs.items[i].graph;
    for (uint32_t k = 0; k < graph->outside_count; k++) visit(context, &graph->outside[k]);
  }
  pthread_mutex_unlock(&p->build_lock);
}

bool program_is_outdated(const Program *p) {
  BuildContext *now = build_context_new(&p->options.build);
  bool equal = build_context_equal(p->builder.context, now);
  build_context_free(now);
  return !equal;
}

// ---- Changes

static bool header_equal(const FileHeader *a, const FileHeader *b) {
  if (!str_equal(a->package_name, b->package_name) || !str_equal(a->build_constraint, b->build_constraint) ||
      a->imports.len != b->imports.len || a->imports_c != b->imports_c || a->ok != b->ok)
    return false;
  for (uint32_t i = 0; i < a->imports.len; i++) {
    if (!str_equal(a->imports.items[i], b->imports.items[i])) return false;
  }
  return true;
}

// The text is about to change: the header that was analysed last goes on while the new one does not read well. old: the
// text before, which may not have been analysed.
static void keep_header(Program *p, Str path, Str old) {
  ParsedFile *last = sources_last(&p->builder.sources, path);
  if (last) loader_keep_header(p->builder.loader, path, last->ast->text);
  parsed_file_release(last);
  if (!loader_has_header(p->builder.loader, path)) loader_keep_header(p->builder.loader, path, old);
}

static bool keeps_graph(Program *p, Str path, Str text) {
  SharedText *overlay = loader_overlay(p->builder.loader, path);
  Str old = overlay ? overlay->text : STR_NONE;
  if (!overlay && !loader_read_file(p->builder.loader, path, &old)) return false;
  FileHeader a, b;
  file_header_scan(&a, old);
  file_header_scan(&b, text);
  bool same = b.broken || header_equal(&a, &b); // while it is being typed, what it imported last stays
  if (b.broken) keep_header(p, path, old);
  file_header_release(&a);
  file_header_release(&b);
  if (!overlay) free((char *)old.p);
  shared_text_release(overlay);
  return same;
}

static void note_edited(Program *p, Str path) {
  if (strmap_has(&p->edited, path)) return;
  char *copy = mem_new(path.n + 1);
  memcpy(copy, path.p, path.n);
  strmap_set(&p->edited, (Str){copy, path.n}, p);
}

void program_set_overlay(Program *p, Str absolute_path, const char *text, size_t len) {
  pthread_mutex_lock(&p->build_lock);
  bool keep = text && keeps_graph(p, absolute_path, (Str){text, len});
  if (!text) keep_header(p, absolute_path, STR_NONE);
  if (text)
    loader_set_overlay(p->builder.loader, absolute_path, (Str){text, len});
  else
    loader_remove_overlay(p->builder.loader, absolute_path);
  sources_mark_stale(&p->builder.sources, absolute_path);
  if (!keep) drop_graphs(p);
  note_edited(p, absolute_path);
  pthread_mutex_unlock(&p->build_lock);
}

void program_set_file(Program *p, Str absolute_path, const Str *text) {
  pthread_mutex_lock(&p->build_lock);
  if (text)
    loader_set_overlay(p->builder.loader, absolute_path, *text);
  else
    loader_hide(p->builder.loader, absolute_path);
  sources_mark_stale(&p->builder.sources, absolute_path);
  drop_graphs(p);
  note_edited(p, absolute_path);
  pthread_mutex_unlock(&p->build_lock);
}

void program_translate(Program *p, Str absolute_path, const Str *of, Str text) {
  pthread_mutex_lock(&p->build_lock);
  loader_translate(p->builder.loader, absolute_path, of, text);
  sources_mark_stale(&p->builder.sources, absolute_path);
  drop_graphs(p);
  pthread_mutex_unlock(&p->build_lock);
}

static bool is_there(Program *p, Str path) {
  Str text;
  if (!loader_read_file(p->builder.loader, path, &text)) return false;
  free((char *)text.p);
  return true;
}

void program_invalidate(Program *p, Str absolute_path) {
  pthread_mutex_lock(&p->build_lock);
  if (absolute_path.n) keep_header(p, absolute_path, STR_NONE);
  if (absolute_path.n && !is_there(p, absolute_path)) loader_forget_header(p->builder.loader, absolute_path);
  sources_mark_stale(&p->builder.sources, absolute_path);
  drop_graphs(p);
  if (!absolute_path.n || str_has_suffix(absolute_path, STR(".pgo")) ||
      strmap_has(&p->builder.profiles, absolute_path)) { // to be read again
    strmap_release(&p->builder.profiles);
    p->builder.profiles = (StrMap){0};
    p->profile_faults.len = 0;
  }
  pthread_mutex_unlock(&p->build_lock);
}

// ---- Profiles

// A profile that is as it was stays the same object: so do the packages that were compiled with it.
static Profile *keep_profile(Program *p, Profile *profile) {
  for (uint32_t i = 0; i < p->profiles.len; i++) {
    Profile *known = p->profiles.items[i];
    if (!str_equal(known->path, profile->path) || memcmp(known->digest, profile->digest, sizeof known->digest) != 0)
      continue;
    profile_free(profile);
    return known;
  }
  VEC_APPEND(&p->profiles, profile);
  return profile;
}

static Profile *read_profile(Program *p, Str path) {
  Str bytes, why = STR_NONE;
  Profile *profile = NULL;
  if (!loader_read_file(p->builder.loader, path, &bytes)) {
    why = arena_str(&p->arena, str_of(strerror(errno)));
  } else {
    profile = profile_read(bytes, &p->arena, &why);
    if (profile) {
      Digest digest = digest_of(bytes.p, bytes.n);
      ptrdiff_t slash = str_last_byte(path, '/');
      profile->digest[0] = digest.low;
      profile->digest[1] = digest.high;
      profile->path = arena_str(&profile->arena, path);
      profile->name = str_slice(profile->path, (size_t)(slash + 1), profile->path.n);
      profile = keep_profile(p, profile);
    }
    free((char *)bytes.p);
  }
  if (!profile) VEC_PUSH(&p->arena, &p->profile_faults, (ProfileFault){arena_str(&p->arena, path), why});
  return profile;
}

static void read_profiles(Program *p, const LoadGraph *graph) {
  StrMap *known = &p->builder.profiles;
  for (uint32_t i = 0; i < graph->count; i++) {
    Str path = graph->packages[i]->profile;
    if (path.n && !strmap_has(known, path)) strmap_set(known, arena_str(&p->arena, path), read_profile(p, path));
  }
}

// ---- Graphs

static LoadGraph *graph_for(Program *p, const LoadRequest *request) {
  Buf key = {0};
  buf_printf(&key, "%d %d", request->tests, request->as_built);
  for (uint32_t i = 0; i < request->pattern_count; i++) {
    buf_byte(&key, '\n');
    buf_str(&key, request->patterns[i]);
  }
  for (uint32_t i = 0; i < p->graphs.len; i++) {
    if (!str_equal(p->graphs.items[i].key, buf_view(&key))) continue;
    buf_release(&key);
    return p->graphs.items[i].graph;
  }
  LoadGraph *graph = loader_load(p->builder.loader, request);
  read_profiles(p, graph);
  char *copy = mem_new(key.len + 1);
  memcpy(copy, key.text, key.len);
  VEC_APPEND(&p->graphs, (GraphEntry){{copy, key.len}, graph});
  buf_release(&key);
  return graph;
}

static void write_error(Buf *out, const LoadError *e) {
  if (e->file.n) buf_printf(out, "%.*s: ", STR_ARG(e->file));
  buf_printf(out, "%.*s\n", STR_ARG(e->message));
}

static void write_warnings(Buf *warnings, const LoadGraph *graph) {
  for (uint32_t i = 0; warnings && i < graph->error_count; i++) {
    if (graph->errors[i].is_warning) write_error(warnings, &graph->errors[i]);
  }
}

static void write_profile_faults(const Program *p, Buf *out, const LoadGraph *graph) {
  for (uint32_t i = 0; i < p->profile_faults.len; i++) {
    const ProfileFault *f = &p->profile_faults.items[i];
    bool used = false;
    for (uint32_t k = 0; k < graph->count && !used; k++) used = str_equal(graph->packages[k]->profile, f->path);
    if (used) buf_printf(out, "%.*s: %.*s: packages are analysed without it\n", STR_ARG(f->path), STR_ARG(f->why));
  }
}

static void write_errors(const Program *p, Buf *errors, const LoadGraph *graph) {
  if (!errors) return;
  write_profile_faults(p, errors, graph);
  for (uint32_t i = 0; i < graph->error_count; i++) {
    if (!graph->errors[i].is_warning) write_error(errors, &graph->errors[i]);
  }
  for (uint32_t i = 0; i < graph->shown_count; i++) {
    const LoadPackage *load = graph->shown[i];
    for (uint32_t k = 0; load->missing && k < load->error_count; k++) write_error(errors, &load->errors[k]);
  }
}

static void release_images(PackageImage **images, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) image_release(images[i]);
  free(images);
}

// ---- Questions

typedef struct Delivery {
  const ProgramRun *run;
} Delivery;

static void deliver(void *context, PackageImage *image, uint32_t place) {
  const Delivery *d = context;
  if (d->run->package_done) d->run->package_done(d->run->context, &image->result);
  if (d->run->package_ready) d->run->package_ready(d->run->context, &image->result, place);
  bool keeps = !d->run->transient || (d->run->keeps && d->run->keeps(d->run->context, &image->result));
  if (!keeps && image->keeps_bodies) {
    image->keeps_bodies = false;
    ir_unit_drop_bodies(image->unit);
  }
}

LoadGraph *program_graph(Program *p, const LoadRequest *request, Buf *errors) {
  LoadGraph *graph = graph_for(p, request);
  write_errors(p, errors, graph);
  return graph;
}

bool program_run(Program *p, const ProgramRun *run, const CancelToken *cancel, Buf *errors) {
  pthread_mutex_lock(&p->build_lock);
  LoadGraph *graph = graph_for(p, &(LoadRequest){.patterns = run->patterns,
                                                 .pattern_count = run->pattern_count,
                                                 .tests = run->tests,
                                                 .as_built = run->as_built});
  write_errors(p, errors, graph);
  write_warnings(run->warnings, graph);
  PackageImage **images = mem_new(sizeof *images * (graph->count + 1));
  RunDelivery delivery = {deliver, &(Delivery){run}, run->package_ready != NULL};
  bool ok = run_graph(p, graph, images, run->transient, cancel, &delivery);
  release_images(images, graph->count);
  pthread_mutex_unlock(&p->build_lock);
  return ok;
}

static bool has_file(const LoadPackage *load, Str path) {
  for (uint32_t i = 0; i < load->file_count; i++) {
    if (str_equal(load->files[i]->source.path, path)) return true;
  }
  return false;
}

static LoadPackage *package_with(const LoadGraph *graph, Str path) {
  LoadPackage *found = NULL;
  for (uint32_t i = 0; i < graph->shown_count; i++) {
    if (!has_file(graph->shown[i], path)) continue;
    if (!found || (found->is_test && !graph->shown[i]->is_test)) found = graph->shown[i];
  }
  return found;
}

// The package of the file, and the graph that has it; NULL: there is none.
static LoadPackage *package_of(Program *p, Str path, LoadGraph **graph) {
  ptrdiff_t slash = str_last_byte(path, '/');
  Str dir = slash > 0 ? str_slice(path, 0, (size_t)slash) : STR("/");
  bool tests = str_has_suffix(path, STR("_test.go"));
  *graph = graph_for(p, &(LoadRequest){.patterns = &dir, .pattern_count = 1, .tests = tests});
  LoadPackage *load = package_with(*graph, path);
  if (load) return load; // else excluded by build constraints, or outside of any module: alone
  *graph = graph_for(p, &(LoadRequest){.patterns = &path, .pattern_count = 1, .tests = tests});
  return package_with(*graph, path);
}

const PackageResult *program_analyze_file(Program *p, Str absolute_path, const CancelToken *cancel, Buf *error) {
  return program_await_file(p, absolute_path, NULL, cancel, error);
}

const PackageResult *program_await_file(Program *p, Str absolute_path, const FirstLook *first,
                                        const CancelToken *cancel, Buf *error) {
  pthread_mutex_lock(&p->build_lock);
  LoadGraph *graph;
  LoadPackage *load = package_of(p, absolute_path, &graph);
  PackageImage *result = NULL;
  if (load) {
    PackageImage **images = mem_new(sizeof *images * (graph->count + 1));
    p->first_look = first;
    p->awaited = absolute_path;
    bool ok = run_graph(p, graph, images, false, cancel, &(RunDelivery){0});
    p->first_look = NULL;
    if (ok && images[load->index]) result = image_retain(images[load->index]);
    release_images(images, graph->count);
  } else if (error) {
    write_errors(p, error, graph);
    if (!error->len) buf_printf(error, "no package for %.*s\n", STR_ARG(absolute_path));
  }
  pthread_mutex_unlock(&p->build_lock);
  return result ? &result->result : NULL;
}

void program_expect_edits(Program *p, Str absolute_path) {
  pthread_mutex_lock(&p->build_lock);
  LoadGraph *graph = NULL;
  const LoadPackage *load = p->current ? package_of(p, absolute_path, &graph) : NULL;
  PackageImage *image = load && graph == p->current ? strmap_get(&p->images, load->id) : NULL;
  if (image && !image->origin && image->keeps_bodies) live_of(image);
  pthread_mutex_unlock(&p->build_lock);
}

bool program_recalls(const Program *p) { return cache_is_on(p->builder.cache); }

const PackageResult *program_recall_file(Program *p, Str absolute_path) {
  if (!program_recalls(p)) return NULL;
  pthread_mutex_lock(&p->build_lock);
  LoadGraph *graph;
  LoadPackage *load = package_of(p, absolute_path, &graph);
  const PackageImage *built = load ? strmap_get(&p->images, load->id) : NULL;
  PackageImage *result = load && !(built && built->keeps_bodies) ? recalled_image(p, graph, load, absolute_path) : NULL;
  pthread_mutex_unlock(&p->build_lock);
  return result ? &result->result : NULL;
}

// An importer of it would have to be built anew too.
static bool is_imported(const Program *p, const PackageImage *image) {
  for (uint32_t i = 0; i < p->images.len; i++) {
    const PackageImage *importer = p->images.entries[i].value;
    for (uint32_t k = 0; k < importer->dep_count; k++)
      if (image_same_to_importers(importer->deps[k], image)) return true;
  }
  return false;
}

// Packages that were built for a file that stood alone for a while, or for a graph that is no more. False: there are
// none.
static bool drop_unused(Program *p, StrMap *map) {
  StrMap kept = {0};
  uint32_t before = map->len;
  for (uint32_t i = 0; i < map->len; i++) {
    PackageImage *image = map->entries[i].value;
    bool used = __atomic_load_n(&image->references, __ATOMIC_ACQUIRE) > 1; // by who shows it, or imports it
    if (used || load_graph_find(p->current, image->id))
      strmap_set(&kept, image->id, image);
    else
      image_release(image);
  }
  strmap_release(map);
  *map = kept;
  return map->len < before;
}

void program_forget_unused(Program *p) {
  pthread_mutex_lock(&p->build_lock);
  if (p->current) {
    while (drop_unused(p, &p->images)) {
    }
    while (drop_unused(p, &p->builder.imported)) {
    }
  }
  pthread_mutex_unlock(&p->build_lock);
}

const PackageResult *program_renew(Program *p, Str absolute_path, const CancelToken *cancel) {
  enum { LEAST = 256 << 10, SHARE = 128 };
  pthread_mutex_lock(&p->build_lock);
  LoadGraph *graph = NULL;
  LoadPackage *load = p->current && !p->edited.len ? package_of(p, absolute_path, &graph) : NULL;
  PackageImage *known = load && graph == p->current ? strmap_get(&p->images, load->id) : NULL, *result = NULL;
  if (known && image_is_worn(known, LEAST + program_memory(p) / SHARE) && !is_imported(p, known)) {
    PackageImage **images = mem_new(sizeof *images * (graph->count + 1));
    p->renewed = load;
    bool ok = run_graph(p, graph, images, false, cancel, &(RunDelivery){0});
    p->renewed = NULL;
    if (ok && images[load->index] && images[load->index] != known) result = image_retain(images[load->index]);
    release_images(images, graph->count);
  }
  pthread_mutex_unlock(&p->build_lock);
  return result ? &result->result : NULL;
}

void package_result_retain(const PackageResult *r) { image_retain(r->owner); }
void package_result_release(const PackageResult *r) {
  if (r) image_release(r->owner);
}

size_t program_memory(const Program *p) {
  size_t total = p->arena.total + p->builder.sources.arena.total + p->builder.types->arena.total +
                 interner_memory(p->builder.interner);
  for (uint32_t i = 0; i < p->builder.sources.by_path.len; i++) {
    const SourceEntry *entry = p->builder.sources.by_path.entries[i].value;
    if (!entry->current) continue;
    total += ast_file_memory(entry->current->ast);
  }
  for (uint32_t i = 0; i < p->builder.imported.len; i++) {
    const PackageImage *image = p->builder.imported.entries[i].value;
    total += imported_memory(image) + image->arena.total + image->unit->arena.total + image->unit->nodes.total +
             image->package->arena.total + image->package->lazy.total;
  }
  for (uint32_t i = 0; i < p->images.len; i++) {
    const PackageImage *image = p->images.entries[i].value;
    total += image->arena.total + (image->unit ? image->unit->arena.total : 0);
    if (image->package) total += image->package->arena.total + image->package->lazy.total;
  }
  return total;
}
