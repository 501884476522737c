// Typesdump prints what go/types finds in Go packages, one fact a line, for comparison with heapls:
//
//	typesdump [-tests] -o DIR PATTERN...
//
// writes DIR/<package>.txt for each package that the patterns match ('/' is written '!'; none for test packages with errors,
// for want of what they import), with the lines
//
//	FILE:START-END e MODE TYPE [= CONSTANT]   an expression; offsets in bytes
//	FILE:START-END i def|use OBJECT           an identifier
//	FILE:START-END m OBJECT                   the variable of a type switch's clause
//	~init NNNN NAMES                          the initialisation order
//
// MODE is one of void type builtin nil const var map ok value. Packages and their dependencies are found with the go
// command and type-checked from source.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"time"
)

type listed struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string
	CgoFiles   []string
	ImportMap  map[string]string
	DepOnly    bool
	ForTest    string
	Standard   bool
	Module     *struct{ GoVersion string }
}

type importer struct {
	from     *listed
	packages map[string]*types.Package
}

func (im importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if mapped, ok := im.from.ImportMap[path]; ok {
		path = mapped
	}
	if p := im.packages[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s not loaded", path)
}

func list(patterns []string, tests bool) ([]*listed, error) {
	args := []string{"list", "-e", "-deps", "-json=ImportPath,Name,Dir,GoFiles,CgoFiles,ImportMap,DepOnly,ForTest,Standard,Module"}
	if tests {
		args = append(args, "-test")
	}
	cmd := exec.Command("go", append(args, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var all []*listed
	for d := json.NewDecoder(out); ; {
		p := new(listed)
		if err := d.Decode(p); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	// With -e the go command may report a failure (a module that cannot be had) and still list all packages.
	if err := cmd.Wait(); err != nil && len(all) == 0 {
		return nil, err
	}
	return all, nil
}

func mode(tv types.TypeAndValue) string {
	switch {
	case tv.IsVoid():
		return "void"
	case tv.IsType():
		return "type"
	case tv.IsBuiltin():
		return "builtin"
	case tv.IsNil():
		return "nil"
	case tv.Value != nil:
		return "const"
	case tv.Addressable():
		return "var"
	case tv.Assignable():
		return "map"
	case tv.HasOk():
		return "ok"
	}
	return "value"
}

type line struct {
	file       string
	start, end int
	text       string
}

func span(fset *token.FileSet, n ast.Node) line {
	at := fset.File(n.Pos())
	return line{filepath.Base(at.Name()), at.Offset(n.Pos()), at.Offset(n.End()), ""}
}

func dump(out io.Writer, fset *token.FileSet, files []*ast.File, info *types.Info) {
	// The type checker makes up nodes: the 1 of x++, the interface around a constraint such as ~int.
	real := map[ast.Node]bool{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			real[n] = true
			return true
		})
	}
	full := func(p *types.Package) string { return p.Path() }
	var lines []line
	for e, tv := range info.Types {
		if !real[e] {
			continue
		}
		l := span(fset, e)
		typ := "-"
		if tv.Type != nil && !tv.IsVoid() {
			typ = types.TypeString(tv.Type, full)
		}
		l.text = "e " + mode(tv) + " " + typ
		if tv.Value != nil {
			l.text += " = " + tv.Value.ExactString()
		}
		lines = append(lines, l)
	}
	for id, obj := range info.Defs {
		if obj != nil {
			l := span(fset, id)
			l.text = "i def " + types.ObjectString(obj, full)
			lines = append(lines, l)
		}
	}
	for id, obj := range info.Uses {
		if info.Defs[id] == nil {
			l := span(fset, id)
			l.text = "i use " + types.ObjectString(obj, full)
			lines = append(lines, l)
		}
	}
	for n, obj := range info.Implicits {
		if c, ok := n.(*ast.CaseClause); ok {
			l := span(fset, c)
			l.text = "m " + types.ObjectString(obj, full)
			lines = append(lines, l)
		}
	}
	sort.Slice(lines, func(i, j int) bool {
		a, b := lines[i], lines[j]
		if a.file != b.file {
			return a.file < b.file
		}
		if a.start != b.start {
			return a.start < b.start
		}
		if a.end != b.end {
			return a.end < b.end
		}
		return a.text < b.text
	})
	w := bufio.NewWriter(out)
	defer w.Flush()
	for _, l := range lines {
		fmt.Fprintf(w, "%s:%d-%d %s\n", l.file, l.start, l.end, l.text)
	}
	for i, init := range info.InitOrder {
		var names []string
		for _, v := range init.Lhs {
			names = append(names, v.Name())
		}
		fmt.Fprintf(w, "~init %04d %s\n", i, strings.Join(names, ", "))
	}
}

func main() {
	out := flag.String("o", "", "directory to write to; none: only measure")
	tests := flag.Bool("tests", false, "include test variants")
	flag.Parse()
	if err := run(*out, *tests, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "typesdump:", err)
		os.Exit(1)
	}
}

func run(out string, tests bool, patterns []string) error {
	all, err := list(patterns, tests)
	if err != nil {
		return err
	}
	start := time.Now()
	packages := map[string]*types.Package{}
	count, lineCount, rejected := 0, 0, 0
	for _, p := range all {
		if p.ImportPath == "unsafe" || strings.HasSuffix(p.ImportPath, ".test") {
			continue
		}
		fset := token.NewFileSet()
		var files []*ast.File
		for _, name := range append(p.GoFiles, p.CgoFiles...) {
			if !filepath.IsAbs(name) {
				name = filepath.Join(p.Dir, name)
			}
			f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution|parser.ParseComments)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
			if f != nil {
				files = append(files, f)
				lineCount += fset.File(f.Pos()).LineCount()
			}
		}
		info := &types.Info{}
		wanted := !p.DepOnly && out != ""
		if wanted {
			info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
				Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}}
		}
		failed := false
		conf := types.Config{Importer: importer{p, packages}, Sizes: types.SizesFor("gc", runtime.GOARCH), FakeImportC: true,
			IgnoreFuncBodies: p.DepOnly, Error: func(err error) {
				fmt.Fprintln(os.Stderr, err)
				failed = true
			}}
		if p.Module != nil && p.Module.GoVersion != "" {
			conf.GoVersion = "go" + p.Module.GoVersion
		}
		path, _, _ := strings.Cut(p.ImportPath, " ")
		checked, _ := conf.Check(path, fset, files, info)
		packages[p.ImportPath] = checked
		count++
		if wanted && failed && p.ForTest != "" {
			rejected++
		} else if wanted {
			f, err := os.Create(filepath.Join(out, strings.ReplaceAll(p.ImportPath, "/", "!")+".txt"))
			if err != nil {
				return err
			}
			dump(f, fset, files, info)
			if err := f.Close(); err != nil {
				return err
			}
		}
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	fmt.Fprintf(os.Stderr, "%d packages, %d lines, %.2f s, %d MB, %d test packages rejected and not dumped\n", count, lineCount,
		time.Since(start).Seconds(), mem.Sys>>20, rejected)
	return nil
}
