// graph_internal.h: the escape graph of one batch of functions.
//
// A Location stands for a variable or for the storage of an allocating expression. An Edge dst <- src with d
// dereferences says that src, after d loads (or, for -1, src's address), may be stored in dst. A Hole is where the
// value of an expression goes: a location and a dereference count. See the reference, section 3.1.
#ifndef HEAPLS_GRAPH_INTERNAL_H
#define HEAPLS_GRAPH_INTERNAL_H

#include "escape/escape.h"

enum { RESULT_TAGS = TAG_LEN - TAG_RESULT0 };

enum {
  ATTR_ESCAPES = 1,  // its address outlives the stack frame: heap
  ATTR_PERSISTS = 2, // its address outlives the statement
  ATTR_MUTATES = 4,  // memory reachable from it may be written
  ATTR_CALLS = 8,    // closures reachable from it may be called, their results untracked
  ATTR_ALL = ATTR_ESCAPES | ATTR_PERSISTS | ATTR_MUTATES | ATTR_CALLS,
};

// Why a value flows: kept only when explanations are wanted. Newest first.
typedef struct Note {
  const struct Note *next;
  IrNode *where;
  const char *why; // static
} Note;

typedef struct Location Location;
typedef struct Edge {
  Location *src;
  int32_t derefs; // ≥ -1
  const Note *notes;
} Edge;

struct Location {
  IrNode *node;    // NAME or allocating expression; NULL for temporaries
  IrName *name;    // of a NAME
  IrFunc *func;    // enclosing function
  VEC(Edge) edges; // incoming
  int32_t loop_depth;
  uint32_t result_index; // 1-based for results, else 0
  // State of the walk that reached it last.
  int32_t derefs;
  uint32_t walk, queued_one;
  Location *dst;
  uint32_t dst_edge;
  bool queued_all;
  uint8_t attrs, covered; // covered: those of which all that it reaches was told, while the flows are solved (solve.c)
  IrTag leaks;            // of a parameter
  bool captured, reassigned, addrtaken, is_param, is_result;
  bool is_pointed_to;             // its address flows somewhere, while the flows are solved
  struct Group *group;            // (solve.c)
  const char *reason;             // size or shape rule that forces it to the heap
  FlowStep *steps;                // why it escapes or leaks
  uint32_t step_count, explained; // the last way that came by
  const struct Location *because; // it escapes for: the root that was walked from
  FlowStep *also_steps;           // with explain: the end of a way to another root, the heap or a result
  uint32_t also_count;
};

typedef struct Hole {
  Location *dst;
  int32_t derefs;
  const Note *notes;
  bool addrtaken; // the context takes the expression's address
} Hole;

typedef struct PendingClosure {
  Hole hole;
  IrNode *closure;
} PendingClosure;

// Shared by all batches of a unit.
typedef struct EscapeUnit {
  IrUnit *unit;
  const TypeContext *types;
  PtrMap oracles;    // outermost IrFunc -> ReassignOracle
  PtrMap pointerful; // Type -> 1 has pointers, 2 has none
} EscapeUnit;

typedef struct Batch {
  EscapeUnit *shared;
  IrUnit *unit;
  Arena arena;               // the graph
  VEC(Location *) locations; // in creation order
  uint32_t explained;        // ways that were looked for
  VEC(PendingClosure) closures;
  Location heap, mutator, callee, blank;
  bool want_notes;
  uint32_t depth; // recursion
} Batch;

// The walk over one function's body.
typedef struct Walker {
  Batch *batch;
  IrFunc *func;
  int32_t loop_depth;
  PtrMap labels; // label -> PLAIN or LOOPING (walk.c), until it was passed
} Walker;
enum { ESCAPE_DEPTH_LIMIT = 10000 };

// Progress of a function, in IrFunc.opt while the unit is analysed.
enum { FUNC_UNKNOWN, FUNC_PLANNED, FUNC_STARTED };

// -- graph.c --
Location *location_new(Batch *, IrFunc *, IrNode *, int32_t loop_depth, bool persists);
Location *location_of(Batch *, IrFunc *current, IrName *); // of the canonical variable
Hole hole_of(Location *);
Hole hole_note(Batch *, Hole, IrNode *where, const char *why);
Hole hole_shift(Hole, int delta);
Hole hole_deref(Batch *, Hole, IrNode *where, const char *why);
Hole hole_addr(Batch *, Hole, IrNode *where, const char *why);
Hole hole_assert(Batch *, Hole, Type *target, IrNode *where, const char *why); // of x.(target)
void flow(Batch *, Hole, Location *src);
Hole walker_tee(Walker *, const Hole *, uint32_t count);
Hole walker_spill(Walker *, Hole, IrNode *);
bool batch_pointerful(Batch *, Type *);
void tag_add(IrTag *, unsigned kind, int derefs);
int tag_get(const IrTag *, unsigned kind); // -1: none
void tag_optimize(IrTag *);
bool in_current_batch(const Batch *, const IrFunc *);
bool is_capturing_closure(const IrFunc *);
bool contains_closure(const IrFunc *outer, const IrFunc *closure);

// -- walk.c, call.c --
void walk_func(Batch *, IrFunc *);
void walk_expr(Walker *, Hole, IrNode *);
void walk_expr_skip_init(Walker *, Hole, IrNode *);
void walk_unsafe_value(Walker *, Hole, IrNode *);
void walk_discard(Walker *, IrNode *);
void walk_discard_list(Walker *, const IrList *);
void walk_stmt(Walker *, IrNode *);
void walk_stmts(Walker *, const IrList *);
void walk_block(Walker *, const IrList *);
Hole walk_addr(Walker *, IrNode *);
void walk_assign_heap(Walker *, IrNode *src, const char *why, IrNode *where);
void walk_call(Walker *, const Hole *results, uint32_t result_count, IrNode *call); // results NULL: a statement
void walk_go_defer(Walker *, IrNode *);
Hole walk_tag_hole(Walker *, const Hole *results, uint32_t result_count, IrFunc *callee, uint32_t param);

// -- self_assign.c --
bool is_self_assignment(const IrNode *dst, const IrNode *src);
bool is_reflect_header_data(const IrNode *);

// -- size.c --
ReassignOracle *escape_oracle(Batch *, IrFunc *); // of the outermost function around it
void rewrite_with_literals(Batch *, Location *);
const char *heap_alloc_reason(const Batch *, const IrNode *); // NULL: none

// -- solve.c --
void solve(Batch *);
void explain_flow(Batch *, Location *dst, Location *src, int derefs, const Note *, Location *owner);
void explain_escape_head(Batch *, Location *);

#endif
