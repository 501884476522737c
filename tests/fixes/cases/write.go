package p

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

type pair struct {
	key string
	n   int64
}

// fix: write Pairs("a", 1234567) Pairs("", -1)
func Pairs(k string, n int) string {
	var b strings.Builder
	b.Grow(100)
	fmt.Fprintf(&b, "%s=%d;\t%%", k, n)
	return b.String()
}

// fix: write Hexadecimal(0xffffffffffff) Hexadecimal(0)
func Hexadecimal(n uint64) string {
	b := bytes.NewBuffer(make([]byte, 0, 100))
	fmt.Fprintf(b, "0x%x", n)
	return b.String()
}

// fix: write Line("abc", true)
func Line(s string, ok bool) string {
	var b strings.Builder
	b.Grow(100)
	fmt.Fprintln(&b, s, ok, 'a')
	return b.String()
}

// fix: write Joined("a string of some more bytes than thirty-two")
func Joined(s string) string {
	var b strings.Builder
	b.Grow(100)
	b.WriteString("<" + "b" + s + "/>" + strconv.Itoa(len(s)))
	return b.String()
}

// rewrite: write
func Pointer(p *pair) string {
	var b strings.Builder
	b.Grow(100)
	b.WriteString("key " + p.key)
	return b.String()
}

// rewrite: write
func buffered(w *bufio.Writer, s string, n int64) {
	fmt.Fprintf(w, "%s %d\n", s, n)
}

// rewrite: write
func Bytes2(w io.Writer) error {
	_, err := w.Write([]byte("text"))
	return err
}

// no fix: the operand looks at the buffer
func Looks(s string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %s", s, b.Len(), s)
	return b.String()
}

// no fix: the number of bytes is asked for
func Counted2(s string, n int) int {
	var b strings.Builder
	k, _ := fmt.Fprintf(&b, "%s %d", s, n)
	return k
}

// no fix: it is a file, which is written to at once
func Stderr(s string) { fmt.Fprintf(os.Stderr, "%s\n", s) }
