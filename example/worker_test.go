package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

// A service worker that passes each request of its site on. Chromium sends such
// a visit with Sec-Fetch-Mode navigate and Sec-Fetch-Dest empty. Its
// Sec-Fetch-Site is same-origin for an address that a person typed, and stays
// cross-site for a link or a form of another site.
const passingWorker = `
addEventListener("install", () => skipWaiting())
addEventListener("activate", event => event.waitUntil(clients.claim()))
addEventListener("fetch", event => {
	if (new URL(event.request.url).origin === location.origin) event.respondWith(fetch(event.request))
})`

// workerPage installs the worker, and has the links that the tests click.
const workerPage = `<!doctype html><html lang="en"><title>Worker</title><link rel="icon" href="data:,">
<h1>Worker</h1>
<a id="login" href="/auth/twitter/login?return_to=/me">Sign in</a>
<a id="me" href="/me">Your data</a>
<script>navigator.serviceWorker.register("/worker.js")</script></html>`

// startWithWorker runs the example with a page that installs a service worker.
func startWithWorker(t *testing.T) *running {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	return startOn(t, server, func() {
		mux := http.NewServeMux()
		mux.Handle("/", server.Config.Handler)
		mux.HandleFunc("GET /worker.js", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, passingWorker)
		})
		mux.HandleFunc("GET /worker", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, workerPage)
		})
		server.Config.Handler = mux
		server.Start()
	}, nil, nil)
}

// openBehindWorker opens a tab in which the worker serves every page of the site.
func openBehindWorker(t *testing.T, site *running) *tab {
	t.Helper()
	b := openTab(t, site)
	b.open("/worker")
	b.at("/worker", "#login")
	b.until(`navigator.serviceWorker.controller !== null`)
	return b
}

// passedOn fails the test if the page did not come through the worker: the test
// would show nothing then.
func (b *tab) passedOn() {
	b.Helper()
	if !eval[bool](b, `performance.getEntriesByType("navigation")[0].workerStart > 0`) {
		b.Errorf("the page did not come through the service worker; %s", b.look())
	}
}

func TestBrowserBehindAServiceWorker(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		begin func(*tab)
		end   func(*tab)
	}{
		"a typed address of a guarded page":   {func(b *tab) { b.openGuarded("/me") }, (*tab).atMe},
		"a link to a guarded page":            {func(b *tab) { b.click("#me"); b.atSignInPage(); b.click(signInButton) }, (*tab).atMe},
		"a typed address of the login":        {func(b *tab) { b.open("/auth/twitter/login?return_to=/me") }, (*tab).atMe},
		"a link to the login":                 {func(b *tab) { b.click("#login") }, (*tab).atMe},
		"a form that posts to the login":      {func(b *tab) { b.open("/"); b.atSignIn(); b.passedOn(); b.click(signInButton) }, (*tab).atHome},
		"an error page that was loaded twice": {func(b *tab) { b.cancelAndReload(); b.startAgain() }, (*tab).atMe},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openBehindWorker(t, startWithWorker(t))
			test.begin(b)
			b.pick(ada)
			test.end(b)
			b.passedOn()
			b.reads("@ada")
			b.open("/me")
			b.atMe()
			b.passedOn()
			b.click(logOutButton)
			b.atSignIn()
			b.open("/me")
			b.atSignInPage() // logged out for good
			b.passedOn()
		})
	}
}

// cancelAndReload goes to X by a guarded page, cancels there and loads the error
// page again.
func (b *tab) cancelAndReload() {
	b.Helper()
	b.expect("status of 403")
	b.openGuarded("/me")
	b.atConsent()
	b.click(cancelButton)
	b.at("/auth/twitter/callback", startAgainLink)
	b.reload()
	b.at("/auth/twitter/callback", startAgainLink)
	b.passedOn()
}

// reload loads the page again and waits for it.
func (b *tab) reload() {
	b.Helper()
	eval[bool](b, `(globalThis.beforeReload = true, location.reload(), true)`)
	b.until(`globalThis.beforeReload === undefined && document.readyState === "complete"`)
}

func TestBrowserScriptsBehindAServiceWorker(t *testing.T) {
	t.Parallel()
	site := startWithWorker(t)
	b := openBehindWorker(t, site)
	b.expect("status of 401")
	b.expect("status of 403")
	for path, want := range map[string]int{"/me": http.StatusUnauthorized, "/auth/twitter/login": http.StatusForbidden} {
		for _, options := range []string{`{}`, `{headers: {Accept: "text/html"}}`, `{mode: "same-origin"}`, `{mode: "no-cors"}`} {
			b.fetches(path, options, want)
		}
	}
	if n := site.x.Count(twittertest.RequestToken); n != 0 {
		t.Errorf("scripts began %d logins", n)
	}
}

// fetches checks the status that a script of the page gets.
func (b *tab) fetches(path, options string, want int) {
	b.Helper()
	eval[bool](b, fmt.Sprintf(`(globalThis.answered = 0, fetch(%q, {redirect: "manual", ...%s}).then(r => globalThis.answered = r.type === "opaqueredirect" ? 303 : r.status), true)`, path, options))
	b.until(`globalThis.answered !== 0`)
	if got := eval[int](b, `globalThis.answered`); got != want {
		b.Errorf("fetch(%q, %s): %d, want %d", path, options, got, want)
	}
}

// A page elsewhere must not begin a login or end a session through the worker.
func TestBrowserFromAnotherSiteBehindAServiceWorker(t *testing.T) {
	t.Parallel()
	t.Run("a link to the login", func(t *testing.T) {
		t.Parallel()
		site := startWithWorker(t)
		b := openBehindWorker(t, site)
		b.open(elsewhere(t, site.URL+"/auth/twitter/login?return_to=/me", site.URL))
		b.at("/", "a")
		b.click("a")
		b.atSignInPage()
		b.passedOn()
		if n := site.x.Count(twittertest.RequestToken); n != 0 {
			t.Errorf("the link began %d logins", n)
		}
		b.click(signInButton)
		b.pick(ada)
		b.atMe()
	})
	t.Run("a link to a guarded page", func(t *testing.T) {
		t.Parallel()
		site := startWithWorker(t)
		b := openBehindWorker(t, site)
		other := elsewhere(t, site.URL+"/me", site.URL)
		b.open(other)
		b.at("/", "a")
		b.click("a")
		b.atSignInPage()
		b.passedOn()
		if n := site.x.Count(twittertest.RequestToken); n != 0 {
			t.Errorf("the link began %d logins", n)
		}
		b.click(signInButton)
		b.pick(ada)
		b.atMe()
		b.open(other)
		b.at("/", "a")
		b.click("a")
		b.atMe()
		b.passedOn()
	})
	t.Run("forms", func(t *testing.T) {
		t.Parallel()
		site := startWithWorker(t)
		b := openBehindWorker(t, site)
		b.expect("status of 403")
		b.openGuarded("/me")
		b.pick(ada)
		b.atMe()
		begun := site.x.Count(twittertest.RequestToken)
		for _, path := range []string{"/auth/twitter/login", "/auth/twitter/logout"} {
			b.open(elsewhere(t, site.URL, site.URL+path))
			b.at("/", "form")
			b.click("button")
			b.at(path, "h1")
			b.passedOn()
		}
		if n := site.x.Count(twittertest.RequestToken) - begun; n != 0 {
			t.Errorf("the form began %d logins", n)
		}
		b.open("/me")
		b.atMe()
	})
}
