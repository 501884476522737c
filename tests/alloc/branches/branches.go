// Package branches has allocations on branches that the compiler knows are never taken, beside ones that look alike and
// are taken: listing_test.py --all compares every line with the machine code.
package branches

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

var (
	sink  any
	words []string
)

type box struct {
	n     int64
	words []string
	p     *box
	kind  uint8
}

// ---- The same value

func sameBits(s string) any {
	v, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		return nil
	}
	if v == int64(int(v)) {
		return int(v)
	}
	return v // not reached where int has 64 bits
}

func sameBitsOfField(b *box) string {
	n := int(b.n)
	if int64(n) != b.n {
		return fmt.Sprint("too large", b.n)
	}
	return ""
}

func changedField(b *box, w io.Writer) string {
	n := int(b.n)
	w.Write(nil)
	if int64(n) != b.n {
		return fmt.Sprint("changed", b.n)
	}
	return ""
}

// ---- Bounds

func typeBounds(n int64, small uint8, u uint64) error {
	if n < math.MinInt64 || n > math.MaxInt64 {
		return fmt.Errorf("%d is out of range", n)
	}
	if small > 255 {
		return fmt.Errorf("%d is too large", small)
	}
	if u > math.MaxUint64 {
		return fmt.Errorf("%d is too large", u)
	}
	if u > math.MaxInt64 {
		return fmt.Errorf("%d is too large", u)
	}
	return nil
}

func convertedBounds(length uint32, raw uint64) error {
	if int64(length) > math.MaxInt32*4 {
		return fmt.Errorf("%d is too large", length)
	}
	n := int64(raw)
	if n < -7 {
		return fmt.Errorf("%d is too small", n)
	}
	return nil
}

func masked(n int) string {
	switch n & 3 {
	case 0, 1, 2, 3:
		return ""
	default:
		return fmt.Sprint("cannot be ", n)
	}
}

func remainder(n uint) string {
	if r := n % 10; r >= 10 {
		return fmt.Sprint("cannot be ", r)
	}
	return fmt.Sprint(n / 2)
}

func oneOfThree(b bool, c bool) string {
	k := 0
	if b {
		k = 1
	} else if c {
		k = 2
	}
	switch k {
	case 0:
		return "none"
	case 1:
		return "one"
	case 2:
		return "two"
	default:
		panic(fmt.Sprintf("unknown value %d", k))
	}
}

// ---- Conditions

func conditionTwice(n int) error {
	if n < 0 {
		return errors.New("negative")
	}
	if n <= -1 {
		return fmt.Errorf("%d is negative", n)
	}
	return nil
}

func conditionChanged(n int) error {
	if n < 0 {
		return errors.New("negative")
	}
	n -= 2
	if n <= -1 {
		return fmt.Errorf("%d is negative", n)
	}
	return nil
}

func order(x, y int) string {
	if x < y {
		if y <= x {
			return fmt.Sprint(x, " is not less than ", y)
		}
		if x == y {
			return fmt.Sprint(x, " is ", y)
		}
	}
	return ""
}

func nilTwice(b *box) string {
	if b == nil {
		return ""
	}
	if b != nil {
		return b.words[0]
	}
	return fmt.Sprint("no box", words)
}

func flag(on bool) string {
	if on == true {
		return "on"
	} else if on == false {
		return "off"
	}
	panic(errors.New("neither on nor off"))
}

func fieldTwice(b *box) string {
	if b.p == nil {
		return fmt.Sprint("no box in ", b.n)
	}
	if b.p == nil {
		return fmt.Sprint("none in ", b.n)
	}
	return ""
}

func inLoop(list []*box) (sum int64) {
	for _, b := range list {
		if b == nil {
			continue
		}
		sum += b.n
		if b == nil {
			sink = fmt.Sprint("no box ", sum)
		}
	}
	return sum
}

func changedInLoop(n int, list []int) string {
	if n < 5 {
		return ""
	}
	for _, m := range list {
		if n < 5 {
			return fmt.Sprint("small ", n)
		}
		n -= m
	}
	return ""
}

// ---- Lengths

func emptyRange() {
	var none []string
	for _, w := range none {
		sink = w
	}
	for _, w := range words {
		sink = w
	}
}

func part(s string) string {
	if volume := s[:0]; volume != "" {
		return volume + ":"
	}
	return s + "."
}

func options(opts ...string) string {
	if len(opts) > 0 {
		return opts[0] + "!"
	}
	return "none"
}

func optionsGiven(s string) string { return options(s) }
func optionsNone() string          { return options() }

func roomByLength(list []string) []string {
	if len(list) > 15 {
		list = append(list[:10], "...")
	}
	return list
}

func firstOfEmpty(opts ...any) int {
	if len(opts) == 0 {
		opts = append(opts, &box{})
	}
	return len(opts)
}

func lastOnes(list []string) []string {
	if len(list) < 10 {
		return list
	}
	out := make([]string, 0, 20)
	out = append(out, list[:7]...)
	out = append(out, "...")
	return append(out, list[len(list)-2:]...)
}

func buffer(a [6]byte) string {
	b := a[:]
	text := make([]byte, 0, len(b)*3-1)
	for i := range b {
		text = append(text, b[i])
	}
	return string(text)
}

// ---- Kinds by a table of jumps, and by comparisons

func table(kind uint8, b *box) string {
	switch kind {
	case 0, 1:
		return "low"
	case 3, 4:
		if kind == 5 {
			return fmt.Sprint("five", b.n)
		}
		return "middle"
	case 6:
		if kind != 6 {
			return fmt.Sprint("not six", b.n)
		}
		return "six"
	case 8:
	case 10:
	case 12:
	case 14:
	case 16:
	case 18:
	}
	return ""
}

func comparisons(kind uint8, b *box) string {
	switch kind {
	case 3, 4:
		if kind == 5 {
			return fmt.Sprint("five", b.n)
		}
		return "middle"
	case 6, 8:
		if kind == 5 {
			return fmt.Sprint("five", b.n)
		}
		return "high"
	}
	return ""
}

func extremes(n int64, b *box) string {
	switch n {
	case math.MinInt64, math.MinInt64 + 1, math.MaxInt64:
		return fmt.Sprint("extreme", b.n)
	}
	return ""
}

// ---- Results of functions with deferred calls are in memory

func deferred() (list []string) {
	defer println()
	list = append(list, words[0])
	list = append(list, words[1])
	return list
}

func notDeferred() (list []string) {
	list = append(list, words[0])
	list = append(list, words[1])
	return list
}

// ---- Variables that share an allocation: up to where the block of code ends

func shared(f func() (int32, bool), p **int32, q **bool) {
	n, _ := f()
	_, ok := f()
	*p = &n
	*q = &ok
}

func separate(f func() (int32, bool), p **int32, q **bool) {
	n, _ := f()
	if n > 0 {
		println(n)
	}
	_, ok := f()
	*p = &n
	*q = &ok
}

// ---- A function literal does not know what the variables that it captures were

func capturing(names []string) func() []any {
	return func() []any {
		out := make([]any, len(names))
		return out
	}
}

func capturesNothing() func() []any { return capturing(nil) }

// ---- Sums of lengths

func sumOfLengths(m map[string]int, list []string, b []byte) ([]string, []string, []string, []byte) {
	x := make([]string, 0, len(m)+len(list)+1)
	x = append(x, "a")
	y := make([]string, 0, len(m)+1)
	y = append(y, "b")
	z := make([]string, 0, len(list)+2)
	z = append(z, "c")
	c := make([]byte, 0, 3+len(b))
	c = append(c, 1)
	return x, y, z, c
}

func lengthsOfTwo(a, b []string) ([]string, []string) {
	x := make([]string, 0, len(a)+len(b)+1)
	x = append(x, "a")
	y := make([]string, 0, len(a)+len(b))
	return append(x, "b"), y
}

func room(b *box) {
	if len(b.words) >= cap(b.words) {
		return
	}
	b.words = append(b.words, "c")
}

func roomOfLocal(w []string) []string {
	if len(w) < cap(w) {
		w = append(w, "d")
	}
	return w
}

// ---- Constants that literals hold in interfaces: only a nil one leaves the literal static

type (
	text string
	held struct{ v any }
	pair struct {
		n int
		v any
	}
	only   [1]any
	nested struct{ in held }
)

func heldText()       { sink = held{text("x")} }
func heldString()     { sink = pair{1, "y"} }
func heldInArray()    { sink = only{7} }
func heldNil()        { sink = held{nil} } // zero: a static address
func heldPointer()    { sink = held{(*int)(nil)} }
func heldDeep()       { sink = nested{held{3.5}} }
func heldConverted()  { sink = held{any(nil)} }
func heldLiteral()    { sink = held{pair{2, nil}} }
func pairOfNil()      { sink = pair{3, nil} }
func heldInSlice()    { sink = []any{held{1}} }
func heldZero()       { sink = held{held{nil}} }
func heldInMap()      { sink = map[string]any{"a": held{1}, "b": pair{3, nil}} }
func heldVariable()   { x := held{"k"}; sink = x }
func pairVariable()   { x := pair{4, nil}; sink = x }
func heldOnTheStack() { x := held{"k"}; var v any = x; _ = v.(held) }

// ---- Strings that are only keys: the back end gives the lookup the bytes, if nothing comes between

var (
	keyed  = map[string]int{"a": 1}
	bulky  = map[string][40]int{}
	byPair = map[pairKey]int{}
	hits   int
)

type pairKey struct{ a, b string }

func readKey(b []byte) int              { s := string(b); return keyed[s] }
func readKeyOk(b []byte) (int, bool)    { s := string(b); v, ok := keyed[s]; return v, ok }
func deleteKey(b []byte)                { s := string(b); delete(keyed, s) }
func addToKey(b []byte, n int) int      { s := string(b); return keyed[s] + n }
func compareKey(b []byte) bool          { s := string(b); return keyed[s] > 3 }
func readKeyTwice(b []byte) int         { s := string(b); return keyed[s] + keyed[s] }
func readKeyAndLen(b []byte) (int, int) { s := string(b); return keyed[s], len(s) }
func keyOfBulky(b []byte) int           { s := string(b); return bulky[s][3] }
func assignKey(b []byte)                { s := string(b); keyed[s] = 1 }
func bumpKey(b []byte)                  { s := string(b); keyed[s]++ }
func keyAfterStore(b []byte) int        { s := string(b); hits++; return keyed[s] }
func keyAfterCall(b []byte) int         { s := string(b); quiet(); return keyed[s] }
func keyKept(b []byte) int              { s := string(b); v := keyed[s]; sink = s; return v }
func keyInPair(b []byte) int            { s := string(b); return byPair[pairKey{s, "x"}] }

func keyInIf(b []byte) bool {
	s := string(b)
	if _, ok := keyed[s]; ok {
		return true
	}
	return false
}

func keyInCondition(b []byte) int {
	s := string(b)
	if keyed[s] > 2 {
		return 1
	}
	return 2
}

//go:noinline
func quiet() {}
