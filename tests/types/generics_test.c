// generics_test.c: the checker on small generic programs: lines marked `// ERROR` must get an error, others none; lines
// marked `// TYPE text` say the type of the variable that the line declares as go/types writes it, `// GC text` what gc
// writes for what that variable points to. The programs are ours; what they expect was
// confirmed with Go 1.26's own checker.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "syntax/parse.h"
#include "types/check.h"

static const char inference[] =
  "package p\n"
  "type Number interface{ ~int | ~int64 | ~float64 }\n"
  "func Max[T Number](a, b T) T { return a }\n"
  "func Map[S ~[]E, E, R any](s S, f func(E) R) []R { return nil }\n"
  "func Ptr[T any, PT interface{ *T; Set(string) }](s string) PT { return PT(new(T)) }\n"
  "func Id[T any](x T) T { return x }\n"
  "func Apply[T any](x T, f func(T) T) T { return f(x) }\n"
  "func Chan[T any](c <-chan T) T { return <-c }\n"
  "func Keys[M ~map[K]V, K comparable, V any](m M) []K { return nil }\n"
  "type Settable struct{}\n"
  "func (*Settable) Set(string) {}\n"
  "type IDs []int64\n"
  "type Table map[string]IDs\n"
  "var c chan string\n"
  "var a = Max(1, 2.5) // TYPE float64\n"
  "var b = Max(1, 2) // TYPE int\n"
  "var d = Map(IDs{}, func(int64) string { return \"\" }) // TYPE []string\n"
  "var e = Ptr[Settable](\"\") // TYPE *p.Settable\n"
  "var f = Apply(3, Id) // TYPE int\n"
  "var g = Chan(c) // TYPE string\n"
  "var h = Keys(Table{}) // TYPE []string\n"
  "var i func(int) int = Id // TYPE func(int) int\n"
  "var j = Apply('x', Id[rune]) // TYPE rune\n"
  "var k = Max(1, \"a\") // ERROR\n"
  "var l = Map(3, Id[int]) // ERROR\n"
  "var m = Id // ERROR\n"
  "var n = Keys[map[string]int] // TYPE func(m map[string]int) []string\n"
  "func init() { _, _, _, _, _, _, _ = a, b, d, e, f, g, h; _, _, _, _, _, _ = i, j, k, l, m, n }\n";

static const char constraints[] =
  "package p\n"
  "type Set[K comparable] map[K]struct{}\n"
  "type Stringer interface{ String() string }\n"
  "type Both interface{ ~int | ~string; String() string }\n"
  "type Name string\n"
  "func (Name) String() string { return \"\" }\n"
  "func Show[T Stringer](x T) string { return x.String() }\n"
  "func Use[T Both](x T) {}\n"
  "var a Set[int]\n"
  "var b Set[[]int] // ERROR\n"
  "var c Set[any]\n"
  "var d Set[func()] // ERROR\n"
  "var e = Show(Name(\"\")) // TYPE string\n"
  "var f = Show(3) // ERROR\n"
  "func g() { Use(Name(\"\")); Use[int](1) } // ERROR\n"
  "var h Both // ERROR\n"
  "func Add[T interface{ ~int | ~string }](a, b T) T { return a + b }\n"
  "func Sub[T interface{ ~int | ~string }](a, b T) T { return a - b } // ERROR\n"
  "func Equal[T any](a, b T) bool { return a == b } // ERROR\n"
  "func Index[T ~[]int | ~[4]int](x T) int { return x[1] }\n"
  "func Field[T struct{ F int }](x T) int { return x.F } // ERROR\n"
  "type Tree[T any] struct { left, right *Tree[T]; value T }\n"
  "func (t *Tree[T]) Walk(f func(T)) { if t != nil { t.left.Walk(f); f(t.value) } }\n"
  "func init() { (*Tree[int])(nil).Walk(func(int) {}); (*Tree[int])(nil).Walk(func(string) {}) } // ERROR\n"
  "var i Tree // ERROR\n"
  "var j Tree[int, int] // ERROR\n"
  "var k Name[int] // ERROR\n";

static const char cycles[] = "package p\n"
                             "type Direct struct{ d Direct } // ERROR\n"
                             "type Fine struct{ f *Fine; g []Fine; h map[string]Fine; i func(Fine) Fine }\n"
                             "type Box[T any] struct{ value T }\n"
                             "type Boxed struct{ b Box[*Boxed] }\n"
                             "func stay[T any](x T) { stay(x) }\n"
                             "type A[P any] []B[P]\n"
                             "type B[P any] A[P]\n"
                             "var a A[int]\n"
                             "var b = a[0][0] // TYPE p.B[int]\n"
                             "type Node[T any] interface{ Children() []Node[T]; Value() T }\n"
                             "var n Node[string]\n"
                             "var v = n.Children()[0].Value() // TYPE string\n"
                             "type Alias[T any] = map[string]T\n"
                             "var m Alias[int]\n"
                             "var w = m[\"\"] // TYPE int\n"
                             "type Embeds[T any] struct{ Box[T] }\n"
                             "var x = Embeds[bool]{}.value // TYPE bool\n"
                             "var y = Embeds[bool].absent // ERROR\n"
                             // an alias that is met again while its own right-hand side is being declared
                             "type First struct{ w *Writer }\n"
                             "type Writer = writer\n"
                             "type Handler struct{ h func(*Writer) }\n"
                             "type writer struct{ s *state }\n"
                             "type state struct{ waiting []Handler }\n"
                             "var z = Handler{}.h // TYPE func(*p.Writer)\n";

static const char growth[] = "package p\n"
                             "type Grow[T any] struct{ next *Grow[[]T] } // ERROR\n"
                             "func use(g *Grow[int]) *Grow[[]int] { return g.next }\n";

// What gc (go1.26, -m, import path p) writes for new(T).
static const char spellings[] =
  "package p\n"
  "type T int\n"
  "type G[X any] struct{ x X }\n"
  "type Pair[A, B any] struct{ a A; b B }\n"
  "type Al = T\n"
  "type GA[X any] = []X\n"
  "type comparableI interface{ Y(byte) }\n"
  "var X0 *[]byte // GC []byte\n"
  "var X1 *[]uint8 // GC []uint8\n"
  "var X2 *[]rune // GC []rune\n"
  "var X3 *map[string]int32 // GC map[string]int32\n"
  "var X4 *any // GC any\n"
  "var X5 *interface{} // GC interface {}\n"
  "var X6 *error // GC error\n"
  "var X7 *[]any // GC []any\n"
  "var X8 *struct{} // GC struct {}\n"
  "var X9 *struct{ A int; b string } // GC struct { A int; b string }\n"
  "var X18 *G[int] // GC G[int]\n"
  "var X19 *G[G[T]] // GC G[p.G[p.T]]\n"
  "var X20 *G[struct{ a int; B byte }] // GC G[struct { p.a int; B uint8 }]\n"
  "var X23 *interface{ M(int) string; N(a, b byte) (x int, err error) } // GC interface { M(int) string; N(byte, byte) "
  "(int, error) }\n"
  "var X24 *interface{ M(int) string; m() T } // GC interface { M(int) string; p.m() p.T }\n"
  "var X25 *func(int, ...string) (T, error) // GC func(int, ...string) (T, error)\n"
  "var X26 *func(x byte) rune // GC func(byte) rune\n"
  "var X27 *func() // GC func()\n"
  "var X28 *chan int // GC chan int\n"
  "var X29 *(<-chan T) // GC <-chan T\n"
  "var X30 *chan<- []T // GC chan<- []T\n"
  "var X31 *chan (<-chan int) // GC chan (<-chan int)\n"
  "var X32 *chan func() <-chan int // GC chan func() <-chan int\n"
  "var X33 *[3]T // GC [3]T\n"
  "var X37 *Al // GC T\n"
  "var X38 *GA[int] // GC []int\n"
  "var X39 *G[Al] // GC G[p.T]\n"
  "var X40 *G[func(int) T] // GC G[func(int) p.T]\n"
  "var X42 *G[interface{ m() T }] // GC G[interface { p.m() p.T }]\n"
  "var X43 *G[interface{ M() T }] // GC G[interface { M() p.T }]\n"
  "var X44 *Pair[int, string] // GC Pair[int,string]\n"
  "var X46 *G[Pair[uint8, error]] // GC G[p.Pair[uint8,error]]\n"
  "var X48 *struct{ error } // GC struct { error }\n"
  "var X49 *G[error] // GC G[error]\n"
  "var X50 *G[struct{ T }] // GC G[struct { p.T }]\n"
  "var X51 *G[struct{ Al }] // GC G[struct { Al = p.T }]\n"
  "var X53 *G[chan<- int] // GC G[chan<- int]\n"
  "var X54 *G[[4]int] // GC G[[4]int]\n"
  "var X55 *struct{ G[int] } // GC struct { G[int] }\n"
  "var X56 *G[struct{ G[int] }] // GC G[struct { G = p.G[int] }]\n"
  "var X57 *comparableI // GC comparableI\n"
  "var X58 *interface{ comparableI; Z() } // GC interface { Y(byte); Z() }\n"
  "var X59 *G[func(...byte)] // GC G[func(...uint8)]\n"
  "var X60 **[]*T // GC *[]*T\n";

static const char recursion[] = "package p\n"
                                "func loop[T any](x T) { loop(&x) } // ERROR\n";

static Package *no_import(void *context, Str path) {
  (void)context, (void)path;
  return NULL;
}

static Str line_of(Str text, uint32_t number) {
  size_t start = 0;
  for (uint32_t n = 1; n < number; n++) {
    ptrdiff_t end = str_index_byte(str_slice(text, start, text.n), '\n');
    if (end < 0) return STR_NONE;
    start += (size_t)end + 1;
  }
  ptrdiff_t end = str_index_byte(str_slice(text, start, text.n), '\n');
  return str_slice(text, start, end < 0 ? text.n : start + (size_t)end);
}

static const char *promoted_fields = "package p\n"
                                     "type Base struct { ID *int; Name string }\n"
                                     "type Mid struct { Base; N int }\n"
                                     "type Top struct { Mid; X any }\n"
                                     "type Ptr struct { *Base }\n"
                                     "type Gen[T any] struct { Mid; V T }\n"
                                     "type Outer[T any] struct { Gen[T]; W int }\n"
                                     "var ok1 = Top{ID: nil, N: 2, X: 1, Name: \"a\"}\n"
                                     "var ok2 = Top{Base: Base{}, N: 4}\n"
                                     "var ok3 = Outer[string]{V: \"x\", W: 1, Name: \"y\"}\n"
                                     "var bad1 = Top{Mid: Mid{}, N: 2} // ERROR the whole and a part\n"
                                     "var bad2 = Top{N: 2, Mid: Mid{}} // ERROR a part and the whole\n"
                                     "var bad3 = Ptr{Name: \"x\"} // ERROR through a pointer\n"
                                     "var bad4 = Top{N: 2, N: 3} // ERROR twice\n"
                                     "var bad5 = Top{Name: \"\", Base: Base{}} // ERROR a part and what encloses it\n"
                                     "var bad6 = Outer[string]{V: 1} // ERROR not a string\n";

static const char *methods_with_parameters =
  "package p\n"
  "type Box struct { v any }\n"
  "func (b *Box) Put[T any](v T) *T { return &v }\n"
  "var box Box\n"
  "var call = box.Put(1) // TYPE *int\n"
  "var value = box.Put[string] // TYPE func(v string) *string\n"
  "var expr = (*Box).Put[bool] // TYPE func(b *p.Box, v bool) *bool\n"
  "var in []func(int) *int = []func(int) *int{box.Put}\n"
  "var bare = box.Put // ERROR without instantiation\n"
  "var few = box.Put[int, int](1) // ERROR too many\n"
  "type List[E any] []E\n"
  "func (l List[E]) Map[F any](f func(E) F) (r List[F]) { for _, x := range l { r = append(r, f(x)) }; return }\n"
  "func (l List[E]) First[P *E](p P) E { return l[0] }\n"
  "func (l List[E]) Sum() int { return l.Map(func(E) int { return 1 }).Map[int](nil)[0] }\n"
  "var mapped = List[string]{}.Map(func(s string) int { return len(s) }) // TYPE p.List[int]\n"
  "var mapper = List[string].Map[bool] // TYPE func(l p.List[string], f func(string) bool) (r p.List[bool])\n"
  "var first = List[int]{}.First(new(int)) // TYPE int\n"
  "var bad = List[int]{}.First[*string] // ERROR no *int\n"
  "type Embeds struct { Box; *List[int] }\n"
  "var promoted = Embeds{}.Map[string] // TYPE func(f func(int) string) (r p.List[string])\n"
  "var ref = (*Embeds).Put[int] // TYPE func(b *p.Embeds, v int) *int\n"
  "type Putter interface { Put(int) *int }\n"
  "var no Putter = &box // ERROR it never satisfies an interface\n"
  "func need[X any](interface { Put(X) *X }) {}\n"
  "func use() { need(&box) } // ERROR nor does inference make it\n"
  "func (l List[E]) Down[T any](n int, x T) { if n > 0 { l.Down(n - 1, x) } }\n";

static const char *methods_before = "package p\n"
                                    "type Box struct { v any }\n"
                                    "func (b *Box) Put[T any](v T) *T { return &v } // ERROR from go1.27 on\n";

static const char *growing_method =
  "package p\n"
  "type T struct{}\n"
  "func (t T) Grow[P any](n int, x P) { if n > 0 { t.Grow(n - 1, &x) } } // ERROR ever larger\n"
  "type G[X any] struct{}\n"
  "func (g G[X]) Stay[P any](x P) { G[P]{}.Stay(x) }\n";

static const char *growing_through_instances =
  "package p\n"
  "type A struct{}\n"
  "type G[T any] struct{}\n"
  "func (g G[T]) M[P any](n int, x P) { if n > 0 { G[A]{}.M(n - 1, []P{x}) } } // ERROR ever larger\n";

static const char *promoted_fields_before = "package p\n"
                                            "type Base struct { N int }\n"
                                            "type Top struct { Base }\n"
                                            "var t = Top{N: 1} // ERROR from go1.27 on\n";

// 1 if the variable declared on the line has another type than the line says.
static uint32_t wrong_type(Interner *interner, const Package *p, Str line) {
  bool is_gc = str_index(line, STR("// GC ")) >= 0;
  ptrdiff_t at = is_gc ? str_index(line, STR("// GC ")) + 6 : str_index(line, STR("// TYPE ")) + 8;
  if (at < 8) return 0;
  Str rest = str_slice(line, 4, line.n), name = str_slice(rest, 0, (size_t)str_index_byte(rest, ' '));
  const Object *o = scope_lookup(p->scope, intern(interner, name));
  assert_non_null(o);
  Arena arena = {0};
  const Type *t = is_gc ? o->type->u.pointer.elem : o->type;
  Str got = type_string(&arena, t, is_gc ? STYLE_GC : STYLE_GOTYPES, is_gc ? p : NULL);
  Str want = str_slice(line, (size_t)at, line.n);
  bool same = str_equal(got, want);
  if (!same) print_error("%.*s has type %.*s, not %.*s\n", STR_ARG(name), STR_ARG(got), STR_ARG(want));
  arena_release(&arena);
  return !same;
}

// Does what the lines of the program ask for hold?
static void check_program(const char *source, uint32_t go_minor) {
  Interner *interner = interner_new();
  TypeContext *context = typecontext_new(interner, STR("amd64"), go_minor);
  Parser *parser = parser_new(interner);
  AstSource file_name = {STR("/p.go"), STR("/p.go")};
  Str text = str_of(source);
  AstFile *file = parse_file(parser, &file_name, text, NULL);
  PackageInput in = {.path = STR("p"), .files = &file, .file_count = 1, .go_minor = go_minor, .import = no_import};
  Package *p = package_declare(context, &in);
  package_check_bodies(p);
  uint32_t lines = file->line_count, wrong = 0;
  unsigned *errors = mem_new((lines + 2) * sizeof *errors);
  for (uint32_t i = 0; i < p->errors.len; i++) {
    uint32_t line = ast_file_line_col(file, ast_file_offset(file, p->errors.items[i].pos)).line;
    if (line <= lines) errors[line]++;
    if (str_index(line_of(text, line), STR("// ERROR")) >= 0) continue;
    print_error("unexpected error on line %u: %.*s\n", line, STR_ARG(p->errors.items[i].message));
    wrong++;
  }
  for (uint32_t n = 1; n <= lines; n++) {
    Str line = line_of(text, n);
    if (str_index(line, STR("// ERROR")) >= 0 && !errors[n]) {
      print_error("no error: %.*s\n", STR_ARG(line));
      wrong++;
    }
    wrong += wrong_type(interner, p, line);
  }
  free(errors);
  package_free(p);
  ast_file_free(file);
  parser_free(parser);
  typecontext_free(context);
  interner_free(interner);
  assert_int_equal(wrong, 0);
}

static void test_inference(void **state) {
  (void)state;
  check_program(inference, 26);
}
static void test_spellings(void **state) {
  (void)state;
  check_program(spellings, 26);
}
static void test_constraints(void **state) {
  (void)state;
  check_program(constraints, 26);
}
static void test_cycles(void **state) {
  (void)state;
  check_program(cycles, 26);
  check_program(growth, 26);
  check_program(recursion, 26);
}

static void test_go1_27(void **state) {
  (void)state;
  check_program(promoted_fields, 27);
  check_program(promoted_fields_before, 26);
  check_program(methods_with_parameters, 27);
  check_program(growing_method, 27);
  check_program(growing_through_instances, 27);
  check_program(methods_before, 26);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_inference), cmocka_unit_test(test_constraints),
                                     cmocka_unit_test(test_cycles), cmocka_unit_test(test_spellings),
                                     cmocka_unit_test(test_go1_27)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
