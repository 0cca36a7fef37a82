package storewait

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// MaxAbandoned is how many calls of one [Calls] may be abandoned and still
// running. While that many are, no further call begins; calls that run already
// can be abandoned too. Each holds a goroutine, and a connection of the store. A
// smaller number makes a store that is slow for a moment fail requests at once; a
// larger number holds more memory while a store hangs.
const MaxAbandoned = 64

// ErrTooManyAbandoned means that the store was not called, because
// [MaxAbandoned] earlier calls have been abandoned and have not returned.
var ErrTooManyAbandoned = fmt.Errorf("not called, because %d earlier calls have not returned (does the store hang? give its connections read and write timeouts)", MaxAbandoned)

// errGoexit stands in for the results of a call that ended its goroutine.
var errGoexit = errors.New("the store ended its goroutine with runtime.Goexit")

// Calls are the calls to one store. The zero value is ready to use, by many
// goroutines at once.
type Calls struct {
	abandoned atomic.Int64
}

// Do runs call in a goroutine of its own and waits for it until ctx ends. A
// panic of call is raised in the caller's goroutine, with the same value. When
// ctx ends first, the call is abandoned: it runs on, its results and its panic
// are dropped, and Do returns what [Ended] returns. So call must not use
// anything that its caller goes on to change.
func Do[T any](ctx context.Context, c *Calls, call func() (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, Ended(ctx)
	}
	if c.abandoned.Load() >= MaxAbandoned {
		return none, ErrTooManyAbandoned
	}
	var settled atomic.Bool // by the call's end or by its being abandoned, whichever is first
	done := make(chan outcome[T], 1)
	go func() {
		o := outcome[T]{err: errGoexit} // unless the call returns
		defer func() {
			o.panicked = recover()
			if settled.CompareAndSwap(false, true) {
				done <- o
			} else {
				c.abandoned.Add(-1)
			}
		}()
		growStack()
		o.value, o.err = call()
	}()
	select {
	case o := <-done:
		return o.results()
	case <-ctx.Done():
	}
	c.abandoned.Add(1) // before the call can see that it is abandoned, which takes it back
	if settled.CompareAndSwap(false, true) {
		return none, Ended(ctx)
	}
	c.abandoned.Add(-1)
	o := <-done
	return o.results()
}

// Ended returns the error of a context that has ended: [ErrOutOfTime] where the
// budget ended it, else the context's own error.
func Ended(ctx context.Context) error {
	if cause := context.Cause(ctx); errors.Is(cause, ErrOutOfTime) {
		return cause
	}
	return ctx.Err()
}

// outcome is how a call ended.
type outcome[T any] struct {
	value    T
	err      error
	panicked any // nil unless the call panicked
}

// results returns what the call returned, or panics as the call did.
func (o outcome[T]) results() (T, error) {
	if o.panicked != nil {
		panic(o.panicked)
	}
	return o.value, o.err
}

// growStack makes the stack of a fresh goroutine large enough for a store's call
// while the stack is empty. Otherwise the stack grows several times deep inside
// the call, and each time all of it is copied: half of what the goroutine costs.
//
//go:noinline
func growStack() {
	var room [12 << 10]byte
	occupy(&room)
}

//go:noinline
func occupy(*[12 << 10]byte) {}
