// program.h: the door of program/: the analysis as the command line and the server see it: workspaces in, findings out.
//
// A Program owns everything that is shared between runs: build configuration, interner, universe, parsed files, checked
// and compiled packages. Packages are kept as immutable, reference-counted results; after a change of text only what
// depends on it is built again. One Program may be used by several threads: calls that build take their turn by
// package, calls that read results do not block.
//
// What is missing or broken never stops an analysis: it is said in ProgramNotice and PackageResult.load_errors.
//
//   program.c  options, overlays, questions    run.c  building what a graph lists    reuse.c  results used again
//   first_look.c  a file before its package    recalled.c  results from the disk    costs.c  what calls cost
//   affected.c  what a change of files may change
#ifndef HEAPLS_PROGRAM_H
#define HEAPLS_PROGRAM_H

#include "base/cancel.h"
#include "load/load.h"
#include "report/contract.h"
#include "report/report.h"

// Compiling recurses along the user's calls and expressions (base/stack.h). Only what is touched takes memory.
enum { PROGRAM_STACK_BYTES = 1 << 30 };

typedef struct ProgramOptions {
  BuildOptions build;
  IrOptions ir;       // level, -l, explain …; go_minor 0: the toolchain's that was found
  Str goos, goarch;   // empty: from the environment
  Str file_list_path; // import path of a list of .go files, as the compiler's -p; empty: command-line-arguments
  unsigned workers;   // threads for independent packages; 0: one per core
  Str
    cache_dir; // for summaries and results of packages: a directory, "off", or empty: as the environment says (cache.h)
  Promises promises; // besides those in the sources (report/contract.h); borrowed, for as long as the program lives
  bool large_stack;  // calls come from threads with PROGRAM_STACK_BYTES of stack: little work is done right there
  // Called now and then during long work, from any thread; may be NULL.
  void (*progress)(void *context, uint32_t packages_done, uint32_t packages_total, Str package_path);
  void *progress_context;
} ProgramOptions;

typedef struct Program Program;
Program *program_new(const ProgramOptions *); // never NULL; returns owned
void program_free(Program *);
const BuildContext *program_build_context(const Program *);

// Something the user should know about the set-up, said once: "Go's sources were not found (…)", "go 1.29 is newer than
// …".
typedef struct ProgramNotice {
  Str message;
  bool is_error;
} ProgramNotice;
uint32_t program_notices(const Program *, const ProgramNotice **out);

// How the compiler's rules that are applied relate to the toolchain that was found (ir/rules.h).
typedef enum ProgramRules {
  RULES_EXACT, // followed line by line
  RULES_NEWER, // the toolchain is newer than all that is known: the newest known rules
  RULES_OLDER, // it is older than what is followed line by line: the oldest of those
} ProgramRules;
ProgramRules program_rules(const Program *, uint32_t *go_minor); // of the release whose rules are applied
// Calls visit with the directory of every module whose files the user may change: not GOROOT's, not the module cache's.
void program_module_dirs(Program *, void (*visit)(void *context, Str dir), void *context);
// The same with files and directories elsewhere, there or not, whose coming, going or changing asks for
// program_invalidate: of the module cache, and those that the build configuration was read from.
void program_outside(Program *, void (*visit)(void *context, const LoadOutside *), void *context);
// Would the build configuration be another one now? Then another Program is needed.
bool program_is_outdated(const Program *);

// The text of an open editor buffer takes the place of the file; text NULL: back to the disk.
void program_set_overlay(Program *, Str absolute_path, const char *text, size_t len);
// As if the disk had this text, or (NULL) no such file: for texts of another time, where nothing of what the disk has
// may take part.
void program_set_file(Program *, Str absolute_path, const Str *text);
// What the cgo tool makes of a file of the user's build: see loader_translate.
void program_translate(Program *, Str absolute_path, const Str *of, Str text);
// Files changed on disk, appeared or vanished: forget what was read from them. Empty path: everything (go.mod edits, a
// switched branch).
void program_invalidate(Program *, Str absolute_path);

// Results are reference-counted.
void package_result_retain(const PackageResult *);
void package_result_release(const PackageResult *);

// The package a file belongs to (test files: the test variant), built now if needed. NULL: cancelled, or no such file
// (then *error says why; lives until the next call on this thread's Program with the same buffer). Returns a reference.
const PackageResult *program_analyze_file(Program *, Str absolute_path, const CancelToken *, Buf *error);

// The same for who waits for this file: while the package is built for the first time, show is called once with what
// is found in the file, a result of the kind that program_recall_file gives, which has that file only. Package
// variables and generic code are missing, and what the rest of the package says of its functions: who inlines them, how
// seldom they are called. From any thread; the callee retains what it keeps.
typedef struct FirstLook {
  void (*show)(void *context, const PackageResult *);
  void *context;
  size_t least; // bytes of source: smaller packages are built without it, and those of which the file is most; 0: none
} FirstLook;
const PackageResult *program_await_file(Program *, Str absolute_path, const FirstLook *, const CancelToken *,
                                        Buf *error);

// Makes ready what an edit of the file will need, if its package has been analysed: so that the first edit is as quick
// as those after it.
void program_expect_edits(Program *, Str absolute_path);
// Lets go of packages whose results nobody has, and that are not in the graph that was built last.
void program_forget_unused(Program *);
// Builds the file's package anew from its text if what edits have left behind of it takes much memory: a result that
// says the same as the last one, for which the last one should be let go. NULL: nothing is to be gained now, or
// cancelled. Returns a reference.
const PackageResult *program_renew(Program *, Str absolute_path, const CancelToken *);

// The same as it was found and stored at some other time, by this release of heapls, from the same texts of the package
// and all that it imports: without types and code (package and unit are NULL), and with the syntax tree of this file
// only, but quickly. NULL: nothing is stored, or the package is built already. Returns a reference.
const PackageResult *program_recall_file(Program *, Str absolute_path);
// Stores what program_analyze_file returned last for a file of the package, for other programs to recall. True: it was
// recalled (may be NULL) just like that. No text may have been set since; what changed on disk meanwhile is noticed. A
// package that was edited is built as a whole for it, unless that was stored already.
bool program_store_result(Program *, const PackageResult *, const PackageResult *recalled, const CancelToken *);
bool program_recalls(const Program *); // false: there is no place to store results in
// Builds all packages that the patterns match, with their dependencies. Results are handed over in gc's order (as the
// go command lists them); the callee retains what it keeps. False: cancelled.
typedef struct ProgramRun {
  const Str *patterns;
  uint32_t pattern_count;
  bool tests;
  bool as_built; // as LoadRequest has it
  void (*package_done)(void *context, const PackageResult *);
  // Or as soon as each is built, which takes less memory; place: its number in gc's order, without gaps but for
  // packages that could not be built at all.
  void (*package_ready)(void *context, const PackageResult *, uint32_t place);
  void *context;
  // Messages and function bodies of a result are dropped when package_done has returned, unless keeps (may be NULL)
  // says otherwise: takes less memory.
  bool transient;
  bool (*keeps)(void *context, const PackageResult *);
  Buf *warnings; // lines about patterns that match nothing; NULL: nobody wants to know
} ProgramRun;
bool program_run(Program *, const ProgramRun *, const CancelToken *, Buf *errors);

// Which packages may be found otherwise when these files (absolute paths) come, go or change: their directories, of
// packages that the patterns match, each once; those that have one of the files, and those that depend on them. A file
// that is not a Go or assembly file (go.mod, a profile) may change all. Only loads; lives in the arena.
typedef struct ProgramAffected {
  const Str *patterns;
  uint32_t pattern_count;
  bool tests;
  const Str *files;
  uint32_t file_count;
  VEC(Str) dirs;   // the answer
  uint32_t listed; // packages that the patterns match
} ProgramAffected;
void program_affected(Program *, ProgramAffected *, Arena *, Buf *errors);

// What calls of functions cost in the packages that the patterns match (cost/cost.h). The tables and all are there for
// as long as visit runs. False: cancelled, or there are none.
typedef struct ProgramCosts {
  const Str *patterns;
  uint32_t pattern_count;
  void (*visit)(void *context, Str package_path, const CostTable *, const CostLookup *all);
  void *context;
} ProgramCosts;
bool program_costs(Program *, const ProgramCosts *, const CancelToken *, Buf *errors);

// The same of one package, with what becomes of the contracts in its files (report/contract.h). NULL: cancelled, or the
// result is not that of the texts in force. Returns a reference.
bool program_has_promises(const Program *, const PackageResult *); // is there any contract about the package?
CostReport *program_report_costs(Program *, const PackageResult *, const CancelToken *);

size_t program_memory(const Program *); // bytes held, as far as arenas know

#endif
