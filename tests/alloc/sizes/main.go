// Program sizes takes memory in every way the compiler knows, one way a line, and prints what each run of a line took:
//
//	name mallocs bytes
//
// sizes_test.py compares with what heapls says about the line that ends in the comment "@name". A line marked "@name none"
// must allocate nothing, and heapls must say so. "@name init" sites are measured together with what fills them.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
)

type (
	one    struct{ a byte }
	three  struct{ a, b, c byte }
	eleven [11]byte
	pair   struct{ a, b *int }
	big    struct {
		p    *int
		rest [90]int
	}
	huge  struct{ rest [5000]int }
	large struct {
		p    *int
		rest [4200]int
	}
	empty struct{}
	key   struct {
		s string
		n int
	}
	shape struct{ n int }
)

func (s shape) area() int     { return s.n }
func (s *shape) grow() int    { s.n++; return s.n }
func (s shape) Error() string { return "" }

var (
	sink     any
	sinkP    *int
	sinkF    func() int
	sinkS    string
	sinkB    []byte
	sinkR    []rune
	sinkI    []int
	sinkPP   []*int
	sinkM    map[string]int
	sinkMI   map[int64]*int
	sinkMA   map[[3]int16][33]int32
	sinkC    chan int
	sinkCP   chan *int
	sinkErr  error
	sinkN    int
	sinkBool bool
	n100            = 100
	n5              = 5
	text            = "a text that is certainly longer than thirty-two bytes, all told"
	short           = "short"
	bytes64         = make([]byte, 64)
	bytes9          = []byte("nine byte")
	runes           = []rune("forty runes at least are to be found here")
	x16      uint16 = 1000
	x32      uint32 = 100000
	x64      uint64 = 1 << 40
	small           = 7
	flag            = true
	ptr             = new(int)
	large3          = []int{1000, 2000, 3000}
	str3     [3]string
	value3   = three{1, 2, 3}
	pairV    = pair{ptr, ptr}
	wide     [3]int
	names    = map[string]int{"nine byte": 9}
	ints3    = []int{1, 2, 3}
)

//go:noinline
func use(p *int) int { return *p }

//go:noinline
func keep(b []byte) int { return len(b) }

//go:noinline
func keepS(s string) int { return len(s) }

//go:noinline
func keepI(s []int) int { return len(s) }

// The buffer on the stack serves the first round only.
func loopBuffer() {
	for range 2 {
		s := append([]int(nil), small) // @loopbuffer unsized
		sinkN = keepI(s)
	}
}

//go:noinline
func boxRange(values []int) {
	for _, sink = range values { // @boxrange unsized
	}
}

//go:noinline
func variadic(args ...any) int { return len(args) }

//go:noinline
func leakVariadic(args ...int) { sinkI = args }

//go:noinline
func collect(k int) []int {
	var s []int
	for i := 0; i < k; i++ {
		s = append(s, i)
	}
	return s // @move2heap
}

type site struct {
	name string
	run  func()
}

var sites = []site{
	{"new1", func() { sink = new(one) }},                                                  // @new1
	{"new3", func() { sink = new(three) }},                                                // @new3
	{"new11", func() { sink = new(eleven) }},                                              // @new11
	{"newint", func() { sinkP = new(int) }},                                               // @newint
	{"newpair", func() { sink = &pair{} }},                                                // @newpair
	{"newkey", func() { sink = &key{s: "k"} }},                                            // @newkey
	{"newbig", func() { sink = &big{} }},                                                  // @newbig
	{"newhuge", func() { sink = &huge{} }},                                                // @newhuge
	{"newlarge", func() { sink = &large{} }},                                              // @newlarge
	{"newempty", func() { sink = &empty{} }},                                              // @newempty none
	{"stacknew", func() { sinkN = use(new(int)) }},                                        // @stacknew none
	{"moved", func() { x := small; sinkP = &x }},                                          // @moved
	{"slicelit", func() { sinkI = []int{1, 2, 3, small, 5} }},                             // @slicelit
	{"slicelitp", func() { sinkPP = []*int{ptr, ptr, ptr} }},                              // @slicelitp
	{"slicelit0", func() { sinkI = []int{} }},                                             // @slicelit0 none
	{"variadic", func() { leakVariadic(1, 2, 3) }},                                        // @variadic
	{"stackvariadic", func() { sinkN = variadic(ptr, ptr) }},                              // @stackvariadic none
	{"make10", func() { sinkI = make([]int, 10) }},                                        // @make10
	{"makecap", func() { sinkPP = make([]*int, 3, 7) }},                                   // @makecap
	{"make5000", func() { sinkB = make([]byte, 50000) }},                                  // @make5000
	{"maken", func() { sinkI = make([]int, n100) }},                                       // @maken n=100
	{"make0", func() { sinkI = make([]int, 0) }},                                          // @make0 none
	{"stackmake", func() { sinkN = keepI(make([]int, 10)) }},                              // @stackmake none
	{"stackmaken", func() { sinkN = keep(make([]byte, n5)) }},                             // @stackmaken unmet
	{"stackmakebig", func() { sinkN = keep(make([]byte, n100)) }},                         // @stackmakebig n=100
	{"chan0", func() { sinkC = make(chan int) }},                                          // @chan0
	{"chan9", func() { sinkC = make(chan int, 9) }},                                       // @chan9
	{"chanp", func() { sinkCP = make(chan *int, 9) }},                                     // @chanp
	{"chann", func() { sinkC = make(chan int, n5) }},                                      // @chann unsized
	{"map0", func() { sinkM = map[string]int{} }},                                         // @map0
	{"map1", func() { sinkM = map[string]int{"a": 1} }},                                   // @map1
	{"map8", map8}, {"map10", map10}, {"maparrays", maparrays},
	{"map20", func() { sinkM = make(map[string]int, 20) }},                                // @map20
	{"map9", func() { sinkMI = make(map[int64]*int, 9) }},                                 // @map9
	{"map3000", func() { sinkMI = make(map[int64]*int, 3000) }},                           // @map3000
	{"stackmap", func() { m := map[int]int{}; m[1] = 2; sinkN = m[1] }},                   // @stackmap none
	{"append1", func() { sinkI = append([]int(nil), small) }},                             // @append1
	{"append3", func() { sinkI = append([]int(nil), small, 2, 3) }},                       // @append3
	{"appendn", func() { sinkI = append([]int(nil), ints3...) }},                          // @appendn n=3
	{"appendmake", func() { sinkB = append([]byte(nil), make([]byte, 64)...) }},           // @appendmake n=64
	{"appendroom", func() { s := bytes64[:3]; sinkB = append(s, 1) }},                     // @appendroom unmet
	{"stackappend", func() { s := append([]int(nil), small); sinkN = keepI(s) }},          // @stackappend none
	{"makecopy", func() { b := make([]byte, len(bytes64)); copy(b, bytes64); sinkB = b }}, // @makecopy n=64
	{"concat2", func() { sinkS = text + short }},                                          // @concat2 n=68
	{"concat6", func() { sinkS = text + short + text + short + text + short }},            // @concat6 n=204
	{"concatone", func() { e := ""; _ = e; sinkS = text + str3[1] }},                      // @concatone unmet
	{"concatshort", func() { sinkN = keepS(short + short) }},                              // @concatshort unmet
	{"concatlong", func() { sinkN = keepS(text + short) }},                                // @concatlong n=68
	{"concatbytes", func() { sinkB = []byte(text + short) }},                              // @concatbytes n=68
	{"tobytes", func() { sinkB = []byte(text) }},                                          // @tobytes n=63
	{"tobytesconst", func() { sinkB = []byte("constant bytes") }},                         // @tobytesconst
	{"torunes", func() { sinkR = []rune(text) }},                                          // @torunes n=63
	{"tostring", func() { sinkS = string(bytes64) }},                                      // @tostring n=64
	{"tostringstack", func() { sinkN = keepS(string(bytes9)) }},                           // @tostringstack unmet
	{"runestostring", func() { sinkS = string(runes) }},                                   // @runestostring n=41
	{"intstring", func() { sinkS = string(rune(n100)) }},                                  // @intstring
	{"runeonstack", func() { s := string(rune(n100)); sinkN = len(s) }},                   // @runeonstack unmet
	{"mapkey", func() { sinkN = names[string(bytes9)] }},                                  // @mapkey none
	{"compared", func() { sinkBool = string(bytes64) == text }},                           // @compared none
	{"counted", func() { sinkN = len([]rune(text)) }},                                     // @counted none
	{"ranged", func() {
		for _, b := range []byte(text) {
			sinkN += int(b)
		}
	}}, // @ranged none
	{"box16", func() { sink = x16 }},                                                            // @box16
	{"box32", func() { sink = x32 }},                                                            // @box32
	{"box64", func() { sink = x64 }},                                                            // @box64
	{"boxsmall", func() { sink = small }},                                                       // @boxsmall unmet
	{"boxstring", func() { sink = text }},                                                       // @boxstring
	{"boxslice", func() { sink = ints3 }},                                                       // @boxslice
	{"boxnoptr", func() { sink = wide }},                                                        // @boxnoptr
	{"box3", func() { sink = value3 }},                                                          // @box3
	{"boxpair", func() { sink = pairV }},                                                        // @boxpair
	{"boxconst", func() { sink = 100000 }},                                                      // @boxconst none
	{"boxconsts", func() { sink = "constant" }},                                                 // @boxconsts none
	{"boxlit", func() { sink = three{1, 2, 3} }},                                                // @boxlit none
	{"room", func() { s := make([]int, 0, 4); s = append(s, small, 2); sinkN = keepI(s) }},      // @room none
	{"heaproom", func() { s := make([]int, 0, 4); s = append(s, small, 2); sinkI = s }},         // @heaproom
	{"arrayroom", func() { var a [4]int; s := append(a[:0], small); sinkN = keepI(s) }},         // @arrayroom none
	{"twice", func() { s := append([]int(nil), small); s = append(s, 2, 3); sinkN = keepI(s) }}, // @twice none
	{"loopbuffer", loopBuffer},
	{"boxrange", func() { boxRange(large3) }},
	{"boxzero", func() { sink = pair{} }},                                                                      // @boxzero none
	{"boxbool", func() { sink = flag }},                                                                        // @boxbool none
	{"boxptr", func() { sink = ptr }},                                                                          // @boxptr none
	{"boxempty", func() { sink = empty{} }},                                                                    // @boxempty none
	{"boxerror", func() { sinkErr = shape{n100 * 9} }},                                                         // @boxerror
	{"closure", func() { x := small; sinkF = func() int { return x } }},                                        // @closure
	{"closure3", func() { x, y, z := small, text, ptr; sinkF = func() int { return x + len(y) + *z } }},        // @closure3
	{"nocapture", func() { sinkF = func() int { return 1 } }},                                                  // @nocapture none
	{"direct", func() { x := small; func() { sinkN = x }() }},                                                  // @direct none
	{"methodvalue", func() { s := shape{small}; sinkF = s.area }},                                              // @methodvalue
	{"methodptr", func() { var s = new(shape); sinkF = s.grow }},                                               // @methodptr sum
	{"deferred", func() { x := small; defer func() { sinkN = x }() }},                                          // @deferred none
	{"two", func() { a, b := int32(small), int32(small); sinkF = func() int { a++; b++; return int(a + b) } }}, // @two sum
	{"collect", func() { sinkI = collect(3) }},                                                                 // measured for move2heap
}

// measure gives the mallocs and bytes of one call, averaged over as many as fit some megabytes without a collection.
func measure(f func()) (float64, float64) {
	mallocs := testing.AllocsPerRun(100, f)
	bytes := float64(0)
	for runs := 16; runs < 100000 && float64(runs)*bytes < 16<<20; runs *= 8 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := 0; i < runs; i++ {
			f()
		}
		runtime.ReadMemStats(&after)
		bytes = float64(after.TotalAlloc-before.TotalAlloc) / float64(runs)
	}
	return mallocs, bytes
}

func main() {
	debug.SetGCPercent(-1)
	for _, s := range sites {
		mallocs, bytes := measure(s.run)
		fmt.Printf("%s %.0f %.2f\n", s.name, mallocs, bytes)
	}
}

func map8() {
	sinkMI = map[int64]*int{1: nil, 2: nil, 3: nil, 4: nil, 5: nil, 6: nil, 7: nil, 8: nil} // @map8
}

func map10() {
	a, b := [33]int32{2}, [3]int16{1}
	sinkMA = map[[3]int16][33]int32{b: a, {2}: a, {3}: a, {4}: a, {5}: a, {6}: a, {7}: a, {8}: a, {9}: a, {10}: a} // @map10
}

func maparrays() {
	sinkMA = map[[3]int16][33]int32{{1}: {2}} // @maparrays
}
