// fix.h: the door of fix/: edits that remove an allocation, each tried before it is offered.
//
//   fix.c      which fixes there are for what was found; titles   edit.c   edits, imports, texts with them
//   prove.c    a trial: the package with the edits, analysed      diff.c   edits as a unified diff
//   shape.c    parents, uses and properties of syntax
//   append.c, format.c, …   a file for each kind (kinds.def)
//
// A proposer looks at a finding and the typed syntax around it, and says what could be written instead. It is
// responsible for the meaning: what it proposes as safe is equal in all that the Go spec defines. (How much room append
// leaves, and so which slices share an array after it, is not defined.) That the edit compiles and helps is not its
// business: fix_prove makes the edits in memory, and analyses the package as it would be.
//
// Everything is done by Program calls on one thread. Trials change the texts of the Program that they are given: it
// should be one that nobody is shown results of.
#ifndef HEAPLS_FIX_H
#define HEAPLS_FIX_H

#include "program/program.h"

typedef enum FixKind {
#define FIX_KIND(id, name, text) FIX_##id,
#include "fix/kinds.def"
#undef FIX_KIND
  FIX_KIND_COUNT
} FixKind;
const char *fix_kind_name(FixKind);
enum { FIX_ALL_KINDS = (1u << FIX_KIND_COUNT) - 1 };

typedef struct FixEdit {
  uint32_t start, end; // offsets in the file's text: what is replaced
  Str text;
} FixEdit;

// What a fix may bring in place of what it removes.
typedef enum FixTrade {
  TRADE_NOTHING,
  TRADE_ROOM,   // a slice or map that grows as often as it has to has its room at once instead, outside of the loop
  TRADE_STRING, // the string that a function of fmt made is made by the edited expression
  TRADE_ONCE,   // it is made when the program starts, and never again
  TRADE_SHORT,  // a conversion that allocates for more than 32 bytes only
  TRADE_HOIST,  // the same is made in front of the loop
  TRADE_WRITE,  // the text stands where it is written to at once, which grows there
} FixTrade;

struct FixImports; // of a file (edit.c)
typedef struct Fix {
  FixKind kind;
  FixTrade trade;
  bool calls;   // it calls what fmt called before: copies of that by inlining are nothing new
  bool rewrite; // a person has to look: caution says why
  Str caution;  // "empty instead of nil when there are no turns"
  Str title;    // "Make room for len(xs) elements at once: …"; with the caution, and what is won
  const AstSource *source;
  FixEdit *edits; // sorted, apart from each other; without those of the imports
  uint32_t edit_count;
  const struct FixImports *imports; // of the file, as it is
  Str gains[2];                     // import paths that the new text uses; empty: none
  Str loses;                        // import path that it uses less often; empty: none
  uint32_t losses;                  // by so many uses
  Str declares;                     // name that it brings to the package; empty: none
  uint32_t start, end;              // of the finding, in the file
  uint32_t line, column;            // of the finding
  Str subject, function;            // of the finding
  uint32_t sites;                   // findings that go
  int64_t bytes;                    // they take, as the allocator counts; -1: not known at compile time
  uint8_t loop_depth;               // of the deepest; 1: not in a loop
  bool conditional;                 // one of them
} Fix;

// All in the arena it was made with.
typedef struct FixList {
  VEC(Fix) items;
} FixList;

// What could be written instead for findings that touch [from, to] of a file of the result, in order of place; nothing
// is tried yet. kinds: a bit for each. The result must be the newest of its Program, and have types.
void fix_propose(Arena *, const PackageResult *, const AstFile *, uint32_t from, uint32_t to, uint32_t kinds,
                 FixList *out);

// Edits for those of the fixes that are of the file (and do not overlap), imports included, sorted. Lives in the arena.
typedef struct FixEdits {
  FixEdit *items;
  uint32_t len;
} FixEdits;
FixEdits fix_edits(Arena *, const AstSource *, const Fix *const *fixes, uint32_t count);
Str fix_apply(Arena *, Str text, FixEdits); // the text with them
bool fix_overlap(const Fix *, const Fix *);
// Does it concern what is said of [start, end] of its file? The finding, or what an edit replaces with it.
bool fix_is_about(const Fix *, uint32_t start, uint32_t end);

// Analyses the package with the edits of all fixes, and puts its texts back. True: it has no new error, what the fixes
// are about is gone or happens less often, and no other allocation came, in this package or, as far as they can see, in
// those that import it. why (may be NULL) says what stands against it.
typedef struct FixTrial {
  Program *program;
  const PackageResult *before; // borrows
  const CancelToken *cancel;   // may be NULL
} FixTrial;
bool fix_prove(const FixTrial *, const Fix *const *fixes, uint32_t count, Buf *why);
// Of all that were proposed for a package, those that hold when they are made together, in the same order. Of some that
// overlap only the first is looked at.
void fix_prove_together(Arena *, const FixTrial *, const FixList *, FixList *out);

// What the edits do to the text, as a unified diff with three lines of context; nothing when that is nothing. name: as
// `a/NAME` and `b/NAME`.
void fix_diff(Buf *, Str name, Str from, FixEdits);

#endif
