package p

type names []string

type item struct{ tags []string }

// fix: presize Nil([]string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}) Nil(nil)
func Nil(xs []string) []string {
	var out []string
	for _, x := range xs {
		out = append(out, x+"!")
	}
	return out
}

// fix: presize Counted([]int{1, 2, 3, 4, 5, 6, 7, 8, 9}) Counted(nil)
func Counted(xs []int) (n int) {
	var squares []int
	for i := 0; i < len(xs); i++ {
		squares = append(squares, xs[i]*xs[i])
	}
	for _, s := range squares {
		n += s
	}
	return n
}

// fix: presize Named(map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5})
func Named(m map[string]int) int {
	ks := names{}
	for k := range m {
		ks = append(ks, k)
	}
	return len(ks)
}

// fix: presize Result([]int{1, 2, 3, 4, 5, 6, 7, 8, 9}) Result(nil)
func Result(xs []int) (out []int, err error) {
	for _, x := range xs {
		out = append(out, x)
	}
	return
}

// fix: presize Generic[[]int64]([]int64{1, 2, 3, 4, 5, 6, 7, 8, 9}) Generic[[]int64](nil)
func Generic[S ~[]E, E any](s S) S {
	var out S
	for _, e := range s {
		out = append(out, e)
	}
	return out
}

// fix: presize Constant("x")
func Constant(s string) []string {
	var out []string
	for range 5 {
		out = append(out, s)
	}
	return out
}

// fix: presize Literal(7)
func Literal(n int) []int {
	out := make([]int, 0)
	for _, x := range []int{n, 2 * n, 3 * n} {
		out = append(out, x, x+1)
	}
	return out
}

// fix: presize Bytes("hello, world of a few more bytes than many bytes") Bytes("")
func Bytes(s string) []uint16 {
	var out []uint16
	for _, b := range []byte(s) {
		out = append(out, uint16(b))
	}
	return out
}

// rewrite: presize
func Labelled(xs []int, n int) []int {
	var a, out []int
	a = append(a, n)
outer:
	for _, x := range xs {
		for i := range n {
			if i == n-1 {
				continue
			}
			a[0]++
		}
		out = append(out, x+a[0])
		if x < 0 {
			break outer
		}
	}
	return out
}

// fix: presize Two([]int{1, 2, 3, 4, 5, 6, 7, 8, 9}, 2)
func Two(xs []int, n int) []int {
	var a, out []int
	a = append(a, n)
	for _, x := range xs {
		switch {
		case x > n:
			a[0]++
			break
		}
		out = append(out, x+a[0])
	}
	return out
}

// rewrite: presize
func Filter(xs []int) []int {
	var out []int
	for _, x := range xs {
		if x > 0 {
			out = append(out, x)
		}
	}
	return out
}

// rewrite: presize
func Unbounded(n int) []int {
	out := []int{}
	for i := 0; i < n; i++ {
		out = append(out, i)
	}
	return out
}

// rewrite: presize
func EarlyNil(xs []int, bad int) []int {
	var out []int
	for _, x := range xs {
		if x == bad {
			return out
		}
		out = append(out, x)
	}
	return out
}

// no fix: the result of the call is not the length of a thing
func Called(f func() []int) []int {
	var out []int
	for _, x := range f() {
		out = append(out, x)
	}
	return out
}

// no fix: make is not make
func Shadowed(xs []int) []int {
	make := func(n int) int { return n }
	var out []int
	for _, x := range xs {
		out = append(out, make(x))
	}
	return out
}

// no fix: a closure sees it
func Captured(xs []int) []int {
	var out []int
	defer func() { println(len(out)) }()
	for _, x := range xs {
		out = append(out, x)
	}
	return out
}

// no fix: the capacity is asked for
func Capacity(xs []int) int {
	var out []int
	for _, x := range xs {
		out = append(out, x)
	}
	return cap(out)
}

// no fix: it has elements
func Holds(xs []int) []int {
	out := []int{1}
	for _, x := range xs {
		out = append(out, x)
	}
	return out
}

// no fix: turns of two loops
func Nested(xs []item) []string {
	var out []string
	for _, x := range xs {
		for _, t := range x.tags {
			out = append(out, t)
		}
	}
	return out
}

// no fix: the counter is changed
func Skips(xs []int) []int {
	out := []int{}
	for i := 0; i < len(xs); i++ {
		out = append(out, xs[i])
		i++
	}
	return out
}

// no fix: a goto may come back
func Jumps(xs []int) []int {
	n := 0
again:
	var out []int
	for _, x := range xs {
		out = append(out, x)
	}
	if n++; n < 2 {
		goto again
	}
	return out
}

// no fix: a deferred function may see that it is nil
func Deferred(xs []int, f func(int) int) (out []int) {
	defer func() { recover() }()
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

// no fix: a comment would go
func Commented(a, b, c int) []int {
	var /* of all */ out []int
	for _, x := range [...]int{a, b, c} {
		out = append(out, x)
	}
	return out
}

var Instance = Generic[[]int64]

// fix: presize SeenLater([]int{1, 2, 3, 4, 5, 6, 7, 8, 9}) SeenLater(nil)
func SeenLater(xs []int) int {
	var a, out []int
	for _, x := range xs {
		out = append(out, x)
	}
	a = append(a, len(out))
	return func() int { return a[0] + len(out) }()
}

// fix: presize Inverse(map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8, "i": 9, "j": 10, "k": 11, "l": 12, "m": 13, "n": 14, "o": 15, "p": 16, "q": 17}) Inverse(nil)
func Inverse(src map[string]int) map[string]int {
	out := make(map[string]int)
	for k, v := range src {
		out[k] = -v
	}
	return out
}

// fix: presize Indexed([]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
func Indexed(xs []int) map[int]int {
	out := map[int]int{}
	for i := range xs {
		out[i] = xs[i]
	}
	return out
}

// rewrite: presize
func Distinct(xs []string) map[string]bool {
	var out = make(map[string]bool)
	for _, x := range xs {
		out[x] = true
	}
	return out
}

// no fix: it stays on the stack
func Small(xs []string) int {
	out := make(map[string]bool)
	for i, x := range xs {
		if i < 8 {
			out[x] = true
		}
	}
	return len(out)
}

// no fix: it has entries before
func HasEntries(xs []string) map[string]bool {
	out := make(map[string]bool)
	out["first"] = true
	for _, x := range xs {
		out[x] = true
	}
	return out
}
