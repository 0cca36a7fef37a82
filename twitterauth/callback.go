package twitterauth

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// handleCallback finishes a login: X has sent the person back.
func (a *Auth[U]) handleCallback(w http.ResponseWriter, r *http.Request) {
	// The address has the verifier in it. "strict-origin" and not "no-referrer",
	// which would make the pages' own forms post with "Origin: null".
	w.Header().Set("Referrer-Policy", "strict-origin")
	noStore(w)
	query, e := readQuery(r.URL.RawQuery)
	if e != nil {
		a.fail(w, r, e)
		return
	}
	p := a.protocolOf(query)
	said, e := p.readCallback(query)
	if e != nil {
		a.fail(w, r, e)
		return
	}
	t, known := a.flows.find(r, said.Key)
	if !known || t.Protocol != p.kind() {
		a.unknownCallback(w, r, p, said)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), a.budget)
	defer cancel()
	r = r.WithContext(ctx)
	a.finish(w, r, p, t, said)
}

// finish ends the login that a callback names. The request's context carries
// the budget.
func (a *Auth[U]) finish(w http.ResponseWriter, r *http.Request, p protocol, t attempt, said answer) {
	chosen := a.chosenIn(t)
	// keepAndFail is for failures before X has answered, after which the same
	// address may still finish the login.
	keepAndFail := func(e *Error) { a.fail(w, r, e.startAgainWith(chosen)) }
	// useAndFail is for failures after X has answered: the login is used up, and its
	// cookie stays, so that a reload finds what the person had chosen.
	useAndFail := func(e *Error) {
		if !t.Used && !clientGone(r, e) {
			a.flows.use(w, t)
		}
		keepAndFail(e)
	}
	switch {
	case said.Cancelled:
		useAndFail(fault(CodeAccessDenied, nil))
		return
	case t.Used && t.LinkTo == "" && a.isSignedIn(r):
		redirect(w, a.cfg.AfterLogin) // the back button, after a second try that succeeded
		return
	case t.Used, t.expired(a.flows.now()):
		keepAndFail(fault(CodeLoginExpired, nil))
		return
	case said.Less && !t.Less:
		a.askForLess(w, r, t, useAndFail)
		return
	case said.Fault != nil:
		useAndFail(said.Fault)
		return
	}
	if _, e := a.stillLinking(r, t); e != nil {
		useAndFail(e)
		return
	}
	var g grant
	var refused *Error
	if busy := a.withSlot(r.Context(), func() { g, refused = p.finish(r.Context(), t, said.Proof) }); busy != nil {
		keepAndFail(busy)
		return
	}
	if refused != nil {
		useAndFail(refused)
		return
	}
	login, e := a.verify(g, a.cfg.Mapping)
	if e != nil {
		useAndFail(e)
		return
	}
	login.Data = t.Data
	if e := a.enter(w, r, t, login); e != nil {
		useAndFail(e)
		return
	}
	a.flows.end(w, t)
	a.signedOut.clear(w, r)
	redirect(w, a.returns.check(t.ReturnTo))
}

// enter links the account to the user who asked for that, or signs the person
// in.
func (a *Auth[U]) enter(w http.ResponseWriter, r *http.Request, t attempt, login Login) *Error {
	// A session can be revoked while X is asked, so it is looked at once more.
	linkTo, e := a.stillLinking(r, t)
	if e != nil {
		return e
	}
	if linkTo != "" {
		return a.link(r.Context(), linkTo, login)
	}
	_, e = a.admit(r.Context(), w, r, login, t.Stay, false)
	return e
}

// chosenIn returns what the person had chosen when the login began.
func (a *Auth[U]) chosenIn(t attempt) startForm {
	return startForm{ReturnTo: a.returns.check(t.ReturnTo), Stay: t.Stay, Link: t.LinkTo != "", Data: t.Data}
}

// askForLess begins the login again, once, without what X refuses the app: a
// person must not suffer for the app's lacking permission.
func (a *Auth[U]) askForLess(w http.ResponseWriter, r *http.Request, t attempt, fail func(*Error)) {
	a.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "twitterauth: X does not let the app ask for email addresses; the login goes on without",
		slog.String("remedy", "turn on \"Request email from users\" for the app in X's developer console, or take the email out of the mapping"))
	location, e := a.open(w, r, ask{Always: t.LinkTo != "", Less: true}, t)
	if e != nil {
		fail(e)
		return
	}
	redirect(w, location)
}

// unknownCallback answers for a login that this browser has no cookie of. A
// person who is logged in has most likely come by the back button; anyone else
// may have been sent here with another person's login.
func (a *Auth[U]) unknownCallback(w http.ResponseWriter, r *http.Request, p protocol, said answer) {
	e := fault(CodeLoginMismatch, nil)
	switch {
	case a.isSignedIn(r):
		redirect(w, a.cfg.AfterLogin)
		return
	case said.Cancelled:
		e = fault(CodeAccessDenied, nil)
	case a.signedOut.isSet(r):
		e = fault(CodeLoginExpired, nil) // an old callback, seen again after a logout
	}
	switch p.mayLink(said.Key) {
	case linksSurely:
		e.Message, e.final = linkElsewhereMessage, true
	case linksPerhaps:
		if e.Code == CodeLoginMismatch && a.linker != nil {
			e.Message = loginOrLinkElsewhereMessage
		}
	}
	a.fail(w, r, e)
}

func (a *Auth[U]) isSignedIn(r *http.Request) bool {
	_, err := a.load(r)
	return err == nil
}

// What a person reads whose link attempt came back in another browser. A login
// begun here would make them a second user.
const (
	linkElsewhereMessage        = "You started connecting your X account in another browser or app. Go back there and connect it again."
	loginOrLinkElsewhereMessage = "This was started in another browser or app, or this browser blocks cookies. If you were connecting X to your account, go back there; if you were signing in, you can start again here."
)

// maxQuery bounds a callback's query, in bytes.
const maxQuery = 8 << 10

// maxParameter bounds each of X's parameters, in bytes. X's request tokens and
// verifiers are about 30 long, X's codes about 100.
const maxParameter = 256

// maxDescription bounds OAuth 2.0's description of an error, in bytes. The
// description is not looked at.
const maxDescription = 1024

// parameterLimits are the protocols' own parameters with their bounds. All
// others are ignored, whatever they hold (RFC 6749, section 4.1.2): mail clients
// and proxies add tracking parameters.
var parameterLimits = map[string]int{
	"oauth_token":       maxParameter,
	"oauth_verifier":    maxParameter,
	"denied":            maxParameter,
	"state":             maxParameter,
	"code":              maxParameter,
	"error":             maxParameter,
	"iss":               maxParameter,
	"error_description": maxDescription,
	"error_uri":         maxDescription,
}

// readQuery returns X's parameters of a callback's query, each of which must be
// there at most once and be plain text.
func readQuery(raw string) (url.Values, *Error) {
	bad := badRequest("The address is not one that X sends people back to. Please start again.")
	if len(raw) > maxQuery {
		return nil, bad
	}
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, bad
	}
	for name, values := range q {
		limit, ours := parameterLimits[name]
		switch {
		case !ours:
			delete(q, name)
		case len(values) != 1, !plainText(values[0], limit):
			return nil, bad
		}
	}
	return q, nil
}

func plainText(s string, limit int) bool {
	return len(s) <= limit && utf8.ValidString(s) && !strings.ContainsFunc(s, isControl)
}
