package p

import (
	"errors"
	"fmt"
)

var failure = fmt.Errorf("a: %w", &codeError{3})

// fix: astype Code(true) Code(false)
func Code(fails bool) int {
	err := failure
	if !fails {
		err = errTaken
	}
	var e *codeError
	if errors.As(err, &e) {
		return e.code
	}
	return -1
}

// fix: astype Unwrapped(3)
func Unwrapped(times int) (n int) {
	for range times {
		var e *codeError
		if errors.As(failure, &e) {
			n += e.code
		} else {
			n--
		}
	}
	return max(n, len(fmt.Sprint(failure)))
}

// no fix: it is used behind the branch
func Behind(err error) byte {
	var e *codeError
	if errors.As(err, &e) {
		return 0
	}
	return fmt.Sprint(e)[0]
}

// no fix: ok is something else
func Ok(err error, ok bool) bool {
	var e *codeError
	if errors.As(err, &e) {
		return ok && e.code > 0
	}
	return false
}
