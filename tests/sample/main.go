// Sample is what `heapls check` is first tried on: each function keeps its values on the stack or loses them to the heap
// for one plain reason.
package main

import "fmt"

// read shares its buffer up to the caller: the buffer must outlive the call.
func read() []byte {
	b := make([]byte, 32)
	return b
}

// fill is handed the buffer and shares it down: the caller may keep it on its stack.
func fill(p []byte) int {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p)
}

// sum uses its pointers and forgets them.
func sum() int {
	a, b := new(int), new(int)
	*a, *b = 1, 2
	return *a + *b
}

// show hands a pointer to code that takes any value.
func show() {
	a := new(int)
	fmt.Println("a: ", a)
}

// counter's variable is captured by reference in a closure that leaves.
func counter() func() int {
	n := 0
	return func() int {
		n++
		return n
	}
}

// lines grows a slice and builds strings in a loop.
func lines(names []string) []string {
	var out []string
	for i, name := range names {
		out = append(out, fmt.Sprintf("%d: %s", i, name))
	}
	return out
}

// sized makes a buffer whose size only the caller knows.
func sized(n int) int {
	return fill(make([]byte, n))
}

func main() {
	var buffer [32]byte
	next := counter()
	show()
	fmt.Println(len(read()), fill(buffer[:]), sum(), next(), lines([]string{"x", "y"}), sized(100))
}
