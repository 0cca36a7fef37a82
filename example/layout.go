package main

import (
	"io"
	"net/http"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/texts"
)

// layOut returns the function that writes the library's pages in the site's layout:
// errors, and the question before a logout or an app's login. The layout loads nothing
// from other sites, because the address of such a page may have X's code in it.
func layOut(p *pages, v view) func(io.Writer, *http.Request, twitterauth.Page) error {
	return func(w io.Writer, _ *http.Request, page twitterauth.Page) error {
		v := v
		v.Lang, v.Dir, v.Page = page.Lang, page.Dir, page
		_, err := io.WriteString(w, p.text("library.html", v))
		return err
	}
}

// visitorsTexts chooses the language of the library's pages. The site's own pages are
// in English.
func visitorsTexts() func(*http.Request) *twitterauth.Texts {
	return texts.Match(
		texts.Arabic(), texts.BrazilianPortuguese(), texts.Dutch(), texts.French(), texts.German(), texts.Hebrew(),
		texts.Hindi(), texts.Indonesian(), texts.Italian(), texts.Japanese(), texts.Korean(), texts.Polish(),
		texts.SimplifiedChinese(), texts.Spanish(), texts.TraditionalChinese(), texts.Turkish(), texts.Ukrainian(),
	)
}
