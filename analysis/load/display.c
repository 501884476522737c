// display.c: how the go command shortens file names in the output of the compiler.
//
// The compiler is given, and prints, absolute names. Then the go command takes the package's directory and every
// directory above it in turn, and where the name of that directory relative to the working directory is shorter (and
// names the same directory), replaces it at the beginning of a line.
#include "load/files_internal.h"
#include "load/load.h"

#include <errno.h>
#include <sys/stat.h>

static bool same_directory(Arena *a, Str cwd, Str relative, Str dir) {
  struct stat x, y;
  int x_status = stat(arena_printf(a, "%.*s/%.*s", STR_ARG(cwd), STR_ARG(relative)).p, &x), x_error = errno;
  int y_status = stat(arena_printf(a, "%.*s", STR_ARG(dir)).p, &y), y_error = errno;
  if (x_status != 0 || y_status != 0) return x_status != 0 && y_status != 0 && x_error == ENOENT && y_error == ENOENT;
  return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

Str load_display_path(Arena *arena, Str cwd, Str package_dir, Str path) {
  Arena scratch;
  arena_init(&scratch);
  Str dir = path_clean(&scratch, package_dir), result = path;
  cwd = path_clean(&scratch, cwd);
  while (path_is_absolute(dir)) {
    if (str_has_prefix(path, dir)) {
      Str relative = path_relative(&scratch, cwd, dir);
      if (relative.n < dir.n && same_directory(&scratch, cwd, relative, dir)) {
        result = arena_printf(arena, "%.*s%.*s", STR_ARG(relative), STR_ARG(str_slice(path, dir.n, path.n)));
        break;
      }
    }
    Str parent = path_dir(dir);
    if (str_equal(parent, dir)) break;
    dir = parent;
  }
  if (result.p == path.p) result = arena_str(arena, path);
  arena_release(&scratch);
  return result;
}
