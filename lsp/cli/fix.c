// fix.c: `heapls fix`: edits that remove allocations, as a diff, or written to the files.
//
// The packages are looked through once for files with something to do. Then each is analysed again as one under edit,
// and what is proposed for its files is tried: all together, or for --json each alone. Nothing is written before
// everything has been tried.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "fix/fix.h"
#include "git/git.h"
#include "json_build.h"
#include "render.h"
#include "syntax/syntax.h"

typedef struct Target { // a file of a package that something was found in
  Str path;
  bool done;
} Target;

typedef struct Changed {
  Str path, from, to;
} Changed;

typedef struct Fixing {
  const CliArgs *args;
  CliSetup setup;
  uint32_t kinds;
  bool rewrite, json, write;
  const TargetGroup *group;
  VEC(Target) targets;
  VEC(Changed) changed;
  VEC(Str) dirs; // of modules that may be changed
  Buf out;
  json_t *list;
  uint32_t fixes, passed; // made; proposed but not proved
} Fixing;

static bool is_asked_for(const TargetGroup *g, Str path) {
  for (uint32_t i = 0; i < g->files.len; i++)
    if (str_equal(g->files.items[i], path)) return true;
  return !g->files.len;
}

// ---- Which files

static void take_package(void *context, const PackageResult *r, uint32_t place) {
  (void)place;
  Fixing *x = context;
  bool generated = cli_has(x->args, OPTION_FIX_GENERATED);
  for (uint32_t i = 0; r->findings && i < r->file_count; i++) {
    const AstFile *file = r->files[i];
    if ((file->is_generated && !generated) || !is_asked_for(x->group, file->source->path)) continue;
    const FindingFile *found = finding_file_of(r->findings, file->source);
    bool any = false;
    for (uint32_t g = 0; found && g < found->group_count && !any; g++)
      for (uint32_t k = 0; k < found->groups[g].len && !any; k++)
        any =
          found->groups[g].items[k].verdict == VERDICT_HEAP || found->groups[g].items[k].verdict == VERDICT_CONDITIONAL;
    Target t = {.path = arena_str(&x->setup.arena, file->source->path)};
    if (any) VEC_PUSH(&x->setup.arena, &x->targets, t);
  }
}

static Target *target_of(Fixing *x, Str path) {
  for (uint32_t i = 0; i < x->targets.len; i++)
    if (str_equal(x->targets.items[i].path, path)) return &x->targets.items[i];
  return NULL;
}

// ---- One package

static void write_place(const Fixing *x, Buf *out, const Fix *f) {
  render_path(out, x->setup.cwd, f->source->path);
  buf_printf(out, ":%u:%u: ", f->line, f->column);
}

static json_t *text_json(Str s) {
  json_t *j = json_stringn(s.p ? s.p : "", s.n);
  return j ? j : json_string("");
}

static json_t *edits_json(FixEdits edits) {
  json_t *list = json_array();
  for (uint32_t i = 0; i < edits.len; i++)
    json_array_append_new(list, json_pack("{s:i,s:i,s:o}", "start", (int)edits.items[i].start, "end",
                                          (int)edits.items[i].end, "text", text_json(edits.items[i].text)));
  return list;
}

static void add_json(Fixing *x, Arena *a, const Fix *f, bool proved, Str why) {
  json_t *one = json_pack("{s:s,s:o,s:o,s:i,s:i,s:o,s:b,s:b,s:o,s:o}", "kind", fix_kind_name(f->kind), "title",
                          text_json(f->title), "file", text_json(f->source->path), "line", (int)f->line, "column",
                          (int)f->column, "subject", text_json(f->subject), "rewrite", (int)f->rewrite, "proved",
                          (int)proved, "why", text_json(why), "edits", edits_json(fix_edits(a, f->source, &f, 1)));
  json_array_append_new(x->list, json_must(one));
}

static void show_file(Fixing *x, Arena *a, const AstFile *file, const FixList *proved) {
  const Fix **fixes = ARENA_ARRAY(a, const Fix *, proved->items.len + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < proved->items.len; i++)
    if (proved->items.items[i].source == file->source) fixes[count++] = &proved->items.items[i];
  if (!count) return;
  for (uint32_t i = 0; i < count; i++) {
    write_place(x, &x->out, fixes[i]);
    buf_printf(&x->out, "%.*s\n", STR_ARG(fixes[i]->title));
  }
  FixEdits edits = fix_edits(a, file->source, fixes, count);
  Str to = fix_apply(a, file->text, edits);
  Buf name = {0};
  if (!x->write) render_path(&name, x->setup.cwd, file->source->path);
  Str shown = buf_view(&name);
  if (!x->write)
    fix_diff(&x->out, str_has_prefix(shown, STR("./")) ? str_slice(shown, 2, shown.n) : shown, file->text, edits);
  buf_release(&name);
  Arena *kept = &x->setup.arena;
  Changed c = {arena_str(kept, file->source->path), arena_str(kept, file->text), arena_str(kept, to)};
  VEC_PUSH(kept, &x->changed, c);
  x->fixes += count;
}

static void drop_hidden(const AstFile *file, FixList *list, uint32_t from) {
  IgnoredList ignored = {0};
  ignored_read(&ignored, file->text);
  uint32_t n = from;
  for (uint32_t i = from; i < list->items.len; i++)
    if (!ignored_at(&ignored, list->items.items[i].start)) list->items.items[n++] = list->items.items[i];
  list->items.len = n;
  ignored_release(&ignored);
}

static void fix_package(Fixing *x, Program *program, const PackageResult *r) {
  Arena a;
  arena_init(&a);
  FixList proposed = {0}, wanted = {0}, proved = {0};
  for (uint32_t i = 0; i < r->file_count; i++) {
    const AstFile *file = r->files[i];
    Target *t = target_of(x, file->source->path);
    if (!t || t->done) continue;
    t->done = true;
    uint32_t from = proposed.items.len;
    fix_propose(&a, r, file, 0, (uint32_t)file->text.n, x->kinds, &proposed);
    drop_hidden(file, &proposed, from);
  }
  for (uint32_t i = 0; i < proposed.items.len; i++)
    if (x->rewrite || !proposed.items.items[i].rewrite) VEC_PUSH(&a, &wanted.items, proposed.items.items[i]);
  FixTrial trial = {.program = program, .before = r};
  if (x->json) {
    for (uint32_t i = 0; i < wanted.items.len; i++) {
      const Fix *f = &wanted.items.items[i];
      Buf why = {0};
      bool holds = fix_prove(&trial, &f, 1, &why);
      add_json(x, &a, f, holds, buf_view(&why));
      buf_release(&why);
      if (holds) VEC_PUSH(&a, &proved.items, *f);
    }
    x->fixes += proved.items.len;
  } else {
    fix_prove_together(&a, &trial, &wanted, &proved);
    for (uint32_t i = 0; i < r->file_count; i++) show_file(x, &a, r->files[i], &proved);
  }
  x->passed += wanted.items.len - proved.items.len;
  arena_release(&a);
}

static void add_dir(void *context, Str dir) {
  Fixing *x = context;
  for (uint32_t i = 0; i < x->dirs.len; i++)
    if (str_equal(x->dirs.items[i], dir)) return;
  VEC_PUSH(&x->setup.arena, &x->dirs, arena_str(&x->setup.arena, dir));
}

// False: with errors, which were told.
static bool run_group(Fixing *x, const TargetGroup *g, bool first) {
  x->group = g;
  x->targets.len = 0;
  x->setup.options.build.cwd = g->cwd;
  Program *program = program_new(&x->setup.options);
  if (first) cli_notices(program);
  Buf errors = {0}, warnings = {0};
  ProgramRun run = {.patterns = g->patterns.items,
                    .pattern_count = g->patterns.len,
                    .tests = g->tests,
                    .package_ready = take_package,
                    .context = x,
                    .transient = true,
                    .warnings = &warnings};
  bool ok = program_run(program, &run, NULL, &errors) && !errors.len;
  if (warnings.len) fprintf(stderr, "heapls: warning: %.*s", STR_ARG(buf_view(&warnings)));
  if (errors.len) fprintf(stderr, "%.*s", STR_ARG(buf_view(&errors)));
  buf_release(&warnings);
  for (uint32_t i = 0; i < x->targets.len; i++) {
    if (x->targets.items[i].done) continue;
    buf_clear(&errors);
    const PackageResult *r = program_analyze_file(program, x->targets.items[i].path, NULL, &errors);
    if (x->write) program_module_dirs(program, add_dir, x);
    if (r) fix_package(x, program, r);
    x->targets.items[i].done = true;
    package_result_release(r);
    program_forget_unused(program);
  }
  buf_release(&errors);
  program_free(program);
  return ok;
}

// ---- Writing

static bool may_change(const Fixing *x, Str path) {
  for (uint32_t i = 0; i < x->dirs.len; i++) {
    Str dir = x->dirs.items[i];
    if (str_has_prefix(path, dir) && (path.n > dir.n && path.p[dir.n] == '/')) return true;
  }
  return false;
}

// A new file takes the old one's place, with its mode, so that it is never half written.
static bool write_file(Fixing *x, const Changed *c) {
  Str temporary = arena_printf(&x->setup.arena, "%.*s.heapls-XXXXXX", STR_ARG(c->path));
  struct stat st;
  int fd = stat(c->path.p, &st) == 0 ? mkstemp((char *)(uintptr_t)temporary.p) : -1;
  bool good = fd >= 0;
  for (size_t at = 0; good && at < c->to.n;) {
    ssize_t n = write(fd, c->to.p + at, c->to.n - at);
    good = n > 0;
    at += good ? (size_t)n : 0;
  }
  good = good && fchmod(fd, st.st_mode & 07777) == 0 && fsync(fd) == 0;
  if (fd >= 0) good = close(fd) == 0 && good;
  good = good && rename(temporary.p, c->path.p) == 0;
  if (!good) fprintf(stderr, "heapls fix: %.*s: %s\n", STR_ARG(c->path), strerror(errno));
  if (!good && fd >= 0) unlink(temporary.p);
  return good;
}

static int write_files(Fixing *x) {
  bool force = cli_has(x->args, OPTION_FORCE);
  Str clean = STR_NONE; // work tree
  for (uint32_t i = 0; i < x->changed.len; i++) {
    const Changed *c = &x->changed.items[i];
    if (!may_change(x, c->path)) {
      fprintf(stderr, "heapls fix: %.*s is in no module of yours: nothing was written\n", STR_ARG(c->path));
      return 2;
    }
    Str dirty = STR_NONE;
    bool known = clean.n && str_has_prefix(c->path, clean) && c->path.p[clean.n] == '/';
    GitState state = force || known ? GIT_CLEAN : git_state(&x->setup.arena, c->path, &dirty);
    if (state == GIT_CLEAN && dirty.n) clean = dirty;
    if (state == GIT_CLEAN || state == GIT_NONE) continue;
    if (state == GIT_DIRTY)
      fprintf(stderr,
              "heapls fix: %.*s has changes that are not committed: nothing was written (--force: all the same)\n",
              STR_ARG(dirty));
    else
      fprintf(stderr, "heapls fix: git could not be asked (%.*s): nothing was written (--force: all the same)\n",
              STR_ARG(dirty));
    return 2;
  }
  for (uint32_t i = 0; i < x->changed.len; i++)
    if (!write_file(x, &x->changed.items[i])) return 2;
  return 0;
}

static uint32_t wanted_kinds(const char *list) {
  if (!list) return FIX_ALL_KINDS;
  uint32_t kinds = 0;
  for (Str rest = str_of(list); rest.n;) {
    ptrdiff_t comma = str_index_byte(rest, ',');
    Str one = comma < 0 ? rest : str_slice(rest, 0, (size_t)comma);
    for (uint32_t k = 0; k < FIX_KIND_COUNT; k++)
      if (str_equal(one, str_of(fix_kind_name((FixKind)k)))) kinds |= 1u << k;
    rest = comma < 0 ? STR_NONE : str_slice(rest, (size_t)comma + 1, rest.n);
  }
  return kinds;
}

static int fix(Fixing *x) {
  Targets targets;
  targets_find(&targets, &x->setup, x->args, 0, false);
  bool ok = true;
  for (uint32_t i = 0; i < targets.groups.len; i++) ok &= run_group(x, &targets.groups.items[i], i == 0);
  if (x->json) {
    char *text = json_dumps(x->list, JSON_INDENT(1) | JSON_SORT_KEYS);
    buf_puts(&x->out, text ? text : "[]");
    buf_byte(&x->out, '\n');
    free(text);
  }
  int code = x->write ? write_files(x) : 0;
  if (code) return code;
  code = cli_print(&x->out);
  if (!x->json)
    fprintf(stderr, "%u fix%s in %u file%s%s.\n", x->fixes, x->fixes == 1 ? "" : "es", x->changed.len,
            x->changed.len == 1 ? "" : "s", x->write ? ", written" : "");
  return code ? code : ok ? 0 : 2;
}

int cli_fix(const CliArgs *args) {
  Fixing x = {.args = args, .list = json_array()};
  int code = cli_setup_init(&x.setup, args) ? 0 : 2;
  x.kinds = wanted_kinds(cli_value(args, OPTION_KINDS));
  x.rewrite = cli_has(args, OPTION_REWRITE);
  x.json = cli_has(args, OPTION_FIX_JSON);
  x.write = cli_has(args, OPTION_WRITE);
  if (!code && x.json && x.write) code = cli_usage_error(COMMAND_FIX, "--json shows every fix alone: no --write");
  if (!code) code = fix(&x);
  buf_release(&x.out);
  json_decref(x.list);
  cli_setup_release(&x.setup);
  return code;
}
