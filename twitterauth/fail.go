package twitterauth

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// fail logs an error and lets the error handler answer. When the client has
// gone there is nobody to answer, and nothing is written.
func (a *Auth[U]) fail(w http.ResponseWriter, r *http.Request, e *Error) {
	a.log(r, e)
	if clientGone(r, e) {
		return
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	noStore(w)
	e.retry.Action = a.place.seen(routeLogin)
	e.retry.formAction = a.formAction
	e.home = a.cfg.AfterLogout
	e.returns = &a.returns
	a.cfg.ErrorHandler(w, r, e)
}

// clientGone reports whether nobody is left to answer. net/http also ends the
// context of a request whose body was too slow.
func clientGone(r *http.Request, e *Error) bool {
	return errors.Is(r.Context().Err(), context.Canceled) && e.Code != CodeRequestTimeout
}

// log writes one line per failure: loud where an operator must act, quiet where
// a visitor made it, and of one who has gone no more than that.
func (a *Auth[U]) log(r *http.Request, e *Error) {
	if clientGone(r, e) {
		a.cfg.Logger.LogAttrs(r.Context(), slog.LevelDebug, "twitterauth: the client went away", slog.String("path", r.URL.Path))
		return
	}
	var xerr *xapi.Error
	hasRemedy := errors.As(e.Err, &xerr) && xerr.Remedy != ""
	level := slog.LevelInfo
	switch {
	case e.Status >= 500:
		level = slog.LevelError
	case e.Code == CodeLoginMismatch, e.Code == CodeCrossOrigin, hasRemedy:
		level = slog.LevelWarn
	case e.Code == CodeLoginRequired:
		level = slog.LevelDebug
	}
	attrs := []slog.Attr{
		slog.String("code", e.Code),
		slog.Int("status", e.Status),
		slog.String("path", r.URL.Path),
	}
	if xerr != nil {
		attrs = append(attrs, slog.String("step", string(xerr.Step)))
		if hasRemedy {
			attrs = append(attrs, slog.String("remedy", xerr.Remedy))
		}
	}
	if e.Err != nil {
		attrs = append(attrs, slog.String("error", e.Err.Error()))
	} else {
		attrs = append(attrs, slog.String("detail", e.Message))
	}
	var p *panicError
	if errors.As(e.Err, &p) {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	a.cfg.Logger.LogAttrs(r.Context(), level, "twitterauth: request failed", attrs...)
}

// providerFault turns a failed call to X into what the public sees. refused is
// the code for a token, verifier or code that X does not accept. Where X may
// have refused it because of the app's settings (invalid_request of OAuth 2.0),
// the person gets the same answer, because starting again is all that the person
// can do; log writes the error's remedy at WARN then.
func providerFault(err error, refused string) *Error {
	var xerr *xapi.Error
	if !errors.As(err, &xerr) {
		return fault(CodeProviderUnavailable, err)
	}
	switch xerr.Kind {
	case xapi.Timeout, xapi.Canceled:
		return fault(CodeProviderTimeout, err)
	case xapi.RateLimited:
		e := fault(CodeRateLimited, err)
		e.RetryAfter = xerr.RetryAfter
		return e
	case xapi.TokenRefused:
		return fault(refused, err)
	case xapi.AccountUnavailable:
		return fault(CodeAccountUnavailable, err)
	case xapi.Misconfigured, xapi.AccessLevel:
		return fault(CodeAppMisconfigured, err)
	}
	return fault(CodeProviderUnavailable, err)
}

// noStore keeps answers that depend on a login out of every cache.
func noStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }
