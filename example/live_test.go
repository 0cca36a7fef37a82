package main

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// liveStream is a browser's connection to the live page's events.
type liveStream struct {
	*testing.T
	lines  *bufio.Scanner
	header http.Header
}

func openLive(t *testing.T, c *http.Client, site string) *liveStream {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", site+liveEventsPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Accept": "text/event-stream", "Accept-Encoding": "gzip, br", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"} {
		req.Header.Set(name, value)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != http.StatusOK || kind != "text/event-stream" || resp.Header.Get("Content-Encoding") != "" || len(resp.Cookies()) > 0 {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	return &liveStream{t, bufio.NewScanner(resp.Body), resp.Header}
}

// next is the next event as it is written, and "" at the end.
func (s *liveStream) next() (event string) {
	s.Helper()
	for s.lines.Scan() {
		if s.lines.Text() == "" {
			return event
		}
		event += s.lines.Text() + ";"
	}
	if err := s.lines.Err(); err != nil {
		s.Errorf("the events break off: %v", err)
	}
	return event
}

// endsSignedOut reads to the end, which must be the event that says so.
func (s *liveStream) endsSignedOut() {
	s.Helper()
	last := ""
	for event := s.next(); event != ""; event = s.next() {
		if last == "event: ended;data:;" {
			s.Errorf("%s after the end", event)
		}
		last = event
	}
	if last != "event: ended;data:;" {
		s.Errorf("the last event is %q", last)
	}
}

func TestLivePageEndsWithItsSession(t *testing.T) {
	t.Parallel()
	onEachRouterAndDatabase(t, func(t *testing.T, r *running) {
		ends := map[string]func(phone, laptop *http.Client){
			"signed out on another device": func(phone, _ *http.Client) {
				r.post(t, phone, "/sign-out-device", url.Values{"device": {r.listed(t, phone)["Firefox on Linux"]}})
			},
			"logged out in another tab":    func(_, laptop *http.Client) { r.post(t, laptop, "/auth/twitter/logout", nil) },
			"logged out on all devices":    func(phone, _ *http.Client) { r.post(t, phone, "/logout-everywhere", nil) },
			"the account is deleted there": func(phone, _ *http.Client) { r.deleteAccount(t, phone) },
		}
		r.app.liveInterval = 20 * time.Millisecond
		for name, end := range ends { // one after the other: they end sessions of one person
			phone, laptop := r.device(t, phoneAgent), r.device(t, laptopAgent)
			stream := openLive(t, laptop, r.URL)
			if first := stream.next(); !strings.HasPrefix(first, "data: 20") {
				t.Fatalf("%s: the first event is %q", name, first)
			}
			end(phone, laptop)
			stream.endsSignedOut()
		}
	})
}

func (r *running) deleteAccount(t *testing.T, c *http.Client) {
	t.Helper()
	_, me := r.me(t, c)
	if status, page := r.post(t, c, "/delete-account", url.Values{"user": {me["id"].(string)}}); status != http.StatusOK {
		t.Errorf("%d %s", status, page)
	}
}

// The live page alone has a script, which its policy names.
func TestPoliciesOfThePages(t *testing.T) {
	t.Parallel()
	onEachRouter(t, func(t *testing.T, r *running) {
		c := r.browser(t)
		r.login(t, c, "false")
		for _, path := range []string{"/", "/me", "/devices", "/signin", "/delete-account", "/live"} {
			resp, err := c.Get(r.URL + path)
			_, page := text(t, resp, err)
			policy := resp.Header.Get("Content-Security-Policy")
			live := path == "/live"
			if !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src 'sha256-") != live || strings.Contains(policy, "connect-src 'self'") != live {
				t.Errorf("%s: %s", path, policy)
			}
			if strings.Contains(page, "<script") != live {
				t.Errorf("%s: %s", path, page)
			}
		}
	})
}

// A program that ends does not wait for live pages.
func TestShutdownEndsLivePages(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	c := r.browser(t)
	r.login(t, c, "false")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, l, r.app, r.app.logger) }()
	stream := openLive(t, c, "http://"+l.Addr().String()) // cookies are for every port
	stream.next()
	stop()
	for stream.next() != "" {
		continue
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestBrowserLivePage(t *testing.T) {
	t.Parallel()
	site := start(t, nil)
	phone := site.device(t, phoneAgent)
	site.x.AskConsent()
	b := openTab(t, site)
	b.openGuarded("/live")
	b.pick(ada)
	b.atLive()
	if policy := b.policy(); !strings.Contains(policy, "script-src 'sha256-") {
		t.Errorf("the policy is %q", policy)
	}
	site.post(t, phone, "/sign-out-others", nil)
	b.until(`document.querySelector("#state").textContent === "You have been signed out."`)
	b.click("#again")
	b.atSignInPage()
	b.click(signInButton)
	b.pick(ada)
	b.atLive() // where the person was
}

// The page says that the server cannot be reached, and goes on by itself.
func TestBrowserLivePageConnectsAgain(t *testing.T) {
	t.Parallel()
	site := start(t, nil)
	b := openTab(t, site)
	b.expect("ERR_")
	b.openGuarded("/live")
	b.pick(ada)
	b.atLive()
	site.CloseClientConnections()
	b.until(`document.querySelector("#state").textContent.startsWith("The connection is lost")`)
	b.atLive()
}

// A script's request that was sent with the older cookie is answered after a login in
// another tab has replaced that cookie. The browser keeps the newer cookie.
func TestBrowserFetchDuringALogin(t *testing.T) {
	t.Parallel()
	site := start(t, nil)
	arrived, release := make(chan struct{}), make(chan struct{})
	goOn := sync.OnceFunc(func() { close(release) })
	t.Cleanup(goOn) // also where the test has failed
	served := site.Config.Handler
	site.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/me" && r.Header.Get("Sec-Fetch-Mode") == "cors" {
			close(arrived)
			<-release
		}
		served.ServeHTTP(w, r)
	})
	site.x.SignInAs(ada)
	b := openTab(t, site)
	b.expect("status of 401")
	b.openGuarded("/live")
	b.atLive()
	before := b.sessionCookie().Value
	eval[bool](b, `(globalThis.answered = 0, fetch("/me").then(r => globalThis.answered = r.status), true)`)
	select {
	case <-arrived:
	case <-time.After(patience):
		t.Fatal("the script's request has not arrived")
	}
	other := b.another()
	other.open("/signin")
	other.atSignInPage()
	other.click(signInButton)
	other.atHome()
	newer := other.sessionCookie().Value
	goOn()
	b.until(`globalThis.answered !== 0`)
	if status := eval[int](b, `globalThis.answered`); status != http.StatusUnauthorized || newer == before || other.sessionCookie().Value != newer {
		t.Errorf("%d with the older cookie; the newer cookie is lost, or was not set", status)
	}
	other.open("/me")
	other.atMe()
}

func TestBrowserDevices(t *testing.T) {
	t.Parallel()
	site := start(t, nil)
	phone := site.device(t, phoneAgent)
	laptop := site.device(t, laptopAgent)
	site.x.AskConsent()
	b := openTab(t, site)
	b.openGuarded("/devices")
	b.pick(ada)
	b.atDevices()
	b.reads("Chrome on Linux This device")
	b.reads("Safari on iPhone")
	described := eval[[]string](b, `[...document.querySelectorAll(".devices button")].map(e => e.innerText + ": " + document.getElementById(e.getAttribute("aria-describedby")).innerText)`)
	if strings.Join(described, ", ") != "Sign out: Firefox on Linux, Sign out: Safari on iPhone" {
		t.Errorf("the buttons are %q", described)
	}
	b.click(`.devices button[aria-describedby="device1"]`)
	b.at("/devices", ".devices li:nth-child(2):last-child")
	if site.signedIn(t, laptop) || !site.signedIn(t, phone) {
		t.Error("the laptop is signed in, or the phone is not")
	}
	b.click("button.danger")
	b.at("/devices", ".devices li:only-child")
	if site.signedIn(t, phone) {
		t.Error("the phone is signed in")
	}
	b.click(logOutButton)
	b.atSignIn()
	b.open("/devices")
	b.atSignInPage()
	b.reload()
	b.atSignInPage()
}
