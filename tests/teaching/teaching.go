// Package teaching holds the examples with which Go's memory model is taught. tests/teaching/verify compares what heapls says
// of each with the compiler, line for line.
package teaching

import (
	"fmt"
	"strings"
)

// Shared down: both pointers stay.
func sum() {
	a := new(int)
	b := new(int)
	total := *a + *b
	fmt.Println("sum = ", total)
}

// a is put in an interface, b is not.
func show() {
	a := new(int)
	b := new(int)
	*a, *b = 1, 2
	fmt.Println("value of a: ", a)
}

// Shared up against shared down.
func readUp() []byte { b := make([]byte, 32); return b }

func readDown(b []byte) int { return copy(b, "down") }

func useBoth() int {
	var buffer [32]byte
	return len(readUp()) + readDown(buffer[:])
}

func tooLarge() byte {
	var a [11 << 20]byte
	b := make([]byte, 1<<20)
	return a[1] + b[1]
}

func limit() byte { b := make([]byte, 64<<10); return b[0] }

func unknownSize(n int) int {
	b := make([]byte, n)
	return len(b)
}

func counter() func() int {
	n := 0
	return func() int { n++; return n }
}

func byValue() func() int {
	x, y := 1, 2
	return func() int { return x + y }
}

var handler func(string)

func stored(prefix string) {
	handler = func(s string) { fmt.Print(prefix, s) }
}

func boxed(x int, s fmt.Stringer) (any, any) { return x, s }

func backing(keys []string) (map[string]int, chan *int, []string, string) {
	m := make(map[string]int)
	small := map[string]int{"a": 1}
	c := make(chan *int, 4)
	var out []string
	text := ""
	for i, k := range keys {
		m[k] = i + small[k]
		out = append(out, k)
		text += k
	}
	bytes := []byte(text)
	return m, c, out, string(bytes) + fmt.Sprint(len(bytes))
}

type point struct{ x, y int }

func (p *point) move(d int) { p.x += d }
func (p point) String() string { return fmt.Sprintf("%d,%d", p.x, p.y) }

func methodValues(p *point) func(int) {
	q := point{1, 2}
	move := q.move
	move(1)
	return p.move
}

func goAndDefer(names []string, done chan struct{}) {
	p := &point{}
	q := &point{}
	go p.move(1)
	defer q.move(2)
	for _, name := range names {
		defer fmt.Println(name)
		go func() { done <- struct{}{} }()
	}
}

func moved(ok bool) *int {
	x := 1
	if ok {
		return &x
	}
	return nil
}

func loop(n int) []*int {
	var out []*int
	for i := 0; i < n; i++ {
		v := i
		out = append(out, &v)
	}
	return out
}

func constants() {
	fmt.Println(42, "text", 3.5, point{1, 2})
}

func builder(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p)
	}
	return b.String()
}
