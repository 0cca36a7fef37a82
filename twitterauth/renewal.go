package twitterauth

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/site"
)

// renewalShare is the part of an idle timeout after which a page visit moves the
// session's end forward: a twentieth. A smaller part writes more cookies, a larger
// part ends sessions earlier than the timeout promises.
const renewalShare = 20

// isDue reports whether a page visit should move the session's idle end forward.
// An end that is the absolute end already cannot move.
func isDue(current session.Session) bool {
	return !current.IdleUntil.IsZero() && (current.ExpiresAt.IsZero() || current.IdleUntil.Before(current.ExpiresAt)) &&
		time.Since(current.LastSeen) > current.IdleUntil.Sub(current.LastSeen)/renewalShare
}

// renew moves the idle end of a session forward on a page visit, before the app's
// handler answers. Fetches, images, prefetches, sockets and HEAD renew nothing. A
// bearer token is renewed at POST session alone. When the store cannot be asked the
// page is served all the same.
func (s *server) renew(w http.ResponseWriter, r *http.Request, current session.Session) session.Session {
	if s.toucher == nil || !s.hasIdleTimeout(current) || !isDue(current) || !site.IsNavigation(r) || !site.IsPageVisit(r, acceptsHTML(r)) || s.cameByToken(r, current) {
		return current
	}
	touched, err := s.touch(w, r, current)
	if err == nil {
		return touched
	}
	if !errors.Is(err, session.ErrNoSession) { // it has ended while this page was asked for
		s.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "twitterauth: a session could not be renewed; the page is served", slog.String("error", shortened(err.Error(), maxLoggedError)))
	}
	return current
}

// hasIdleTimeout reports whether touching a session moves its idle end. Package
// session keeps the idle end of a session that began while a timeout was set, and
// does not move it once the timeout is unset.
func (s *server) hasIdleTimeout(current session.Session) bool {
	if s.cfg.SessionManager != nil {
		return true
	}
	if current.StayLoggedIn {
		return s.cfg.Session.StayIdleTimeout != 0
	}
	return s.cfg.Session.IdleTimeout != 0
}

// touch renews a session and sends its cookie, unless the manager has failed or
// returned another session.
func (s *server) touch(w http.ResponseWriter, r *http.Request, current session.Session) (touched session.Session, err error) {
	held := hold(w)
	err = recovering(func() (err error) {
		touched, err = s.toucher.Touch(held, r, current)
		return err
	})
	if err == nil {
		touched, err = renewed(current, touched)
	}
	if err != nil {
		return session.Session{}, err
	}
	held.release()
	return touched, nil
}

// errAnotherSession is for a SessionToucher that returns another session than it
// was given.
var errAnotherSession = errors.New("twitterauth: the SessionManager's Touch returned another session than it was given: it must keep ID and UserID")

// renewed takes the idle end of a touched session and nothing else, because
// touching must not make a login younger or change the user.
func renewed(current, touched session.Session) (session.Session, error) {
	if touched.ID != current.ID || touched.UserID != current.UserID {
		return session.Session{}, errAnotherSession
	}
	current.LastSeen, current.IdleUntil = touched.LastSeen, touched.IdleUntil
	return current, nil
}

// tokenToucher is what a SessionManager may also be: it renews a session that
// came by a bearer token, as *session.Manager does.
type tokenToucher interface {
	TouchWithToken(w http.ResponseWriter, r *http.Request, s session.Session) (session.Session, string, error)
}

// renewNow renews a request's session at once, for POST session. A session that
// came by a bearer token gets a new token and never a cookie; a cookie is never
// turned into a token.
func (s *server) renewNow(w http.ResponseWriter, r *http.Request, current session.Session) (touched session.Session, token string, err error) {
	if !s.cameByToken(r, current) {
		if s.toucher == nil || !s.hasIdleTimeout(current) {
			return current, "", nil
		}
		touched, err = s.touch(w, r, current)
		return touched, "", err
	}
	m, ok := s.sessions.(tokenToucher)
	if !ok {
		return current, "", nil
	}
	if !s.hasIdleTimeout(current) {
		return current, bearerOf(r), nil
	}
	err = recovering(func() (err error) {
		touched, token, err = m.TouchWithToken(hold(w), r, current) // never a cookie
		return err
	})
	if err == nil {
		touched, err = renewed(current, touched)
	}
	if err != nil {
		return session.Session{}, "", err
	}
	return touched, token, nil
}

// bearerOf returns the request's bearer token, or "".
func bearerOf(r *http.Request) string {
	for _, line := range r.Header["Authorization"] {
		if scheme, token, _ := strings.Cut(line, " "); strings.EqualFold(scheme, "Bearer") {
			return strings.TrimSpace(token)
		}
	}
	return ""
}

// cameByToken reports whether a request's session came by a bearer token. A manager
// of the app's own, which cannot mark its sessions so, is asked once more without
// the cookies: a cookie must never count as a token.
func (s *server) cameByToken(r *http.Request, current session.Session) bool {
	if current.FromToken() {
		return true
	}
	if _, ours := s.sessions.(*session.Manager); ours || !s.acceptsBearer() || bearerOf(r) == "" {
		return false
	}
	found, err := s.load(withoutCookies(r))
	return err == nil && found.ID == current.ID && found.UserID == current.UserID
}
