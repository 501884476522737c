// cost.h: the door of cost/: what a call costs, callees included, as a bound that is proved: nothing · at most N
// allocations and B bytes · so many for each turn of a loop · unknown, because of a call that nobody sees through.
//
//   code.c      what the functions of a compilation do: CostCode      runtime.def    operations of the runtime
//   assembly.c  functions written in assembly, go:linkname            functions.def  functions that are known by rule
//   solve.c     bounds, over cycles of calls too: CostTable           words.c        what is said of them
//
// What is counted: objects that the code of a function, and of all that it calls while it runs, gets from the
// allocator, as long as nothing panics (but for what the arguments of its own panic statements take). Not counted is
// what the runtime takes for its own books and keeps for the next one: records of goroutines that wait (sudog),
// threads, caches of type assertions and itabs. A started goroutine counts as an object of unknown size, with all that
// it runs.
//
// A bound is never a guess: whatever is not known makes it unknown. Bounds are sums over all code of a function, so
// that of two branches both count.
#ifndef HEAPLS_COST_H
#define HEAPLS_COST_H

#include "alloc/alloc.h"
#include "syntax/ast.h"

enum { COST_MANY = 1 << 20, COST_FAR = UINT16_MAX };

typedef enum CostEventKind {
  COST_SITE,    // allocates
  COST_CALL,    // calls `callee`
  COST_PARAM,   // calls its own parameter
  COST_UNKNOWN, // calls what is not known: why
} CostEventKind;

typedef enum CostWhy {
  COST_WHY_NONE,
  COST_WHY_INTERFACE, // a method through an interface
  COST_WHY_VALUE,     // a function value
  COST_WHY_NO_BODY,   // not written in Go, and its assembly is not understood, or not there
  COST_WHY_INDIRECT,  // assembly that calls what is in a register
  COST_WHY_NOT_READ,  // its package has no summary
  COST_WHY_BROKEN,    // does not compile
  COST_WHY_DEEP,      // nested too deeply
  COST_WHY_COUNT
} CostWhy;

// Where something stands: in the function that it is an event of, at the call where that was inlined.
typedef struct CostPlace {
  Str path;                // absolute; empty: no position
  uint32_t line, column;   // 1-based, bytes: as it was when the package was compiled
  const AstSource *source; // of code that may be edited: with slot (AstDecl.slot) and offset in it; else NULL
  uint32_t slot, offset;
} CostPlace;

typedef struct CostArg { // an argument that is a function
  uint32_t param;        // of the callee
  Sym func;              // NULL: not known …
  uint32_t own;          // … but it is this parameter of the caller; UINT32_MAX: it is none
} CostArg;

typedef struct CostEvent {
  uint8_t kind, why; // CostEventKind, CostWhy
  bool loops, cold;  // in a loop, more than once in a call; where it fails, panics, or once
  bool later;        // in a new goroutine
  bool trusted;      // a call of which a comment on its line says that it costs nothing: //heapls:trust REASON
  uint32_t objects;  // COST_SITE: at most; COST_MANY: no bound is known
  int64_t bytes;     // … that the allocator takes for them; -1: not known
  Sym callee;        // COST_CALL: "import/path.(*T).M"
  Str text;          // "make([]byte, n)", "fmt.Sprintf", "io.Writer.Write"
  uint32_t param;    // COST_PARAM
  const CostArg *args;
  uint32_t arg_count;
  CostPlace place;
} CostEvent;

// What one function does. Immutable.
typedef struct CostCode {
  Sym symbol;   // "import/path.(*T).M"; function literals as gc names them, "import/path.F.func1"
  Str name;     // as printed in its package: "(*T).M"
  Sym declared; // symbol of the function whose declaration it lies in; NULL: none
  CostPlace place;
  const CostEvent *events; // in the order of the code
  uint32_t event_count;
  bool is_literal;
} CostCode;

typedef struct CostLink { // by //go:linkname: one of the two has a body, which is the other's too
  Sym local, other;
} CostLink;

// Of one compilation. Immutable; reference-counted.
typedef struct CostBatch {
  uint32_t references; // atomic
  VEC(CostCode) codes;
  VEC(CostLink) links;
  Arena arena;
} CostBatch;
CostBatch *cost_batch_new(void); // returns a reference
CostBatch *cost_batch_retain(CostBatch *);
void cost_batch_release(CostBatch *); // NULL: nothing
// What the functions of a set do, which was made with IrOptions.costs. Returns a reference.
CostBatch *cost_batch_of(const AllocSet *);

// ---- Assembly and links (assembly.c)

// Adds what the functions of a .s file do: those that call nothing, or only by name. package: its import path.
void cost_read_assembly(CostBatch *, Interner *, Str package, Str path, Str text);
// Adds the names that a Go file gives by //go:linkname.
void cost_read_links(CostBatch *, Interner *, Str package, Str text);

// ---- Bounds (solve.c)

typedef enum CostLevel {
  COST_ALL,
  COST_WARM, // without what fails, panics or runs once
  COST_LEVELS
} CostLevel;

typedef struct CostSum {
  uint32_t once, turn;            // objects at most: in all, and for each turn of a loop besides; COST_MANY: no bound
  int64_t once_bytes, turn_bytes; // -1: not known
  uint32_t params, params_often;  // bits: parameters that are called; more than once, perhaps
  bool unknown;
  // The shortest ways to a site, and to what is not known: the first event on it, and how many steps there are.
  uint32_t site, blind;             // index of an event
  uint16_t site_steps, blind_steps; // COST_FAR: there is none
} CostSum;
bool cost_is_nothing(const CostSum *);
bool cost_sum_equal(const CostSum *, const CostSum *);

typedef struct CostEntry {
  const CostCode *code;
  CostBatch *batch; // where it lies
  CostSum sums[COST_LEVELS];
  bool in_cycle; // when they were made
} CostEntry;

// Where the bounds of other packages' functions come from.
typedef struct CostLookup {
  void *context;
  const CostEntry *(*find)(void *context, Sym symbol); // NULL: there is none
} CostLookup;

// The bounds of a package. Immutable; reference-counted.
typedef struct CostTable CostTable;
struct CostTable {
  uint32_t references; // atomic
  CostEntry *entries;
  uint32_t len;
  PtrMap by_symbol;         // Sym -> index + 1
  VEC(CostBatch *) batches; // retained; C heap
  uint32_t summed;          // of the last update: so many were summed up anew
};
// Of all functions of the batches; of two with one symbol the first one's. Returns a reference.
CostTable *cost_table_new(CostBatch *const *batches, uint32_t count, const CostLookup *);
// The same with these functions in place of those with the same symbols. Only what changed is summed up, and what calls
// it, until sums are equal. all: everything is, as the bounds of other packages have changed. Returns a reference.
CostTable *cost_table_update(const CostTable *, CostBatch *const *changed, uint32_t count, bool all,
                             const CostLookup *);
// Of codes whose sums are known, in the same order; takes sums[COST_LEVELS] of each. Returns a reference.
CostTable *cost_table_known(CostBatch *, const CostSum *sums);
CostTable *cost_table_retain(CostTable *);
void cost_table_release(CostTable *);                      // NULL: nothing
const CostEntry *cost_find(const CostTable *, Sym symbol); // NULL: there is none

// What is known of a function by rule (functions.def).
typedef enum CostRule { COST_RULE_NONE, COST_RULE_OWN, COST_RULE_CALLS_FIRST, COST_RULE_COUNTED } CostRule;
CostRule cost_rule(Sym symbol);

// ---- The way to what spoils it

typedef struct CostStep {
  const CostEntry *in; // function
  const CostEvent *event;
} CostStep;
enum { COST_STEPS = 64 };
// From a function to the nearest site, or (blind) to the nearest thing that is not known. Returns how many steps.
uint32_t cost_chain(const CostEntry *, CostLevel, bool blind, const CostLookup *all, CostStep steps[COST_STEPS]);

// ---- Words (words.c)

// "allocates nothing, nor does anything it calls", "at most 2 allocations, 96 B", "… for each turn of a loop",
// "unknown: calls io.Writer.Write". last: the end of the way to what is not known; NULL: not told.
void cost_write_sum(Buf *, const CostSum *, const CostEvent *last);
void cost_write_event(Buf *, const CostEvent *); // "allocates make([]byte, n)", "calls fmt.Sprintf"
const char *cost_why_text(CostWhy);              // "a method that is called through an interface"

#endif
