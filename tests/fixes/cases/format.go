package p

import (
	"fmt"
	"strings"
)

type port uint16

type word string

type loud string

func (l loud) String() string { return string(l) + "!" }

type formats string

func (f formats) Format(s fmt.State, verb rune) {}

var calls int

func next() string { calls++; return "n" }

// fix: format Number(12345) Number(-7)
func Number(n int) string { return fmt.Sprintf("%d", n) }

// fix: format Wide(1 << 40)
func Wide(n uint64) string { return fmt.Sprint(n) }

// fix: format Address("localhost", 8080) Address("", 0)
func Address(host string, n int) string { return fmt.Sprintf("%s:%d", host, n) }

// fix: format Named2("x", 65535)
func Named2(w word, p port) string { return fmt.Sprintf("%s%%\n%v", w, p) }

// fix: format Flag("a", true)
func Flag(s string, b bool) string { return fmt.Sprintf("%v=%t", s, b) }

// fix: format Missing("file")
func Missing(name string) error { return fmt.Errorf("no such file: %s", name) }

// fix: format First("file")
func First(name string) byte { return fmt.Sprintf("<%s>", name)[0] }

// rewrite: format
func Loud(l loud) string { return fmt.Sprintf("%s", l) }

// fix: format Spaces("b", "c")
func Spaces(s, t string) string { return fmt.Sprintln(s, t) }

// fix: format Tight("a", "b")
func Tight(s, t string) string {
	m := map[string]int{s + t: 2}
	return strings.Repeat(fmt.Sprintf("%s, %s", t, s), m[fmt.Sprintf("%s%s", s, t)])
}

// fix: format Hex(0xabcdef)
func Hex(n uint32) string { return fmt.Sprintf("%x", n) }

// no fix: it would no longer be inlined
func Refused(n int, s string) string { return fmt.Sprintln(n, s, true) }

// no fix: likewise
func RefusedToo[T any](n int, s string, t T) string { return fmt.Sprintln(n, s, true) }

var instanceToo = RefusedToo[struct{ a strings.Builder }]

// no fix: it formats itself
func Formats(f formats) string { return fmt.Sprintf("%s", f) }

// no fix: width
func Padded(n int) string { return fmt.Sprintf("%5d", n) }

// no fix: a float
func Float(f float64) string { return fmt.Sprintf("%v", f) }

// no fix: an operand is missing
func Short(s string) string { return fmt.Sprintf("%s %s", s) }

// no fix: the text of the number is an object too
func OnlyNumber(n int) string { return fmt.Sprintf("port %d", n) }

// no fix: it wraps
func Wraps(err error) error { return fmt.Errorf("failed: %w", err) }

// no fix: strconv is something else
func Hidden(strconv int) string { return fmt.Sprintf("%d", strconv) }

// no fix: a call may change the variable
func Order(p *string) string { return fmt.Sprintf("%s%s", *p, next()) }

// no fix: the operands are spread
func Spread(a ...any) string { return fmt.Sprintf("%d", a...) }

// no fix: a type parameter may have methods
func Param[T ~string](t T) string { return fmt.Sprintf("%s", t) }

// no fix: not decimal
func Letter(s string, n int) string { return fmt.Sprintf("%s%c", s, n) }
