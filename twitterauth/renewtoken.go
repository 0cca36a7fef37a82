package twitterauth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// A token is renewed before its end, because a call takes time: one to two
// minutes before, at random, so that the machines of an app do not all come at
// the same moment.
const (
	renewBefore = time.Minute
	renewJitter = time.Minute
)

// isEnding reports whether an access token should be renewed before a call.
func isEnding(t Token) bool {
	return !t.Expiry.IsZero() && time.Until(t.Expiry) < renewBefore+rand.N(renewJitter) //nolint:gosec // G404: spreads load
}

func isExpired(t Token) bool { return !t.Expiry.IsZero() && time.Until(t.Expiry) <= 0 }

// renewToken renews a token that was seen to be ending, or whose access token X has
// refused. It goes on when its caller gives up, because X may have rotated the token
// already.
func (s *server) renewToken(ctx context.Context, userID string, seen Token, refused bool) (Token, error) {
	if seen.RefreshToken == "" {
		if refused || isExpired(seen) {
			return Token{}, fmt.Errorf("%w: the token has expired and there is no refresh token (Config.OfflineAccess)", ErrSignInAgain)
		}
		return seen, nil
	}
	token, joined, err := s.joinRenewal(ctx, userID, seen, refused)
	if err == nil && joined && refused && token.AccessToken == seen.AccessToken {
		token, _, err = s.joinRenewal(ctx, userID, seen, refused) // that renewal did not know of the refusal
	}
	if err == nil {
		err = s.checkToken(token)
	}
	return token, err
}

// joinRenewal waits for the renewal of a user's token, which it begins unless one is
// running. With an access token that is still good it waits for half of the time that
// the call has, so that a store or an X that hangs does not fail the call.
func (s *server) joinRenewal(ctx context.Context, userID string, seen Token, refused bool) (token Token, joined bool, err error) {
	s.renewals.mu.Lock()
	run, joined := s.renewals.running[userID]
	if !joined {
		run = &renewal{done: make(chan struct{})}
		s.renewals.running[userID] = run
		go s.runRenewal(context.WithoutCancel(ctx), userID, seen, refused, run)
	}
	s.renewals.mu.Unlock()
	isGood := !refused && !isExpired(seen)
	var enough <-chan time.Time
	if isGood {
		enough = time.After(s.timeOf(ctx) / 2)
	}
	select {
	case <-run.done:
		if isGood && run.err != nil && !errors.Is(run.err, ErrNoToken) {
			return seen, joined, nil // the renewal of another token, which had ended or was refused
		}
		return run.token, joined, run.err
	case <-enough:
		return seen, joined, nil
	case <-ctx.Done():
		return Token{}, joined, ctx.Err()
	}
}

// timeOf returns how much time a call has: until its deadline, and at most the budget.
func (s *server) timeOf(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(s.budget, time.Until(deadline))
	}
	return s.budget
}

// errRenewalEnded is for a store that ends the goroutine it is called on.
var errRenewalEnded = errors.New("twitterauth: the store's RenewToken ended its goroutine")

// A renewal has three parts of at most the budget each: waiting for the store's
// lock, asking X, and storing the answer. X is asked only while the first has not
// used up its part, because an answer that is not stored ends the grant.
const renewalParts = 3

// runRenewal renews a token. Those who wait get it before it is certain to be
// stored; who comes while it is still being stored gets it too.
func (s *server) runRenewal(ctx context.Context, userID string, seen Token, refused bool, run *renewal) {
	ctx, cancel := context.WithTimeout(ctx, renewalParts*s.budget)
	defer cancel()
	published := false
	publish := func(token Token, err error) {
		run.token, run.err, published = token, err, true
		close(run.done)
	}
	defer func() {
		value := recover() // of Config.Logger, whose other lines nothing else on this goroutine guards
		s.renewals.remove(userID, run)
		switch {
		case published:
		case value != nil: // without a line, because the logger may be what panicked
			publish(Token{}, fmt.Errorf("twitterauth: the renewal panicked: %v", value))
		default:
			publish(s.unlessGood(ctx, seen, refused, errRenewalEnded))
		}
	}()
	r := &lockedRenewal{server: s, seen: seen, deadline: time.Now().Add(s.budget)}
	err := s.underLock(ctx, userID, r.renew)
	token, failed := s.outcome(ctx, userID, r.end(), refused, err)
	rotated := r.spent.AccessToken != "" && r.fresh.AccessToken != ""
	if rotated {
		s.observer.emit(ctx, Event{Kind: EventTokenRefreshed, Protocol: protocolName(attempt.OAuth2), UserID: userID})
	}
	if !rotated || err == nil {
		s.renewals.remove(userID, run) // who comes later begins another
	}
	publish(token, failed)
	if rotated && err != nil {
		s.storeAgain(ctx, userID, r.spent, r.fresh, err)
	}
}

// lockedRenewal is what happens under the store's lock. A store may call renew on
// another goroutine, twice, or after RenewToken has returned.
type lockedRenewal struct {
	server   *server
	seen     Token
	deadline time.Time // for asking X

	mu      sync.Mutex
	ended   bool
	spent   Token // what was exchanged at X; zero: nothing
	fresh   Token
	refused error
}

// renew renews the stored token, unless another machine has done so. It asks X once
// and never again, because X takes a refresh token once.
func (r *lockedRenewal) renew(ctx context.Context, stored Token) (Token, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.ended:
		return Token{}, errors.New("twitterauth: the renewal has ended")
	case stored.AccessToken != r.seen.AccessToken: // another machine was here
		r.fresh = stored
		return stored, nil
	case r.spent.AccessToken != "": // a store that calls twice, as after a failed commit
		return r.fresh, r.refused
	case time.Now().After(r.deadline):
		return Token{}, errors.New("twitterauth: the store's lock came too late for X to be asked")
	}
	r.spent = stored
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.server.budget)
	defer cancel()
	r.refused = withoutPanic("the call to X", func() (err error) {
		r.fresh, err = r.server.askForToken(ctx, stored)
		return err
	})
	return r.fresh, r.refused
}

// end makes later calls of renew fail, and returns the renewal.
func (r *lockedRenewal) end() *lockedRenewal {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	return r
}

// outcome is what a renewal under the lock means; err is what RenewToken returned.
func (s *server) outcome(ctx context.Context, userID string, r *lockedRenewal, accessRefused bool, err error) (Token, error) {
	switch {
	case r.spent.AccessToken != "" && r.refused != nil:
		return s.afterRefusal(ctx, userID, r.seen, accessRefused, r.refused)
	case r.fresh.AccessToken != "":
		return r.fresh, nil
	case err == nil:
		err = s.notRenewed(ctx, userID)
	}
	return s.unlessGood(ctx, r.seen, accessRefused, err)
}

// notRenewed returns why RenewToken succeeded without a token.
func (s *server) notRenewed(ctx context.Context, userID string) error {
	stored, err := s.storedToken(ctx, userID)
	switch {
	case err != nil:
		return err
	case stored.AccessToken == "":
		return ErrNoToken
	}
	return errors.New("twitterauth: the store's RenewToken returned without an error and did not call renew: it must call renew with the stored token, or return ErrNoToken where there is no token")
}

// unlessGood returns the error of a renewal, unless the access token is still good:
// then the call goes on with it. A token that is not stored any more is not used.
func (s *server) unlessGood(ctx context.Context, seen Token, accessRefused bool, err error) (Token, error) {
	if accessRefused || isExpired(seen) || errors.Is(err, ErrNoToken) {
		return Token{}, err
	}
	s.logStillGood(ctx, err)
	return seen, nil
}

// logStillGood logs why a token was not renewed. A Logger that panics must not fail a
// call that can go on.
func (s *server) logStillGood(ctx context.Context, err error) {
	defer func() { _ = recover() }()
	s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: a token could not be renewed; the call goes on with the access token that is still good",
		slog.String("error", shortened(err.Error(), maxLoggedError)))
}

// underLock calls RenewToken of the store.
func (s *server) underLock(ctx context.Context, userID string, renew func(context.Context, Token) (Token, error)) error {
	return withoutPanic("the store's RenewToken", func() error { return s.tokens.RenewToken(ctx, userID, renew) })
}

// withoutPanic calls the app's store, or its transport to X. Any panic comes back as an
// error, also http.ErrAbortHandler, because no handler is there to abort: a renewal has
// a goroutine of its own, on which a panic would end the program.
func withoutPanic(what string, call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("twitterauth: %s panicked: %v", what, value)
		}
	}()
	return probeError(call())
}

// checkToken makes sure that a token can be sent.
func (s *server) checkToken(t Token) error {
	switch {
	case t.AccessToken == "":
		return ErrNoToken
	case t.AccessSecret != "" && s.cfg.ConsumerKey == "":
		return fmt.Errorf("%w: the token is of OAuth 1.0a, for which ConsumerKey and ConsumerSecret are not set", ErrSignInAgain)
	}
	return nil
}

// askForToken exchanges the refresh token at X.
func (s *server) askForToken(ctx context.Context, old Token) (Token, error) {
	if s.cfg.ClientID == "" {
		return Token{}, fmt.Errorf("%w: the token is of OAuth 2.0, for which ClientID is not set", ErrSignInAgain)
	}
	got, err := s.x.RefreshToken(ctx, old.RefreshToken, old.Scopes)
	if err != nil {
		return Token{}, withRemedy(err)
	}
	fresh := Token{AccessToken: got.Access, RefreshToken: got.Refresh, Expiry: got.Expiry, Scopes: got.Scopes}
	if fresh.RefreshToken == "" {
		fresh.RefreshToken = old.RefreshToken
	}
	return fresh, nil
}

// afterRefusal is for a refresh that failed. The token may be good all the same:
// another machine has renewed it, or the access token has not ended yet. Where the
// store cannot be asked, it is not known whether the user must sign in again.
func (s *server) afterRefusal(ctx context.Context, userID string, seen Token, accessRefused bool, refused error) (Token, error) {
	stored, err := s.storedToken(ctx, userID)
	ended := accessRefused || isExpired(seen)
	switch {
	case errors.Is(err, ErrNoToken): // the user has disconnected X meanwhile
		return Token{}, err
	case err == nil && stored.AccessToken != seen.AccessToken:
		return stored, nil
	case err != nil && ended:
		return Token{}, err
	}
	var xerr *xapi.Error
	if ended && errors.As(refused, &xerr) && xerr.Kind == xapi.TokenRefused {
		s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: X does not accept a user's refresh token",
			slog.String("user_id", shortened(userID, maxLoggedPath)),
			slog.String("error", shortened(refused.Error(), maxLoggedError)),
			slog.String("remedy", "the user must sign in with X again: the grant was revoked, or an answer of X was lost after it had rotated the token"))
		return Token{}, fmt.Errorf("%w: %w", ErrSignInAgain, refused)
	}
	return s.unlessGood(ctx, seen, accessRefused, refused)
}

// storeAgain tries to store a token once more after X has rotated it. It stores the
// new token only where the stored one is still the spent one.
func (s *server) storeAgain(ctx context.Context, userID string, spent, fresh Token, err error) {
	const pause = 100 * time.Millisecond
	for wait := pause; ctx.Err() == nil; wait *= 2 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		err = s.underLock(ctx, userID, func(_ context.Context, stored Token) (Token, error) {
			if stored.RefreshToken == spent.RefreshToken && stored.AccessToken == spent.AccessToken {
				return fresh, nil
			}
			return stored, nil
		})
		if err == nil || errors.Is(err, ErrNoToken) {
			return
		}
	}
	s.cfg.Logger.LogAttrs(ctx, slog.LevelError, "twitterauth: a renewed token could not be stored; the stored refresh token is spent",
		slog.String("user_id", shortened(userID, maxLoggedPath)),
		slog.String("remedy", "repair the store; this user must sign in with X again when the access token has ended"),
		slog.String("error", shortened(err.Error(), maxLoggedError)))
}

// logRenewal logs why a token that X refused could not be renewed.
func (s *server) logRenewal(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: X refused an access token, and it could not be renewed", slog.String("error", shortened(err.Error(), maxLoggedError)))
}

func (s *server) storedToken(ctx context.Context, userID string) (token Token, err error) {
	err = withoutPanic("the store's TwitterToken", func() (err error) {
		token, err = s.tokens.TwitterToken(ctx, userID)
		return err
	})
	return token, err
}
