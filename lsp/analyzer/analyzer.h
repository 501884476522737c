// analyzer.h: the analysis thread. It alone owns Programs (one for each module or workspace that open files lie in);
// the event loop hands it texts and questions and gets results back.
//
// Order: texts are applied before questions; the newest question comes first. A new text cancels the run that is under
// way, because its result would be stale; who sends a text asks again for all that it may concern. An edit of the
// package that is being built for the first time does not: it would start over with every keystroke, and once there is
// a first build an edit costs little.
//
// A question about a package that is not built yet is answered with what was stored about the same texts at some other
// time, if there is such a thing, and again when it has been built, after all other questions. What was built first or
// saved is stored when nothing has been asked for a while.
//
// Results belong to a Program: release all of them before analyzer_configure and analyzer_free.
#ifndef HEAPLS_ANALYZER_H
#define HEAPLS_ANALYZER_H

#include "program/program.h"
#include "text_document.h"

#include <time.h>

typedef struct AnalyzerConfig {
  const char *goroot, *tags, *go_version, *gcflags, *pgo, *build_flags;
  const char *costs; // "all": what calls cost is told of all packages; else of those with contracts
} AnalyzerConfig;

typedef struct SeenText { // the version of an open document that the analysis saw
  char *path;
  int32_t version;
} SeenText;

typedef struct AnalysisOutcome {
  char *path;                  // asked for
  const PackageResult *result; // owned reference, NULL: nothing could be done
  char *error;                 // why; may be NULL
  VEC(SeenText) seen;
  double seconds;
  uint64_t generation; // of the configuration
  char *lines;         // all messages about the package, as gc prints them; NULL unless asked for
  bool recalled;       // was stored
  bool more_follows;   // it is that, or a first look: the package is being built, and another outcome follows
  bool confirms;       // was built, and is the same as what was recalled
  CostReport *costs;   // what calls of the result's functions cost, and what becomes of contracts: nothing else is new
  bool workspace;      // of a question about a whole directory: one of its packages, or, without a result, the end
} AnalysisOutcome;

// Nanoseconds since 1970 by the clock that files are dated with.
typedef int64_t FileTime;
static inline FileTime file_time_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME_COARSE, &t);
  return (FileTime)t.tv_sec * 1000000000 + t.tv_nsec;
}

// Of a module whose files are worth watching.
typedef struct ModuleDirectory {
  char *path;
  FileTime since; // nothing of it was read before
} ModuleDirectory;

// What could be written instead, in the text of that version: each was tried (fix/fix.h).
typedef struct OfferedEdit {
  uint32_t start, end;
  const char *text;
} OfferedEdit;
typedef struct OfferedFix {
  const char *title;
  bool rewrite;        // a person has to look
  uint32_t start, end; // of what it is about
  OfferedEdit *edits;
  uint32_t edit_count;
} OfferedFix;
typedef struct RefusedFix {
  uint32_t start, end; // of what it was to be about
} RefusedFix;
typedef struct FixesFound {
  char *path;
  uint32_t from, to; // asked about
  bool whole;        // all of the file: one fix, which is all that are safe
  int32_t version;   // of the text
  bool cancelled;    // by an edit: not all were tried
  VEC(OfferedFix) fixes;
  VEC(RefusedFix) refused; // tried: they do not help, or come with something worse
  Arena arena;
} FixesFound;

typedef struct AnalyzerStatus {
  char go_version[64], goroot[512];
  char progress[256];
  bool busy;                   // with questions
  uint32_t done, total;        // packages of the run that answers one; total 0: none
  char toolchain_problem[256]; // of the choice of a toolchain, for people; may be empty
  bool toolchain_missing;      // it is that the chosen one is not on this machine
  ProgramRules rules;
  bool cgo;
  uint32_t go_minor; // whose rules are applied; 0: nothing was analysed yet
} AnalyzerStatus;

typedef struct Analyzer Analyzer;
// wake is called from the thread when there is something to take.
Analyzer *analyzer_new(const AnalyzerConfig *, void (*wake)(void *), void *context);
void analyzer_free(Analyzer *);                              // waits for the run under way to notice
void analyzer_configure(Analyzer *, const AnalyzerConfig *); // starts over
// Takes the snapshot; NULL: back to the disk.
void analyzer_set_text(Analyzer *, const char *path, TextSnapshot *);
void analyzer_edit_text(Analyzer *, const char *path, TextSnapshot *); // the next version of an open document
void analyzer_saved(Analyzer *, const char *path);      // the text in force is on the disk: its result is worth storing
void analyzer_invalidate(Analyzer *, const char *path); // "" : everything
// The package of a file, or with a path that ends in "/..." all packages below a directory: an outcome for each that
// is complete, and one at the end. A question that was cancelled by a new text is taken up again after others.
void analyzer_ask(Analyzer *, const char *path, bool urgent);
void analyzer_ask_lines(Analyzer *, const char *path); // urgent, and all messages with it
bool analyzer_take(Analyzer *, AnalysisOutcome *);     // false: nothing finished
void outcome_release(AnalysisOutcome *);
// Fixes for what stands at [from, to] of a file, or all that are safe in it. After all other questions.
void analyzer_ask_fixes(Analyzer *, const char *path, uint32_t from, uint32_t to, bool whole);
bool analyzer_take_fixes(Analyzer *, FixesFound *); // false: nothing finished
void fixes_found_release(FixesFound *);
void analyzer_status(Analyzer *, AnalyzerStatus *);
// Handed over once, one by one, to be freed; NULL: no more.
char *analyzer_take_notice(Analyzer *); // for the user
bool analyzer_take_directory(Analyzer *, ModuleDirectory *);
char *analyzer_take_outside(Analyzer *, bool *there); // a file or directory elsewhere that is (program_outside)
// Once after the build configuration has changed under a Program: analyzer_configure is due.
bool analyzer_take_outdated(Analyzer *);

#endif
