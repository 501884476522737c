// team.c: reading .heapls.json. It is read strictly, since a name that is misspelt would be an agreement that nobody
// keeps.
#include "team.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <unistd.h>

#define TEAM_FILE ".heapls.json"
enum { MOST_BYTES = 1 << 20 };

static Str parent(Str path) {
  ptrdiff_t slash = str_last_byte(path, '/');
  return slash > 0 ? str_slice(path, 0, (size_t)slash) : STR_NONE;
}

Str team_find(Arena *a, Str dir) {
  for (; dir.n; dir = parent(dir)) {
    Str path = arena_printf(a, "%.*s/" TEAM_FILE, STR_ARG(dir));
    if (access(path.p, F_OK) == 0) return path;
    if (access(arena_printf(a, "%.*s/.git", STR_ARG(dir)).p, F_OK) == 0) break;
  }
  return STR_NONE;
}

void team_release(Team *t) {
  json_decref(t->values);
  arena_release(&t->arena);
  *t = (Team){0};
}

// ---- Reading

static bool refuse(const Team *t, Buf *problem, const char *format, ...) PRINTF_LIKE(3, 4);
static bool refuse(const Team *t, Buf *problem, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  buf_printf(problem, "%.*s: ", STR_ARG(t->path));
  buf_vprintf(problem, format, arguments);
  va_end(arguments);
  return false;
}

static bool load(Team *t, Buf *problem) {
  FILE *f = fopen(t->path.p, "rb");
  if (!f) return refuse(t, problem, "%s", strerror(errno));
  Buf text = {0};
  char chunk[8192];
  for (size_t n; text.len <= MOST_BYTES && (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_str(&text, (Str){chunk, n});
  bool read = !ferror(f);
  fclose(f);
  json_error_t error;
  if (read && text.len <= MOST_BYTES) t->values = json_loadb(text.text, text.len, JSON_REJECT_DUPLICATES, &error);
  bool good = json_is_object(t->values);
  if (!read)
    refuse(t, problem, "it can't be read");
  else if (text.len > MOST_BYTES)
    refuse(t, problem, "it has more than 1 MiB");
  else if (!t->values)
    buf_printf(problem, "%.*s:%d:%d: %s", STR_ARG(t->path), error.line, error.column, error.text);
  else if (!good)
    refuse(t, problem, "it is not an object");
  buf_release(&text);
  return good;
}

static Str text_of(Team *t, const json_t *value) {
  return arena_str(&t->arena, (Str){json_string_value(value), json_string_length(value)});
}

static bool read_exclude(Team *t, const json_t *list, Buf *problem) {
  const json_t *item;
  size_t i;
  if (!json_is_array(list)) return refuse(t, problem, "exclude is not a list of globs");
  json_array_foreach(list, i, item) {
    if (!json_is_string(item)) return refuse(t, problem, "exclude has something that is not a text");
    VEC_PUSH(&t->arena, &t->exclude, text_of(t, item));
  }
  return true;
}

static bool is_code(const char *code) {
  static const char *const groups[] = {"heap", "moved", "contract", "loop"};
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
    if (strcmp(code, groups[i]) == 0) return true;
  static const char *const contracts[] = {"noalloc", "allocs",   "bytes", "stack",
                                          "inline",  "noescape", "trust", "directive"};
  for (size_t i = 0; i < sizeof contracts / sizeof *contracts; i++)
    if (strncmp(code, "contract/", 9) == 0 && strcmp(code + 9, contracts[i]) == 0) return true;
  const char *slash = strchr(code, '/');
  if (!slash || (strncmp(code, "heap/", 5) != 0 && strncmp(code, "moved/", 6) != 0)) return false;
  for (int c = 0; c < CAUSE_COUNT; c++) {
    const char *known = strchr(cause_code((Cause)c), '/');
    if (known && strcmp(known, slash) == 0) return true;
  }
  return false;
}

static bool read_severity(Team *t, json_t *object, Buf *problem) {
  static const char *const levels[] = {[TEAM_ERROR] = "error",
                                       [TEAM_WARNING] = "warning",
                                       [TEAM_INFORMATION] = "information",
                                       [TEAM_HINT] = "hint",
                                       [TEAM_OFF] = "off"};
  const char *code;
  json_t *value;
  if (!json_is_object(object)) return refuse(t, problem, "severity is not an object");
  json_object_foreach(object, code, value) {
    TeamLevel level = TEAM_OFF;
    if (!is_code(code))
      return refuse(t, problem,
                    "severity has %.80s, which is no code such as heap/returned, nor heap, moved, contract or loop",
                    code);
    while (level && !(json_is_string(value) && strcmp(levels[level], json_string_value(value)) == 0)) level--;
    if (!level)
      return refuse(t, problem, "severity of %.80s is not one of error, warning, information, hint, off", code);
    VEC_PUSH(&t->arena, &t->severities, (TeamSeverity){arena_str(&t->arena, str_of(code)), level});
  }
  return true;
}

// "example.com/m/codec.(*Encoder).Encode": the package ends at the first point after the last slash that no digit of a
// version follows.
static bool split_name(Str name, Promise *p) {
  ptrdiff_t slash = str_last_byte(name, '/');
  for (size_t i = (size_t)(slash + 1); i + 1 < name.n; i++) {
    bool version = name.p[i + 1] == 'v' && i + 2 < name.n && name.p[i + 2] >= '0' && name.p[i + 2] <= '9';
    if (name.p[i] != '.' || version || !i) continue;
    p->package = str_slice(name, 0, i);
    p->function = str_slice(name, i + 1, name.n);
    return true;
  }
  return false;
}

static bool read_contracts(Team *t, json_t *object, Buf *problem) {
  const char *name;
  json_t *value;
  if (!json_is_object(object)) return refuse(t, problem, "contracts is not an object");
  json_object_foreach(object, name, value) {
    Promise p = {.from = t->path};
    if (!split_name(arena_str(&t->arena, str_of(name)), &p))
      return refuse(t, problem, "contracts has %.120s, which is not a function's name such as example.com/m.(*T).F",
                    name);
    p.words = json_is_string(value) ? text_of(t, value) : STR_NONE;
    if (!promise_is_known(p.words))
      return refuse(
        t, problem,
        "the contract of %.120s is not one of noalloc, noalloc,cold, noalloc,own, allocs N, bytes N, inline", name);
    VEC_PUSH(&t->arena, &t->promises, p);
  }
  return true;
}

// Names of settings are checked one by one, whichever way they are nested.
static bool check_settings(Team *t, const char *prefix, json_t *object, Buf *problem) {
  const char *key;
  json_t *value;
  json_object_foreach(object, key, value) {
    char name[128];
    snprintf(name, sizeof name, "%.60s%s%.60s", prefix, *prefix ? "." : "", key);
    bool own = !*prefix && (strcmp(key, "$schema") == 0 || strcmp(key, "exclude") == 0 ||
                            strcmp(key, "severity") == 0 || strcmp(key, "contracts") == 0);
    if (own || settings_is_shared(name)) continue;
    bool group = !*prefix && json_is_object(value);
    if (!group) return refuse(t, problem, "%s is not known", name);
    if (!check_settings(t, name, value, problem)) return false;
  }
  return true;
}

static bool read_all(Team *t, Buf *problem) {
  if (!load(t, problem) || !check_settings(t, "", t->values, problem)) return false;
  Settings scratch;
  settings_default(&scratch);
  Buf wrong = {0};
  settings_overlay(&scratch, t->values, &wrong);
  bool good = !wrong.len;
  if (!good) {
    Str text = buf_view(&wrong);
    ptrdiff_t end = str_index_byte(text, ';');
    refuse(t, problem, "%.*s", (int)(end < 0 ? (ptrdiff_t)text.n : end), text.p);
  }
  buf_release(&wrong);
  json_t *value;
  if (good && (value = json_object_get(t->values, "exclude"))) good = read_exclude(t, value, problem);
  if (good && (value = json_object_get(t->values, "severity"))) good = read_severity(t, value, problem);
  if (good && (value = json_object_get(t->values, "contracts"))) good = read_contracts(t, value, problem);
  return good;
}

bool team_read(Team *t, Str path, Buf *problem) {
  *t = (Team){0};
  arena_init(&t->arena);
  if (!path.n) return true;
  t->path = arena_str(&t->arena, path);
  if (read_all(t, problem)) return true;
  json_decref(t->values);
  t->values = NULL;
  t->exclude.len = t->severities.len = t->promises.len = 0;
  return false;
}

// ---- Asking

void team_apply(const Team *t, Settings *settings) {
  if (t->values) settings_overlay(settings, t->values, NULL);
}

bool team_says(const Team *t, const char *name) { return t->values && settings_has(t->values, name); }

bool team_excludes(const Team *t, Str path) {
  Str dir = parent(t->path);
  if (!t->exclude.len || !str_has_prefix(path, dir) || path.n <= dir.n || path.p[dir.n] != '/') return false;
  const char *below = path.p + dir.n + 1, *base = path.p + str_last_byte(path, '/') + 1;
  for (uint32_t i = 0; i < t->exclude.len; i++) {
    const char *glob = t->exclude.items[i].p;
    if (fnmatch(glob, strchr(glob, '/') ? below : base, 0) == 0) return true;
  }
  return false;
}

TeamLevel team_level(const Team *t, const char *code, bool in_loop) {
  Str whole = str_of(code), group = whole;
  ptrdiff_t slash = str_index_byte(whole, '/');
  if (slash >= 0) group = str_slice(whole, 0, (size_t)slash);
  TeamLevel by_group = TEAM_BY_RULE, by_loop = TEAM_BY_RULE;
  for (uint32_t i = 0; i < t->severities.len; i++) {
    const TeamSeverity *s = &t->severities.items[i];
    if (str_equal(s->code, whole)) return s->level;
    if (str_equal(s->code, group)) by_group = s->level;
    if (in_loop && str_equal(s->code, STR("loop"))) by_loop = s->level;
  }
  return by_loop ? by_loop : by_group;
}
