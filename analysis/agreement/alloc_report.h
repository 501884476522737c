// alloc_report.h: allocator calls as text, and how far heapls and the machine code of gc agree about them.
#ifndef HEAPLS_ALLOC_REPORT_H
#define HEAPLS_ALLOC_REPORT_H

#include "alloc/alloc.h"
#include "report/report.h"

typedef struct AllocFormat {
  Str cwd; // paths are shortened relative to it, as the go command does
  bool
    call_sites; // every copy by inlining, each with the calls that brought it: "\tinlined by CALLER at file:line:col"
  bool
    blocks;  // after each, what the allocator takes: " takes 48 + 0[, no pointers]"; the second number: further objects
  bool none; // also the sites that don't allocate: "file:line:col: no allocation: REASON"
} AllocFormat;
// What `check --format=alloc` prints for a package: "# path", then per allocator call of its generated code
// "file:line:col: runtime.NAME BYTES [condition]", at the innermost position: that in the inlined callee's body. Sorted
// by position. Distinct lines only, unless call_sites.
void alloc_format_package(Buf *out, const PackageResult *, const AllocFormat *);

// -- comparison with `go build -gcflags=-S` --
//
//   AllocAgreement *a = alloc_agreement_new();
//   alloc_agreement_add_listing(a, text); // gc's -S output: in pieces that end at line ends
//   alloc_agreement_add_result(a, result);
//   alloc_agreement_compute(a); …; alloc_agreement_free(a);
typedef enum AllocMiss {
  ALLOC_MISS_NONE,     // both have the line
  ALLOC_MISS_SHIFTED,  // the other side has the same call on a neighbouring line (at most three away)
  ALLOC_MISS_INSTANCE, // in a file of another package (inlined body or instance of a generic function)
  ALLOC_MISS_OURS,     // only heapls says so
  ALLOC_MISS_THEIRS,   // only gc's code calls
  ALLOC_MISS_COUNT
} AllocMiss;
const char *alloc_miss_name(AllocMiss);

typedef struct AllocTally {
  uint32_t gc, heapls, both; // distinct file:line
  uint32_t same_name;        // of both: the same set of functions
} AllocTally;
double alloc_precision(AllocTally); // 1 when nothing is claimed
double alloc_recall(AllocTally);

typedef struct AllocClass {
  AllocMiss why;
  Str function; // "newobject"
  bool only_gc;
  uint32_t lines;
  Str samples[5]; // "package: file:line"
  uint32_t sample_count;
} AllocClass;
typedef struct AllocFuncTally {
  Str function;
  AllocTally tally;
} AllocFuncTally;
typedef struct AllocPackageTally {
  Str path;
  AllocTally tally;
} AllocPackageTally;

typedef struct AllocAgreement {
  AllocTally all;
  AllocTally minus_m;              // the same score of -m's "escapes to heap" and "moved to heap" lines
  VEC(AllocFuncTally) functions;   // most frequent first
  VEC(AllocPackageTally) packages; // sorted by path
  VEC(AllocClass) classes;         // largest first
  struct AllocLines *lines;        // private
  Str package;                     // of the listing's next lines
  Arena arena;
} AllocAgreement;
AllocAgreement *alloc_agreement_new(void); // returns owned
void alloc_agreement_free(AllocAgreement *);
void alloc_agreement_add_listing(AllocAgreement *, Str text); // of -S; lines "# path" say which package follows
bool alloc_listing_calls(Str line); // of an instruction that calls the runtime; of other instructions nothing is read
void alloc_agreement_add_result(AllocAgreement *, const PackageResult *);
void alloc_agreement_compute(AllocAgreement *);
// Markdown: the score beside -m's, per package and per runtime function, and the classes of disagreement.
void alloc_agreement_write(Buf *, const AllocAgreement *);
bool alloc_is_allocator(Str function); // "newobject", "convT64" …: one of the functions that count, without "runtime."

#endif
