package p

import (
	"sync/atomic"
	"unsafe"
)

type set [8]uint32

func (s *set) add(c byte) { s[c/32] |= 1 << (c % 32) }

func (s *set) has(c byte) bool { return s[c/32]&(1<<(c%32)) != 0 }

func all(text string) (s set) {
	for i := 0; i < len(text); i++ {
		s.add(text[i])
	}
	return s
}

type table struct {
	rows [256][16]int
	n    atomic.Int32
}

func (t *table) bump(a, b byte) int {
	t.rows[a][b&15]++
	t.rows[a][b>>4] += 2
	return t.rows[b][a%16]
}

func (t *table) count() int32 { return t.n.Load() }

func (t *table) next() int32 { return t.n.Add(1) }

func twice(t *table) int32 { return t.next() + t.count() }

//go:norace
func quiet(p *int) int { return *p }

//go:nocheckptr
func unchecked(p *int) uintptr { return uintptr(unsafe.Pointer(p)) }

func callers(p *int) (int, uintptr) { return quiet(p), unchecked(p) }

func address(n int) uintptr {
	local := n
	return uintptr(unsafe.Pointer(&local))
}

//go:nocheckptr
func addressUnchecked(n int) uintptr {
	local := n
	return uintptr(unsafe.Pointer(&local))
}

func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

func swap(p *unsafe.Pointer, v *int) *int { return (*int)(atomic.SwapPointer(p, unsafe.Pointer(v))) }
