package xapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Step names a call to X.
type Step string

// The calls of a login, in their order.
const (
	StepRequestToken      Step = "request_token" // OAuth 1.0a
	StepAccessToken       Step = "access_token"  // OAuth 1.0a
	StepAuthorize         Step = "authorize"     // OAuth 2.0, in the person's browser
	StepToken             Step = "oauth2/token"  // OAuth 2.0
	StepVerifyCredentials Step = "verify_credentials"
	StepUsersMe           Step = "users/me"
	StepRevoke            Step = "oauth2/revoke"    // OAuth 2.0
	StepInvalidate        Step = "invalidate_token" // OAuth 1.0a
)

// Kind is what a failed call means for the login.
type Kind int

// The kinds of failure.
const (
	Unavailable        Kind = iota + 1 // X, or the way to it, does not work
	Timeout                            // no whole answer in time
	Canceled                           // the caller gave up
	RateLimited                        // try again after RetryAfter
	TokenRefused                       // the person's token, verifier or code is not accepted; with a Remedy it may be the app
	AccountUnavailable                 // the person's account is suspended or locked
	AccessLevel                        // the app may not make this call, another may do
	Misconfigured                      // the app, its settings at X or its clock; see Remedy
)

// Error is why a call failed. Its text holds nothing that X sent but numbers,
// and nothing secret.
type Error struct {
	Step       Step
	Kind       Kind
	Status     int           // HTTP status, 0 without an answer
	Code       int           // X's error code, 0 without one
	RetryAfter time.Duration // for RateLimited
	Reason     string        // what happened
	Remedy     string        // what the operator should do, "" where nothing is known
	Err        error         // a context's or the system's error, or nil

	again       bool // X caused it, worth a second try
	maybeField  bool // X may have refused a field that was asked for
	blamesToken bool // X's answer is about the token
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "x: %s: %s", e.Step, e.Reason)
	if e.Status != 0 {
		b.WriteString(" (HTTP " + strconv.Itoa(e.Status))
		if e.Code != 0 {
			b.WriteString(", code " + strconv.Itoa(e.Code))
		}
		b.WriteString(")")
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// noAnswer types the failure of a call that got no whole answer. The error of
// net/http can quote what the other side sent, so only its class is kept.
func noAnswer(ctx context.Context, step Step, err error) *Error {
	e := &Error{Step: step, Kind: Unavailable, again: true}
	var (
		netErr  net.Error
		dnsErr  *net.DNSError
		errno   syscall.Errno
		certErr *tls.CertificateVerificationError
		tlsErr  tls.RecordHeaderError
		alert   tls.AlertError
	)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		e.Kind, e.Reason, e.Err, e.again = Canceled, "the client went away", context.Canceled, false
	case ctx.Err() != nil, errors.As(err, &netErr) && netErr.Timeout():
		e.Kind, e.Reason, e.Err, e.again = Timeout, "no answer in time", context.DeadlineExceeded, false
	case errors.As(err, &dnsErr):
		e.Reason = "the host's name cannot be resolved"
	case errors.As(err, &certErr):
		e.Reason = "the host's certificate is not trusted"
	case errors.As(err, &tlsErr), errors.As(err, &alert):
		e.Reason = "no TLS connection"
	case errors.As(err, &errno):
		e.Reason, e.Err = "no connection", errno
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Reason = "the answer broke off"
	default:
		e.Reason = "no answer that can be read"
	}
	return e
}
