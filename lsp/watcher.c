// watcher.c: files that change on disk.
//
// The client watches the workspace folders if it offers that. What it does not reach, and everything where it offers
// nothing, is watched here: every directory of the modules that open files belong to (those of go.work and directory
// replacements too), and the directory of a file that is in none. Directories are listed by a thread of the pool;
// one that appears later is listed then. As the analysis reads before anything is watched, they are listed once more
// when they are, and what is younger than the analysis counts as changed.
//
// Changes come in bursts (a branch is switched, code is generated), so they are collected until it has been quiet for
// QUIET_MS. A few changed Go files are forgotten one by one; a changed go.mod, go.work, go.sum or vendor/modules.txt, a
// directory that came or went, and long lists make the analysis look at everything again.
#include "server.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { QUIET_MS = 60, QUIET_LIMIT_MS = 1000, WATCH_LIMIT = 8000, MANY_FILES = 100, DEPTH_LIMIT = 48 };

struct Watch {
  uv_fs_event_t event;
  Server *server;
  char *directory;
};

void watcher_init(Server *s) {
  uv_timer_init(&s->loop, &s->watcher.timer);
  s->watcher.timer.data = s;
}

static void forget_changed(Watcher *w) {
  for (uint32_t i = 0; i < w->changed.len; i++) free(w->changed.items[i]);
  w->changed.len = 0;
  w->changed_widely = false;
}

static void watch_free(Watch *w) {
  free(w->directory);
  free(w);
}

void watcher_release(Server *s) {
  Watcher *w = &s->watcher;
  for (uint32_t i = 0; i < w->by_directory.len; i++) watch_free(w->by_directory.entries[i].value);
  strmap_release(&w->by_directory);
  forget_changed(w);
  free(w->changed.items);
}

// ---- What changed

static bool is_go_file(Str path) { return str_has_suffix(path, STR(".go")) || str_has_suffix(path, STR(".s")); }

static bool decides_modules(Str path) {
  return str_has_suffix(path, STR("/go.mod")) || str_has_suffix(path, STR("/go.work")) ||
         str_has_suffix(path, STR("/go.sum")) || str_has_suffix(path, STR("/vendor/modules.txt"));
}

static void on_quiet(uv_timer_t *timer) {
  Server *s = timer->data;
  Watcher *w = &s->watcher;
  if (s->stopping) return;
  if (w->team_changed) team_look(s);
  w->team_changed = false;
  if (w->changed_widely || w->changed.len > MANY_FILES) {
    server_log(s, LOG_DEBUG, "files changed: everything is looked at again");
    analyzer_invalidate(s->analyzer, "");
  } else {
    for (uint32_t i = 0; i < w->changed.len; i++) analyzer_invalidate(s->analyzer, w->changed.items[i]);
  }
  forget_changed(w);
  schedule_rest(s, NULL);
}

static void wait_for_quiet(Server *s) {
  Watcher *w = &s->watcher;
  uint64_t now = uv_now(&s->loop);
  if (!uv_is_active((uv_handle_t *)&w->timer)) w->due = now + QUIET_LIMIT_MS;
  uint64_t left = w->due > now ? w->due - now : 0;
  uv_timer_start(&w->timer, on_quiet, left < QUIET_MS ? left : QUIET_MS, 0);
}

static void changed_widely(Server *s) {
  s->watcher.changed_widely = true;
  wait_for_quiet(s);
}

void watcher_saw(Server *s, const char *path) {
  Watcher *w = &s->watcher;
  if (str_has_suffix(str_of(path), STR("/.heapls.json"))) {
    w->team_changed = true;
    wait_for_quiet(s);
    return;
  }
  if (decides_modules(str_of(path))) {
    changed_widely(s);
    return;
  }
  if (!is_go_file(str_of(path)) || document_of_path(s, str_of(path))) return; // an open file's text is the editor's
  bool known = false;
  for (uint32_t i = 0; i < w->changed.len && !known; i++) known = strcmp(w->changed.items[i], path) == 0;
  if (!known && w->changed.len <= MANY_FILES) {
    char *text = protocol_alloc(strlen(path) + 1);
    memcpy(text, path, strlen(path));
    VEC_APPEND(&w->changed, text);
  }
  wait_for_quiet(s);
}

// ---- Watching

static void on_event(uv_fs_event_t *event, const char *name, int events, int status);

static bool is_below(Str path, const char *dir) {
  size_t n = strlen(dir);
  return str_has_prefix(path, (Str){dir, n}) && (path.n == n || path.p[n] == '/');
}

static bool client_reaches(const Server *s, Str dir) {
  for (uint32_t i = 0; s->watcher.client_watches && i < s->folders.len; i++) {
    if (is_below(dir, s->folders.items[i])) return true;
  }
  return false;
}

// True: it was not watched before.
static bool watch_directory(Server *s, Str dir) {
  Watcher *w = &s->watcher;
  if (strmap_has(&w->by_directory, dir) || client_reaches(s, dir)) return false;
  if (w->by_directory.len >= WATCH_LIMIT) {
    if (!w->full) server_log(s, LOG_WARN, "more than %d directories: changes in some are not noticed", WATCH_LIMIT);
    w->full = true;
    return false;
  }
  Watch *watch = protocol_alloc(sizeof *watch);
  watch->server = s;
  watch->directory = protocol_alloc(dir.n + 1);
  memcpy(watch->directory, dir.p, dir.n);
  uv_fs_event_init(&s->loop, &watch->event);
  watch->event.data = watch;
  if (uv_fs_event_start(&watch->event, on_event, watch->directory, 0) != 0)
    server_log(s, LOG_DEBUG, "%s cannot be watched", watch->directory);
  strmap_set(&w->by_directory, (Str){watch->directory, dir.n}, watch);
  return true;
}

void watch_directory_of(Server *s, Str path) {
  ptrdiff_t slash = str_last_byte(path, '/');
  if (slash > 0) (void)watch_directory(s, str_slice(path, 0, (size_t)slash));
}

static void on_watch_closed(uv_handle_t *handle) { watch_free(handle->data); }

// The directory is gone, and what was below it.
void unwatch_tree(Server *s, const char *dir) {
  StrMap kept = {0}, *map = &s->watcher.by_directory;
  for (uint32_t i = 0; i < map->len; i++) {
    Watch *w = map->entries[i].value;
    if (is_below(str_of(w->directory), dir))
      uv_close((uv_handle_t *)&w->event, on_watch_closed);
    else
      strmap_set(&kept, str_of(w->directory), w);
  }
  strmap_release(map);
  *map = kept;
}

// ---- Listing a module's directories

typedef struct Listing {
  uv_work_t work;
  Server *server;
  char *root;
  FileTime since; // younger files are new to the analysis
  bool compare;   // look at what is younger
  bool younger;   // something is
  VEC(char *) found;
} Listing;

// The go command does not look into these.
static bool is_left_out(const char *name) {
  return name[0] == '.' || name[0] == '_' || strcmp(name, "testdata") == 0 || strcmp(name, "node_modules") == 0;
}

static void compare(Listing *l, const char *path) {
  struct stat st;
  l->younger |= stat(path, &st) == 0 && (FileTime)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec >= l->since;
}

static void list_below(Listing *l, const char *dir, int depth) {
  DIR *d = depth < DEPTH_LIMIT && l->found.len < WATCH_LIMIT ? opendir(dir) : NULL;
  if (!d) return;
  size_t n = strlen(dir);
  char *own = protocol_alloc(n + 1);
  memcpy(own, dir, n);
  VEC_APPEND(&l->found, own);
  if (l->compare && !l->younger) compare(l, dir);
  for (struct dirent *e; (e = readdir(d));) {
    char path[PATH_MAX];
    struct stat st;
    if (is_left_out(e->d_name)) continue;
    if (snprintf(path, sizeof path, "%s/%s", dir, e->d_name) >= (int)sizeof path) continue;
    if (l->compare && !l->younger && (is_go_file(str_of(path)) || decides_modules(str_of(path)))) compare(l, path);
    if (e->d_type != DT_DIR && e->d_type != DT_UNKNOWN) continue;
    if (e->d_type == DT_UNKNOWN && (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))) continue;
    // what is vendored changes with vendor/modules.txt
    list_below(l, path, strcmp(e->d_name, "vendor") == 0 ? DEPTH_LIMIT - 1 : depth + 1);
  }
  closedir(d);
}

static void list(uv_work_t *work) {
  Listing *l = work->data;
  list_below(l, l->root, 0);
}

static void list_tree(Server *s, const char *root, FileTime since, bool compare);

static void on_listed(uv_work_t *work, int status) {
  Listing *l = work->data;
  Server *s = l->server;
  bool any = false;
  for (uint32_t i = 0; i < l->found.len; i++) {
    if (status == 0 && !s->stopping) any |= watch_directory(s, str_of(l->found.items[i]));
    free(l->found.items[i]);
  }
  // Files that came before the watch was there, and directories: these are listed again until none is new.
  if (l->younger && status == 0 && !s->stopping) changed_widely(s);
  if (any && !s->stopping) list_tree(s, l->root, l->since, true);
  free(l->found.items);
  free(l->root);
  free(l);
}

static void list_tree(Server *s, const char *root, FileTime since, bool compare) {
  Listing *l = protocol_alloc(sizeof *l);
  size_t n = strlen(root);
  *l = (Listing){.server = s, .since = since, .compare = compare, .root = protocol_alloc(n + 1)};
  memcpy(l->root, root, n);
  l->work.data = l;
  if (uv_queue_work(&s->loop, &l->work, list, on_listed) == 0) return;
  free(l->root);
  free(l);
}

void watch_tree(Server *s, const char *root) { list_tree(s, root, INT64_MIN, true); }

void watch_module(Server *s, const char *root, FileTime since) {
  for (uint32_t i = 0; i < s->check.modules.len; i++) {
    if (strcmp(s->check.modules.items[i], root) == 0) return;
  }
  char *text = protocol_alloc(strlen(root) + 1);
  memcpy(text, root, strlen(root));
  VEC_APPEND(&s->check.modules, text);
  if (!client_reaches(s, str_of(root))) list_tree(s, root, since, false);
}

bool watch_may_be_over(const char *directory, const char *name, int events) {
  const char *slash = strrchr(directory, '/');
  return (events & UV_RENAME) && name && slash && strcmp(slash + 1, name) == 0;
}

static void on_event(uv_fs_event_t *event, const char *name, int events, int status) {
  Watch *w = event->data;
  Server *s = w->server;
  if (status < 0 || !name || s->stopping) return;
  char path[PATH_MAX];
  struct stat st;
  if (watch_may_be_over(w->directory, name, events)) {
    snprintf(path, sizeof path, "%s", w->directory);
    unwatch_tree(s, path);
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) list_tree(s, path, INT64_MIN, true);
    changed_widely(s);
    return;
  }
  if (snprintf(path, sizeof path, "%s/%s", w->directory, name) >= (int)sizeof path) return;
  watcher_saw(s, path);
  if (!(events & UV_RENAME) || is_left_out(name)) return;
  if (lstat(path, &st) == 0) {
    if (S_ISDIR(st.st_mode) && !strmap_has(&s->watcher.by_directory, str_of(path))) list_tree(s, path, INT64_MIN, true);
  } else if (strmap_has(&s->watcher.by_directory, str_of(path))) {
    unwatch_tree(s, path);
    changed_widely(s);
  }
}
