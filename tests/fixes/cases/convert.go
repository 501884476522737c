package p

import "strings"

// fix: convert Same([]byte("a long name of more than thirty-two bytes"), "b")
func Same(b []byte, t string) bool {
	s := string(b)
	return s == t || t == ""
}

// fix: convert Choice([]byte("a long name of more than thirty-two bytes"))
func Choice(b []byte) int {
	s := string(b)
	switch s {
	case "a", "bb":
		return 1
	}
	return 2
}

// fix: convert Prefix([]byte("a long name of more than thirty-two bytes"), "a long") Prefix(nil, "b")
func Prefix(b []byte, t string) (bool, int) {
	return strings.HasPrefix(string(b), t), strings.IndexByte(string(b), 'n')
}

// no fix: it is used twice
func Twice(b []byte, t string) bool {
	s := string(b)
	return s == t || s == "x"
}

// no fix: the bytes may be written to in between
func Between(b []byte, f func() string) bool {
	s := string(b)
	return f() == s
}

// no fix: it is kept
func Kept(b []byte) []string {
	s := string(b)
	return []string{s}
}

// no fix: it is the key of an entry
func Entry(b []byte, m map[string]bool) {
	s := string(b)
	m[s] = true
}

// fix: convert Upper("abc") Upper("") Upper("a long text of more than thirty-two bytes")
func Upper(s string) int {
	b := append([]byte{}, s...)
	for i := range b {
		b[i] |= 0x20
	}
	return len(b)
}

// rewrite: convert
func NilBytes(s string) int {
	b := append([]byte(nil), s...)
	for i := range b {
		b[i] |= 0x20
	}
	return len(b)
}

// no fix: it leaves the function
func Leaving(s string) []byte { return append([]byte{}, s...) }
