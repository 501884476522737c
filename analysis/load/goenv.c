// goenv.c: what the go command's settings are read from: the environment, the two go.env files, and what is looked at
// on the way to a GOROOT.
#include "load/context_internal.h"

#include <stdlib.h>
#include <unistd.h>

enum { ENV_FILE_LIMIT = 1 << 20 };

void goenv_note(GoEnv *s, Str path) {
  bool there = fs_is_file(&s->fs, path) || fs_is_dir(&s->fs, path);
  VEC_PUSH(s->arena, &s->context->read, (LoadOutside){path, there});
}

Str goenv_variable(const GoEnv *s, const char *name) {
  size_t n = strlen(name);
  if (s->environ)
    for (char *const *e = s->environ; *e; e++)
      if (strncmp(*e, name, n) == 0 && (*e)[n] == '=') return str_of(*e + n + 1);
  return STR_NONE;
}

Str goenv_setting(const GoEnv *s, const char *name) {
  Str v = goenv_variable(s, name);
  if (v.n) return v;
  const Str *in_file = strmap_get(&s->user, str_of(name));
  if (!in_file) in_file = strmap_get(&s->root, str_of(name)); // one that the user's file has empty is empty
  return in_file ? *in_file : STR_NONE;
}

Str goenv_read(GoEnv *s, Str path) {
  Str text;
  if (!fs_read(&s->fs, path, ENV_FILE_LIMIT, &text, NULL, NULL)) return STR_NONE;
  Str kept = arena_str(s->arena, text);
  free((char *)text.p);
  return kept;
}

void goenv_read_file(GoEnv *s, StrMap *into, Str path) {
  Str text = goenv_read(s, path);
  goenv_note(s, path);
  for (size_t i = 0; i < text.n;) {
    ptrdiff_t nl = str_index_byte(str_slice(text, i, text.n), '\n');
    size_t end = nl < 0 ? text.n : i + (size_t)nl;
    Str line = str_slice(text, i, end);
    i = end + 1;
    ptrdiff_t eq = str_index_byte(line, '=');
    if (eq <= 0 || line.p[0] < 'A' || line.p[0] > 'Z') continue;
    Str *value = ARENA_NEW(s->arena, Str);
    *value = str_trim(str_slice(line, (size_t)eq + 1, line.n));
    strmap_set(into, str_slice(line, 0, (size_t)eq), value);
  }
}

void goenv_read_user(GoEnv *s) {
  Str path = goenv_variable(s, "GOENV");
  if (str_equal(path, STR("off"))) return;
  if (!path.n) {
    Str config = goenv_variable(s, "XDG_CONFIG_HOME"), home = goenv_variable(s, "HOME");
#ifdef __APPLE__
    config = home.n ? arena_printf(s->arena, "%.*s/Library/Application Support", STR_ARG(home)) : STR_NONE;
#else
    if (!config.n && home.n) config = arena_printf(s->arena, "%.*s/.config", STR_ARG(home));
#endif
    if (!config.n) return;
    path = arena_printf(s->arena, "%.*s/go/env", STR_ARG(config));
  }
  goenv_read_file(s, &s->user, path);
}
bool goenv_is_goroot(GoEnv *s, Str dir) {
  return dir.n && fs_is_dir(&s->fs, arena_printf(s->arena, "%.*s/src/runtime", STR_ARG(dir)));
}

bool goenv_executable(GoEnv *s, Str name, Str *found) {
  Str path = goenv_variable(s, "PATH");
  if (str_index_byte(name, '/') >= 0) path = STR("/");
  for (size_t i = 0; i <= path.n && path.n;) {
    ptrdiff_t colon = str_index_byte(str_slice(path, i, path.n), ':');
    size_t end = colon < 0 ? path.n : i + (size_t)colon;
    Str dir = str_slice(path, i, end);
    i = end + 1;
    if (!dir.n) continue;
    Str candidate = path_join(s->arena, dir, name);
    char *z = (char *)arena_str(s->arena, candidate).p;
    goenv_note(s, candidate);
    if (fs_is_file(&s->fs, candidate) && access(z, X_OK) == 0) {
      *found = candidate;
      return true;
    }
  }
  return false;
}
// ---- Versions

uint32_t go_version_minor(Str v) {
  if (str_has_prefix(v, STR("go"))) v = str_slice(v, 2, v.n);
  if (!str_has_prefix(v, STR("1."))) return 0;
  uint32_t n = 0;
  for (size_t i = 2; i < v.n && i < 8 && v.p[i] >= '0' && v.p[i] <= '9'; i++) n = n * 10 + (uint32_t)(v.p[i] - '0');
  return n;
}

Str go_string_constant(Str source, const char *name) {
  Str key = str_of(name);
  for (size_t from = 0; from < source.n;) {
    ptrdiff_t at = str_index(str_slice(source, from, source.n), key);
    if (at < 0) return STR_NONE;
    size_t i = from + (size_t)at + key.n;
    from = i;
    while (i < source.n && source.p[i] == ' ') i++;
    if (i >= source.n || source.p[i] != '=') continue;
    i++;
    while (i < source.n && source.p[i] == ' ') i++;
    if (i >= source.n || (source.p[i] != '`' && source.p[i] != '"')) continue;
    char quote = source.p[i++];
    ptrdiff_t end = str_index_byte(str_slice(source, i, source.n), quote);
    return end < 0 ? STR_NONE : str_slice(source, i, i + (size_t)end);
  }
  return STR_NONE;
}

Str goenv_goroot_version(GoEnv *s, Str goroot) {
  Str text = goenv_read(s, path_join(s->arena, goroot, STR("VERSION")));
  for (size_t i = 0; i < text.n; i++)
    if (strchr(" \t\r\n", text.p[i])) text.n = i;
  return text;
}
