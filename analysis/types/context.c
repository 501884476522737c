// context.c: the type context and the universe: predeclared types, constants, functions and nil, and package unsafe.
//
// Follows the Go spec, "Predeclared identifiers" and "Package unsafe", and the universe of go/types: `any` is an alias
// of an interface of its own, so that printing can tell it from interface{}; `comparable` and `error` are named types
// without a package.
#include <stdlib.h>

#include "types/type_internal.h"

typedef struct BasicRow {
  const char *name;
  uint16_t info;
  uint8_t default_kind; // BASIC_INVALID: itself
} BasicRow;

static const BasicRow basic_rows[BASIC_KIND_COUNT] = {
  [BASIC_INVALID] = {"invalid type", 0, 0},
  [BASIC_BOOL] = {"bool", BASIC_IS_BOOLEAN, 0},
  [BASIC_INT] = {"int", BASIC_IS_INTEGER, 0},
  [BASIC_INT8] = {"int8", BASIC_IS_INTEGER, 0},
  [BASIC_INT16] = {"int16", BASIC_IS_INTEGER, 0},
  [BASIC_INT32] = {"int32", BASIC_IS_INTEGER, 0},
  [BASIC_INT64] = {"int64", BASIC_IS_INTEGER, 0},
  [BASIC_UINT] = {"uint", BASIC_IS_INTEGER | BASIC_IS_UNSIGNED, 0},
  [BASIC_UINT8] = {"uint8", BASIC_IS_INTEGER | BASIC_IS_UNSIGNED, 0},
  [BASIC_UINT16] = {"uint16", BASIC_IS_INTEGER | BASIC_IS_UNSIGNED, 0},
  [BASIC_UINT32] = {"uint32", BASIC_IS_INTEGER | BASIC_IS_UNSIGNED, 0},
  [BASIC_UINT64] = {"uint64", BASIC_IS_INTEGER | BASIC_IS_UNSIGNED, 0},
  [BASIC_UINTPTR] = {"uintptr", BASIC_IS_INTEGER | BASIC_IS_UNSIGNED, 0},
  [BASIC_FLOAT32] = {"float32", BASIC_IS_FLOAT, 0},
  [BASIC_FLOAT64] = {"float64", BASIC_IS_FLOAT, 0},
  [BASIC_COMPLEX64] = {"complex64", BASIC_IS_COMPLEX, 0},
  [BASIC_COMPLEX128] = {"complex128", BASIC_IS_COMPLEX, 0},
  [BASIC_STRING] = {"string", BASIC_IS_STRING, 0},
  [BASIC_UNSAFE_POINTER] = {"Pointer", 0, 0},
  [BASIC_UNTYPED_BOOL] = {"untyped bool", BASIC_IS_BOOLEAN | BASIC_IS_UNTYPED, BASIC_BOOL},
  [BASIC_UNTYPED_INT] = {"untyped int", BASIC_IS_INTEGER | BASIC_IS_UNTYPED, BASIC_INT},
  [BASIC_UNTYPED_RUNE] = {"untyped rune", BASIC_IS_INTEGER | BASIC_IS_UNTYPED, BASIC_RUNE},
  [BASIC_UNTYPED_FLOAT] = {"untyped float", BASIC_IS_FLOAT | BASIC_IS_UNTYPED, BASIC_FLOAT64},
  [BASIC_UNTYPED_COMPLEX] = {"untyped complex", BASIC_IS_COMPLEX | BASIC_IS_UNTYPED, BASIC_COMPLEX128},
  [BASIC_UNTYPED_STRING] = {"untyped string", BASIC_IS_STRING | BASIC_IS_UNTYPED, BASIC_STRING},
  [BASIC_UNTYPED_NIL] = {"untyped nil", BASIC_IS_UNTYPED, 0},
  [BASIC_BYTE] = {"byte", BASIC_IS_INTEGER | BASIC_IS_UNSIGNED, 0},
  [BASIC_RUNE] = {"rune", BASIC_IS_INTEGER, 0},
};

static const char *const builtin_names[] = {
  [BUILTIN_APPEND] = "append",     [BUILTIN_CAP] = "cap",
  [BUILTIN_CLEAR] = "clear",       [BUILTIN_CLOSE] = "close",
  [BUILTIN_COMPLEX] = "complex",   [BUILTIN_COPY] = "copy",
  [BUILTIN_DELETE] = "delete",     [BUILTIN_IMAG] = "imag",
  [BUILTIN_LEN] = "len",           [BUILTIN_MAKE] = "make",
  [BUILTIN_MAX] = "max",           [BUILTIN_MIN] = "min",
  [BUILTIN_NEW] = "new",           [BUILTIN_PANIC] = "panic",
  [BUILTIN_PRINT] = "print",       [BUILTIN_PRINTLN] = "println",
  [BUILTIN_REAL] = "real",         [BUILTIN_RECOVER] = "recover",
  [BUILTIN_ADD] = "Add",           [BUILTIN_ALIGNOF] = "Alignof",
  [BUILTIN_OFFSETOF] = "Offsetof", [BUILTIN_SIZEOF] = "Sizeof",
  [BUILTIN_SLICE] = "Slice",       [BUILTIN_SLICEDATA] = "SliceData",
  [BUILTIN_STRING] = "String",     [BUILTIN_STRINGDATA] = "StringData",
};

static const struct TargetRow {
  const char *arch;
  uint8_t word, max_align;
} target_rows[] = {{"amd64", 8, 8},   {"arm64", 8, 8},   {"386", 4, 4},    {"arm", 4, 4},      {"loong64", 8, 8},
                   {"mips", 4, 4},    {"mipsle", 4, 4},  {"mips64", 8, 8}, {"mips64le", 8, 8}, {"ppc64", 8, 8},
                   {"ppc64le", 8, 8}, {"riscv64", 8, 8}, {"s390x", 8, 8},  {"wasm", 8, 8}};

static Object *universe_object(TypeContext *c, ObjectKind kind, const char *name, Type *type) {
  Object *o = ARENA_NEW(&c->arena, Object);
  o->kind = (uint8_t)kind;
  o->name = intern(c->interner, str_of(name));
  o->type = type;
  return o;
}

// Exported names are package unsafe's.
static void universe_define(TypeContext *c, Object *o) {
  bool is_unsafe = o->name->exported;
  if (is_unsafe) o->pkg = c->unsafe_package;
  scope_insert(is_unsafe ? c->unsafe_package->scope : c->universe, o);
}

static Scope *universe_scope(TypeContext *c, Scope *parent, Package *pkg) {
  Scope *s = ARENA_NEW(&c->arena, Scope);
  s->arena = &c->arena;
  s->parent = parent;
  s->pkg = pkg;
  return s;
}

static void define_basic_types(TypeContext *c) {
  for (unsigned k = 0; k < BASIC_KIND_COUNT; k++) {
    Type *t = type_alloc(&c->arena, NULL, TYPE_BASIC);
    t->basic_kind = (uint8_t)k;
    t->basic_info = basic_rows[k].info;
    t->u.basic.name = intern(c->interner, str_of(basic_rows[k].name));
    t->u.basic.default_type = t;
    c->basic[k] = t;
  }
  for (unsigned k = 0; k < BASIC_KIND_COUNT; k++) {
    if (basic_rows[k].default_kind) c->basic[k]->u.basic.default_type = c->basic[basic_rows[k].default_kind];
    if (!strchr(basic_rows[k].name, ' '))
      universe_define(c, universe_object(c, OBJ_TYPENAME, basic_rows[k].name, c->basic[k]));
  }
}

static Type *universe_interface(TypeContext *c, Object *method, bool comparable) {
  Type *t = type_alloc(&c->arena, NULL, TYPE_INTERFACE);
  TypeSet *set = ARENA_NEW(&c->arena, TypeSet);
  set->all_types = true;
  set->comparable = comparable;
  if (method) {
    Object **items = ARENA_ARRAY(&c->arena, Object *, 1);
    items[0] = method;
    t->u.interface.methods = set->methods = (ObjectList){items, 1};
  }
  t->u.interface.complete = true;
  t->u.interface.set = set;
  return t;
}

static Type *universe_named(TypeContext *c, Object *name, Type *underlying) {
  Type *t = type_alloc(&c->arena, NULL, TYPE_NAMED);
  t->u.named.obj = name;
  t->u.named.origin = t;
  t->u.named.from_rhs = t->u.named.underlying = underlying;
  t->u.named.state = NAMED_RESOLVED;
  name->type = t;
  return t;
}

// type error interface { Error() string }
static void define_error(TypeContext *c) {
  Object *name = universe_object(c, OBJ_TYPENAME, "error", NULL);
  Object *recv = universe_object(c, OBJ_VAR, "", NULL);
  recv->name = NULL;
  recv->u.var.kind = VAR_RECV;
  Object *result = universe_object(c, OBJ_VAR, "", c->basic[BASIC_STRING]);
  result->name = NULL;
  result->u.var.kind = VAR_RESULT;
  Type *results = type_alloc(&c->arena, NULL, TYPE_TUPLE);
  results->u.tuple.vars.items = ARENA_ARRAY(&c->arena, Object *, 1);
  results->u.tuple.vars.items[0] = result;
  results->u.tuple.vars.len = 1;
  Type *signature = type_alloc(&c->arena, NULL, TYPE_SIGNATURE);
  signature->u.signature.recv = recv;
  signature->u.signature.results = results;
  Object *method = universe_object(c, OBJ_FUNC, "Error", signature);
  method->u.func.origin = method;
  c->type_error = universe_named(c, name, universe_interface(c, method, false));
  recv->type = c->type_error;
  c->universe_error_method = method;
  universe_define(c, name);
}

static void define_interfaces(TypeContext *c) {
  c->type_empty_interface = universe_interface(c, NULL, false);
  Object *any = universe_object(c, OBJ_TYPENAME, "any", NULL);
  any->u.type_name.is_alias = true;
  Type *alias = type_alloc(&c->arena, NULL, TYPE_ALIAS);
  alias->u.alias.obj = any;
  alias->u.alias.origin = alias;
  alias->u.alias.rhs = alias->u.alias.actual = universe_interface(c, NULL, false);
  alias->u.alias.rhs->u.interface.predeclared = INTERFACE_ANY;
  any->type = c->type_any = alias;
  universe_define(c, any);
  define_error(c);
  Object *comparable = universe_object(c, OBJ_TYPENAME, "comparable", NULL);
  Type *set = universe_interface(c, NULL, true);
  set->u.interface.predeclared = INTERFACE_COMPARABLE;
  c->type_comparable = universe_named(c, comparable, set);
  universe_define(c, comparable);
}

static void define_values(TypeContext *c) {
  for (int i = 0; i < 2; i++) {
    Object *o = universe_object(c, OBJ_CONST, i ? "true" : "false", c->basic[BASIC_UNTYPED_BOOL]);
    o->u.constant.value = const_bool(&c->constants, i);
    universe_define(c, o);
  }
  c->universe_iota = universe_object(c, OBJ_CONST, "iota", c->basic[BASIC_UNTYPED_INT]);
  c->universe_iota->u.constant.value = const_int64(&c->constants, 0);
  universe_define(c, c->universe_iota);
  c->universe_nil = universe_object(c, OBJ_NIL, "nil", c->basic[BASIC_UNTYPED_NIL]);
  universe_define(c, c->universe_nil);
  for (unsigned i = 0; i < sizeof builtin_names / sizeof *builtin_names; i++) {
    Object *o = universe_object(c, OBJ_BUILTIN, builtin_names[i], c->basic[BASIC_INVALID]);
    o->u.builtin.id = (BuiltinId)i;
    universe_define(c, o);
  }
}

TypeContext *typecontext_new(Interner *interner, Str goarch, uint32_t go_minor) {
  TypeContext *c = mem_new(sizeof *c);
  c->interner = interner;
  c->go_minor = go_minor;
  arena_init(&c->arena);
  constpool_init(&c->constants, &c->arena);
  pthread_mutexattr_t recursive;
  pthread_mutexattr_init(&recursive);
  pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&c->expand_lock, &recursive);
  pthread_mutexattr_destroy(&recursive);

  c->target = (TypeTarget){arena_str(&c->arena, goarch), 8, 8};
  for (size_t i = 0; i < sizeof target_rows / sizeof *target_rows; i++) {
    if (!str_equal(goarch, str_of(target_rows[i].arch))) continue;
    c->target.word = target_rows[i].word;
    c->target.max_align = target_rows[i].max_align;
  }
  c->sym_blank = intern(interner, STR("_"));
  c->sym_init = intern(interner, STR("init"));
  c->sym_main = intern(interner, STR("main"));
  c->sym_dot = intern(interner, STR("."));

  c->universe = universe_scope(c, NULL, NULL);
  Package *u = ARENA_NEW(&c->arena, Package);
  u->path = STR("unsafe");
  u->name = intern(interner, STR("unsafe"));
  u->context = c;
  u->complete = u->is_unsafe = true;
  u->scope = universe_scope(c, c->universe, u);
  c->unsafe_package = u;
  define_basic_types(c);
  define_interfaces(c);
  define_values(c);
  return c;
}

void typecontext_free(TypeContext *c) {
  if (!c) return;
  constpool_release(&c->constants);
  arena_release(&c->unsafe_package->arena);
  arena_release(&c->unsafe_package->lazy);
  pthread_mutex_destroy(&c->expand_lock);
  arena_release(&c->arena);
  free(c);
}
