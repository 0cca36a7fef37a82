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
	t, expired, known := a.flows.find(r, said.Key)
	if !known || t.Protocol != p.kind() {
		a.unknownCallback(w, r, said)
		return
	}
	fail := func(e *Error) {
		e.retry.ReturnTo, e.retry.Stay = a.returns.check(t.ReturnTo), t.Stay
		if !clientGone(r, e) {
			a.flows.end(w, t.Key)
		}
		a.fail(w, r, e)
	}
	switch {
	case said.Cancelled:
		fail(fault(CodeAccessDenied, nil))
		return
	case expired:
		fail(fault(CodeLoginExpired, nil))
		return
	case said.Less && !t.Less:
		a.askForLess(w, r, t, fail)
		return
	case said.Fault != nil:
		fail(said.Fault)
		return
	}
	linkTo, e := a.stillLinking(r, t)
	if e != nil {
		fail(e)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), a.budget)
	defer cancel()
	var g grant
	var refused *Error
	if busy := a.withSlot(ctx, func() { g, refused = p.finish(ctx, t, said.Proof) }); busy != nil {
		a.fail(w, r, busy) // X was not asked yet: the address is still good
		return
	}
	if refused != nil {
		fail(refused)
		return
	}
	login, e := a.verify(g, a.cfg.Mapping)
	if e != nil {
		fail(e)
		return
	}
	login.Data = t.Data
	if linkTo != "" {
		e = a.link(ctx, linkTo, login)
	} else {
		_, e = a.admit(ctx, w, r, login, t.Stay)
	}
	if e != nil {
		fail(e)
		return
	}
	a.flows.end(w, t.Key)
	redirect(w, a.returns.check(t.ReturnTo))
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

// unknownCallback answers for a login that this browser has no cookie of. One
// who is logged in has most likely come by the back button; anyone else may
// have been sent here with somebody else's login.
func (a *Auth[U]) unknownCallback(w http.ResponseWriter, r *http.Request, said answer) {
	if _, err := a.load(r); err == nil {
		redirect(w, a.cfg.AfterLogin)
		return
	}
	if said.Cancelled {
		a.fail(w, r, fault(CodeAccessDenied, nil))
		return
	}
	a.fail(w, r, fault(CodeLoginMismatch, nil))
}

// maxParameter bounds each value of a callback's query, in bytes. X's request
// tokens and verifiers are about 30 long, its codes about 100.
const maxParameter = 256

// maxDescription bounds what OAuth 2.0 says to developers about an error, which
// is not looked at.
const maxDescription = 1024

// readQuery holds a callback's query to the form in which X writes it.
func readQuery(raw string) (url.Values, *Error) {
	bad := badRequest("The address is not one that X sends people back to. Please start again.")
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, bad
	}
	for name, values := range q {
		limit := maxParameter
		if name == "error_description" || name == "error_uri" {
			limit = maxDescription
		}
		if len(values) != 1 || !plainText(name, maxParameter) || !plainText(values[0], limit) {
			return nil, bad
		}
	}
	return q, nil
}

func plainText(s string, limit int) bool {
	return len(s) <= limit && utf8.ValidString(s) && !strings.ContainsFunc(s, isControl)
}
