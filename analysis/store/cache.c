// cache.c: summaries and results on disk. See the header.
//
// Files lie in 16 directories by the key's first digit: making one takes longer than writing a file. A hit whose file
// has not been touched for a day gets the present time, so that the age of a file says when it was used last. Trimming
// reads all directories, which takes milliseconds for some thousand files, and is done by whoever stored something.
#include "store/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DAY = 24 * 60 * 60, ABANDONED = 60 * 60, DEFAULT_LIMIT_MB = 512, FILE_LIMIT = 256 << 20 };

struct Cache {
  char *dir; // NULL: none
  uint64_t limit;
  uint64_t stored; // bytes since the last trimming; atomic
};

static Str variable(char *const *env, const char *name) {
  size_t n = strlen(name);
  for (; env && *env; env++)
    if (strncmp(*env, name, n) == 0 && (*env)[n] == '=') return str_of(*env + n + 1);
  return STR_NONE;
}

Str cache_default_dir(Arena *arena, char *const *env) {
  Str own = variable(env, "HEAPLS_CACHE");
  if (str_equal(own, STR("off"))) return STR_NONE;
  if (own.n) return own.p[0] == '/' ? arena_str(arena, own) : STR_NONE;
  Str xdg = variable(env, "XDG_CACHE_HOME"), home = variable(env, "HOME");
  if (xdg.n && xdg.p[0] == '/') return arena_printf(arena, "%.*s/heapls", STR_ARG(xdg));
  return home.n && home.p[0] == '/' ? arena_printf(arena, "%.*s/.cache/heapls", STR_ARG(home)) : STR_NONE;
}

Cache *cache_new(Str dir, uint64_t limit) {
  Cache *c = mem_new(sizeof *c);
  c->limit = limit ? limit : (uint64_t)DEFAULT_LIMIT_MB << 20;
  if (dir.n && dir.n < PATH_MAX - 64) {
    c->dir = mem_new(dir.n + 1);
    memcpy(c->dir, dir.p, dir.n);
  }
  return c;
}

void cache_free(Cache *c) {
  if (!c) return;
  free(c->dir);
  free(c);
}

bool cache_is_on(const Cache *c) { return c->dir != NULL; }

// ---- the release

static int find_build_id(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  Str *out = context;
  if (info->dlpi_name && info->dlpi_name[0]) return 0; // a library
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_NOTE) continue;
    const char *at = (const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr),
               *end = at + info->dlpi_phdr[i].p_memsz;
    while ((size_t)(end - at) > sizeof(ElfW(Nhdr))) {
      ElfW(Nhdr) note;
      memcpy(&note, at, sizeof note);
      const char *name = at + sizeof note, *id = name + ((note.n_namesz + 3U) & ~3U);
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(name, "GNU", 4) == 0) {
        *out = (Str){id, note.n_descsz};
        return 1;
      }
      at = id + ((note.n_descsz + 3U) & ~3U);
    }
  }
  return 1;
}

Digest cache_release_digest(void) {
  Str id = STR_NONE;
  dl_iterate_phdr(find_build_id, &id);
  Digester d = {0};
  digester_add(&d, STR("heapls " HEAPLS_VERSION));
  digester_add(&d, id);
  if (!id.n) digester_add(&d, STR(__DATE__ " " __TIME__));
  return digester_end(&d);
}

// ---- files

static bool path_of(const Cache *c, Digest key, const char *suffix, char path[PATH_MAX]) {
  int n = snprintf(path, PATH_MAX, "%s/%x/%016llx%016llx%s", c->dir, (unsigned)(key.low >> 60),
                   (unsigned long long)key.low, (unsigned long long)key.high, suffix);
  return n > 0 && n < PATH_MAX;
}

// Read, not mapped: a file that shrinks under a mapping ends the process.
static void *read_all(int file, size_t len) {
  char *bytes = mem_new(len);
  for (size_t at = 0; at < len;) {
    ssize_t n = read(file, bytes + at, len - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      free(bytes);
      return NULL;
    }
    at += (size_t)n;
  }
  return bytes;
}

static void touch(int file, const struct stat *st) {
  if (time(NULL) - st->st_mtime < DAY) return;
  const struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
  if (futimens(file, now)) return; // only the order of trimming suffers
}

void *cache_read(Cache *c, Digest key, size_t *len) {
  char path[PATH_MAX];
  if (!c->dir || !path_of(c, key, "", path)) return NULL;
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return NULL;
  struct stat st;
  void *bytes = NULL;
  if (fstat(file, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size < FILE_LIMIT)
    bytes = read_all(file, *len = (size_t)st.st_size);
  if (bytes) touch(file, &st);
  close(file);
  return bytes;
}

Summary *cache_find(Cache *c, Digest key) {
  size_t len = 0;
  void *bytes = cache_read(c, key, &len);
  return bytes ? summary_open(bytes, len, key) : NULL;
}

bool cache_has(const Cache *c, Digest key) {
  char path[PATH_MAX];
  return c->dir && path_of(c, key, "", path) && access(path, F_OK) == 0;
}

void cache_remove(Cache *c, Digest key) {
  char path[PATH_MAX];
  if (c->dir && path_of(c, key, "", path)) unlink(path);
}

static bool make_dirs(char *path) { // all above the last component
  for (char *p = path + 1; *p; p++) {
    if (*p != '/') continue;
    *p = 0;
    bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
    *p = '/';
    if (!ok) return false;
  }
  return true;
}

static bool write_all(int file, Str bytes) {
  while (bytes.n) {
    ssize_t n = write(file, bytes.p, bytes.n);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes = str_slice(bytes, (size_t)n, bytes.n);
  }
  return true;
}

void cache_store(Cache *c, Digest key, Str bytes) {
  char path[PATH_MAX], scratch[PATH_MAX];
  if (!c->dir || !path_of(c, key, "", path) || !path_of(c, key, ".XXXXXX", scratch)) return;
  int file = mkostemp(scratch, O_CLOEXEC);
  if (file < 0 && errno == ENOENT) {
    if (!make_dirs(scratch) || !path_of(c, key, ".XXXXXX", scratch)) return;
    file = mkostemp(scratch, O_CLOEXEC);
  }
  if (file < 0) return;
  bool ok = write_all(file, bytes);
  ok &= close(file) == 0;
  if (!ok || rename(scratch, path) != 0)
    unlink(scratch);
  else
    __atomic_add_fetch(&c->stored, bytes.n, __ATOMIC_RELAXED);
}

// ---- trimming

typedef struct Entry {
  char name[64]; // with its directory
  int64_t used;
  uint64_t size;
} Entry;

typedef struct Listing {
  VEC(Entry) entries; // C heap
  uint64_t total;
} Listing;

static void list_dir(const Cache *c, const char *sub, Listing *l) {
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/%s", c->dir, sub) >= (int)sizeof path) return;
  DIR *dir = opendir(path);
  if (!dir) return;
  int64_t now = time(NULL);
  for (struct dirent *d; (d = readdir(dir));) {
    Entry e;
    struct stat st;
    int n = snprintf(e.name, sizeof e.name, "%s/%s", sub, d->d_name);
    if (n >= (int)sizeof e.name || fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
      continue;
    if (strchr(d->d_name, '.')) { // somebody is writing it, or died over it
      if (now - st.st_mtime > ABANDONED) unlinkat(dirfd(dir), d->d_name, 0);
      continue;
    }
    e.used = st.st_mtime;
    e.size = (uint64_t)st.st_size;
    l->total += e.size;
    VEC_APPEND(&l->entries, e);
  }
  closedir(dir);
}

static int by_use(const void *a, const void *b) {
  int64_t x = ((const Entry *)a)->used, y = ((const Entry *)b)->used;
  return x < y ? -1 : x > y;
}

void cache_trim(Cache *c) {
  if (!c->dir || !__atomic_exchange_n(&c->stored, 0, __ATOMIC_RELAXED)) return;
  Listing l = {0};
  for (const char *digit = "0123456789abcdef"; *digit; digit++) list_dir(c, (char[]){*digit, 0}, &l);
  if (l.total > c->limit && l.entries.len) {
    qsort(l.entries.items, l.entries.len, sizeof *l.entries.items, by_use);
    uint64_t keep = c->limit - c->limit / 8; // room for what comes next
    for (uint32_t i = 0; i < l.entries.len && l.total > keep; i++) {
      char path[PATH_MAX];
      if (snprintf(path, sizeof path, "%s/%s", c->dir, l.entries.items[i].name) >= (int)sizeof path) continue;
      if (unlink(path) == 0 || errno == ENOENT) l.total -= l.entries.items[i].size;
    }
  }
  free(l.entries.items);
}

void cache_tend(Cache *c) {
  enum { SHARE = 16 };
  if (__atomic_load_n(&c->stored, __ATOMIC_RELAXED) > c->limit / SHARE) cache_trim(c);
}
