// modules_internal.h: go.mod, go.work and modules.txt, the build list, and where an import path is found.
#ifndef HEAPLS_MODULES_INTERNAL_H
#define HEAPLS_MODULES_INTERNAL_H

#include "load/files_internal.h"
#include "load/load.h"

typedef struct ModRequire {
  Str path, version;
} ModRequire;
typedef struct ModReplace {
  Str old_path, old_version; // version empty: every version
  Str new_path, new_version; // version empty: new_path is a directory
} ModReplace;
typedef struct ModFile {
  Str module, go, toolchain;
  VEC(ModRequire) require, exclude;
  VEC(ModReplace) replace;
  VEC(Str) use, ignore, tools;
  VEC(LoadError) errors;
} ModFile;
// Parses a go.mod or go.work. Everything lives in the arena, text included (borrowed: it must live there too).
ModFile *mod_file_parse(Arena *, Str file, Str text);
int semver_compare(Str, Str);
// "github.com/Azure/x" to "github.com/!azure/x": how the module cache writes upper case.
Str module_path_escape(Arena *, Str);

typedef struct Module {
  LoadModule shown; // first: a Module is handed out as its LoadModule
  Str prefix;       // of its packages' paths: the module path, empty for std
  bool is_local;    // may contain nested modules: a main module or a directory replacement
  // Of a module from the module cache, else empty: what that calls it; its directory, and the file that lies in the
  // cache while the directory is being extracted.
  Str cached_path, cached_version;
  LoadOutside directory, partial;
  bool sum_known; // sum_fault is what modules_sum_fault says
  Str sum_fault;
  VEC(Str) ignore; // `ignore` directives
  VEC(Str) tools;  // packages of `tool` directives
} Module;

typedef struct ModuleSum ModuleSum;
typedef struct ModuleSums { // gosum.c
  bool read;
  StrMap by_module; // "path version" to ModuleSum
  Arena arena;      // lives as long as Modules
} ModuleSums;

typedef enum ModuleMode {
  MODULE_MODE_ON,
  MODULE_MODE_NONE, // no go.mod above the working directory
  MODULE_MODE_GOPATH,
} ModuleMode;

typedef struct Modules {
  const BuildContext *context;
  const FileSystem *fs;
  Arena *arena;
  ModuleMode mode;
  Module *std, *cmd; // NULL without GOROOT
  VEC(Module *) mains;
  VEC(Module *) list; // the build list without main modules, by path
  bool vendor;
  Str vendor_dir;
  StrMap vendor_packages; // import path to Module
  Str goroot_src;         // empty without GOROOT
  Str work_file;          // go.work in use, or empty
  VEC(LoadError) errors;
  Str incomplete; // "path@version" of the first module whose go.mod is not in the module cache; empty: none
  ModuleSums sums;
  VEC(LoadOutside) outside; // of LoadGraph, as far as it is known here; may have duplicates
} Modules;

// Reads all of it, beginning at cwd. Lives in the arena but for the hash table, see modules_release.
void modules_init(Modules *, const BuildContext *, const FileSystem *, Arena *, Str cwd);
void modules_release(Modules *);

// Where the module cache keeps a file of a module: kind "mod", "zip", "ziphash", "partial".
Str module_cache_file(Modules *, Str path, Str version, const char *kind);

// gosum.c: why the go command does not build with that module of the graph (NULL: none); empty: it does.
Str modules_sum_fault(Modules *, const LoadModule *);
void modules_release_sums(Modules *);

typedef struct Found {
  Str dir;              // empty: not found, and message says why
  Str path;             // canonical import path
  const Module *module; // NULL in GOPATH mode
  bool is_std;
  Str message;
  LoadFault fault;
  Str absent; // LoadError.module
} Found;
// `import "path"` in a package with importer_path and importer_dir (both may be empty), which is in GOROOT or not.
Found modules_find(Modules *, Str path, Str importer_path, Str importer_dir, bool importer_is_std);
// The import path of a directory.
Found modules_find_dir(Modules *, Str dir);
bool modules_dir_has_go_files(Modules *, Str dir);
bool import_path_is_standard(Str path); // the first element has no dot

#endif
