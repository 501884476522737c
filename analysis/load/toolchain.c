// toolchain.c: the Go toolchain that a go.mod or go.work asks for, where it is already in the module cache.
//
// Since Go 1.21 the go command runs a newer toolchain if the go or toolchain line names one, and GOTOOLCHAIN does not
// say "local" (go.dev/doc/toolchain). Toolchains are modules: golang.org/toolchain@v0.0.1-goVERSION.GOOS-GOARCH. One
// that was never downloaded cannot be read; then the installed Go is used.
#include "load/context.h"
#include "load/modules.h"

#include <stdlib.h>

// "1.26.3", "go1.27rc1", "1.25": minor, then release candidates before releases.
static uint64_t version_order(Str v) {
  if (str_has_prefix(v, STR("go"))) v = str_slice(v, 2, v.n);
  uint64_t minor = go_version_minor(v), patch = 0;
  size_t i = 2;
  while (i < v.n && v.p[i] >= '0' && v.p[i] <= '9') i++;
  bool release = i < v.n && v.p[i] == '.', candidate = str_has_prefix(str_slice(v, i, v.n), STR("rc"));
  if (release || candidate)
    for (i += candidate ? 2 : 1; i < v.n && v.p[i] >= '0' && v.p[i] <= '9' && patch < 10000; i++)
      patch = patch * 10 + (uint64_t)(v.p[i] - '0');
  // 1.21 as a language version is before its release candidates, which are before 1.21.0.
  return minor << 32 | (release ? 1u << 20 : candidate ? 1u << 16 : 0) | patch;
}

static Str read_version_lines(Arena *a, const FileSystem *fs, Str path) {
  Str text;
  if (!fs_read(fs, path, SIZE_MAX, &text, NULL, NULL)) return STR_NONE;
  ModFile *f = mod_file_parse(a, path, arena_str(a, text));
  free((char *)text.p);
  return f->toolchain.n && version_order(f->toolchain) > version_order(f->go) ? f->toolchain : f->go;
}

static Str wanted_version(Arena *a, const FileSystem *fs, Str cwd, Str gowork) {
  if (path_is_absolute(gowork)) return read_version_lines(a, fs, gowork);
  static const char *const names[] = {"go.work", "go.mod"};
  for (size_t i = str_equal(gowork, STR("off")) ? 1 : 0; i < 2; i++)
    for (Str dir = path_clean(a, cwd);; dir = path_dir(dir)) {
      Str path = path_join(a, dir, str_of(names[i]));
      if (fs_is_file(fs, path)) return read_version_lines(a, fs, path);
      if (dir.n <= 1) break;
    }
  return STR_NONE;
}

Str toolchain_find(const BuildContext *c, Arena *a, Str setting, Str cwd, Str host_os, Str host_arch) {
  FileSystem fs = {0};
  if (!c->gomodcache.n || !path_is_absolute(cwd)) return STR_NONE;
  ptrdiff_t plus = str_index_byte(setting, '+');
  Str base = plus < 0 ? setting : str_slice(setting, 0, (size_t)plus), version = STR_NONE;
  if (str_has_prefix(base, STR("go1."))) version = base;
  bool follows_modules = !base.n || plus >= 0 || str_equal(base, STR("auto")) || str_equal(base, STR("path"));
  if (follows_modules) {
    Str wanted = wanted_version(a, &fs, cwd, c->gowork);
    uint64_t have = version_order(version.n ? version : c->go_version);
    if (wanted.n && version_order(wanted) > have) version = wanted;
  }
  if (!version.n || version_order(version) == version_order(c->go_version)) return STR_NONE;
  if (str_has_prefix(version, STR("go"))) version = str_slice(version, 2, version.n);
  Str root = arena_printf(a, "%.*s/golang.org/toolchain@v0.0.1-go%.*s.%.*s-%.*s", STR_ARG(c->gomodcache),
                          STR_ARG(version), STR_ARG(host_os), STR_ARG(host_arch));
  return fs_is_dir(&fs, arena_printf(a, "%.*s/src/runtime", STR_ARG(root))) ? root : STR_NONE;
}
