package twitterauth

import (
	"context"
	"errors"

	"twitterlogin.example/session"
)

// The errors of the app's store, and what they mean for the visitor.

// errRevoked means that the user has ended the session.
var errRevoked = errors.New("twitterauth: the user's SessionsValidSince is later than the session")

// errNoIssuedAt is a defect of the app's SessionManager. Such a session must not
// count, and not lead to a login either, after which it would be the same.
var errNoIssuedAt = errors.New("twitterauth: the SessionManager gave a session without IssuedAt, with which SessionsValidSince is compared")

var errNilUser = errors.New("twitterauth: the store returned no user and no error for a session")

// storeError is what a store's error means at a login.
func storeError(err error) *Error {
	switch {
	case errors.Is(err, ErrLoginRefused):
		return refusedError(err)
	case errors.Is(err, ErrAlreadyLinked):
		return newError(CodeAlreadyLinked, err)
	case errors.Is(err, ErrStoreUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return newError(CodeStoreUnavailable, err)
	}
	return newError(CodeStoreFailed, err)
}

// refusedError keeps the text of Refuse, which the person may read.
func refusedError(err error) *Error {
	e := newError(CodeLoginRefused, err)
	var r *refusal
	if errors.As(err, &r) && r.public != "" {
		return e.inWordsOfTheApp(r.public)
	}
	return e
}

// userError is what it means that the store gave no user for a session.
func userError(err error) *Error {
	var p *panicError
	switch {
	case errors.Is(err, ErrUserNotFound), errors.Is(err, session.ErrNoSession), errors.Is(err, errRevoked):
		return newError(CodeLoginRequired, errSessionOver)
	case errors.As(err, &p), errors.Is(err, errNoIssuedAt):
		return newError(CodeStoreFailed, err)
	}
	return newError(CodeStoreUnavailable, err)
}

// errSessionOver is the cause of a session that the app ended: its user is
// gone or has revoked it.
var errSessionOver = errors.New("twitterauth: the session's user is gone or has ended it")
