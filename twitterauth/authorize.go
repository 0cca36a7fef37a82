package twitterauth

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"twitterlogin.example/twitterauth/internal/appcode"
	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/oauth"
	"twitterlogin.example/twitterauth/internal/site"
)

// Native apps sign in through the system browser (RFC 8252): the app opens GET
// authorize there, and exchanges the code that it gets back at POST token.

// appRequest is what an app asks for at authorize.
type appRequest struct {
	app  attempt.App
	kind site.AppCallbackKind
	stay bool
	user string // a digest of the ID of the user who links an account; "": a login

	sealed string // the request in its sealed form, for the page's form; "": not sealed
}

// handleAuthorize begins an app's login: by a visit, by a post of the page that a
// visit shows, or by a post of the app itself for a user who links an account.
func (s *server) handleAuthorize(w http.ResponseWriter, r *http.Request) {
	noStore(w)
	if r.Method != http.MethodPost {
		s.visitAuthorize(w, r)
		return
	}
	if err := s.origins.CheckApp(r); err != nil {
		s.failFinally(w, r, newError(CodeCrossOrigin, err))
		return
	}
	if name, _ := mediaType(r); name == typeJSON {
		s.linkFromApp(w, r)
		return
	}
	values, e := readForm(w, r)
	if e != nil {
		s.failFinally(w, r, e)
		return
	}
	q, e := s.readAppRequest(values, formLifetime)
	if e != nil {
		s.failFinally(w, r, e)
		return
	}
	// The mark of a logout stays, because no session begins in this browser.
	s.startForApp(w, r, q)
}

// How long a sealed request is good: as an address, and in the form of the page
// that the address shows.
const (
	addressLifetime = time.Minute
	formLifetime    = 30 * time.Minute
)

// visitAuthorize is GET authorize. A private scheme or a loopback address may
// belong to another app, so the person is asked first (RFC 8252, section 8.6). A
// claimed link starts as GET login does.
func (s *server) visitAuthorize(w http.ResponseWriter, r *http.Request) {
	if len(r.URL.RawQuery) > maxQuery {
		s.failFinally(w, r, badRequest("The app's request is too long."))
		return
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		s.failFinally(w, r, badRequest("The app's request is not well-formed."))
		return
	}
	q, e := s.readAppRequest(values, addressLifetime)
	switch {
	case e != nil:
		s.failFinally(w, r, e)
	case s.site.IsOtherLoopback(r):
		redirect(w, withQuery(s.site.Origin+s.site.BrowserPath(site.RouteAuthorize), values))
	case q.kind != site.ClaimedLink:
		s.askForApp(w, r, q)
	case !site.IsNavigation(r):
		s.failFinally(w, r, newError(CodeCrossOrigin, nil))
	case !site.IsOwnNavigation(r), s.signedOut.isSet(r):
		s.askForApp(w, r, q)
	default:
		s.startForApp(w, r, q)
	}
}

// appParameters are read of an app's request, each at most once. client_id, scope
// and nonce are sent by OAuth clients and mean nothing here. Others are ignored.
var appParameters = []string{"response_type", "redirect_uri", "code_challenge", "code_challenge_method", "state", "stayLoggedIn", "client_id", "scope", "nonce", "request"}

// maxAppState bounds an app's state, in bytes, because it travels in a cookie.
const maxAppState = 512

// readAppRequest reads the parameters of RFC 6749, section 4.1.1, and RFC 7636,
// section 4.3. A malformed request is never redirected, because its redirect URI
// may be wrong too.
func (s *server) readAppRequest(values url.Values, sealedLifetime time.Duration) (appRequest, *Error) {
	for _, name := range appParameters {
		if len(values[name]) > 1 {
			return appRequest{}, badRequest("The app's request has the parameter " + name + " twice.")
		}
	}
	if values.Has("request") {
		return s.openAppRequest(values.Get("request"), sealedLifetime)
	}
	stay, e := parseSwitch(values, "stayLoggedIn", s.cfg.StayLoggedIn)
	if e != nil {
		return appRequest{}, e
	}
	q := appRequest{stay: stay, app: attempt.App{
		RedirectURI: values.Get("redirect_uri"),
		Challenge:   values.Get("code_challenge"),
		State:       values.Get("state"),
	}}
	known := false
	q.kind, known = s.apps.Kind(q.app.RedirectURI)
	switch {
	case values.Get("response_type") != "code":
		return appRequest{}, badRequest("The app's request must have response_type=code.")
	case !known:
		return appRequest{}, badRequest("The app's redirect_uri is not one of this site's Config.AppCallbacks.")
	case values.Get("code_challenge_method") != "S256" || !appcode.ValidChallenge(q.app.Challenge):
		return appRequest{}, badRequest("The app's request must have a code_challenge, and code_challenge_method=S256 (RFC 7636).")
	case len(q.app.State) > maxAppState || strings.ContainsFunc(q.app.State, func(c rune) bool { return c < ' ' || c >= 0x7f }):
		return appRequest{}, badRequest("The app's state must be printable ASCII of at most 512 bytes.")
	}
	return q, nil
}

func (s *server) openAppRequest(sealed string, lifetime time.Duration) (appRequest, *Error) {
	opened, err := s.codes.OpenRequest(sealed, lifetime)
	if err != nil {
		return appRequest{}, newError(CodeLoginExpired, err).saying(appAddressUsed)
	}
	kind, known := s.apps.Kind(opened.App.RedirectURI)
	if !known {
		return appRequest{}, badRequest("The app's redirect_uri is not one of this site's Config.AppCallbacks.")
	}
	return appRequest{app: opened.App, kind: kind, stay: opened.Stay, user: opened.User, sealed: sealed}, nil
}

// form returns the form that starts an app's login.
func (q appRequest) form(action, label string) *Form {
	form := &Form{Action: action, Label: label}
	add := func(name, value string) { form.Fields = append(form.Fields, FormField{Name: name, Value: value}) }
	if q.sealed != "" {
		add("request", q.sealed)
		return form
	}
	add("response_type", "code")
	add("redirect_uri", q.app.RedirectURI)
	add("code_challenge", q.app.Challenge)
	add("code_challenge_method", "S256")
	if q.app.State != "" {
		add("state", q.app.State)
	}
	add("stayLoggedIn", switchText(q.stay))
	return form
}

// askForApp is the page with the button before an app's login.
func (s *server) askForApp(w http.ResponseWriter, r *http.Request, q appRequest) {
	l := s.hooks.lookFor(w, r, s.site)
	l.writePage(w, r, page{
		Page: Page{
			Status:  http.StatusOK,
			Title:   l.text(appTitle),
			Message: l.text(appMessage),
			Form:    q.form(s.site.BrowserPath(site.RouteAuthorize), l.text(startButton(q.user != ""))),
			Home:    s.cfg.AfterLogout,
		},
		formAction: s.formActionFor(q),
	})
}

// formActionFor also names where the app's login ends, because browsers check
// every redirect that follows the form's post.
func (s *server) formActionFor(q appRequest) string {
	return s.formAction + " " + site.FormActionOf(q.app.RedirectURI)
}

// startForApp begins the login at X. A session that exists in the browser is not
// looked at.
func (s *server) startForApp(w http.ResponseWriter, r *http.Request, q appRequest) {
	ctx, cancel := context.WithTimeout(r.Context(), s.budget)
	defer cancel()
	r = r.WithContext(ctx)
	location, e := s.beginLogin(w, r, oauth.StartOptions{AskAgain: q.user != ""}, attempt.Attempt{Stay: q.stay, User: q.user, App: q.app})
	switch {
	case e == nil:
		redirect(w, location)
	case e.canStartAgain():
		e.retry, e.policy = q.form(s.site.BrowserPath(site.RouteAuthorize), ""), s.formActionFor(q)
		e.button = startButton(q.user != "")
		s.fail(w, r, e)
	default:
		s.failFinally(w, r, e)
	}
}

// linkFromApp is POST authorize by an app whose user, a guest, links an account:
// it answers with an address to open in the system browser, which is good for a
// minute.
func (s *server) linkFromApp(w http.ResponseWriter, r *http.Request) {
	current, e := s.tokenSession(r)
	if e != nil {
		s.failFinally(w, r, e)
		return
	}
	if s.linker == nil {
		s.failFinally(w, r, badRequest("This site does not link X accounts to users who are signed in."))
		return
	}
	values, e := readJSONTexts(w, r, appParameters)
	if e != nil {
		s.failFinally(w, r, e)
		return
	}
	values.Del("request") // only a browser brings a request back
	q, e := s.readAppRequest(values, 0)
	if e != nil {
		s.failFinally(w, r, e)
		return
	}
	sealed := s.codes.SealRequest(appcode.Request{User: attempt.UserDigest(current.UserID), App: q.app, Stay: q.stay})
	writeJSON(w, http.StatusOK, map[string]string{
		"url": s.site.Origin + withQuery(s.site.BrowserPath(site.RouteAuthorize), url.Values{"request": {sealed}}),
	})
}
