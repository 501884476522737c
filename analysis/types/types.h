// types.h: the door of types/: Go types, objects, scopes and packages: what the type checker produces and every later
// layer reads.
//
//   check.h    type-checks packages                      constant.h   exact constant values
//   demand.h   imported packages, as far as asked for    dump.h       what the checker found, as text
//   recheck.h  one body again; redeclare.h: declarations that join or leave
//
//   resolver.c, decl.c  the package level    typexpr.c  types    stmt.c, assign.c, range.c  statements
//   expr.c, call.c, builtins.c, index.c, literals.c, const.c  expressions
//   infer.c, unify.c, subst.c, instantiate.c, typeset.c  generics    sizes.c  what gc's layouts are
//   selector.c, convert.c  x.f, T(x)        validtype.c, mono.c, verify.c  endless types and instances; constraints
//   context.c  the universe, targets         identical.c, lookup.c, typestring.c  questions about types
//
// Structure follows the Go spec and go/types. Types are not hash-consed: identity is type_identical, with a pointer
// test first. Named types are equal only if their declarations are the same object (and their type arguments
// identical). All types and objects of a package live in its arena and are immutable once the package is complete,
// except for what is computed on first demand, by whichever thread asks: underlying type and methods of instances, type
// sets, layouts. Those parts live in Package.lazy of the type's owner, are written under TypeContext.expand_lock and
// read through the accessors (type_underlying, named_method…, type_set, tparam_interface, type_size), never the fields.
// Package.arena itself belongs to the one thread that is checking (or lowering) that package.
//
// A declaration in progress: a NAMED type's underlying type is found through from_rhs, which the checker sets once the
// right-hand side is typed. Until then type_underlying gives an invalid type, and remembers nothing; likewise type_set
// of an interface that is not complete is the set of all types.
//
// Invalid code: an expression that could not be typed has type `invalid` (never NULL); functions here accept it and
// give invalid or false back.
#ifndef HEAPLS_TYPES_H
#define HEAPLS_TYPES_H

#include <pthread.h>

#include "syntax/syntax.h"
#include "types/constant.h"

typedef struct Type Type;
typedef struct Object Object;
typedef struct Scope Scope;
typedef struct Package Package;
typedef struct TypeSet TypeSet;
typedef struct TypeContext TypeContext;
typedef struct TypeLayout TypeLayout;
struct Checker;

typedef enum TypeKind {
  TYPE_BASIC,
  TYPE_POINTER,
  TYPE_ARRAY,
  TYPE_SLICE,
  TYPE_STRUCT,
  TYPE_MAP,
  TYPE_CHAN,
  TYPE_SIGNATURE,
  TYPE_TUPLE,
  TYPE_INTERFACE,
  TYPE_NAMED,
  TYPE_ALIAS,
  TYPE_PARAM,
  TYPE_UNION,
} TypeKind;

typedef enum BasicKind {
  BASIC_INVALID,
  BASIC_BOOL,
  BASIC_INT,
  BASIC_INT8,
  BASIC_INT16,
  BASIC_INT32,
  BASIC_INT64,
  BASIC_UINT,
  BASIC_UINT8,
  BASIC_UINT16,
  BASIC_UINT32,
  BASIC_UINT64,
  BASIC_UINTPTR,
  BASIC_FLOAT32,
  BASIC_FLOAT64,
  BASIC_COMPLEX64,
  BASIC_COMPLEX128,
  BASIC_STRING,
  BASIC_UNSAFE_POINTER,
  BASIC_UNTYPED_BOOL,
  BASIC_UNTYPED_INT,
  BASIC_UNTYPED_RUNE,
  BASIC_UNTYPED_FLOAT,
  BASIC_UNTYPED_COMPLEX,
  BASIC_UNTYPED_STRING,
  BASIC_UNTYPED_NIL,
  BASIC_BYTE, // the spelling `byte`: identical to uint8
  BASIC_RUNE, // the spelling `rune`: identical to int32
  BASIC_KIND_COUNT
} BasicKind;

// What sort of basic type.
enum {
  BASIC_IS_BOOLEAN = 1,
  BASIC_IS_INTEGER = 2,
  BASIC_IS_UNSIGNED = 4,
  BASIC_IS_FLOAT = 8,
  BASIC_IS_COMPLEX = 16,
  BASIC_IS_STRING = 32,
  BASIC_IS_UNTYPED = 64,
  BASIC_IS_ORDERED = BASIC_IS_INTEGER | BASIC_IS_FLOAT | BASIC_IS_STRING,
  BASIC_IS_NUMERIC = BASIC_IS_INTEGER | BASIC_IS_FLOAT | BASIC_IS_COMPLEX,
  BASIC_IS_CONST_TYPE = BASIC_IS_BOOLEAN | BASIC_IS_NUMERIC | BASIC_IS_STRING,
};

typedef struct TypeList {
  Type **items;
  uint32_t len;
} TypeList;
typedef struct ObjectList {
  Object **items;
  uint32_t len;
} ObjectList;

typedef struct UnionTerm {
  Type *type;
  bool tilde;
} UnionTerm;

// A type. Only the member of its kind may be read: types are allocated no larger than their kind needs, never copied
// whole.
struct Type {
  uint8_t kind;        // TypeKind
  uint8_t basic_kind;  // BasicKind, for TYPE_BASIC
  uint16_t basic_info; // BASIC_IS_*
  uint32_t serial;     // unique within its package image; for TYPE_PARAM the id that orders them
  union {
    struct {
      Sym name;
      Type *default_type;
    } basic; // default_type: itself unless untyped
    struct {
      Type *elem;
    } pointer;
    struct {
      Type *elem;
      int64_t len;
    } array; // len -1: unknown (invalid code)
    struct {
      Type *elem;
    } slice;
    struct {
      ObjectList fields;
      Str *tags;
    } struct_; // tags[i]: unquoted; tags NULL when there are none at all
    struct {
      Type *key, *elem;
    } map;
    struct {
      Type *elem;
      uint8_t direction;
    } chan; // CHAN_BOTH…
    struct {
      Type *params, *results; // TYPE_TUPLE or NULL when empty
      Object *recv;           // VAR, NULL for functions; ignored by identity
      TypeList tparams;       // declared type parameters
      TypeList recv_tparams;  // of a generic type's method
      Scope *scope;           // parameters' scope of what has a body; NULL for others
      bool variadic;          // the last parameter's type is then a TYPE_SLICE (or string, for append's special case)
    } signature;
    struct {
      ObjectList vars;
    } tuple;
    struct {
      ObjectList methods; // explicitly declared: FUNC objects
      TypeList embeddeds;
      Pos *embed_pos;
      bool implicit;       // made from a constraint literal such as [T ~int|string]
      bool complete;       // all methods and embeddeds are known; set by the checker
      bool computing;      // type_set is at work, under the lock
      uint8_t predeclared; // INTERFACE_ANY, INTERFACE_COMPARABLE, else 0
      Package *owner;      // NULL in the universe; set by type_new
      TypeSet *set;        // computed on demand: type_set
    } interface;
    struct NamedType {
      Object *obj;      // TYPENAME; of an instance: the origin's
      Type *origin;     // the generic type of an instance; itself otherwise
      TypeList tparams; // of a generic declaration
      TypeList targs;   // of an instance
      Type *underlying; // never NAMED/ALIAS once resolved; NULL before
      Type *from_rhs;   // declared right-hand side, for cycle detection; may be NULL
      VEC(Object *)
      methods;        // declared methods, FUNC, in source order; of an instance: expanded one by one, NULL until then
      uint32_t state; // atomic; NAMED_*
      Package *owner; // whose lazy arena takes what is computed on demand; NULL in the universe
      Type *next_instance;  // in Package.instance_table
      TypeLayout *layout;   // sizes, on demand
      bool is_shape;        // go.shape.T: made by the IR's instantiation; underlying is T's
      bool not_in_heap;     // embeds internal/runtime/sys.NotInHeap (pointers to it are not pointers for the collector)
      uint32_t local_index; // for types declared in functions: gc's ·N (1-based within the package's functions); 0
                            // package level
    } named;
    struct {
      Object *obj;
      Type *origin;
      TypeList tparams, targs;
      Type *rhs;    // as declared; may be another alias
      Type *actual; // resolved: not an alias; NULL while being declared
    } alias;
    struct {
      Object *obj;
      uint32_t index;
      Type *bound; // constraint: any type; its type set is type_set(tparam_interface(t)); NULL or invalid while unknown
      Package *owner;
      Type *iface;  // on demand: tparam_interface
      Type *origin; // of a method of an instance: the type parameter as the method declares it; else NULL
    } tparam;
    struct {
      UnionTerm *terms;
      uint32_t len;
    } union_;
  } u;
};
enum { NAMED_UNRESOLVED, NAMED_EXPANDING, NAMED_RESOLVED };
enum { INTERFACE_ANY = 1, INTERFACE_COMPARABLE };
// byte is uint8 and rune is int32: the kind to switch on.
static inline BasicKind basic_canonical(unsigned kind) {
  return kind == BASIC_BYTE ? BASIC_UINT8 : kind == BASIC_RUNE ? BASIC_INT32 : (BasicKind)kind;
}

typedef enum ObjectKind {
  OBJ_PKGNAME,
  OBJ_CONST,
  OBJ_TYPENAME,
  OBJ_VAR,
  OBJ_FUNC,
  OBJ_LABEL,
  OBJ_BUILTIN,
  OBJ_NIL,
} ObjectKind;

typedef enum VarKind { VAR_PACKAGE, VAR_LOCAL, VAR_RECV, VAR_PARAM, VAR_RESULT, VAR_FIELD } VarKind;

typedef enum BuiltinId {
  BUILTIN_APPEND,
  BUILTIN_CAP,
  BUILTIN_CLEAR,
  BUILTIN_CLOSE,
  BUILTIN_COMPLEX,
  BUILTIN_COPY,
  BUILTIN_DELETE,
  BUILTIN_IMAG,
  BUILTIN_LEN,
  BUILTIN_MAKE,
  BUILTIN_MAX,
  BUILTIN_MIN,
  BUILTIN_NEW,
  BUILTIN_PANIC,
  BUILTIN_PRINT,
  BUILTIN_PRINTLN,
  BUILTIN_REAL,
  BUILTIN_RECOVER,
  BUILTIN_ADD,
  BUILTIN_ALIGNOF,
  BUILTIN_OFFSETOF,
  BUILTIN_SIZEOF,
  BUILTIN_SLICE,
  BUILTIN_SLICEDATA,
  BUILTIN_STRING,
  BUILTIN_STRINGDATA, // package unsafe
} BuiltinId;

// A declared thing. Implicitly declared ones (type-switch variables per clause, unnamed parameters) have objects too.
struct Object {
  uint8_t kind; // ObjectKind
  bool used;
  uint32_t color; // checker's progress: ≥ 2: grey, at index color-2 of Checker.object_path; else not being declared
  Sym name;       // NULL for unnamed parameters
  Type *type;     // NULL until declared
  Package *pkg;   // NULL in the universe
  Pos pos;        // of the declaring identifier (type-switch variables: see reference 2.2)
  Scope *parent;  // scope it is declared in; NULL for fields and methods
  uint32_t order; // package-level source order, 1-based
  uint32_t scope_pos; // offset in the AstDecl from which a local is visible
  bool ready;         // atomic; of packages on demand: complete, and all that its type leads to
  bool is_fresh;      // private to demand.c
  void *ir;           // slot of the IR layer for locals during lowering of one function; not for use elsewhere
  union {
    struct {
      Package *imported;
    } pkgname;
    struct {
      const Const *value;
    } constant;
    struct {
      uint8_t kind;
      bool embedded;
      Object *origin;
    } var; // VarKind; origin: the generic's field/param of an instance's
    struct {
      bool has_pointer_recv;
      Object *origin;  // the generic type's method, for an instance's; itself otherwise
      const Ast *decl; // FUNC_DECL, NULL for interface methods
      uint32_t pragma; // PRAGMA_*
    } func;
    struct {
      BuiltinId id;
    } builtin;
    struct {
      bool is_alias;
      const Ast *decl;
    } type_name;
  } u;
};

struct Scope {
  Scope *parent;
  Scope *named; // the nearest around it that may have names: a nest of blocks without any is not gone through
  Package *pkg;
  Arena *arena;          // borrows
  VEC(Object *) objects; // insertion order
  Object **table;        // hash table by name, only in large scopes; else linear search
  uint32_t table_size;
  bool is_func, is_block;
  bool on_demand;      // of a package on demand: what is not there yet is looked for
  uint32_t start, end; // offsets in the AstDecl; 0,0 for package and file scopes
};

// A name used as x.f (fields, methods) that is not a qualified identifier.
typedef enum SelectionKind { SELECT_FIELD, SELECT_METHOD_VALUE, SELECT_METHOD_EXPR } SelectionKind;
typedef struct Selection {
  SelectionKind kind;
  Type *recv;     // type of x
  Object *obj;    // field VAR or method FUNC
  uint32_t *path; // indices through embedded fields; the last is the field's or method's own index
  uint32_t path_len;
  bool indirect; // a pointer was dereferenced on the way
} Selection;

// Explicit or inferred instantiation, recorded at the NAME of the generic function or type.
typedef struct Instance {
  TypeList targs;
  Type *type; // instantiated
} Instance;

typedef enum OperandMode {
  MODE_INVALID,
  MODE_NOVALUE,
  MODE_BUILTIN,
  MODE_TYPE,
  MODE_CONSTANT,
  MODE_VARIABLE,
  MODE_MAPINDEX,
  MODE_VALUE,
  MODE_NIL,
  MODE_COMMAOK,
  MODE_COMMAERR,
} OperandMode;

// What the checker found of one node. For a NAME: the object it declares or uses (also labels, field keys of composite
// literals, package names). For a SELECTOR that is no qualified identifier: the selection. For CASE_CLAUSE of a type
// switch with a variable: the clause's variable. For an unnamed parameter's FIELD: its variable. For IMPORT_DECL: the
// PKGNAME.
typedef struct NodeInfo {
  Type *type; // final (untyped operands have got their type), NULL for nodes that are not expressions. Comma-ok
              // operands have a TYPE_TUPLE (value, bool) when used so.
  const Const *value;
  union {
    Object *object;
    const Selection *selection;
  } ref;
  uint8_t mode;      // OperandMode
  bool is_selection; // which ref
  bool is_def;       // NAME that declares its object
  bool pending;      // the checker's: untyped so far
  bool is_shift_lhs; // the checker's: of a pending one, left operand of a non-constant shift
} NodeInfo;

// The checker's results for one AstDecl.
typedef struct DeclTypes {
  const AstDecl *decl;
  NodeInfo *nodes;  // [0..node_count]
  PtrMap instances; // NAME node -> Instance
  bool has_error;   // some type in it is invalid
  bool too_deep;    // for one of the limits on nesting
} DeclTypes;

typedef struct TypeError {
  Pos pos;
  Str message;
  bool soft; // unused variable or import and the like: types are right all the same
} TypeError;

// One entry of the initialisation order (Go spec, "Package initialization"): lhs = rhs.
typedef struct Initializer {
  ObjectList lhs; // several for `var a, b = f()`
  const Ast *rhs;
  const AstDecl *decl;
} Initializer;

// A package, checked from source.
struct Package {
  Str path; // import path; "main" packages keep theirs
  Sym name;
  TypeContext *context;
  Scope *scope; // parent: the universe
  AstFile **files;
  Scope **file_scopes;
  uint32_t file_count;
  VEC(Package *) imports; // direct
  VEC(DeclTypes *) decls;
  PtrMap decl_types; // AstDecl -> DeclTypes
  VEC(Initializer) init_order;
  VEC(Object *) funcs;      // functions and methods with their FUNC_DECL, in source order, `_` and init included
  VEC(Object *) type_names; // package-level types in source order
  VEC(TypeError) errors;
  uint32_t go_minor; // language version 1.N of the module
  bool complete;
  bool fake; // could not be loaded: every member is unknown, and no error is given for it
  bool is_unsafe;
  bool has_assembly; // .s files: functions without body are fine
  uint32_t type_serial;
  uint32_t local_type_count;
  Arena arena;
  Arena lazy;            // what is computed on demand: under context->expand_lock; package_free releases it
  Type **instance_table; // instances owned by this package, by hash (in lazy, under the lock)
  uint32_t instance_table_size, instance_count;
  ConstPool constants;
  struct Checker *checker;                     // its state between package_declare and the bodies
  void (*resolve)(struct Checker *, Object *); // check_object_decl while the package is being declared, else NULL
  const uint32_t *cancelled;                   // while it is being built (PackageInput)
  struct PackageDemand *demand;                // of a package on demand (demand.h), else NULL
  void *ir;                                    // the IR layer's image of this package
};

typedef struct TypeTarget {
  Str arch;     // "amd64", "arm64", "386", "arm"
  uint8_t word; // bytes of a pointer
  uint8_t max_align;
} TypeTarget;

// Shared by all packages of an analysis. Immutable after typecontext_new but for the lock and the interner.
struct TypeContext {
  Interner *interner; // borrows
  TypeTarget target;
  uint32_t go_minor; // toolchain
  Scope *universe;
  Package *unsafe_package;
  Type *basic[BASIC_KIND_COUNT]; // by BasicKind
  Type *type_any;                // the alias `any`
  Type *type_empty_interface;
  Type *type_error; // NAMED
  Type *type_comparable;
  Object *universe_iota, *universe_nil, *universe_error_method; // error.Error
  Sym sym_blank, sym_init, sym_main, sym_dot;
  pthread_mutex_t expand_lock; // recursive
  Arena arena;
  ConstPool constants;
};
TypeContext *typecontext_new(Interner *, Str goarch, uint32_t go_minor); // returns owned
void typecontext_free(TypeContext *);
// TypeContext.expand_lock of the package's context; nothing for NULL. Recursive.
void types_lock(const Package *owner);
void types_unlock(const Package *owner);

// -- construction (in the package's arena) --
Type *type_new(Package *, TypeKind);
Type *type_new_pointer(Package *, Type *elem);
Type *type_new_array(Package *, Type *elem, int64_t len);
Type *type_new_slice(Package *, Type *elem);
Type *type_new_map(Package *, Type *key, Type *elem);
Type *type_new_chan(Package *, Type *elem, uint8_t direction);
Type *type_new_tuple(Package *, Object **vars, uint32_t len); // NULL when len is 0; copies the array
Type *type_new_signature(Package *, Object *recv, Type *params, Type *results, bool variadic);
Type *type_new_named(Package *, Object *obj, Type *underlying); // also sets obj->type if NULL
Type *type_new_alias(Package *, Object *obj, Type *rhs);
Type *type_new_param(Package *, Object *obj, Type *bound);
Type *type_invalid(const TypeContext *);
Object *object_new(Package *, ObjectKind, Sym name, Type *, Pos);
Object *object_new_var(Package *, VarKind, Sym name, Type *, Pos);

Scope *scope_new(Package *, Scope *parent);
Object *scope_lookup(const Scope *, Sym); // this scope only
Object *scope_find(const Scope *, Sym);   // the same, without declaring anything on demand
Object *scope_insert(Scope *, Object *);  // returns the object already there by that name, or NULL; blank: not inserted
void scope_replace(Scope *, Object *old, Object *by); // by of the same name; NULL: removes old
// Innermost object by that name, seen from offset at (locals declared later are skipped); UINT32_MAX: no position rule.
Object *scope_lookup_parent(const Scope *, Sym, uint32_t at, const Scope **where);

// -- predicates and structure; all look through aliases --
Type *type_unalias(const Type *);
Type *type_underlying(const Type *); // a TYPE_PARAM's is its constraint interface
bool type_is_invalid(const Type *);
bool type_is_basic(const Type *, unsigned info);  // underlying is basic with any of info; false for type parameters
bool type_all_basic(const Type *, unsigned info); // the same for every type in a type parameter's set
bool type_is_untyped(const Type *);
bool type_is_typed(const Type *);
bool type_is_boolean(const Type *), type_is_integer(const Type *), type_is_unsigned(const Type *),
  type_is_float(const Type *), type_is_complex(const Type *), type_is_numeric(const Type *),
  type_is_string(const Type *);
bool type_is_interface(const Type *); // underlying interface, type parameters included
bool type_is_non_tparam_interface(const Type *);
bool type_is_param(const Type *);
bool type_is_generic(const Type *); // a generic named type or alias without arguments
bool type_is_named(const Type *);   // basic, named or type parameter: has a name
bool type_has_name(const Type *);
bool type_has_nil(const Type *);
bool type_comparable(const Type *); // == may be applied (dynamic: interfaces are comparable)
bool type_strictly_comparable(const Type *);
bool type_identical(const Type *, const Type *);
bool type_identical_ignore_tags(const Type *, const Type *);
uint64_t type_hash(const Type *);                  // equal for identical types
Type *type_default(const Type *);                  // of an untyped type
Type *type_deref(const Type *, bool *was_pointer); // of an unnamed (or any) pointer type: element; else itself
// The single underlying type of a type parameter's set, or the underlying type; NULL when none (Go spec before 1.25:
// core type).
Type *type_core(const Type *);
Type *type_core_string(const Type *); // []byte and string mixed give string
// Calls f for each (underlying) type in t's type set; f(NULL) when there are no specific types. Stops on false.
bool type_each_in_set(const Type *, bool (*f)(void *context, Type *term_type, Type *underlying), void *context);
Type *type_common_underlying(const Type *);  // NULL when the underlying types in the set differ
Type *type_params_of(const Type *signature); // tuple or NULL
Type *type_results_of(const Type *signature);
uint32_t tuple_len(const Type *tuple); // 0 for NULL
Object *tuple_at(const Type *tuple, uint32_t);

// -- interfaces --
struct TypeSet {
  ObjectList methods; // all, sorted by unique name (exported names first by name; others by name and package path)
  UnionTerm *terms;   // NULL and all_types: no restriction
  uint32_t term_count;
  bool all_types, comparable;
};
const TypeSet *type_set(Type *interface_or_param);
Type *tparam_interface(Type *self); // the constraint as an interface
bool typeset_is_empty(const TypeSet *);
bool typeset_is_method_set(const TypeSet *); // no type terms: usable as an ordinary interface

// -- lookup --
// Field or method x.name for x of type t (addressable tells whether pointer-receiver methods count). The result object
// is that of an instance where t is one. Returns NULL when absent or ambiguous; path lives in arena.
typedef struct Lookup {
  Object *obj;
  uint32_t *path;
  uint32_t path_len;
  bool indirect;
  bool ambiguous;    // obj NULL: several at the same depth
  bool need_pointer; // obj NULL: a method exists with pointer receiver but x is not addressable
} Lookup;
Lookup type_lookup(Arena *, Type *t, bool addressable, const Package *from, Sym name, bool fold_case);
// Methods of named types, instances expanded: number, and the i-th (NULL for an invalid one).
uint32_t named_method_count(Type *self);
Object *named_method_at(Type *self, uint32_t i);
Object *named_method(Type *self, const Package *from, Sym name, uint32_t *index);
// The complete method set (Go spec, "Method sets"), promotion included, sorted by unique name.
typedef struct MethodSet {
  Selection *items;
  uint32_t len;
} MethodSet;
MethodSet type_method_set(Arena *, Type *);
// What the run time's type has of it: not the methods with type parameters of their own (go1.27), which there hide no
// promoted ones either.
MethodSet type_run_time_methods(Arena *, Type *);
// Types an object that is still to be declared, where its package is being checked; does nothing otherwise.
void object_resolve(Object *);
bool object_same_id(const Object *, const Package *, Sym name); // spec, "Uniqueness of identifiers"
// Does t have all methods of interface? missing (may be NULL) gets the first that is absent or wrong.
bool type_implements_methods(Type *t, Type *interface, bool is_static, Object **missing, bool *wrong_type);
// t satisfies the constraint (methods, terms, comparable); is_constraint false: assignment to an interface variable.
bool type_implements(Package *from, Type *t, Type *interface, bool is_constraint);
bool type_assertable(Package *from, Type *interface, Type *target); // x.(target) is possible

// -- instantiation --
Type *type_instantiate(Package *in, Type *generic, TypeList targs); // NAMED, ALIAS or SIGNATURE; no constraint check
int type_verify_instance(Package *in, TypeList tparams,
                         TypeList targs); // index of the first argument that fails, or -1
Type *type_substitute(Package *in, Type *, TypeList tparams, TypeList targs); // types are shared where nothing changes

// -- relations --
bool type_convertible(Package *, Type *from, Type *to); // non-constant conversion

// -- sizes (gc's, for the target) --
// Bytes; 0 for invalid and for types that depend on type parameters; INT64_MAX when larger than the address space.
int64_t type_size(const TypeContext *, Type *);
int64_t type_align(const TypeContext *, Type *);
int64_t struct_field_offset(const TypeContext *, Type *struct_type, uint32_t index);
bool type_not_in_heap(const Type *);             // contains internal/runtime/sys.NotInHeap
bool type_is_sized(const TypeContext *, Type *); // false: some of it could not be typed, as a type of C
bool type_has_pointers(const TypeContext *, Type *);
int64_t type_pointer_bytes(const TypeContext *, Type *); // prefix that may hold pointers (gc's PtrDataSize)
bool type_is_direct_interface(const TypeContext *,
                              Type *); // stored in an interface's data word itself (reference, 2.7)

// -- printing --
typedef enum TypeStyle {
  STYLE_GOTYPES, // as go/types' TypeString with full package paths as qualifiers
  STYLE_GC,      // as gc prints in messages: local package unqualified, others by package name (reference, 2.4)
  STYLE_GC_LINK, // as gc's link names: full paths, "main" for package main, ·N for local types
} TypeStyle;
void type_write(Buf *, const Type *, TypeStyle, const Package *local);
Str type_string(Arena *, const Type *, TypeStyle,
                const Package *local); // the same, as a string that lives in the arena
void object_write(Buf *, const Object *, TypeStyle, const Package *local); // go/types' ObjectString

#endif
