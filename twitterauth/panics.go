package twitterauth

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"twitterlogin.example/session"
)

// panicError is a panic in the app's code, caught so that a login ends in an
// answer.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// asPanicError turns a recovered value into an error. http.ErrAbortHandler goes on:
// it is how a handler asks net/http to drop the connection.
func asPanicError(value any) error {
	if value == http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
		panic(value)
	}
	return &panicError{value: value, stack: debug.Stack()}
}

// recovering runs the app's code and returns a panic there as an error.
func recovering(call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = asPanicError(value)
		}
	}()
	return probeError(call())
}

// probeError reads the app's error where a panic is caught, because an error that is
// a nil pointer panics as soon as it is read.
func probeError(err error) error {
	if err != nil && err != session.ErrNoSession { //nolint:errorlint // a shortcut for the everyday case
		var p *panicError
		_ = errors.As(err, &p)
		_ = errors.Is(err, ErrUserNotFound)
		_ = err.Error()
	}
	return err
}
