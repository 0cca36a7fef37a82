package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/chromedp/cdproto/network"
)

// Browsers protect the prefix "__Host-" where a cookie's name begins with it, and
// keep a name that begins with other white space. A server that trims such white
// space would read the cookie of a sibling host as its own.

// whiteSpace is what unicode.IsSpace knows outside ASCII. Browsers trim blank and
// tab themselves, and refuse other control characters.
var whiteSpace = sync.OnceValue(func() (list []string) {
	for c := rune(0x80); c <= unicode.MaxRune; c++ {
		if unicode.IsSpace(c) {
			list = append(list, string(c))
		}
	}
	return list
})

// planted returns Set-Cookie lines for the parent domain. A cookie with a longer
// path goes before the others of its name.
func planted(c *http.Cookie) (lines []string) {
	for _, space := range whiteSpace() {
		for _, path := range []string{"/", "/me", "/auth/twitter/callback"} {
			lines = append(lines, fmt.Sprintf("%s%s=%s; Domain=example.test; Path=%s; Secure", space, c.Name, c.Value, path))
		}
	}
	return lines
}

// attacker is a user of the site who owns a sibling host.
type attacker struct {
	*testing.T
	site *running
}

// session returns the cookie of the attacker's own session.
func (a attacker) session() *http.Cookie {
	a.Helper()
	a.site.x.SignInAs(noor)
	defer a.site.x.AskConsent()
	c := a.site.browserAt(a.T)
	resp, err := c.PostForm(a.site.URL+"/auth/twitter/login", nil)
	if status, body := text(a.T, resp, err); status != http.StatusOK || !strings.Contains(body, "@noor") {
		a.Fatalf("the attacker is not signed in: %d %s", status, body)
	}
	cookies := c.Jar.Cookies(resp.Request.URL)
	if len(cookies) != 1 {
		a.Fatalf("the attacker has the cookies %v", cookies)
	}
	return cookies[0]
}

// pendingLogin begins a login as the attacker, and returns its cookie and the
// callback which would finish it.
func (a attacker) pendingLogin() (cookie *http.Cookie, callback string) {
	a.Helper()
	c := a.site.browserAt(a.T)
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := c.PostForm(a.site.URL+"/auth/twitter/login", nil)
	text(a.T, resp, err)
	cookies := resp.Cookies()
	if len(cookies) != 1 {
		a.Fatalf("the pending login has the cookies %v", cookies)
	}
	callback, err = a.site.x.Authorize(resp.Header.Get("Location"), noor)
	if err != nil {
		a.Fatal(err)
	}
	return cookies[0], callback
}

// visitSibling lets the tab's browser visit a sibling host which answers with
// these cookies.
func (b *tab) visitSibling(lines []string) {
	b.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Set-Cookie"] = lines
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>Sibling</title><link rel="icon" href="data:,"><h1>Sibling</h1></html>`)
	}))
	serveTLSAt(server, siblingHost, nil)
	b.Cleanup(server.Close)
	sibling := newTab(b.ctx, b.T, &running{Server: server}).trusting()
	sibling.open("/")
	sibling.at("/", "h1")
	// The app had sent this tab to X before the person touched a page of its.
	b.expect("BounceTrackingIssue")
}

// cookieHeaders keeps the last Cookie header of each path.
type cookieHeaders struct{ byPath sync.Map }

func (k *cookieHeaders) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.byPath.Store(r.URL.Path, strings.Join(r.Header["Cookie"], "; "))
		next.ServeHTTP(w, r)
	})
}

// mustHold fails the test if the browser did not send each of the planted
// cookies: the test would show nothing then.
func (k *cookieHeaders) mustHold(t *testing.T, path, name string) {
	t.Helper()
	sent, _ := k.byPath.Load(path)
	line, _ := sent.(string)
	for _, space := range whiteSpace() {
		if !strings.Contains("; "+line, "; "+space+name+"=") {
			t.Errorf("the cookie with %+q before its name was not sent to %s", space, path)
		}
	}
}

func TestBrowserSiblingHostPlantsASession(t *testing.T) {
	t.Parallel()
	t.Run("a visitor", func(t *testing.T) {
		t.Parallel()
		headers := &cookieHeaders{}
		site := startTLSAt(t, appHost, headers.wrap)
		cookie := attacker{t, site}.session()
		b := openTab(t, site).trusting()
		b.visitSibling(planted(cookie))
		b.open("/")
		b.atSignIn()
		b.openGuarded("/me")
		b.atConsent()
		headers.mustHold(t, "/", cookie.Name)
		headers.mustHold(t, "/me", cookie.Name)
		b.pick(ada) // the planted cookies do not stand in the way of a login
		b.atMe()
		b.reads("@ada")
	})
	t.Run("a person is signed in", func(t *testing.T) {
		t.Parallel()
		headers := &cookieHeaders{}
		site := startTLSAt(t, appHost, headers.wrap)
		cookie := attacker{t, site}.session()
		b := openTab(t, site).trusting()
		b.openGuarded("/me")
		b.pick(ada)
		b.atMe()
		b.visitSibling(planted(cookie))
		b.open("/me")
		b.atMe()
		b.reads("@ada")
		headers.mustHold(t, "/me", cookie.Name)
		b.open("/")
		b.atHome()
		b.reads("@ada")
		b.click(logOutButton)
		b.atSignIn()
	})
}

func TestBrowserSiblingHostPlantsAPendingLogin(t *testing.T) {
	t.Parallel()
	t.Run("a visitor", func(t *testing.T) {
		t.Parallel()
		headers := &cookieHeaders{}
		site := startTLSAt(t, appHost, headers.wrap)
		cookie, callback := attacker{t, site}.pendingLogin()
		b := openTab(t, site).trusting()
		b.expect("status of 403")
		b.visitSibling(planted(cookie))
		b.open(callback)
		b.at("/auth/twitter/callback", startAgainLink) // an error page
		headers.mustHold(t, "/auth/twitter/callback", cookie.Name)
		b.open("/")
		b.atSignIn()
		b.click(signInButton) // the person's own login finishes
		b.pick(ada)
		b.atHome()
		b.reads("@ada")
	})
	t.Run("a person is signed in", func(t *testing.T) {
		t.Parallel()
		headers := &cookieHeaders{}
		site := startTLSAt(t, appHost, headers.wrap)
		cookie, callback := attacker{t, site}.pendingLogin()
		b := openTab(t, site).trusting()
		b.openGuarded("/me")
		b.pick(ada)
		b.atMe()
		b.visitSibling(planted(cookie))
		b.open(callback)
		b.atHome()
		b.reads("@ada")
		headers.mustHold(t, "/auth/twitter/callback", cookie.Name)
		b.open("/me")
		b.atMe()
		b.reads("@ada")
	})
	if n := len(whiteSpace()); n < 10 {
		t.Errorf("%d characters count as white space", n)
	}
}

// TestBrowserRefusesHostCookiesOfSiblings shows what the library relies on.
func TestBrowserRefusesHostCookiesOfSiblings(t *testing.T) {
	t.Parallel()
	site := startTLSAt(t, appHost, nil)
	b := openTab(t, site).trusting()
	cookie := attacker{t, site}.session()
	b.visitSibling([]string{
		cookie.Name + "=" + cookie.Value + "; Domain=example.test; Path=/; Secure",
		"\t " + cookie.Name + "=" + cookie.Value + "; Domain=example.test; Path=/; Secure",
		"=" + cookie.Name + "=" + cookie.Value + "; Domain=example.test; Path=/; Secure",
		strings.ToUpper(cookie.Name) + "=" + cookie.Value + "; Domain=example.test; Path=/; Secure",
		"\x0b" + cookie.Name + "=" + cookie.Value + "; Domain=example.test; Path=/; Secure",
		"\x0c" + cookie.Name + "=" + cookie.Value + "; Domain=example.test; Path=/; Secure",
	})
	for _, c := range call(b, network.GetCookies, network.GetCookiesParams{URLs: []string{site.URL + "/"}}).Cookies {
		t.Errorf("the browser keeps %q", c.Name)
	}
	b.open("/")
	b.atSignIn()
}
