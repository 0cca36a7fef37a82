package twitterauth

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"

	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/oauth"
	"twitterlogin.example/twitterauth/internal/site"
)

// maxData bounds a login form's data, in bytes: it travels in a cookie.
const maxData = 256

// handleLogin begins a login: by a post at once, by a visit only if a person
// came from this site or typed the address.
func (s *server) handleLogin(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		s.visitLogin(w, r)
		return
	}
	if err := s.origins.Check(r); err != nil {
		values, _ := readForm(w, r)
		s.fail(w, r, newError(CodeCrossOrigin, err).startAgainWith(s.onlyReturnTo(values)))
		return
	}
	values, e := readForm(w, r)
	if e != nil {
		s.failFinally(w, r, e) // the form may have asked for a link
		return
	}
	form, e := s.parseStart(values)
	if e != nil {
		s.fail(w, r, e)
		return
	}
	s.signedOut.clear(w, r)
	if s.site.IsOtherLoopback(r) {
		s.visitCallbackHost(w, r, form)
		return
	}
	s.start(w, r, form)
}

// visitLogin is GET login. A page elsewhere must not be able to sign anyone in
// unasked, and an image, a frame or a prefetch must not use up a request token.
func (s *server) visitLogin(w http.ResponseWriter, r *http.Request) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	switch {
	case !site.IsNavigation(r):
		s.fail(w, r, newError(CodeCrossOrigin, nil).startAgainWith(s.onlyReturnTo(values)))
		return
	case err != nil:
		s.fail(w, r, badRequest("The address's query is not well-formed."))
		return
	case !site.IsOwnNavigation(r):
		s.askToStart(w, r, s.onlyReturnTo(values))
		return
	}
	for _, name := range []string{"link", "reauth", "data", "force", "screen_name"} {
		values.Del(name) // only ever by a post
	}
	form, e := s.parseStart(values)
	if e != nil {
		s.fail(w, r, e)
		return
	}
	if s.signedOut.isSet(r) {
		s.askToStart(w, r, form)
		return
	}
	if s.site.IsOtherLoopback(r) {
		s.visitCallbackHost(w, r, form)
		return
	}
	s.start(w, r, form)
}

// askToStart is the page with the button that GET login shows instead of going
// to X: the app's own, or the library's.
func (s *server) askToStart(w http.ResponseWriter, r *http.Request, form startForm) {
	noStore(w)
	if s.cfg.LoginPage != "" {
		redirect(w, s.signInAddress(form.target(s.cfg.AfterLogin), false))
		return
	}
	l := s.hooks.lookFor(w, r, s.site)
	l.writePage(w, r, page{
		Page: Page{
			Status:  http.StatusOK,
			Title:   l.text(signInTitle),
			Message: l.text(signInMessage),
			Form:    s.loginForm(form, l),
			Home:    s.cfg.AfterLogout,
		},
		formAction: s.formAction,
	})
}

// onlyReturnTo is what a page elsewhere may choose for a login: where it ends.
// The rest is as configured, because the person does not see it on the button's
// page.
func (s *server) onlyReturnTo(values url.Values) startForm {
	return startForm{ReturnTo: s.returns.CheckField(values["return_to"]), Stay: s.cfg.StayLoggedIn}
}

// parseStart reads a login form. An error carries the fields that could be
// read, for its page's button, unless it is about link or data: without these
// the button would start another login than the person wanted.
func (s *server) parseStart(values url.Values) (form startForm, e *Error) {
	form = s.onlyReturnTo(values)
	if form.Link, e = parseSwitch(values, "link", false); e != nil {
		e.final = true
		return startForm{}, e
	}
	if len(values["data"]) > 1 {
		e = badRequest("The field data is there twice.")
		e.final = true
		return startForm{}, e
	}
	form.Data = values.Get("data")
	if len(form.Data) > maxData || !utf8.ValidString(form.Data) {
		e = badRequest("The field data must be UTF-8 of at most 256 bytes.")
		e.final = true
		return startForm{}, e
	}
	if form.Reauth, e = parseSwitch(values, "reauth", false); e != nil {
		e.final = true
		return startForm{}, e
	}
	stay, e := parseSwitch(values, "stayLoggedIn", s.cfg.StayLoggedIn)
	if e != nil {
		return startForm{}, e.startAgainWith(form)
	}
	form.Stay = stay
	if e := s.parseHints(values, &form); e != nil {
		return startForm{}, e.startAgainWith(form)
	}
	return form, nil
}

// parseHints reads what only OAuth 1.0a can ask of X. Over OAuth 2.0 alone force
// is refused, because a login that does not ask for the password would look as if
// it had; screen_name is a convenience and ignored.
func (s *server) parseHints(values url.Values, form *startForm) (e *Error) {
	if form.Force, e = parseSwitch(values, "force", false); e != nil {
		return e
	}
	names := values["screen_name"]
	if len(names) > 1 || len(names) == 1 && !plainText(names[0], maxParameter) {
		return badRequest("The field screen_name must be there once, and be a handle.")
	}
	form.ScreenName = values.Get("screen_name")
	if s.cfg.ConsumerKey != "" {
		return nil
	}
	form.ScreenName = ""
	if form.Force {
		form.Force = false
		return badRequest("The field force has no effect over OAuth 2.0, for which X cannot ask for the password.")
	}
	return nil
}

// start asks X for a login, remembers it in the browser and sends the person
// to X.
func (s *server) start(w http.ResponseWriter, r *http.Request, form startForm) {
	ctx, cancel := context.WithTimeout(r.Context(), s.budget)
	defer cancel()
	r = r.WithContext(ctx)
	fail := func(e *Error) { s.fail(w, r, e.startAgainWith(form)) }
	current, known, e := s.startingUser(r, form)
	if e != nil {
		e.final = e.final || e.Code == CodeLoginRequired // a button could only fail again
		fail(e)
		return
	}
	t := attempt.Attempt{ReturnTo: form.ReturnTo, Stay: form.Stay, Data: form.Data}
	if known {
		t.User, t.Reauth = attempt.UserDigest(current.UserID), form.Reauth
	}
	if t.Confirms() {
		t.Stay = current.StayLoggedIn
	}
	location, e := s.beginLogin(w, r, oauth.StartOptions{
		AskAgain:   form.Link,
		ForceLogin: form.Force || t.Confirms(),
		ScreenName: form.ScreenName,
	}, t)
	if e != nil {
		fail(e)
		return
	}
	s.sendTo(w, r, location)
}

// beginLogin begins a login at X, remembers it in the browser and returns where the
// person goes. An attempt that has begun before is replaced. The request's
// context carries the budget.
func (s *server) beginLogin(w http.ResponseWriter, r *http.Request, options oauth.StartOptions, t attempt.Attempt) (location string, e *Error) {
	p := s.protocolFor(options)
	begin := func() { //nolint:contextcheck // the request has the context
		if t.Key != "" { // a second try of a login that has begun already
			location, e = s.beginAtX(w, r, p, options, t)
			return
		}
		begun := s.announce(r.Context(), p.Kind())
		if location, e = s.beginAtX(w, r, p, options, t); e != nil {
			begun.failed(r, e)
		}
	}
	if !p.CallsToBegin() {
		begin()
		return location, e
	}
	if busy := s.withSlot(r.Context(), begin); busy != nil {
		return "", busy
	}
	return location, e
}

// beginAtX asks X for a login and remembers it in the browser.
func (s *server) beginAtX(w http.ResponseWriter, r *http.Request, p oauth.Protocol, options oauth.StartOptions, t attempt.Attempt) (location string, e *Error) {
	opened, err := p.Begin(r.Context(), options)
	if err != nil {
		return "", providerError(err, CodeAppMisconfigured)
	}
	if r.Context().Err() != nil {
		return "", newError(CodeProviderTimeout, r.Context().Err())
	}
	replaced := t.Key
	t.Protocol, t.WithoutEmail, t.Key, t.Secret = p.Kind(), options.WithoutEmail, opened.Key, opened.Secret
	if err := s.attempts.Begin(w, r, t, replaced); err != nil {
		return "", newError(CodeStoreFailed, err)
	}
	return opened.Location, nil
}

// protocolFor returns the protocol that begins a login. OAuth 1.0a is preferred
// for what only it can ask of X.
func (s *server) protocolFor(options oauth.StartOptions) oauth.Protocol {
	if options.ForceLogin || options.ScreenName != "" {
		if i := slices.IndexFunc(s.protocols, func(p oauth.Protocol) bool { return p.Kind() == attempt.OAuth1 }); i >= 0 {
			return s.protocols[i]
		}
	}
	return s.protocols[0]
}

// visitCallbackHost sends the person to the login on the callback's host. It
// becomes a visit, for a form that is redirected to another host would arrive
// with "Origin: null" and be refused. What a visit cannot ask for is refused
// rather than lost.
func (s *server) visitCallbackHost(w http.ResponseWriter, r *http.Request, form startForm) {
	if form.Link || form.Reauth || form.Data != "" || form.Force || form.ScreenName != "" {
		e := newError(CodeBadRequest, nil).saying(otherHost)
		e.Message = look{origin: s.site.Origin}.text(otherHost)
		e.final = true // the button would post to the same host again
		s.fail(w, r, e)
		return
	}
	query := url.Values{"return_to": {form.ReturnTo}, "stayLoggedIn": {strconv.FormatBool(form.Stay)}}
	s.sendTo(w, r, s.site.Origin+s.site.BrowserPath(site.RouteLogin)+"?"+query.Encode())
}

// sendTo redirects the browser, or gives a script the address to go to.
func (s *server) sendTo(w http.ResponseWriter, r *http.Request, location string) {
	noStore(w)
	if !prefersJSON(r) {
		redirect(w, location)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"url": location})
}
