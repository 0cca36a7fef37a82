package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"twitterlogin.example/twitterauth"
)

const (
	lostCause  = "the token is read, renewed and written without a lock, so that two renewals at once start from the same token. X takes a refresh token once: the second renewal ends the grant, and the user must sign in again"
	lostRemedy = "hold a lock on the user's row from before renew is called until its token is stored: SELECT … FOR UPDATE in a transaction; where the database has no lock on rows (SQLite), a lease in the row"
)

// signedIn signs a person in who has a token, and returns the user's ID.
func (s *subject) signedIn(p person, token string) (userID string) {
	s.Helper()
	return s.mustLogin(withToken(p.login(), tokenNamed(token)))
}

// always returns a renewal that returns the same each time.
func always(t twitterauth.Token, err error) renewFunc {
	return func(context.Context, twitterauth.Token) (twitterauth.Token, error) { return t, err }
}

// mustRenew renews a user's token.
func (s *subject) mustRenew(userID, name, when string) {
	s.Helper()
	if err := s.renew(s.Context(), userID, always(tokenNamed(name), nil)); err != nil {
		s.report(fmt.Sprintf("RenewToken, %s: %v", when, err), "a lock that is not given back, or a transaction that was not rolled back", "defer the Rollback, or the Unlock, before renew is called")
		s.FailNow()
	}
	s.mustHave(userID, tokenNamed(name), when, "RenewToken does not store what renew returned before it returns", "store the token, and return after the commit")
}

func testRenewal(s *subject) {
	id := s.signedIn(ada(), "first")
	var got twitterauth.Token
	if err := s.renew(s.Context(), id, func(_ context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
		got = stored
		return tokenNamed("second"), nil
	}); err != nil {
		s.Fatalf("RenewToken: %v", err)
	}
	if !isSame(got, tokenNamed("first")) {
		s.report(fmt.Sprintf("renew was called with the token %q in place of the stored token %q", nameOf(got), "first"), "renew is not called, or not with the stored token", "call renew with the token of the row")
	}
	s.mustHave(id, tokenNamed("second"), "after a renewal", "RenewToken does not store what renew returned before it returns", "store the token, and return after the commit")
	s.mustRenew(id, "third", "a second time")
}

func testRenewalFails(s *subject) {
	id := s.signedIn(ada(), "first")
	failed := errors.New("down")
	switch err := s.renew(s.Context(), id, always(tokenNamed("wrong"), failed)); {
	case err == nil:
		s.report("RenewToken succeeded although renew had failed", "renew's error is lost", "return renew's error, wrapped or not")
	case !errors.Is(err, failed):
		s.report("RenewToken returned another error than renew's: "+err.Error(), "renew's error is not wrapped", `wrap it: fmt.Errorf("…: %w", err)`)
	}
	s.mustHave(id, tokenNamed("first"), "after a renewal that failed", "the result of renew is stored without a look at its error", "store nothing when renew returns an error")
	s.mustRenew(id, "second", "after a renewal that failed")
}

func testRenewalPanics(s *subject) {
	id := s.signedIn(ada(), "first")
	err := s.renew(s.Context(), id, func(context.Context, twitterauth.Token) (twitterauth.Token, error) {
		panic("a panic in the app's http.RoundTripper")
	})
	if err == nil {
		s.report("RenewToken succeeded although renew had panicked", "the panic is recovered and lost", "let the panic pass, or return an error")
	}
	s.mustHave(id, tokenNamed("first"), "after a renewal that panicked", "the token is written although renew has not returned", "write after renew has returned")
	s.mustRenew(id, "second", "after a renewal that panicked")
}

// renewals is how many renewals of one user begin at one moment.
const renewals = 20

// overlapTime is how long a renewal waits for another renewal of the same user, which
// must not come.
const overlapTime = 5 * time.Millisecond

func testRenewalsOfOneUser(s *subject) {
	id := s.signedIn(ada(), "")
	var inside atomic.Int32
	var overlapped atomic.Bool
	got := atOnce(renewals, func(int) (struct{}, error) {
		return struct{}{}, s.renew(s.Context(), id, func(_ context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
			if inside.Add(1) > 1 {
				overlapped.Store(true)
			}
			defer inside.Add(-1)
			time.Sleep(overlapTime)
			return tokenNamed(nameOf(stored) + "x"), nil
		})
	})
	if got.failed > 0 {
		s.report(fmt.Sprintf("%d of %d renewals of one user at once failed, such as: %v", got.failed, renewals, got.err), "a lock that is refused in place of waited for, or a database that is locked (SQLite)", lostRemedy)
		return
	}
	if overlapped.Load() {
		s.report("renew was called for a user while another call for the same user had not returned", lostCause, lostRemedy)
	}
	s.mustHave(id, tokenNamed(strings.Repeat("x", renewals)), fmt.Sprintf("after %d renewals at once, each of which adds an x,", renewals), lostCause, lostRemedy)
}

// aside makes calls of the store while a renewal is running, and reports whether
// they returned before the renewal had to go on. wait returns once they have
// returned.
func (s *subject) aside(call func()) (returned bool, wait func()) {
	return s.asideFor(min(s.patience/4, asideTime), call)
}

func (s *subject) asideFor(most time.Duration, call func()) (returned bool, wait func()) {
	done := make(chan struct{})
	go func() { defer close(done); call() }()
	limit := time.NewTimer(most)
	defer limit.Stop()
	select {
	case <-done:
		returned = true
	case <-limit.C:
	}
	return returned, func() { <-done }
}

// asideTime is how long a call of the store may take that has nothing to wait for.
const asideTime = 3 * time.Second

func testRenewalsOfTwoUsers(s *subject) {
	one, two := s.signedIn(ada(), "1"), s.signedIn(grace(), "2")
	var returned bool
	var wait func()
	var asideErr error
	err := s.renew(s.Context(), one, func(context.Context, twitterauth.Token) (twitterauth.Token, error) {
		returned, wait = s.aside(func() { //nolint:contextcheck // these calls are of other requests
			_, loginErr := s.login(s.Context(), person{id: "42", handle: "third"}.login())
			_, pageErr := s.user(s.Context(), two)
			asideErr = errors.Join(loginErr, pageErr, s.renew(s.Context(), two, always(tokenNamed("new 2"), nil)))
		})
		return tokenNamed("new 1"), nil
	})
	if wait == nil {
		s.Fatalf("RenewToken did not call renew: %v", err)
	}
	wait()
	if err := errors.Join(err, asideErr); err != nil {
		s.report("a login, a page and a renewal of other users, during a renewal: "+err.Error(), "one lock or one connection for all users, which the renewal holds", lostRemedy)
		return
	}
	s.mustHave(one, tokenNamed("new 1"), "after renewals of two users at once", lostCause, lostRemedy)
	s.mustHave(two, tokenNamed("new 2"), "after renewals of two users at once", lostCause, lostRemedy)
	if !returned {
		s.recommend("logins, pages and renewals of other users should not wait for a user's renewal",
			"X is asked while the lock is held, so that a slow X stops the whole site for up to 10 seconds", lostRemedy)
	}
}

func testWaitingRenewal(s *subject) {
	id := s.signedIn(ada(), "1")
	var returned, overlapped bool
	var wait func()
	var waitingErr error
	err := s.renew(s.Context(), id, func(context.Context, twitterauth.Token) (twitterauth.Token, error) { //nolint:contextcheck // the renewal that waits is of another request
		ctx, giveUp := context.WithTimeout(s.Context(), 50*time.Millisecond)
		var within atomic.Bool
		within.Store(true)
		defer within.Store(false)
		returned, wait = s.aside(func() {
			defer giveUp()
			waitingErr = s.renew(ctx, id, func(_ context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
				overlapped = overlapped || within.Load()
				return stored, nil
			})
		})
		return tokenNamed("new"), nil
	})
	if wait == nil {
		s.Fatalf("RenewToken did not call renew: %v", err)
	}
	wait()
	switch {
	case overlapped:
		s.report("renew was called for a user while another call for the same user had not returned", lostCause, lostRemedy)
		return
	case err != nil:
		s.report("RenewToken, while another call waited: "+err.Error(), "the call that gave up has undone the other", "give up without a write")
		return
	}
	s.mustHave(id, tokenNamed("new"), "after a renewal for which another renewal has waited", lostCause, lostRemedy)
	if !returned || waitingErr == nil {
		s.recommend("a renewal that waits for another renewal of the same user should give up when its context ends", ignoredCost, ignoredRemedy)
	}
}

// A login that comes while X is asked has a newer grant than X's answer.
func testLoginDuringRenewal(s *subject) {
	id := s.signedIn(ada(), "1")
	newer := withToken(ada().login(), tokenNamed("of the login"))
	var wait func()
	var loginErr error
	err := s.renew(s.Context(), id, func(context.Context, twitterauth.Token) (twitterauth.Token, error) {
		begun := make(chan struct{})
		_, wait = s.asideFor(overlapTime*10, func() { //nolint:contextcheck // the login is another request
			close(begun)
			_, loginErr = s.login(s.Context(), newer)
		})
		<-begun
		return tokenNamed("renewed"), nil
	})
	if wait == nil {
		s.Fatalf("RenewToken did not call renew: %v", err)
	}
	wait()
	if loginErr != nil {
		s.report("a login during a renewal of the same user: "+loginErr.Error(), "the login does not wait for the renewal's lock", lostRemedy)
		return
	}
	got, tokenErr := s.token(s.Context(), id)
	if tokenErr != nil || !isSame(got, newer.Token) {
		s.recommend(fmt.Sprintf("a login during a renewal should keep its token, and the stored token is %q (RenewToken: %v, TwitterToken: %v)", nameOf(got), err, tokenErr),
			"a user who signs in again, after the grant was revoked or for more scopes, is left with the old grant",
			"let UserForLogin wait for the lock of RenewToken, or store what renew returned only where the row still has the token that renew was called with")
	}
}

// The caller's time can be up when X has rotated the token.
func testRenewalOutlivesCaller(s *subject) {
	id := s.signedIn(ada(), "1")
	ctx, end := context.WithCancel(s.Context())
	defer end()
	err := s.renew(ctx, id, func(context.Context, twitterauth.Token) (twitterauth.Token, error) {
		end()
		return tokenNamed("new"), nil
	})
	if err == nil {
		s.mustHave(id, tokenNamed("new"), "after a renewal whose context ended while renew was called", "RenewToken succeeded and has not stored the token", "return the error of the write or of the commit")
		return
	}
	s.mustRenew(id, "newer", "after a renewal whose context ended while renew was called")
	s.recommend("RenewToken should store what renew returned also when its context has ended, and returned: "+err.Error(),
		"X has taken the refresh token by then, and the new token is lost unless the library's second try stores it",
		"make the transaction with context.WithoutCancel(ctx) and a timeout of its own")
}

func testCancelledToken(s *subject) {
	id := s.signedIn(ada(), "1")
	_, err := s.token(s.cancelled(), id)
	if errors.Is(err, twitterauth.ErrNoToken) {
		s.report("TwitterToken, whose context had ended, returned ErrNoToken", "every error of the database is mistaken for a missing row", "return ErrNoToken for sql.ErrNoRows alone")
	}
	s.afterCancelled("TwitterToken", err)
	err = s.renew(s.cancelled(), id, always(tokenNamed("new"), nil))
	if errors.Is(err, twitterauth.ErrNoToken) {
		s.report("RenewToken, whose context had ended, returned ErrNoToken", "every error of the database is mistaken for a missing row", "return ErrNoToken for sql.ErrNoRows alone")
	}
	s.afterCancelled("RenewToken", err)
	s.mustHave(id, tokenNamed("1"), "after a renewal that failed because its context had ended", "the token is written although RenewToken failed", "write nothing when an error is returned")
}
