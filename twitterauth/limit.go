package twitterauth

import (
	"context"
	"time"
)

const overloadedRetryAfter = 5 * time.Second

// withSlot runs a call to X once one of the Config.MaxLogins places is free. It
// waits up to half the budget, so that the other half is left to use the place.
func (a *Auth[U]) withSlot(ctx context.Context, call func()) *Error {
	select {
	case a.slots <- struct{}{}:
	default:
		if !a.waitForSlot(ctx) {
			e := fault(CodeOverloaded, nil)
			e.RetryAfter = overloadedRetryAfter
			return e
		}
	}
	defer func() { <-a.slots }()
	call()
	return nil
}

func (a *Auth[U]) waitForSlot(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, a.budget/2)
	defer cancel()
	select {
	case a.slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}
