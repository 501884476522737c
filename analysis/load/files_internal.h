// files_internal.h: slash-separated paths and a file system with editor buffers laid over it.
#ifndef HEAPLS_FILES_INTERNAL_H
#define HEAPLS_FILES_INTERNAL_H

#include "base/arena.h"
#include "base/shared_text.h"

// Lexical, as Go's path/filepath on Unix. Results live in the arena.
Str path_clean(Arena *, Str path);
Str path_join(Arena *, Str x, Str y);             // cleaned; an absolute y replaces x
Str path_dir(Str path);                           // borrows; of a clean path
Str path_base(Str path);                          // borrows
Str path_relative(Arena *, Str base, Str target); // both clean and absolute
bool path_is_absolute(Str path);
// Whether path is prefix or below it, element-wise; *rest gets what follows the slash (borrows; may be NULL).
bool path_has_prefix(Str path, Str prefix, Str *rest);

typedef struct FsEntry {
  Str name;
  bool is_dir; // a real directory, not a link to one
  bool is_symlink;
} FsEntry;
typedef VEC(FsEntry) FsEntries;

typedef struct FsOverlay {
  Str path;         // owned
  SharedText *text; // retained; NULL: the file is hidden
} FsOverlay;

// A text that stands for a file as long as the file's own is another one: what cgo makes of it.
typedef struct FsTranslation {
  Str path;              // owned
  SharedText *of, *text; // of NULL: there need not be such a file
} FsTranslation;

typedef struct FileSystem {
  VEC(FsOverlay) overlays; // sorted by path
  VEC(FsTranslation) translations;
} FileSystem;

void fs_release(FileSystem *);
void fs_set_overlay(FileSystem *, Str path, Str text);
void fs_hide(FileSystem *, Str path);
void fs_remove_overlay(FileSystem *, Str path);
const FsOverlay *fs_overlay(const FileSystem *, Str path);
void fs_translate(FileSystem *, Str path, const Str *of, Str text);
const FsTranslation *fs_translation(const FileSystem *, Str path); // whether it is in force or not; NULL: none
bool fs_is_dir(const FileSystem *, Str path);
bool fs_is_file(const FileSystem *, Str path);                   // links followed
bool fs_same(Str a, Str b);                                      // both exist and are the same file or directory
bool fs_list(const FileSystem *, Arena *, Str dir, FsEntries *); // sorted by name; false with errno set
// Up to `limit` bytes of a file (SIZE_MAX: all). *text is owned (free text->p, never NULL on success) and terminated;
// *size and *mtime_ns (may be NULL) describe the whole file. False with errno set.
bool fs_read(const FileSystem *, Str path, size_t limit, Str *text, uint64_t *size, int64_t *mtime_ns);

#endif
