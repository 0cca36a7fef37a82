package twittertest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

func TestBearerRefusals(t *testing.T) {
	t.Parallel()
	const (
		unauthorized = `{"detail":"Unauthorized","status":401,"title":"Unauthorized","type":"about:blank"}`
		forbidden    = `{"detail":"Forbidden","status":403,"title":"Forbidden","type":"about:blank"}`
	)
	tests := []struct {
		name   string
		token  func(t *testing.T, x *twittertest.Server) string
		status int
		body   string
	}{
		{"unknown", func(*testing.T, *twittertest.Server) string { return "unknown" }, 401, unauthorized},
		{"none", func(*testing.T, *twittertest.Server) string { return "" }, 401, unauthorized},
		{"a code", func(t *testing.T, x *twittertest.Server) string { return codeFor(t, x, ada, loginScope) }, 401, unauthorized},
		{"a refresh token", func(t *testing.T, x *twittertest.Server) string {
			_, refresh := tokens(t, x, ada, loginScope+" offline.access")
			return refresh
		}, 401, unauthorized},
		{"an access token of OAuth 1.0a", func(_ *testing.T, x *twittertest.Server) string {
			token, _ := x.TokenPair(ada)
			return token
		}, 401, unauthorized},
		{"too old", func(_ *testing.T, x *twittertest.Server) string {
			token := x.BearerToken(ada)
			x.SetClock(2*time.Hour + time.Minute)
			return token
		}, 401, unauthorized},
		{"revoked", func(_ *testing.T, x *twittertest.Server) string {
			token := x.BearerToken(ada)
			x.Revoke(token)
			return token
		}, 401, unauthorized},
		{"of a person who is gone", func(_ *testing.T, x *twittertest.Server) string {
			token := x.BearerToken(ada)
			x.SetPeople()
			return token
		}, 401, unauthorized},
		{"without users.read", func(_ *testing.T, x *twittertest.Server) string { return x.BearerToken(ada, "tweet.read") }, 403, forbidden},
		{"without tweet.read", func(_ *testing.T, x *twittertest.Server) string { return x.BearerToken(ada, "users.read") }, 403, forbidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			answer := withBearer(t, x, "/2/users/me", tt.token(t, x))
			answer.expect(t, tt.status, problemType)
			if answer.body != tt.body {
				t.Errorf("the body is %s, want %s", answer.body, tt.body)
			}
		})
	}
}

// A person who is kept out only after the login is refused as in OAuth 1.0a.
func TestBearerOfThoseKeptOut(t *testing.T) {
	t.Parallel()
	for code, p := range map[int]twittertest.Person{
		64:  {ID: "7", ScreenName: "out", Suspended: true},
		326: {ID: "7", ScreenName: "shut", Locked: true},
	} {
		x := start(t)
		x.AddPerson(p)
		withBearer(t, x, "/2/users/me", x.BearerToken("7")).refusedAs(t, 403, code, jsonType)
	}
}

func TestBearerLives2Hours(t *testing.T) {
	t.Parallel()
	x := start(t)
	token := x.BearerToken(ada)
	x.SetClock(2*time.Hour - time.Minute)
	if !works(t, x, token) {
		t.Error("it is too old before its time")
	}
}

func TestBearerInMoreThanOnePlace(t *testing.T) {
	t.Parallel()
	x := start(t)
	token := x.BearerToken(ada)
	for name, spoil := range map[string]func(r *http.Request){
		"two headers":                func(r *http.Request) { r.Header.Add("Authorization", "Bearer "+token) },
		"the query":                  func(r *http.Request) { r.URL.RawQuery = "access_token=" + token },
		"a query that is unreadable": func(r *http.Request) { r.URL.RawQuery = "a=%zz" },
	} {
		r := request(t, http.MethodGet, x.URL+"/2/users/me", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		spoil(r)
		if answer := do(t, x.Client(), r); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, answer.StatusCode)
		}
	}
	get(t, x.Client(), x.URL+"/2/users/me?access_token="+token).expect(t, 401, problemType)
}

// A scope for the email address opens that field and no more; without, X
// refuses the field and answers the rest.
func TestConfirmedEmailScope(t *testing.T) {
	t.Parallel()
	const (
		email   = `"confirmed_email":"ada@example.com"`
		refused = `"errors":[{"detail":"Sorry, you are not authorized to access 'confirmed_email' on the user with id : [6253282].",` +
			`"field":"confirmed_email","parameter":"user.fields","resource_id":"6253282","resource_type":"user","section":"data",` +
			`"title":"Field Authorization Error","type":"https://api.twitter.com/2/problems/not-authorized-for-field"}]`
	)
	all := []string{"tweet.read", "users.read", "users.email"}
	tests := []struct {
		name   string
		scopes []string
		fields string
		set    func(x *twittertest.Server)
		want   string // part of the body
		not    []string
	}{
		{"granted", all, "url,confirmed_email", nil, email, []string{"errors"}},
		{"granted, not asked for", all, "url", nil, `"id":"6253282"`, []string{"email", "errors"}},
		{"not granted", all[:2], "url,confirmed_email", nil, refused, []string{"ada@example.com"}},
		{"not granted, not asked for", all[:2], "url", nil, `"url":"https://ada.example"`, []string{"email", "errors"}},
		{"by default", nil, "confirmed_email", nil, refused, []string{"ada@example.com"}},
		{"granted, but no longer allowed", all, "confirmed_email", func(x *twittertest.Server) { x.SetRequestEmail(false) }, refused, []string{"ada@example.com"}},
		{"a person without one", all, "confirmed_email", func(x *twittertest.Server) {
			x.AddPerson(twittertest.Person{ID: ada, ScreenName: "ada"})
		}, `"username":"ada"`, []string{"email", "errors"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			token := x.BearerToken(ada, tt.scopes...)
			if tt.set != nil {
				tt.set(x)
			}
			answer := withBearer(t, x, "/2/users/me?user.fields="+url.QueryEscape(tt.fields), token)
			answer.expect(t, http.StatusOK, jsonType)
			if !strings.Contains(answer.body, tt.want) {
				t.Errorf("the body is %s, want %s in it", answer.body, tt.want)
			}
			for _, not := range tt.not {
				if strings.Contains(answer.body, not) {
					t.Errorf("the body is %s, with %s in it", answer.body, not)
				}
			}
			if data, ok := object(t, answer.body)["data"].(map[string]any); !ok || data["id"] != ada {
				t.Errorf("there is no person in %s", answer.body)
			}
		})
	}
}

// A token of OAuth 2.0 is none of OAuth 1.0a, in any place.
func TestBearerWhereItDoesNotBelong(t *testing.T) {
	t.Parallel()
	x := start(t)
	token := x.BearerToken(ada, "tweet.read", "users.read", "users.email")
	withBearer(t, x, profilePath+"?include_email=true", token).refusedAs(t, 403, 220, jsonType)
	profileCall(x, token, "").sign(x).send(t, x, "").refusedAs(t, 401, 89, jsonType)
	newCall(x, http.MethodGet, "/2/users/me", token, token).sign(x).send(t, x, "").expect(t, 401, problemType)
	if !works(t, x, token) {
		t.Error("it is no longer good")
	}
}

func TestBearerTokenPanics(t *testing.T) {
	t.Parallel()
	x := start(t)
	for name, call := range map[string]func(){
		"an ID of nobody":  func() { x.BearerToken("0") },
		"an unknown scope": func() { x.BearerToken(ada, "email") },
		"a scope twice":    func() { x.BearerToken(ada, "tweet.read", "tweet.read") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("it took %s", name)
				}
			}()
			call()
		}()
	}
	x.BearerToken(ada) // no lock is held
}

// The app's own bearer token stands for no person.
func TestAppBearerToken(t *testing.T) {
	t.Parallel()
	x := start(t)
	token := x.AppBearerToken()
	const want = `{"detail":"Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",` +
		`"status":403,"title":"Unsupported Authentication","type":"https://api.twitter.com/2/problems/unsupported-authentication"}`
	for name, answer := range map[string]got{"users/me": withBearer(t, x, "/2/users/me", token), "tweets": tweet(t, x, token, `{"text":"t"}`)} {
		answer.expect(t, http.StatusForbidden, problemType)
		if answer.body != want {
			t.Errorf("%s answers %s", name, answer.body)
		}
	}
	withBearer(t, x, profilePath, token).refusedAs(t, 403, 220, jsonType)
	if again := x.AppBearerToken(); again != token || again == start(t).AppBearerToken() {
		t.Errorf("the tokens are %s and %s", token, again)
	}
}
