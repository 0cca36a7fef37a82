package twitterauth

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
)

// The library's pages: the page with a button that GET login shows after a logout or
// where another site began the login, the page of GET logout, the pages around a
// native app's login, and the page for errors. The library's own layout needs no
// script and no file.

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// pageStyle allows the page's own style and no other.
var pageStyle = func() string {
	sum := sha256.Sum256([]byte(pageCSS + ButtonCSS))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

type page struct {
	Page
	Site          string       // the site's host name; "": not known
	BackToApp     template.URL // the native app's redirect; "": none
	BackToAppLink string
	CSS           template.CSS

	formAction string // where Form leads, for the Content-Security-Policy
}

// html returns the page in the library's own layout.
func (p page) html() []byte {
	p.CSS = template.CSS(pageCSS + ButtonCSS) //nolint:gosec // G203: constants
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, p); err != nil {
		panic("twitterauth: the page's template: " + err.Error())
	}
	return body.Bytes()
}

func writeHTML(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	if h.Get("Referrer-Policy") == "" {
		h.Set("Referrer-Policy", "strict-origin")
	}
	w.WriteHeader(status)
	w.Write(body) //nolint:gosec // G705: the template has escaped it, or the app's layout has
}
