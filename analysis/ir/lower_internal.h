// lower_internal.h: what the files of the lowering share.
//
// Lowering reads the syntax tree of a checked package and makes IR of it in one pass per function: what gc does in two
// (writing unified export data, reading it back with type checking of the IR). A body is lowered again for each call
// that is inlined and for each shape of a generic function, always from the syntax tree: a LowerSource remembers where
// from.
//
//   lower_unit.c       the unit: functions, package variables, initialiser, worklist, wrappers
//   lower_types.c      instantiation: substitution of type parameters, shapes, link names
//   lower_func.c       functions, parameters, closures, captured variables
//   lower_stmt.c       statements         lower_branch.c   switch, select, type switch
//   lower_expr.c       expressions        lower_call.c     calls, built-ins, methods
//   lower_conv.c       conversions        lower_godefer.c  go and defer
//   lower_generic.c    dictionaries, instances, wrappers of instances
//   lower_rangefunc.c  range over functions
//   lower_inline.c     bodies for inlining
#ifndef HEAPLS_IR_LOWER_INTERNAL_H
#define HEAPLS_IR_LOWER_INTERNAL_H

#include "base/stack.h"
#include "ir/ir.h"

// An instantiation: what the type parameters of a declaration stand for.
typedef struct LowerEnv {
  TypeList tparams; // as declared (a method has its own, for the receiver's)
  TypeList targs;   // types of the IR: shapes when shaped
  bool shaped;
  PtrMap types;      // source Type -> Type
  StrMap dict_words; // description of a dictionary entry -> its index plus one
  uint32_t dict_count;
  VEC(Type *) run_time_types; // source types whose descriptors a shaped function's dictionary holds
  struct SubDict *sub_dicts;
  uint32_t sub_dict_count, sub_dict_cap;
} LowerEnv;

// A dictionary inside another, of an instance of a generic function or type.
typedef struct SubDict {
  IrFunc *func;   // the shaped function, or NULL:
  Type *named;    // the shaped type
  TypeList targs; // source types
} SubDict;

// A static dictionary: gc instantiates the types in it.
typedef struct StaticDict {
  IrFunc *shaped;
  LowerEnv *env; // the shaped function's type parameters and the real arguments
  uint32_t types_done, subs_done;
} StaticDict;

// A loop over a function, and what its rewriting needs to know (lower_rangefunc.c).
typedef struct RangeLoop {
  const Ast *stmt;             // RANGE_STMT
  struct RangeLoop *parent;    // enclosing such loop in the same function, or NULL
  struct RangeLoop *outermost; // of the nest
  uint32_t depth;              // 1: outermost
  uint32_t state_number;       // of #state, within the function
  uint32_t yield_number;       // of #yield: in the order in which the loops end
  bool check_return, check_break, check_continue;
  VEC(uint32_t) check_branches;  // labelled branches that land just outside: indices of RangeFuncs.branches
  bool needs_next, needs_defers; // outermost: which variables are declared, and in what order
  bool defers_first;
} RangeLoop;
typedef struct RangeBranch {
  uint8_t op; // TOKEN_BREAK, TOKEN_CONTINUE, TOKEN_GOTO
  Sym label;
  int64_t next; // value of #next
} RangeBranch;
// What becomes of a return, branch or defer statement inside a loop over a function.
typedef struct RangeEdit {
  RangeLoop *loop; // innermost
  int64_t next;    // value for #next; 0: not assigned
  bool result;     // what the body function returns
} RangeEdit;
typedef struct RangeFuncs {
  PtrMap loops; // RANGE_STMT -> RangeLoop
  PtrMap edits; // RETURN_STMT, BRANCH_STMT, defer's CALL_STMT -> RangeEdit
  VEC(RangeBranch) branches;
  bool names_results; // a `return x` inside a loop: unnamed results get names
} RangeFuncs;

typedef enum LowerSourceKind {
  SOURCE_DECL,        // FUNC_DECL: a function, or the shaped body of a generic one
  SOURCE_LITERAL,     // FUNC_LIT
  SOURCE_RANGE_BODY,  // body of a range over a function
  SOURCE_CALL_SHAPED, // instance of a generic function: calls the shaped one
  SOURCE_SYNTHETIC,   // closure made by the lowering, with a body that calls `target`
} LowerSourceKind;

// Where a function's body comes from. Lives in the unit's arena.
typedef struct LowerSource {
  LowerSourceKind kind;
  Package *pkg;
  const AstDecl *decl;
  const DeclTypes *types;
  const Ast *node; // FUNC_DECL, FUNC_LIT, RANGE_STMT
  LowerEnv *env;   // NULL: not generic
  Type *signature; // of the source, not substituted
  const RangeFuncs
    *ranges;          // of the function (declaration or literal) that holds the body; NULL: no loop over functions
  RangeLoop *loop;    // RANGE_BODY
  Type *home_results; // RANGE_BODY: results of the function that holds the loop
  VEC(const void *) capture_keys; // of the function's closure variables, in order
  bool captures_dict;             // the last closure variable is the dictionary
  Object *object;                 // FUNC object of declarations
  IrPos func_pos;
  struct Synthetic *synthetic; // SYNTHETIC
  bool waits;                  // atomic; of a package on demand: the body has not been checked yet (lower_need_source)
} LowerSource;

// A function literal that the lowering makes to bind a dictionary or receiver.
typedef struct Synthetic {
  IrNode *fun; // callee: a name of a function or a method expression, or NULL: the first captured value
  IrPos pos;
  uint32_t captured; // number of captured values (closure variables)
  bool method_expr;  // first parameter is a receiver to be adjusted
  uint32_t *path;
  uint32_t path_len;
  bool deref, addr;
} Synthetic;

typedef struct LowerPending {
  IrFunc *func;   // body to lower, or NULL:
  Type *shape_of; // type whose shaped twin is needed
} LowerPending;

typedef struct LowerState {
  IrUnit *unit;
  struct {
    uint32_t at, number;
  } last_init; // index in Package.funcs of the init function that was declared last, and how many come before it
  VEC(LowerPending) bodies, dicts; // stacks
  PtrMap touched;                  // Type -> itself: already searched for instances
  StrMap named_instances;          // link string -> Type, of instances with shapes
  StrMap touched_instances;
  PtrMap have_instances; // instances that declarations of other packages mention
  PtrMap in_progress;    // instances whose underlying types are being made
  PtrMap func_names;     // foreign IrFunc -> this unit's IrName
  PtrMap sources;        // FUNC_DECL or FUNC_LIT -> RangeFuncs
  VEC(Type *) need_wrappers, have_wrappers;
  VEC(IrNode *) method_values; // METHVALUE nodes
  StrMap wrapped, wrapped_values;
  PtrMap simplified_x, simplified_y; // operands of conditions that static truth has simplified
  PtrMap method_types;               // IrFunc -> its type as a method expression
  uint32_t glob_closures, label_count;
  IrNode *blank;
  VEC(LowerEnv *) envs; // all, to be released
  LowerEnv no_env;      // nothing to substitute
  RangeFuncs no_ranges; // of functions without such loops
  Type *dict_type;      // of the parameter `.dict`
  VEC(StaticDict) static_dicts;
  StrMap static_dict_keys;
  PtrMap dict_names;    // Sym -> IrName of a static dictionary
  PtrMap runtime_names; // Sym -> IrName of a function that the compiler calls
  Package *runtime;     // stands for package runtime in those names
  bool foreign_decl;    // while declarations or bodies of another package, not generic, are read
  bool inlining;        // instances found now are not compiled, only inlined
  VEC(IrFunc *) inline_instances;
  bool running;         // bodies are being lowered
  VEC(IrFunc *) joined; // of a partial unit, while a body is inlined: to be lowered afterwards
  PtrMap texts;         // Object -> FuncText of the package's functions, in a unit for importers
  PtrMap deferred;      // those of them that need not be lowered
} LowerState;

// The lowering of one function's body.
typedef struct Lower Lower;
struct Lower {
  LowerState *state;
  IrUnit *unit;
  LowerSource *source;
  Package *pkg;
  const AstDecl *decl;
  const DeclTypes *types;
  LowerEnv *env;
  IrFunc *fn;    // receives the declarations
  Lower *outer;  // closures: of the enclosing function
  PtrMap locals; // Object or other key -> IrName
  IrName *dict;  // dictionary, NULL when there is none
  bool dict_captured;
  Type *signature; // of the source function, not substituted; NULL in the package initialiser
  RangeLoop *loop; // innermost loop over a function whose body this is
  // inlining
  IrFunc *inl_caller; // NULL: not inlining
  IrFunc *inl_func;   // whose body this is
  IrPos inl_pos;      // of the call
  uint32_t inl;
  uint32_t label_suffix;
  unsigned depth;
  unsigned literal_count, range_count; // closures met in this body, for their names
};

typedef enum ClosureWhy { WHY_LITERAL, WHY_RANGE, WHY_GO, WHY_DEFER } ClosureWhy;

// -- lower_demand.c --
IrFunc *lower_func_on_demand(IrUnit *unit, Object *func); // NULL: it has no code of its own
void lower_need_source(LowerSource *);                    // before the body of a function of another package is read

// -- lower_unit.c --
IrFunc *lower_declare_func(LowerState *, Object *func, bool waits); // waits: its body is looked at when needed
IrName *lower_global(LowerState *, Object *var);
IrNode *lower_func_name(LowerState *, IrFunc *, Type *type); // NAME of a function
Sym lower_func_sym(LowerState *, Object *func); // of a declared function: "F", "(*T).M"; all init functions are "init"
void lower_run(LowerState *);                   // lowers all bodies that wait
IrUnit *lower_unit_new(Package *, const IrOptions *, const IrInliner *);
IrFunc *lower_join(LowerState *, Object *func); // the partial unit compiles this function too; NULL: it has no code
void lower_joined(LowerState *);                // lowers those that joined while a body was inlined
Sym lower_sym(LowerState *, const char *format, ...) PRINTF_LIKE(2, 3);
void lower_split_multi(Lower *, IrNode *n, IrNode *call);
const RangeFuncs *lower_ranges_of(LowerState *, const LowerSource *);

void lower_deferred(LowerState *, IrFunc *); // its body waits from now on

// -- deferred.c --
FuncText *lower_read_text(Arena *, Object *func); // of a checked body
void lower_choose_deferred(LowerState *);         // fills texts and deferred

// -- lower_types.c --
Type *lower_type(Lower *, Type *); // source type -> type of the IR
Type *env_type(LowerState *, LowerEnv *, Type *);
void lower_touch(LowerState *, Type *); // finds instances that a type mentions
Type *lower_shapify(LowerState *, Type *targ, bool basic);
bool tparam_is_basic(Type *tparam); // constrained by an interface with methods only
Type *lower_shaped_twin(LowerState *, Type *origin, TypeList targs);
Type *lower_instance_type(LowerState *, Type *origin, TypeList targs);
bool type_mentions_params(Type *); // depends on type parameters
Type *type_pointer_elem(Type *);   // of a pointer (underlying); else NULL
bool type_is_pointer(Type *);
Type *type_underlying_of(Type *, TypeKind); // the underlying type if it has that kind, else NULL
bool type_is_empty_interface(Type *);
Type *struct_field_type(Type *t, uint32_t index, Object **field);

// -- lower_func.c --
IrPos lower_pos(const Lower *, uint32_t offset);
IrPos lower_object_pos(const Lower *, const Object *);
IrFunc *lower_new_func(LowerState *, Sym, Type *, IrPos);
IrFunc *lower_new_closure(Lower *, IrPos origin, IrPos pos, ClosureWhy, Type *);
IrName *lower_closure_var(LowerState *, IrPos, IrFunc *, IrName *captured);
IrName *lower_declare(Lower *, const void *key, Sym, Type *, IrPos); // local variable
IrName *lower_lookup(Lower *, const void *key, uint32_t offset);
IrNode *lower_func_lit(Lower *, const Ast *);
void lower_declare_params(Lower *, IrFunc *, LowerSource *);
void lower_body(LowerState *, IrFunc *);         // of a function or closure with a source
void lower_source_body(Lower *, IrList *out);    // statements of l->source
void lower_closure_body(Lower *outer, IrFunc *); // of a closure with a source
IrNode *lower_captured(Lower *, uint32_t i);     // i-th closure variable as the current body sees it
Type *lower_sig_type(LowerState *, LowerEnv *, Type *signature);

// -- nodes with gc's rules about sharing and types (lower_conv.c) --
IrNode *lower_blank(Lower *);
IrNode *lower_addr(Lower *, IrPos, IrNode *x, bool implicit);
IrNode *lower_deref(Lower *, IrPos, IrNode *x, bool implicit);
IrNode *lower_field(Lower *, IrPos, IrNode *x, uint32_t index, bool implicit);
IrNode *lower_init_expr(Lower *, IrPos, IrList *init, IrNode *);
IrNode *lower_unary(Lower *, IrOp, IrPos, IrNode *, Type *);
IrNode *lower_binary(Lower *, IrOp, IrPos, IrNode *, IrNode *, Type *);
IrNode *lower_as(Lower *, IrPos, IrNode *x, IrNode *y);
IrNode *lower_dcl(Lower *, IrPos, IrName *);
IrNode *lower_conv_node(Lower *, IrOp, IrPos, Type *, IrNode *, bool implicit);
IrNode *lower_convert(Lower *, IrPos, Type *dst, IrNode *x, bool implicit); // types of the IR
IrNode *lower_assign_conv(Lower *, IrPos, Type *dst, IrNode *x);            // nothing when identical
IrNode *lower_type_node(Lower *, Type *);
IrNode *lower_type_word(Lower *, IrPos); // address of a static type descriptor
IrNode *lower_literal(Lower *, IrPos, Type *, const Const *);
IrNode *lower_int(Lower *, IrPos, int64_t); // of type int
IrNode *lower_zero(Lower *, IrPos, Type *);
IrNode *lower_bad_node(Lower *, IrPos, Type *);
IrName *lower_temp_copy(Lower *, IrPos, IrNode *x, IrList *init);
void lower_assign_defn(IrNode *as); // temporaries on the left learn their definition
Type *lower_basic(const Lower *, BasicKind);
bool ir_has_unique_pos(const IrNode *);
bool type_assignable(Type *src, Type *dst);

// -- lower_stmt.c, lower_branch.c --
void lower_stmts(Lower *, const AstList *, IrList *out);
void lower_stmt(Lower *, const Ast *, IrList *out);
IrNode *lower_block_of(Lower *, IrList *);        // NULL, the statement, or a BLOCK
int lower_static_bool(Lower *, const Ast **cond); // >0: true, <0: false; simplifies
void lower_switch(Lower *, const Ast *, Sym label, IrList *out);
void lower_type_switch(Lower *, const Ast *, Sym label, IrList *out);
void lower_select(Lower *, const Ast *, Sym label, IrList *out);
IrNode *lower_assignee(Lower *, const Ast *, IrName **defined);
void lower_assign(Lower *, IrPos, Ast *const *lhs, uint32_t lhs_len, Ast *const *rhs, uint32_t rhs_len, IrList *out);
Sym lower_label(Lower *, const Ast *name);

// -- lower_expr.c --
IrNode *lower_value(Lower *, const Ast *);
IrNode *lower_conv_expr(Lower *, Type *dst, const Ast *, bool implicit); // dst: source type or NULL
typedef Type *(*LowerDst)(void *context, uint32_t i);                    // source type of the i-th destination, or NULL
Type *lower_tuple_dst(void *tuple, uint32_t i);                          // a LowerDst
void lower_multi_expr(Lower *, IrPos, LowerDst, void *context, Ast *const *exprs, uint32_t len, IrList *out);
const NodeInfo *lower_info(const Lower *, const Ast *);
Type *lower_src_type(const Lower *, const Ast *);                    // never NULL
Object *lower_object(const Lower *, const Ast *, const Instance **); // what a name, qualified or instantiated, denotes
bool lower_is_type(const Lower *, const Ast *);
IrNode *lower_type_case(Lower *, Type *iface, const Ast *);

// -- lower_call.c --
IrNode *lower_call(Lower *, const Ast *);
IrNode *lower_callee(Lower *, const Ast *fun, IrList *args);                   // receiver and dictionary go into args
IrNode *lower_make_call(Lower *, IrPos, IrNode *fun, IrList *args, bool dots); // gc's typecheck of a call
IrNode *lower_method_value(Lower *, const Ast *);
IrNode *lower_method_expr(Lower *, const Ast *);

// -- lower_godefer.c --
IrNode *lower_go_defer(Lower *, const Ast *);

// -- lower_generic.c --
IrFunc *lower_func_instance(LowerState *, Object *func, TypeList targs, bool shaped);
IrFunc *lower_method_of(LowerState *, Type *recv_base, Object *method); // of a type of the IR; NULL: unknown
bool lower_is_generic_method(const Object *);                           // it has type parameters of its own
IrFunc *lower_generic_method(LowerState *, Object *method,
                             TypeList targs); // shaped; targs: the receiver's, then its own
Sym lower_generic_method_sel(LowerState *,
                             const IrFunc *shaped); // its name after the receiver's type: "M[go.shape.int]"
void lower_need_methods(LowerState *, Type *named_instance);
void lower_need_run_time_type(Lower *, Type *source); // the dictionary gets its descriptor, if it depends on parameters
void lower_need_sub_dict(Lower *, IrFunc *func, Type *named, TypeList targs); // the shaped function or type
void lower_need_static_dict(LowerState *, IrFunc *shaped, TypeList targs);
bool lower_static_dicts(LowerState *); // instantiates what they hold; false: nothing new
IrNode *lower_dict_word(Lower *, IrPos, const char *kind, const void *a, const void *b);
IrNode *lower_dict_addr(Lower *, IrPos, IrFunc *shaped, TypeList targs); // address of a static dictionary
TypeList lower_targs(Lower *, TypeList);
IrNode *lower_func_inst(Lower *, const Ast *at, Object *, const Instance *, IrNode **dict, IrNode **wrapper);
IrNode *lower_method_name(Lower *, IrPos, Type *recv, Object *method, IrFunc *); // METHEXPR
IrNode *lower_curry(Lower *, IrPos origin, IrPos, bool nil_check, IrNode *fun, IrNode *arg0, IrNode *arg1);
IrNode *lower_method_expr_wrap(Lower *, IrPos origin, IrPos, Type *recv, const Selection *, bool deref, bool addr,
                               IrNode *method, IrNode *dict);
void lower_synthetic_body(Lower *, IrList *out);
void lower_call_shaped_body(Lower *, IrList *out);

// -- lower_rangefunc.c --
IrNode *lower_runtime_func(Lower *, const char *name, Type *param, Type *result); // that only the compiler calls
RangeFuncs *rangefunc_analyze(Arena *, const DeclTypes *, const Ast *body);       // NULL: none
void lower_range_func(Lower *, const Ast *, IrList *out);
bool lower_range_edit(Lower *, const Ast *stmt, IrList *out); // false: the statement is left alone
void lower_range_params(Lower *, IrFunc *);                   // of a body function
void lower_range_body(Lower *, IrList *out);

#endif
