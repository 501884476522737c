//go:build go1.23

package releases

func RangeDefer(n int) (t int) {
	for i := range all(n) {
		defer func() { t += i }()
	}
	return t
}

func small(f func(func(int) bool)) {
	for range f {
		defer recover()
	}
}

func Small() { small(all(1)); small(all(2)) }

func RangeAll(n int) (t int) {
	for i := range all(n) {
		if i == 3 {
			return i
		}
		t += i
	}
	return t
}
