// diff.h: what two states of a work tree allocate, compared: `heapls diff`.
#ifndef HEAPLS_DIFF_H
#define HEAPLS_DIFF_H

#include "cli/formats/formats.h"

typedef enum DiffKind {
  DIFF_CAME,
  DIFF_WENT,
  DIFF_GREW,   // its cost: now in a loop, more bytes, always where it was under a condition …
  DIFF_SHRANK, // the other way round
  DIFF_MOVED,  // to another function or file, at the same cost
} DiffKind;
enum { DIFF_KINDS = DIFF_MOVED + 1 };

typedef struct DiffChange {
  DiffKind kind;
  const Row *before, *after; // NULL: there is none
} DiffChange;

typedef VEC(Row *) RowList; // C heap
typedef struct DiffCount {
  uint32_t sites, in_loops; // in loops: not on cold paths
  int64_t bytes;            // of sizes that are known, once each
  uint32_t unknown;         // sites whose size is not
} DiffCount;

typedef struct DiffSide {
  Str name;   // "HEAD", "the working tree"
  Str commit; // empty: the disk
  VEC(Piece) pieces;
  RowList rows; // that allocate where they are written, of functions that both sides decided; of the pieces
  DiffCount count;
  uint32_t errors;
} DiffSide;

typedef struct DiffFunction {
  Str package, function;
  DiffCount before, after;
} DiffFunction;

typedef struct Diff {
  DiffSide before, after;
  VEC(DiffChange) changes;     // by file and line of the state after, else before
  VEC(DiffFunction) functions; // that have changes, in that order
  uint32_t kinds[DIFF_KINDS];
  uint32_t came_in_loops, grew_into_loops; // not on cold paths
  uint32_t files;                          // that differ
  uint32_t packages;                       // that were looked at, on either side
  uint32_t undecided;                      // functions that were not compared
  Arena arena;
} Diff;
const char *diff_kind_name(DiffKind);
// Pairs the rows of both sides and fills in changes, functions and sums (diff_match.c).
void diff_match(Diff *);

// ---- How it is printed
void diff_write_text(Report *, const Diff *);
void diff_write_markdown(Report *, const Diff *); // for a comment, of less than 65,536 characters
void diff_write_json(Report *, const Diff *);

#endif
