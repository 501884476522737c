// types_test.c: the type library without the checker: the universe, identity, type sets, instances, lookup, sizes, and
// the three spellings. Types are made by hand in a package "example.com/m/sub".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/sha256.h"
#include "types/types.h"

typedef struct World {
  Interner *interner;
  TypeContext *context;
  Package *pkg, *other;
} World;

static Package *make_package(World *w, const char *path, const char *name) {
  Package *p = mem_new(sizeof *p);
  p->context = w->context;
  p->path = str_of(path);
  p->name = intern(w->interner, str_of(name));
  p->scope = scope_new(p, w->context->universe);
  return p;
}

static void free_package(Package *p) {
  arena_release(&p->arena);
  arena_release(&p->lazy);
  free(p);
}

static World make_world(const char *arch) {
  World w = {.interner = interner_new()};
  w.context = typecontext_new(w.interner, str_of(arch), 26);
  w.pkg = make_package(&w, "example.com/m/sub", "sub");
  w.other = make_package(&w, "example.com/x.y", "main");
  return w;
}

static void free_world(World *w) {
  free_package(w->pkg);
  free_package(w->other);
  typecontext_free(w->context);
  interner_free(w->interner);
}

static Sym name(World *w, const char *z) { return intern(w->interner, str_of(z)); }
static Type *basic(World *w, BasicKind k) { return w->context->basic[k]; }

static Object *var(World *w, VarKind kind, const char *z, Type *t) {
  return object_new_var(w->pkg, kind, z ? name(w, z) : NULL, t, (Pos){0});
}

static Type *named(World *w, Package *p, const char *z, Type *underlying) {
  return type_new_named(p, object_new(p, OBJ_TYPENAME, name(w, z), NULL, (Pos){0}), underlying);
}

static Type *structure(World *w, Object **fields, uint32_t n) {
  Type *t = type_new(w->pkg, TYPE_STRUCT);
  Type *tuple = type_new_tuple(w->pkg, fields, n);
  if (tuple) t->u.struct_.fields = tuple->u.tuple.vars;
  return t;
}

static Type *function(World *w, Type *param, Type *result) {
  Object *p = var(w, VAR_PARAM, NULL, param), *r = var(w, VAR_RESULT, NULL, result);
  return type_new_signature(w->pkg, NULL, param ? type_new_tuple(w->pkg, &p, 1) : NULL,
                            result ? type_new_tuple(w->pkg, &r, 1) : NULL, false);
}

static Type *interface(World *w, Object **methods, uint32_t n, Type **embeddeds, uint32_t m) {
  Type *t = type_new(w->pkg, TYPE_INTERFACE);
  Type *tuple = type_new_tuple(w->pkg, methods, n);
  if (tuple) t->u.interface.methods = tuple->u.tuple.vars;
  t->u.interface.embeddeds = (TypeList){embeddeds, m};
  t->u.interface.complete = true;
  return t;
}

static Object *method(World *w, const char *z, Type *signature) {
  return object_new(w->pkg, OBJ_FUNC, name(w, z), signature, (Pos){0});
}

static void add_method(World *w, Type *t, const char *z, Type *signature, bool pointer) {
  Object *m = method(w, z, signature);
  m->u.func.has_pointer_recv = pointer;
  signature->u.signature.recv = var(w, VAR_RECV, "r", pointer ? type_new_pointer(w->pkg, t) : t);
  VEC_PUSH(&w->pkg->arena, &t->u.named.methods, m);
}

static void expect_text(World *w, const Type *t, TypeStyle style, const char *want) {
  Buf b = {0};
  type_write(&b, t, style, w->pkg);
  assert_string_equal(b.text, want);
  buf_release(&b);
}

// type List[T any] struct { head T; next *List[T] }, with func (l *List[T]) Push(x T)
static Type *make_list(World *w, Type **tparam) {
  Type *list = named(w, w->pkg, "List", NULL);
  Object *tname = object_new(w->pkg, OBJ_TYPENAME, name(w, "T"), NULL, (Pos){0});
  Type *t = type_new_param(w->pkg, tname, w->context->type_any);
  Type **one = ARENA_ARRAY(&w->pkg->arena, Type *, 1);
  one[0] = t;
  list->u.named.tparams = (TypeList){one, 1};
  Type *self = type_instantiate(w->pkg, list, list->u.named.tparams);
  Object *fields[] = {var(w, VAR_FIELD, "head", t), var(w, VAR_FIELD, "next", type_new_pointer(w->pkg, self))};
  assert_true(type_is_invalid(type_underlying(self))); // the declaration is in progress
  list->u.named.from_rhs = structure(w, fields, 2);
  Type *push = function(w, t, NULL);
  push->u.signature.recv_tparams = list->u.named.tparams;
  Object *m = method(w, "Push", push);
  m->u.func.has_pointer_recv = true;
  push->u.signature.recv = var(w, VAR_RECV, "l", type_new_pointer(w->pkg, self));
  VEC_PUSH(&w->pkg->arena, &list->u.named.methods, m);
  if (tparam) *tparam = t;
  return list;
}

static void test_universe(void **state) {
  (void)state;
  World w = make_world("amd64");
  Object *o = scope_lookup_parent(w.pkg->scope, name(&w, "error"), UINT32_MAX, NULL);
  assert_non_null(o);
  assert_ptr_equal(o->type, w.context->type_error);
  assert_int_equal(type_set(o->type)->methods.len, 1);
  assert_null(scope_lookup(w.context->universe, name(&w, "Pointer")));
  assert_non_null(scope_lookup(w.context->unsafe_package->scope, name(&w, "Pointer")));
  assert_non_null(scope_lookup(w.context->unsafe_package->scope, name(&w, "Sizeof")));
  assert_non_null(scope_lookup(w.context->universe, name(&w, "append")));
  assert_true(type_identical(w.context->type_any, w.context->type_empty_interface));
  assert_false(typeset_is_method_set(type_set(w.context->type_comparable)));
  expect_text(&w, w.context->type_any, STYLE_GC, "any");
  expect_text(&w, w.context->type_any, STYLE_GC_LINK, "interface {}");
  expect_text(&w, basic(&w, BASIC_BYTE), STYLE_GC, "byte");
  expect_text(&w, basic(&w, BASIC_RUNE), STYLE_GC_LINK, "int32");
  assert_ptr_equal(type_default(basic(&w, BASIC_UNTYPED_RUNE)), basic(&w, BASIC_RUNE));
  free_world(&w);
}

static void test_identity(void **state) {
  (void)state;
  World w = make_world("amd64");
  Type *i = basic(&w, BASIC_INT), *b = basic(&w, BASIC_BYTE), *u8 = basic(&w, BASIC_UINT8);
  assert_true(type_identical(b, u8));
  assert_int_equal(type_hash(b), type_hash(u8));
  assert_false(type_identical(i, u8));
  Type *s1 = type_new_slice(w.pkg, b), *s2 = type_new_slice(w.pkg, u8);
  assert_true(type_identical(s1, s2));
  assert_int_equal(type_hash(s1), type_hash(s2));
  Object *f1[] = {var(&w, VAR_FIELD, "a", i)}, *f2[] = {var(&w, VAR_FIELD, "b", i)};
  assert_false(type_identical(structure(&w, f1, 1), structure(&w, f2, 1)));
  Type *tagged = structure(&w, f1, 1);
  Str tag = STR("json:\"a\"");
  tagged->u.struct_.tags = &tag;
  assert_false(type_identical(structure(&w, f1, 1), tagged));
  assert_true(type_identical_ignore_tags(structure(&w, f1, 1), tagged));
  Type *n1 = named(&w, w.pkg, "N", i), *n2 = named(&w, w.pkg, "N", i);
  assert_false(type_identical(n1, n2));
  assert_true(type_identical(type_underlying(n1), i));
  Type *alias = type_new_alias(w.pkg, object_new(w.pkg, OBJ_TYPENAME, name(&w, "A"), NULL, (Pos){0}), n1);
  assert_true(type_identical(alias, n1));
  // Recursive through methods: type I interface{ M() I } against interface{ M() I }.
  Type *in = named(&w, w.pkg, "I", NULL);
  Object *m1[] = {method(&w, "M", function(&w, NULL, in))}, *m2[] = {method(&w, "M", function(&w, NULL, in))};
  in->u.named.from_rhs = interface(&w, m1, 1, NULL, 0);
  assert_true(type_identical(type_underlying(in), interface(&w, m2, 1, NULL, 0)));
  free_world(&w);
}

static void test_instances(void **state) {
  (void)state;
  World w = make_world("amd64");
  Type *t, *list = make_list(&w, &t);
  Type *args[] = {basic(&w, BASIC_INT)}, *bytes[] = {basic(&w, BASIC_BYTE)}, *octets[] = {basic(&w, BASIC_UINT8)};
  Type *ints = type_instantiate(w.pkg, list, (TypeList){args, 1});
  assert_ptr_equal(ints, type_instantiate(w.pkg, list, (TypeList){args, 1}));
  Type *lb = type_instantiate(w.pkg, list, (TypeList){bytes, 1}),
       *lo = type_instantiate(w.pkg, list, (TypeList){octets, 1});
  assert_ptr_not_equal(lb, lo); // they print differently
  assert_true(type_identical(lb, lo));
  assert_int_equal(type_hash(lb), type_hash(lo));
  expect_text(&w, ints, STYLE_GC, "List[int]");
  expect_text(&w, type_new_slice(w.pkg, ints), STYLE_GC_LINK, "[]example.com/m/sub.List[int]");
  expect_text(&w, lb, STYLE_GC, "List[uint8]");
  expect_text(&w, lb, STYLE_GOTYPES, "List[byte]");
  Type *outer[] = {ints};
  expect_text(&w, type_instantiate(w.pkg, list, (TypeList){outer, 1}), STYLE_GC, "List[example.com/m/sub.List[int]]");
  const Type *u = type_underlying(ints);
  assert_int_equal(u->kind, TYPE_STRUCT);
  assert_ptr_equal(u->u.struct_.fields.items[0]->type, basic(&w, BASIC_INT));
  assert_ptr_equal(u->u.struct_.fields.items[1]->type->u.pointer.elem, ints);
  Arena arena = {0};
  Lookup l = type_lookup(&arena, ints, true, w.pkg, name(&w, "Push"), false);
  assert_non_null(l.obj);
  assert_ptr_equal(tuple_at(l.obj->type->u.signature.params, 0)->type, basic(&w, BASIC_INT));
  assert_ptr_equal(l.obj->u.func.origin, list->u.named.methods.items[0]);
  assert_ptr_equal(l.obj->type->u.signature.recv->type->u.pointer.elem, ints);
  l = type_lookup(&arena, ints, false, w.pkg, name(&w, "Push"), false);
  assert_null(l.obj);
  assert_true(l.need_pointer);
  arena_release(&arena);
  assert_int_equal(type_size(w.context, ints), 16);
  assert_int_equal(type_size(w.context, list->u.named.targs.len ? NULL : type_underlying(list)), 0);
  free_world(&w);
}

static void test_lookup(void **state) {
  (void)state;
  World w = make_world("amd64");
  Arena arena = {0};
  Object *inner[] = {var(&w, VAR_FIELD, "x", basic(&w, BASIC_INT)), var(&w, VAR_FIELD, "Deep", basic(&w, BASIC_INT))};
  Type *a = named(&w, w.pkg, "A", structure(&w, inner, 2)), *b = named(&w, w.pkg, "B", structure(&w, inner, 1));
  add_method(&w, a, "V", function(&w, NULL, NULL), false);
  add_method(&w, a, "P", function(&w, NULL, NULL), true);
  Object *ea = var(&w, VAR_FIELD, "A", a), *eb = var(&w, VAR_FIELD, "B", type_new_pointer(w.pkg, b));
  ea->u.var.embedded = eb->u.var.embedded = true;
  Object *outer[] = {ea, eb};
  Type *c = named(&w, w.pkg, "C", structure(&w, outer, 2));
  Lookup l = type_lookup(&arena, c, false, w.pkg, name(&w, "Deep"), false);
  assert_non_null(l.obj);
  assert_int_equal(l.path_len, 2);
  assert_int_equal(l.path[0], 0);
  assert_int_equal(l.path[1], 1);
  assert_false(l.indirect);
  l = type_lookup(&arena, c, false, w.pkg, name(&w, "x"), false);
  assert_null(l.obj);
  assert_true(l.ambiguous);
  l = type_lookup(&arena, c, false, w.other, name(&w, "x"), false); // another package's x
  assert_false(l.ambiguous);
  MethodSet values = type_method_set(&arena, c), pointers = type_method_set(&arena, type_new_pointer(w.pkg, c));
  assert_int_equal(values.len, 1);
  assert_int_equal(pointers.len, 2);
  assert_true(sym_is(pointers.items[0].obj->name, "P"));
  Object *want[] = {method(&w, "P", function(&w, NULL, NULL))};
  Type *i = interface(&w, want, 1, NULL, 0);
  assert_false(type_implements(w.pkg, c, i, false));
  assert_true(type_implements(w.pkg, type_new_pointer(w.pkg, c), i, false));
  Object *missing;
  bool wrong;
  assert_false(type_implements_methods(c, i, true, &missing, &wrong));
  assert_ptr_equal(missing, want[0]);
  assert_true(wrong);
  arena_release(&arena);
  free_world(&w);
}

// type T[P any] struct { *T[*P] }: every depth has a new type; the search must end.
static void test_lookup_of_expanding_type(void **state) {
  (void)state;
  World w = make_world("amd64");
  Type *t = named(&w, w.pkg, "T", NULL);
  Type *p = type_new_param(w.pkg, object_new(w.pkg, OBJ_TYPENAME, name(&w, "P"), NULL, (Pos){0}), w.context->type_any);
  Type *tparams[] = {p}, *args[] = {type_new_pointer(w.pkg, p)}, *ints[] = {basic(&w, BASIC_INT)};
  t->u.named.tparams = (TypeList){tparams, 1};
  Object *f = var(&w, VAR_FIELD, "T", type_new_pointer(w.pkg, type_instantiate(w.pkg, t, (TypeList){args, 1})));
  f->u.var.embedded = true;
  t->u.named.from_rhs = structure(&w, &f, 1);
  Arena arena = {0};
  Lookup l =
    type_lookup(&arena, type_instantiate(w.pkg, t, (TypeList){ints, 1}), true, w.pkg, name(&w, "absent"), false);
  assert_null(l.obj);
  arena_release(&arena);
  free_world(&w);
}

static void test_type_sets(void **state) {
  (void)state;
  World w = make_world("amd64");
  Type *i = basic(&w, BASIC_INT), *s = basic(&w, BASIC_STRING);
  UnionTerm terms[] = {{i, true}, {s, false}, {i, false}};
  Type *u = type_new(w.pkg, TYPE_UNION);
  u->u.union_.terms = terms;
  u->u.union_.len = 3;
  Type *constraint = interface(&w, NULL, 0, &u, 1);
  const TypeSet *set = type_set(constraint);
  assert_false(set->all_types);
  assert_int_equal(set->term_count, 2); // int is in ~int
  assert_true(type_implements(w.pkg, named(&w, w.pkg, "MyInt", i), constraint, true));
  assert_false(type_implements(w.pkg, named(&w, w.pkg, "MyString", s), constraint, true));
  Type *p = type_new_param(w.pkg, object_new(w.pkg, OBJ_TYPENAME, name(&w, "P"), NULL, (Pos){0}), constraint);
  assert_true(type_all_basic(p, BASIC_IS_ORDERED));
  assert_false(type_all_basic(p, BASIC_IS_NUMERIC));
  assert_null(type_core(p));
  assert_true(type_comparable(p));
  Type *q = type_new_param(w.pkg, object_new(w.pkg, OBJ_TYPENAME, name(&w, "Q"), NULL, (Pos){0}), w.context->type_any);
  assert_false(type_comparable(q));
  Type *r =
    type_new_param(w.pkg, object_new(w.pkg, OBJ_TYPENAME, name(&w, "R"), NULL, (Pos){0}), type_new_slice(w.pkg, i));
  assert_int_equal(type_core(r)->kind, TYPE_SLICE); // a plain type as constraint
  assert_true(type_has_nil(r));
  Type *incomplete = type_new(w.pkg, TYPE_INTERFACE);
  assert_true(type_set(incomplete)->all_types);
  Type *user = interface(&w, NULL, 0, &incomplete, 1);
  assert_int_equal(type_set(user)->methods.len, 0);
  Object *m[] = {method(&w, "M", function(&w, NULL, NULL))};
  incomplete->u.interface.methods = (ObjectList){m, 1};
  incomplete->u.interface.complete = true;
  assert_int_equal(type_set(user)->methods.len, 1); // nothing incomplete was remembered
  free_world(&w);
}

static void test_sizes(void **state) {
  (void)state;
  World w = make_world("amd64"), s = make_world("386");
  Object *f[] = {var(&w, VAR_FIELD, "a", basic(&w, BASIC_INT8)), var(&w, VAR_FIELD, "b", basic(&w, BASIC_INT64)),
                 var(&w, VAR_FIELD, "c", basic(&w, BASIC_STRING)), var(&w, VAR_FIELD, "d", structure(&w, NULL, 0))};
  Type *t = structure(&w, f, 4);
  assert_int_equal(type_size(w.context, t), 40); // a byte more after the empty struct, rounded up
  assert_int_equal(struct_field_offset(w.context, t, 1), 8);
  assert_int_equal(type_pointer_bytes(w.context, t), 24);
  assert_int_equal(type_size(s.context, t), 24);
  assert_int_equal(struct_field_offset(s.context, t, 1), 4);
  assert_int_equal(type_size(w.context, structure(&w, f, 2)), 16);
  assert_int_equal(type_size(w.context, basic(&w, BASIC_COMPLEX128)), 16);
  assert_int_equal(type_align(w.context, basic(&w, BASIC_COMPLEX64)), 4);
  Type *pointer = type_new_pointer(w.pkg, basic(&w, BASIC_INT));
  assert_true(type_is_direct_interface(w.context, pointer));
  Object *g[] = {var(&w, VAR_FIELD, "e", structure(&w, NULL, 0)), var(&w, VAR_FIELD, "p", pointer)};
  assert_true(type_is_direct_interface(w.context, structure(&w, g, 2)));
  assert_false(type_is_direct_interface(w.context, basic(&w, BASIC_UINTPTR)));
  assert_false(type_has_pointers(w.context, type_new_array(w.pkg, pointer, 0)));
  assert_int_equal(type_pointer_bytes(w.context, type_new_array(w.pkg, basic(&w, BASIC_STRING), 3)), 40);
  assert_int_equal(type_size(w.context, type_new_array(w.pkg, basic(&w, BASIC_STRING), INT64_MAX / 2)), INT64_MAX);
  free_world(&s);
  free_world(&w);
}

static void test_spelling(void **state) {
  (void)state;
  World w = make_world("amd64");
  Type *i = basic(&w, BASIC_INT), *t = named(&w, w.pkg, "T", i), *o = named(&w, w.other, "O", i);
  expect_text(&w, type_new_pointer(w.pkg, t), STYLE_GC, "*T");
  expect_text(&w, type_new_pointer(w.pkg, t), STYLE_GC_LINK, "*example.com/m/sub.T");
  expect_text(&w, o, STYLE_GC, "main.O");
  expect_text(&w, o, STYLE_GC_LINK, "main.O");
  expect_text(&w, o, STYLE_GOTYPES, "example.com/x.y.O");
  Object *f[] = {var(&w, VAR_FIELD, "a", i), var(&w, VAR_FIELD, "B", basic(&w, BASIC_BYTE)),
                 var(&w, VAR_FIELD, "T", t)};
  f[2]->u.var.embedded = true;
  Type *st = structure(&w, f, 3);
  expect_text(&w, st, STYLE_GC, "struct { a int; B byte; T }");
  expect_text(&w, st, STYLE_GC_LINK, "struct { example.com/m/sub.a int; B uint8; example.com/m/sub.T }");
  expect_text(&w, st, STYLE_GOTYPES, "struct{a int; B byte; T}");
  Object *m[] = {method(&w, "N", function(&w, i, NULL)), method(&w, "m", function(&w, NULL, t))};
  expect_text(&w, interface(&w, m, 2, NULL, 0), STYLE_GC,
              "interface { N(int); example.com/m/sub.m() example.com/m/sub.T }");
  expect_text(&w, interface(&w, m, 2, NULL, 0), STYLE_GOTYPES, "interface{N(int); m() T}");
  Object *params[] = {var(&w, VAR_PARAM, "x", i),
                      var(&w, VAR_PARAM, "rest", type_new_slice(w.pkg, basic(&w, BASIC_STRING)))};
  Object *results[] = {var(&w, VAR_RESULT, NULL, t), var(&w, VAR_RESULT, NULL, w.context->type_error)};
  Type *fn = type_new_signature(w.pkg, NULL, type_new_tuple(w.pkg, params, 2), type_new_tuple(w.pkg, results, 2), true);
  expect_text(&w, fn, STYLE_GC, "func(int, ...string) (T, error)");
  expect_text(&w, fn, STYLE_GOTYPES, "func(x int, rest ...string) (T, error)");
  Type *receive = type_new_chan(w.pkg, i, CHAN_RECV_ONLY);
  expect_text(&w, type_new_chan(w.pkg, receive, CHAN_BOTH), STYLE_GC, "chan (<-chan int)");
  Type *shape = named(&w, w.pkg, "[]uint8", type_new_slice(w.pkg, basic(&w, BASIC_BYTE)));
  shape->u.named.is_shape = true;
  expect_text(&w, shape, STYLE_GC, "go.shape.[]uint8");
  Type *local = named(&w, w.pkg, "loc", i);
  local->u.named.local_index = 2;
  expect_text(&w, local, STYLE_GC, "loc");
  expect_text(&w, local, STYLE_GC_LINK, "example.com/m/sub.loc·2");
  free_world(&w);
}

static void test_sha256(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint8_t start[4];
  } known[] = {{"", {0xe3, 0xb0, 0xc4, 0x42}},
               {"abc", {0xba, 0x78, 0x16, 0xbf}},
               {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", {0x24, 0x8d, 0x6a, 0x61}}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    uint8_t digest[32];
    sha256(str_of(known[i].text), digest);
    assert_memory_equal(digest, known[i].start, 4);
  }
}

// -- threads: packages that share instances ask for their parts at the same time --

typedef struct Asker {
  World *world;
  Type **types;
  Package *pkg; // the thread's own
  unsigned count;
  int64_t sum;
} Asker;

enum { ASKERS = 4, SHARED_TYPES = 200 };

static void *ask(void *argument) {
  Asker *a = argument;
  Arena arena = {0};
  for (unsigned i = 0; i < a->count; i++) {
    Type *t = a->types[i];
    a->sum += type_size(a->world->context, t);
    Object *m = named_method_at(t, 0);
    a->sum += m && m->type->kind == TYPE_SIGNATURE;
    Lookup l = type_lookup(&arena, t, true, a->world->pkg, intern(a->world->interner, STR("Push")), false);
    a->sum += l.obj == m;
    Type *mine = type_instantiate(a->pkg, t->u.named.origin, (TypeList){&t, 1});
    a->sum += type_size(a->world->context, mine);
  }
  arena_release(&arena);
  return NULL;
}

static void test_threads(void **state) {
  (void)state;
  World w = make_world("amd64");
  Type *list = make_list(&w, NULL), *types[SHARED_TYPES];
  for (int i = 0; i < SHARED_TYPES; i++) {
    Type *arg = i ? types[i - 1] : basic(&w, BASIC_INT);
    if (i % 3) arg = type_new_pointer(w.pkg, arg);
    types[i] = type_instantiate(w.pkg, list, (TypeList){&arg, 1});
  }
  pthread_t threads[ASKERS];
  Asker askers[ASKERS];
  for (int i = 0; i < ASKERS; i++) {
    askers[i] = (Asker){&w, types, make_package(&w, "example.com/user", "user"), SHARED_TYPES, 0};
    assert_int_equal(pthread_create(&threads[i], NULL, ask, &askers[i]), 0);
  }
  for (int i = 0; i < ASKERS; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < ASKERS; i++) {
    assert_int_equal(askers[i].sum, askers[0].sum);
    free_package(askers[i].pkg);
  }
  free_world(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_universe),  cmocka_unit_test(test_identity),
    cmocka_unit_test(test_instances), cmocka_unit_test(test_lookup),
    cmocka_unit_test(test_type_sets), cmocka_unit_test(test_sizes),
    cmocka_unit_test(test_spelling),  cmocka_unit_test(test_lookup_of_expanding_type),
    cmocka_unit_test(test_threads),   cmocka_unit_test(test_sha256),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
