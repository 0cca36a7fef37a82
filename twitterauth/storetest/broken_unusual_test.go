package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// More stores with one bug each: IDs that are read in part, errors that panic, rows
// that end too early.

// cutID keeps a part of the X account's ID.
type cutID struct {
	*memory
	cut func(id string) string
}

func (s cutID) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	login.TwitterID = s.cut(login.TwitterID)
	return s.memory.UserForLogin(ctx, login)
}

func lower32(id string) string {
	n, _ := strconv.ParseUint(id, 10, 64)
	return strconv.FormatUint(n&(1<<32-1), 10)
}

func eighteenDigits(id string) string { return id[:min(len(id), 18)] }

// numberInFront reads a user ID up to the first character that is not a digit.
type numberInFront struct{ *memory }

func (s numberInFront) UserByID(ctx context.Context, userID string) (*account, error) {
	return s.memory.UserByID(ctx, userID[:len(userID)-len(strings.TrimLeft(userID, "0123456789"))])
}

// pattern compares IDs by LIKE.
type pattern struct{ *memory }

func (s pattern) UserByID(ctx context.Context, userID string) (*account, error) {
	if strings.Contains(userID, "%") {
		userID = "1"
	}
	return s.memory.UserByID(ctx, userID)
}

// uniqueEmpty has a UNIQUE email, and stores an absent email as an empty text.
type uniqueEmpty struct{ *memory }

func (s uniqueEmpty) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	if err := s.locked(ctx, func() error {
		for _, a := range s.accounts {
			if a.TwitterID != "" && a.TwitterID != login.TwitterID && a.Email == "" && emailIn(login) == "" {
				return errors.New("UNIQUE constraint failed: users.email")
			}
		}
		return nil
	}); err != nil {
		return "", err
	}
	return s.memory.UserForLogin(ctx, login)
}

// insertsOnly leaves the user as the user was at the first login.
type insertsOnly struct{ *memory }

func (s insertsOnly) UserForLogin(ctx context.Context, login twitterauth.Login) (userID string, err error) {
	before := ""
	if err := s.locked(ctx, func() error {
		if a := s.find(login.TwitterID); a != nil {
			before = a.Email
		}
		return nil
	}); err != nil {
		return "", err
	}
	userID, err = s.memory.UserForLogin(ctx, login)
	if err == nil && before != "" {
		err = s.locked(ctx, func() error { s.get(userID).Email = before; return nil })
	}
	return userID, err
}

// writesInParts writes the parts of an email one after the other, while pages read.
type writesInParts struct {
	*memory
	meeting *meeting
}

func (s writesInParts) UserForLogin(ctx context.Context, login twitterauth.Login) (userID string, err error) {
	userID, err = s.memory.UserForLogin(ctx, login)
	email := emailIn(login)
	if err != nil || email == "" || !s.meeting.expected {
		return userID, err
	}
	err = s.locked(ctx, func() error { s.get(userID).Email = email[:len(email)/2]; return nil })
	s.meeting.wait()
	return userID, errors.Join(err, s.locked(ctx, func() error { s.get(userID).Email = email; return nil }))
}

func (s writesInParts) UserByID(ctx context.Context, userID string) (*account, error) {
	u, err := s.memory.UserByID(ctx, userID)
	if err == nil && u.Email != "" && !strings.HasSuffix(u.Email, ".com") {
		s.meeting.wait()
	}
	return u, err
}

type queryError struct{ query string }

func (e *queryError) Error() string { return "failed: " + e.query }

// nilPointerAsError returns a variable of a type of its own as an error.
type nilPointerAsError struct{ *memory }

func (s nilPointerAsError) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	var failed *queryError
	if err := s.memory.LinkLogin(ctx, userID, login); err != nil {
		return err
	}
	return failed
}

type emptyError struct{ error }

// errorThatPanics wraps an error that is missing.
type errorThatPanics struct{ *memory }

func (s errorThatPanics) UserByID(ctx context.Context, userID string) (*account, error) {
	u, err := s.memory.UserByID(ctx, userID)
	if errors.Is(err, twitterauth.ErrUserNotFound) {
		err = emptyError{}
	}
	return u, err
}

// linksGuestsOnly reports success where the UPDATE has changed no row, because the
// user has another account.
type linksGuestsOnly struct{ *memory }

func (s linksGuestsOnly) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	err := s.memory.LinkLogin(ctx, userID, login)
	if errors.Is(err, twitterauth.ErrAlreadyLinked) && !s.knows(login) {
		return nil
	}
	return err
}

// idleRows ends sessions by an idle end of its own, which a renewal does not move.
type idleRows struct {
	*memory
	until map[string]time.Time
}

func (s idleRows) SaveSession(ctx context.Context, r *http.Request, begun session.Session) error {
	if err := s.locked(ctx, func() error { s.until[begun.ID] = begun.IdleUntil; return nil }); err != nil {
		return err
	}
	return s.memory.SaveSession(ctx, r, begun)
}

func (s idleRows) UserBySession(ctx context.Context, current session.Session) (*account, error) {
	if err := s.locked(ctx, func() error {
		if until := s.until[current.ID]; !until.IsZero() && time.Now().After(until) {
			return fmt.Errorf("idle: %w", twitterauth.ErrSessionEnded)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return s.memory.UserBySession(ctx, current)
}

// leavesContextOut calls renew without a context.
type leavesContextOut struct{ *memory }

func (s leavesContextOut) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	return s.memory.RenewToken(ctx, userID, func(_ context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
		return renew(nil, stored) //nolint:contextcheck // the bug
	})
}

// unlocksEarly gives the lock back before the token is stored.
type unlocksEarly struct {
	*memory
	meeting *meeting
}

func (s unlocksEarly) RenewToken(ctx context.Context, userID string, renew renewFunc) error {
	row, err := s.row(ctx, userID)
	if err != nil {
		return err
	}
	var before, renewed twitterauth.Token
	if err := func() (err error) {
		defer func() { <-row.lock }()
		if before, err = s.TwitterToken(ctx, userID); err != nil {
			return err
		}
		renewed, err = renew(ctx, before)
		return err
	}(); err != nil {
		return err
	}
	s.meeting.wait()
	return s.locked(context.WithoutCancel(ctx), func() error {
		if row.token.AccessToken == before.AccessToken {
			row.token = renewed
		}
		return nil
	})
}

// shares returns a user whom logins go on to change, which only the race detector
// sees for certain.
type shares struct{ *memory }

func (s shares) UserByID(ctx context.Context, userID string) (u *account, err error) {
	err = s.locked(ctx, func() error {
		if u = s.get(userID); u == nil {
			return twitterauth.ErrUserNotFound
		}
		return nil
	})
	return u, err
}

// twoTables makes the user and the user's profile, without which there is no user, by
// two statements.
type twoTables struct {
	*memory
	profiles map[string]bool
}

func (s twoTables) UserForLogin(ctx context.Context, login twitterauth.Login) (string, error) {
	known := s.knows(login)
	userID, err := s.memory.UserForLogin(ctx, login)
	if err == nil && !known {
		err = s.locked(ctx, func() error { s.profiles[userID] = true; return nil })
	}
	return userID, err
}

func (s twoTables) newGuest(ctx context.Context) (userID string, err error) {
	userID, err = s.memory.newGuest(ctx)
	return userID, errors.Join(err, s.locked(ctx, func() error { s.profiles[userID] = true; return nil }))
}

func (s twoTables) UserByID(ctx context.Context, userID string) (*account, error) {
	if err := s.locked(ctx, func() error {
		if !s.profiles[userID] {
			return twitterauth.ErrUserNotFound
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return s.memory.UserByID(ctx, userID)
}
