// Package imprecise: calls of methods of type parameters whose type argument is an interface, also where the code that
// calls is inlined.
package imprecise

type keyed[T any] interface {
	Hash() int
	Equals(keyed[T]) bool
}

type set[T keyed[T]] struct{}

func (s *set[T]) hash(o T) int { return o.Hash() }

func (s *set[T]) same(a, b T) bool { return a.Equals(b) && s.hash(a) == s.hash(b) }

type node interface {
	Hash() int
	Equals(keyed[node]) bool
	Name() string
}

type ptr struct{ n int }

func (p *ptr) Hash() int                 { return p.n }
func (p *ptr) Equals(o keyed[*ptr]) bool { return p.n == o.Hash() }

var nodes, ptrs = &set[node]{}, &set[*ptr]{}

func Use(x node, p *ptr) int { return nodes.hash(x) + ptrs.hash(p) }

func Same(x, y node) bool { return nodes.same(x, y) }

type shower interface{ Show() string }

func show[S shower](s S) string { return s.Show() }

func each[S shower](ss []S) (out []string) {
	for _, s := range ss {
		out = append(out, show(s), s.Show())
	}
	return
}

func All(ss []shower) []string { return append(each(ss), show(ss[0])) }
