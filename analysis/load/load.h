// load.h: the door of load/: from a working directory, the environment and package patterns to a graph of packages.
//
//   context.c      the build configuration            goenv.c        the go command's settings
//   toolchain.c    which toolchain it would run       package.c      which files are built, also of a broken header
//   modfile.c, modules.c, resolve.c  modules          constraint.c, experiments.c  what decides about them
//   gosum.c        go.sum                             pattern.c, loader.c  from patterns to the graph
//   files.c        the disk and the buffers           display.c      names as the go command shortens them
//
// Nothing is parsed beyond file headers and the go command is never run. How to use it:
//
//   BuildContext *context = build_context_new(&(BuildOptions){.environ = environ, .cwd = cwd});
//   Loader *loader = loader_new(context, cwd);
//   LoadGraph *graph = loader_load(loader, &(LoadRequest){.patterns = p, .pattern_count = n, .tests = true});
//   for (i = 0; i < graph->count; i++) … graph->packages[i] …   // imports always come before importers
//   load_graph_free(graph); loader_free(loader); build_context_free(context);
//
// Faults never stop a load: a package that cannot be found is in the graph with `missing` set, and messages are kept in
// LoadError lists. Paths are absolute, clean and separated by '/'.
#ifndef HEAPLS_LOAD_H
#define HEAPLS_LOAD_H

#include "base/arena.h"
#include "base/intern.h"
#include "base/shared_text.h"
#include "syntax/syntax.h"

// A file or directory outside of the packages, that decides about them.
typedef struct LoadOutside {
  Str path;
  bool there; // when it was looked for
} LoadOutside;

// ---- The build configuration, as the go command would compute it. Immutable; lives until build_context_free.

typedef struct BuildOptions {
  char *const *environ; // "NAME=value" strings, NULL-terminated; NULL: an empty environment
  Str cwd;              // absolute; where relative settings and go.work searches begin
  Str goroot;           // not empty: overrides every other way to find GOROOT
  Str tags;             // comma-separated, added to those of GOFLAGS
  Str mod;              // "vendor", "mod", "readonly"; overrides GOFLAGS
  Str pgo;              // "auto", "off" or a file; overrides GOFLAGS
  Str flags;            // flags of go build, written as in GOFLAGS, which they override: "-race -tags=x"
  int cgo;              // 0: as the go command decides; 1: on; -1: off
} BuildOptions;

typedef struct BuildContext {
  Str goroot;       // empty when there is none: see goroot_error
  Str goroot_error; // text for the user, empty when GOROOT was found
  Str gopath;       // list, separated by ':'
  Str gomodcache;
  Str goos, goarch;
  Str goarch_level;       // GOAMD64, GOARM64, GOARM, GO386 …: "v1", "v8.0", "7", "sse2"
  Str go_version;         // toolchain: "go1.26.8"; of a missing GOROOT: that of the newest Go heapls knows
  uint32_t go_minor;      // 26
  Str toolchain;          // that the go command would run instead of the installed one: "go1.27.4"; or empty
  bool toolchain_missing; // its sources are not on this machine: goroot is the nearest
  Str toolchain_problem;  // what the user should know about that choice, without a full stop; or empty
  Str go111module;        // "on", "off", "auto" or empty
  Str gowork;             // GOWORK: "", "auto", "off" or a path
  Str tmpdir;             // for temporary files
  Str mod;                // -mod: "", "mod", "readonly", "vendor"
  Str modfile;            // -modfile of GOFLAGS, or empty
  Str pgo;                // -pgo: "auto", "off", or the absolute path of a profile
  Str sanitizer;          // "race", "msan", "asan" (which are build tags too), or empty
  Str goflags;            // GOFLAGS as set, in the environment or a file of go env, and BuildOptions.flags
  Str goexperiment;       // as set, or the toolchain's default
  VEC(Str) tags;          // user's -tags
  VEC(Str) tool_tags;     // "goexperiment.x", "amd64.v1"
  bool cgo_enabled;
  Str version_text;      // GOROOT/VERSION's first line
  VEC(LoadOutside) read; // files that this was read from, or would have been if they were there; absolute
  Arena arena;
} BuildContext;

BuildContext *build_context_new(const BuildOptions *); // never NULL; returns owned
void build_context_free(BuildContext *);
bool build_context_equal(const BuildContext *, const BuildContext *); // but for what they were read from
// Evaluates one //go:build expression. An expression that does not parse is false and sets *bad (may be NULL).
bool build_context_matches(const BuildContext *, Str expression, bool *bad);
bool build_context_matches_file_name(const BuildContext *, Str base_name); // GOOS and GOARCH parts of the name
// N where the expression implies that the language is at least go1.N, 0 if it does not.
uint32_t build_constraint_go_minor(Str expression);

// ---- Files

typedef enum LoadFileKind {
  LOAD_FILE_GO,    // GoFiles
  LOAD_FILE_CGO,   // CgoFiles: imports "C", cgo is enabled
  LOAD_FILE_TEST,  // TestGoFiles: _test.go of the package itself
  LOAD_FILE_XTEST, // XTestGoFiles: _test.go of package x_test
  LOAD_FILE_ASM,   // SFiles
} LoadFileKind;

typedef struct LoadImport {
  Str path;        // as written
  uint32_t offset; // of the path literal in the file
} LoadImport;

typedef struct LoadFile {
  LoadFileKind kind;
  Str name;             // base name
  AstSource source;     // path and display_path: absolute; hand &file->source to parse_file
  Str package_name;     // empty if there is no package clause, and of LOAD_FILE_ASM
  Str build_constraint; // after //go:build, or empty
  uint32_t go_minor;    // language version that the constraint sets for this file (see load_file_go_minor), 0: none
  LoadImport *imports;  // in source order, "C" excluded
  uint32_t import_count;
  bool imports_c;
  bool is_translated; // what is read for it is what the cgo tool makes of it (loader_translate)
  Str left_out; // of a file that was named: why `go build` of its directory leaves it out, "its name is for another
                // platform than linux/amd64"; empty: it does not
  uint64_t size;
  int64_t mtime; // nanoseconds; -1 for an overlay
} LoadFile;

// ---- Packages

typedef struct LoadModule {
  Str path;          // "std" and "cmd" for the two of GOROOT
  Str version;       // empty for main modules, std, cmd, directory replacements without version
  Str dir;           // empty when the module is not on this machine
  Str go_version;    // the go line: "1.22", "1.23rc1", or empty
  uint32_t go_minor; // 22; 16 without a go line
  bool is_main;
  bool is_goroot;
} LoadModule;

typedef enum LoadFault {
  LOAD_FAULT_OTHER,          // the message says it
  LOAD_FAULT_NOT_DOWNLOADED, // the module that has a package is not in the module cache: `go mod download` gets it
  LOAD_FAULT_NO_CACHE,       // the same, and there is no module cache: GOMODCACHE, GOPATH and HOME are unset
  LOAD_FAULT_NO_GO,          // a package of std, and Go's sources were not found
  LOAD_FAULT_SUM,            // it is there, and analysed; go.sum keeps the go command from building with it
} LoadFault;

typedef struct LoadError {
  Str file;        // absolute, or empty
  uint32_t offset; // in file; of an import: of its path literal
  Str message;     // one line, no position
  LoadFault fault;
  Str module;      // "path@version", of LOAD_FAULT_NOT_DOWNLOADED, LOAD_FAULT_NO_CACHE
  bool is_warning; // the go command goes on too, and exits with 0
} LoadError;

typedef struct LoadPackage LoadPackage;
typedef struct LoadPackageImport {
  Str path; // as written in the source
  LoadPackage
    *package; // never NULL; may be missing (package->missing). "unsafe" is a package without files; "C" is not listed.
} LoadPackageImport;

struct LoadPackage {
  uint32_t index; // in LoadGraph.packages
  Str id;         // unique: import path; test variants "p [p.test]" and "p_test [p.test]"
  Str path;       // import path for linker symbols: "vendor/golang.org/x/net/idna", "p_test"; test variants: "p".
                  // "command-line-arguments" for file lists
  Str name;       // of the package clause; empty when missing
  Str dir;
  const LoadModule *module; // NULL: command-line files outside of modules, GOPATH mode, missing packages
  bool is_std;              // in GOROOT (std or cmd)
  bool is_root;             // matched by a pattern of the request
  bool is_shown;            // in LoadGraph.shown
  bool is_test;             // a variant with test files, or compiled against one
  bool is_fake_unsafe;      // package unsafe
  bool missing;             // no such package or no Go files: see errors
  LoadPackage *lacks;       // a missing package that it imports, directly or not, the first; itself if it is missing
  bool in_cycle;            // an import of it was cut because it closed a cycle
  bool has_asm;             // has .s files or is otherwise allowed body-less functions (see gc's -complete)
  bool has_profile; // a default.pgo lies in the directory: `go build` of this main package compiles it and all its
                    // imports with that profile, and so may inline more than it does for other users of the imports
  Str profile;      // absolute path of the profile that it is compiled with, or empty
  Str for_main; // of a copy of a package that is compiled with a program's profile: the program's import path; or empty
  LoadPackage *tested; // of test variants: the package under test as others import it

  LoadFile **files;     // what one compilation of this package takes, in the go command's order: GoFiles and CgoFiles,
  uint32_t file_count;  // then TestGoFiles of a "p [p.test]" variant; XTestGoFiles of a "p_test" one
  LoadFile **all_files; // every file that the constraints select, test files included if the request asked for tests;
  uint32_t all_file_count;    // by kind, then by name
  uint32_t files_left_out;    // Go files of the directory that the build constraints leave out
  LoadPackageImport *imports; // sorted by path, without duplicates; of `files` only
  uint32_t import_count;
  LoadPackage **importers; // inverse of imports
  uint32_t importer_count;

  Str go_version; // language version, "1.22": the module's go line; the toolchain's for std and without a module
  uint32_t go_minor;
  LoadError *errors;
  uint32_t error_count;
};

LoadPackage *load_package_import(const LoadPackage *,
                                 Str path); // what `import "path"` means in this package; NULL when not imported
uint32_t load_file_go_minor(const LoadPackage *, const LoadFile *); // language version in force for one file

typedef struct LoadGraph {
  LoadPackage **packages; // topological: every import precedes its importers; go list -deps order. Deterministic.
  uint32_t count;
  LoadPackage **roots; // in the order that the go command lists them
  LoadPackage **shown; // what is asked about: the roots, with test variants in place of those whose files they hold
  uint32_t shown_count;
  uint32_t root_count;
  LoadError *errors; // of patterns and go.mod files
  uint32_t error_count;
  StrMap by_id; // id to LoadPackage
  const BuildContext *context;
  const LoadModule **modules; // main modules first, then the build list by path
  uint32_t module_count;
  LoadOutside *outside; // files and directories of the module cache whose coming or going changes the graph; each once
  uint32_t outside_count;
  Arena arena;
} LoadGraph;

LoadPackage *load_graph_find(const LoadGraph *, Str id);                 // NULL when absent
LoadPackage *load_graph_find_file(const LoadGraph *, Str absolute_path); // plain package preferred to test variants
void load_graph_free(LoadGraph *);

// ---- Loading

typedef struct LoadRequest {
  const Str *patterns; // "./...", "std", "cmd", "all", import paths, "path/...", directories, or .go files; none: "."
  uint32_t pattern_count;
  bool tests;    // read _test.go files; add test variants for the roots
  bool as_built; // where a program has a profile, packages that are asked for and that it imports are shown twice, as
                 // the go command compiles them; else as they are in (the first of) such programs only
  bool no_deps;  // only the roots (their imports are in the graph but not what those import)
} LoadRequest;

typedef struct Loader Loader;
Loader *loader_new(const BuildContext *, Str cwd); // borrows the context, which must outlive loader and graphs
void loader_free(Loader *);                        // graphs stay valid
// Open editor buffers take the place of files, also of files that do not exist. Copies path and text.
void loader_set_overlay(Loader *, Str absolute_path, Str text);
void loader_hide(Loader *, Str absolute_path); // as if the disk had no such file
void loader_remove_overlay(Loader *, Str absolute_path);
// What the cgo tool makes of a file, and is compiled in its place: read instead of it as long as its text is *of; NULL:
// there need not be such a file (_cgo_gotypes.go, which belongs to its directory's package if another file of it is
// translated). Copies.
void loader_translate(Loader *, Str absolute_path, const Str *of, Str text);
// Of a text that was read for the file: the file's own, if it is a translation. Returns owned; NULL: it is none.
SharedText *loader_original(Loader *, Str absolute_path, Str text);
// While a file's header does not read well, what this text's names goes for the file, besides the imports that do read
// well. Does nothing when the header of text does not read well either.
void loader_keep_header(Loader *, Str absolute_path, Str text);
bool loader_has_header(const Loader *, Str absolute_path); // one is kept
void loader_forget_header(Loader *, Str absolute_path);    // the file is gone: one that comes in its place is another
// One load at a time per loader. Returns owned; the graph is immutable and independent of the loader.
LoadGraph *loader_load(Loader *, const LoadRequest *);
// The text of a file, from the overlay or the disk. False with errno set when it cannot be read. The caller frees
// text->p. Safe from several threads as long as no overlay changes meanwhile.
bool loader_read_file(Loader *, Str absolute_path, Str *text);
SharedText *loader_overlay(Loader *, Str absolute_path); // returns owned; NULL: the file has none, or is hidden

// ---- Names for people

// A file name as the go command prints it in compiler output for a package in package_dir when run in cwd: relative to
// cwd if that is shorter ("./x.go", "../p/x.go", "p/x.go"), otherwise absolute. Lives in the arena.
Str load_display_path(Arena *, Str cwd, Str package_dir, Str path);
// The N of a "1.N…" or "go1.N…" version; 0 if it is none.
uint32_t go_version_minor(Str version);
// Of toolchains, without "go": "1.21" < "1.21rc1" < "1.21.0"; malformed ones before all.
int go_version_compare(Str x, Str y);

#endif
