// rows.h: findings as `heapls check` shows them: copied out of a package's result, which is gone when they are printed.
#ifndef HEAPLS_ROWS_H
#define HEAPLS_ROWS_H

#include "cli/cli.h"
#include "report/contract.h"
#include "report/decision.h"
#include "report/result.h"
#include "syntax/ignored.h"

typedef struct RowPlace { // 1-based
  uint32_t line, column;  // in bytes
  uint32_t utf16;         // the column in UTF-16 code units
} RowPlace;

typedef struct RowStep {
  Str file; // empty: no place
  uint32_t line, column;
  Str text, gc;
} RowStep;

typedef struct Row {
  Str package; // import path
  Str file;    // absolute
  Str path;    // as it is shown: relative to where the user is
  Str function, subject, expression, hint, title, why, advice, gc, condition, count, when, inlined_from, called, copies;
  Str ignored_for;  // the reason of //heapls:ignore
  Str line_text;    // that of mark_start, without its end
  Str fingerprint;  // hexadecimal: of package, function, kind and subject, and its number among equal ones; no lines
  const char *code; // "heap/returned"
  const char *rule; // the same, but "moved/…" of variables
  uint32_t line, column;         // where gc prints its message
  RowPlace start, end;           // the whole expression
  RowPlace mark_start, mark_end; // what is underlined of it, on one line
  int64_t bytes, size_class, elem_bytes, least;
  uint32_t inlined_into, copies_heap, copies_loop;
  uint8_t loop_depth, cold;
  Verdict verdict;
  bool of_caller; // the growth of a slice that the caller gave
  bool is_variable, ignored;
  bool is_contract; // a contract that is not kept: then the code is "contract/noalloc" and the like
  ContractState contract;
  uint8_t level; // TeamLevel: what the team has set
  bool is_copy;  // of code that is shown where it is written
  RowStep *steps;
  uint32_t step_count;
  uint32_t number; // in the order of places
} Row;
static inline bool row_allocates(const Row *r) {
  return r->verdict == VERDICT_HEAP || r->verdict == VERDICT_CONDITIONAL;
}
static inline bool row_in_loop(const Row *r) { return r->loop_depth > 1 && !r->cold; }

// Allocation sites, as preset default has them, that were found and not shown, by the first reason that held.
typedef struct LeftOut {
  uint32_t generated, filtered, team, ignored, preset, baseline, top;
  uint32_t of_caller;  // by the preset or --without: growth of slices that the caller gave
  uint32_t test_files; // files that were not read
} LeftOut;

// A function of which nothing is decided, and why.
typedef struct UndecidedRow {
  Str file, function, why;
  uint32_t line, column; // of its name
  Decision decision;
} UndecidedRow;

typedef struct Tally {
  uint32_t undecided[DECISION_COUNT], all_undecided; // functions
  uint32_t excluded_files;                           // by build constraints
  uint32_t packages, functions;
  uint32_t sites, in_loops;   // shown
  uint32_t others;            // shown too: what allocates nothing, and calls that inline an allocation (preset all)
  uint32_t stack;             // found, shown or not
  uint32_t failing;           // what --fail asks about
  uint32_t errors;            // lines
  uint32_t contracts, broken; // that were looked at; that are not kept, or can't be proved
  uint32_t passed_over;       // files
  LeftOut left_out;
} Tally;

// What one package gives.
typedef struct Piece {
  bool ready;
  Arena arena; // of the rows
  Str import_path, dir;
  VEC(Row) rows;
  VEC(UndecidedRow) undecided; // in the arena
  VEC(Str) errors;
  uint32_t errors_said; // of these, on standard error
  Str lines;            // of the formats that are the compiler's: all that is printed; C heap
} Piece;
void piece_init(Piece *, const PackageResult *);
void piece_release(Piece *);
void piece_take_errors(Piece *, const PackageResult *, Str cwd); // what keeps the package from being compiled
void piece_print_errors(const Piece *);                          // the first ones, to standard error
// files: only of those; none: of all.
void piece_take_undecided(Piece *, const PackageResult *, const Str *files, uint32_t file_count, Tally *);
bool file_is_listed(const Str *files, uint32_t count, Str path); // or there are none (select.c)

// ---- Which rows (select.c)
typedef struct Baseline Baseline;
typedef struct Selector Selector;
Selector *selector_new(const CliArgs *, const CliSetup *); // NULL: told what is wrong
void selector_free(Selector *);
bool selector_wants_findings(const Selector *);
// Puts what is to be shown of the package into the piece, and counts. files: only those; none: all.
void selector_take(Selector *, const PackageResult *, const Str *files, uint32_t file_count, Piece *, Tally *);
// The same with contracts that are not kept.
void selector_take_contracts(Selector *, const PackageResult *, const CostReport *, const Str *files,
                             uint32_t file_count, Piece *, Tally *);
// Writes what --write-baseline asks for; false: told.
bool selector_finish(Selector *);

// ---- Baselines (baseline.c)
Baseline *baseline_new(void);
void baseline_free(Baseline *);
bool baseline_read(Baseline *, const char *path);        // false: told
bool baseline_write(const Baseline *, const char *path); // false: told
void baseline_add(Baseline *, const Row *);
bool baseline_take(Baseline *, const Row *); // it has one more of these

// ---- Sums (groups.c)
typedef enum SortKey { SORT_PLACE, SORT_BYTES, SORT_LOOP, SORT_COUNT } SortKey;
typedef enum GroupBy { BY_FUNCTION, BY_PACKAGE, BY_KIND, BY_FILE } GroupBy;
typedef struct Group {
  Str name;
  uint32_t sites, in_loops, unknown; // unknown: of a size that is not known
  int64_t bytes;                     // of those that is known, once each
  uint32_t first;
} Group;
typedef VEC(Group) Groups; // C heap
void rows_sort(Row **rows, uint32_t count, SortKey);
void groups_make(Groups *, Row *const *rows, uint32_t count, GroupBy, SortKey);

#endif
