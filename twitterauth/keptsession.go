package twitterauth

import (
	"errors"
	"net/http"
	"slices"

	"twitterlogin.example/session"
)

// errNoSessionID is for a SessionManager whose sessions have no ID, by which the
// store's rows are keyed.
var errNoSessionID = errors.New("twitterauth: the SessionManager began a session without an ID, by which the store's SessionKeeper keeps its rows: set Session.ID")

// beginKept starts a session that has a row. The row is saved before the cookie is
// sent, accept makes sure that the session would be accepted, and the rows of the
// older sessions are deleted last, so that a failure leaves no cookie and the older
// sessions go on.
func (s *server) beginKept(w http.ResponseWriter, r *http.Request, userID string, in entry, accept func(session.Session) error) (begun session.Session, token string, err error) {
	older, err := s.sessionsOf(r)
	if err != nil {
		return session.Session{}, "", err
	}
	held := hold(w)
	begun, token, err = s.startSession(held, s.withoutOlder(r), userID, in)
	switch {
	case err != nil:
		return session.Session{}, "", err
	case begun.ID == "":
		return session.Session{}, "", errNoSessionID
	}
	if err := s.saveRow(r, begun); err != nil {
		return session.Session{}, "", errors.Join(err, s.cleanUpUncertainRow(r, begun))
	}
	if err := s.finishKept(w, r, begun, older, accept); err != nil {
		return session.Session{}, "", err
	}
	held.release()
	return begun, token, nil
}

// finishKept makes sure that a session whose row is saved would be accepted, and ends
// the older ones; otherwise its row goes again.
func (s *server) finishKept(w http.ResponseWriter, r *http.Request, begun session.Session, older []session.Session, accept func(session.Session) error) (err error) {
	finished := false
	defer func() {
		if !finished { // a failure, or a panic that goes on
			err = errors.Join(err, s.cleanUpRow(r, begun))
		}
	}()
	if err = accept(begun); err == nil {
		err = s.endOlder(w, r, older, begun)
	}
	finished = err == nil
	return err
}

// sessionsOf returns the sessions that a request carries: by a cookie, by a bearer
// token, or by both.
func (s *server) sessionsOf(r *http.Request) ([]session.Session, error) {
	requests := []*http.Request{r}
	if s.acceptsBearer() && bearerOf(r) != "" {
		requests = []*http.Request{withoutToken(r), withoutCookies(r)}
	}
	var list []session.Session
	for _, r := range requests {
		found, err := s.load(r)
		switch {
		case errors.Is(err, session.ErrNoSession):
		case err != nil:
			return nil, err
		case !slices.ContainsFunc(list, func(other session.Session) bool { return other.ID == found.ID }):
			list = append(list, found)
		}
	}
	return list, nil
}

// withoutOlder returns the request as Start gets it. A manager of package session
// would drop the older session from a server-side store at once, before it is
// certain that the new one begins; so it gets a request without cookies, and
// endOlder does the rest.
func (s *server) withoutOlder(r *http.Request) *http.Request {
	if !s.dropsOlderItself() {
		return r
	}
	return withoutToken(withoutCookies(r))
}

func (s *server) dropsOlderItself() bool {
	_, ours := s.sessions.(*session.Manager)
	return ours
}

// endOlder ends the sessions that the request carried. The app's SessionManager
// that began the new session under the ID of an older one keeps its row.
func (s *server) endOlder(w http.ResponseWriter, r *http.Request, older []session.Session, begun session.Session) error {
	for _, ended := range older {
		if ended.ID == begun.ID {
			continue
		}
		if err := s.deleteRow(r.Context(), ended); err != nil {
			return err
		}
	}
	if len(older) == 0 || !s.dropsOlderItself() {
		return nil
	}
	return recovering(func() error { return s.sessions.End(hold(w), r) }) // its cookie is replaced anyway
}
