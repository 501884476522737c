package p

import "io"

// rewrite: hoist
func readAll(r io.Reader, size int) (sum int, err error) {
	for {
		buf := make([]byte, 2*size)
		n, err := r.Read(buf)
		sum += n
		if err != nil {
			return sum, err
		}
	}
}

// no fix: its size changes
func Grows(r io.Reader) (sum int) {
	for size := 1; size < 100; size *= 2 {
		buf := make([]byte, size)
		n, _ := r.Read(buf)
		sum += n
	}
	return sum
}

// no fix: it is kept
func KeepsBuffer(r io.Reader) (all [][]byte) {
	for range 3 {
		buf := make([]byte, 10)
		r.Read(buf)
		all = append(all, buf)
	}
	return all
}

// no fix: it grows
func Appends(r io.Reader) (sum int) {
	for range 3 {
		buf := make([]byte, 10)
		n, _ := r.Read(buf)
		buf = append(buf, byte(n))
		sum += len(buf)
	}
	return sum
}
