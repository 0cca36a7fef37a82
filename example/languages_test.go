package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// reading makes the tab a browser of people who read these languages.
func (b *tab) reading(languages string) {
	b.Helper()
	call(b, network.Enable, network.EnableParams{})
	call(b, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": languages}})
}

// translatedPages are ways to pages of the library that are in the visitor's language.
var translatedPages = map[string]func(*tab){
	"log out": func(b *tab) { b.open("/auth/twitter/logout") },
	"cancelled": func(b *tab) {
		b.open("/auth/twitter/login")
		b.atX()
		b.click(cancelButton)
	},
	"an app's login": func(b *tab) {
		b.open("/auth/twitter/authorize?response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fsigned-in&code_challenge_method=S256&code_challenge=" + strings.Repeat("a", 43))
	},
}

// writing is how a page is written.
type writing struct {
	Lang, Dir string
	Start     bool // the heading begins at its line's start
	Gap       bool // the button's logo stands at the start of its text
	Width     int
	Text      string
}

const lookAtWriting = `(() => {
	const rtl = getComputedStyle(document.documentElement).direction === "rtl"
	const at = (e, side) => e.getBoundingClientRect()[side]
	const h1 = document.querySelector("h1"), range = document.createRange()
	range.selectNodeContents(h1)
	const logo = document.querySelector(".twitterauth-button svg")
	return {
		lang: document.documentElement.lang,
		dir: rtl ? "rtl" : "ltr",
		start: Math.abs(at(range, rtl ? "right" : "left") - at(h1, rtl ? "right" : "left")) < 1,
		gap: !logo || (at(logo, "left") > at(logo.nextElementSibling, "left")) === rtl,
		width: document.scrollingElement.scrollWidth,
		text: document.querySelector("main").innerText,
	}
})()`

// The library's pages in languages from right to left and from left to right, in its
// own layout and in the example's, in a window and on a phone.
func TestBrowserLanguages(t *testing.T) {
	t.Parallel()
	script := axe(t)
	sites := map[string]func(*testing.T) *running{
		"own layout": func(t *testing.T) *running {
			return startSmallSite(t, shopOfLinks, func(c *twitterauth.Config, _ *twittertest.Server) {
				c.Texts, c.Session.Bearer, c.AppCallbacks = visitorsTexts(), true, []string{"http://127.0.0.1/signed-in"}
			}).running
		},
		"the example's layout": func(t *testing.T) *running { return start(t, nil) },
	}
	for name, begin := range sites {
		for languages, want := range map[string]struct{ lang, dir string }{
			"ar-EG,ar;q=0.9,en;q=0.8": {"ar", "rtl"},
			"he-IL,he;q=0.9":          {"he", "rtl"},
			"zh-HK,zh;q=0.9,en;q=0.8": {"zh-Hant", "ltr"},
		} {
			t.Run(name+" "+want.lang, func(t *testing.T) {
				t.Parallel()
				b := openTab(t, begin(t))
				b.expect("server responded with a status of")
				b.reading(languages)
				for page, visit := range translatedPages {
					visit(b)
					b.until(`location.pathname.startsWith("/auth/twitter/") && document.readyState === "complete" && document.querySelector("h1") !== null`)
					b.run(script)
					for width, viewport := range map[int]chromedp.Action[chromedp.Void]{
						1000: chromedp.EmulateViewport(1000, 700),
						360:  chromedp.EmulateViewport(360, 640, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch),
					} {
						b.do(viewport)
						if got := eval[writing](b, lookAtWriting); got.Lang != want.lang || got.Dir != want.dir || !got.Start || !got.Gap || got.Width > width || strings.Contains(got.Text, "the") {
							t.Errorf("%s, %d wide: %+v", page, width, got)
						}
						b.takePicture(fmt.Sprintf("%s %s %s %d", name, want.lang, page, width))
					}
					for _, violation := range eval[[]string](b, checkAxe, chromedp.EvalAwaitPromise) {
						t.Errorf("%s: %s", page, violation)
					}
				}
			})
		}
	}
}
