// constants evaluates one operation on constants per line of standard input with go/constant and writes the results: the
// oracle of constant_test. A line: operation, operator, then operands as kind and literal, separated by tabs.
package main

import (
	"bufio"
	"fmt"
	"go/constant"
	"go/token"
	"os"
	"strconv"
	"strings"
)

var operators = map[string]token.Token{
	"+": token.ADD, "-": token.SUB, "*": token.MUL, "/": token.QUO, "//": token.QUO_ASSIGN, "%": token.REM,
	"&": token.AND, "|": token.OR, "^": token.XOR, "&^": token.AND_NOT, "<<": token.SHL, ">>": token.SHR,
	"==": token.EQL, "!=": token.NEQ, "<": token.LSS, "<=": token.LEQ, ">": token.GTR, ">=": token.GEQ,
}

var kinds = map[string]token.Token{
	"int": token.INT, "float": token.FLOAT, "imag": token.IMAG, "char": token.CHAR, "string": token.STRING,
}

func evaluate(f []string) (result string) {
	defer func() {
		if recover() != nil {
			result = "unknown"
		}
	}()
	op := operators[f[1]]
	x := constant.MakeFromLiteral(f[3], kinds[f[2]], 0)
	var y constant.Value
	if len(f) > 5 {
		y = constant.MakeFromLiteral(f[5], kinds[f[4]], 0)
	}
	switch f[0] {
	case "literal":
		return x.ExactString()
	case "print":
		return x.String()
	case "unary":
		return constant.UnaryOp(op, x, 0).ExactString()
	case "unary16":
		return constant.UnaryOp(op, x, 16).ExactString()
	case "binary":
		return constant.BinaryOp(x, op, y).ExactString()
	case "compare":
		return strconv.FormatBool(constant.Compare(x, op, y))
	case "shift":
		n, _ := constant.Uint64Val(y)
		return constant.Shift(x, op, uint(n)).ExactString()
	case "toint":
		return constant.ToInt(x).ExactString()
	case "toint_of":
		return constant.ToInt(constant.BinaryOp(x, op, y)).ExactString()
	case "float64":
		v, _ := constant.Float64Val(constant.ToFloat(x))
		return constant.MakeFloat64(v).ExactString()
	case "float32":
		v, _ := constant.Float32Val(constant.ToFloat(x))
		return constant.MakeFloat64(float64(v)).ExactString()
	}
	return "?"
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		fmt.Fprintln(out, evaluate(strings.Split(in.Text(), "\t")))
	}
}
