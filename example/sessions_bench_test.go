package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
)

// BenchmarkLoadSession is what finding a request's session costs in each kind
// of store, with the servers on this machine, beside gorilla's own cookie.
func BenchmarkLoadSession(b *testing.B) {
	key := session.NewKey()
	run := func(name string, open func(*testing.B) sessions.Store) {
		b.Run(name, func(b *testing.B) {
			m, err := session.New(session.Config{Keys: []session.Key{key}, Store: open(b), AllowHTTP: true})
			if err != nil {
				b.Fatal(err)
			}
			w := httptest.NewRecorder()
			if _, err := m.Start(w, httptest.NewRequest("GET", "/", nil), "0198b1a4-6c7e-7d5a-9d0b-3f6f1a2b3c4d", true); err != nil {
				b.Fatal(err)
			}
			r := &http.Request{Header: http.Header{"Cookie": {w.Result().Cookies()[0].Name + "=" + w.Result().Cookies()[0].Value}}}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Load(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("store=sealed", func(*testing.B) sessions.Store { return nil })
	run("store=gorilla-cookie", func(*testing.B) sessions.Store {
		return sessions.NewCookieStore([]byte("a signing key of 32 bytes length"), []byte("an encryption key of 32 bytes..."))
	})
	run("store=redis", func(b *testing.B) sessions.Store {
		kept, err := openSessions(settings{Sessions: startRedis(b).url}, []session.Key{key})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { kept.Close() })
		return kept.store
	})
	run("store=postgres", func(b *testing.B) sessions.Store { return sessionsInPostgres(b).store })
}
