// finding_internal.h: what the files that make findings share.
//
//   finding.c  messages to findings: merging, order, ranges     range.c   positions to source ranges
//   amount.c   bytes, size classes, conditions, what is free    reason.c  the flow path to cause, why and steps
//   finding_call.c  what calls do with their arguments     finding_type.c  sizes and orders of structs
//   advice.c   hints, titles, what would keep it on the stack
//   finding_set.c  findings by file and declaration
//   given.c    slices whose room the caller chose
//   mark.c     the token that is underlined, and the expression's name
//   silent.c   allocations without a message                often.c  how often it matters
//   reason_call.c  which parameter takes a value on        reason_step.c  steps in words
//   words.c   names that only the compiler has             original.c  places in files that cgo translates
#ifndef HEAPLS_FINDING_INTERNAL_H
#define HEAPLS_FINDING_INTERNAL_H

#include "alloc/alloc.h"
#include "report/finding.h"

// Nodes of one declaration by their characteristic position.
typedef struct NodeIndex {
  const Ast **nodes; // sorted by pos, outer nodes before inner ones at the same position
  uint32_t len;
} NodeIndex;

// How the value of a site or variable leaves, as far as advice depends on it.
typedef struct Way {
  bool boxed;     // in an interface
  bool returned;  // to the caller
  bool error;     // … as an error
  bool passed;    // to a call
  bool variadic;  // … as one of any number of arguments
  bool panics;    // to panic
  bool loop_body; // in the body of a loop over a function
  bool fixed;   // to a function that the user cannot change: of another package, or not written in Go; or stored there
  bool several; // and another way too: what closes the first is not enough
} Way;

typedef struct FindingMaker {
  const IrUnit *unit;
  const TypeContext *types;
  FindingList *list;
  Arena *arena;       // the list's
  VEC(Finding) items; // C heap while it grows
  AllocSet *allocs;   // what the generated code allocates
  PtrMap sites;       // IrNode or IrName -> AllocSite, the heaviest of its kind
  PtrMap spoken;      // IrNode or IrName that a message is about
  StrMap known;       // "slot/offset/kind/subject" -> index + 1
  PtrMap indexes;     // AstDecl -> NodeIndex, in scratch
  PtrMap files;       // AstSource -> AstFile
  PtrMap givens;      // IrFunc, outermost -> GivenSlices, in scratch
  Str boxed;          // of the site last explained: what was put in an interface on its way, as gc prints it
  Way way;            // … how it leaves
  const Ast *placed;  // what the finding last placed is of; NULL: there is none
  Arena scratch;
} FindingMaker;

// -- words.c --
Str finding_c_words(Arena *, Str); // with C.puts where the cgo tool has _Cfunc_puts

// -- original.c --
void finding_move_to_original(FindingMaker *, Finding *);

// -- range.c --
typedef enum NodeWanted {
  WANT_EXPR,
  WANT_NAME,
  WANT_CALL,
  WANT_COMPOSITE,
  WANT_FUNC_LIT,
  WANT_CONVERSION,
  WANT_STATEMENT
} NodeWanted;
// The node at a position; NULL when there is none. WANT_CONVERSION: pos is the operand's, the conversion is meant.
const Ast *range_node(FindingMaker *, Pos, NodeWanted);
// GO or DEFER when the function literal around pos is what a go or defer statement calls, or when pos is that of such a
// statement (in_loop: it is in a loop of its function); else TOKEN_NONE.
Token range_go_defer(FindingMaker *, Pos, bool *in_loop);
// Is what is declared at the offset declared in front of the innermost loop around pos? False: there is none.
bool range_outside_loop(FindingMaker *, Pos, uint32_t declared);
const Ast *range_statement(FindingMaker *, Pos);            // the innermost around it that is no block; NULL: none
const AstFile *range_file(FindingMaker *, const AstDecl *); // any package's; NULL: gone
// Takes the position; start and end are still to be set, from base on. A declaration that stands for broken code may
// have no place in the text at the moment: it begins at 0 then, without line and column, until it has one again.
void finding_step_place(FindingStep *, const AstFile *, Pos);
Str range_text(const AstDecl *, const Ast *);

// The allocation pass's answer for a message's node or variable; NULL: it has none (unreachable code).
const AllocSite *site_of(const FindingMaker *, const IrMessage *);

// -- finding.c --
// As gc prints it, without type arguments and what only gc calls functions: the source does not have them there.
void write_function_name(Buf *, const FindingMaker *, const IrFunc *);
Str finding_function_name(FindingMaker *, const IrFunc *); // the same
// The function that a reader sees around the code of fn: the body of a loop over a function, and what gc makes of a go
// or defer statement, are functions to gc only.
const IrFunc *finding_function_seen(const IrFunc *fn);
void write_function_seen(Buf *, const FindingMaker *, const IrFunc *fn); // "`F`", "this function literal"
// Fills source, range and line of a message whose construct is at origin, which knows where it was inlined from. False:
// no place in a file of this package.
bool finding_place(FindingMaker *, Finding *, const IrMessage *, IrPos origin);
// Where a hint goes: after the construct, or at the end of the line of its position when it goes on below.
uint32_t finding_hint_place(const AstFile *, uint32_t at, uint32_t end);
void finding_fill(FindingMaker *, Finding *, const IrMessage *, const AllocSite *); // verdict, amounts and words
void finding_add(FindingMaker *, const Finding *, const IrMessage *); // merges it with one of the same place

// -- words.c --
// gc's text without names that only the compiler has: "…" stands for them.
void write_without_made(Buf *, Str);
Str without_made(FindingMaker *, Str);
// "F", "(*T).M", "pkg.F" of another package: of a function's declaration; else false.
bool write_declared_function(Buf *, FindingMaker *, const AstDecl *);
void write_expr(Buf *, const FindingMaker *, const IrNode *); // "`x`": as gc prints it, or as it is written
// The code there is that of another function, and came by inlining: who reads the call does not see its names.
bool reason_is_inlined(const FindingMaker *, IrPos);
void write_whose(Buf *, const FindingMaker *, IrPos); // " of `F`, which is inlined here": where names are to be found

// -- reason_step.c --
void reason_fill_steps(FindingMaker *, Finding *, const IrMessage *, uint32_t count); // the first so many
const IrNode *reason_shown_function(const IrNode *fun);                               // what is called, in the source
const IrNode *reason_assigned_to(const IrNode *);             // the left side that an assignment step is about
const IrName *reason_assigned_name(const IrNode *, Str name); // the variable of that name on the left side
bool reason_is_loop_result(Str printed); // where a return statement in a loop over a function keeps a result

static inline bool finding_is_append(const Finding *f) {
  return f->cause == CAUSE_APPEND || f->cause == CAUSE_APPEND_CALLER;
}

// -- given.c --
typedef struct GivenSlices GivenSlices;
bool given_by_caller(FindingMaker *, IrFunc *, const IrNode *slice); // of an append in the function
void given_release(FindingMaker *);

// -- mark.c --
void finding_mark(Finding *, const Ast *, uint32_t base); // base: where its declaration begins
Str finding_expression(FindingMaker *, const Finding *, const Ast *);

// -- silent.c --
void silent_add(FindingMaker *, const AllocSite *);

// -- often.c --
Str often_text(uint8_t cold); // Finding.when; static

// -- amount.c --
typedef struct Amount {
  int64_t bytes;      // -1: not known at compile time
  int64_t elem_bytes; // of a make or append with unknown count
  int64_t more_bytes; // of further objects, as the allocator counts them: a channel's buffer, a map's tables
  bool has_pointers;
  bool unsized;         // a part of the type is not known: a type of C
  bool free;            // nothing is allocated whatever the verdict says
  const char *free_why; // a sentence, when free
} Amount;
bool amount_is_static(const IrNode *);                                  // made of constants only: part of the program
Amount amount_of(FindingMaker *, const IrMessage *, const AllocSite *); // site may be NULL
int64_t size_class_of(int64_t bytes, bool has_pointers);
// "8 B", "4 KiB", "1.5 MiB"
void write_bytes(Buf *, int64_t);
// "8 bytes", "1 byte", "4 KiB"
void write_bytes_long(Buf *, int64_t);

// -- reason.c --
// Fills cause, why and steps of a finding whose verdict is that it goes to the heap.
void reason_fill(FindingMaker *, Finding *, const IrMessage *);
void reason_param(FindingMaker *, Finding *, const IrMessage *); // adds one message about a parameter

// -- reason_call.c --
typedef struct LeakingParam {
  Sym name; // NULL: not clear which
  bool is_recv;
} LeakingParam;
// The callee's parameter that takes the value, or else the only one that leaks. from: the flow line's source.
LeakingParam leaking_param(const FindingMaker *, const IrFunc *callee, const IrNode *call, Str from);

// -- literal.c --
bool finding_is_written_in_literal(const FindingMaker *, const IrName *);

// -- finding_function.c --
void functions_add(FindingMaker *); // declared ones: inlinability and its cost

// -- finding_call.c --
// Calls and struct types written in the unit's functions, and those of package-level declarations.
void calls_and_types_add(FindingMaker *);
Str shown_name(FindingMaker *, const Object *func); // as gc prints functions, without type arguments
// "import/path.(*T).M"
Str symbol_of(FindingMaker *, const Object *func);

// -- finding_type.c --
void struct_add(FindingMaker *, const AstFile *, const AstDecl *, const DeclTypes *, const Ast *n);

// -- advice.c --
void advice_fill(FindingMaker *, Finding *, const IrMessage *, const Amount *);
void advice_say_amount(FindingMaker *, Finding *, const IrMessage *); // hint and title

#endif
