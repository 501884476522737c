// Package multi: methods called with all results of another call. The receiver stands before the values, and the first
// of these has the call with it.
package multi

type log struct{ n uint64 }

//go:noinline
func (l *log) term(i uint64) (uint64, error) { return l.n + i, nil }

//go:noinline
func (l *log) zero(t uint64, err error) uint64 {
	if err == nil {
		return t
	}
	return l.n
}

//go:noinline
func (l log) byValue(t any, err error) uint64 { return l.n }

type node struct{ l *log }

var out []any

func put(xs ...any) { out = append(out, xs...) }

func Pointer(l *log, i uint64) { put(l.zero(l.term(i))) }

func Field(n *node, i uint64) { put(n.l.zero(n.l.term(i))) }

func Variable(l log) { put(l.zero(l.term(2))) }

func Converted(l log) { put(l.byValue(l.term(3))) }

type both interface{ zero(uint64, error) uint64 }

func Interface(b both, l *log) { put(b.zero(l.term(4))) }

func Generic[T any](x T, l *log) { put(x, l.zero(l.term(5))) }

func UseGeneric(l *log) { Generic(l, l) }

type list[T any] struct{ xs []T }

//go:noinline
func (l *list[T]) add(x T, err error) T { return x }

func Instance(s *list[uint64], l *log) { put(s.add(l.term(6))) }

func Value(l *log) { put(l.zero, (*log).zero(l, 1, nil)) }

func Spread(l *log) { put(l.term(7)) }
