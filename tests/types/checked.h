// checked.h: for tests that break code: packages loaded with all they import and type-checked, and one of them again.
#ifndef HEAPLS_TEST_CHECKED_H
#define HEAPLS_TEST_CHECKED_H

#include "load/load.h"
#include "syntax/parse.h"
#include "types/check.h"

// What such a test is called with: [-n COUNT] [-s SEED] [-v] [-C DIR] [PATTERN…].
typedef struct BreakOptions {
  Str *patterns; // owned
  uint32_t pattern_count;
  Str dir; // borrowed from the arguments, or the working directory:
  char cwd[4096];
  uint32_t rounds;
  uint64_t seed;
  bool verbose;
} BreakOptions;
void break_options_read(BreakOptions *, int argc, char **argv); // over the defaults of rounds and seed
void break_options_release(BreakOptions *);

typedef struct Checked {
  BuildContext *build;
  Loader *loader;
  LoadGraph *graph;
  Interner *interner;
  Parser *parser;
  TypeContext *context;
  Package **packages; // by LoadPackage.index; NULL: missing
  VEC(AstFile *) files;
  VEC(LoadPackage *) roots; // those that were named, with files
  uint64_t random;
} Checked;
void checked_init(Checked *, const BreakOptions *);
void checked_release(Checked *);
// Reads the files of a package; files has place for all. Returns their number. The caller owns them.
uint32_t checked_parse(Checked *, LoadPackage *, AstFile **files);
// Checks a package with these files against the packages that are there. Returns owned.
Package *checked_package(Checked *, LoadPackage *, AstFile **files, uint32_t count);
// Begins a round: random numbers go by the seed and the round alone. A round that hangs is ended by an alarm.
void checked_round(Checked *, const BreakOptions *, uint32_t round);
uint32_t checked_pick(Checked *, uint32_t n); // below n; 0 of none

#endif
