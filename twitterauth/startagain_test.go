package twitterauth_test

import (
	"context"
	"errors"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// offeredForm returns the fields of a page's form that starts a login; ok is
// false when the page has no such form.
func offeredForm(page string) (fields url.Values, ok bool) {
	if !strings.Contains(page, `action="/auth/twitter/login"`) {
		return nil, false
	}
	fields = url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, -1) {
		fields.Add(m[1], html.UnescapeString(m[2]))
	}
	return fields, true
}

// chosen is a login form with everything that a person can choose.
func chosen(link bool) url.Values {
	form := url.Values{"return_to": {`/cart?x=<1>&y="é"`}, "stayLoggedIn": {"true"}, "data": {"invite \"<42>\""}}
	if link {
		form.Set("link", "true")
	}
	return form
}

// Whatever ends a login, the page that offers to start again keeps what the
// person had chosen; so does a reload of it, which asks X nothing.
func TestStartingAgainKeepsEverything(t *testing.T) {
	ends := map[string]struct {
		spoil func(s *site, p protocol)
		end   func(t *testing.T, b *browser, authorizeURL string) (callback string)
		again string // the code of a reload
		first bool   // whether the first page has the button
	}{
		"cancelled": {nil, func(t *testing.T, b *browser, at string) string {
			callback, err := b.site.x.Cancel(at)
			if err != nil {
				t.Fatal(err)
			}
			return callback
		}, "access_denied", true},
		"thirty-one minutes at X": {func(s *site, _ protocol) {
			s.auth.SetClock(func() time.Time { return time.Now().Add(31 * time.Minute) })
		}, nil, "login_expired", true},
		"fifty-nine minutes at X": {func(s *site, _ protocol) {
			s.auth.SetClock(func() time.Time { return time.Now().Add(59 * time.Minute) })
		}, nil, "login_expired", true},
		"X is down":      {func(s *site, p protocol) { s.x.Fail(p.exchange, twittertest.HTML(503)) }, nil, "login_expired", true},
		"X's rate limit": {func(s *site, p protocol) { s.x.Fail(p.exchange, twittertest.Respond(429, "text/plain", "no")) }, nil, "login_expired", true},
		"the store cannot be reached": {func(s *site, _ protocol) {
			down := func(context.Context, string) (string, error) { return "", twitterauth.ErrStoreUnavailable }
			s.users.onLogin = func(ctx context.Context, l twitterauth.Login) (string, error) { return down(ctx, l.TwitterID) }
			s.users.onLink = func(ctx context.Context, id string, _ twitterauth.Login) error { _, err := down(ctx, id); return err }
		}, nil, "login_expired", true},
		"the store failed": {func(s *site, _ protocol) {
			s.users.onLogin = func(context.Context, twitterauth.Login) (string, error) { return "", errors.New("syntax error") }
			s.users.onLink = func(context.Context, string, twitterauth.Login) error { return errors.New("syntax error") }
		}, nil, "login_expired", false},
	}
	for name, test := range ends {
		for _, link := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				onBothProtocols(t, func(t *testing.T, p protocol) {
					s, b := newLinkingSite(t, p)
					if !link {
						b = s.browser(t)
					}
					at := b.start(chosen(link))
					end := test.end
					if end == nil {
						end = func(_ *testing.T, b *browser, at string) string { return b.approve(at, ada) }
					}
					callback := end(t, b, at)
					if test.spoil != nil {
						test.spoil(s, p)
					}
					page := b.visit(callback)
					checkOffer(t, page, link, test.first)
					s.x.ResetRequests()
					page = b.visit(callback)
					checkOffer(t, page, link, true)
					if r := b.get(callback); r.code(t) != test.again || len(s.x.Requests()) != 0 {
						t.Errorf("a reload: %s, X was asked %d times", r.body, len(s.x.Requests()))
					}
				})
			})
		}
	}
}

func checkOffer(t *testing.T, page reply, link, want bool) {
	t.Helper()
	fields, ok := offeredForm(page.body)
	if ok != want {
		t.Errorf("%d: a form to start again: %t\n%s", page.StatusCode, ok, page.body)
	}
	if ok && fields.Encode() != chosen(link).Encode() {
		t.Errorf("%d: the form has %v, want %v", page.StatusCode, fields, chosen(link))
	}
}

// Other pages with the button: what the login is, where nothing was chosen.
func TestStartingAgainWithoutAChoice(t *testing.T) {
	t.Parallel()
	for _, stay := range []bool{false, true} {
		s := newSite(t, configured(func(c *twitterauth.Config) { c.StayLoggedIn = stay }))
		want := map[bool]string{false: "false", true: "true"}[stay]
		b := s.browser(t)
		other := s.browser(t)
		for name, page := range map[string]reply{
			"another browser's callback": other.visit(b.approve(b.start(nil), ada)),
			"a malformed callback":       b.visit("/auth/twitter/callback"),
			"a post, signed out":         b.do("POST", "/account", nil, "Accept", "text/html"),
			"a fetch, signed out":        b.get("/account?a=1", "Accept", "text/html", "Sec-Fetch-Dest", "iframe"),
			"another site's form":        b.do("POST", "/auth/twitter/login", url.Values{"return_to": {"/account?a=1"}, "data": {"evil"}, "stayLoggedIn": {"true"}}, "Sec-Fetch-Site", "cross-site", "Accept", "text/html"),
			"another site's frame":       b.get("/auth/twitter/login?return_to=/account%3Fa%3D1&stayLoggedIn=true", "Sec-Fetch-Dest", "iframe", "Accept", "text/html"),
			"another site's link":        b.get("/auth/twitter/login?return_to=/account%3Fa%3D1&stayLoggedIn=true", "Sec-Fetch-Site", "cross-site", "Accept", "text/html"),
		} {
			fields, ok := offeredForm(page.body)
			if !ok || fields.Get("stayLoggedIn") != want || fields.Has("data") || fields.Has("link") {
				t.Errorf("%s, StayLoggedIn %t: %d, form %v", name, stay, page.StatusCode, fields)
			}
			if rest, _, _ := strings.Cut(name, "'"); (rest == "another site" || name == "a fetch, signed out") != (fields.Get("return_to") == "/account?a=1") {
				t.Errorf("%s: return_to %q", name, fields.Get("return_to"))
			}
		}
	}
}

// A form whose link or data cannot be read has no button, because it would start
// another login; and where the same login would only be rejected again, there is no
// button for it.
func TestNoButtonWithoutLinkOrData(t *testing.T) {
	t.Parallel()
	s, plain := newSite(t, withStore(linkingMemory{newMemory()})), newSite(t)
	for name, test := range map[string]struct {
		s    *site
		form url.Values
	}{
		"link twice":                             {s, url.Values{"link": {"true", "true"}}},
		"link maybe":                             {s, url.Values{"link": {"maybe"}}},
		"data twice":                             {s, url.Values{"data": {"a", "b"}}},
		"data of 257 bytes":                      {s, url.Values{"data": {strings.Repeat("d", 257)}}},
		"link, signed out":                       {s, url.Values{"link": {"true"}}},
		"link and reauth":                        {s, url.Values{"link": {"true"}, "reauth": {"true"}}},
		"link, the store cannot link":            {plain, url.Values{"link": {"true"}}},
		"link and reauth, the store cannot link": {plain, url.Values{"link": {"true"}, "reauth": {"true"}}},
	} {
		r := test.s.browser(t).do("POST", "/auth/twitter/login", test.form, "Accept", "text/html")
		if _, ok := offeredForm(r.body); ok || r.StatusCode/100 != 4 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
	r := s.browser(t).do("POST", "/auth/twitter/login", url.Values{"return_to": {"/a"}, "data": {"d"}, "stayLoggedIn": {"maybe"}}, "Accept", "text/html")
	if fields, ok := offeredForm(r.body); !ok || fields.Get("return_to") != "/a" || fields.Get("data") != "d" || r.StatusCode != 400 {
		t.Errorf("stayLoggedIn maybe: %d %v", r.StatusCode, fields)
	}
}
