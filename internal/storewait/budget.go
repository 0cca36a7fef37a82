// Package storewait bounds how long a request waits for stores that take no
// context: all calls of a request have one budget of time, and calls that were
// given up do not pile up without end.
package storewait

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// ErrOutOfTime means that a store used up the time that a request may wait for
// it.
var ErrOutOfTime = fmt.Errorf("no answer in the time that a request may wait for the store (is the store stopped, overloaded or unreachable?): %w", context.DeadlineExceeded)

// WithBudget returns a copy of ctx under which all waiting for stores lasts for
// total at most, however many calls it is made of. Calls that wait at the same
// moment use up that time once. Where ctx has a budget already, that budget
// goes on and ctx is returned as it is.
func WithBudget(ctx context.Context, total time.Duration) context.Context {
	if _, ok := ctx.Value(budgetKey{}).(*budget); ok {
		return ctx
	}
	return context.WithValue(ctx, budgetKey{}, &budget{left: total})
}

// Begin begins to wait for stores. It returns a copy of ctx that ends with
// [ErrOutOfTime] as its cause when the budget of ctx is used up, or after
// fallback where ctx has no budget. The caller must call end when it waits no
// longer.
func Begin(ctx context.Context, fallback time.Duration) (waiting context.Context, end func()) {
	b, ok := ctx.Value(budgetKey{}).(*budget)
	if !ok {
		return context.WithTimeoutCause(ctx, fallback, ErrOutOfTime)
	}
	waiting, cancel := context.WithTimeoutCause(ctx, b.begin(), ErrOutOfTime)
	return waiting, func() {
		cancel()
		b.end()
	}
}

type budgetKey struct{}

// budget counts the time in which at least one call waits. It is safe for
// concurrent use.
type budget struct {
	mu      sync.Mutex
	left    time.Duration // without the time since the first of the waiting calls
	waiting int
	since   time.Time
}

// begin returns how long the call that begins now may wait.
func (b *budget) begin() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.waiting == 0 {
		b.since = now
	}
	b.waiting++
	return b.left - now.Sub(b.since)
}

func (b *budget) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting--
	if b.waiting == 0 {
		b.left -= time.Since(b.since)
	}
}
