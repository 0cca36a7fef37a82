package twitterauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// The text of Refuse is on the page and in JSON, in one line of at most 200 bytes,
// whatever the app puts into it.
func TestRefuseText(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for given, want := range map[string]string{
			"You need an invitation.":             "You need an invitation.",
			`<script>alert("x")</script> & 'y'`:   `<script>alert("x")</script> & 'y'`,
			"&lt;b&gt;":                           "&lt;b&gt;",
			"Für Ada: 招待が必要です。":                   "Für Ada: 招待が必要です。",
			"a\r\nSet-Cookie: b=c":                "a Set-Cookie: b=c",
			" \t two \n\n  words\v\f ":            "two words",
			"a\x00b\x1b[31mc\x7fd":                "a b [31mc d",
			"C1\u0085next\u009bline":              "C1 next line",
			"a\u2028b\u2029c":                     "a b c",
			"abc\u202egpj.exe":                    "abcgpj.exe",
			"\u2066a\u2067b\u2068c\u2069\u202ad":  "abcd",
			"\u200fשלום\u200f":                    "\u200fשלום\u200f",
			"\xff\xfe broken":                     "\ufffd\ufffd broken",
			"":                                    "",
			"\r\n\u202e\x00":                      "",
			strings.Repeat("a", 200):              strings.Repeat("a", 200),
			strings.Repeat("a", 10<<10):           strings.Repeat("a", 200),
			strings.Repeat("a", 199) + "é":        strings.Repeat("a", 199),
			strings.Repeat("a", 198) + "é!":       strings.Repeat("a", 198) + "é",
			strings.Repeat("a", 199) + " b":       strings.Repeat("a", 199),
			strings.Repeat("待", 100):              strings.Repeat("待", 66),
			strings.Repeat("\n\u202e", 1<<20):     "",
			strings.Repeat("<b>", 4000):           strings.Repeat("<b>", 66) + "<b",
			"{{.Err}} %s %!d(MISSING) \\u003c \\": "{{.Err}} %s %!d(MISSING) \\u003c \\",
		} {
			s := newSite(t, over(p))
			s.users.onLogin = failingLogin(fmt.Errorf("store: %w", twitterauth.Refuse(given)))
			b := s.browser(t)
			callback := b.approve(b.start(nil), ada)
			page := b.visit(callback)
			shown := want
			if shown == "" {
				shown = s.ordinaryRefusal(t)
			}
			if page.StatusCode != http.StatusForbidden || !strings.Contains(page.body, "\n<p>"+templateEscaped(shown)+"</p>\n") {
				t.Errorf("%.40q: %d %s", given, page.StatusCode, page.body)
			}
			if _, ok := offeredForm(page.body); ok || b.hasSession() || len(s.users.all()) != 0 {
				t.Errorf("%.40q: a form, a session or a user", given)
			}
			other := s.browser(t)
			r := other.get(other.approve(other.start(nil), ada))
			var answer struct{ Code, Message string }
			if err := json.Unmarshal([]byte(r.body), &answer); err != nil || r.StatusCode != 403 || answer.Code != "login_refused" || answer.Message != shown || len(answer.Message) > 200 || !utf8.ValidString(answer.Message) {
				t.Errorf("%.40q: %d %s", given, r.StatusCode, r.body)
			}
		}
	})
}

// templateEscaped returns a text as html/template writes it.
func templateEscaped(text string) string {
	return strings.ReplaceAll(html.EscapeString(text), "+", "&#43;")
}

// ordinaryRefusal is what a person reads whom ErrLoginRefused turns away.
func (s *site) ordinaryRefusal(t *testing.T) string {
	t.Helper()
	s.users.onLogin = failingLogin(twitterauth.ErrLoginRefused)
	b := s.browser(t)
	r := b.get(b.approve(b.start(nil), ada))
	var answer struct{ Code, Message string }
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil || answer.Code != "login_refused" {
		t.Fatal(r.body)
	}
	return answer.Message
}

// Refuse works wherever ErrLoginRefused does.
func TestRefuseAnywhere(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		const text = `Three devices are "enough".`
		refused := errors.Join(errors.New("row"), fmt.Errorf("store: %w", twitterauth.Refuse(text)))
		if !errors.Is(refused, twitterauth.ErrLoginRefused) {
			t.Error("it does not wrap ErrLoginRefused")
		}
		check := func(where string, r reply) {
			t.Helper()
			var answer struct{ Code, Message string }
			if err := json.Unmarshal([]byte(r.body), &answer); err != nil || r.StatusCode != 403 || answer.Code != "login_refused" || answer.Message != text {
				t.Errorf("%s: %d %s", where, r.StatusCode, r.body)
			}
		}
		s, b := newLinkingSite(t, p)
		s.users.onLink = func(context.Context, string, twitterauth.Login) error { return refused }
		check("LinkLogin", b.get(b.approve(b.start(map[string][]string{"link": {"true"}}), ada)))

		k := newKeepingMemory()
		k.onSave = func(context.Context, *http.Request, session.Session) error { return refused }
		s = newSite(t, over(p), withStore(k))
		b = s.browser(t)
		check("SaveSession", b.get(b.approve(b.start(nil), ada)))
		if b.hasSession() || len(k.ids()) != 0 {
			t.Error("SaveSession: a session")
		}

		s = newAppSite(t, p)
		s.users.onLogin = failingLogin(refused)
		app := s.app(t, claimedLink)
		r := app.exchange(app.code(ada))
		checkGrantError(t, "POST token", r, 400, "invalid_grant", "login_refused")
		if !strings.Contains(r.body, `"error_description":"Three devices are 'enough'."`) {
			t.Error(r.body)
		}
		check("POST token in JSON", s.browser(t).post("application/json", `{"code":"`+app.code(ada)+`","codeVerifier":"`+app.verifier+`"}`, ""))
	})
}

// The log has the text too, in one line.
func TestRefuseIsLogged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.users.onLogin = failingLogin(twitterauth.Refuse("No\nlevel=ERROR msg=forged"))
	b := s.browser(t)
	b.get(b.approve(b.start(nil), ada))
	if log := s.log.String(); !strings.Contains(log, "login refused by the app: No level=ERROR msg=forged") || strings.Contains(log, "\nlevel=ERROR") {
		t.Error(log)
	}
}
