package twitterauth_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"twitterlogin.example/twitterauth"
)

type nullWriter struct{ h http.Header }

func (w nullWriter) Header() http.Header         { return w.h }
func (w nullWriter) Write(b []byte) (int, error) { return len(b), nil }
func (w nullWriter) WriteHeader(int)             {}

func BenchmarkMiddleware(b *testing.B) {
	s := newSite(b, nil)
	userID, err := s.users.UserForLogin(context.Background(), twitterauth.Login{TwitterID: ada, ScreenName: "ada"})
	if err != nil {
		b.Fatal(err)
	}
	found := &user{ID: userID}
	s.users.onByID = func(context.Context, string) (*user, error) { return found, nil }
	signedIn := newRequest("GET", "/")
	w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := s.auth.Sessions().Start(w, r, userID, false); err != nil {
			b.Error(err)
		}
	}), newRequest("GET", "/"))
	signedIn.AddCookie(w.Result().Cookies()[0])
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for _, test := range []struct {
		name string
		h    http.Handler
		r    *http.Request
	}{
		{"RequireUser", s.auth.RequireUser(next), signedIn},
		{"LoadUser", s.auth.LoadUser(next), signedIn},
		{"LoadUser/anonymous", s.auth.LoadUser(next), newRequest("GET", "/")},
	} {
		b.Run(fmt.Sprint(test.name), func(b *testing.B) {
			b.ReportAllocs()
			w := nullWriter{http.Header{}}
			for b.Loop() {
				clear(w.h)
				test.h.ServeHTTP(w, test.r)
			}
		})
	}
}
