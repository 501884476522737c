// Package releases: code of which the compilers of different Go releases say different things.
package releases

import "fmt"

var sink any

// -- what append and make allocate

func Append(n int) []int {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	return s
}

func AppendLocal(n int) (t int) {
	var s []int
	for i := 0; i < n; i++ {
		s = append(s, i)
	}
	for _, x := range s {
		t += x
	}
	return t
}

func Make(n int) int {
	a := make([]int, n)
	b := make([]struct{}, 3)
	size := 10
	c := make([]byte, size)
	d := make([]int, len([]int{1, 2, 3}))
	const large = 1 << 20
	e := make([]byte, large)
	return len(a) + len(b) + len(c) + len(d) + len(e)
}

func Boxed() {
	n := 300
	fmt.Sprint(n)
	sink = n
}

// -- whom an interface call calls

type shape interface{ area(p *int) int }

type square struct{ side int }

func (s *square) area(p *int) int { return s.side * *p }

func OneDefinition(x int) int {
	var s shape = &square{x}
	return s.area(&x)
}

func Assignments(x int, b bool) int {
	var s shape
	if b {
		s = &square{x}
	} else {
		s = &square{2}
	}
	return s.area(&x)
}

func Asserted(x int) int {
	var a any = &square{x}
	return a.(shape).area(&x)
}

func newShape(x int) shape { return &square{x} }

func Results(x int) int {
	s := newShape(x)
	return s.area(&x)
}

func LocalFunc(b bool, x int) int {
	f := func(p *int) int { return *p }
	if b {
		f = func(p *int) int { return *p + 1 }
	}
	return f(&x)
}

// -- what inlining costs

func leaf(s []int) int {
	return s[0] + s[1]*s[2] + s[3]*s[4] + s[5]*s[6] + s[7]*s[8] + s[0]*s[1] + s[2]*s[3]
}

//go:noinline
func use(s []int, n int) int { return len(s) + n }

func SliceZero(s []int) int { return use(s[0:], s[0]) + len(s[0:3]) }

func SliceLen(s []int) int { return use(s[0:len(s)], s[0]) + len(s[:len(s)]) }

func SliceAll(s []int) int {
	a, b, c, d, e := s[0:], s[0:], s[0:2], s[0:len(s)], s[1:]
	a, b, c, d, e = b[0:], c[0:], d[0:], e[0:], a[0:]
	return len(a) + len(b) + len(c) + len(d) + len(e) + leaf(a)
}

//go:noinline
func array() *[7]int { return new([7]int) }

func LenArray() int { return len(array()) + cap(array()) }

// -- variables of loops

func Loops(n int) (fs []func() int) {
	for i := 0; i < n; i++ {
		fs = append(fs, func() int { return i })
	}
	for i := range n {
		fs = append(fs, func() int { return i })
	}
	for _, x := range fs {
		fs = append(fs, func() int { return x() })
	}
	for i := 0; i < n; i++ {
		p := &i
		fs = append(fs, func() int { return *p })
	}
	return fs
}

func Literals() (fs []func() func() int) {
	for i := 0; i < 3; i++ {
		fs = append(fs, func() func() int {
			return func() int { return i }
		})
	}
	return fs
}

// -- function literals that inlining copies

func each(xs []int, f func(int)) {
	for _, x := range xs {
		f(x)
	}
}

func sum(xs []int) (t int) {
	each(xs, func(x int) { t += x })
	return t
}

func Sums(xs, ys []int) func() int {
	a := sum(xs)
	g := func() int { return a + sum(ys) }
	return g
}

// -- long names of shapes

type long struct {
	FirstFieldOfALongStructure, SecondFieldOfALongStructure, ThirdFieldOfALongStructure     map[string][]map[string]int
	FourthFieldOfALongStructure, FifthFieldOfALongStructure, SixthFieldOfALongStructure     map[string][]map[string]int
	SeventhFieldOfALongStructure, EighthFieldOfALongStructure, NinthFieldOfALongStructure   map[string][]map[string]int
	TenthFieldOfALongStructure, EleventhFieldOfALongStructure, TwelfthFieldOfALongStructure map[string][]map[string]int
}

type list[T any] struct{ xs []T }

func (l *list[T]) add(x T) *T {
	l.xs = append(l.xs, x)
	return &l.xs[0]
}

func Long(l *list[long]) *long { return l.add(long{}) }

// -- pointers in shapes

func ptr[T any](x T) *T { return &x }

func twice[T any](x []T) **[]T { return ptr(ptr(x)) }

func Twice() (**[]int, **[]string) { return twice([]int{1}), twice([]string{"a"}) }

// -- several results

func two(n int) (int, *int) { return n, &n }

func take(n int, p *int) int { return n + *p }

func Go(n int) {
	go take(two(n))
	defer take(two(n + 1))
}

// -- deferred calls in loops over functions

func all(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}
