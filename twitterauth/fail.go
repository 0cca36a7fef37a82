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
// client has gone the response has a status and no body: a context can also end for
// another reason, as at a shutdown, and without a status net/http answers 200, which
// would look like success.
func (s *server) fail(w http.ResponseWriter, r *http.Request, e *Error) {
	s.log(r, e)
	if clientGone(r, e) {
		noStore(w)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	setRetryAfter(w, e)
	noStore(w)
	e.look = s.hooks.lookFor(w, r, s.site)
	e.translate()
	s.offerToStartAgain(e)
	e.home = s.cfg.AfterLogout
	e.returns = &s.returns
	s.cfg.ErrorHandler(w, r, e)
}

func setRetryAfter(w http.ResponseWriter, e *Error) {
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
}

// failFinally is fail for a request after which starting a login in the browser
// would not do what the client wants.
func (s *server) failFinally(w http.ResponseWriter, r *http.Request, e *Error) {
	s.fail(w, r, finally(e))
}

// offerToStartAgain gives an error the form that starts the login again with
// everything that the person had chosen, unless starting again cannot help. Where
// the app has a sign-in page that can carry what was chosen, the library's page
// leads there.
func (s *server) offerToStartAgain(e *Error) {
	if e.retry != nil { // the form of a native app's login
		e.retry.Label = e.look.text(e.button)
		return
	}
	if e.final || !e.canStartAgain() {
		return
	}
	form := startForm{Stay: s.cfg.StayLoggedIn}
	if e.chosen != nil {
		form = *e.chosen
	}
	if s.cfg.LoginPage != "" && !form.Link && !form.Reauth && form.Data == "" {
		e.startAt = s.signInAddress(form.target(s.cfg.AfterLogin), false)
	}
	e.retry, e.policy = s.loginForm(form, e.look), s.formAction
}

// clientGone reports whether the request's context was canceled, because the client has
// gone or the server stops. net/http also ends the context of a request whose body was
// too slow.
func clientGone(r *http.Request, e *Error) bool {
	return errors.Is(r.Context().Err(), context.Canceled) && e.Code != CodeRequestTimeout
}

// log writes one line per failure: loud where an operator must act, quiet where
// a visitor caused it. Of a visitor who has gone it logs no more than that.
func (s *server) log(r *http.Request, e *Error) {
	if clientGone(r, e) {
		s.cfg.Logger.LogAttrs(r.Context(), slog.LevelDebug, "twitterauth: the client went away", slog.String("path", loggable(r.URL.Path)))
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
	case e.Code == CodeLoginRequired, e.Code == CodeLoginTooOld:
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
	s.cfg.Logger.LogAttrs(r.Context(), level, "twitterauth: request failed", attrs...)
}
