package twitterauth

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"strings"
)

// The library's own pages: one that asks before a login which another site
// began, and one for errors. They need no script and no file.

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// pageStyle lets the page's own style through and no other.
var pageStyle = func() string {
	sum := sha256.Sum256([]byte(pageCSS + ButtonCSS))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

type page struct {
	Site    string // the site's host name; "": not known
	Title   string
	Message string
	Login   *loginForm // nil: starting a login cannot help
	Home    string     // "": no way back to the site is known
	CSS     template.CSS
	Logo    template.HTML
}

// loginForm is a form that starts a login.
type loginForm struct {
	startForm
	Action string

	formAction string
}

// loginForm returns the form that starts a login with these choices.
func (a *Auth[U]) loginForm(form startForm) *loginForm {
	return &loginForm{startForm: form, Action: a.place.seen(routeLogin), formAction: a.formAction}
}

func writePage(w http.ResponseWriter, status int, p page) {
	p.CSS, p.Logo = template.CSS(pageCSS+ButtonCSS), Logo //nolint:gosec // G203: constants
	sources := "'none'"
	if p.Login != nil {
		sources = p.Login.formAction
	}
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, p); err != nil {
		panic("twitterauth: the page's template: " + err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	if h.Get("Referrer-Policy") == "" {
		h.Set("Referrer-Policy", "strict-origin")
	}
	// In place of the app's policy, which is for the app's pages: this one is
	// as strict as can be and fits this page.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+pageStyle+"; form-action "+sources+"; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	w.Write(body.Bytes())
}

// askToStart is the page with the button that GET login shows instead of going
// to X.
func (a *Auth[U]) askToStart(w http.ResponseWriter, form startForm) {
	noStore(w)
	writePage(w, http.StatusOK, page{
		Site:    a.place.hostname,
		Title:   "Sign in",
		Message: "You are about to sign in to " + a.place.hostname + " with your X account.",
		Login:   a.loginForm(form),
		Home:    a.cfg.AfterLogout,
	})
}

// formAction lists where the login form leads: browsers hold every redirect
// that follows a form's post to this list, so X's origins are in it.
func formAction(cfg Config, p place, trusted []string) string {
	sources := append([]string{"'self'", p.origin}, loginOrigins(cfg)...)
	sources = append(sources, trusted...)
	slices.Sort(sources)
	return strings.Join(slices.Compact(sources), " ")
}
