package p

import "sync"

type lock struct {
	sync.Mutex
	n int
}

// rewrite: defer
func lockEach(locks []*lock) (sum int) {
	for _, l := range locks {
		l.Lock()
		defer l.Unlock() // what is held

		// all of it
		sum += l.n
	}
	return sum
}

// rewrite: defer
func afterEach(xs []int, f func(int)) {
	for i, x := range xs {
		if x > 0 {
			for {
				if i++; i > x {
					break
				}
			}
			x := x + i
			defer func() { f(x) }()
		}
	}
}

// no fix: it leaves the loop
func LeavesLoop(locks []*lock) int {
	for _, l := range locks {
		l.Lock()
		defer l.Unlock()
		if l.n > 0 {
			return l.n
		}
	}
	return 0
}

// no fix: it goes on with the next turn
func GoesOn(locks []*lock) (sum int) {
	for _, l := range locks {
		if l.n == 0 {
			continue
		}
		l.Lock()
		defer l.Unlock()
		sum += l.n
	}
	return sum
}
