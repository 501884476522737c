// Package corners: generic methods where names, dictionaries or recursion get in the way.
package corners

// A generic method hides the promoted one of its name.
type Inner struct{ p *int }

func (i Inner) M() *int { return i.p }

func (i *Inner) N(x int) *int { return &x }

type Shadow struct{ Inner }

func (s Shadow) M[T any](x T) *T { return &x }

type Shadow2 struct{ *Inner }

func (s *Shadow2) N[T any](x T) *T { return &x }

type Both struct {
	Shadow
	Other
}

type Other struct{}

func (Other) M() int { return 1 }

func Use(s Shadow, t *Shadow2) (*int, *string) { return s.M(1), t.N("x") }

func Box(s Shadow, t *Shadow2, b Both) (any, any, any) { return s, t, b }

// Local types.
func Local(l L[int]) any {
	type loc struct{ n int }
	return l.Map(func(n int) loc { return loc{n} })
}

type L[T any] []T

func (l L[T]) Map[U any](f func(T) U) []U {
	type pair struct {
		t T
		u U
	}
	var ps []pair
	for _, x := range l {
		ps = append(ps, pair{x, f(x)})
	}
	out := make([]U, len(ps))
	for i, p := range ps {
		out[i] = p.u
	}
	return out
}

// Parentheses.
func Paren(l L[int]) int {
	a := (l.Map[string])(func(int) string { return "" })
	b := (l).Map(func(int) string { return "" })
	c := (L[int]).Map[string](l, func(int) string { return "" })
	return len(a) + len(b) + len(c)
}

// Recursion, mutual and through a value.
type R struct{ next *R }

func (r *R) Rec[T any](x T, n int) *T {
	if n == 0 || r == nil {
		return &x
	}
	return r.next.Rec(x, n-1)
}

func (r *R) Even[T any](x T, n int) T {
	if n == 0 {
		return x
	}
	return r.Odd[T](x, n-1)
}

func (r *R) Odd[T any](x T, n int) T {
	if n == 1 {
		return x
	}
	return r.Even[T](x, n-1)
}

func (r *R) ByValue[T any](x T, n int) T {
	f := r.ByValue[T]
	if n > 0 {
		return f(x, n-1)
	}
	return x
}

func UseR(r *R, s string) (*string, int, string) { return r.Rec(s, 3), r.Even(4, 5), r.ByValue(s, 1) }

// A method of an interface type parameter's value.
type Shower interface{ Show() string }

func (r *R) Show[S Shower](s S) string { return s.Show() }

func (r *R) ShowAll[S Shower](ss ...S) (out []string) {
	for _, s := range ss {
		out = append(out, r.Show(s))
	}
	return
}

type A struct{ s string }

func (a *A) Show() string { return a.s }

func UseShow(r *R, s Shower, a *A) ([]string, string) {
	return r.ShowAll[Shower](s, a), r.Show(a) + r.Show(s)
}

// Generic function as argument of a generic method.
func id[T any](x T) T { return x }

func ref[T any](x T) *T { return &x }

func Args(l L[int]) ([]int, []*int) { return l.Map(id[int]), l.Map(ref) }

// Alias receiver.
type AL = L[string]

func Alias(a AL) []int { return a.Map(func(s string) int { return len(s) }) }

// Channels of them, maps, switch on type parameters.
func (l L[T]) Kind[U any]() string {
	var t T
	var u U
	switch any(t).(type) {
	case U:
		return "same"
	case []U:
		return "slice"
	}
	if _, ok := any(u).(T); ok {
		return "t"
	}
	return ""
}

func Kinds(l L[int], m L[[]string]) string { return l.Kind[int]() + m.Kind[string]() }

// Variadic, named results, defer.
func (l L[T]) Each[A any](acc A, fs ...func(A, T) A) (out A, err error) {
	defer func() {
		if r := recover(); r != nil {
			err, _ = r.(error)
		}
	}()
	out = acc
	for _, x := range l {
		for _, f := range fs {
			out = f(out, x)
		}
	}
	return
}

func Eaches(l L[int]) (int, error) {
	return l.Each(0, func(a, x int) int { return a + x }, func(a, x int) int { return a * x })
}

func UseEach(l L[int]) (string, error) { return l.Each("") }

// Package level.
var initial = L[int]{1, 2}.Map(func(n int) string { return "" })

var method = L[int].Map[string]

var bound = L[int]{3}.Map[*int]

// Pointers to instantiated types, arrays, two parameters.
type M[K comparable, V any] map[K]V

func (m M[K, V]) MapValues[W any](f func(K, V) W) M[K, W] {
	out := M[K, W]{}
	for k, v := range m {
		out[k] = f(k, v)
	}
	return out
}

func (m *M[K, V]) Swap[W any, P interface {
	*W
	Set(V)
}](p P) {
	for _, v := range *m {
		p.Set(v)
	}
}

type setter struct{ n []int }

func (s *setter) Set(n int) { s.n = append(s.n, n) }

func UseM(m M[string, int]) (M[string, *int], *setter) {
	s := &setter{}
	m.Swap[setter](s)
	return m.MapValues(func(k string, v int) *int { return &v }), s
}

// The order of type arguments: the receiver's, then the method's own; local types as arguments.
type Two[A, B any] struct {
	a A
	b B
}

func (t Two[A, B]) All[C, D any](c C, d D) []any { return []any{t.a, t.b, c, d} }

func (t *Two[A, B]) None[C, D any]() (a A, d D) { return t.a, d }

func all[A, B, C, D any](t Two[A, B], c C, d D) []any { return t.All[C, D](c, d) }

func allValue[A, B, C, D any](t Two[A, B]) func(C, D) []any { return t.All[C, D] }

func allExpr[A, B, C, D any]() func(Two[A, B], C, D) []any { return Two[A, B].All[C, D] }

func noneExpr[A, B, C, D any]() func(*Two[A, B]) (A, D) { return (*Two[A, B]).None[C] }

func Orders() int {
	type x int8
	type y string
	n := len(all(Two[x, y]{1, "1"}, y("2"), x(2))) + len(all(Two[y, x]{}, x(0), y("")))
	n += len(allValue[x, y, int, x](Two[x, y]{})(1, 2))
	n += len(allExpr[y, y, x, int]()(Two[y, y]{}, 3, 4))
	a, d := noneExpr[int, x, y, *x]()(&Two[int, x]{a: 1})
	return n + a + len([]*x{d}) + len(Two[int, x]{}.All(y("z"), 1.5))
}

// A type with a method of the same name for each way to have type parameters.
type Wrap[T any] struct{ Two[T, *T] }

func (w Wrap[T]) Deep[U any](u U) []any { return w.All(u, w) }

func Deep(w Wrap[int]) []any { return append(w.Deep("x"), w.Deep(w)...) }

// Pointer shapes.
func (r *R) Id[T any](x T) T { return x }

func (r *R) Same[T comparable](x, y T) bool { return x == y }

func Pointers(r *R, a, b *int, s *string) (*int, *string, bool) {
	return r.Id(a), r.Id(s), r.Same(a, b) && r.Same[any](a, b) && r.Same(r, r)
}
