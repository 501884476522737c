// goast prints, for each file named on standard input, what Go's own parsers make of it, in the form of `astdump sum`
// (or `astdump nodes` with -nodes, `astdump positions` with -positions): the acceptance of gc's parser and of go/parser, and an order-free hash of the kind,
// extent and position of every node of go/ast, and one of the kind and position of every node of gc's tree.
//
// gc's parser is an internal package; the test copies its sources from GOROOT beside this file when it runs.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"

	"goast/syntax"
)

var nodes = flag.Bool("nodes", false, "print the nodes of go/ast")
var positions = flag.Bool("positions", false, "print the positions of gc's tree")

type dump struct {
	base        int
	hash, count uint64
	out         *bufio.Writer
}

func (d *dump) add(kind string, from, to, at token.Pos) {
	start, end := int(from)-d.base, int(to)-d.base
	pos := 0
	if at.IsValid() {
		pos = int(at) - d.base
	}
	if *nodes {
		fmt.Fprintln(d.out, kind, start, end, pos)
	}
	const prime = 0x100000001b3
	h := uint64(0xcbf29ce484222325)
	for i := 0; i < len(kind); i++ {
		h = (h ^ uint64(kind[i])) * prime
	}
	h = (h ^ uint64(start)) * prime
	h = (h ^ uint64(end)) * prime
	h = (h ^ uint64(pos)) * prime
	d.hash += h
	d.count++
}

func (d *dump) Visit(n ast.Node) ast.Visitor {
	if n == nil {
		return nil
	}
	kind, from, at := "", n.Pos(), token.NoPos
	switch n := n.(type) {
	case *ast.Comment, *ast.CommentGroup:
		return nil
	case *ast.ImportSpec:
		if n.Name != nil {
			ast.Walk(d, n.Name)
		}
		return nil
	case *ast.Field:
		for _, name := range n.Names {
			ast.Walk(d, name)
		}
		if n.Type != nil {
			ast.Walk(d, n.Type)
		}
		return nil
	case *ast.File:
		for _, decl := range n.Decls {
			ast.Walk(d, decl)
		}
		return nil
	case *ast.Ident:
		kind = "NAME"
	case *ast.BasicLit:
		kind = "BASIC_LIT"
	case *ast.CompositeLit:
		kind, at = "COMPOSITE_LIT", n.Lbrace
	case *ast.KeyValueExpr:
		kind, at = "KEY_VALUE", n.Colon
	case *ast.FuncLit:
		kind = "FUNC_LIT"
	case *ast.ParenExpr:
		kind = "PAREN"
	case *ast.SelectorExpr:
		kind = "SELECTOR"
	case *ast.IndexExpr:
		kind, at = "INDEX", n.Lbrack
	case *ast.IndexListExpr:
		kind, at = "INDEX", n.Lbrack
	case *ast.SliceExpr:
		kind, at = "SLICE", n.Lbrack
	case *ast.TypeAssertExpr:
		kind = "TYPE_ASSERT"
	case *ast.StarExpr:
		kind = "STAR"
	case *ast.UnaryExpr:
		kind = "UNARY"
	case *ast.BinaryExpr:
		kind, at = "BINARY", n.OpPos
	case *ast.CallExpr:
		kind, at = "CALL", n.Lparen
	case *ast.Ellipsis:
		kind = "ELLIPSIS"
	case *ast.ArrayType:
		kind = "ARRAY_TYPE"
		if n.Len == nil {
			kind = "SLICE_TYPE"
		}
	case *ast.StructType:
		kind = "STRUCT_TYPE"
	case *ast.InterfaceType:
		kind = "INTERFACE_TYPE"
	case *ast.FuncType:
		kind = "FUNC_TYPE"
	case *ast.MapType:
		kind = "MAP_TYPE"
	case *ast.ChanType:
		kind = "CHAN_TYPE"
	case *ast.CaseClause:
		kind = "CASE_CLAUSE"
	case *ast.CommClause:
		kind = "COMM_CLAUSE"
	case *ast.BlockStmt:
		kind = "BLOCK"
	case *ast.LabeledStmt:
		kind = "LABELED_STMT"
	case *ast.ExprStmt:
		kind = "EXPR_STMT"
	case *ast.SendStmt:
		kind, at = "SEND_STMT", n.Arrow
	case *ast.DeclStmt:
		kind = "DECL_STMT"
	case *ast.AssignStmt:
		kind, at = "ASSIGN_STMT", n.TokPos
	case *ast.IncDecStmt:
		kind, at = "ASSIGN_STMT", n.TokPos
	case *ast.BranchStmt:
		kind = "BRANCH_STMT"
	case *ast.GoStmt, *ast.DeferStmt:
		kind = "CALL_STMT"
	case *ast.ReturnStmt:
		kind = "RETURN_STMT"
	case *ast.IfStmt:
		kind = "IF_STMT"
	case *ast.ForStmt:
		kind = "FOR_STMT"
	case *ast.RangeStmt:
		kind = "RANGE_STMT"
	case *ast.SwitchStmt:
		kind = "SWITCH_STMT"
		d.add(kind, from, n.End(), at)
		d.optional(n.Init)
		if n.Tag != nil {
			ast.Walk(d, n.Tag)
		}
		d.clauses(n.Body)
		return nil
	case *ast.TypeSwitchStmt:
		d.add("TYPE_SWITCH_STMT", from, n.End(), at)
		d.optional(n.Init)
		var guard ast.Expr
		switch a := n.Assign.(type) {
		case *ast.ExprStmt:
			guard = a.X
		case *ast.AssignStmt:
			ast.Walk(d, a.Lhs[0])
			guard = a.Rhs[0]
		}
		ast.Walk(d, guard.(*ast.TypeAssertExpr).X)
		d.clauses(n.Body)
		return nil
	case *ast.SelectStmt:
		d.add("SELECT_STMT", from, n.End(), at)
		d.clauses(n.Body)
		return nil
	case *ast.FuncDecl:
		d.add("FUNC_DECL", from, n.End(), at)
		if n.Recv != nil {
			ast.Walk(d, n.Recv)
		}
		ast.Walk(d, n.Name)
		if n.Type.TypeParams != nil {
			ast.Walk(d, n.Type.TypeParams)
		}
		d.add("FUNC_TYPE", n.Type.Params.Pos(), n.Type.End(), token.NoPos)
		ast.Walk(d, n.Type.Params)
		if n.Type.Results != nil {
			ast.Walk(d, n.Type.Results)
		}
		if n.Body != nil {
			ast.Walk(d, n.Body)
		}
		return nil
	}
	if kind != "" {
		d.add(kind, from, n.End(), at)
	}
	return d
}

func (d *dump) optional(s ast.Stmt) {
	if s != nil {
		ast.Walk(d, s)
	}
}

func (d *dump) clauses(b *ast.BlockStmt) {
	for _, s := range b.List {
		ast.Walk(d, s)
	}
}

// gcAccepts reports whether gc's parser finds no error. Errors of branches (labels) are left to the type checker.
func gcAccepts(src string) (bool, *syntax.File) {
	ok := true
	file, _ := syntax.Parse(syntax.NewFileBase("x.go"), strings.NewReader(src), func(error) { ok = false }, nil, 0)
	return ok, file
}

// gcDump sums kind and position over gc's tree.
type gcDump struct {
	lines       []int // offsets of the lines' first bytes
	hash, count uint64
	seen        map[syntax.Node]bool
	out         *bufio.Writer
}

func (d *gcDump) visit(n syntax.Node) bool {
	if n == nil || d.seen[n] {
		return false
	}
	d.seen[n] = true
	kind := ""
	switch n := n.(type) {
	case *syntax.File:
		for _, decl := range n.DeclList {
			syntax.Inspect(decl, d.visit)
		}
		return false
	case *syntax.ImportDecl:
		d.add("IMPORT_DECL", n)
		if n.LocalPkgName != nil {
			d.add("NAME", n.LocalPkgName)
		}
		return false
	case *syntax.ConstDecl:
		kind = "CONST_DECL"
	case *syntax.VarDecl:
		kind = "VAR_DECL"
	case *syntax.TypeDecl:
		kind = "TYPE_DECL"
	case *syntax.FuncDecl:
		kind = "FUNC_DECL"
	case *syntax.Name:
		kind = "NAME"
	case *syntax.BasicLit:
		kind = "BASIC_LIT"
	case *syntax.CompositeLit:
		kind = "COMPOSITE_LIT"
	case *syntax.KeyValueExpr:
		kind = "KEY_VALUE"
	case *syntax.FuncLit:
		kind = "FUNC_LIT"
	case *syntax.SelectorExpr:
		kind = "SELECTOR"
	case *syntax.IndexExpr:
		kind = "INDEX"
	case *syntax.SliceExpr:
		kind = "SLICE"
	case *syntax.AssertExpr:
		kind = "TYPE_ASSERT"
	case *syntax.Operation:
		kind = "BINARY"
		if n.Y == nil {
			kind = "UNARY"
			if n.Op == syntax.Mul {
				kind = "STAR"
			}
		}
	case *syntax.CallExpr:
		kind = "CALL"
	case *syntax.ArrayType:
		kind = "ARRAY_TYPE"
	case *syntax.SliceType:
		kind = "SLICE_TYPE"
	case *syntax.DotsType:
		kind = "ELLIPSIS"
	case *syntax.StructType:
		d.add("STRUCT_TYPE", n)
		for _, f := range n.FieldList {
			syntax.Inspect(f, d.visit)
		}
		return false
	case *syntax.InterfaceType:
		kind = "INTERFACE_TYPE"
	case *syntax.MapType:
		kind = "MAP_TYPE"
	case *syntax.BlockStmt:
		kind = "BLOCK"
	case *syntax.EmptyStmt:
		kind = "EMPTY_STMT"
	case *syntax.ExprStmt:
		kind = "EXPR_STMT"
	case *syntax.SendStmt:
		kind = "SEND_STMT"
	case *syntax.DeclStmt:
		kind = "DECL_STMT"
	case *syntax.AssignStmt:
		kind = "ASSIGN_STMT"
	case *syntax.BranchStmt:
		d.add("BRANCH_STMT", n)
		if n.Label != nil {
			d.add("NAME", n.Label)
		}
		return false // Target is elsewhere in the tree
	case *syntax.CallStmt:
		kind = "CALL_STMT"
	case *syntax.ReturnStmt:
		kind = "RETURN_STMT"
	case *syntax.IfStmt:
		kind = "IF_STMT"
	case *syntax.ForStmt:
		kind = "FOR_STMT"
		if _, ok := n.Init.(*syntax.RangeClause); ok {
			kind = "RANGE_STMT"
		}
	case *syntax.SwitchStmt:
		kind = "SWITCH_STMT"
		if _, ok := n.Tag.(*syntax.TypeSwitchGuard); ok {
			kind = "TYPE_SWITCH_STMT"
		}
	case *syntax.SelectStmt:
		kind = "SELECT_STMT"
	case *syntax.CaseClause:
		kind = "CASE_CLAUSE"
	case *syntax.CommClause:
		kind = "COMM_CLAUSE"
	}
	if kind != "" {
		d.add(kind, n)
	}
	return true
}

func (d *gcDump) add(kind string, n syntax.Node) {
	pos := d.lines[n.Pos().Line()-1] + int(n.Pos().Col()) - 1
	if *positions {
		fmt.Fprintln(d.out, kind, pos)
	}
	const prime = 0x100000001b3
	h := uint64(0xcbf29ce484222325)
	for i := 0; i < len(kind); i++ {
		h = (h ^ uint64(kind[i])) * prime
	}
	d.hash += (h ^ uint64(pos)) * prime
	d.count++
}

func one(path string, out *bufio.Writer) {
	src, err := os.ReadFile(path)
	if err != nil {
		return
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	gc, goparser := "bad", "bad"
	g := &gcDump{out: out, lines: []int{0}, seen: map[syntax.Node]bool{}}
	if ok, file := gcAccepts(string(src)); ok {
		gc = "ok"
		for i, c := range src {
			if c == '\n' {
				g.lines = append(g.lines, i+1)
			}
		}
		g.visit(file)
	}
	d := &dump{base: 1, out: out}
	if err == nil {
		goparser = "ok"
		ast.Walk(d, file)
	}
	if !*nodes && !*positions {
		fmt.Fprintf(out, "%s %s %s %d %016x %d %016x\n", path, gc, goparser, d.count, d.hash, g.count, g.hash)
	}
}

func main() {
	flag.Parse()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		one(in.Text(), out)
	}
}
