// Package inference: type arguments of function values that follow from where the value goes.
package inference

func ident[T any](x T) T { return x }

func box[T any](x T) *T { return &x }

func pair[K comparable, V any](k K, v V) map[K]V { return map[K]V{k: v} }

func apply[T, U any](x T, f func(T) U) U { return f(x) }

type (
	ops struct {
		f func(int) *int
		g func(string, int) map[string]int
	}
	conv  func(int) int
	named func(string) *string
	inner struct{ f conv }
	outer struct {
		inner
		n int
	}
)

func Struct(n int) *int {
	o := ops{f: box}
	return o.f(n)
}

func Positional(n int) map[string]int {
	o := &ops{box, pair}
	return o.g("n", n)
}

func Promoted(n int) int { return outer{f: ident, n: n}.f(1) }

func Partial() (o ops) {
	o.g = pair[string]
	return o
}

func Slice(n int) (p *int) {
	for _, f := range []func(int) *int{box, 2: box[int], 5: func(int) *int { return nil }} {
		if f != nil {
			p = f(n)
		}
	}
	return p
}

func Array(s string) *string { return [...]named{box, nil, 3: box}[0](s) }

func Map(k string) int { return map[string]conv{"a": ident, "b": ident[int]}[k](3) }

func Nested(n int) int { return []inner{{ident}, {f: ident}}[n].f(n) }

func Pointers(n int) int { return map[string]*inner{"a": {f: ident}}["a"].f(n) }

func Conversion(n int) int { return conv(ident)(n) + (func(int) int)(ident)(n) }

func Send(c chan func(int) *int, d chan<- named) {
	c <- box
	d <- box
}

func Assign(m map[string]conv, f *func(int) int) {
	m["x"] = ident
	*f = ident
}

func Return() (conv, named) { return ident, box }

func Argument(n int) *int { return apply(n, box) }

var table = map[string]func(int) *int{"box": box}

var first, second func(int) int = ident, ident

func Table() *int { return table["box"](first(second(1))) }

// The target is a type parameter with one underlying type.
func Core[F func(int) *int](c chan F, m map[string]F) F {
	c <- box
	m["x"] = F(box)
	return []F{box}[0]
}

func UseCore(c chan func(int) *int) *int { return Core(c, map[string]func(int) *int{})(1) }

// In generic code.
func Generic[T any](x T) *T {
	o := struct{ f func(T) *T }{f: box}
	return o.f(x)
}

func UseGeneric() (*int, *string) { return Generic(1), Generic("x") }

// Calls such a function, and has none itself.
func Caller() int {
	p := new(int)
	return *Struct(*p) + take(p)
}

func take(p *int) int { return *p + Conversion(1) }
