// finding.h: what heapls tells a programmer about one place in the source: the verdict, why, and what would change it.
//
// Findings are made from the compiler messages of a unit (IrUnit.messages), from allocations that gc has no message
// for, and from the calls and struct types of the source. They carry facts and finished sentences; how much of them is
// shown, and how, is the business of the editor server and the command line.
#ifndef HEAPLS_FINDING_H
#define HEAPLS_FINDING_H

#include "alloc/alloc.h"
#include "cost/cost.h"
#include "ir/ir.h"

typedef enum FindingKind {
  FINDING_SITE,      // an expression that may allocate: new, &T{}, make, literals, conversions, append, closures …
  FINDING_VARIABLE,  // a variable or parameter that is moved to the heap
  FINDING_PARAM,     // what a parameter leaks (verdict: see Leak)
  FINDING_FUNCTION,  // inlinability of a function
  FINDING_CALL,      // a call: what becomes of its arguments (see CallFacts)
  FINDING_TYPE,      // declaration of a struct type: its size (see StructFacts)
  FINDING_MAP_WRITE, // an element of a map is assigned to: whether the map grows is not decided
} FindingKind;

typedef enum Verdict {
  VERDICT_HEAP,
  VERDICT_STACK,
  VERDICT_NO_ALLOCATION, // said to escape, but read-only data, zero-size or pointer-shaped: nothing is allocated
  VERDICT_CONDITIONAL,   // allocates under the condition in `condition`
} Verdict;

// The reason, one of the stable diagnostic codes "heap/…".
typedef enum Cause {
  CAUSE_NONE,          // stays on the stack
  CAUSE_RETURNED,      // heap/returned
  CAUSE_STORED,        // heap/stored: through a pointer, in a global, map, slice or channel
  CAUSE_INTERFACE,     // heap/interface
  CAUSE_CLOSURE,       // heap/closure: captured by a function literal that leaves
  CAUSE_GOROUTINE,     // heap/goroutine
  CAUSE_DEFER_LOOP,    // heap/defer-loop
  CAUSE_UNKNOWN_CALL,  // heap/unknown-call: through an interface or function value, or to assembly
  CAUSE_LEAKING_PARAM, // heap/leaking-param: of a callee that is known
  CAUSE_OUTLIVES_LOOP, // heap/outlives-loop: declared in a loop, held outside of it
  CAUSE_TOO_LARGE,     // heap/too-large
  CAUSE_UNKNOWN_SIZE,  // heap/unknown-size
  CAUSE_APPEND,        // heap/append
  CAUSE_APPEND_CALLER, // heap/append-caller: to a slice that the function's caller gave, and whose room it chose
  CAUSE_CONCAT,        // heap/concat
  CAUSE_CONVERSION,    // heap/conversion
  CAUSE_MAP,           // heap/map
  CAUSE_CHANNEL,       // heap/channel
  CAUSE_ZERO_SIZED,    // heap/zero-sized
  CAUSE_COUNT
} Cause;
const char *cause_code(Cause); // "heap/returned"

// One step on the way to the heap, in source terms.
typedef struct FindingStep {
  const AstSource *source; // NULL: no position
  uint32_t start, end;     // offsets in the file as it was when the finding was made: see package_result_step
  uint32_t line, column;   // 1-based, bytes: of the token at `at`
  Str text;                // "put in an interface", "passed to fmt.Println, whose a leaks", in plain words
  Str gc_text;             // gc's: "from a (interface-converted)"
  const AstDecl *decl;     // where it lies; may be gone: only to compare with
  uint32_t slot;           // of decl
  bool follows;            // the places are of the text that is shown for decl, which is stale; else of decl's own
  uint64_t decl_hash;      // likewise
  uint32_t at, base;       // base: where decl began when the positions were taken
} FindingStep;
void finding_step_lies_in(FindingStep *, const AstDecl *);

// What a call does with its arguments, where that matters: those that hold pointers.
typedef enum CalleeKind {
  CALLEE_KNOWN,     // its parameters' leaks are known
  CALLEE_NO_BODY,   // not written in Go
  CALLEE_INTERFACE, // a method called through an interface
  CALLEE_VALUE,     // a function value
  CALLEE_GENERIC,   // no instance of it was compiled for this package
} CalleeKind;
typedef struct CallArg {
  int32_t start, end; // relative to Finding.start (a receiver stands before it)
  Str text;           // source text, shortened
  Str param;          // name of the parameter it goes to; empty: it has none
  bool is_recv, is_variadic;
  bool is_boxed;          // holds no pointer itself, but is put in an interface for the call
  uint8_t leaks[TAG_LEN]; // as IrTag: fewest dereferences plus 1 on the way to the heap, and to each result; 0: none
} CallArg;
typedef struct CallFacts {
  CalleeKind callee;
  bool inlined, devirtualised;
  bool guided;  // a profile says whom it mostly calls: that one is tried first
  Str concrete; // devirtualised: the type that was found; guided: the function
  bool is_method;
  CallArg *args;
  uint32_t arg_count;
} CallFacts;

typedef struct StructFacts {
  int64_t size, padding, size_class;
  int64_t pointer_bytes; // the garbage collector looks at that many
  int64_t best_size;     // == size when no order is smaller
  int64_t best_pointer_bytes, best_class;
  const uint32_t *order; // best order: field i of it is the declaration's order[i]; NULL: as declared
  uint32_t field_count;
  Str order_text; // "b, c, a"
  Str fixed;      // why no other order is told although there is padding; else empty
} StructFacts;

typedef struct Finding {
  FindingKind kind;
  Verdict verdict;
  Cause cause;
  const AstSource *source;
  uint32_t start, end; // range of the expression or declaring name, by which it is looked up, in the file as it was
                       // when the finding was made, as all places here: where it is now, see finding_where
  uint32_t mark_at, mark_length; // the token that decides, to underline: from start on; length 0: all of the range
  uint32_t hint_at;              // offset where an inlay hint goes: after the expression or the variable's name
  uint32_t line, column;         // of the construct (1-based, bytes), where gc prints its message; see inlined_from
  const AstDecl *decl;           // top-level declaration it lies in
  Str subject;                   // gc's: "new(int)", "append", "x"
  Str expression;     // as the source has it, on one line and short: "append(args, …)"; of sites and variables
  Str function;       // printed name of the function it belongs to
  int64_t bytes;      // allocated each time, -1 when not known at compile time
  int64_t size_class; // bytes the allocator really takes, -1 when not known
  int64_t elem_bytes; // of makes and appends with unknown length: bytes per element, else 0
  int64_t least;      // in other instances of generic code it is as little as that (bytes, or else elem_bytes); -1: no
  Str count_text;     // of such makes, and of maps: the source text of the length, as "n"
  uint8_t loop_depth; // 1: not in a loop
  bool at_most_once;  // in a loop that its block leaves before the next turn
  uint32_t inlined_into; // functions of this package that contain a copy of it by inlining
  uint32_t copies_heap;  // of those copies: allocate there
  uint32_t copies_loop;  // of these: in a loop there
  uint8_t cold;          // ALLOC_COLD_* (alloc/alloc.h): how seldom it is reached
  Str when;              // the same in words: "only on the error path", "once"; empty when nothing is known
  // Not empty: the code stands in that function (as printed, "errors.New"), whose body was inlined at this call. The
  // finding is placed at the call. What is inlined from the same declaration, as a function literal that is called in
  // place, is placed where it is written.
  Str inlined_from;
  Str called;      // what is called there, when it is_foreign: "errors.New"
  bool is_foreign; // … and what is called there is of another package: its code is shown and counted at the call only
  bool is_param;
  Str hint;      // at most about 20 characters: "heap 48 B", "heap n×8 B", "moved to heap 8 B", "stack"
  Str title;     // "Heap, 8 bytes each time `main` runs."
  Str why;       // one sentence or two, plain words
  Str advice;    // what may help: "pass the value …"; nobody has tried it here; empty: nothing sensible can be said
  Str condition; // "if it grows", "if > 32 B"; empty when unconditional
  Str gc_words;  // "new(int) escapes to heap"
  FindingStep *steps; // FINDING_CALL: where the callee is declared, without words: see package_result_callee
  uint32_t step_count;
  Str symbol;                // of functions and calls: "import/path.(*T).M", the same in every package
  const CallFacts *call;     // FINDING_CALL
  const StructFacts *layout; // FINDING_TYPE
} Finding;

// A site in the copy of its code that one function has by inlining.
typedef struct FindingCopy {
  const AstDecl *decl; // where the site is written
  uint32_t offset;
  const IrFunc *func;
  bool heap, loop; // allocates there; in a loop
} FindingCopy;

// What was said of one compilation, sorted by (source, start, kind). Immutable; strings and steps live in its arena.
typedef struct FindingList {
  Finding *items;
  uint32_t len;
  VEC(FindingCopy) copies; // what inlined_into and the like were counted from
  VEC(AllocUse) uses;      // what Finding.cold was judged by
  CostBatch *costs;        // what its functions do; NULL unless IrOptions.costs
  Arena arena;
} FindingList;
FindingList *finding_list_new(const IrUnit *); // the unit must have been built with explain; returns owned
void finding_list_free(FindingList *);

// Strings of one compilation, shared by the findings that have them.
typedef struct FindingText {
  uint32_t references; // atomic
  FindingList *list;   // may be NULL
  Arena arena;
} FindingText;
FindingText *finding_text_retain(FindingText *); // NULL gives NULL
void finding_text_release(FindingText *);

// What was found in one declaration at one time, with all that it refers to but for what lies in text. Immutable and
// reference-counted: versions of a file share it for as long as the declaration stays as it is.
typedef struct FindingItems {
  uint32_t references; // atomic
  uint32_t len;
  FindingText *text; // retained; NULL: strings and steps live in the set that was made in one piece
  Finding *items;
} FindingItems;
// With room for as many findings and steps; their memory goes with it. Returns owned.
FindingItems *finding_items_new(uint32_t len, uint32_t steps, FindingText *, FindingStep **room);
FindingItems *finding_items_retain(FindingItems *); // NULL gives NULL
void finding_items_release(FindingItems *);

typedef struct FindingGroup { // of one declaration
  const AstDecl *decl;        // retained: the file's text may have another one by now
  const Finding *items;       // by place. Where they are in the file: finding_where
  uint32_t len;
  uint32_t slot;         // decl's
  uint32_t start;        // where it begins in the file; UINT32_MAX: the file's text does not have it
  uint32_t moved, lines; // what the items' offsets and lines have to be moved by, modulo 2^32 …
  uint32_t line;         // … and columns in this line of theirs, in which the declaration begins …
  uint32_t columns;      // … by this
  bool broken;           // does not type-check
  uint8_t decision;      // Decision (decision.h): why
  bool follows;          // the items and their steps were moved along with the text around them
  bool stale;            // the items are those of the last good version of code that is broken now
  FindingItems *own;     // retained: where they lie; NULL: in the set that was made in one piece
} FindingGroup;

// Where a finding is in the file that its group is shown in.
typedef struct FindingPlace {
  uint32_t start, end, hint_at, line, column; // as in Finding
  uint32_t mark_start, mark_end;              // what is underlined, on one line
} FindingPlace;
FindingPlace finding_where(const FindingGroup *, const Finding *);

// The findings of one file: declaration by declaration in source order (those that the text does not have come
// last). Immutable and reference-counted: versions of a package that say the same of a file share it.
typedef struct FindingFile {
  const AstSource *source;
  FindingGroup *groups; // of all declarations
  uint32_t group_count;
  uint32_t bucket_count;       // a power of two
  uint32_t *buckets, *chained; // numbers from 1 of groups by their declarations' slots
  uint32_t references;         // atomic
  uint32_t *together; // how many files of the piece of memory that starts there are left, atomic; NULL: it is alone
} FindingFile;
FindingFile *finding_file_new(const AstSource *, uint32_t group_count); // groups are still to be filled in
void finding_file_index(FindingFile *);                                 // when they are
// The first of the groups of which findings may stand at the offset or behind it.
uint32_t finding_file_first_at(const FindingFile *, uint32_t offset);
FindingFile *finding_file_retain(FindingFile *);
void finding_file_release(FindingFile *);

// All findings of a package, by file in the order of paths. Immutable.
typedef struct FindingShelf {
  const AstSource *source;
  FindingFile *findings; // retained
} FindingShelf;
typedef struct FindingSet {
  FindingShelf *files; // owned
  uint32_t file_count;
  FindingList *list; // owned, if the set was made in one piece: else NULL
} FindingSet;
FindingSet *finding_set_new(const IrUnit *);     // as finding_list_new
FindingSet *finding_set_partial(const IrUnit *); // of the file that a partial unit is made for
// Takes the list, whose findings stand file by file in the order of paths, and declaration by declaration. NULL: they
// do not. Returns owned.
FindingSet *finding_set_of(FindingList *, AstFile *const *files, uint32_t count);
FindingSet *finding_set_empty(uint32_t file_count); // its files are still to be filled in
void finding_set_free(FindingSet *);

const FindingFile *finding_file_of(const FindingSet *, const AstSource *); // NULL: it has none
// Those of the declaration that the step lies in, or of a version of it with the same text; NULL: it has another now.
const FindingGroup *finding_group_of_step(const FindingFile *, const FindingStep *);
// The findings of a declaration; NULL: none.
const FindingGroup *finding_group_of(const FindingSet *, const AstDecl *);
const FindingGroup *finding_group_in(const FindingFile *, const AstDecl *);
// One finding after the other: for (FindingCursor c = {set}; (f = finding_next(&c));)
typedef struct FindingCursor {
  const FindingSet *set; // may be NULL
  uint32_t file, group, at;
  const FindingGroup *of; // that the finding last returned is in
} FindingCursor;
const Finding *finding_next(FindingCursor *); // NULL: no more

// Is there a name in gc's text that only the compiler has (words.c)? Such text is not shown to people.
bool finding_has_made_name(Str);
// Is the code written elsewhere in this package, and inlined here? It is shown and counted where it is written.
static inline bool finding_is_copy(const Finding *f) { return f->inlined_from.n && !f->is_foreign; }
Str finding_gc_words(const Finding *); // to be shown; empty: there are none, or such names in them

int finding_by_place(const void *, const void *); // for qsort of Findings: the order of a list

#endif
