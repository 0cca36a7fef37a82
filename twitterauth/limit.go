package twitterauth

import (
	"context"
	"time"
)

const overloadedRetryAfter = 5 * time.Second

// withSlot runs a call to X once a place among Config.MaxLogins is free. It
// waits up to half the budget, so that the other half is left to use the place.
func (s *server) withSlot(ctx context.Context, call func()) *Error {
	select {
	case s.slots <- struct{}{}:
	default:
		if !s.waitForSlot(ctx) {
			e := newError(CodeOverloaded, nil)
			e.RetryAfter = overloadedRetryAfter
			return e
		}
	}
	defer func() { <-s.slots }()
	call()
	return nil
}

func (s *server) waitForSlot(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, s.budget/2)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}
