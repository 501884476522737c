// files.c: lexical paths, and the file system as the loader sees it: the disk, with the texts of open editors on top.
//
// An overlay counts as a regular file of its directory even when the disk has none, and makes its directories exist.
// One without a text hides the disk's file. A translation stands for what is there, overlay or disk, as long as that is
// the text that it was made of.
#include "load/files_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool path_is_absolute(Str path) { return path.n > 0 && path.p[0] == '/'; }

Str path_clean(Arena *a, Str path) {
  if (!path.n) return STR(".");
  char *out = arena_alloc(a, path.n + 2);
  bool rooted = path.p[0] == '/';
  size_t n = 0, floor = 0; // floor: what ".." cannot take away
  if (rooted) out[n++] = '/', floor = 1;
  for (size_t i = 0; i < path.n;) {
    if (path.p[i] == '/') {
      i++;
      continue;
    }
    size_t end = i;
    while (end < path.n && path.p[end] != '/') end++;
    size_t len = end - i;
    if (len == 1 && path.p[i] == '.') {
    } else if (len == 2 && path.p[i] == '.' && path.p[i + 1] == '.') {
      if (n > floor) {
        while (n > floor && out[n - 1] != '/') n--;
        if (n > floor) n--;
      } else if (!rooted) {
        if (n) out[n++] = '/';
        out[n++] = '.', out[n++] = '.';
        floor = n;
      }
    } else {
      if (n && out[n - 1] != '/') out[n++] = '/';
      memcpy(out + n, path.p + i, len);
      n += len;
    }
    i = end;
  }
  if (!n) out[n++] = '.';
  return (Str){out, n};
}

Str path_join(Arena *a, Str x, Str y) {
  if (path_is_absolute(y) || !x.n) return path_clean(a, y);
  return path_clean(a, arena_printf(a, "%.*s/%.*s", STR_ARG(x), STR_ARG(y)));
}

Str path_dir(Str path) {
  ptrdiff_t slash = str_last_byte(path, '/');
  if (slash < 0) return STR(".");
  return str_slice(path, 0, slash ? (size_t)slash : 1);
}

Str path_base(Str path) {
  ptrdiff_t slash = str_last_byte(path, '/');
  return str_slice(path, (size_t)(slash + 1), path.n);
}

bool path_has_prefix(Str path, Str prefix, Str *rest) {
  if (!str_has_prefix(path, prefix) || !prefix.n) return false;
  size_t from = prefix.n;
  if (from < path.n && prefix.p[from - 1] != '/') {
    if (path.p[from] != '/') return false;
    from++;
  }
  if (rest) *rest = str_slice(path, from, path.n);
  return true;
}

Str path_relative(Arena *a, Str base, Str target) {
  if (str_equal(base, target)) return STR(".");
  size_t common = 0; // end of the last shared element
  for (size_t i = 0;; i++) {
    bool base_ends = i == base.n || base.p[i] == '/', target_ends = i == target.n || target.p[i] == '/';
    if (base_ends && target_ends) common = i;
    if (i >= base.n || i >= target.n || base.p[i] != target.p[i]) break;
  }
  Str up = str_slice(base, common, base.n), down = str_slice(target, common, target.n);
  while (down.n && down.p[0] == '/') down = str_slice(down, 1, down.n);
  Buf b = {0};
  for (size_t i = 0; i < up.n; i++)
    if (up.p[i] != '/' && (i == 0 || up.p[i - 1] == '/')) buf_puts(&b, b.len ? "/.." : "..");
  if (down.n) {
    if (b.len) buf_byte(&b, '/');
    buf_str(&b, down);
  }
  Str result = b.len ? arena_str(a, buf_view(&b)) : STR(".");
  buf_release(&b);
  return result;
}

// ---- Overlays

static uint32_t overlay_slot(const FileSystem *fs, Str path, bool *found) {
  uint32_t lo = 0, hi = fs->overlays.len;
  *found = false;
  while (lo < hi) {
    uint32_t mid = (lo + hi) / 2;
    int order = str_compare(fs->overlays.items[mid].path, path);
    if (order == 0) {
      *found = true;
      return mid;
    }
    if (order < 0)
      lo = mid + 1;
    else
      hi = mid;
  }
  return lo;
}

static Str heap_str(Str s) {
  char *copy = mem_new(s.n + 1);
  if (s.n) memcpy(copy, s.p, s.n);
  return (Str){copy, s.n};
}

// Takes the text.
static void put_overlay(FileSystem *fs, Str path, SharedText *copy) {
  bool found;
  uint32_t at = overlay_slot(fs, path, &found);
  if (found) {
    shared_text_release(fs->overlays.items[at].text);
    fs->overlays.items[at].text = copy;
    return;
  }
  VEC_APPEND(&fs->overlays, (FsOverlay){0});
  FsOverlay *items = fs->overlays.items;
  memmove(items + at + 1, items + at, (fs->overlays.len - 1 - at) * sizeof *items);
  items[at] = (FsOverlay){heap_str(path), copy};
}

void fs_set_overlay(FileSystem *fs, Str path, Str text) { put_overlay(fs, path, shared_text_new(text)); }
void fs_hide(FileSystem *fs, Str path) { put_overlay(fs, path, NULL); }

void fs_remove_overlay(FileSystem *fs, Str path) {
  bool found;
  uint32_t at = overlay_slot(fs, path, &found);
  if (!found) return;
  FsOverlay *items = fs->overlays.items;
  free((char *)items[at].path.p);
  shared_text_release(items[at].text);
  fs->overlays.len--;
  memmove(items + at, items + at + 1, (fs->overlays.len - at) * sizeof *items);
}

const FsOverlay *fs_overlay(const FileSystem *fs, Str path) {
  bool found;
  uint32_t at = overlay_slot(fs, path, &found);
  return found ? &fs->overlays.items[at] : NULL;
}

// ---- Translations: few, and few ask

static FsTranslation *find_translation(const FileSystem *fs, Str path) {
  for (uint32_t i = 0; i < fs->translations.len; i++)
    if (str_equal(fs->translations.items[i].path, path)) return &fs->translations.items[i];
  return NULL;
}

const FsTranslation *fs_translation(const FileSystem *fs, Str path) { return find_translation(fs, path); }

void fs_translate(FileSystem *fs, Str path, const Str *of, Str text) {
  FsTranslation *known = find_translation(fs, path);
  if (!known) {
    VEC_APPEND(&fs->translations, (FsTranslation){.path = heap_str(path)});
    known = &fs->translations.items[fs->translations.len - 1];
  }
  shared_text_release(known->of);
  shared_text_release(known->text);
  known->of = of ? shared_text_new(*of) : NULL;
  known->text = shared_text_new(text);
}

void fs_release(FileSystem *fs) {
  for (uint32_t i = 0; i < fs->translations.len; i++) {
    free((char *)fs->translations.items[i].path.p);
    shared_text_release(fs->translations.items[i].of);
    shared_text_release(fs->translations.items[i].text);
  }
  free(fs->translations.items);
  for (uint32_t i = 0; i < fs->overlays.len; i++) {
    free((char *)fs->overlays.items[i].path.p);
    shared_text_release(fs->overlays.items[i].text);
  }
  free(fs->overlays.items);
  *fs = (FileSystem){0};
}

// ---- The disk

static bool terminated(Str path, char *out, size_t cap) {
  if (path.n >= cap || (path.n && memchr(path.p, 0, path.n))) {
    errno = ENAMETOOLONG;
    return false;
  }
  if (path.n) memcpy(out, path.p, path.n);
  out[path.n] = 0;
  return true;
}

enum { PATH_CAPACITY = 4096 };

static bool disk_mode(Str path, mode_t *mode) {
  char z[PATH_CAPACITY];
  struct stat st;
  if (!terminated(path, z, sizeof z) || stat(z, &st) != 0) return false;
  *mode = st.st_mode;
  return true;
}

bool fs_same(Str a, Str b) {
  char x[PATH_CAPACITY], y[PATH_CAPACITY];
  struct stat sx, sy;
  if (!terminated(a, x, sizeof x) || !terminated(b, y, sizeof y)) return false;
  return stat(x, &sx) == 0 && stat(y, &sy) == 0 && sx.st_dev == sy.st_dev && sx.st_ino == sy.st_ino;
}

bool fs_is_dir(const FileSystem *fs, Str path) {
  mode_t mode;
  if (disk_mode(path, &mode)) return S_ISDIR(mode);
  for (uint32_t i = 0; i < fs->overlays.len; i++)
    if (fs->overlays.items[i].text && path_has_prefix(path_dir(fs->overlays.items[i].path), path, NULL)) return true;
  return false;
}

bool fs_is_file(const FileSystem *fs, Str path) {
  mode_t mode;
  const FsOverlay *overlay = fs_overlay(fs, path);
  return overlay ? overlay->text != NULL : disk_mode(path, &mode) && !S_ISDIR(mode);
}

static int entry_order(const void *a, const void *b) {
  return str_compare(((const FsEntry *)a)->name, ((const FsEntry *)b)->name);
}

static bool entries_have(const FsEntries *entries, Str name) {
  for (uint32_t i = 0; i < entries->len; i++)
    if (str_equal(entries->items[i].name, name)) return true;
  return false;
}

static void list_overlays(const FileSystem *fs, Arena *a, Str dir, FsEntries *out) {
  for (uint32_t i = 0; i < fs->overlays.len; i++) {
    Str rest;
    if (!fs->overlays.items[i].text || !path_has_prefix(fs->overlays.items[i].path, dir, &rest) || !rest.n) continue;
    ptrdiff_t slash = str_index_byte(rest, '/');
    Str name = slash < 0 ? rest : str_slice(rest, 0, (size_t)slash);
    if (!entries_have(out, name)) VEC_PUSH(a, out, (FsEntry){.name = arena_str(a, name), .is_dir = slash >= 0});
  }
}

static bool is_hidden(const FileSystem *fs, Str dir, Str name) {
  char path[PATH_CAPACITY];
  int n = fs->overlays.len ? snprintf(path, sizeof path, "%.*s/%.*s", STR_ARG(dir), STR_ARG(name)) : 0;
  const FsOverlay *overlay = n > 0 && n < PATH_CAPACITY ? fs_overlay(fs, (Str){path, (size_t)n}) : NULL;
  return overlay && !overlay->text;
}

bool fs_list(const FileSystem *fs, Arena *a, Str dir, FsEntries *out) {
  char z[PATH_CAPACITY];
  *out = (FsEntries){0};
  if (!terminated(dir, z, sizeof z)) return false;
  DIR *d = opendir(z);
  int saved = errno;
  if (d) {
    for (struct dirent *e; (e = readdir(d));) {
      if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
      if (is_hidden(fs, dir, str_of(e->d_name))) continue;
      FsEntry entry = {.is_dir = e->d_type == DT_DIR, .is_symlink = e->d_type == DT_LNK};
      if (e->d_type == DT_UNKNOWN) {
        struct stat st;
        if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
        entry.is_dir = S_ISDIR(st.st_mode);
        entry.is_symlink = S_ISLNK(st.st_mode);
      }
      entry.name = arena_str(a, str_of(e->d_name));
      VEC_PUSH(a, out, entry);
    }
    closedir(d);
  }
  list_overlays(fs, a, dir, out);
  if (!d && !out->len) {
    errno = saved;
    return false;
  }
  if (out->len) qsort(out->items, out->len, sizeof *out->items, entry_order);
  return true;
}

static bool read_own(const FileSystem *fs, Str path, size_t limit, Str *text, uint64_t *size, int64_t *mtime_ns) {
  const FsOverlay *overlay = fs_overlay(fs, path);
  if (overlay && !overlay->text) {
    errno = ENOENT;
    return false;
  }
  if (overlay) {
    *text = heap_str(str_slice(overlay->text->text, 0, limit));
    if (size) *size = overlay->text->text.n;
    if (mtime_ns) *mtime_ns = -1;
    return true;
  }
  char z[PATH_CAPACITY];
  if (!terminated(path, z, sizeof z)) return false;
  int fd = open(z, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a fifo named x.go must not block
  if (fd < 0) return false;
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
    close(fd);
    errno = EINVAL;
    return false;
  }
  size_t want = (uint64_t)st.st_size < limit ? (size_t)st.st_size : limit, got = 0;
  char *bytes = mem_new(want + 1);
  while (got < want) {
    ssize_t n = read(fd, bytes + got, want - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      int saved = errno;
      free(bytes);
      close(fd);
      errno = saved;
      return false;
    }
    if (n == 0) break;
    got += (size_t)n;
  }
  close(fd);
  bytes[got] = 0;
  *text = (Str){bytes, got};
  if (size) *size = (uint64_t)st.st_size;
#ifdef __APPLE__
  if (mtime_ns) *mtime_ns = (int64_t)st.st_mtimespec.tv_sec * 1000000000 + st.st_mtimespec.tv_nsec;
#else
  if (mtime_ns) *mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
#endif
  return true;
}

bool fs_read(const FileSystem *fs, Str path, size_t limit, Str *text, uint64_t *size, int64_t *mtime_ns) {
  const FsTranslation *t = fs_translation(fs, path);
  if (!t) return read_own(fs, path, limit, text, size, mtime_ns);
  Str own = STR_NONE;
  if (t->of && !read_own(fs, path, SIZE_MAX, &own, size, mtime_ns)) return false;
  bool stands = !t->of || str_equal(own, t->of->text);
  Str all = stands ? t->text->text : own;
  *text = heap_str(str_slice(all, 0, limit < all.n ? limit : all.n));
  if (size) *size = all.n;
  if (mtime_ns && !t->of) *mtime_ns = -1;
  free((char *)own.p);
  return true;
}
