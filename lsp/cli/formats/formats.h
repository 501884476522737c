// formats.h: what `heapls check` prints. One file for each format, which says whose it is and by what it is checked.
#ifndef HEAPLS_FORMATS_H
#define HEAPLS_FORMATS_H

#include <jansson.h>

#include "cli/rows.h"

typedef struct Report {
  Buf out; // is printed, and emptied, after each call
  bool colour;
  uint32_t width; // of the terminal; 0: none
  Str root;       // absolute: of the repository, where CI runs; the current directory if there is none
  Str go;         // "1.26"
  double seconds;
  const Tally *tally;
  const Groups *groups; // NULL: rows are shown
  uint32_t group_count; // of these, the first
  GroupBy by;
  bool ranked;      // rows are numbered in the order that was asked for
  bool failed;      // there were errors
  json_t *document; // of the formats that make one
  json_t *rules;    // sarif
  uint32_t parts;   // junit
  Arena *scratch;   // of `heapls diff`
} Report;

typedef struct Format {
  const char *name;        // as --format has it
  bool streams;            // prints package by package
  bool by_package;         // wants the rows of each package together
  bool sums;               // can show groups
  SortKey order;           // that is its own
  uint32_t most;           // rows; 0: any number
  void (*begin)(Report *); // may be NULL
  // Rows in order; piece is NULL unless by_package.
  void (*rows)(Report *, const Piece *, Row *const *, uint32_t count);
  void (*end)(Report *); // may be NULL
} Format;
extern const Format format_text, format_json, format_sarif, format_rdjsonl, format_gitlab, format_github, format_junit;

// -- shared (common.c) --
json_t *format_string(Str);              // text that is not UTF-8 becomes "?"
void format_message(Buf *, const Row *); // one line, plain: what, where it goes, why
// The path below the repository's root; false: it is not there, and absolute.
bool format_path(const Report *, Str file, Str *path);
void format_dump(Report *, json_t *, size_t flags);       // takes the value
json_t *format_row_json(const Report *, const Row *);     // a finding of check.schema.json (json.c)
void format_bytes(Buf *, int64_t);                        // "8 B", "4.0 KiB"
void format_step(Buf *, uint32_t before, uint32_t after); // "2 → 3", or "2"
struct Diff;
void format_diff_kinds(Buf *, const struct Diff *); // "2 came (1 in a loop), 1 went"
static inline bool row_is_broken(const Row *r) {
  if (r->level) return r->level == TEAM_ERROR;
  return r->is_contract && r->contract == CONTRACT_BROKEN;
}
static inline bool row_is_grave(const Row *r) { // or broken
  if (r->level) return r->level <= TEAM_WARNING;
  return r->is_contract ? r->contract != CONTRACT_UNTOLD : row_allocates(r) && row_in_loop(r) && !r->of_caller;
}

#endif
