package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/security"

	"twitterlogin.example/twitterauth/twittertest"
)

// These tests use the site as a person does, in a real browser. Each fails,
// too, when the browser complains of anything: see tab.listen.

// hostile has a name that looks like markup.
var hostile = twittertest.Person{ID: "66", ScreenName: "hostile", Name: `Zoë "Zed" O'Neil 🦊 <b>bold</b> & co`}

func TestBrowserSignsIn(t *testing.T) {
	t.Parallel()
	for name := range routers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := start(t, nil, "-router", name)
			site.x.AddPerson(hostile)
			b := openTab(t, site)
			b.open("/")
			b.atSignIn()
			b.click(signInButton)
			b.pick(hostile.ID)
			b.atHome()
			b.reads(hostile.Name)
			b.reads("@hostile")
			b.click(logOutButton)
			b.atSignIn()
			b.open("/me")
			b.atSignInPage() // signed out indeed
		})
	}
}

func TestBrowserComesBackToTheProtectedPage(t *testing.T) {
	t.Parallel()
	b := openTab(t, start(t, nil))
	b.openGuarded("/me?from=a%20mail")
	b.pick(ada)
	b.atMe()
	b.reads("ada@example.com")
	if query := eval[string](b, "location.search"); query != "?from=a%20mail" {
		b.Errorf("the query is %q", query)
	}
}

// With the real X the person's picture is shown; the stand-in's people have none.
func TestBrowserShowsThePicture(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) *running{"X": startAtX, "the stand-in": func(t *testing.T) *running { return start(t, nil) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openTab(t, open(t))
			b.openGuarded("/me")
			b.pick(ada)
			b.atMe()
			if name == "X" {
				b.until(`document.querySelector(".avatar img")?.naturalWidth > 0`)
			}
			if shown := eval[string](b, `document.querySelector(".avatar").innerText`); shown != "A" {
				b.Errorf("the avatar reads %q", shown)
			}
			if asked := len(b.images); (asked > 0) != (name == "X") {
				b.Errorf("%d pictures were asked for", asked)
			}
		})
	}
}

func TestBrowserStaysLoggedIn(t *testing.T) {
	t.Parallel()
	for name, keep := range map[string]bool{"kept": true, "not kept": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, profile, site := needChromium(t), t.TempDir(), start(t, nil)
			restart := func(t *testing.T) *tab {
				ctx, stop, err := launch(path, profile)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(stop)
				return newTab(ctx, t, site)
			}
			t.Run("the first time", func(t *testing.T) {
				b := restart(t)
				b.open("/")
				b.atSignIn()
				if keep {
					b.click(keepCheckbox)
				}
				b.click(signInButton)
				b.pick(ada)
				b.atHome()
				cookie := b.sessionCookie()
				if cookie.Session == keep || !cookie.HTTPOnly || cookie.SameSite != "Lax" {
					t.Errorf("the cookie is %+v", cookie)
				}
				if days := time.Until(time.Unix(int64(cookie.Expires), 0)).Hours() / 24; keep && (days < 29 || days > 31) {
					t.Errorf("the cookie lasts %.1f days", days)
				}
			})
			t.Run("after a restart of the browser", func(t *testing.T) {
				b := restart(t)
				b.open("/me")
				if keep {
					b.atMe()
				} else {
					b.atSignInPage()
				}
			})
		})
	}
}

// Over https the cookies have the __Host- prefix, and X, on plain http here, is
// another site to the browser: the login's cookie must come along all the same
// when X sends the person back.
func TestBrowserOverHTTPS(t *testing.T) {
	t.Parallel()
	b := openTab(t, startTLS(t))
	call(b, security.SetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true})
	b.openGuarded("/me")
	b.pick(ada)
	b.atMe()
	if cookie := b.sessionCookie(); cookie.Name != "__Host-twitterauth_session" || !cookie.Secure || !cookie.HTTPOnly || cookie.Path != "/" {
		t.Errorf("the cookie is %+v", cookie)
	}
	b.open("/")
	b.atHome()
	b.click(logOutButton)
	b.atSignIn()
	for _, kind := range []func(string) bool{isSession, isLogin} {
		if left := b.cookies(kind); len(left) != 0 {
			t.Errorf("cookies after the logout: %+v", left)
		}
	}
	b.click(signInButton)
	b.pick(noor)
	b.atHome()
}

func TestBrowserCancels(t *testing.T) {
	t.Parallel()
	b := openTab(t, start(t, nil))
	b.expect("status of 403")
	b.openGuarded("/me")
	b.atConsent()
	b.click(cancelButton)
	b.atCancelled()
	b.checkOwnPage()
	b.startAgain()
	b.pick(noor)
	b.atMe() // where the person wanted to go at first
	b.reads("نور الدين")
}

// checkOwnPage holds a page of the library: its policy is as strict as can
// be, and lets its own style through.
func (b *tab) checkOwnPage() {
	b.Helper()
	policy := b.policy()
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		b.Errorf("the policy is %q", policy)
	}
	style := eval[struct{ Button, Main string }](b, `({
		button: getComputedStyle(document.querySelector(".twitterauth-button")).borderRadius,
		main: getComputedStyle(document.querySelector("main")).borderRadius,
	})`)
	if style.Button != "999px" || style.Main != "16px" {
		b.Errorf("the page is not styled: %+v", style)
	}
}

// elsewhere is a page of another site with a link and a form.
func elsewhere(t *testing.T, link, form string) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Elsewhere</title><link rel="icon" href="data:,"><a href="%s">a link</a><form method="post" action="%s"><button>a form</button></form></html>`, link, form)
	}))
	t.Cleanup(server.Close)
	// "localhost" and "127.0.0.1" are two sites to a browser.
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

func TestBrowserComesFromAnotherSite(t *testing.T) {
	t.Parallel()
	b := openTab(t, start(t, nil))
	other := elsewhere(t, b.site.URL+"/me", b.site.URL+"/auth/twitter/login")
	b.open(other)
	b.at("/", "a")
	b.click("a")
	b.atSignInPage()
	b.click(signInButton)
	b.pick(ada)
	b.atMe()

	b.open(other)
	b.at("/", "a")
	b.click("a")
	b.atMe() // signed in, links from elsewhere just work
}

func TestBrowserPostsFromAnotherSite(t *testing.T) {
	t.Parallel()
	b := openTab(t, start(t, nil))
	b.expect("status of 403")
	b.open(elsewhere(t, b.site.URL, b.site.URL+"/auth/twitter/login"))
	b.at("/", "form")
	b.click("button")
	b.at("/auth/twitter/login", "h1")
	b.checkOwnPage()
	b.startAgain() // by this site's own form
	b.pick(ada)
	b.atHome()
}

// Whoever can make a browser open the end of a login that another one began
// would sign its person in to an account of theirs.
func TestBrowserOpensTheCallbackOfAnother(t *testing.T) {
	t.Parallel()
	site := start(t, nil)
	theirs := openTab(t, site)
	theirs.openGuarded("/me")
	theirs.atConsent()
	callback, err := site.x.Authorize(eval[string](theirs, "location.href"), ada)
	if err != nil {
		t.Fatal(err)
	}
	b := openTab(t, site)
	b.expect("status of 403")
	b.open(callback)
	b.at("/auth/twitter/callback", "h1")
	b.reads("start again")
	b.checkOwnPage()
	b.startAgain()
	b.pick(noor)
	b.atHome()
	b.reads("@noor")
}

func TestBrowserGoesBack(t *testing.T) {
	t.Parallel()
	b := openTab(t, start(t, nil))
	b.expect("status of 403") // X's page of a sign-in that has ended
	b.open("/")
	b.atSignIn()
	b.click(signInButton)
	b.pick(ada)
	b.atHome()

	b.back() // to X, which asked
	b.at("/oauth/authenticate", "main")
	b.back()
	b.atHome() // and not the sign-in page that was there before
	b.reads("@ada")

	// The address that X sent the browser to, from the history or a reload.
	for range 2 {
		b.open(b.callback())
		b.atHome()
		b.reads("@ada")
	}
	b.click(logOutButton)
	b.atSignIn()
	b.back()
	b.atSignIn() // nobody is shown from the browser's memory
}

func TestBrowserSignsInInTwoTabs(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][2]int{"first in, first out": {0, 1}, "first in, last out": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := start(t, nil)
			first := openTab(t, site)
			tabs := [2]*tab{first, first.another()}
			tabs[0].openGuarded("/me")
			tabs[0].atConsent()
			tabs[1].open("/")
			tabs[1].atSignIn()
			tabs[1].click(signInButton)
			tabs[1].atConsent()
			for _, i := range order {
				tabs[i].pick([]string{ada, noor}[i])
				if i == 0 {
					tabs[i].atMe()
				} else {
					tabs[i].atHome()
				}
				tabs[i].reads([]string{"@ada", "@noor"}[i])
			}
			last := []string{"@ada", "@noor"}[order[1]]
			for _, b := range tabs { // the last to finish is who is signed in
				b.open("/me")
				b.atMe()
				b.reads(last)
			}
		})
	}
}

func TestBrowserWithoutJavaScript(t *testing.T) {
	t.Parallel()
	b := openTab(t, start(t, nil))
	b.expect("status of 403")
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.open("/")
	b.atSignIn()
	b.click(keepCheckbox)
	b.click(signInButton)
	b.atConsent()
	b.click(cancelButton)
	b.atCancelled()
	b.click(startAgainLink)
	b.atSignInPage()
	b.click(keepCheckbox)
	b.click(signInButton)
	b.pick(ada)
	b.atHome()
	if b.sessionCookie().Session {
		b.Error("the wish to stay logged in was lost")
	}
	b.click(`a[href="/me"]`)
	b.atMe()
	b.click(logOutButton)
	b.atSignIn()
}

func TestBrowserGuestLinksAnAccount(t *testing.T) {
	t.Parallel()
	b := openTab(t, start(t, nil))
	b.open("/")
	b.atSignIn()
	b.click(guestButton)
	b.atHome()
	b.reads("guest")
	b.open("/me")
	b.atMe()
	id := eval[string](b, `document.querySelector("dd").innerText`)
	b.open("/")
	b.atHome()
	b.click(signInButton) // "Link your X account"
	b.pick(ada)
	b.atHome()
	b.reads("@ada")
	b.open("/me")
	b.atMe()
	if now := eval[string](b, `document.querySelector("dd").innerText`); now != id {
		b.Errorf("the guest %s became the user %s", id, now)
	}
}
