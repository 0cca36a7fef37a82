package twitterauth_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"twitterlogin.example/twitterauth"
)

// A layout that writes on after it has returned changes nothing of the page, and its
// writes fail.
func TestPageWrittenLate(t *testing.T) {
	t.Parallel()
	var late sync.WaitGroup
	var passed atomic.Int64
	begin := make(chan struct{})
	s := newSite(t, configured(func(c *twitterauth.Config) {
		c.Page = func(w io.Writer, _ *http.Request, _ twitterauth.Page) error {
			late.Go(func() {
				for range 100 {
					io.WriteString(w, "") // while the page is sent
				}
				<-begin
				if n, err := io.WriteString(w, "late"); n != 0 || err == nil {
					passed.Add(1)
				}
			})
			io.WriteString(w, "<p>")
			_, err := io.WriteString(w, "whole")
			return err
		}
	}))
	for range 10 {
		if r := visitAs(s.auth, "/auth/twitter/logout"); r.body != "<p>whole" {
			t.Errorf("the page is %q", r.body)
		}
	}
	close(begin)
	late.Wait()
	if passed.Load() > 0 {
		t.Errorf("%d writes after the page was sent did not fail", passed.Load())
	}
}

// A layout that never ends to write is stopped at the page's bound, and at the latest
// when its time is up.
func TestPageWithoutEnd(t *testing.T) {
	t.Parallel()
	chunk := bytes.Repeat([]byte("x"), 64<<10)
	for name, test := range map[string]struct {
		page func(w io.Writer, r *http.Request) error
		log  string
	}{
		"until a write fails": {func(w io.Writer, _ *http.Request) error {
			for {
				if _, err := w.Write(chunk); err != nil {
					return err
				}
			}
		}, "it wrote more than 4194304 bytes"},
		"too much, and ignores errors": {func(w io.Writer, _ *http.Request) error {
			for range 100 {
				w.Write(chunk)
			}
			return nil
		}, "it wrote more than 4194304 bytes"},
		"slowly": {func(w io.Writer, r *http.Request) error {
			<-r.Context().Done()
			if _, err := w.Write(chunk); err == nil {
				t.Error("a write after the time was up did not fail")
			}
			return nil
		}, "it has not returned within 2s"},
	} {
		s := newSite(t, configured(func(c *twitterauth.Config) {
			c.Page = func(w io.Writer, r *http.Request, _ twitterauth.Page) error { return test.page(w, r) }
		}))
		synctest.Test(t, func(t *testing.T) {
			if r := visitAs(s.auth, "/auth/twitter/logout"); !strings.HasPrefix(r.body, "<!doctype html>") || len(r.body) > 64<<10 {
				t.Errorf("%s: %d, %d bytes", name, r.StatusCode, len(r.body))
			}
		})
		if !strings.Contains(s.log.String(), test.log) {
			t.Errorf("%s: the log has no %q: %s", name, test.log, s.log)
		}
	}
}

// A page as long as it may be is sent.
func TestLongestPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) {
		c.Page = func(w io.Writer, _ *http.Request, _ twitterauth.Page) error {
			_, err := w.Write(bytes.Repeat([]byte("x"), 4<<20))
			return err
		}
	}))
	if r := visitAs(s.auth, "/auth/twitter/logout"); len(r.body) != 4<<20 {
		t.Errorf("%d bytes: %s", len(r.body), s.log)
	}
}

// The hooks get a request of their own: what they change in it, at once or later, is
// not seen elsewhere.
func TestHooksKeepTheRequest(t *testing.T) {
	t.Parallel()
	var late sync.WaitGroup
	spoil := func(r *http.Request) {
		r.Header.Del("Accept")
		r.URL.Path, r.URL.RawQuery = "/spoiled", ""
		late.Go(func() { r.Header.Set("Accept", "application/json") })
	}
	s := newSite(t, configured(func(c *twitterauth.Config) {
		c.Texts = func(r *http.Request) *twitterauth.Texts { spoil(r); return nil }
		c.Page = func(_ io.Writer, r *http.Request, _ twitterauth.Page) error { spoil(r); return errors.New("spoiled") }
	}))
	r := visitAs(s.auth, "/auth/twitter/nothing?a=b")
	late.Wait()
	if !strings.HasPrefix(r.body, "<!doctype html>") || !strings.Contains(s.log.String(), "path=/auth/twitter/nothing error=spoiled") {
		t.Errorf("%s\n%s", r.body, s.log)
	}
}

// A hook that asks the library for what the hook itself is called for does not go on
// for ever.
func TestHooksWithinThemselves(t *testing.T) {
	t.Parallel()
	var s *site
	var texts, pages atomic.Int64
	s = newSite(t, configured(func(c *twitterauth.Config) {
		c.Texts = func(r *http.Request) *twitterauth.Texts {
			texts.Add(1)
			s.auth.SignInButton("", twitterauth.Carry(r))
			return &twitterauth.Texts{LogOutTitle: "Abmelden"}
		}
		c.Page = func(w io.Writer, r *http.Request, p twitterauth.Page) error {
			pages.Add(1)
			inner := record(s.auth, r)
			_, err := io.WriteString(w, p.Title+string(s.auth.SignInButton("", twitterauth.Carry(r)))+inner.Body.String())
			return err
		}
	}))
	r := visitAs(s.auth, "/auth/twitter/logout")
	if !strings.HasPrefix(r.body, "Abmelden<form") || !strings.Contains(r.body, "<h1>Abmelden</h1>") || pages.Load() != 1 || texts.Load() != 3 {
		t.Errorf("%d calls of Texts, %d of Page: %s", texts.Load(), pages.Load(), r.body)
	}
	for _, want := range []string{"Config.Texts failed", "Config.Page failed", "it was called by itself"} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("the log has no %q: %.2000s", want, s.log)
		}
	}
}
