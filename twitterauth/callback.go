package twitterauth

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/oauth"
)

// handleCallback finishes a login: X has sent the person back.
func (s *server) handleCallback(w http.ResponseWriter, r *http.Request) {
	// The address has the verifier in it. "strict-origin" and not "no-referrer",
	// which would make the pages' own forms post with "Origin: null".
	w.Header().Set("Referrer-Policy", "strict-origin")
	noStore(w)
	query, e := readQuery(r.URL.RawQuery)
	if e != nil {
		s.fail(w, r, e)
		return
	}
	p := s.protocolOf(query)
	said, err := p.ReadCallback(query)
	if err != nil {
		s.fail(w, r, wrongAddress(err.Error()))
		return
	}
	t, known := s.attempts.Find(r, said.Key)
	if !known || t.Protocol != p.Kind() {
		s.unknownCallback(w, r, p, said)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.budget)
	defer cancel()
	begun := s.pendingLogin(t)
	defer begun.leave(ctx)
	c := &callback{server: s, protocol: p, attempt: t, said: said, begun: begun}
	c.answer(w, r.WithContext(ctx))
}

// protocolOf returns the protocol of a callback. A protocol that no longer
// begins logins still finishes those that it began.
func (s *server) protocolOf(q url.Values) oauth.Protocol {
	for _, p := range s.protocols {
		if p.Recognizes(q) {
			return p
		}
	}
	return s.protocols[0]
}

// answer ends the login, or begins it again without the email.
func (c *callback) answer(w http.ResponseWriter, r *http.Request) {
	if c.attempt.App.RedirectURI != "" {
		c.answerApp(w, r)
		return
	}
	switch t := c.attempt; {
	case c.said.Cancelled:
		c.useAndFail(w, r, newError(CodeAccessDenied, nil))
	case t.Used && t.User == "" && c.answerSignedIn(w, r):
		// the back button, after a second try that succeeded
	case t.Used, c.attempts.Expired(t):
		c.useAndFail(w, r, newError(CodeLoginExpired, nil))
	case c.said.WithoutEmail && !t.WithoutEmail:
		if e := c.askForLess(w, r); e != nil {
			c.useAndFail(w, r, e)
		}
	case c.said.Err != nil:
		c.useAndFail(w, r, providerError(c.said.Err, CodeLoginExpired))
	default:
		c.finish(w, r)
	}
}

// finish exchanges what X sent, signs the person in and sends the browser on.
func (c *callback) finish(w http.ResponseWriter, r *http.Request) {
	if _, e := c.stillSignedIn(r, c.attempt); e != nil {
		if e.Status >= http.StatusInternalServerError {
			c.keepAndFail(w, r, e) // X was not asked, so a reload may still finish
			return
		}
		c.useAndFail(w, r, e)
		return
	}
	var account oauth.Account
	var err error
	if busy := c.withSlot(r.Context(), func() { //nolint:contextcheck // the request has the context
		account, err = c.protocol.Finish(r.Context(), c.attempt, c.said.VerifierOrCode)
	}); busy != nil {
		c.keepAndFail(w, r, busy)
		return
	}
	if err != nil {
		c.useAndFail(w, r, providerError(err, CodeLoginExpired))
		return
	}
	in, e := c.enter(w, r, account)
	if e != nil {
		c.useAndFail(w, r, e)
		return
	}
	c.begun.succeeded(r.Context(), in)
	c.attempts.Delete(w, r, c.attempt)
	c.signedOut.clear(w, r)
	redirect(w, c.landing(r.Context(), in, c.returns.Check(c.attempt.ReturnTo)))
}

// enter links the account to the user who asked for that, or signs the person
// in.
func (c *callback) enter(w http.ResponseWriter, r *http.Request, account oauth.Account) (signedIn, *Error) {
	login, e := c.toLogin(r.Context(), account, c.cfg.Mapping)
	if e != nil {
		return signedIn{}, e
	}
	login.Data = c.attempt.Data
	login.Reauth = c.attempt.Confirms()
	// A session can be revoked while X is asked, so it is looked at once more.
	current, e := c.stillSignedIn(r, c.attempt)
	if e != nil {
		return signedIn{}, e
	}
	if c.attempt.Links() {
		return c.linkInBrowser(w, r, current, login)
	}
	return c.signIn(w, r, login, entry{stay: c.attempt.Stay, sameAs: current.UserID})
}

// linkInBrowser attaches the account. The session goes on as it is, unless the store
// answers with SwitchTo: then the other user is signed in.
func (c *callback) linkInBrowser(w http.ResponseWriter, r *http.Request, current session.Session, login Login) (signedIn, *Error) {
	owner, e := c.link(r.Context(), current.UserID, login)
	switch {
	case e != nil:
		return signedIn{}, e
	case owner == current.UserID:
		return signedIn{userID: owner, login: login, session: current, linked: true}, nil
	}
	return c.switchTo(w, r, owner, login, entry{stay: c.attempt.Stay})
}

// unknownCallback answers for a login that this browser has no cookie of. A
// person who is logged in has most likely come by the back button; anyone else
// may have been sent here with another person's login.
func (s *server) unknownCallback(w http.ResponseWriter, r *http.Request, p oauth.Protocol, said oauth.Callback) {
	if s.answerSignedIn(w, r) {
		return
	}
	e := newError(CodeLoginMismatch, nil)
	switch {
	case said.Cancelled:
		e = newError(CodeAccessDenied, nil)
	case s.signedOut.isSet(r):
		e = newError(CodeLoginExpired, nil) // an old callback, seen again after a logout
	}
	// A login begun here would make a second user of a person who wanted to link.
	switch p.MayLink(said.Key) {
	case oauth.LinksSurely:
		if e.Code != CodeLoginExpired {
			e = e.saying(linkElsewhere)
		}
		e = finally(e)
	case oauth.LinksPerhaps:
		if e.Code != CodeLoginExpired && s.linker != nil {
			e = e.saying(linkOrLoginMismatch)
		}
	}
	s.fail(w, r, e)
}

// answerSignedIn answers a used callback where the person is logged in, or may be,
// because the session store could not be asked. Otherwise it returns false.
func (s *server) answerSignedIn(w http.ResponseWriter, r *http.Request) bool {
	switch _, err := s.load(r); {
	case err == nil:
		redirect(w, s.cfg.AfterLogin)
	case !errors.Is(err, session.ErrNoSession):
		s.fail(w, r, finally(loadError(err)))
	default:
		return false
	}
	return true
}
