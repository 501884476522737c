// programs.c: the Programs of an Analyzer, one for each module or workspace that open files lie in, and the texts that
// they see in place of the disk's.
#include "analyzer/analyzer_internal.h"

#include <limits.h>
#include <unistd.h>

static bool exists(const char *dir, size_t n, const char *name) {
  char path[PATH_MAX];
  return snprintf(path, sizeof path, "%.*s/%s", (int)n, dir, name) < (int)sizeof path && access(path, F_OK) == 0;
}

// Does the go command look for a go.work? GOWORK may say so in the environment and in the go command's settings.
static bool looks_for_work(const Analyzer *a, const char *path) {
  const BuildContext *known = a->programs.len ? program_build_context(a->programs.items[0].program) : NULL;
  const char *slash = strrchr(path, '/');
  Str cwd = slash > path ? (Str){path, (size_t)(slash - path)} : STR("/");
  BuildContext *own = known ? NULL : build_context_new(&(BuildOptions){.environ = environ, .cwd = cwd});
  Str gowork = known ? known->gowork : own->gowork;
  bool looks = !gowork.n || str_equal(gowork, STR("auto"));
  build_context_free(own);
  return looks;
}

// The directory of go.work or else go.mod above the file; its own directory without either.
static char *root_of(const Analyzer *a, const char *path) {
  size_t own = 0, module = 0;
  bool work = looks_for_work(a, path);
  for (size_t n = strlen(path); n; n--) {
    if (path[n] != '/') continue;
    if (!own) own = n;
    if (work && exists(path, n, "go.work")) {
      module = n;
      break;
    }
    if (!module && exists(path, n, "go.mod")) module = n;
  }
  size_t n = module ? module : own ? own : 1;
  char *root = mem_new(n + 1);
  memcpy(root, path, n);
  return root;
}

static void report_progress(void *context, uint32_t done, uint32_t total, Str package) {
  Analyzer *a = context;
  pthread_mutex_lock(&a->lock);
  bool told = a->answering; // else it is for what follows, and nobody waits for it
  if (told) {
    a->status.done = done;
    a->status.total = total;
    snprintf(a->status.progress, sizeof a->status.progress, "%.*s", STR_ARG(package));
  }
  pthread_mutex_unlock(&a->lock);
  if (told) a->wake(a->context);
}

static bool has_flag(const char *flags, const char *flag) {
  size_t n = strlen(flag);
  for (const char *at = strstr(flags, flag); at; at = strstr(at + 1, flag)) {
    if ((at == flags || at[-1] == ' ') && (at[n] == 0 || at[n] == ' ')) return true;
  }
  return false;
}

// Who keeps the settings tells of a file that does not read well.
static Team *team_for(const char *root) {
  Team *team = mem_new(sizeof *team);
  Arena arena;
  arena_init(&arena);
  Buf problem = {0};
  team_read(team, team_find(&arena, str_of(root)), &problem);
  buf_release(&problem);
  arena_release(&arena);
  return team;
}

// Sees the texts that are in force.
static Program *make_program(Analyzer *a, const char *root, const Team *team) {
  const char *flags = a->config[3];
  ProgramOptions options = {
    .build = {.environ = environ,
              .cwd = str_of(root),
              .goroot = str_of(a->config[0]),
              .tags = str_of(a->config[1]),
              .pgo = str_of(a->config[4]),
              .flags = str_of(a->config[5])},
    .ir = {.level = 1,
           .explain = true,
           .go_minor = go_version_minor(str_of(a->config[2])),
           .no_inline = has_flag(flags, "-l"),
           .no_optimize = has_flag(flags, "-N"),
           .small_frames = has_flag(flags, "-smallframes"),
           .sanitizer = has_flag(flags, "-race") ? SANITIZER_RACE : SANITIZER_NONE},
    .promises = {team->promises.items, team->promises.len},
    .large_stack = true,
    .progress = report_progress,
    .progress_context = a,
  };
  Program *program = program_new(&options);
  for (uint32_t i = 0; i < a->open.len; i++)
    program_set_overlay(program, str_of(a->open.items[i].path), a->open.items[i].text->text,
                        a->open.items[i].text->length);
  return program;
}

static RootProgram *root_program(Analyzer *a, char *root) { // NULL: there is none yet
  for (uint32_t i = 0; i < a->programs.len; i++)
    if (strcmp(a->programs.items[i].root, root) == 0) return &a->programs.items[i];
  return NULL;
}

enum { TRIALS_STAY_SECONDS = 60 };

static time_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec;
}

Program *analyzer_trials(Analyzer *a, const char *path) {
  analyzer_program(a, path);
  char *root = root_of(a, path);
  RootProgram *r = root_program(a, root);
  free(root);
  if (!r->trials) r->trials = make_program(a, r->root, r->team);
  r->tried = now();
  return r->trials;
}

void analyzer_drop_trials(Analyzer *a) {
  for (uint32_t i = 0; i < a->programs.len; i++) {
    RootProgram *r = &a->programs.items[i];
    if (!r->trials || now() - r->tried < TRIALS_STAY_SECONDS) continue;
    program_free(r->trials);
    r->trials = NULL;
  }
}

Program *analyzer_program(Analyzer *a, const char *path) {
  char *root = root_of(a, path);
  const RootProgram *known = root_program(a, root);
  if (known) {
    free(root);
    return known->program;
  }
  FileTime since = file_time_now();
  Team *team = team_for(root);
  Program *program = make_program(a, root, team);
  const ProgramNotice *notices;
  uint32_t count = program_notices(program, &notices);
  const BuildContext *build = program_build_context(program);
  pthread_mutex_lock(&a->lock);
  for (uint32_t i = 0; i < count; i++) {
    char *text = mem_new(notices[i].message.n + 1);
    memcpy(text, notices[i].message.p, notices[i].message.n);
    VEC_APPEND(&a->notices, text);
  }
  a->status.cgo = build->cgo_enabled;
  snprintf(a->status.go_version, sizeof a->status.go_version, "%.*s", STR_ARG(build->go_version));
  snprintf(a->status.goroot, sizeof a->status.goroot, "%.*s", STR_ARG(build->goroot));
  snprintf(a->status.toolchain_problem, sizeof a->status.toolchain_problem, "%.*s%s", STR_ARG(build->toolchain_problem),
           build->toolchain_problem.n ? "." : "");
  a->status.toolchain_missing = build->toolchain_missing;
  a->status.rules = program_rules(program, &a->status.go_minor);
  pthread_mutex_unlock(&a->lock);
  VEC_APPEND(&a->programs, (RootProgram){.team = team, .root = root, .program = program, .since = since});
  return program;
}

// Of a module: once.
typedef struct Surroundings {
  Analyzer *analyzer;
  FileTime since;
} Surroundings;

static void note_directory(void *context, Str dir) {
  const Surroundings *of = context;
  Analyzer *a = of->analyzer;
  for (uint32_t i = 0; i < a->known_directories.len; i++) {
    if (str_equal(str_of(a->known_directories.items[i]), dir)) return;
  }
  char *text = mem_new(dir.n + 1);
  memcpy(text, dir.p, dir.n);
  VEC_APPEND(&a->known_directories, text);
  pthread_mutex_lock(&a->lock);
  VEC_APPEND(&a->directories, (ModuleDirectory){copy(text), of->since});
  pthread_mutex_unlock(&a->lock);
}

// Again when the analysis has seen it otherwise.
static void note_outside(void *context, const LoadOutside *o) {
  Analyzer *a = context;
  Outside *known = strmap_get(&a->known_outside, o->path);
  if (known && known->there == o->there) return;
  if (!known) {
    known = mem_new(sizeof *known);
    known->path = mem_new(o->path.n + 1);
    memcpy(known->path, o->path.p, o->path.n);
    strmap_set(&a->known_outside, (Str){known->path, o->path.n}, known);
  }
  known->there = o->there;
  pthread_mutex_lock(&a->lock);
  VEC_APPEND(&a->outside, (Outside){copy(known->path), o->there});
  pthread_mutex_unlock(&a->lock);
}

void analyzer_note_surroundings(Analyzer *a, Program *program) {
  Surroundings of = {.analyzer = a};
  for (uint32_t i = 0; i < a->programs.len; i++)
    if (a->programs.items[i].program == program) of.since = a->programs.items[i].since;
  program_module_dirs(program, note_directory, &of);
  program_outside(program, note_outside, a);
}

void analyzer_drop_programs(Analyzer *a) {
  for (uint32_t i = 0; i < a->recalled.len; i++) {
    package_result_release(a->recalled.items[i].result);
    free(a->recalled.items[i].path);
  }
  a->recalled.len = 0;
  for (uint32_t i = 0; i < a->built.len; i++) free(a->built.items[i]);
  a->built.len = 0;
  for (uint32_t i = 0; i < a->programs.len; i++) {
    program_free(a->programs.items[i].program);
    program_free(a->programs.items[i].trials);
    team_release(a->programs.items[i].team);
    free(a->programs.items[i].team);
    free(a->programs.items[i].root);
  }
  a->programs.len = 0;
}

void analyzer_apply_change(Analyzer *a, TextChange *change) {
  Str path = str_of(change->path);
  if (!change->invalidate) {
    uint32_t at = 0;
    while (at < a->open.len && strcmp(a->open.items[at].path, change->path) != 0) at++;
    if (at < a->open.len) {
      snapshot_release(a->open.items[at].text);
      free(a->open.items[at].path);
      a->open.items[at] = a->open.items[--a->open.len];
    }
    if (change->text) VEC_APPEND(&a->open, (TextChange){copy(change->path), snapshot_retain(change->text), false});
  }
  for (uint32_t i = 0; i < a->programs.len; i++) {
    Program *p = a->programs.items[i].program;
    if (change->invalidate && !path.n && program_is_outdated(p)) {
      pthread_mutex_lock(&a->lock);
      a->outdated = true;
      pthread_mutex_unlock(&a->lock);
      a->wake(a->context);
    }
    Program *both[] = {p, a->programs.items[i].trials};
    for (size_t k = 0; k < 2 && both[k]; k++) {
      if (change->invalidate)
        program_invalidate(both[k], path);
      else
        program_set_overlay(both[k], path, change->text ? change->text->text : NULL,
                            change->text ? change->text->length : 0);
    }
  }
  snapshot_release(change->text);
  free(change->path);
}
