package twitterauth_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// countingManager is the app's own manager around one of package session.
type countingManager struct {
	*session.Manager
	starts, tokens atomic.Int32
}

func (c *countingManager) Start(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, error) {
	c.starts.Add(1)
	return c.Manager.Start(w, r, userID, stay)
}

func (c *countingManager) StartWithToken(w http.ResponseWriter, r *http.Request, userID string, stay bool) (session.Session, string, error) {
	c.tokens.Add(1)
	return c.Manager.StartWithToken(w, r, userID, stay)
}

func userTokenIn(t *testing.T, r reply) string {
	t.Helper()
	_, rest, _ := strings.Cut(r.body, `"userToken":"`)
	token, _, _ := strings.Cut(rest, `"`)
	return token
}

// Keys and clocks that differ between machines sign people out; the log has a
// line about it, at most once a minute or once.
func TestSessionsRejectedOverKeysAndClocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		key := session.NewKey()
		machine := func(keys ...session.Key) (*twitterauth.Auth[*user], func(*http.Request) int) {
			cfg := goodConfig()
			cfg.Session.Keys = keys
			cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
			auth, err := twitterauth.New(newMemory(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			return auth, func(r *http.Request) int {
				log.Reset()
				record(auth.LoadUser(http.NotFoundHandler()), r)
				return strings.Count(log.String(), "\n")
			}
		}
		visitOf := func(auth *twitterauth.Auth[*user]) *http.Request {
			w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := auth.Sessions().Start(w, r, "u", false); err != nil {
					t.Error(err)
				}
			}), newRequest("GET", "/"))
			r := newRequest("GET", "/")
			r.AddCookie(w.Result().Cookies()[0])
			return r
		}
		ahead, _ := machine(session.NewKey())
		_, behind := machine(key)
		sealedAhead := visitOf(ahead)
		if n := behind(sealedAhead); n != 1 || !strings.Contains(log.String(), "key that this server does not have") || !strings.Contains(log.String(), "count=1") {
			t.Errorf("the first: %s", &log)
		}
		for range 10 {
			if n := behind(sealedAhead); n != 0 {
				t.Errorf("within the minute: %s", &log)
			}
		}
		time.Sleep(time.Minute)
		if n := behind(sealedAhead); n != 1 || !strings.Contains(log.String(), "count=11") {
			t.Errorf("a minute later: %s", &log)
		}
		junk := newRequest("GET", "/")
		junk.Header.Set("Cookie", "__Host-"+sessionCookie+"=junk")
		time.Sleep(time.Minute)
		if n := behind(junk); n != 0 {
			t.Errorf("junk: %s", &log)
		}

		same, atSame := machine(key)
		old := visitOf(same)
		time.Sleep(25 * time.Hour)
		if n := atSame(old); n != 1 || !strings.Contains(log.String(), "clock") {
			t.Errorf("an expired session: %s", &log)
		}
		if n := atSame(old); n != 0 {
			t.Errorf("again: %s", &log)
		}
	})
}

// A session of the future, from a machine whose clock is ahead, is rejected
// until the clock catches up, with one line in the log.
func TestSessionOfTheFuture(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	var cookie *http.Cookie
	start := func(ahead time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(ahead)
			cfg := goodConfig()
			cfg.Session.Keys = []session.Key{key}
			auth, err := twitterauth.New(newMemory(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			cookie = record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := auth.Sessions().Start(w, r, "u1", false); err != nil {
					t.Error(err)
				}
			}), newRequest("GET", "/")).Result().Cookies()[0]
		})
	}
	for ahead, want := range map[time.Duration]string{0: "200 200", 50 * time.Second: "200 200", 70 * time.Second: "401 200", 20 * time.Hour: "401 401"} {
		start(ahead)
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			cfg := goodConfig()
			cfg.Session.Keys = []session.Key{key}
			cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo}))
			users := newMemory()
			users.users["u1"] = &user{ID: "u1"}
			auth, err := twitterauth.New(users, cfg)
			if err != nil {
				t.Fatal(err)
			}
			page := auth.RequireUser(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			visit := func() int {
				r := newRequest("GET", "/")
				r.AddCookie(cookie)
				w := record(page, r)
				if len(w.Header()["Set-Cookie"]) != 0 {
					t.Errorf("%v ahead: the cookie is deleted", ahead)
				}
				return w.Code
			}
			first := visit()
			time.Sleep(time.Minute)
			if got := fmt.Sprint(first, visit()); got != want {
				t.Errorf("%v ahead: %s, want %s", ahead, got, want)
			}
			if n := strings.Count(log.String(), "in the future"); n != strings.Count(want, "401 ") && n != 1 {
				t.Errorf("%v ahead: the log has %s", ahead, &log)
			}
		})
	}
}
