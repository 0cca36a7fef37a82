package twitterauth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
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
		a.fail(w, r, e)
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
	if a.origins.isOtherLoopback(r) {
		a.visitCallbackHost(w, r, form)
		return
	}
	a.start(w, r, form)
}

// visitLogin is GET login. A page elsewhere must not be able to sign anyone in
// unasked, and an image, a frame or a prefetch must not use up a request token.
func (a *Auth[U]) visitLogin(w http.ResponseWriter, r *http.Request) {
	if !isNavigation(r) {
		a.fail(w, r, fault(CodeCrossOrigin, nil))
		return
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		a.fail(w, r, badRequest("The address's query is not well-formed."))
		return
	}
	values.Del("link") // only ever by a post
	values.Del("data")
	form, e := a.parseStart(values)
	if e != nil {
		a.fail(w, r, e)
		return
	}
	if !isOwnNavigation(r) {
		a.askToStart(w, form)
		return
	}
	if a.origins.isOtherLoopback(r) {
		a.visitCallbackHost(w, r, form)
		return
	}
	a.start(w, r, form)
}

func (a *Auth[U]) parseStart(values url.Values) (form startForm, e *Error) {
	form.ReturnTo = a.returns.checkAll(values["return_to"])
	if form.Stay, e = parseSwitch(values, "stayLoggedIn", a.cfg.StayLoggedIn); e != nil {
		return startForm{}, e
	}
	if form.Link, e = parseSwitch(values, "link", false); e != nil {
		return startForm{}, e
	}
	if len(values["data"]) > 1 {
		return startForm{}, badRequest("The field data is there twice.")
	}
	form.Data = values.Get("data")
	if len(form.Data) > maxData || !utf8.ValidString(form.Data) {
		return startForm{}, badRequest("The field data must be UTF-8 of at most 256 bytes.")
	}
	return form, nil
}

// parseSwitch reads a checkbox or a flag.
func parseSwitch(values url.Values, name string, otherwise bool) (bool, *Error) {
	switch list := values[name]; {
	case len(list) > 1:
		return false, badRequest("The field " + name + " is there twice.")
	case len(list) == 0:
		return otherwise, nil
	}
	switch values.Get(name) {
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
	fail := func(e *Error) {
		e.retry.ReturnTo, e.retry.Stay = form.ReturnTo, form.Stay
		a.fail(w, r, e)
	}
	linkTo, e := a.linkingUser(r, form)
	if e != nil {
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
// person goes. An attempt that has begun before is replaced.
func (a *Auth[U]) open(w http.ResponseWriter, r *http.Request, ask ask, t attempt) (location string, e *Error) {
	ctx, cancel := context.WithTimeout(r.Context(), a.budget)
	defer cancel()
	p := a.protocols[0]
	var opened opening
	var err error
	begin := func() { opened, err = p.begin(ctx, ask) }
	if !p.callsToBegin() {
		begin()
	} else if e := a.withSlot(ctx, begin); e != nil {
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
		a.fail(w, r, badRequest("Open this site at "+a.place.origin+", where its logins come back to."))
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
