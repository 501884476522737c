"""Three programs and the packages that they share, with the calls that their profiles are to hold.

A line that ends with `//> CALLER -> CALLEE WEIGHT; …` is where CALLER calls CALLEE in the profile of every program, one with
`//1> …` in that of the first program only. Where a function begins is found by `//= NAME`; what has no such mark begins at
line 1. Packages are written as p, q, one and so on: "m/p" in the module."""

BIG = "\n".join("\tx = x*3 + %d ^ x>>1" % i for i in range(1200))

FILES = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "p/p.go": """package p

import "strconv"

type Shape interface {
	Area(scale int) int
	Name() (string, error)
	Grow(by ...int) *Node
}

type Node struct {
	Next *Node
	V    [4]int
}

type Square struct{ A int }

func (s Square) Area(scale int) int { //= m/p.Square.Area
	return s.A * s.A * scale
}
func (s Square) Name() (string, error) { //= m/p.Square.Name
	if s.A < 0 {
		return "", Fail("negative " + strconv.Itoa(s.A))
	}
	return "square", nil
}
func (s Square) Grow(by ...int) *Node { //= m/p.Square.Grow
	n := &Node{}
	for i, v := range by {
		n.V[i&3] += v * s.A
	}
	return n
}

type Circle struct {
	r int
	n *Node
}

func (c *Circle) Area(scale int) int { //= m/p.(*Circle).Area
	return 3 * c.r * c.r * scale
}
func (c *Circle) Name() (string, error) { //= m/p.(*Circle).Name
	return "circle", nil
}
func (c *Circle) Grow(by ...int) *Node { //= m/p.(*Circle).Grow
	c.n = &Node{Next: c.n}
	return c.n
}

// Embedded: its methods are promoted.
type Named struct {
	*Circle
	label string
}

type Fail string

func (f Fail) Error() string { return string(f) }

func New(r int) *Circle { return &Circle{r: r} }

func Sum(shapes []Shape) (sum int) { //= m/p.Sum
	for _, s := range shapes {
		sum += s.Area(len(shapes)) //> m/p.Sum -> m/p.Square.Area 500; m/p.Sum -> m/p.(*Circle).Area 400
	}
	return sum
}

func Names(shapes []Shape) []string { //= m/p.Names
	var out []string
	for _, s := range shapes {
		name, err := s.Name() //> m/p.Names -> m/p.Square.Name 300
		if err != nil {
			continue
		}
		out = append(out, name)
	}
	return out
}

func Grown(s Shape, n int) *Node { //= m/p.Grown
	return s.Grow(n, n+1, s.Area(2)) //> m/p.Grown -> m/p.(*Circle).Grow 700; m/p.Grown -> m/p.Square.Area 90
}

func Both(a, b Shape) int { //= m/p.Both
	x, y := a.Area(1), b.Area(2) //1> m/p.Both -> m/p.(*Circle).Area 800
	defer a.Area(3)              //> m/p.Both -> m/p.Square.Area 50
	go b.Area(4)                 //> m/p.Both -> m/p.Square.Area 50
	return x + y
}

func Known() int { //= m/p.Known
	var s Shape = Square{3}
	return s.Area(1) //> m/p.Known -> m/p.(*Circle).Area 60
}

func Foreign(s Shape) int { //= m/p.Foreign
	return s.Area(9) //> m/p.Foreign -> m/gone.T.Area 900; m/p.Foreign -> m/p.Square.Area 50
}

func pick(shapes []Shape, n int) Shape { //= m/p.pick
	return shapes[n]
}

func Chain(f func() Shape, shapes []Shape) int { //= m/p.Chain
	a := f().Area(1)                //> m/p.Chain -> m/p.Square.Area 300; m/p.Chain -> m/p.Chain.func1 20
	b := pick(shapes, a).Area(len(shapes)) //> m/p.Chain -> m/p.(*Circle).Area 310
	c := fetch(func() Shape { return shapes[b] }).Area(2) //> m/p.Chain -> m/p.Square.Area 320
	return a + b + c
}

func fetch(f func() Shape) Shape { return f() }

var table = []func(int, int) int{func(a, b int) int { return a }, plus}

func plus(a, b int) int { return a + b } //= m/p.plus

func Lookup(i int) int { //= m/p.Lookup
	return entry(i)(i, plus(i, 1)) //> m/p.Lookup -> m/p.plus 330
}

func entry(i int) func(int, int) int { return table[i&1] }

// Large costs more than 80 and less than 2000.
func Large(n int, keep **Node) int { //= m/p.Large
	x := n
	for i := 0; i < n; i++ {
		node := &Node{}
		if i%7 == 0 {
			*keep = node
		}
		x += node.V[i&3] + len(strconv.Itoa(i))
		x ^= x<<3 | x>>5
		x -= i * i
		x ^= i | 1
		x += x / 3
	}
	return x
}

func CallsLarge(n int) int { //= m/p.CallsLarge
	var k *Node
	a := Large(n, &k) //> m/p.CallsLarge -> m/p.Large 1000
	b := Large(a, &k)
	return a + b
}

func CallsLargeCold(n int) int {
	var k *Node
	return Large(n, &k)
}

func Huge(n int) int { //= m/p.Huge
	var k *Node
	x := Large(n, &k) //> m/p.Huge -> m/p.Large 1000
BIG
	return x
}

func init() { //= m/p.init.0
	var k *Node
	Large(3, &k) //> m/p.init.0 -> m/p.Large 400
}
""".replace("BIG", BIG),
    "q/q.go": """package q

import (
	"bytes"
	"io"
	"sort"
	"strings"

	"example.com/m/p"
)

type Op func(a, b int) int
type Visitor struct {
	enter func(*p.Node) bool
	ops   map[string]Op
}

func Add(a, b int) int { //= m/q.Add
	return a + b
}

func Mul(a, b int) int { //= m/q.Mul
	x := &p.Node{}
	x.V[a&3] = b
	return x.V[0] * a
}

//go:noinline
func Never(a, b int) int { //= m/q.Never
	return a - b
}

func hasNext(n *p.Node) bool { //= m/q.hasNext
	return n != nil && n.Next != nil
}

func Fold(xs []int, op func(int, int) int) int { //= m/q.Fold
	acc := 0
	for _, x := range xs {
		acc = op(acc, x) //> m/q.Fold -> m/q.Mul 600; m/q.Fold -> m/q.Add 100
	}
	return acc
}

func FoldOp(xs []int, op Op) int { //= m/q.FoldOp
	acc := 1
	for _, x := range xs {
		acc = op(acc, x) //> m/q.FoldOp -> m/q.Add 650
	}
	return acc
}

func FoldNever(xs []int, op Op) int { //= m/q.FoldNever
	return op(xs[0], xs[1]) //> m/q.FoldNever -> m/q.Never 650
}

func FoldClosure(xs []int, op Op) int { //= m/q.FoldClosure
	return op(xs[0], xs[1]) //> m/q.FoldClosure -> m/q.Run.func1 650; m/q.FoldClosure -> m/q.Add 20
}

func FoldMethod(n *p.Node, f func(...int) *p.Node) *p.Node { //= m/q.FoldMethod
	return f(n.V[:]...) //> m/q.FoldMethod -> m/p.Square.Grow 650
}

func (v *Visitor) Walk(n *p.Node) (count int) { //= m/q.(*Visitor).Walk
	for v.enter(n) { //> m/q.(*Visitor).Walk -> m/q.hasNext 900
		n = n.Next
		count = v.ops["add"](count, 1) //> m/q.(*Visitor).Walk -> m/q.Add 350
	}
	return count
}

func Run(xs []int) int { //= m/q.Run
	total := 0
	op := func(a, b int) int { //= m/q.Run.func1
		total += a
		return Fold([]int{a, b}, Add) //> m/q.Run.func1 -> m/q.Fold 450
	}
	n := FoldClosure(xs, op)
	v := &Visitor{hasNext, map[string]Op{"add": Add, "mul": Mul}}
	return n + v.Walk(&p.Node{}) + total //> m/q.Run -> m/q.(*Visitor).Walk 300
}

func Write(w io.Writer, r io.Reader, s string) (int, error) { //= m/q.Write
	buf := []byte(s)
	w.Write([]byte("x" + s)) //> m/q.Write -> bytes.(*Buffer).Write 800
	io.WriteString(w, s)     //> m/q.Write -> io.WriteString 300
	w.Write(buf)             //> m/q.Write -> strings.(*Builder).Write 700
	return r.Read(buf)       //> m/q.Write -> strings.(*Reader).Read 720; m/q.Write -> os.(*File).Read 30
}

type byLen []string

func (b byLen) Len() int           { return len(b) }
func (b byLen) Less(i, j int) bool { return len(b[i]) < len(b[j]) }
func (b byLen) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

func Sort(xs []string) string {
	sort.Sort(byLen(xs))
	var b bytes.Buffer
	Write(&b, strings.NewReader(xs[0]), xs[0])
	return b.String()
}
""",
    "g/g.go": """package g

import (
	"cmp"
	"slices"

	"example.com/m/p"
)

type Stack[T any] struct{ items []*T }

func (s *Stack[T]) Push(v T) { //= m/g.(*Stack[go.shape.int]).Push
	s.items = append(s.items, &v)
}

func (s *Stack[T]) Each(f func(*T) bool) int { //= m/g.(*Stack[go.shape.int]).Each
	n := 0
	for _, v := range s.items {
		if f(v) { //> m/g.(*Stack[go.shape.int]).Each -> m/g.positive 600
			n++
		}
	}
	return n
}

func positive(v *int) bool { //= m/g.positive
	return *v > 0
}

func Map[T, U any](xs []T, f func(T) U) []U { //= m/g.Map[go.shape.int,go.shape.string]
	out := make([]U, 0, len(xs))
	for _, x := range xs {
		out = append(out, f(x)) //> m/g.Map[go.shape.int,go.shape.string] -> m/g.word 700
	}
	return out
}

func word(n int) string { //= m/g.word
	if n > 9 {
		return "many" + word(n/10)
	}
	return "few"
}

type Caller interface{ Call(n int) *p.Node }

type impl[T any] struct{ v T }

func (i impl[T]) Call(n int) *p.Node { //= m/g.impl[go.shape.int].Call
	return &p.Node{V: [4]int{n}}
}

type plain int

func (i plain) Call(n int) *p.Node { //= m/g.plain.Call
	return &p.Node{V: [4]int{n, int(i)}}
}

func Calls(c Caller, n int) int { //= m/g.Calls
	a := c.Call(n) //> m/g.Calls -> m/g.impl[go.shape.int].Call 800; m/g.Calls -> m/g.plain.Call 100
	b := c.Call(n) //> m/g.Calls -> m/g.plain.Call 450
	return a.V[0] + b.V[1]
}

func Largest[T cmp.Ordered](xs []T, less func(a, b T) int) T { //= m/g.Largest[go.shape.int]
	ys := slices.Clone(xs)
	slices.SortFunc(ys, less) //> m/g.Largest[go.shape.int] -> slices.SortFunc[go.shape.[]int,go.shape.int] 300
	best := ys[0]
	for _, y := range ys {
		if less(best, y) < 0 { //> m/g.Largest[go.shape.int] -> cmp.Compare[go.shape.int] 400; m/g.Largest[go.shape.int] -> m/g.compare 350
			best = y
		}
	}
	return best
}

func compare(a, b int) int { //= m/g.compare
	return cmp.Compare(a, b)
}

func Use(n int) int {
	s := &Stack[int]{}
	s.Push(n) //> m/g.Use -> m/g.(*Stack[go.shape.int]).Push 200
	t := &Stack[*p.Node]{}
	t.Push(&p.Node{})
	m := Map([]int{1, 2, n}, word)
	k := Calls(impl[int]{n}, n) + Calls(plain(n), n)
	return s.Each(positive) + len(m) + k + Largest([]int{n, 2}, compare) + Largest([]int{1}, cmp.Compare[int])
}
""",
    "one/main.go": """package main

import (
	"example.com/m/g"
	"example.com/m/p"
	"example.com/m/q"
)

type local struct{ p.Named }

func work(n int) int { //= main.work
	shapes := []p.Shape{p.Square{A: n}, p.New(n), &local{p.Named{Circle: p.New(2)}}}
	total := p.Sum(shapes) //> main.work -> m/p.Sum 100
	f := func(i int) int { //= main.work.func1
		return p.CallsLarge(i) //> main.work.func1 -> m/p.CallsLarge 350
	}
	total += f(n) + f(n+1) //> main.work -> main.work.func1 350
	return total + len(p.Names(shapes)) + g.Use(n) + q.Run([]int{n, 1})
}

func main() { //= main.main
	total := 0
	for i := range 10 {
		total += work(i) //> main.main -> main.work 500
	}
	println(total, q.Sort([]string{"a", "bc"}), p.Grown(p.New(1), total))
}
""",
    "two/main.go": """package main

import (
	"fmt"
	"os"

	"example.com/m/p"
	"example.com/m/q"
)

func main() { //= main.main
	fmt.Fprintln(os.Stdout, p.Both(p.New(1), p.Square{A: 2})) //2> main.main -> fmt.Fprintln 300
	fmt.Println(q.FoldOp([]int{1, 2}, q.Add), q.Fold(nil, q.Mul), p.Huge(3))
	var s fmt.Stringer = word("x")
	fmt.Println(s.String()) //2> main.main -> main.word.String 200
}

type word string

func (w word) String() string { return "<" + string(w) + ">" } //= main.word.String
""",
    "three/main.go": """package main

import "example.com/m/p"

func main() {
	println(p.Sum(nil), p.CallsLarge(3), p.Foreign(p.Square{}))
}
""",
}


def full(name):
    return name.replace("m/", "example.com/m/", 1) if name.startswith("m/") else name


def edges(program):
    """Of the profile of program "1" or "2"; callers by the linker's names."""
    starts, out = {}, []
    texts = [(path, text.split("\n")) for path, text in FILES.items() if path.endswith(".go")]
    for path, lines in texts:
        for i, line in enumerate(lines):
            if "//= " in line:
                name = full(line.split("//= ")[1].strip())
                starts[(path if name.startswith("main.") else "", name)] = i + 1
    mains = {"1": "one/main.go", "2": "two/main.go"}
    for path, lines in texts:
        if path.endswith("main.go") and path != mains[program]:
            continue
        for i, line in enumerate(lines):
            for mark in ("//> ", "//%s> " % program):
                if mark not in line:
                    continue
                for edge in line.split(mark)[1].split(";"):
                    caller, _, callee, weight = edge.split()

                    def start(name):
                        return starts.get((path if name.startswith("main.") else "", full(name)), 1)

                    out.append((full(caller), start(caller), i + 1, full(callee), start(callee), int(weight)))
    return out
