package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// shopOfLinks is a shop whose login also answers for the rest of its folder.
func shopOfLinks(s *smallSite) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", shop(s))
	mux.Handle("/auth/twitter/", s.auth)
	return mux
}

// errorPages are ways to each kind of page that the library makes.
var errorPages = map[string]func(*testing.T, *smallSite, *tab){
	"cancelled": func(_ *testing.T, _ *smallSite, b *tab) {
		b.open("/cart")
		b.atX()
		b.click(cancelButton)
	},
	"mismatch": func(_ *testing.T, _ *smallSite, b *tab) {
		b.open("/auth/twitter/callback?oauth_token=unknown&oauth_verifier=unknown")
	},
	"bad request": func(_ *testing.T, _ *smallSite, b *tab) { b.open("/auth/twitter/callback") },
	"not found":   func(_ *testing.T, _ *smallSite, b *tab) { b.open("/auth/twitter/nothing") },
	"misconfigured": func(_ *testing.T, s *smallSite, b *tab) {
		s.x.Fail(twittertest.RequestToken, twittertest.ErrorCode(http.StatusUnauthorized, 32))
		b.open("/cart")
	},
	"rate limited": func(_ *testing.T, s *smallSite, b *tab) {
		s.x.Fail(twittertest.RequestToken, twittertest.RateLimited(10*time.Minute))
		b.open("/cart")
	},
	"from another site": func(t *testing.T, s *smallSite, b *tab) {
		b.open(elsewhere(t, s.URL, s.URL+"/auth/twitter/login"))
		b.at("/", "form")
		b.click("button")
	},
	"already linked": func(t *testing.T, s *smallSite, b *tab) {
		if _, err := s.members.UserForLogin(t.Context(), twitterauth.Login{TwitterID: ada}); err != nil {
			t.Fatal(err)
		}
		b.open("/")
		b.at("/", ".start")
		b.click(`form[action="/guest"] button`)
		b.at("/", `input[name="link"]`)
		b.click(".start")
		b.pickAt(ada)
	},
	"a question": func(t *testing.T, s *smallSite, b *tab) {
		b.open(elsewhere(t, s.URL+"/cart", s.URL))
		b.at("/", "a")
		b.click("a")
	},
}

// pageLook is what a person sees of a page.
type pageLook struct {
	Headings []string
	Site     string // the first line
	Title    string
	Width    int
	Small    []string
	Colours  string
}

const lookAtPage = `({
	headings: [...document.querySelectorAll("h1, h2, h3")].map(e => e.innerText),
	site: document.querySelector("main").innerText.split("\n")[0],
	title: document.title,
	width: document.scrollingElement.scrollWidth,
	colours: [document.body, document.querySelector("main"), document.querySelector("h1")].map(e => getComputedStyle(e).backgroundColor + " " + getComputedStyle(e).color).join(),
	small: %s,
})`

// TestBrowserErrorPages writes a picture of each page into the folder that
// SCREENSHOTS names, if it names one.
func TestBrowserErrorPages(t *testing.T) {
	t.Parallel()
	for name, visit := range errorPages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startSmallSite(t, shopOfLinks)
			b := openTab(t, s.running)
			b.expect("server responded with a status of")
			visit(t, s, b)
			b.until(`location.pathname.startsWith("/auth/twitter/") && document.readyState === "complete" && document.querySelector("h1") !== null`)
			b.checkLook(name, 1000, chromedp.EmulateViewport(1000, 700))
			b.checkLook(name, 360, chromedp.EmulateViewport(360, 640, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch))
		})
	}
}

// checkLook looks at the page in a window of that width, in light and dark.
func (b *tab) checkLook(name string, width int, viewport chromedp.Action[chromedp.Void]) {
	b.Helper()
	b.do(viewport)
	colours := map[string]bool{}
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		look := eval[pageLook](b, fmt.Sprintf(lookAtPage, findSmall))
		colours[look.Colours] = true
		if len(look.Headings) != 1 || look.Site != "127.0.0.1" || look.Title != look.Headings[0]+" · 127.0.0.1" || look.Width > width || width < 500 && len(look.Small) > 0 {
			b.Errorf("%s, %d wide, %s: %+v", name, width, scheme, look)
		}
		b.takePicture(fmt.Sprintf("error %s %d %s", name, width, scheme))
	}
	if len(colours) != 2 {
		b.Errorf("%s has the same colours in light and dark: %v", name, colours)
	}
}

// takePicture writes a picture of the page where SCREENSHOTS names a folder.
func (b *tab) takePicture(name string) {
	b.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	// Chromium shifts a page from right to left in a picture that is larger than the window.
	whole := eval[bool](b, `getComputedStyle(document.documentElement).direction === "ltr"`)
	picture := call(b, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &whole}).Data
	file := filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+".png")
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		b.Fatal(err)
	}
}
