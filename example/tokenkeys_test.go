package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

var oauth2Token = twitterauth.Token{AccessToken: "access 2", RefreshToken: "refresh 2", Expiry: time.Date(2030, 1, 2, 3, 4, 5, 6000, time.UTC), Scopes: []string{"tweet.read", "tweet.write"}}

// A row of one user does not open for another, who is asked to sign in again.
func TestSealedRowsOfOtherUsersDoNotOpen(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		c, id := r.signedInUser(t)
		other := r.browser(t)
		r.x.SignInAs(noor)
		r.post(t, other, "/auth/twitter/login", nil)
		r.change(t, `UPDATE tokens SET sealed = (SELECT sealed FROM tokens WHERE user_id <> $1) WHERE user_id = $1`, numeric(id))
		if token, err := r.app.users.TwitterToken(t.Context(), id); !errors.Is(err, twitterauth.ErrNoToken) || token.AccessToken != "" || !strings.Contains(err.Error(), "TOKEN_KEYS") {
			t.Errorf("%v", err)
		}
		r.x.ResetRequests()
		if status, page := r.post(t, c, postPath, form("text", "hello")); status != http.StatusConflict || len(r.x.Requests()) != 0 {
			t.Errorf("%d %s", status, page)
		}
	})
}

// What the database has of a token is of no use without the key.
func TestTokensAreSealed(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, r *running) {
		_, id := r.signedInUser(t)
		token, err := r.app.users.TwitterToken(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		var sealed string
		if err := r.app.users.db.QueryRowContext(t.Context(), `SELECT sealed FROM tokens`).Scan(&sealed); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(sealed, token.AccessToken) || strings.Contains(sealed, token.AccessSecret) {
			t.Error("the token can be read")
		}
	})
}

// TOKEN_KEYS are rotated: the new key goes first, rows are sealed again, the old key
// goes. Session keys have nothing to do with it.
func TestTokenKeysRotate(t *testing.T) {
	t.Parallel()
	for database, args := range databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			older, newer := session.NewKey().Encode(), session.NewKey().Encode()
			all := append([]string{"-data", t.TempDir()}, args(t)...)
			open := func(keys string) *users {
				t.Helper()
				set, err := readSettings(all, func(name string) string {
					return map[string]string{"TOKEN_KEYS": keys, "SESSION_KEYS": session.NewKey().Encode()}[name]
				})
				if err != nil {
					t.Fatal(err)
				}
				s, err := openUsers(t.Context(), set)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { s.Close() })
				return s
			}
			before := open(older)
			const people = resealPage + 2 // more than one page
			for i := range people {
				if _, err := before.UserForLogin(t.Context(), twitterauth.Login{TwitterID: string(rune('a' + i)), ScreenName: "x", Token: oauth2Token}); err != nil {
					t.Fatal(err)
				}
			}
			expectReseal := func(s *users, sealed, unreadable int) {
				t.Helper()
				if n, m, err := s.resealTokens(t.Context()); n != sealed || m != unreadable || err != nil {
					t.Errorf("%d sealed again, %d unreadable, %v; want %d, %d", n, m, err, sealed, unreadable)
				}
			}
			expectReseal(before, 0, 0)
			expectReseal(open(newer), 0, people) // the old key went too early: nothing is lost
			expectReseal(open(older+","+newer), 0, 0)

			rotated := open(newer + "," + older)
			stale, err := rotated.sealedRows(t.Context(), 0)
			if err != nil || len(stale) != resealPage || stale[0].user != 1 {
				t.Fatalf("%d rows, %v", len(stale), err)
			}
			expectReseal(rotated, people, 0)
			expectReseal(rotated, 0, 0)
			after := open(newer)
			if token, err := after.TwitterToken(t.Context(), "1"); err != nil || !isSame(token, oauth2Token) {
				t.Errorf("%v", err)
			}
			if _, err := before.TwitterToken(t.Context(), "1"); !errors.Is(err, twitterauth.ErrNoToken) {
				t.Errorf("the old key opens it: %v", err)
			}

			// A row that was written since it was read is left as it is.
			if err := after.RenewToken(t.Context(), "1", func(_ context.Context, t twitterauth.Token) (twitterauth.Token, error) {
				t.AccessToken = "access of the renewal"
				return t, nil
			}); err != nil {
				t.Fatal(err)
			}
			if err := rotated.reseal(t.Context(), stale[0], oauth2Token); err != nil {
				t.Error(err)
			}
			if token, err := after.TwitterToken(t.Context(), "1"); err != nil || token.AccessToken != "access of the renewal" {
				t.Errorf("%v", err)
			}
			expectReseal(after, 0, 0)

			log := &syncBuffer{}
			for _, s := range []*users{rotated, after} {
				resealTokens(context.Background(), s, slog.New(slog.NewTextHandler(log, nil)))
			}
			if text := log.String(); strings.Count(text, "sealed_again=0 unreadable=0") != 1 {
				t.Errorf("the log has %s", text)
			}
		})
	}
}

// The token key is a file of its own beside the session key.
func TestTokenKeyFile(t *testing.T) {
	t.Parallel()
	set := settings{Data: t.TempDir()}
	sessions, err := sessionKeys(set)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := tokenKeys(set)
	if err != nil {
		t.Fatal(err)
	}
	again, err := tokenKeys(set)
	if err != nil || again[0].Encode() != tokens[0].Encode() || tokens[0].Encode() == sessions[0].Encode() {
		t.Errorf("the keys are not what they should be: %v", err)
	}
	for file, keys := range map[string][]session.Key{"session.key": sessions, "token.key": tokens} {
		info, err := os.Stat(set.file(file))
		if err != nil || info.Mode().Perm() != ownerOnly || strings.TrimSpace(readText(t, set.file(file))) != keys[0].Encode() {
			t.Errorf("%s: %v, %v", file, info, err)
		}
	}
	writeMode(t, set.file("token.key"), tokens[0].Encode(), 0o666)
	if _, err := tokenKeys(set); err == nil || !strings.Contains(err.Error(), "token key "+set.file("token.key")) || !strings.Contains(err.Error(), "chmod go-w") {
		t.Errorf("others write it: %v", err)
	}
	set.TokenKeys = tokens[0].Encode() + ",canary"
	if _, err := openUsers(t.Context(), set); err == nil || !strings.Contains(err.Error(), "TOKEN_KEYS, key 2") || strings.Contains(err.Error(), "canary") {
		t.Errorf("a broken TOKEN_KEYS: %v", err)
	}
}

func readText(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
