package twitterauth

import (
	"net/http"
	"slices"
	"strings"

	"twitterlogin.example/twitterauth/internal/site"
)

// look is how a visitor sees the library's pages: in which language, and in which
// layout. The zero value is English in the library's own layout.
type look struct {
	hooks  *hooks // nil for an Error that the app made
	texts  *Texts // nil: English
	site   string // the site's host name
	origin string
}

// lookFor asks the app for the visitor's texts.
func (h *hooks) lookFor(w http.ResponseWriter, r *http.Request, where site.Site) look {
	if h.texts != nil {
		varyByLanguage(w.Header())
	}
	return look{hooks: h, texts: h.textsFor(r), site: where.Hostname, origin: where.Origin}
}

// varyByLanguage says to caches that an answer's text depends on the visitor's
// language.
func varyByLanguage(h http.Header) {
	const name = "Accept-Language"
	if !slices.ContainsFunc(h["Vary"], func(line string) bool { return strings.Contains(line, name) }) {
		h.Add("Vary", name)
	}
}

// maxText bounds a text of Config.Texts, in bytes.
const maxText = 1024

// own returns a text of the app's, or "".
func (l look) own(p phrase) string {
	if l.texts == nil {
		return ""
	}
	return cut(l.fill(oneLine(p(l.texts), maxText)), maxText)
}

// text returns a text in the visitor's language, or in English.
func (l look) text(p phrase) string {
	if own := l.own(p); own != "" {
		return own
	}
	return l.fill(p(&english))
}

// fill replaces the placeholders. Where the writing goes from right to left, names
// that do not are isolated from it (Unicode Standard Annex 9, section 2.4).
func (l look) fill(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	before, after := "", ""
	if l.dir() == "rtl" {
		before, after = "\u2066", "\u2069"
	}
	return strings.NewReplacer("{site}", before+l.site+after, "{origin}", before+l.origin+after).Replace(text)
}

func (l look) lang() string {
	if l.texts == nil {
		return english.lang()
	}
	return l.texts.lang()
}

func (l look) dir() string {
	if l.texts == nil {
		return english.dir()
	}
	return l.texts.dir()
}

// writePage writes a page in the app's layout, or in the library's own. A page back
// to an app is never given to the app's layout, because it has a code in it.
func (l look) writePage(w http.ResponseWriter, r *http.Request, p page) {
	p.Lang, p.Dir, p.Site = l.lang(), l.dir(), l.site
	if p.Home != "" {
		p.HomeLink = l.text(homeLink)
	}
	if p.LoginPage != "" {
		p.LoginPageLink = l.text(loginPageLink)
	}
	h := w.Header()
	if p.BackToApp == "" {
		if body, ok := l.hooks.layOut(r, p.Page); ok {
			noStore(w)
			h.Add("Content-Security-Policy", "frame-ancestors 'none'") // next to the app's own
			writeHTML(w, p.Status, body)
			return
		}
	}
	body := p.html()
	sources := "'none'"
	if p.Form != nil && p.LoginPage == "" {
		sources = p.formAction
	}
	// In place of the app's policy, which is for the app's pages: this one is
	// as strict as can be and fits this page.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+pageStyle+"; form-action "+sources+"; base-uri 'none'; frame-ancestors 'none'")
	writeHTML(w, p.Status, body)
}
