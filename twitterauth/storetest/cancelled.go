package storetest

import (
	"context"
	"errors"
	"fmt"

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
