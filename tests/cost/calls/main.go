// calls writes a program that measures what functions of std allocate: exported functions whose parameters are plain
// values are called with several of them, and what testing.AllocsPerRun and the memory statistics say is printed, a line
// a call: "package.Function allocations bytes".
//
// usage: calls PACKAGE… > main.go
package main

import (
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"os"
	"sort"
	"strings"
)

// What the calls are made with: one list after the other.
const rounds = 3

var texts = [rounds]string{`"héllo, wörld, a=1&b=2; 12.5 <x> 10.0.0.1/24"`, `""`, `"7"`}
var integers = [rounds]string{"3", "0", "10"}
var floats = [rounds]string{"1.5", "0", "-3e10"}

// A value of that type; "" when none is known.
func value(t types.Type, round int) string {
	name := func() string { return types.TypeString(t, func(p *types.Package) string { return p.Name() }) }
	switch u := t.Underlying().(type) {
	case *types.Basic:
		v := ""
		switch {
		case u.Info()&types.IsString != 0:
			v = texts[round]
		case u.Info()&types.IsInteger != 0 && u.Kind() != types.Uintptr:
			v = integers[round]
		case u.Info()&types.IsFloat != 0:
			v = floats[round]
		case u.Info()&types.IsComplex != 0:
			v = "complex(" + floats[round] + ", 2)"
		case u.Info()&types.IsBoolean != 0:
			v = []string{"true", "false", "true"}[round]
		default:
			return ""
		}
		if named, ok := t.(*types.Named); ok && !named.Obj().Exported() {
			return ""
		}
		return name() + "(" + v + ")"
	case *types.Slice:
		elem := value(u.Elem(), round)
		if _, named := t.(*types.Named); named || elem == "" {
			return ""
		}
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Uint8 {
			return name() + "(" + texts[round] + ")"
		}
		return name() + "{" + elem + ", " + elem + "}"
	}
	return ""
}

// Statements that declare its arguments and itself as variables, so that neither is made in the measured code and nothing
// is inlined, and the call.
func call(pkg *types.Package, f *types.Func, round int, n int) (declared, call string) {
	sig := f.Type().(*types.Signature)
	if sig.TypeParams().Len() > 0 || sig.Variadic() {
		return "", ""
	}
	var args []string
	declared = fmt.Sprintf("var f%d = %s.%s\n", n, pkg.Name(), f.Name())
	for i := 0; i < sig.Params().Len(); i++ {
		v := value(sig.Params().At(i).Type(), round)
		if v == "" {
			return "", ""
		}
		name := fmt.Sprintf("a%d_%d", n, i)
		declared += fmt.Sprintf("var %s = %s\n", name, v)
		args = append(args, name)
	}
	return declared, fmt.Sprintf("f%d(%s)", n, strings.Join(args, ", "))
}

func main() {
	imp := importer.ForCompiler(token.NewFileSet(), "source", nil)
	var lines, imports, variables []string
	for _, path := range os.Args[1:] {
		pkg, err := imp.Import(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		names := pkg.Scope().Names()
		sort.Strings(names)
		used := false
		for _, name := range names {
			f, ok := pkg.Scope().Lookup(name).(*types.Func)
			if !ok || !f.Exported() {
				continue
			}
			for round := 0; round < rounds; round++ {
				if v, c := call(pkg, f, round, len(lines)); c != "" {
					variables = append(variables, v)
					lines = append(lines, fmt.Sprintf("\tmeasure(%q, func() { %s })", path+"."+name, c))
					used = true
				}
			}
		}
		if used {
			imports = append(imports, fmt.Sprintf("\t%q", path))
		}
	}
	fmt.Printf(`package main

import (
	std_fmt "fmt"
	std_runtime "runtime"
	std_debug "runtime/debug"
	std_testing "testing"
%s
)

%s
// Nothing is said of a call that panics: a bound holds as long as nothing does.
func measure(name string, call func()) {
	defer func() { recover() }()
	const runs = 50
	n := std_testing.AllocsPerRun(runs, call)
	var before, after std_runtime.MemStats
	std_runtime.ReadMemStats(&before)
	for i := 0; i < runs; i++ {
		call()
	}
	std_runtime.ReadMemStats(&after)
	std_fmt.Printf("%%s %%d %%d\n", name, int64(n), int64(after.TotalAlloc-before.TotalAlloc)/runs)
}

func main() {
	std_debug.SetGCPercent(-1)
	std_runtime.GOMAXPROCS(1)
%s
}
`, strings.Join(imports, "\n"), strings.Join(variables, ""), strings.Join(lines, "\n"))
}
