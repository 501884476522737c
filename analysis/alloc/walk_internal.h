// walk_internal.h: what the files of the allocation pass share.
//
//   alloc.c   the unit: functions in turn, closures; names and words
//   walk.c    statements: order, reachability, loops, cold blocks    expr.c   expressions: one rule per construct
//   box.c     conversions to interfaces, constant data              move.c   slices moved where they are shared
//   size.c    size classes                                          facts.c  what is certain where control is
//   cold.c    how seldom code is reached                            fold.c   what is known at compile time
//   loops.c   loops that a block leaves; inlined bodies             map.c    sizes of maps
//   same.c    expressions that are the same value                   range.c  bounds of integers, conditions that hold
//   calls.c   calls, and operations of the runtime
//   fact_set.c  facts by variable
#ifndef HEAPLS_WALK_INTERNAL_H
#define HEAPLS_WALK_INTERNAL_H

#include "alloc/alloc.h"
#include "base/stack.h"

enum {
  STACK_BUFFER = 32,          // bytes of the buffers for strings, and of the one for makes and appends of unknown size
  RUNE_BUFFER = 4,            // bytes of string(rune)'s
  STACK_VALUE_LIMIT = 1024,   // bytes of a value boxed on the stack; also of the runtime's block of zeros
  IMPLICIT_LIMIT = 64 * 1024, // bytes of objects without a name on the stack
  MAP_GROUP_SLOTS = 8,
  SMALL_INTEGERS = 256, // boxed without allocation
  AGGREGATE_LIMIT = 16, // bytes of variables that share an allocation
};

// Slices that the move-to-heap pass changes in one function.
typedef struct SliceMoves {
  PtrMap appends;     // APPEND node -> MOVE_PLAIN or MOVE_BUFFER
  PtrMap transitions; // statement -> MoveList
} SliceMoves;
enum { MOVE_PLAIN = 1, MOVE_BUFFER };
typedef struct MoveEntry {
  IrName *slice;
  bool keep_capacity;
} MoveEntry;
typedef struct MoveList {
  VEC(MoveEntry) items;
} MoveList;
void alloc_slice_moves_release(SliceMoves *); // move.c

// What a function's code does with another one (of this package).
typedef enum FuncUseKind {
  FUNC_USE_CALL,     // it can be reached from there; cold: how cold the place is inside of the caller
  FUNC_USE_LATER,    // likewise, but at any time
  FUNC_USE_VALUE,    // it is used other than in a call
  FUNC_USE_ONCE,     // likewise: one of these values is handed to sync.Once and the like
  FUNC_USE_DISPATCH, // methods of that name are called through an interface
} FuncUseKind;
typedef struct FuncUse {
  const IrFunc *callee, *caller;
  Sym method;
  FuncUseKind kind;
  uint8_t cold;
} FuncUse;

// Over the whole unit.
typedef struct AllocPass {
  AllocSet *set;
  const IrUnit *unit;
  const TypeContext *types;
  PtrMap oracles;         // outermost IrFunc -> ReassignOracle
  PtrMap forms;           // IrNode -> a number for what it computes (same.c)
  PtrMap visited;         // IrFunc
  PtrMap once;            // IrFunc of a function literal handed to sync.Once and the like
  VEC(IrFunc *) closures; // heap; found, to be walked
  VEC(FuncUse) uses;      // heap
  PtrMap values;          // IrFunc -> how often it is used other than in a call
  PtrMap values_once;     // IrFunc -> how often of these it is handed to sync.Once and the like
  PtrMap dispatched;      // Sym of a method that is called through an interface
  PtrMap fixed;           // IrFunc whose coldness does not depend on its uses
  ConstPool constants;
  bool fips; // FIPS modules have no constant data with addresses
} AllocPass;

// What is known of a slice: between least and len elements (INT64_MAX: any number), room for at least cap. fixed: for
// exactly cap. tested: a condition said that there is as much room.
typedef struct Shape {
  int64_t len, cap, least;
  bool fixed, tested;
} Shape;
enum { NIL_UNKNOWN, NIL_IS, NIL_NOT };

// Bounds of an integer, both included.
typedef struct Range {
  int64_t low, high;
} Range;

// What is certain about a local variable where control is (facts.c).
typedef struct Fact {
  const IrName *name;
  const Const *value; // of basic types; NULL: not known
  uint8_t nil;        // NIL_…, of pointers, interfaces and the like
  Shape shape;        // of slices
  bool has_range;     // of integers
  Range range;
  uint32_t time; // when it was assigned to, or when values met
} Fact;
typedef struct FactSet { // on the C heap (fact_set.c)
  Fact *items;
  uint32_t len, cap;
  uint32_t *slots; // by variable: number of its fact plus 1; NULL: not made
  uint32_t slot_count, slots_used;
} FactSet;

// Where several ways meet: the end of a switch or select, or a loop (which forgets what it assigns anyway).
typedef struct Meeting {
  struct Meeting *outer;
  bool is_loop, any;
  uint32_t since;
  FactSet before, after;
} Meeting;

// An expression when it was evaluated (same.c).
typedef struct Value {
  IrNode *node;
  uint32_t time;
} Value;

// What holds where control is (range.c): x relation y, or x is one of values (constant expressions, from a switch), or
// (is_truth) the boolean x is true or, when the relation is not equality, false.
typedef struct Known {
  Value x, y;
  const IrList *values;
  Range x_range, y_range; // of ordered ones
  uint8_t relation;       // which of less (1), equal (2), greater (4) are possible
  bool ordered;           // integers
  bool is_unsigned, is_nil, is_truth;
} Known;

// Which clauses of a switch can be reached by their values; others: and none of them.
typedef struct Clauses {
  bool *reached;
  bool others;
} Clauses;

// A call whose inlined body is walked.
typedef struct InlinedCall {
  struct InlinedCall *outer;
  Sym end;           // label behind the body, to which its returns jump; NULL: none
  uint32_t depth;    // Walker.loop_depth …
  uint32_t left;     // … and Walker.left where it is called
  bool is_loop_body; // of a loop over a function
} InlinedCall;

// Over one function.
typedef struct Walker {
  AllocPass *pass;
  IrFunc *func;
  SliceMoves moves;
  PtrMap buffered; // NAME node of a slice whose first append already uses the stack buffer
  PtrMap looping;  // LABEL nodes that are jumped back to
  uint32_t loop_depth, depth;
  IrNode *key;      // string(b) of the statement, if only a map is looked up with it
  IrNode *appended; // the append walked last, and what came of it
  Shape appended_shape;
  bool defers;      // the function has defer statements: its results are in memory
  bool past_entry;  // control has left the first block
  bool open_defers; // they are called where the function returns, without records
  bool ended;       // the expression being walked holds an inlined call that never returns
  uint8_t cold;
  uint32_t left;         // loops around that the block leaves before their next turn: it runs once in them
  InlinedCall *inlined;  // the innermost; NULL: none
  uint32_t facts_kept;   // when those were let go last that no code can ask for
  FactSet facts, fallen; // fallen: where the last fallthrough statement was
  Meeting *meeting;      // innermost
  VEC(Known) known;      // heap; innermost last
  PtrMap assigned;       // IrName -> when it was assigned to
  uint32_t clock, memory_changed, looped;
  uint32_t looking_back; // a variable's definition is looked at, which was evaluated before
  uint32_t effort;       // steps of looking up since the last statement
  PtrMap at_labels;      // label -> FactSet of the jumps to it so far
  // Variables that may share one allocation (a run of small pointer-free ones).
  uint32_t pending; // site index plus 1, 0: none
  int64_t pending_bytes, pending_align;
} Walker;

// Where an expression stands.
typedef enum Place {
  PLACE_VALUE,
  PLACE_TEMP, // the bytes of string(b), or []byte(s), are only looked at
} Place;

// -- walk.c --
void alloc_walk_func(AllocPass *, IrFunc *);
void alloc_walk_list(Walker *, const IrList *);
bool alloc_walk_body(Walker *, const IrList *);
bool alloc_walk_stmt(Walker *, IrNode *); // does control reach what follows?
// Adds a site; position and function are filled in. The returned site is valid until the next is added.
AllocSite *alloc_add_site(Walker *, AllocKind, const IrNode *, IrPos, const Type *);
void alloc_set_call(Walker *, AllocSite *, AllocFunc, int64_t bytes, bool no_pointers);
void alloc_set_none(AllocSite *, AllocWhyNot);
void alloc_add_object(Walker *, AllocKind, const IrNode *, IrPos, const Type *, int64_t bytes, bool no_pointers,
                      bool on_stack); // by newobject

uint8_t alloc_repeat_depth(const Walker *); // AllocSite.repeat_depth of the place

// -- calls.c --
void alloc_add_call(Walker *, IrNode *, bool later);
void alloc_add_operation(Walker *, const IrNode *);
void alloc_add_lost(Walker *, const IrNode *);
void alloc_add_named_call(Walker *, const IrNode *, const IrFunc *callee); // a site, if that is the allocator

// -- same.c --
// The clock: what has changed since when.
void alloc_assigned(Walker *, const IrNode *x);
uint32_t alloc_assigned_at(const Walker *, const IrName *);
void alloc_memory_changed(Walker *);
uint32_t alloc_enter_loop(Walker *); // what the walker's `looped` is to be after the loop
bool alloc_is_reassigned(Walker *, const IrName *);
IrNode *alloc_static_value_of(Walker *, IrNode *); // as the front end sees it, also through captured variables
Value alloc_value(Walker *, IrNode *);             // as of now
Value alloc_value_at(Walker *, IrNode *, uint32_t time);
bool alloc_same_value(Walker *, Value, Value);

// -- range.c --
Range alloc_range(Walker *, IrNode *);
Range alloc_length_range(Walker *, IrNode *x, bool capacity); // slice or string
void alloc_narrow_shape(Walker *, IrNode *slice, Shape *);
bool alloc_has_room(Walker *, IrNode *slice);           // a condition says that it has, for one more element
int alloc_known_relation(Walker *, IrNode *comparison); // 1: holds, 0: does not, -1: not known
int alloc_known_truth(Walker *, IrNode *);              // of a boolean; likewise
int alloc_known_nilness(Walker *, IrNode *);            // NIL_…
const IrList *alloc_known_values(Walker *, IrNode *); // of the clause of a switch on it that control is in; NULL: none
void alloc_know_values(Walker *, IrNode *tag, const IrList *values);
// Puts on the stack what a condition says when it holds, or when it doesn't.
void alloc_know_condition(Walker *, IrNode *cond, bool holds, unsigned depth);

// -- fold.c --
bool alloc_may_ask(Walker *); // false: enough was looked up for this statement
// The value of an expression that the back end will have folded; NULL: not known.
const Const *alloc_folded(Walker *, IrNode *);
int alloc_nilness(Walker *, IrNode *);                   // NIL_…
int alloc_condition(Walker *, IrNode *);                 // 1: true, 0: false, -1: not known
bool alloc_is_jump_table(Walker *, const IrList *cases); // does a switch become one?
// Is the tag of a switch known in a clause?
bool alloc_clause_tells(Walker *, const IrNode *tag, const IrNode *clause, bool jump_table);
bool alloc_has_fast_string_lookup(const TypeContext *, const Type *map);
// Notes in Walker.key the conversion of an assignment s = string(b) at i, if s only looks up a map in what follows.
void alloc_note_lookup(Walker *, const IrList *, uint32_t i);
Clauses *alloc_clauses(Walker *, IrNode *tag, const IrList *cases); // tag NULL: true. NULL: all may be reached

// -- move.c --
void alloc_find_slice_moves(Arena *, const AllocPass *, IrFunc *, SliceMoves *);

// -- cold.c --
uint8_t alloc_cold_stmt(Walker *, const IrNode *); // ALLOC_COLD_* of what is evaluated for the statement
// Of a block that is reached when cond (NULL: none) holds, or when it doesn't.
uint8_t alloc_cold_block(Walker *, const IrList *block, const IrNode *cond, bool holds);
const IrFunc *alloc_inlined_callee(const Walker *, const IrNode *n); // n: a call that was inlined; NULL: not known
bool alloc_never_returns(const IrNode *);
void alloc_use(Walker *, const IrFunc *callee, uint8_t cold);
void alloc_use_later(Walker *, const IrFunc *callee);         // by a goroutine, or by who keeps it: at any time
void alloc_use_value(Walker *, const IrFunc *);               // not by a call
void alloc_use_method(Walker *, Sym name);                    // that is called through an interface
void alloc_use_once(Walker *, IrNode *x);                     // an argument of sync.Once.Do and the like
void alloc_use_inlined(Walker *, const IrNode *inlined_call); // OnceFunc and the like, inlined
bool alloc_runs_once(const IrFunc *);                         // is one of these
void alloc_spread_cold(AllocPass *);                          // when all is walked: functions, then sites

// -- loops.c --
// How many of the loops around a block are certainly left where it ends.
uint32_t alloc_loops_left(const Walker *, const IrList *block);
bool alloc_walk_inlined(Walker *, IrNode *call); // does control reach what follows?

// -- map.c --
void alloc_add_map(Walker *, const IrNode *, const IrNode *hint_node, int64_t hint, IrPos);

// -- expr.c --
void alloc_walk_expr(Walker *, IrNode *, Place, uint32_t depth);
void alloc_walk_exprs(Walker *, const IrList *);
// How the function of a call is used.
typedef enum CallKind { CALL_PLAIN, CALL_DEFERRED, CALL_GO } CallKind;
void alloc_walk_callee(Walker *, IrNode *call, CallKind);
void alloc_walk_append(Walker *, IrNode *, IrPos stmt_pos, IrNode *target);
void alloc_walk_assign_op(Walker *, IrNode *); // the right side of x op= y
void alloc_walk_slice_literal(Walker *, IrNode *, IrPos);
void alloc_walk_make_slice_copy(Walker *, IrNode *n, IrNode *copy);

// A literal that is built in place, as part of an assignment at pos; any other value as usual.
void alloc_walk_built(Walker *, IrNode *, IrPos, bool in_place);

// -- fact_set.c --
Fact *fact_set_find(FactSet *, const IrName *);
void fact_set_add(FactSet *, const Fact *); // of a variable that has none
void fact_set_remove(FactSet *, Fact *);    // the last one takes its place
void fact_set_clear(FactSet *);
FactSet fact_set_copy(const FactSet *); // returns owned
void fact_set_release(FactSet *);

// -- facts.c --
const Fact *alloc_fact(Walker *, const IrNode *); // of a variable; NULL: none. Until the next assignment
Shape alloc_shape(Walker *, IrNode *slice);
int64_t alloc_spread_len(Walker *, IrNode *); // elements of a slice or string that is appended, -1: not known
void alloc_facts_assign(Walker *, IrNode *x, IrNode *y,
                        bool known); // x = y; y NULL: the zero value; known false: anything
void alloc_facts_assign_list(Walker *, const IrList *lhs, const IrList *rhs); // at the same time
void alloc_facts_enter_loop(Walker *, IrNode *loop);
void alloc_facts_break(Walker *, bool labelled); // a break statement
void alloc_facts_goto(Walker *, Sym label);
void alloc_facts_label(Walker *, Sym label, bool reachable);
void alloc_facts_after(Walker *, const IrNode *stmt); // where there are very many, what no code can ask for is let go
void alloc_facts_release(Walker *);
void alloc_facts_replace(FactSet *, FactSet by);                  // takes by
void alloc_facts_join(FactSet *, FactSet *other, uint32_t since); // since: when the ways parted
void alloc_facts_met(Walker *, uint32_t since);                   // all have been joined

// -- box.c --
void alloc_walk_box(Walker *, IrNode *n);
void alloc_box_value(Walker *, const IrNode *conv, IrPos, Type *from, IrNode *x, bool on_stack); // x NULL: a variable
bool alloc_is_static_literal(const AllocPass *, const IrNode *);

static inline int64_t alloc_round_up(int64_t n, int64_t align) {
  return align > 1 ? (n + align - 1) / align * align : n;
}
static inline Type *under(const Type *t) { return type_underlying(t); }
static inline bool is_kind(const Type *t, TypeKind kind) { return t && type_underlying(t)->kind == kind; }

#endif
