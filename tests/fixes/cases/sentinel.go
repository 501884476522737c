package p

import (
	"errors"
	"fmt"
)

type codeError struct{ code int }

func (e *codeError) Error() string { return fmt.Sprint("code ", e.code) }

var errTaken = errors.New("taken already")

// rewrite: sentinel
func NoCookie(n int) error {
	if n < 0 {
		return errors.New("p: cookie not present")
	}
	return nil
}

// rewrite: sentinel
func TwoErrors(n int) error {
	if n < 0 {
		return errors.New("it is negative")
	}
	if n > 100 {
		return errors.New("it isn't small")
	}
	return nil
}

// rewrite: sentinel
func NameTaken(n int) error {
	if n < 0 {
		return errors.New("taken")
	}
	return errTaken
}

// rewrite: sentinel
func Literal404(n int) error {
	if n < 0 {
		return &codeError{404}
	}
	return nil
}

// no fix: it says what happened
func Says(what string) error { return errors.New("no " + what) }

// no fix: the constant is the function's own
func Own(n int) error {
	const message = "own"
	if n < 0 {
		return errors.New(message)
	}
	return nil
}

// no fix: it is no error
func NoError() *item { return &item{} }
