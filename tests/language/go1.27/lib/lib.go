// Package lib declares generic methods that another package uses.
package lib

import (
	"cmp"
	"fmt"
)

type List[T any] []T

func (l List[T]) Map[U any](f func(T) U) List[U] {
	out := make(List[U], 0, len(l))
	for _, x := range l {
		out = append(out, f(x))
	}
	return out
}

func (l List[T]) Fold[A any](a A, f func(A, T) A) A {
	for _, x := range l {
		a = f(a, x)
	}
	return a
}

func (l List[T]) Keep(f func(T) bool) List[T] {
	var out List[T]
	for _, x := range l {
		if f(x) {
			out = append(out, x)
		}
	}
	return out
}

func (l List[T]) GroupBy[K comparable](key func(T) K) map[K]List[T] {
	m := make(map[K]List[T])
	for _, x := range l {
		k := key(x)
		m[k] = append(m[k], x)
	}
	return m
}

// Plain types have generic methods too.
type Box struct{ p *int }

func (b *Box) Put[T any](x T) *T {
	y := x
	b.p = new(int)
	return &y
}

func (b Box) Get[T any](x T) (T, *int) { return x, b.p }

func (b *Box) Any[T any](x T) any { return x }

// The constraint refers to the receiver's parameter.
type Conv[F any] struct{ f F }

func (c *Conv[F]) To[H interface{ From(F) H }]() (h H) { return h.From(c.f) }

func (c Conv[F]) Ptr[P *F](p P) F { return *p }

type Pair[K cmp.Ordered, V any] struct {
	Key K
	Val V
}

func (p *Pair[K, V]) With[W any](w W) *Pair[K, W] { return &Pair[K, W]{p.Key, w} }

func (p Pair[K, V]) Less[W any](o Pair[K, W]) bool { return p.Key < o.Key }

func (p *Pair[K, V]) String() string { return fmt.Sprint(p.Key, p.Val) }

// Unexported ones that inlined code reaches.
type chain struct{ n int }

func (c *chain) add[T any](x T) *chain {
	c.n++
	_ = any(x)
	return c
}

func (c *chain) done() int { return c.n }

func Count[T any](a, b T) int { return (&chain{}).add(a).add(b).done() }

func NewChain() *chain { return &chain{} }
