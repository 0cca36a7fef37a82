package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

const (
	ignoredCause  = "the method does not pass its context on"
	ignoredRemedy = "pass ctx to the database (QueryRowContext in place of QueryRow, db.WithContext(ctx) with GORM); a store in memory begins with: if err := ctx.Err(); err != nil { return …, err }"
	ignoredCost   = "when the database hangs, requests pile up whose clients have gone"
)

// cancelled returns a context that has ended, as that of a client that went away.
func (s *subject) cancelled() context.Context {
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	return ctx
}

func testCancelledLogin(s *subject) {
	l := ada().login()
	switch _, err := s.login(s.cancelled(), l); {
	case err == nil:
		s.report("UserForLogin succeeded although its context had ended", ignoredCause, ignoredRemedy)
	case s.hangs.Load():
		s.report(err.Error(), ignoredCause, ignoredRemedy)
	case !isContextError(err):
		s.report("UserForLogin, whose context had ended, returned another error than the context's: "+err.Error(),
			"the cause is not wrapped, so that the login is answered 500 in place of 503",
			`wrap the error of the database: fmt.Errorf("…: %w", err), or return ErrStoreUnavailable`)
	}
	if !s.hangs.Load() {
		s.mustExist(s.mustLogin(l))
	}
}

// cutOff is a context that ends when it has been looked at so often.
type cutOff struct {
	context.Context
	looks atomic.Int32 // left
	end   func()
}

func (c *cutOff) Done() <-chan struct{} {
	c.look()
	return c.Context.Done()
}

func (c *cutOff) Err() error {
	c.look()
	return c.Context.Err()
}

func (c *cutOff) look() {
	if c.looks.Add(-1) < 0 {
		c.end()
	}
}

// mostLooks is after how many looks at the context a login is cut off at last. A
// statement costs a database driver some.
const mostLooks = 40

// A client can go away between any two statements of a login.
func testLoginCutOff(s *subject) {
	for looks := range int32(mostLooks) {
		l := person{id: fmt.Sprint(2000 + looks), handle: fmt.Sprint("user", looks), name: "Somebody", email: fmt.Sprintf("user%d@example.com", looks)}.login()
		_, cutErr := bounded(s.Context(), s, "UserForLogin", func(ctx context.Context) (string, error) {
			ctx, end := context.WithCancel(ctx)
			defer end()
			cut := &cutOff{Context: ctx, end: end}
			cut.looks.Store(looks)
			return s.calls.userForLogin(cut, l) //nolint:contextcheck // cut has the context
		})
		if s.hangs.Load() {
			s.report(cutErr.Error(), ignoredCause, ignoredRemedy)
			return
		}
		const cause = "the user is made by several statements, of which those before the cut stay"
		const remedy = "make the user in one transaction, or in one statement"
		id, err := s.login(s.Context(), l)
		if err == nil {
			_, err = s.user(s.Context(), id)
		}
		if err != nil {
			s.report("a person whose first login was cut off by the end of its context could not sign in again: "+err.Error(), cause, remedy)
			return
		}
		if s.mustBe(l, id, cause, remedy); cutErr == nil {
			return // it looks less often
		}
	}
}

func isContextError(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, twitterauth.ErrStoreUnavailable)
}

func testCancelledPage(s *subject) {
	id := s.mustLogin(ada().login())
	switch _, err := s.user(s.cancelled(), id); {
	case err == nil:
		s.report("UserByID returned a user although its context had ended", ignoredCause, ignoredRemedy)
	case s.hangs.Load():
		s.report(err.Error(), ignoredCause, ignoredRemedy)
	default:
		s.mustNotEnd("UserByID", err)
		s.mustExist(id)
	}
}

// mustNotEnd checks an error that must not end the session of a user who exists.
func (s *subject) mustNotEnd(method string, err error) {
	s.Helper()
	if errors.Is(err, twitterauth.ErrUserNotFound) || errors.Is(err, session.ErrNoSession) {
		s.report(fmt.Sprintf("%s, whose context had ended, returned an error that ends the session: %v", method, err),
			"every error of the database is mistaken for a missing row", "return ErrUserNotFound for sql.ErrNoRows alone, and wrap any other error")
	}
}

// afterCancelled reports what a method of an optional interface did whose context
// had ended.
func (s *subject) afterCancelled(method string, err error) {
	s.Helper()
	switch {
	case err == nil:
		s.recommend(method+" should return its context's error, and succeeded", ignoredCost, ignoredRemedy)
	case s.hangs.Load():
		s.report(err.Error(), ignoredCause, ignoredRemedy)
		s.FailNow()
	}
}
