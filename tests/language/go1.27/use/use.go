// Package use has the generic methods of another package in every form the language has.
package use

import (
	"fmt"
	"strconv"

	"example.com/language/lib"
)

var sink any

// -- calls, explicit and inferred

func Inferred(l lib.List[int]) lib.List[string] { return l.Map(strconv.Itoa) }

func Explicit(l lib.List[int]) lib.List[string] {
	return l.Map[string](func(n int) string { return "" })
}

func Shapes(l lib.List[int]) (a lib.List[MyInt], b lib.List[int]) {
	a = l.Map(func(n int) MyInt { return MyInt(n) })
	b = l.Map(func(n int) int { return n })
	return
}

type MyInt int

// -- fluent chains

func Chain(l lib.List[int]) int {
	return l.Keep(func(n int) bool { return n > 0 }).
		Map(func(n int) string { return strconv.Itoa(n) }).
		Map(func(s string) []byte { return []byte(s) }).
		Fold(0, func(a int, b []byte) int { return a + len(b) })
}

func Count(a, b string) int { return lib.Count(a, b) }

// -- values

func Value(l lib.List[int]) func(func(int) string) lib.List[string] { return l.Map[string] }

func ValueInferred(l lib.List[int]) func(func(int) string) lib.List[string] { return l.Map }

func ValueLocal(l lib.List[int]) int {
	f := l.Map[string]
	return len(f(strconv.Itoa))
}

func ValuesInLoop(ls []lib.List[int]) (fs []func(func(int) string) lib.List[string]) {
	for _, l := range ls {
		fs = append(fs, l.Map[string])
	}
	return fs
}

func ValuePointer(b *lib.Box) func(int) *int { return b.Put }

func ValueAddr() func(string) *string {
	var b lib.Box
	return b.Put[string]
}

// -- expressions

func Expr() func(lib.List[int], func(int) string) lib.List[string] { return lib.List[int].Map[string] }

func ExprInferred() func(lib.List[int], func(int) string) lib.List[string] {
	var f func(lib.List[int], func(int) string) lib.List[string] = lib.List[int].Map
	return f
}

func ExprCall(b *lib.Box) *int { return (*lib.Box).Put[int](b, 3) }

func ExprDeref() func(*lib.Box, int) (int, *int) { return (*lib.Box).Get[int] }

func ExprCallDeref(b *lib.Box) int {
	n, _ := (*lib.Box).Get[int](b, 4)
	return n
}

var table = map[string]func(*lib.Box, int) *int{"put": (*lib.Box).Put[int]}

var funcs = []func(lib.Box, string) (string, *int){lib.Box.Get[string]}

// -- embedding

type Outer struct {
	lib.Box
	*lib.Conv[int]
	L lib.List[string]
}

func Embedded(o *Outer) *string { return o.Put("x") }

func EmbeddedValue(o *Outer) func(string) *string { return o.Put[string] }

func EmbeddedExpr() func(*Outer, int) *int { return (*Outer).Put[int] }

func EmbeddedGet(o Outer) (string, *int) { return o.Get("y") }

func EmbeddedPtr(o *Outer, p *int) int { return o.Ptr(p) }

type Deep struct{ *Outer }

func DeepPut(d Deep) *float64 { return d.Put(1.5) }

func DeepExpr() func(Deep, string) (string, *int) { return Deep.Get[string] }

// -- constraints with the receiver's parameter

type Str string

func (Str) From(n int) Str { return Str(strconv.Itoa(n)) }

func To(c *lib.Conv[int]) Str { return c.To[Str]() }

func Pointer(c lib.Conv[string], s *string) string { return c.Ptr(s) }

// -- in generic code

func Generic[T any](l lib.List[T], x T) lib.List[*T] { return l.Map(func(x T) *T { return &x }) }

func UseGeneric() (lib.List[*int], lib.List[*string]) {
	return Generic(lib.List[int]{1}, 2), Generic(lib.List[string]{"a"}, "b")
}

func GenericValue[T any](l lib.List[T]) func(func(T) string) lib.List[string] { return l.Map[string] }

func GenericExpr[T any]() func(lib.List[T], func(T) string) lib.List[string] {
	return lib.List[T].Map[string]
}

func UseGenericValue() int {
	f := GenericValue(lib.List[int]{1})
	g := GenericExpr[int]()
	return len(f(strconv.Itoa)) + len(g(nil, strconv.Itoa))
}

type Tree[T any] struct {
	left, right *Tree[T]
	val         T
}

func (t *Tree[T]) Map[U any](f func(T) U) *Tree[U] {
	if t == nil {
		return nil
	}
	return &Tree[U]{t.left.Map(f), t.right.Map(f), f(t.val)}
}

func (t *Tree[T]) Walk[A any](a *A, f func(*A, T)) {
	if t == nil {
		return
	}
	t.left.Walk(a, f)
	f(a, t.val)
	t.right.Walk(a, f)
}

func (t *Tree[T]) Sum(f func(T) int) int {
	n := 0
	t.Walk(&n, func(n *int, x T) { *n += f(x) })
	return n
}

func (t *Tree[T]) Pairs[U any](u *Tree[U]) []lib.Pair[int, U] {
	var out []lib.Pair[int, U]
	add := func(n int, x U) { out = append(out, lib.Pair[int, U]{n, x}) }
	i := 0
	u.Walk(&i, func(i *int, x U) {
		*i++
		add(*i, x)
	})
	return out
}

func UseTree(t *Tree[int]) (*Tree[string], int, []lib.Pair[int, string]) {
	u := t.Map(strconv.Itoa)
	return u, t.Sum(func(n int) int { return n }), t.Pairs(u)
}

func UsePair(p *lib.Pair[string, int]) *lib.Pair[string, []byte] {
	q := p.With(1.5).With("s")
	if q.Less(*p) {
		sink = q
	}
	fmt.Println(q)
	return q.With([]byte(nil))
}

func UseAny(b *lib.Box) any {
	sink = b.Any(1)
	sink = b.Any(struct{ a, b int }{1, 2})
	return b.Any("x")
}

func Interfaces(b *lib.Box, s fmt.Stringer) fmt.Stringer {
	x := b.Any[fmt.Stringer](s)
	y, _ := x.(fmt.Stringer)
	return *b.Put(y)
}

// -- go, defer, range over functions

type Seq[T any] func(yield func(T) bool)

func (s Seq[T]) Map[U any](f func(T) U) Seq[U] {
	return func(yield func(U) bool) {
		for x := range s {
			if !yield(f(x)) {
				return
			}
		}
	}
}

func (s Seq[T]) Collect[C ~[]T](into C) C {
	for x := range s {
		into = append(into, x)
	}
	return into
}

func UseSeq(s Seq[int]) []string { return s.Map(strconv.Itoa).Collect([]string(nil)) }

func Ints(n int) Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func UseInts() int {
	t := 0
	for s := range Ints(10).Map(func(n int) float64 { return float64(n) }) {
		t += int(s)
	}
	return t
}

func Go(b *lib.Box, c chan func(int) *int) {
	go b.Put(1)
	defer b.Put("x")
	c <- b.Put[int]
}

func Convert(b *lib.Box) func(int) *int { return (func(int) *int)(b.Put) }

func (t *Tree[T]) Nested[U, V any](u U, f func(T, U) V) func() []V {
	return func() []V {
		g := func(x T) V { return f(x, u) }
		var out []V
		t.Walk(&out, func(out *[]V, x T) { *out = append(*out, g(x)) })
		return out
	}
}

func UseNested(t *Tree[string]) []int {
	return t.Nested(2, func(s string, n int) int { return len(s) * n })()
}
