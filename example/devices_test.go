package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// User-Agent headers of the devices in these tests.
const (
	phoneAgent  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	laptopAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	tabletAgent = "Mozilla/5.0 (Linux; Android 15; Pixel Tablet) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36"
)

// withAgent is a browser of that name, or one that sends a header more.
type withAgent struct {
	agent  string
	header http.Header
}

func (w withAgent) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", w.agent)
	for name, values := range w.header {
		r.Header[name] = values
	}
	return http.DefaultTransport.RoundTrip(r)
}

// device is a browser that is signed in as Ada.
func (r *running) device(t *testing.T, agent string) *http.Client {
	t.Helper()
	c := r.browser(t)
	c.Transport = withAgent{agent: agent}
	r.login(t, c, "true")
	return c
}

// listed are the devices on the page, by their names; the device that asks has no
// form and the ID "".
func (r *running) listed(t *testing.T, c *http.Client) map[string]string {
	t.Helper()
	page := r.page(t, c, "/devices")
	ids := map[string]string{}
	for _, item := range strings.Split(page, "<li>")[1:] {
		name := regexp.MustCompile(`<bdi>(.*?)</bdi>`).FindStringSubmatch(item)
		id := regexp.MustCompile(`name="device" value="([^"]+)"`).FindStringSubmatch(item)
		switch {
		case name == nil || (id == nil) != strings.Contains(item, "This device"):
			t.Errorf("a device is listed as %s", item)
		case id == nil:
			ids[name[1]] = ""
		default:
			ids[name[1]] = id[1]
		}
	}
	return ids
}

func (r *running) signedIn(t *testing.T, c *http.Client) bool {
	t.Helper()
	status, me := r.me(t, c)
	if status != http.StatusOK && (status != http.StatusUnauthorized || me["code"] != "login_required") {
		t.Errorf("%d %v", status, me)
	}
	return status == http.StatusOK
}

// count returns how many rows a table has.
func (r *running) count(t *testing.T, table string) (n int) {
	t.Helper()
	if err := r.app.users.db.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (r *running) change(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := r.app.users.db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

// A copy of a cookie that was made before the logout is refused by the next
// request, with nothing but sealed cookies.
func TestLogoutEndsCopiesOfTheCookie(t *testing.T) {
	t.Parallel()
	onEachRouterAndDatabase(t, func(t *testing.T, r *running) {
		c, other := r.browser(t), r.browser(t)
		copied := &http.Client{Transport: withCookie{r.login(t, c, "true")}}
		r.login(t, other, "true")
		if !r.signedIn(t, copied) {
			t.Fatal("the copy is refused before the logout")
		}
		r.post(t, c, "/auth/twitter/logout", nil)
		for name, c := range map[string]*http.Client{"here": c, "the copy": copied} {
			if r.signedIn(t, c) {
				t.Errorf("%s: signed in after the logout", name)
			}
		}
		if !r.signedIn(t, other) {
			t.Error("another device is signed out")
		}
		if n := r.count(t, "sessions"); n != 1 {
			t.Errorf("%d rows of sessions", n)
		}
	})
}

// A guest's session, and the session of a second login, have one row each too.
func TestSessionsOfOneBrowserHaveOneRow(t *testing.T) {
	t.Parallel()
	onEachRouterAndDatabase(t, func(t *testing.T, r *running) {
		c := r.browser(t)
		r.post(t, c, "/guest", nil)
		guest := r.cookie(t, c)
		if n := r.count(t, "sessions"); n != 1 || !r.signedIn(t, &http.Client{Transport: withCookie{guest}}) {
			t.Fatalf("a guest: %d rows", n)
		}
		first := r.login(t, c, "false")
		r.login(t, c, "true")
		for name, copied := range map[string]*http.Cookie{"guest": guest, "first login": first} {
			if r.signedIn(t, &http.Client{Transport: withCookie{copied}}) {
				t.Errorf("the session of the %s goes on", name)
			}
		}
		if n := r.count(t, "sessions"); n != 1 || !r.signedIn(t, c) {
			t.Errorf("%d rows after three sessions", n)
		}
	})
}

// cookie is the session cookie that a browser keeps.
func (r *running) cookie(t *testing.T, c *http.Client) *http.Cookie {
	t.Helper()
	u, err := url.Parse(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range c.Jar.Cookies(u) {
		if isSession(cookie.Name) {
			return cookie
		}
	}
	t.Fatal("no session cookie")
	return nil
}

func TestDevices(t *testing.T) {
	t.Parallel()
	onEachRouterAndDatabase(t, func(t *testing.T, r *running) {
		phone, laptop, tablet := r.device(t, phoneAgent), r.device(t, laptopAgent), r.device(t, tabletAgent)
		r.x.SignInAs(noor)
		stranger := r.browser(t)
		r.post(t, stranger, "/auth/twitter/login", nil)

		ids := r.listed(t, phone)
		laptopID, tabletID := ids["Firefox on Linux"], ids["Chrome on Android"]
		if id, ok := ids["Safari on iPhone"]; len(ids) != 3 || !ok || id != "" || laptopID == "" || tabletID == "" {
			t.Fatalf("%v", ids)
		}
		if page := r.page(t, phone, "/devices"); !strings.Contains(page, "127.0.0.1<br>Last seen <time") || !strings.Contains(page, ">just now</time>") {
			t.Errorf("%s", page)
		}

		r.post(t, stranger, "/sign-out-device", url.Values{"device": {laptopID}})
		if !r.signedIn(t, laptop) {
			t.Error("another user signed out the laptop")
		}
		if status, page := r.post(t, phone, "/sign-out-device", url.Values{"device": {laptopID}}); status != http.StatusOK || !strings.Contains(page, "Your devices") {
			t.Errorf("%d %s", status, page)
		}
		if r.signedIn(t, laptop) || !r.signedIn(t, tablet) || !r.signedIn(t, phone) {
			t.Error("signed out other devices than the laptop, or not the laptop")
		}
		for _, form := range []url.Values{{"device": {laptopID}}, {"device": {"nothing"}}, nil} { // again, and of an old page
			if status, page := r.post(t, phone, "/sign-out-device", form); status != http.StatusOK {
				t.Errorf("%v: %d %s", form, status, page)
			}
		}

		r.post(t, phone, "/sign-out-others", nil)
		if r.signedIn(t, tablet) || !r.signedIn(t, phone) || !r.signedIn(t, stranger) {
			t.Error("all others: the tablet is signed in, or the phone or another user is not")
		}
		if ids := r.listed(t, phone); len(ids) != 1 {
			t.Errorf("%v", ids)
		}
	})
}

// A device that was signed out elsewhere comes to the sign-in page, and not back by
// itself.
func TestSignedOutDeviceComesToTheSignInPage(t *testing.T) {
	t.Parallel()
	onEachRouter(t, func(t *testing.T, r *running) {
		c := r.browser(t)
		r.login(t, c, "true")
		r.change(t, `DELETE FROM sessions`)
		for _, path := range []string{"/me", "/auth/twitter/login?return_to=%2Fme"} {
			at, status, page := r.visit(t, c, path)
			if status != http.StatusOK || at != "/signin?return_to=%2Fme" || !strings.Contains(page, "Sign in with X") {
				t.Errorf("%s: %d at %s: %s", path, status, at, page)
			}
		}
	})
}

// visit opens a page as a browser does, and returns where it ended.
func (r *running) visit(t *testing.T, c *http.Client, path string) (at string, status int, page string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", r.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Accept": "text/html", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"} {
		req.Header.Set(name, value)
	}
	resp, err := c.Do(req)
	status, page = text(t, resp, err)
	return resp.Request.URL.RequestURI(), status, page
}

// What a row notes of a session's use, and which rows are shown and kept.
func TestRowsOfSessions(t *testing.T) {
	t.Parallel()
	for name, args := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, nil, append(args(t), "-idle", "30m")...)
			phone, laptop, tablet := r.device(t, phoneAgent), r.browser(t), r.device(t, tabletAgent)
			laptop.Transport = withAgent{agent: laptopAgent}
			r.login(t, laptop, "false")
			earlier := func(d time.Duration, agent string) {
				t.Helper()
				r.change(t, `UPDATE sessions SET seen = seen - $1 WHERE agent = $2`, d.Microseconds(), agent)
			}
			shown := func(c *http.Client, want string) {
				t.Helper()
				if page := r.page(t, c, "/devices"); !strings.Contains(page, want) {
					t.Errorf("the page lacks %q: %s", want, page)
				}
			}

			earlier(10*time.Minute+30*time.Second, laptopAgent)
			shown(phone, "10 minutes ago")
			if !r.signedIn(t, laptop) { // which notes its use
				t.Error("the laptop is signed out")
			}
			if page := r.page(t, phone, "/devices"); strings.Contains(page, "minutes ago") {
				t.Errorf("the use is not noted: %s", page)
			}

			earlier(50*time.Hour, tabletAgent) // it stays logged in, which has no idle timeout here
			shown(phone, "2 days ago")
			earlier(33*time.Minute, laptopAgent)
			if ids := r.listed(t, phone); len(ids) != 2 || ids["Firefox on Linux"] != "" {
				t.Errorf("a session that has been idle is listed: %v", ids)
			}

			r.change(t, `UPDATE sessions SET expires = $1 WHERE agent = $2`, time.Now().UnixMicro(), laptopAgent)
			if err := r.app.users.deleteExpired(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			if n := r.count(t, "sessions"); n != 2 || !r.signedIn(t, phone) || !r.signedIn(t, tablet) || r.signedIn(t, laptop) {
				t.Errorf("%d rows after the expired row was deleted", n)
			}
		})
	}
}

// "Log out on all devices" and "Disconnect X" leave no rows of sessions that have ended.
func TestEndedSessionsAreNotListed(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		phone := r.device(t, phoneAgent)
		r.device(t, laptopAgent)
		r.post(t, phone, "/logout-everywhere", nil)
		if n := r.count(t, "sessions"); n != 0 {
			t.Errorf("%d rows after the logout", n)
		}
		r.login(t, phone, "true")
		if ids := r.listed(t, phone); len(ids) != 1 {
			t.Errorf("%v", ids)
		}
	})
}

// What a client sends about itself is kept as text, and cannot break a statement or
// a page.
func TestAgentsAndAddresses(t *testing.T) {
	t.Parallel()
	for name, args := range databases {
		for proxy, flags := range map[string][]string{"": nil, "behind a proxy": {"-address-header", "X-Real-IP"}} {
			t.Run(name+"/"+proxy, func(t *testing.T) {
				t.Parallel()
				r := start(t, nil, append(args(t), flags...)...)
				for _, test := range []struct {
					agent, header, name, address string
				}{
					{"", "203.0.113.7", "An unknown device", "203.0.113.7"},
					{"curl/8.14.1", "2001:DB8::1", "An app: curl", "2001:db8::1"},
					{`<script>alert("x")</script>`, "unknown", "An app: &lt;script&gt;alert(&#34;x&#34;)&lt;", "127.0.0.1"},
					{"a\xff\xfe'; DROP TABLE sessions; --" + strings.Repeat("ü", 500), `<b>`, "An unknown device", "127.0.0.1"},
				} {
					c := r.browser(t)
					c.Transport = withAgent{agent: test.agent, header: http.Header{"X-Real-Ip": {test.header}}}
					r.login(t, c, "false")
					want := test.address
					if proxy == "" {
						want = "127.0.0.1"
					}
					if page := r.page(t, c, "/devices"); !strings.Contains(page, "<bdi>"+test.name+"</bdi>") || !strings.Contains(page, "<p>"+want+"<br>") || strings.Contains(page, "<script>") {
						t.Errorf("%q from %q: %s", test.agent, test.header, page)
					}
					r.post(t, c, "/auth/twitter/logout", nil)
				}
			})
		}
	}
}

func TestDeviceNames(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		phoneAgent:  "Safari on iPhone",
		laptopAgent: "Firefox on Linux",
		tabletAgent: "Chrome on Android",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/137.0.3296.62":    "Edge on Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Safari/537.36 OPR/121.0.0.0":        "Opera on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15":                "Safari on a Mac",
		"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/137.0 Mobile/15E148 Safari/604.1":        "Chrome on iPad",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/139.0 Mobile/15E148 Safari/605": "Firefox on iPhone",
		"Mozilla/5.0 (Linux; Android 15; SM-S938B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari":  "Samsung Internet on Android",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36":                       "Chrome on ChromeOS",
		"okhttp/4.12.0":                  "An app: okhttp",
		"Shop/3.1 (Android 15)":          "An app on Android",
		"Go-http-client/1.1":             "An app: Go-http-client",
		"":                               "An unknown device",
		strings.Repeat("a", 100) + "/1.": "An unknown device",
	} {
		if got := deviceName(agent); got != want {
			t.Errorf("%s: %q, want %q", agent, got, want)
		}
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second:         "just now", // another machine's clock
		0:                    "just now",
		119 * time.Second:    "just now",
		2 * time.Minute:      "2 minutes ago",
		119 * time.Minute:    "119 minutes ago",
		2 * time.Hour:        "2 hours ago",
		47 * time.Hour:       "47 hours ago",
		48 * time.Hour:       "2 days ago",
		30 * 24 * time.Hour:  "30 days ago",
		48*time.Hour - 1:     "47 hours ago",
		365 * 24 * time.Hour: "365 days ago",
		400*24*time.Hour + 1: "400 days ago",
	} {
		if got := ago(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
