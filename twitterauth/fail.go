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

// fail logs an error and passes it to the error handler, which answers. When the
// client has gone nothing is written.
func (a *Auth[U]) fail(w http.ResponseWriter, r *http.Request, e *Error) {
	a.log(r, e)
	if clientGone(r, e) {
		return
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	noStore(w)
	e.retry = a.retryForm(e)
	e.site = a.place.hostname
	e.home = a.cfg.AfterLogout
	e.returns = &a.returns
	a.cfg.ErrorHandler(w, r, e)
}

// failVisibly is fail for requests outside a login, where silence would look
// like success: not every context ends because the client has gone, and without
// a status net/http answers 200.
func (a *Auth[U]) failVisibly(w http.ResponseWriter, r *http.Request, e *Error) {
	a.fail(w, r, e)
	if clientGone(r, e) {
		noStore(w)
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// retryForm returns the form that starts the login again with everything that
// the person had chosen, or nil where starting again cannot help.
func (a *Auth[U]) retryForm(e *Error) *loginForm {
	if e.final || !e.canStartAgain() {
		return nil
	}
	form := startForm{Stay: a.cfg.StayLoggedIn}
	if e.chosen != nil {
		form = *e.chosen
	}
	return a.loginForm(form)
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
		a.cfg.Logger.LogAttrs(r.Context(), slog.LevelDebug, "twitterauth: the client went away", slog.String("path", loggable(r.URL.Path)))
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
		slog.String("path", loggable(r.URL.Path)),
	}
	if xerr != nil {
		attrs = append(attrs, slog.String("step", string(xerr.Step)))
		if hasRemedy {
			attrs = append(attrs, slog.String("remedy", xerr.Remedy))
		}
	}
	if e.Err != nil {
		attrs = append(attrs, slog.String("error", shortened(e.Err.Error(), maxLoggedError)))
	} else {
		attrs = append(attrs, slog.String("detail", shortened(e.Message, maxLoggedError)))
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
