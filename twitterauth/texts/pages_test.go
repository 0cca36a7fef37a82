package texts_test

import (
	"context"
	"fmt"
	"html"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/texts"
)

// nobody is a store without users.
type nobody struct{}

func (nobody) UserForLogin(context.Context, twitterauth.Login) (string, error) { return "1", nil }

func (nobody) UserByID(context.Context, string) (string, error) {
	return "", twitterauth.ErrUserNotFound
}

// A visitor reads a page of the library in each language, and its direction is right.
func TestPagesInEachLanguage(t *testing.T) {
	t.Parallel()
	auth, err := twitterauth.New(nobody{}, twitterauth.Config{
		ConsumerKey: "key", ConsumerSecret: "secret",
		CallbackURL: "https://app.example.com/auth/twitter/callback",
		Session:     session.Config{Keys: []session.Key{session.NewKey()}},
		Texts:       texts.Match(all()...),
		Logger:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, translate := range append(slices.Clone(translations), texts.English) {
		translation := translate()
		dir := "ltr"
		if translation.Lang == "ar" || translation.Lang == "he" {
			dir = "rtl"
		}
		for path, want := range map[string][]string{
			"/auth/twitter/logout":   {translation.LogOutTitle, translation.LogOutButton, translation.HomeLink},
			"/auth/twitter/nothing":  {translation.Messages[twitterauth.CodeNotFound], translation.Titles[twitterauth.CodeNotFound]},
			"/auth/twitter/callback": {translation.WrongCallback, translation.OtherTitle, translation.SignInButton},
		} {
			r := asking(translation.Lang)
			r.URL.Path = path
			r.Header.Set("Accept", "text/html")
			w := httptest.NewRecorder()
			auth.ServeHTTP(w, r)
			page := html.UnescapeString(w.Body.String())
			if translation.Lang == "en" && path == "/auth/twitter/callback" {
				want[0] = "The address lacks what X adds to it after a login." // the detail
			}
			for _, text := range append(want, fmt.Sprintf(`<html lang=%q dir=%q>`, translation.Lang, dir)) {
				if !strings.Contains(page, text) {
					t.Errorf("%s in %s: no %q in %s", path, translation.Lang, text, page)
				}
			}
			if !slices.Contains(w.Header()["Vary"], "Accept-Language") {
				t.Errorf("%s in %s: Vary %q", path, translation.Lang, w.Header()["Vary"])
			}
		}
	}
}
