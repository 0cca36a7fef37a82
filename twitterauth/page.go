package twitterauth

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
)

// The library's own pages: the page with a button that GET login shows after a
// logout or where another site began the login, and the page for errors. They need
// no script and no file.

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
	Site      string // the site's host name; "": not known
	Title     string
	Message   string
	Form      *Form        // nil: there is nothing to post
	StartAt   string       // the app's sign-in page; "": none, or it cannot help
	BackToApp template.URL // the native app's redirect; "": none
	Home      string       // "": no way back to the site is known
	CSS       template.CSS

	formAction string // where Form leads, for the Content-Security-Policy
}

func writePage(w http.ResponseWriter, status int, p page) {
	p.CSS = template.CSS(pageCSS + ButtonCSS) //nolint:gosec // G203: constants
	sources := "'none'"
	if p.Form != nil {
		sources = p.formAction
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
