// outside.c: files and directories elsewhere that decide the analysis: modules of the module cache, the go command's
// settings, the toolchains. Most of them are not there: what is missing has to be noticed when it comes.
//
// Every existing directory above such a path is watched, and an event in it counts if it is about the next element of
// the way to one. Then, when it has been quiet for QUIET_MS, all of them are looked at: directories that came or were
// replaced are watched (again until none is new, because something may have come into one before it was), and if a path
// came, went or changed, everything is analysed again. A module's directory that comes is listed and watched like one
// of the workspace, because its files may be copied into it slowly; the go command marks what it has not finished.
// Where the system has no more watches to give, the paths are looked at every POLL_MS.
#include "server.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { QUIET_MS = 60, QUIET_LIMIT_MS = 1000, POLL_MS = 2000, WATCH_LIMIT = 4000 };

typedef struct State { // of a path; zero: it is not there
  bool there, is_directory;
  dev_t device;
  ino_t inode;
  off_t size; // of a file, with its time of change
  int64_t changed;
} State;

struct OutsidePath {
  char *path;
  State state; // when it was looked at last
};

typedef struct Way { // a directory above a path, or a path: looked for by events
  char *path;
  bool is_above;
  OutsidePath *path_here; // NULL: none
  State watched;          // the directory that the watch is of
  uv_fs_event_t *event;   // NULL: none
} Way;

static State state_of(const char *path) {
  struct stat st;
  if (stat(path, &st) != 0) return (State){0};
  State s = {.there = true, .is_directory = S_ISDIR(st.st_mode), .device = st.st_dev, .inode = st.st_ino};
  if (s.is_directory) return s;
  s.size = st.st_size;
#ifdef __APPLE__
  s.changed = (int64_t)st.st_mtimespec.tv_sec * 1000000000 + st.st_mtimespec.tv_nsec;
#else
  s.changed = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
#endif
  return s;
}

static bool same_state(const State *a, const State *b) {
  return a->there == b->there && a->device == b->device && a->inode == b->inode && a->size == b->size &&
         a->changed == b->changed;
}

void outside_init(Server *s) {
  uv_timer_init(&s->loop, &s->outside.quiet);
  uv_timer_init(&s->loop, &s->outside.poll);
  s->outside.quiet.data = s->outside.poll.data = s;
}

static void on_closed(uv_handle_t *handle) { free(handle); }

static void stop_watching(Way *way) {
  if (way->event) uv_close((uv_handle_t *)way->event, on_closed);
  way->event = NULL;
  way->watched = (State){0};
}

void outside_stop(Server *s) {
  for (uint32_t i = 0; i < s->outside.ways.len; i++) stop_watching(s->outside.ways.entries[i].value);
}

void outside_release(Server *s) {
  Outside *o = &s->outside;
  for (uint32_t i = 0; i < o->ways.len; i++) {
    Way *way = o->ways.entries[i].value;
    free(way->path);
    free(way);
  }
  for (uint32_t i = 0; i < o->paths.len; i++) {
    free(o->paths.items[i]->path);
    free(o->paths.items[i]);
  }
  strmap_release(&o->ways);
  free(o->paths.items);
}

// ---- Watching

static void look(Server *s);

static void on_quiet(uv_timer_t *timer) { look(timer->data); }

static void look_when_quiet(Server *s) {
  Outside *o = &s->outside;
  uint64_t now = uv_now(&s->loop);
  if (!uv_is_active((uv_handle_t *)&o->quiet)) o->due = now + QUIET_LIMIT_MS;
  uint64_t left = o->due > now ? o->due - now : 0;
  uv_timer_start(&o->quiet, on_quiet, left < QUIET_MS ? left : QUIET_MS, 0);
}

static void on_event(uv_fs_event_t *event, const char *name, int events, int status) {
  Way *way = event->data;
  Server *s = event->loop->data;
  char path[PATH_MAX];
  if (status < 0 || s->stopping) return;
  if (watch_may_be_over(way->path, name, events)) {
    stop_watching(way);
    look_when_quiet(s);
    return;
  }
  bool whole = !name || !snprintf(path, sizeof path, "%s%s%s", way->path, way->path[1] ? "/" : "", name);
  if (whole || strmap_has(&s->outside.ways, str_of(path))) look_when_quiet(s);
}

// True: it is watched now, and was not before.
static bool watch(Server *s, Way *way) {
  Outside *o = &s->outside;
  State now = state_of(way->path);
  if (way->event && now.is_directory && same_state(&way->watched, &now)) return false;
  stop_watching(way);
  if (!now.is_directory) return false;
  way->event = protocol_alloc(sizeof *way->event);
  uv_fs_event_init(&s->loop, way->event);
  way->event->data = way;
  way->watched = now;
  if (o->watches < WATCH_LIMIT && uv_fs_event_start(way->event, on_event, way->path, 0) == 0) {
    o->watches++;
    return true;
  }
  stop_watching(way);
  if (!o->polls) server_log(s, LOG_DEBUG, "%s cannot be watched: it is looked at now and then", way->path);
  o->polls = true;
  return false;
}

static void watch_ways(Server *s) {
  StrMap *ways = &s->outside.ways;
  bool any = true;
  for (int round = 0; any && round < 8; round++) { // each may have brought what lies below it
    any = false;
    s->outside.watches = 0;
    for (uint32_t i = 0; i < ways->len; i++) s->outside.watches += ((Way *)ways->entries[i].value)->event != NULL;
    for (uint32_t i = 0; i < ways->len; i++) {
      Way *way = ways->entries[i].value;
      if (way->is_above) any |= watch(s, way);
    }
  }
}

// ---- Looking

static void on_poll(uv_timer_t *timer) { look(timer->data); }

static void look(Server *s) {
  Outside *o = &s->outside;
  if (s->stopping) return;
  watch_ways(s);
  bool changed = false;
  for (uint32_t i = 0; i < o->paths.len; i++) {
    OutsidePath *p = o->paths.items[i];
    State now = state_of(p->path);
    if (same_state(&p->state, &now)) continue;
    if (p->state.inode != now.inode) unwatch_tree(s, p->path);
    if (now.is_directory) watch_tree(s, p->path);
    p->state = now;
    changed = true;
  }
  if (o->polls) uv_timer_start(&o->poll, on_poll, POLL_MS, 0);
  if (!changed) return;
  server_log(s, LOG_DEBUG, "what the analysis hangs on outside of the workspace has changed");
  analyzer_invalidate(s->analyzer, "");
  schedule_rest(s, NULL);
}

static OutsidePath *path_of(Outside *o, const char *path) {
  Way *way = strmap_get(&o->ways, str_of(path));
  return way ? way->path_here : NULL;
}

// What the analysis saw, where that is not how it is now: then it is news.
static State seen(const char *path, bool there) {
  if (!there) return (State){0};
  State now = state_of(path);
  return now.there ? now : (State){.there = true};
}

static Way *way_to(Server *s, Str path) {
  Way *way = strmap_get(&s->outside.ways, path);
  if (way) return way;
  way = protocol_alloc(sizeof *way);
  way->path = protocol_alloc(path.n + 1);
  memcpy(way->path, path.p, path.n);
  strmap_set(&s->outside.ways, (Str){way->path, path.n}, way);
  return way;
}

// Takes the path.
static void add_path(Server *s, char *path, bool there) {
  OutsidePath *p = path_of(&s->outside, path);
  if (p) {
    // That one came is noticed by looking, as more may have come into it than the analysis saw.
    if (p->state.there || !there) p->state = seen(path, there);
    free(path);
    return;
  }
  p = protocol_alloc(sizeof *p);
  p->path = path;
  p->state = seen(path, there);
  VEC_APPEND(&s->outside.paths, p);
  Str all = str_of(path);
  way_to(s, str_slice(all, 0, 1))->is_above = true;
  for (size_t i = 1; i < all.n; i++)
    if (all.p[i] == '/') way_to(s, str_slice(all, 0, i))->is_above = true;
  way_to(s, all)->path_here = p;
}

void outside_take(Server *s) {
  bool any = false, there = false;
  for (char *path; (path = analyzer_take_outside(s->analyzer, &there)); any = true) {
    if (*path == '/')
      add_path(s, path, there);
    else
      free(path);
  }
  if (any) look(s);
}
