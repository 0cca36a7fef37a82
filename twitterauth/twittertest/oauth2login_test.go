package twittertest_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

const (
	appState    = "state-1"
	appVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636, appendix B
	loginScope  = "tweet.read users.read"
)

// authorizeQuery is a proper authorization request.
func authorizeQuery(x *twittertest.Server, scope string) url.Values {
	return url.Values{
		"response_type":         {"code"},
		"client_id":             {x.ClientID},
		"redirect_uri":          {appCallback},
		"scope":                 {scope},
		"state":                 {appState},
		"code_challenge":        {s256(appVerifier)},
		"code_challenge_method": {"S256"},
	}
}

func s256(verifier string) string {
	hash := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(hash[:])
}

func authorizeURL(x *twittertest.Server, query url.Values) string {
	return x.URL + "/i/oauth2/authorize?" + query.Encode()
}

// codeFor returns the code of a login that a person has approved.
func codeFor(t *testing.T, x *twittertest.Server, person, scope string) string {
	t.Helper()
	callback, err := x.Authorize(authorizeURL(x, authorizeQuery(x, scope)), person)
	if err != nil {
		t.Fatal(err)
	}
	code := queryOf(t, callback).Get("code")
	if code == "" {
		t.Fatalf("there is no code in %s", callback)
	}
	return code
}

// codeForm is a proper request for a code's tokens.
func codeForm(code string) url.Values {
	return url.Values{
		"grant_type":    {"authorization_code"},
		"code":          {code},
		"redirect_uri":  {appCallback},
		"code_verifier": {appVerifier},
	}
}

func refreshForm(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
}

// asClient is the app's request with its credentials, at the token
// endpoint or the one for revocation.
func asClient(t *testing.T, x *twittertest.Server, path string, form url.Values) *http.Request {
	t.Helper()
	r := request(t, http.MethodPost, x.URL+path, form)
	r.SetBasicAuth(x.ClientID, x.ClientSecret)
	return r
}

func askTokens(t *testing.T, x *twittertest.Server, form url.Values) got {
	t.Helper()
	return do(t, x.Client(), asClient(t, x, "/2/oauth2/token", form))
}

// tokens are what a login over OAuth 2.0 yields.
func tokens(t *testing.T, x *twittertest.Server, person, scope string) (access, refresh string) {
	t.Helper()
	return tokensOf(t, askTokens(t, x, codeForm(codeFor(t, x, person, scope))))
}

func tokensOf(t *testing.T, answer got) (access, refresh string) {
	t.Helper()
	answer.expect(t, http.StatusOK, jsonType)
	fields := object(t, answer.body)
	access, _ = fields["access_token"].(string)
	refresh, _ = fields["refresh_token"].(string)
	if access == "" {
		t.Fatalf("there is no access token in %s", answer.body)
	}
	return access, refresh
}

func withBearer(t *testing.T, x *twittertest.Server, path, token string) got {
	t.Helper()
	r := request(t, http.MethodGet, x.URL+path, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return do(t, x.Client(), r)
}

// works tells whether a token is good.
func works(t *testing.T, x *twittertest.Server, token string) bool {
	t.Helper()
	switch answer := withBearer(t, x, "/2/users/me", token); answer.StatusCode {
	case http.StatusOK:
		return true
	case http.StatusUnauthorized:
		answer.expect(t, http.StatusUnauthorized, problemType)
		if want := `{"detail":"Unauthorized","status":401,"title":"Unauthorized","type":"about:blank"}`; answer.body != want {
			t.Errorf("users/me answers %s, want %s", answer.body, want)
		}
	default:
		t.Errorf("users/me answers %d: %s", answer.StatusCode, answer.body)
	}
	return false
}

// refusedWith checks an error of the token endpoint.
func (g got) refusedWith(t *testing.T, status int, code, description string) {
	t.Helper()
	g.expect(t, status, jsonType)
	if want := `{"error":"` + code + `","error_description":"` + description + `"}`; g.body != want {
		t.Errorf("the body is %s, want %s", g.body, want)
	}
	if cache := g.Header.Get("Cache-Control"); cache != "no-store" {
		t.Errorf("Cache-Control is %q", cache)
	}
}

// The whole of a login, by the page, in both kinds of app.
func TestOAuth2Login(t *testing.T) {
	t.Parallel()
	for kind, newServer := range map[string]func() *twittertest.Server{"http": twittertest.NewServer, "https": twittertest.NewTLSServer} {
		for _, public := range []bool{false, true} {
			t.Run(kind+map[bool]string{true: ", public"}[public], func(t *testing.T) {
				t.Parallel()
				x := newServer()
				t.Cleanup(x.Close)
				send := func(path string, form url.Values) got { return do(t, x.Client(), asClient(t, x, path, form)) }
				if public {
					x.ClientSecret = ""
					send = func(path string, form url.Values) got {
						form.Set("client_id", x.ClientID)
						return post(t, x.Client(), x.URL+path, form)
					}
				}

				page := get(t, x.Client(), authorizeURL(x, authorizeQuery(x, "tweet.read users.read users.email offline.access")))
				page.expect(t, http.StatusOK, tokenType)
				for _, has := range []string{"Sign in to 127.0.0.1:8080", "Ada Lovelace", "@ada<", ">Cancel</button>", "<li>See your confirmed email address.</li>", "<li>Stay connected to your account"} {
					if !strings.Contains(page.body, has) {
						t.Errorf("the consent page lacks %q", has)
					}
				}
				if strings.Contains(page.body, "direct messages") {
					t.Error("the consent page tells of a scope that was not asked for")
				}
				name, value := formField(t, page.body)
				decision := post(t, stay(x), x.URL+"/oauth/decide", url.Values{name: {value}, "person": {zoe}})
				decision.expect(t, http.StatusFound, tokenType)
				back := decision.Header.Get("Location")
				query := queryOf(t, back)
				if !strings.HasPrefix(back, appCallback+"?") || len(query) != 2 || query.Get("state") != appState || query.Get("code") == "" {
					t.Fatalf("the browser is sent to %s", back)
				}

				answer := send("/2/oauth2/token", codeForm(query.Get("code")))
				access, refresh := tokensOf(t, answer)
				fields := object(t, answer.body)
				if fields["token_type"] != "bearer" || answer.Header.Get("Cache-Control") != "no-store" ||
					!strings.Contains(answer.body, `"expires_in":7200,`) ||
					fields["scope"] != "tweet.read users.read users.email offline.access" || refresh == "" || len(fields) != 5 {
					t.Errorf("the tokens are %s", answer.body)
				}
				me := withBearer(t, x, "/2/users/me?user.fields=confirmed_email", access)
				me.expect(t, http.StatusOK, jsonType)
				if want := `{"data":{"confirmed_email":"zoe+x@example.com","id":"` + zoe + `",`; !strings.HasPrefix(me.body, want) {
					t.Errorf("users/me answers %s", me.body)
				}

				again, refreshed := tokensOf(t, send("/2/oauth2/token", refreshForm(refresh)))
				if again == access || refreshed == refresh || works(t, x, access) || !works(t, x, again) {
					t.Error("the tokens did not rotate")
				}
				revoked := send("/2/oauth2/revoke", url.Values{"token": {again}, "token_type_hint": {"access_token"}})
				revoked.expect(t, http.StatusOK, jsonType)
				if revoked.body != `{"revoked":true}` || works(t, x, again) {
					t.Errorf("revocation answers %s", revoked.body)
				}

				for step, n := range map[twittertest.Step]int{twittertest.Consent: 2, twittertest.Token: 2, twittertest.UsersMe: 4, twittertest.Revocation: 1} {
					if x.Count(step) != n {
						t.Errorf("%d requests of %s, want %d", x.Count(step), step, n)
					}
				}
			})
		}
	}
}

func TestOAuth2StepsGoWrong(t *testing.T) {
	t.Parallel()
	x := start(t)
	consent := authorizeURL(x, authorizeQuery(x, loginScope))
	x.FailNext(twittertest.Consent, 1, twittertest.HTML(503))
	get(t, x.Client(), consent).expect(t, 503, tokenType)
	get(t, x.Client(), consent).expect(t, 200, tokenType)

	form := codeForm(codeFor(t, x, ada, loginScope))
	x.FailNext(twittertest.Token, 1, twittertest.OAuth2Error(503, "temporarily_unavailable", "Later."))
	askTokens(t, x, form).refusedWith(t, 503, "temporarily_unavailable", "Later.")
	access, _ := tokensOf(t, askTokens(t, x, form)) // a fault uses nothing up

	x.FailNext(twittertest.Revocation, 1, twittertest.RateLimited(0))
	revoke := func() got {
		return do(t, x.Client(), asClient(t, x, "/2/oauth2/revoke", url.Values{"token": {access}}))
	}
	revoke().expect(t, 429, problemType)
	if !works(t, x, access) {
		t.Error("a revocation that failed revoked")
	}
	revoke().expect(t, 200, jsonType)
}
