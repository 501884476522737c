"""Go programs that grow in one dimension and are otherwise dull: PROGRAMS[name] = (n, text of a file by n).

n is where the measurement begins; it goes on to 2n and 4n. All compile, but for those whose names end in "errors"."""

PROGRAMS = {}


def program(n):
    def keep(make):
        PROGRAMS[make.__name__] = (n, lambda size: "package large\n\n" + make(size) + "\n")
        return make
    return keep


def each(n, text, between=""):
    """text for 0 … n - 1: @ stands for the number, @- and @+ for its neighbours."""
    return between.join(text.replace("@+", str(i + 1)).replace("@-", str(i - 1)).replace("@", str(i)) for i in range(n))


def nest(n, before, inner, after):
    return before * n + inner + after * n


# ---- Expressions

@program(1200)
def operands(n):
    return "func Sum(a []int) int {\n\treturn a[0]" + each(n, " +\n\t\ta[@]") + "\n}"


@program(1000)
def conditions(n):
    return "func All(a []*int) bool {\n\treturn a[0] != nil" + each(n, " &&\n\t\ta[@] != nil") + "\n}"


@program(2000)
def parens(n):
    return "func F(x int) int {\n\treturn " + nest(n, "(1+", "x", ")") + "\n}"


@program(2000)
def unary(n):
    return "func F(x bool) bool {\n\treturn " + "!" * n + "x\n}"


@program(1000)
def nested_calls(n):
    return "//go:noinline\nfunc g(x *int) *int { return x }\n\nfunc F(x int) *int {\n\treturn " + nest(n, "g(", "&x", ")") + "\n}"


@program(1000)
def nested_inlined(n):
    return "func g(x *int) *int { return x }\n\nfunc F(x int) *int {\n\treturn " + nest(n, "g(", "&x", ")") + "\n}"


@program(500)
def chained_calls(n):
    return "type B struct{}\n\nfunc (b *B) add(i int) *B { return b }\n\nfunc F(b *B) *B {\n\treturn b" + each(n, ".\n\t\tadd(@)") + "\n}"


@program(1000)
def selectors(n):
    return "type T struct{ next *T }\n\nfunc F(t *T) *T {\n\treturn t" + ".next" * n + "\n}"


@program(500)
def indices(n):
    return "func F(a []int) int {\n\treturn " + nest(n, "a[", "0", "]") + "\n}"


@program(1000)
def conversions(n):
    return "type A []int\ntype B []int\n\nfunc F(a A) A {\n\treturn " + nest(n, "A(B(", "a", "))") + "\n}"


@program(1000)
def boxes(n):
    return "func F(i int) any {\n\treturn " + nest(n, "any(", "i", ")") + "\n}"


@program(100)
def appends(n):
    return "func F(b []byte) []byte {\n\treturn " + "append(" * n + "b" + each(n, ", byte(@ % 250))") + "\n}"


@program(1000)
def strings(n):
    return "func F(s string) string {\n\treturn s" + each(n, ' + "@" + s') + "\n}"


@program(5000)
def constant_strings(n):
    return "func F() string {\n\treturn \"\"" + each(n, ' +\n\t\t"part @"') + "\n}"


@program(5000)
def integers(n):
    return "const Sum = 0" + each(n, " +\n\t@")


@program(500000)
def string_length(n):
    return 'var S = "' + "x" * n + '"\n\nfunc F() []byte { return []byte(S) }'


@program(500000)
def comment_length(n):
    return "/* " + "x\n" * n + "*/\nfunc F() *int { return new(int) }"


@program(20000)
def comments(n):
    return each(n, "// number @\n\n") + "func F() *int { return new(int) }"


# ---- Literals

@program(1250)
def one_line(n):
    return "func F() []*int { return []*int{" + ", ".join(["new(int)"] * n) + "} }"


@program(5000)
def slice_elements(n):
    return "func F() []int {\n\treturn []int{\n" + each(n, "\t\t@,\n") + "\t}\n}"


@program(5000)
def global_elements(n):
    return "var G = []struct {\n\tn int\n\ts string\n}{\n" + each(n, "\t{@, \"@\"},\n") + "}"


@program(2500)
def map_elements(n):
    return "var G = map[string]int{\n" + each(n, '\t"k@": @,\n') + "}"


@program(2500)
def pointer_elements(n):
    return "type T struct{ a, b int }\n\nvar G = []*T{\n" + each(n, "\t{@, 1},\n") + "}"


@program(2500)
def keyed_elements(n):
    return "var G = [...]string{\n" + each(n, '\t@: "e@",\n') + "}"


@program(1000)
def function_elements(n):
    return "func F(n int) []func() int {\n\treturn []func() int{\n" + each(n, "\t\tfunc() int { return n + @ },\n") + "\t}\n}"


@program(300)
def nested_literals(n):
    return "type T struct {\n\tn int\n\tt *T\n}\n\nfunc F() *T {\n\treturn " + nest(n, "&T{1, ", "nil", "}") + "\n}"


@program(150)
def nested_slices(n):
    return "type T []T\n\nfunc F() T {\n\treturn " + nest(n, "T{", "", "}") + "\n}"


@program(4)
def called_literals(n):
    return "func F(n int) {\n" + "\tfunc() {\n" * n + "\tn++\n" + "\t}()\n" * n + "}"


@program(50)
def nested_closures(n):
    return "func F(n int) any {\n" + "".join("\treturn func() any {\n\t\tn += %d\n" % i for i in range(n)) + "\treturn &n\n" + "\t}\n" * n + "}"


@program(1000)
def captures(n):
    return "func F(n int) func() int {\n" + each(n, "\tv@ := n + @\n") + each(n, "\tv@ += 1\n") + "\treturn func() int {\n\t\treturn 0" + each(n, " + v@") + "\n\t}\n}"


# ---- Statements

@program(500)
def blocks(n):
    return "func F() *int {\n" + nest(n, "{\n", "x := 1\nreturn &x\n", "}\n") + "\n}"


@program(300)
def nested_ifs(n):
    return "func F(n int) *int {\n" + each(n, "if n > @ {\n") + "x := 1\nreturn &x\n" + "}\n" * n + "return nil\n}"


@program(100)
def nested_loops(n):
    return "func F(n int) (p *int) {\n" + each(n, "for range n {\n") + "p = new(int)\n" + "}\n" * n + "return\n}"


@program(100)
def nested_switches(n):
    return "func F(n int) *int {\n" + each(n, "switch n {\ncase @:\n") + "return new(int)\n" + "}\n" * n + "return nil\n}"


@program(1000)
def else_ifs(n):
    return "func F(n int) *int {\n\t" + each(n, "if n == @ {\n\t\treturn new(int)\n\t} else ") + "{\n\t\treturn nil\n\t}\n}"


@program(2500)
def cases(n):
    return "func F(n int) *int {\n\tswitch n {\n" + each(n, "\tcase @:\n\t\treturn new(int)\n") + "\t}\n\treturn nil\n}"


@program(1000)
def case_values(n):
    return 'func F(s string) bool {\n\tswitch s {\n\tcase ' + each(n, '"s@"', ", ") + ":\n\t\treturn true\n\t}\n\treturn false\n}"


@program(500)
def type_cases(n):
    return each(n, "type T@ struct{ a int }\n") + "\nfunc F(v any) any {\n\tswitch x := v.(type) {\n" + each(n, "\tcase T@:\n\t\treturn &x\n") + "\t}\n\treturn nil\n}"


@program(500)
def selects(n):
    return "func F(c chan *int) int {\n\tselect {\n" + each(n, "\tcase p := <-c:\n\t\treturn *p + @\n") + "\t}\n}"


@program(500)
def labels(n):
    return "func F(n int) {\n" + each(n, "L@:\n\tif n > @ {\n\t\tn--\n\t\tgoto L@\n\t}\n") + "}"


@program(1000)
def forward_gotos(n):
    return "func F(n int) {\n" + each(n, "\tif n == @ {\n\t\tgoto L\n\t}\n") + "L:\n\tn++\n}"


@program(250)
def defers(n):
    return "func F(f func(*int)) {\n" + each(n, "\tdefer f(new(int))\n") + "}"


@program(250)
def gos(n):
    return "func F(f func(*int)) {\n" + each(n, "\tgo f(new(int))\n") + "}"


@program(2500)
def calls(n):
    return "func g(x *int) int { return *x }\n\nfunc F(x int) int {\n" + each(n, "\tx += g(&x)\n") + "\treturn x\n}"


@program(500)
def locals_kept(n):
    return "var keep []*int\n\nfunc F() {\n" + each(n, "\tv@ := @\n\tkeep = append(keep, &v@)\n") + "}"


@program(2500)
def assignments(n):
    return "type T struct{ p *int }\n\nfunc F(a int) *T {\n\tx0 := &a\n" + each(n, "\tx@+ := x@\n") + "\treturn &T{x%d}\n}" % n


@program(250)
def tuple_assignment(n):
    return "func F(a []*int) {\n\t" + each(n, "a[@]", ", ") + " = " + each(n, "a[%d-@]" % n, ", ") + "\n}"


@program(1000)
def interface_calls(n):
    return "type I interface{ M(*int) }\n\nfunc F(i I) {\n" + each(n, "\ti.M(new(int))\n") + "}"


@program(20)
def nested_range_funcs(n):
    return "func seq(yield func(int) bool) { yield(1) }\n\nfunc F(n int) *int {\n" + each(n, "\tfor range seq {\n") + "\tif n > 1 {\n\treturn new(int)\n}\n" + "\t}\n" * n + "\treturn nil\n}"


@program(100)
def range_funcs(n):
    return "func seq(yield func(int) bool) { yield(1) }\n\nfunc F() (p *int) {\n" + each(n, "\tfor i@ := range seq {\n\t\tp = &i@\n\t}\n") + "\treturn\n}"


@program(1000)
def method_values(n):
    return "type T struct{ a int }\n\nfunc (t *T) M() {}\n\nfunc F(t *T, use func(func())) {\n" + each(n, "\tuse(t.M)\n") + "}"


@program(1000)
def arguments(n):
    return "func g(a ...any) {}\n\nfunc F(x int) {\n\tg(" + each(n, "x+@", ", ") + ")\n}"


# ---- Declarations

@program(1000)
def functions(n):
    return each(n, """
type T@ struct {
	a    int
	list []int
	get  func() int
}

func New@(a, b int) *T@ {
	t := &T@{a: a, list: make([]int, a)}
	for k := range a {
		t.list = append(t.list, k*b)
	}
	if a > 10 {
		t.get = func() int { return t.a + b }
	}
	return t
}
""")


@program(1000)
def parameters(n):
    return "func F(" + each(n, "a@ *int", ", ") + ") *int {\n\treturn a0\n}"


@program(300)
def results(n):
    return "func F() (" + each(n, "r@ *int", ", ") + ") {\n\treturn\n}\n\nfunc G() *int {\n\t" + each(n, "v@", ", ") + " := F()\n\t_ = v%d" % (n - 1) + each(n, "\n\t_ = v@") + "\n\treturn v0\n}"


@program(2500)
def globals(n):
    return each(n, "var G@ = new(int)\n")


@program(1000)
def dependent_globals(n):
    return each(n, "var G@ = g(G@+)\n") + "var G%d = new(int)\n\nfunc g(p *int) *int { return p }" % n


@program(500)
def globals_by_functions(n):
    return each(n, "var G@ = f@()\n\nfunc f@() int { return G@+ + 1 }\n") + "var G%d int" % n


@program(5000)
def iotas(n):
    return "const (\n\tC0 = iota\n" + each(n, "\tD@\n") + ")"


@program(2500)
def constants(n):
    return "const C0 = 1\n" + each(n, "const C@+ = C@ + 1\n")


@program(2500)
def inits(n):
    return each(n, "func init() { println(@) }\n")


@program(2500)
def fields(n):
    return "type T struct {\n" + each(n, "\tf@ *int\n") + "}\n\nfunc F() *T { return &T{f%d: new(int)} }" % (n - 1)


@program(1000)
def methods(n):
    return "type T struct{}\n\n" + each(n, "func (t *T) M@() *int { return new(int) }\n") + "\nvar G any = &T{}"


@program(1000)
def interface_methods(n):
    return "type I interface {\n" + each(n, "\tM@(*int)\n") + "}\n\ntype T struct{}\n\n" + each(n, "func (T) M@(*int) {}\n") + "\nfunc F(t T) I { return t }"


@program(50)
def embedded_interfaces(n):
    return "type I0 interface{ M() }\n" + each(n, "type I@+ interface {\n\tI@\n\tM@()\n}\n") + "\nfunc F(i I%d) { i.M() }" % n


@program(50)
def embedded_structs(n):
    return "type T0 struct{ p *int }\n\nfunc (t *T0) M() *int { return t.p }\n\n" + each(n, "type T@+ struct{ T@ }\n") + "\nfunc F(t *T%d) *int { return t.M() }" % n


@program(200)
def embedded_side_by_side(n):
    return each(n, "type E@ struct{ a@ int }\n\nfunc (e E@) M@() {}\n") + "\ntype T struct {\n" + each(n, "\tE@\n") + "}\n\nfunc F(t T) int { t.M0(); return t.a%d }" % (n - 1)


@program(1000)
def pointers(n):
    return "func F(p " + "*" * n + "int) any {\n\treturn p\n}"


@program(300)
def nested_types(n):
    return "var G " + nest(n, "struct{ a ", "int", " }") + "\n\nfunc F() any { return &G }"


@program(300)
def function_types(n):
    return "func F(f " + "func() " * n + "int) any {\n\treturn f\n}"


@program(300)
def maps_of_maps(n):
    return "func F() any {\n\treturn " + nest(n, "map[int]", "int", "{}")[:-2 * n] + "{}\n}"


@program(500)
def recursive_types(n):
    return each(n, "type T@ struct {\n\tnext *T@+\n\tf func(T@+)\n}\n") + "type T%d struct{ first *T0 }\n\nfunc F() *T0 { return &T0{next: &T1{}} }" % n


@program(500)
def named_types(n):
    return each(n, "type T@ T@+\n") + "type T%d struct{ p *int }\n\nfunc F(t T0) *int { return t.p }" % n


@program(50)  # the compiler takes 4.6 s at 4n
def ring(n):
    return each(n, "func F@(n int) *int {\n\tx := n + @\n\tif n > 0 {\n\t\treturn F@+(n - 1)\n\t}\n\treturn &x\n}\n") + "func F%d(n int) *int { return F0(n) }" % n


@program(500)
def ring_of_large(n):
    return "var keep []*int\n\n" + each(n, "func F@(p *int, n int) *int {\n\tfor i := range n {\n\t\tkeep = append(keep, p, &i)\n\t}\n\tif q := F@+(p, n-1); q != nil {\n\t\treturn q\n\t}\n\treturn p\n}\n") + "func F%d(p *int, n int) *int { return F0(p, n) }" % n


@program(500)
def chain_of_inlined(n):
    return each(n, "func F@(p *int) *int { return F@+(p) }\n") + "func F%d(p *int) *int { return p }" % n


@program(50)
def recursion_paths(n):
    return "type Node struct {\n\tKids []Node\n\tText string\n}\n\nvar keep []Node\n\nfunc Parse(n int) []Node {\n\tswitch n {\n" + each(n, '\tcase @:\n\t\treturn []Node{{Text: "leaf"}}\n') + "\t}\n\tkids := Parse(n - 1)\n\tkeep = append(keep, kids[0].Kids...)\n\treturn []Node{{Kids: kids}}\n}"


# ---- Generics

@program(100)
def type_parameters(n):
    return "func g[" + each(n, "P@ any", ", ") + "](" + each(n, "a@ P@", ", ") + ") any { return &a0 }\n\nfunc F(x int) any {\n\treturn g(" + each(n, "x", ", ") + ")\n}"


@program(300)
def instances(n):
    return "type G[P any] struct{ p P }\n\nfunc g[P any](p P) *G[P] { return &G[P]{p} }\n\n" + each(n, "type T@ struct{ a [@]int }\n\nfunc F@(t T@) any { return g(t) }\n")


@program(30)
def nested_instances(n):
    return "type G[P any] struct{ p *P }\n\nfunc g[P any](p *P) *G[P] { return &G[P]{p} }\n\nfunc F(x int) any {\n\tg0 := g(&x)\n" + each(n, "\tg@+ := g(g@)\n") + "\treturn g%d\n}" % n


@program(500)
def generic_functions(n):
    return each(n, "func g@[P any](p P) *P { return &p }\n\nfunc F@(n int) *int { return g@(n) }\n")


@program(25)  # the compiler takes 100 terms
def union_terms(n):
    return each(n, "type T@ int\n") + "\ntype U interface {\n\t" + each(n, "T@", " | ") + "\n}\n\nfunc g[P U](p P) *P { return &p }\n\nfunc F(t T0) any { return g(t) }"


# ---- Faults

@program(1000)
def type_errors(n):
    return "func F() {\n" + each(n, '\tvar v@ int = "@"\n') + "}"


@program(1000)
def undefined_errors(n):
    return each(n, "func F@() *int { return undefined@(new(int)) }\n")


@program(1000)
def syntax_errors(n):
    return each(n, "func F@( {\n\treturn new(int)\n}\n\n")


@program(1000)
def bracket_errors(n):
    return "func F() {\n\tx := " + "f(" * n + "\n}\n\nfunc G() *int { return new(int) }"
