package twitterauth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"unicode/utf8"
)

// maxData bounds a login form's data, in bytes: it travels in a cookie.
const maxData = 256

// startForm is what a login form may ask for.
type startForm struct {
	ReturnTo string
	Stay     bool
	Link     bool
	Data     string
}

// handleLogin begins a login: by a post at once, by a visit only if a person
// came from this site or typed the address.
func (a *Auth[U]) handleLogin(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		a.visitLogin(w, r)
		return
	}
	if e := a.origins.check(r); e != nil {
		values, _ := readForm(w, r)
		a.fail(w, r, e.startAgainWith(a.onlyReturnTo(values)))
		return
	}
	values, e := readForm(w, r)
	if e != nil {
		a.fail(w, r, e)
		return
	}
	form, e := a.parseStart(values)
	if e != nil {
		a.fail(w, r, e)
		return
	}
	a.signedOut.clear(w, r)
	if a.origins.isOtherLoopback(r) {
		a.visitCallbackHost(w, r, form)
		return
	}
	a.start(w, r, form)
}

// visitLogin is GET login. A page elsewhere must not be able to sign anyone in
// unasked, and an image, a frame or a prefetch must not use up a request token.
func (a *Auth[U]) visitLogin(w http.ResponseWriter, r *http.Request) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	switch {
	case !isNavigation(r):
		a.fail(w, r, fault(CodeCrossOrigin, nil).startAgainWith(a.onlyReturnTo(values)))
		return
	case err != nil:
		a.fail(w, r, badRequest("The address's query is not well-formed."))
		return
	case !isOwnNavigation(r):
		a.askToStart(w, a.onlyReturnTo(values))
		return
	}
	values.Del("link") // only ever by a post
	values.Del("data")
	form, e := a.parseStart(values)
	if e != nil {
		a.fail(w, r, e)
		return
	}
	if a.signedOut.isSet(r) {
		a.askToStart(w, form)
		return
	}
	if a.origins.isOtherLoopback(r) {
		a.visitCallbackHost(w, r, form)
		return
	}
	a.start(w, r, form)
}

// onlyReturnTo is what a page elsewhere may choose for a login: where it ends.
// The rest is as configured, because the person does not see it on the button's
// page.
func (a *Auth[U]) onlyReturnTo(values url.Values) startForm {
	return startForm{ReturnTo: a.returns.checkAll(values["return_to"]), Stay: a.cfg.StayLoggedIn}
}

// parseStart reads a login form. An error carries the fields that could be
// read, for its page's button, unless it is about link or data: without these
// the button would start another login than the person wanted.
func (a *Auth[U]) parseStart(values url.Values) (form startForm, e *Error) {
	form = a.onlyReturnTo(values)
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
	stay, e := parseSwitch(values, "stayLoggedIn", a.cfg.StayLoggedIn)
	if e != nil {
		return startForm{}, e.startAgainWith(form)
	}
	form.Stay = stay
	return form, nil
}

// parseSwitch reads a checkbox or a flag. A hidden field with exactly "false"
// before a ticked checkbox with "true" is the usual way to send both states of
// a checkbox, so that repetition is true.
func parseSwitch(values url.Values, name string, otherwise bool) (bool, *Error) {
	list := values[name]
	switch {
	case name == "stayLoggedIn" && slices.Equal(list, []string{"false", "true"}):
		return true, nil
	case len(list) > 1:
		return false, badRequest("The field " + name + " is there twice.")
	case len(list) == 0:
		return otherwise, nil
	}
	switch list[0] {
	case "true", "1", "on":
		return true, nil
	case "false", "0", "off", "":
		return false, nil
	}
	return false, badRequest("The field " + name + " must be true or false.")
}

// start asks X for a login, remembers it in the browser and sends the person
// to X.
func (a *Auth[U]) start(w http.ResponseWriter, r *http.Request, form startForm) {
	ctx, cancel := context.WithTimeout(r.Context(), a.budget)
	defer cancel()
	r = r.WithContext(ctx)
	fail := func(e *Error) { a.fail(w, r, e.startAgainWith(form)) }
	linkTo, e := a.linkingUser(r, form)
	if e != nil {
		e.final = e.Code == CodeLoginRequired // a button could only fail again
		fail(e)
		return
	}
	location, e := a.open(w, r, ask{Always: form.Link}, attempt{
		ReturnTo: form.ReturnTo,
		Stay:     form.Stay,
		Data:     form.Data,
		LinkTo:   linkTo,
	})
	if e != nil {
		fail(e)
		return
	}
	a.sendTo(w, r, location)
}

// open begins a login at X, remembers it in the browser and returns where the
// person goes. An attempt that has begun before is replaced. The request's
// context carries the budget.
func (a *Auth[U]) open(w http.ResponseWriter, r *http.Request, ask ask, t attempt) (location string, e *Error) {
	p := a.protocols[0]
	var opened opening
	var err error
	begin := func() { opened, err = p.begin(r.Context(), ask) }
	if !p.callsToBegin() {
		begin()
	} else if e := a.withSlot(r.Context(), begin); e != nil {
		return "", e
	}
	if err != nil {
		return "", providerFault(err, CodeAppMisconfigured)
	}
	if r.Context().Err() != nil {
		return "", fault(CodeProviderTimeout, r.Context().Err())
	}
	replaced := t.Key
	t.Protocol, t.Less, t.Key, t.Secret = p.kind(), ask.Less, opened.Key, opened.Secret
	a.flows.begin(w, r, t, replaced)
	return opened.Location, nil
}

// visitCallbackHost sends the person to the login on the callback's host. It
// becomes a visit, for a form that is redirected to another host would arrive
// with "Origin: null" and be refused. What a visit cannot ask for is refused
// rather than lost.
func (a *Auth[U]) visitCallbackHost(w http.ResponseWriter, r *http.Request, form startForm) {
	if form.Link || form.Data != "" {
		e := badRequest("Open this site at " + a.place.origin + ", where its logins come back to.")
		e.final = true // the button would post to the same host again
		a.fail(w, r, e)
		return
	}
	query := url.Values{"return_to": {form.ReturnTo}, "stayLoggedIn": {strconv.FormatBool(form.Stay)}}
	a.sendTo(w, r, a.place.origin+a.place.seen(routeLogin)+"?"+query.Encode())
}

// sendTo lets the browser go on elsewhere, or a script see to it.
func (a *Auth[U]) sendTo(w http.ResponseWriter, r *http.Request, location string) {
	noStore(w)
	if !prefersJSON(r) {
		redirect(w, location)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"url": location})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("twitterauth: an answer that cannot be JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
