//go:build go1.24

package releases

import "testing"

func work(n int) *int { return &n }

func Benchmark(b *testing.B) {
	x := 1
	for b.Loop() {
		p := work(x)
		x = *p
		work(x)
	}
	for i := 0; b.Loop(); i++ {
		sink = work(i)
	}
}
