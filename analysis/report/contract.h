// contract.h: what comments promise of the code at their side, and what calls cost: said of one package.
//
//   //heapls:noalloc          above a function: neither it nor anything it calls allocates
//   //heapls:noalloc,cold     … but where it fails, panics, or once
//   //heapls:noalloc,own      … but what it calls may
//   //heapls:allocs N         at most N allocations; //heapls:bytes N: at most N bytes
//   //heapls:stack            at a line: what is made there stays on the stack
//   //heapls:inline           above a function: it can be inlined; at a line: its calls are inlined
//   //heapls:trust REASON     at a line: what is called there and not known costs nothing
//   //gcassert:noescape, inline, bce   as github.com/jordanlewis/gcassert has them
#ifndef HEAPLS_CONTRACT_H
#define HEAPLS_CONTRACT_H

#include "report/result.h"
#include "syntax/directives.h"

typedef struct CostPoint { // of a way
  CostPlace place;
  Str text; // "`pkg.F` calls fmt.Sprint"
} CostPoint;

// The same for a function whose text is not to be changed: agreed on elsewhere.
typedef struct Promise {
  Str package;  // import path
  Str function; // as printed there: "(*T).F"
  Str words;    // "noalloc,cold": what can stand above a function
  Str from;     // the file that says so
} Promise;
typedef struct Promises {
  const Promise *items;
  uint32_t len;
} Promises;
bool promise_is_known(Str words); // heapls has such a contract of functions

typedef enum ContractState {
  CONTRACT_BROKEN,
  CONTRACT_UNPROVED, // neither kept nor broken, as far as is known
  CONTRACT_MISUSED,  // not known, or not at such a place
  CONTRACT_UNTOLD,   // heapls does not tell
} ContractState;
typedef struct Contract { // that is not simply kept
  ContractState state;
  const AstSource *source;
  uint32_t start, end; // of the subject: offsets in the result's file
  Str code;            // "contract/noalloc"
  Str directive;       // "//heapls:noalloc"
  Str function;        // as printed; empty: none
  Str message;         // a sentence or two
  CostPoint *way;
  uint32_t way_count;
} Contract;

typedef struct CostNote { // of a function
  const AstSource *source;
  uint32_t slot; // AstDecl.slot
  Str cost;      // "allocates nothing, nor does anything it calls"
  Str warm;      // the same but for cold paths; empty: no difference
  bool nothing;
  CostPoint *way; // to what is not known, or else to an allocation
  uint32_t way_count;
} CostNote;

// Immutable; reference-counted. Files are those of the result, which must be kept as long.
typedef struct CostReport {
  uint32_t references; // atomic
  VEC(CostNote) notes;
  VEC(Contract) contracts;
  uint32_t promises; // contracts, kept ones included
  Arena arena;
} CostReport;
// table: of the package; live: made from the result's own declarations, else from the same texts. Returns a reference.
CostReport *cost_report_new(const PackageResult *, const CostTable *, bool live, const CostLookup *all,
                            const Promises *);
CostReport *cost_report_retain(CostReport *);
void cost_report_release(CostReport *);                                             // NULL: nothing
const CostNote *cost_note_of(const CostReport *, const AstSource *, uint32_t slot); // NULL: none
bool package_promises(const PackageResult *, const Promises *);                     // are there any of it, about?

#endif
