package twitterauth_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"twitterlogin.example/twitterauth"
)

// visitAs returns how an Auth answers a browser's GET.
func visitAs(h http.Handler, path string) reply {
	r := newRequest("GET", path)
	r.Header.Set("Accept", "text/html")
	w := record(h, r)
	return reply{w.Result(), w.Body.String()}
}

// Whatever a text has in it is plain text of one line on the page, and bounded.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"markup":              {`<script>alert(1)</script>"'&`, `<h1>&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;</h1>`},
		"a template":          {"{{.CSS}}", "<h1>{{.CSS}}</h1>"},
		"controls":            {"\x00a\x1bb\u0085c\x7fd\n\r\te\v", "<h1>a b c d e</h1>"},
		"separators":          {"a\u2028b\u2029c", "<h1>a b c</h1>"},
		"invalid UTF-8":       {"a\xffb\xc3", "<h1>a\ufffdb\ufffd</h1>"},
		"directions":          {"a\u202eb\u2066c\u202ad\u2069", "<h1>abcd</h1>"},
		"marks and joiners":   {"א\u200f!\u200eक्\u200dष", "<h1>א\u200f!\u200eक्\u200dष</h1>"},
		"French blanks":       {"Prêt\u202f?\u00a0Oui", "<h1>Prêt\u202f?\u00a0Oui</h1>"},
		"only controls":       {"\x00\n\u202e", "<h1>Not found</h1>"},
		"10 KB":               {strings.Repeat("é", 5120), "<h1>" + strings.Repeat("é", 512) + "</h1>"},
		"10 KB, off by one":   {"a" + strings.Repeat("é", 5120), "<h1>a" + strings.Repeat("é", 511) + "</h1>"},
		"unknown placeholder": {"{user} on {site}", "<h1>{user} on 127.0.0.1</h1>"},
		"10 KB of sites":      {strings.Repeat("{site}", 2000), "<h1>" + strings.Repeat("127.0.0.1", 113) + "127.0.0</h1>"},
	} {
		s := newSite(t, configured(func(c *twitterauth.Config) {
			c.Texts = func(*http.Request) *twitterauth.Texts {
				return &twitterauth.Texts{
					Messages: map[string]string{twitterauth.CodeNotFound: test.text},
					Titles:   map[string]string{twitterauth.CodeNotFound: test.text}, HomeLink: test.text,
				}
			}
		}))
		r := visitAs(s.auth, "/auth/twitter/nothing")
		if !strings.Contains(r.body, test.want) || !utf8.ValidString(r.body) || strings.Contains(r.body, "<script") || r.StatusCode != 404 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
		w := record(s.auth, newRequest("GET", "/auth/twitter/nothing"))
		if code := (reply{w.Result(), w.Body.String()}).code(t); code != "not_found" || w.Body.Len() > 7*1024 {
			t.Errorf("%s: as JSON %s", name, w.Body)
		}
	}
}

// The language and the direction are attributes of the page, or what follows from
// them.
func TestLangAndDir(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ lang, dir, want string }{
		{"", "", `lang="en" dir="ltr"`},
		{"de", "", `lang="de" dir="ltr"`},
		{"ar", "", `lang="ar" dir="rtl"`},
		{"ar-EG", "", `lang="ar-EG" dir="rtl"`},
		{"HE", "", `lang="HE" dir="rtl"`},
		{"fa-IR", "", `lang="fa-IR" dir="rtl"`},
		{"ar-Latn", "", `lang="ar-Latn" dir="ltr"`},
		{"az-Arab", "", `lang="az-Arab" dir="rtl"`},
		{"zh-Hant-TW", "", `lang="zh-Hant-TW" dir="ltr"`},
		{"arn", "", `lang="arn" dir="ltr"`},
		{"ar", "ltr", `lang="ar" dir="ltr"`},
		{"de", "rtl", `lang="de" dir="rtl"`},
		{"he", `"><script>`, `lang="he" dir="rtl"`},
		{`de" onload="x`, "", `lang="en" dir="ltr"`},
		{"de_AT", "", `lang="en" dir="ltr"`},
		{"4de", "", `lang="en" dir="ltr"`},
		{"-", "", `lang="en" dir="ltr"`},
		{strings.Repeat("a", 9), "", `lang="en" dir="ltr"`},
		{"de" + strings.Repeat("-abcdefgh", 4), "", `lang="en" dir="ltr"`},
	} {
		s := newSite(t, configured(func(c *twitterauth.Config) {
			c.Texts = func(*http.Request) *twitterauth.Texts { return &twitterauth.Texts{Lang: test.lang, Dir: test.dir} }
		}))
		if r := visitAs(s.auth, "/auth/twitter/logout"); !strings.Contains(r.body, "<html "+test.want+">") || strings.Contains(r.body, "<script") {
			t.Errorf("%q, %q: %s", test.lang, test.dir, r.body)
		}
	}
}

// In writing from right to left the site's name keeps its own direction.
func TestSiteNameFromRightToLeft(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) {
		c.Texts = func(*http.Request) *twitterauth.Texts {
			return &twitterauth.Texts{Lang: "he", LogOutMessage: "יציאה מ־{site}."}
		}
	}))
	if r := visitAs(s.auth, "/auth/twitter/logout"); !strings.Contains(r.body, "<p>יציאה מ־\u2066127.0.0.1\u2069.</p>") {
		t.Error(r.body)
	}
}

// The own page needs no left and no right.
func TestPageHasNoSides(t *testing.T) {
	t.Parallel()
	body := visitAs(newSite(t).auth, "/auth/twitter/logout").body
	for _, side := range []string{"left", "right", "float"} {
		if strings.Contains(body, side) {
			t.Errorf("the page has %q: %s", side, body)
		}
	}
}

// When Config.Texts fails the visitor reads English and the log has the reason.
func TestTextsFail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		texts func(*http.Request) *twitterauth.Texts
		log   string
	}{
		"panics":          {func(*http.Request) *twitterauth.Texts { panic("boom") }, "panic: boom"},
		"panics with nil": {func(*http.Request) *twitterauth.Texts { var t *twitterauth.Texts; t.Lang = "de"; return t }, "nil pointer"},
		"nil":             {func(*http.Request) *twitterauth.Texts { return nil }, ""},
	} {
		s := newSite(t, configured(func(c *twitterauth.Config) { c.Texts = test.texts }))
		for path, want := range map[string]string{"/auth/twitter/logout": "You are about to log out", "/auth/twitter/nothing": "There is nothing here."} {
			if r := visitAs(s.auth, path); !strings.Contains(r.body, want) || !strings.Contains(r.body, `lang="en"`) || !slices.Contains(r.Header["Vary"], "Accept-Language") {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
		log := s.log.String()
		if wanted := test.log != ""; strings.Contains(log, "level=ERROR") != wanted || wanted && (!strings.Contains(log, "Config.Texts failed") || !strings.Contains(log, test.log) || !strings.Contains(log, "stack=")) {
			t.Errorf("%s: the log is %s", name, log)
		}
	}
}

// A call of the app that hangs, whether or not it looks at its context, costs the
// visitor two seconds. It has that time also where the request's own is used up.
func TestTextsAndPageHang(t *testing.T) {
	t.Parallel()
	for name, hang := range map[string]func(ctx context.Context, forever chan struct{}){
		"for ever":                    func(_ context.Context, forever chan struct{}) { <-forever },
		"until its context ends":      func(ctx context.Context, _ chan struct{}) { <-ctx.Done() },
		"and then ends with a Goexit": func(ctx context.Context, _ chan struct{}) { <-ctx.Done(); runtime.Goexit() },
		"and then panics":             func(_ context.Context, forever chan struct{}) { <-forever; panic("late") },
	} {
		var forever chan struct{}
		s := newSite(t, configured(func(c *twitterauth.Config) {
			c.Texts = func(r *http.Request) *twitterauth.Texts {
				hang(r.Context(), forever)
				return nil
			}
			c.Page = func(w io.Writer, r *http.Request, _ twitterauth.Page) error {
				hang(r.Context(), forever)
				return r.Context().Err()
			}
		}))
		synctest.Test(t, func(t *testing.T) {
			forever = make(chan struct{})
			begun := time.Now()
			if r := visitAs(s.auth, "/auth/twitter/logout"); r.StatusCode != 200 || !strings.Contains(r.body, "You are about to log out") || !strings.Contains(r.body, "</html>") {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
			if took := time.Since(begun); took != 4*time.Second { // Texts, then Page
				t.Errorf("%s: it took %v", name, took)
			}
			close(forever)
			synctest.Wait()
		})
		for _, want := range []string{"Config.Texts failed", "Config.Page failed", "it has not returned within 2s"} {
			if !strings.Contains(s.log.String(), want) {
				t.Errorf("%s: the log has no %q: %s", name, want, s.log)
			}
		}
	}
}

// While as many calls hang as may, no further call begins.
func TestHangingTextsDoNotPileUp(t *testing.T) {
	t.Parallel()
	var forever chan struct{}
	var calls atomic.Int64
	s := newSite(t, configured(func(c *twitterauth.Config) {
		c.Texts = func(*http.Request) *twitterauth.Texts {
			calls.Add(1)
			<-forever
			return nil
		}
	}))
	synctest.Test(t, func(t *testing.T) {
		forever = make(chan struct{})
		for range 70 {
			visitAs(s.auth, "/auth/twitter/logout")
		}
		close(forever)
		synctest.Wait()
		if calls.Load() != 64 || !strings.Contains(s.log.String(), "64 earlier calls have not returned") {
			t.Errorf("%d calls: %s", calls.Load(), s.log)
		}
		if visitAs(s.auth, "/auth/twitter/logout"); calls.Load() != 65 {
			t.Errorf("%d calls after the others have returned", calls.Load())
		}
	})
}
