// analyzer_internal.h: what the files of analyzer/ share.
//
//   analyzer.c   the event loop's side            question.c   one question: first look, build, a whole directory
//   thread.c     the analysis thread              stored.c     results from the disk, and what goes there
//   rest.c       when nothing is asked            programs.c   Programs, and the texts they see
//   fixes.c      questions for fixes
//
// All that the loop's thread and the analysis thread touch is in Analyzer below `lock`; Programs belong to the thread.
#ifndef HEAPLS_ANALYZER_INTERNAL_H
#define HEAPLS_ANALYZER_INTERNAL_H

#include "analyzer/analyzer.h"
#include "team.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <uv.h>

typedef struct TextChange {
  char *path;
  TextSnapshot *text; // NULL: closed
  bool invalidate;    // instead: forget what was read from the disk
} TextChange;

typedef struct Outside {
  char *path;
  bool there;
} Outside;

typedef struct Recalled { // what was shown of a file whose package is still to be built
  char *path;
  const PackageResult *result; // owned
} Recalled;

typedef struct FixQuestion {
  char *path;
  uint32_t from, to;
  bool whole;
} FixQuestion;

typedef struct RootProgram {
  Team *team; // owned: its contracts
  char *root;
  Program *program;
  Program *trials; // of fixes: nothing of it is shown. NULL: none was asked for lately
  time_t tried;    // last
  FileTime since;  // it was made
} RootProgram;

enum { CONFIG_VALUES = 7, CONFIG_COSTS = 6 };
struct Analyzer {
  uv_thread_t thread; // attends
  bool started;
  void (*wake)(void *);
  void *context;
  pthread_mutex_t lock;
  pthread_cond_t work;
  // under the lock
  VEC(TextChange) changes;
  VEC(char *) asked; // the last is next
  char *lines_asked; // of which all messages are wanted too; NULL: none
  VEC(AnalysisOutcome) outcomes;
  VEC(FixQuestion) fixes_asked;
  VEC(FixesFound) fixes_found;
  VEC(char *) notices;
  VEC(ModuleDirectory) directories;
  VEC(char *) known_directories;
  VEC(Outside) outside;
  bool outdated; // the build configuration has changed under a Program
  char *config[CONFIG_VALUES], *next_config[CONFIG_VALUES];
  bool reconfigure, quit, over; // over: quit was seen
  uint64_t generation;          // of the configuration; outcomes of older ones are not handed out
  CancelToken *running;
  bool answering;       // what runs is for a question
  char *founding;       // place of the package that is being built for the first time; NULL: none is
  VEC(char *) to_store; // files
  AnalyzerStatus status;
  // the thread's own
  VEC(RootProgram) programs;
  StrMap known_outside;                             // path -> Outside, as the loop was told last
  VEC(TextChange) open;                             // texts in force
  bool costs_told;                                  // of the file that was analysed last: what calls cost
  char *last;                                       // the file that was analysed last
  enum { REST_BEGINS, REST_READY, REST_TIDY } rest; // its package is ready for edits; memory was given back
  VEC(Recalled) recalled;
  VEC(char *) built; // places of packages
};

static inline char *copy(const char *s) { // returns owned
  char *p = mem_new(strlen(s) + 1);
  memcpy(p, s, strlen(s));
  return p;
}

// -- programs.c: the analysis thread's --
Program *analyzer_program(Analyzer *, const char *path); // of the module or workspace that the file is in
Program *analyzer_trials(Analyzer *, const char *path);  // the same for trials
void analyzer_drop_trials(Analyzer *);                   // that nobody has asked for lately
void analyzer_drop_programs(Analyzer *);
void analyzer_note_surroundings(Analyzer *, Program *); // what it hangs on: the loop learns of it
void analyzer_apply_change(Analyzer *, TextChange *);   // takes what it holds

// -- question.c --
uint32_t analyzer_asked_index(const Analyzer *, const char *path); // asked.len: it is not asked for. Under the lock
void analyzer_ask_last(Analyzer *, char *path);                    // after all others. Takes the path. Under the lock
void analyzer_hand_out(Analyzer *, AnalysisOutcome);               // takes the outcome
void analyzer_add_seen(const Analyzer *, AnalysisOutcome *);       // the versions of the texts in force
void analyzer_answer(Analyzer *, char *path, uint64_t generation, CancelToken *); // takes the path

// -- fixes.c --
void analyzer_answer_fixes(Analyzer *, FixQuestion *, CancelToken *); // takes what it holds

// -- stored.c --
char *
analyzer_place_of(const char *path); // files of the same place belong to the same package, as a rule. Returns owned
bool analyzer_is_built(const Analyzer *, const char *place);
bool analyzer_was_recalled(const Analyzer *, const char *path);
// Hands over what is stored about the file, and asks for it again. False: nothing is.
bool analyzer_recall(Analyzer *, Program *, const char *path, uint64_t generation);
void analyzer_want_stored(Analyzer *, const char *path); // under the lock
// Compares what was built with what was recalled; what was built first is worth storing.
void analyzer_settle_first(Analyzer *, Program *, char *place, AnalysisOutcome *);
// The text must be in force, and its analysis done.
void analyzer_store_result(Analyzer *, const char *path, CancelToken *);

// -- rest.c: under the lock, which is let go meanwhile --
bool analyzer_has_work(const Analyzer *);
typedef enum Next { NEXT_WORK, NEXT_STORE, NEXT_REST } Next;
Next analyzer_wait_for_work(Analyzer *);
void analyzer_store_one(Analyzer *);

// -- thread.c --
bool analyzer_start(Analyzer *); // false: there is no thread to be had

#endif
