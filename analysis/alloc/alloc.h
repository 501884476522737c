// alloc.h: the door of alloc/: what the generated code really asks the allocator for: the truth below -m.
//
//   alloc.c           the unit, function by function      walk.c, expr.c  in the order of gc's walk: a site a place
//   box.c             values in interfaces                move.c          slices moved where they are shared
//   facts.c, fact_set.c, fold.c, range.c, same.c  what is known there: what SSA would fold
//   cold.c            how seldom a place is reached       size.c          size classes
//   calls.c           calls that are left, and what the runtime carries out
//   lookup.c          strings that are only keys
//   loops.c           which loops a block leaves          map.c           what maps are made of
//   funcs.def         the runtime's functions that allocate      walk_internal.h  limits of the stack and of maps
//
// gc's "escapes to heap" is a statement about lifetime. Whether memory is allocated is settled afterwards, by the
// passes that turn the tree into calls of the runtime. From a compiled unit (escape verdicts set) this makes one
// AllocSite for every place where the question comes up: sites that call the allocator, with the function called, the
// condition, the bytes, and where and how often; and sites that look as if they did but don't, with the reason.
//
//   AllocSet *set = alloc_set_new(unit);
//   for (uint32_t i = 0; i < set->len; i++) if (alloc_site_calls(&set->items[i])) …
//   alloc_set_free(set);
#ifndef HEAPLS_ALLOC_H
#define HEAPLS_ALLOC_H

#include "escape/escape.h"

typedef enum AllocFunc {
  ALLOC_FUNC_NONE, // no call
#define ALLOC_FUNC(name, text) ALLOC_##name,
#include "alloc/funcs.def"
#undef ALLOC_FUNC
  ALLOC_FUNC_COUNT
} AllocFunc;
const char *alloc_func_name(AllocFunc); // "newobject", without package; NULL for ALLOC_FUNC_NONE

// What stands at the site.
typedef enum AllocKind {
  ALLOC_KIND_VARIABLE,  // declaration of a local that is moved to the heap
  ALLOC_KIND_PARAMETER, // parameter or result moved to the heap: allocated on entry
  ALLOC_KIND_NEW,       // new(T)
  ALLOC_KIND_POINTER,   // &T{…}
  ALLOC_KIND_SLICE,     // []T{…}, variadic arguments
  ALLOC_KIND_MAP,       // map[K]V{…}, make(map[K]V)
  ALLOC_KIND_MAKE_SLICE,
  ALLOC_KIND_MAKE_CHAN,
  ALLOC_KIND_APPEND,
  ALLOC_KIND_MOVE_SLICE,   // slice grown on the stack is moved to the heap where it becomes shared
  ALLOC_KIND_CONCAT,       // s + t
  ALLOC_KIND_CONVERSION,   // between strings, bytes, runes
  ALLOC_KIND_INTERFACE,    // conversion to an interface
  ALLOC_KIND_CLOSURE,      // function literal
  ALLOC_KIND_METHOD_VALUE, // x.M
  ALLOC_KIND_CALL,         // call of the allocator by name, in package runtime
} AllocKind;

// When a call allocates. ALLOC_IF_…: only then.
typedef enum AllocCondition {
  ALLOC_ALWAYS,
  ALLOC_IF_VALUE,        // boxed integer ≥ limit (smaller ones are in a table)
  ALLOC_IF_NOT_EMPTY,    // boxed string is not ""; converted bytes are not empty
  ALLOC_IF_NOT_NIL,      // boxed slice is not nil
  ALLOC_IF_LONGER,       // result is longer than limit units (bytes; runes for []rune)
  ALLOC_IF_SEVERAL,      // more than one operand is not empty
  ALLOC_IF_GROWS,        // appended beyond the capacity
  ALLOC_IF_GROWS_BEYOND, // likewise, and beyond the first limit elements, which have a buffer on the stack
  ALLOC_IF_LARGER,       // capacity above limit elements: up to there it is on the stack
  ALLOC_IF_HINT,         // size hint above limit entries: up to there it is on the stack
  ALLOC_IF_ON_STACK,     // the slice still is in its stack buffer
  ALLOC_NEVER,           // the call is made, but its buffer on the stack is always large enough
} AllocCondition;

// Why there is no call although the construct or gc's words suggest one.
typedef enum AllocWhyNot {
  ALLOC_WHY_CALLS,      // there is one
  ALLOC_WHY_STACK,      // stays in the stack frame
  ALLOC_WHY_STACK_MAP,  // header and first group of the map stay in the stack frame
  ALLOC_WHY_READ_ONLY,  // constant data in the binary
  ALLOC_WHY_ZERO_VALUE, // the runtime's block of zeros
  ALLOC_WHY_ZERO_SIZE,
  ALLOC_WHY_POINTER,    // pointer-shaped: is the interface's data word itself
  ALLOC_WHY_BYTE,       // bool or one byte: entry of a static table
  ALLOC_WHY_NO_CAPTURE, // function literal that captures nothing: static
  ALLOC_WHY_ZERO_COPY,  // aliases the string
  ALLOC_WHY_MAP_KEY,    // string(b) that only looks up a map
  ALLOC_WHY_COMPARED,   // string(b) that is only compared or switched on
  ALLOC_WHY_JOINED,     // string(b) that is only concatenated with a literal
  ALLOC_WHY_RANGED,     // []byte(s) that is only ranged over
  ALLOC_WHY_COUNTED,    // len([]rune(s)), len(string(b))
  ALLOC_WHY_EXTENDED,   // make as the second operand of append
  ALLOC_WHY_ROOM,       // append to a slice that is known to have room
  ALLOC_WHY_NOTHING,    // append without elements
  ALLOC_WHY_MERGED,     // shares the allocation of the variable declared before it
  ALLOC_WHY_PART,       // joined strings that are part of a longer concatenation
  ALLOC_WHY_DIRECT,     // function literal that is called at once
} AllocWhyNot;

// AllocSite.cold: how seldom a site is reached. What can be told from the code alone:
enum {
  // The statement or block ends in panic, or in a call that never returns: os.Exit, runtime.Goexit, log's Fatal and
  // Panic functions, testing's Fatal, FailNow and Skip methods.
  ALLOC_COLD_PANIC = 1,
  // The statement returns, or the block ends in returning, as the last result of type error, a value that is certainly
  // not nil: a concrete value, what errors.New or fmt.Errorf gives, a package variable; or anything but the word nil
  // where the block's condition says that some error is not nil.
  ALLOC_COLD_ERROR = 2,
  // In a function that is handed to sync.Once.Do, OnceFunc, OnceValue or OnceValues.
  ALLOC_COLD_ONCE = 4,
  // In an init function or the initialiser of a package variable.
  ALLOC_COLD_INIT = 8,
  // Each also: in a function that only this package can name (not exported, no go:linkname, no method that is called
  // through an interface) and that is only called, from places that all have the flag; and in a function literal that
  // stays on the stack and stands at such a place.
};

typedef struct AllocSite {
  AllocKind kind;
  AllocFunc call;
  AllocCondition condition;
  AllocWhyNot why_not;
  IrPos pos;            // where the call is: the innermost position (pos.inl: how it got there, IrUnit.inline_tree)
  const IrFunc *func;   // function whose code holds it
  const IrNode *node;   // the construct; NULL for variables
  const IrName *name;   // variables; slices that are moved
  const Type *type;     // what is allocated (element type for slices), may be NULL
  int64_t limit;        // of the condition
  int64_t bytes;        // asked for each time, -1: known at run time only
  int64_t size_class;   // bytes the allocator takes for them, -1: unknown
  int64_t elem_bytes;   // bytes per element where the number is not known, else 0
  int64_t more_bytes;   // of further objects that come with it (tables of a map, buffer of a channel)
  uint32_t merged;      // further variables in the same allocation
  uint8_t loop_depth;   // after inlining; 1: not in a loop
  uint8_t repeat_depth; // … without the loops that the block it is in leaves before their next turn
  uint8_t cold;         // ALLOC_COLD_*
  uint8_t place_cold;   // the same of the place inside of its function alone, whoever calls that
  bool no_pointers;     // the garbage collector does not scan it
  bool escapes;         // gc's verdict
} AllocSite;
bool alloc_site_calls(const AllocSite *);     // the runtime function
bool alloc_site_allocates(const AllocSite *); // and that can take memory

// What a function's code does that decides how cold others of the package are: the sum of all its places, those in its
// function literals included. With explain only.
typedef struct AllocUse {
  const IrFunc *caller; // no function literal; NULL: data of package variables
  const IrFunc *callee; // that alloc_can_be_cold; NULL: `method` is called through an interface
  Sym method;
  bool calls;                   // the callee can be reached from there, where it is at least as cold as
  uint8_t cold, cold_if;        // cold, and where the caller is cold cold_if too
  uint16_t values, values_once; // so many uses other than in calls; of these so many are handed to sync.Once
} AllocUse;
// Is its coldness a matter of its uses: can only this package name it?
bool alloc_can_be_cold(const IrFunc *);

// What the code does that is more than instructions of its own: calls that are left when inlining is over, and
// operations that the runtime carries out. In unreachable code there are none. With IrOptions.costs only.
typedef enum AllocCallKind {
  ALLOC_CALLS_FUNC,      // of callee
  ALLOC_CALLS_INTERFACE, // of a method through an interface
  ALLOC_CALLS_VALUE,     // of a function value, value if that is a parameter of the function itself
  ALLOC_CALLS_RUNTIME,   // operation node->op
  ALLOC_CALLS_LOST,      // nested so deeply that the code was not looked at
} AllocCallKind;
typedef struct AllocArg { // an argument that is a function
  uint32_t param;         // its index in the callee's params
  const IrFunc *func;     // it is this one; NULL: not known …
  const IrName *value;    // … but it is this parameter of the caller
} AllocArg;
typedef struct AllocCall {
  AllocCallKind kind;
  IrPos pos;
  const IrFunc *func;   // function whose code it is in
  const IrNode *node;   // the call or operation
  const IrFunc *callee; // of ALLOC_CALLS_FUNC
  const IrName *value;
  AllocArg *args;
  uint32_t arg_count;
  uint8_t repeat_depth, place_cold; // as of sites
  bool later;                       // in a new goroutine
} AllocCall;

// Every site of a unit in order of functions. Immutable; borrows the unit.
typedef struct AllocSet {
  const IrUnit *unit;
  VEC(AllocSite) sites;
  VEC(AllocUse) uses;
  VEC(AllocCall) calls;
  VEC(const IrFunc *) walked; // functions whose code was looked at; with IrOptions.costs only
  Arena arena;
} AllocSet;
AllocSet *alloc_set_new(const IrUnit *); // the unit is complete; returns owned
void alloc_set_free(AllocSet *);

// Words for people.
void alloc_write_condition(Buf *, const AllocSite *); // "if value >= 256"; nothing when it always allocates
void alloc_write_bytes(Buf *, const AllocSite *);     // "48", "n*8", "?"
const char *alloc_why_not_text(AllocWhyNot);          // a sentence for hovers; "" for ALLOC_WHY_CALLS

// -- what the allocator takes (size.c; GOROOT/src/runtime/malloc.go and internal/runtime/gc/sizeclasses.go) --
// Bytes of the block that holds an object of that size; small pointer-free objects (< 16 bytes) share blocks of 16:
// what one of them uses up, rounded up.
int64_t alloc_size_class(int64_t bytes, bool no_pointers, uint8_t word);
// The function that gets an object of that size since go1.27 (cmd/compile/internal/ssagen, specializedMallocSym);
// ALLOC_FUNC_NONE: there is none by size.
AllocFunc alloc_func_by_size(int64_t bytes, bool no_pointers, uint8_t word);
bool alloc_is_tiny(int64_t bytes, bool no_pointers);
// Bytes that an object takes on average: of tiny ones several share a block.
double alloc_bytes_taken(int64_t bytes, bool no_pointers, uint8_t word);

#endif
