// checker_internal.h: what the files of the type checker share.
//
// One Checker lives for one call of package_declare or package_check_body. The structure follows the Go spec's
// chapters: resolver.c and decl.c (declarations and scope), typexpr.c (types), expr.c, call.c, builtins.c, index.c,
// literals.c (expressions), stmt.c, assign.c, range.c, labels.c, return.c (statements), infer.c, unify.c, subst.c,
// instantiate.c (type parameters), initorder.c (program initialization).
#ifndef HEAPLS_CHECKER_INTERNAL_H
#define HEAPLS_CHECKER_INTERNAL_H

#include "base/stack.h"
#include "types/check.h"

// What checking of an expression yields.
typedef struct Operand {
  OperandMode mode;
  Type *type;         // invalid type when mode is MODE_INVALID
  const Const *value; // MODE_CONSTANT
  const Ast *expr;    // source of the operand, for positions and recording
  BuiltinId builtin;  // MODE_BUILTIN
} Operand;

// A package-level (or method) declaration waiting to be checked.
typedef struct DeclInfo {
  Scope *file_scope;
  const AstFile *file;
  AstDecl *decl;
  DeclTypes *types;
  bool body_done;
  Object **lhs; // for `var a, b = f()`: all variables; else NULL
  uint32_t lhs_len;
  const Ast *type, *init; // of constants and variables; may be inherited from an earlier constant spec
  bool inherited;
  uint32_t iota;
  const Ast *type_decl; // TYPE_DECL
  const Ast *func_decl; // FUNC_DECL
  PtrMap deps;          // package-level objects the initialiser or body mentions, for the initialisation order
} DeclInfo;

// Where the checker is: saved and restored around each object it is drawn into.
typedef struct CheckEnv {
  DeclInfo *decl;    // package-level declaration being checked, receives deps
  DeclTypes *types;  // where results of nodes go
  Scope *scope;      // innermost
  uint32_t at;       // position for lookups of locals; UINT32_MAX: none
  const Const *iota; // in constant declarations
  Pos err_pos;       // of an inherited constant initialiser
  bool in_tparam_list;
  uint32_t go_minor;     // language version of the file
  Type *signature;       // of the function whose body this is, or NULL
  bool has_label;        // a labelled statement or branch was seen in this function
  bool has_call_or_recv; // set by calls (builtins that are not constant included) and receives
} CheckEnv;

typedef VEC(Object *) MethodList;
typedef struct DotImport { // `import . "p"` in a file
  const Scope *file_scope;
  Object *pkgname;
} DotImport;
typedef struct LocalType { // a defined type declared in a function, numbered as gc does when all bodies are known
  Type *named;
  Pos pos;
} LocalType;

typedef struct Instantiation { // a type argument given for a type parameter of this package
  Type *param, *arg;
} Instantiation;

typedef struct Checker Checker;
typedef struct Delayed {
  void (*run)(Checker *, void *argument);
  void *argument;
  CheckEnv env; // in force when it was put off; again in force when it runs
} Delayed;

struct Checker {
  Package *pkg;
  TypeContext *context;
  CheckEnv env;
  PtrMap object_decls;       // package-level Object -> DeclInfo
  PtrMap methods;            // TYPENAME -> MethodList *: methods collected before the type is declared
  PtrMap finite;             // NAMED types of finite size
  PtrMap method_values;      // method FUNC -> its signature without receiver
  PtrMap builtin_signatures; // hash of a builtin's parameter and result types -> a signature made for a call
  VEC(Object *) object_path; // grey objects, innermost last
  VEC(Delayed) delayed;      // processed in order at the end of each statement or top-level step
  uint32_t depth;            // recursion depth, bounded by stack_levels
  Arena scratch;
  PackageInput input;
  VEC(Object *) object_list;  // all with a DeclInfo, in source order
  VEC(Object *) import_names; // PKGNAMEs
  VEC(DotImport) dot_imports;
  VEC(LocalType) local_types;
  VEC(Object *) locals;              // variables declared in the function bodies being checked, to find the unused ones
  VEC(Package *) fakes;              // owned: stand for imports that could not be loaded
  VEC(Instantiation) instantiations; // for instantiation cycles
};
// What check.c and decl.c enter and leave around recursion over user input; on false an error was given.
bool check_enter(Checker *, const Ast *at);
static inline void check_leave(Checker *c) { c->depth--; }

// -- errors, recording (check.c) --
void check_error(Checker *, const Ast *at, const char *format, ...) PRINTF_LIKE(3, 4);
void check_soft_error(Checker *, const Ast *at, const char *format, ...) PRINTF_LIKE(3, 4);
void check_error_at(Checker *, Pos at, const char *format, ...) PRINTF_LIKE(3, 4);
Pos check_pos(const Checker *, const Ast *); // position of a node of the declaration in env
void check_later(Checker *, void (*run)(Checker *, void *), void *argument);
void check_process_delayed(Checker *, uint32_t from); // runs delayed[from..) in order, those added meanwhile included
void check_add_dep(Checker *, Object *); // the declaration in env mentions a package-level object or a method
Object *check_lookup(const Checker *, Sym, const Scope **where); // from env.scope outwards; NULL when undeclared
void check_open_scope(Checker *, const Ast *);
void check_close_scope(Checker *);
// Recording. All functions ignore nodes with id 0 (made up by the checker) and write to env.types.
// An untyped expression is recorded at once with its untyped type and NodeInfo.pending set; check_update_expr_type
// later replaces type and value through untyped_pending. What is still pending at the end stays untyped: nothing else
// to do.
void record_operand(Checker *, const Operand *); // type, mode, value of x->expr; pending when the type is untyped
void record_type(Checker *, const Ast *, OperandMode, Type *, const Const *); // final; ignores MODE_INVALID
void record_untyped(Checker *, const Ast *, bool is_shift_lhs, OperandMode, Type *untyped, const Const *);
NodeInfo *untyped_pending(Checker *, const Ast *);                    // the node's info if it is pending, else NULL
void record_builtin_type(Checker *, const Ast *fun, Type *signature); // of a builtin's name, and its parentheses
void record_def(Checker *, const Ast *name, Object *);
void record_use(Checker *, const Ast *name, Object *);
void record_implicit(Checker *, const Ast *node, Object *);
void record_selection(Checker *, const Ast *selector, SelectionKind, Type *recv, Object *, const uint32_t *path,
                      uint32_t path_len, bool indirect);
void record_instance(Checker *, const Ast *expr, TypeList targs, Type *);
void record_comma_ok(Checker *, const Ast *, Type *value, Type *ok);
void operand_set_invalid(Checker *, Operand *);

// -- declarations (resolver.c, decl.c) --
void check_collect_objects(Checker *);
// One declaration more, of constants or variables. Its DeclTypes are there.
void check_collect_values(Checker *, const AstFile *, Scope *file_scope, AstDecl *);
void check_package_objects(Checker *);
// For packages on demand: the imports of one declaration go to the file's scope, each path imported once; the objects
// of one declaration are collected; an object is made known.
void check_collect_imports(Checker *, const AstFile *, Scope *file_scope, AstDecl *, StrMap *by_path);
void check_collect_decl(Checker *, const AstFile *, Scope *file_scope, AstDecl *, DeclTypes *);
void check_add_object(Checker *, Object *, const AstFile *, Scope *file_scope, AstDecl *, DeclTypes *);
void check_decl_body(Checker *, Object *func);
// Copies what was found of a function's header to another tree of the same text. False: the trees differ.
bool check_copy_header(DeclTypes *to, const DeclTypes *from, const Ast *to_decl, const Ast *from_decl);
void check_object_decl(Checker *, Object *); // types the object, whatever its kind; detects cycles
Sym check_name_of(const Ast *);              // NULL: not a name
// The constant specification that says a specification's type and values: itself, or the one before that it repeats.
const Ast *check_const_source(const Ast *spec);
void check_arity(Checker *, const Ast *spec, const AstList *names, const AstList *values, bool is_const,
                 bool inherited);
uint32_t check_file_version(const Checker *, const AstFile *);
void check_decl_stmt(Checker *, const Ast *decl_stmt);
void check_declare(Checker *, Scope *, const Ast *name, Object *, uint32_t scope_pos);
void check_unused_imports(Checker *);
void check_init_order(Checker *);
bool check_allows_version(const Checker *, const Ast *at, uint32_t go_minor); // at may be NULL
// Is the toolchain go1.N or newer? What its type checker accepts whatever the language version is.
static inline bool check_toolchain(const Checker *c, uint32_t go_minor) {
  return c->context->go_minor == 0 || c->context->go_minor >= go_minor;
}
// False, with an error, when the language version in force is older than go1.N.
bool check_version(Checker *, const Ast *at, uint32_t go_minor, const char *what);
void check_push_object(Checker *, Object *); // object_path: makes it grey
void check_pop_object(Checker *);
void check_cycle_error(Checker *, Object *const *cycle, uint32_t len, uint32_t first); // reports at cycle[first]
uint32_t check_first_in_source(Object *const *cycle, uint32_t len);
bool check_finite_size(Checker *, Type *); // false, with an error, for a type that needs itself to be declared
// Checks a body now with the parameters' scope of signature (u.signature.scope); function literals do it with
// check_later.
void check_func_body(Checker *, DeclInfo *, Sym name, Type *signature, const Ast *body, const Const *iota);

// -- type expressions (typexpr.c, struct.c, interface.c, signature.c, union.c) --
Type *check_type(Checker *, const Ast *);     // a type; invalid when it is not; generic types not allowed
Type *check_var_type(Checker *, const Ast *); // additionally no constraint interface
Type *check_defined_type(Checker *, const Ast *, Object *def); // right-hand side of a type declaration
Type *check_generic_type(Checker *, const Ast *);              // generic type without arguments allowed
void check_ident(Checker *, Operand *, const Ast *name, Type *def, bool want_type);
void check_func_type(Checker *, Type *signature, const Ast *recv_field, const AstList *tparams, const Ast *func_type);
// Declares type parameters in env.scope; *dst is set before the constraints are looked at.
void check_collect_tparams(Checker *, const AstList *fields, TypeList *dst);
Type *check_declare_tparam(Checker *, const Ast *name, uint32_t index, uint32_t scope_pos); // name NULL: blank
void check_struct_type(Checker *, Type *t, const Ast *);
void check_interface_type(Checker *, Type *t, const Ast *,
                          Object *def);                      // def: the type name it is declared for
Type *check_union(Checker *, const Ast *);                   // an element of an interface: T, ~T, A | B
const char *check_type_text(Checker *, const Type *);        // for messages; lives in the scratch arena
const char *check_expr_text(Checker *, const Ast *);         // source text, cut when long; lives in the scratch arena
bool check_index_is_type_args(Checker *, const Ast *index);  // x of x[…] denotes a generic type
int64_t check_array_length(Checker *, const Ast *);          // -1 when not a valid constant
void check_valid_var_type(Checker *, const Ast *at, Type *); // later: no constraint interface
bool check_type_list(Checker *, const AstList *, TypeList *out); // all of them; false when some is invalid

// -- expressions (expr.c, operand.c, const.c) --
typedef enum ExprKind {
  EXPR_CONVERSION,
  EXPR_EXPRESSION,
  EXPR_STATEMENT
} ExprKind; // what a call or x turned out to be
ExprKind check_raw_expr(Checker *, Type *target, Operand *, const Ast *, Type *hint, bool allow_generic);
void check_expr(Checker *, Type *target, Operand *, const Ast *); // exactly one value; target: type that a generic
                                                                  // function value is assigned to, or NULL
void check_generic_expr(Checker *, Operand *, const Ast *);
bool check_use(Checker *, Ast *const *exprs, uint32_t len);     // only for errors and `used`; false when one is invalid
bool check_use_lhs(Checker *, Ast *const *exprs, uint32_t len); // the same, but a mere variable is not thereby used
void check_type_assertion(Checker *, const Ast *at, Operand *x, Type *target, bool in_type_switch);
Type *check_chan_elem(Checker *, const Ast *at, Operand *x, bool receive); // with an error: NULL
void check_multi_expr(Checker *, Operand *, const Ast *); // also calls with several results (type: tuple)
void check_expr_or_type(Checker *, Operand *, const Ast *, bool allow_generic);
// A value that check_assignment gets next. Since go1.27's toolchain it may be a generic function, whose type arguments
// follow from the assignment. hint: type of a composite literal's element, or NULL.
void check_assigned_expr(Checker *, Operand *, const Ast *, Type *hint);
// The signature that a generic function is instantiated for when it is assigned to a target of this type; NULL: none.
Type *check_target_signature(const Checker *, Type *target);
void check_single_value(Checker *, Operand *);
void check_convert_untyped(Checker *, Operand *, Type *target);
Type *check_implicit_type(Checker *, Operand *, Type *target,
                          const Const **value); // what an untyped operand becomes; NULL: can't
void check_match_types(Checker *, Operand *x, Operand *y);
void check_comparison(Checker *, Operand *x, Operand *y, Token op); // op TOKEN_NONE: case x of a switch on y
void check_binary(Checker *, Operand *x, const Ast *whole, const Ast *lhs, const Ast *rhs,
                  Token op); // whole NULL: `x op= y`
void check_overflow(Checker *, Operand *, const Ast *at);
bool check_representable_const(const Const *, const TypeContext *, Type *basic, ConstPool *, const Const **rounded);
void check_update_expr_type(Checker *, const Ast *, Type *, bool final);
bool operand_assignable(Checker *, const Operand *, Type *target); // Go spec, "Assignability"
bool operand_is_nil(const Checker *, const Operand *);             // MODE_NIL, also after conversion to a type
bool check_is_valid_index(Checker *, Operand *, const char *what, bool allow_negative); // converts untyped x to int
// Common underlying type of all types in t's type set (channels: the most restricted direction), or NULL.
Type *check_common_under(Type *t);
// For messages; they live in the checker's scratch arena.
Str check_expr_str(const Checker *, const Ast *);
Str check_type_str(Checker *, const Type *);
Str check_operand_str(Checker *, const Operand *);
void check_conversion(Checker *, Operand *, Type *target);
void check_assignment(Checker *, Operand *, Type *target,
                      const char *context); // operand.c: implicit conversion to target, or
                                            // (target NULL) to the default type

// -- calls, indices, literals --
ExprKind check_call(Checker *, Operand *, const Ast *call);
bool check_builtin(Checker *, Operand *, const Ast *call, BuiltinId);
void check_selector(Checker *, Operand *, const Ast *e, Type *def, bool want_type);
bool check_index_expr(Checker *, Operand *, const Ast *index); // true: it is a generic function to be instantiated
void check_slice_expr(Checker *, Operand *, const Ast *);
void check_func_inst(Checker *, Type *target, Operand *, const Ast *index,
                     bool infer); // F[T], or F assigned to a func type
void check_composite_lit(Checker *, Operand *, const Ast *, Type *hint);
void check_func_lit(Checker *, Operand *, const Ast *);
int64_t check_indexed_elems(Checker *, const AstList *, Type *elem, int64_t length);
bool check_index_value(Checker *, const Ast *index, int64_t max, int64_t *value); // value -1 when not constant

// -- statements --
void check_stmt_list(Checker *, const AstList *, unsigned context);
void check_block_stmt(Checker *, const Ast *stmt, unsigned context); // any statement, NULL allowed
void check_labels(Checker *, const Ast *body);
bool check_is_terminating(Checker *, const Ast *stmt, Sym label);
void check_assign_vars(Checker *, const AstList *lhs, const AstList *rhs);
void check_short_var_decl(Checker *, const Ast *stmt);
Type *check_assign_var(Checker *, const Ast *lhs, const Ast *rhs, Operand *x, const char *context);
void check_init_var(Checker *, Object *, Operand *, const char *context);
void check_init_vars(Checker *, Object **lhs, uint32_t lhs_len, const Ast **rhs, uint32_t rhs_len,
                     const Ast *return_stmt);
void check_init_const(Checker *, Object *, Operand *);
void check_range_stmt(Checker *, const Ast *stmt, unsigned inner);
// What `range x` yields for a type (Go spec, "For range"); false when it can't be ranged over.
bool type_range_kinds(const TypeContext *, Type *x, Type **key, Type **value, bool *is_func, bool *is_int);

// -- type parameters (infer.c, unify.c, subst.c, instantiate.c, named.c) --
// Infers missing type arguments from typed and untyped arguments against parameters. Returns false when it can't.
bool check_infer(Checker *, const Ast *at, TypeList tparams, Type **targs /* tparams.len, NULL: missing */,
                 Type *params /* tuple */, Operand **args, uint32_t arg_len, bool reverse);
Type *check_instantiate_type(Checker *, const Ast *at, Type *generic, TypeList targs,
                             const Ast *const *arg_exprs); // with later
                                                           // verification of constraints
Type *check_instantiate_signature(Checker *, const Ast *at, TypeList targs, Type *signature);
TypeList tparams_rename(Checker *, TypeList tparams, Type **params_tuple); // fresh type parameters for a recursive call
void check_record_instantiation(Checker *, TypeList tparams, TypeList targs);
void check_instance_cycles(Checker *);         // reports generic code that needs infinitely many instances
bool check_valid_type(Checker *, Type *named); // no infinite size

#endif
