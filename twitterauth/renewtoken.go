package twitterauth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

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
	s.renewals.mu.Lock()
	run, ok := s.renewals.running[userID]
	if !ok {
		run = &renewal{done: make(chan struct{})}
		s.renewals.running[userID] = run
		go s.runRenewal(context.WithoutCancel(ctx), userID, seen, refused, run)
	}
	s.renewals.mu.Unlock()
	select {
	case <-run.done:
		return run.token, run.err
	case <-ctx.Done():
		return Token{}, ctx.Err()
	}
}

func (s *server) runRenewal(ctx context.Context, userID string, seen Token, refused bool, run *renewal) {
	ctx, cancel := context.WithTimeout(ctx, s.budget)
	defer cancel()
	defer func() {
		if value := recover(); value != nil { // http.ErrAbortHandler of the store, which no handler is there for
			run.err = fmt.Errorf("twitterauth: the store panicked: %v", value)
		}
		s.renewals.mu.Lock()
		delete(s.renewals.running, userID)
		s.renewals.mu.Unlock()
		close(run.done)
	}()
	run.token, run.err = s.renewOnce(ctx, userID, seen, refused)
}

// renewOnce renews the stored token under the store's lock, unless another machine
// has done so. It asks X once and never again, because X takes a refresh token
// once.
func (s *server) renewOnce(ctx context.Context, userID string, seen Token, accessRefused bool) (Token, error) {
	var spent, fresh Token
	var refused error
	err := s.underLock(ctx, userID, func(ctx context.Context, stored Token) (Token, error) {
		if stored.AccessToken != seen.AccessToken { // another machine was here
			fresh = stored
			return stored, nil
		}
		if spent.AccessToken != "" { // a store that calls twice, after a failed commit
			return fresh, refused
		}
		spent = stored
		fresh, refused = s.askForToken(ctx, stored)
		return fresh, refused
	})
	switch {
	case spent.AccessToken == "" && fresh.AccessToken == "" && err != nil:
		return Token{}, err
	case spent.AccessToken == "":
		return fresh, nil
	case refused != nil:
		return s.afterRefusal(ctx, userID, seen, accessRefused, refused)
	case err != nil:
		s.storeAgain(ctx, userID, spent, fresh, err)
	}
	return fresh, nil
}

// underLock calls RenewToken of the store, whose panics come back as errors.
func (s *server) underLock(ctx context.Context, userID string, renew func(context.Context, Token) (Token, error)) error {
	return recovering(func() error { return s.tokens.RenewToken(ctx, userID, renew) })
}

// askForToken exchanges the refresh token at X.
func (s *server) askForToken(ctx context.Context, old Token) (Token, error) {
	if s.cfg.ClientID == "" {
		return Token{}, fmt.Errorf("%w: the token is of OAuth 2.0, for which ClientID is not set", ErrSignInAgain)
	}
	got, err := s.x.RefreshToken(ctx, old.RefreshToken, old.Scopes)
	if err != nil {
		return Token{}, err
	}
	fresh := Token{AccessToken: got.Access, RefreshToken: got.Refresh, Expiry: got.Expiry, Scopes: got.Scopes}
	if fresh.RefreshToken == "" {
		fresh.RefreshToken = old.RefreshToken
	}
	return fresh, nil
}

// afterRefusal is for a refresh that failed. The token may be good all the same:
// another machine has renewed it, or the access token has not ended yet.
func (s *server) afterRefusal(ctx context.Context, userID string, seen Token, accessRefused bool, refused error) (Token, error) {
	stored, err := s.storedToken(ctx, userID)
	if err == nil && stored.AccessToken != seen.AccessToken {
		return stored, nil
	}
	if !accessRefused && !isExpired(seen) {
		s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: a token could not be renewed; the call goes on with the access token that is still good",
			slog.String("error", shortened(refused.Error(), maxLoggedError)))
		return seen, nil
	}
	var xerr *xapi.Error
	if errors.As(refused, &xerr) && xerr.Kind == xapi.TokenRefused {
		s.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: X does not accept a user's refresh token",
			slog.String("user_id", shortened(userID, maxLoggedPath)),
			slog.String("remedy", "the user must sign in with X again: the grant was revoked, or an answer of X was lost after it had rotated the token"))
		return Token{}, fmt.Errorf("%w: %w", ErrSignInAgain, refused)
	}
	return Token{}, refused
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
			if stored.RefreshToken == spent.RefreshToken {
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
		slog.String("remedy", "mend the store; this user must sign in with X again when the access token has ended"),
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
	err = recovering(func() (err error) {
		token, err = s.tokens.TwitterToken(ctx, userID)
		return err
	})
	return token, err
}
