package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// subject is the store of one subtest. Each call is bounded in time, and a panic of
// the store is an error.
type subject struct {
	*testing.T
	calls    calls
	patience time.Duration
	strict   bool
	hangs    atomic.Bool // a call has not returned; further calls are not made
}

func newSubject(t *testing.T, calls calls, patience time.Duration, strict bool) *subject {
	return &subject{T: t, calls: calls, patience: patience, strict: strict}
}

// report notes what the store did, why that is likely so, and the remedy. The subtest
// goes on.
func (s *subject) report(did, cause, remedy string) {
	s.Helper()
	s.Errorf("%s\nlikely cause: %s\nremedy: %s", did, cause, remedy)
}

// recommend ends the subtest with what would be better.
func (s *subject) recommend(does, cost, remedy string) {
	s.Helper()
	message := fmt.Sprintf("recommendation: %s\ncost: %s\nremedy: %s", does, cost, remedy)
	if s.strict {
		s.Fatal(message)
	}
	s.Skip(message)
}

// lacks ends the subtest because an option is missing.
func (s *subject) lacks(option, because string) {
	s.Helper()
	s.Skipf("this needs the option storetest.%s, because %s", option, because)
}

func (s *subject) login(ctx context.Context, l twitterauth.Login) (string, error) {
	return bounded(ctx, s, "UserForLogin", func(ctx context.Context) (string, error) {
		id, err := s.calls.userForLogin(ctx, l)
		if err == nil && id == "" {
			err = errors.New("UserForLogin returned an empty user ID and no error")
		}
		return id, err
	})
}

func (s *subject) user(ctx context.Context, userID string) (user, error) {
	return bounded(ctx, s, "UserByID", func(ctx context.Context) (user, error) { return s.calls.userByID(ctx, userID) })
}

func (s *subject) link(ctx context.Context, userID string, l twitterauth.Login) error {
	return s.do(ctx, "LinkLogin", func(ctx context.Context) error { return s.calls.linkLogin(ctx, userID, l) })
}

func (s *subject) save(ctx context.Context, r *http.Request, begun session.Session) error {
	return s.do(ctx, "SaveSession", func(ctx context.Context) error {
		return s.calls.saveSession(ctx, r.WithContext(ctx), begun)
	})
}

func (s *subject) bySession(ctx context.Context, current session.Session) (user, error) {
	return bounded(ctx, s, "UserBySession", func(ctx context.Context) (user, error) { return s.calls.userBySession(ctx, current) })
}

func (s *subject) end(ctx context.Context, ended session.Session) error {
	return s.do(ctx, "DeleteSession", func(ctx context.Context) error { return s.calls.deleteSession(ctx, ended) })
}

func (s *subject) token(ctx context.Context, userID string) (twitterauth.Token, error) {
	return bounded(ctx, s, "TwitterToken", func(ctx context.Context) (twitterauth.Token, error) { return s.calls.twitterToken(ctx, userID) })
}

func (s *subject) renew(ctx context.Context, userID string, renew renewFunc) error {
	return s.do(ctx, "RenewToken", func(ctx context.Context) error {
		return s.calls.renewToken(ctx, userID, func(given context.Context, stored twitterauth.Token) (twitterauth.Token, error) {
			if given == nil {
				return stored, errNoContext
			}
			return renew(given, stored)
		})
	})
}

// errNoContext is what renew returns for a store that leaves the context out.
var errNoContext = errors.New("RenewToken called renew with nil in place of a context: pass on the context that it got, or a copy")

func (s *subject) guest(ctx context.Context) (string, error) {
	return bounded(ctx, s, "the func of the option Guest", func(ctx context.Context) (string, error) {
		id, err := s.calls.guest(ctx)
		if err == nil && id == "" {
			err = errors.New("the func of the option Guest returned an empty user ID and no error")
		}
		return id, err
	})
}

func (s *subject) do(ctx context.Context, method string, call func(context.Context) error) error {
	_, err := bounded(ctx, s, method, func(ctx context.Context) (struct{}, error) { return struct{}{}, call(ctx) })
	return err
}

// bounded makes a call of the store whose context ends after s.patience, and stops
// waiting for it when it does not return then.
func bounded[T any](ctx context.Context, s *subject, method string, call func(context.Context) (T, error)) (T, error) {
	var zero T
	if s.hangs.Load() {
		return zero, fmt.Errorf("%s was not called, because an earlier call has not returned", method)
	}
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		defer cancel()
		result := outcome{err: fmt.Errorf("%s ended its goroutine", method)}
		defer func() {
			if p := recover(); p != nil {
				result.err = &panicError{method, p, debug.Stack()}
			}
			done <- result
		}()
		value, err := call(ctx)
		result = outcome{value, probed(method, err)}
	}()
	limit := time.NewTimer(s.patience + s.patience/2)
	defer limit.Stop()
	select {
	case result := <-done:
		return result.value, result.err
	case <-limit.C:
		s.hangs.Store(true)
		return zero, fmt.Errorf("%s has not returned, %v after its context had ended: it waits for a lock or a connection without looking at its context", method, s.patience/2)
	}
}

// panicError is a panic of the store, or of what the store called.
type panicError struct {
	method string
	value  any
	stack  []byte
}

func (e *panicError) Error() string {
	return fmt.Sprintf("%s panicked: %v\n%s", e.method, e.value, e.stack)
}

// probed reads an error of the store where a panic is caught, because most errors that
// are a nil pointer panic as soon as they are read.
func probed(method string, err error) error {
	if err == nil {
		return nil
	}
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return fmt.Errorf("%s returned a nil %T as its error, which is not nil: declare the variable as error, or return nil", method, err)
	}
	_ = errors.Is(err, twitterauth.ErrUserNotFound)
	_ = err.Error()
	return err
}
