package twittertest_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

const (
	codeInvalid     = "Value passed for the authorization code was invalid."
	verifierInvalid = "Value passed for the code verifier did not match the code challenge."
	callbackInvalid = "Value passed for the redirect uri did not match the uri of the authorization code."
	tokenInvalid    = "Value passed for the token was invalid."
	headerMissing   = "Missing valid authorization header"
	secretless      = "The app is a public client, which has no secret."
)

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

// Every way to send a bad request for a code's tokens. The code must be good
// for the proper request that follows.
func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	set := func(name, value string) func(x *twittertest.Server, r *http.Request, form url.Values) {
		return func(_ *twittertest.Server, _ *http.Request, form url.Values) { form.Set(name, value) }
	}
	header := func(name string, value func(x *twittertest.Server) string) func(x *twittertest.Server, r *http.Request, form url.Values) {
		return func(x *twittertest.Server, r *http.Request, _ url.Values) { r.Header.Set(name, value(x)) }
	}
	authorization := func(value func(x *twittertest.Server) string) func(x *twittertest.Server, r *http.Request, form url.Values) {
		return header("Authorization", value)
	}
	tests := []struct {
		name              string
		spoil             func(x *twittertest.Server, r *http.Request, form url.Values)
		status            int
		code, description string
	}{
		{"no grant type", set("grant_type", ""), 400, "invalid_request", "Missing required parameter [grant_type]."},
		{"another grant type", set("grant_type", "client_credentials"), 400, "unsupported_grant_type", "Value passed for the grant type was invalid."},
		{"no code", set("code", ""), 400, "invalid_request", "Missing required parameter [code]."},
		{"unknown code", set("code", "unknown"), 400, "invalid_request", codeInvalid},
		{"no redirect_uri", set("redirect_uri", ""), 400, "invalid_request", "Missing required parameter [redirect_uri]."},
		{"another redirect_uri", set("redirect_uri", appCallback+"/"), 400, "invalid_request", callbackInvalid},
		{"no verifier", set("code_verifier", ""), 400, "invalid_request", "Missing required parameter [code_verifier]."},
		{"another verifier", set("code_verifier", strings.Repeat("v", 43)), 400, "invalid_request", verifierInvalid},
		{"the challenge as the verifier", set("code_verifier", s256(appVerifier)), 400, "invalid_request", verifierInvalid},

		{"no credentials", func(_ *twittertest.Server, r *http.Request, _ url.Values) { r.Header.Del("Authorization") }, 401, "unauthorized_client", headerMissing},
		{"the client in the body instead", func(x *twittertest.Server, r *http.Request, form url.Values) {
			r.Header.Del("Authorization")
			form.Set("client_id", x.ClientID)
		}, 401, "unauthorized_client", headerMissing},
		{"client and secret in the body instead", func(x *twittertest.Server, r *http.Request, form url.Values) {
			r.Header.Del("Authorization")
			form.Set("client_id", x.ClientID)
			form.Set("client_secret", x.ClientSecret)
		}, 401, "unauthorized_client", headerMissing},
		{"the secret in the body too", func(x *twittertest.Server, _ *http.Request, form url.Values) {
			form.Set("client_secret", x.ClientSecret)
		}, 401, "unauthorized_client", headerMissing},
		{"another client in the body", set("client_id", "other"), 401, "unauthorized_client", headerMissing},
		{"wrong client", authorization(func(x *twittertest.Server) string { return basic("other", x.ClientSecret) }), 401, "unauthorized_client", headerMissing},
		{"wrong secret", authorization(func(x *twittertest.Server) string { return basic(x.ClientID, "other") }), 401, "unauthorized_client", headerMissing},
		{"no secret", authorization(func(x *twittertest.Server) string { return basic(x.ClientID, "") }), 401, "unauthorized_client", headerMissing},
		{"base64 for URLs", authorization(func(x *twittertest.Server) string {
			return "Basic " + base64.RawURLEncoding.EncodeToString([]byte(x.ClientID+":"+x.ClientSecret+"??"))
		}), 401, "unauthorized_client", headerMissing},
		{"another scheme", authorization(func(x *twittertest.Server) string {
			return strings.Replace(basic(x.ClientID, x.ClientSecret), "Basic", "Bearer", 1)
		}), 401, "unauthorized_client", headerMissing},
		{"a second header", func(x *twittertest.Server, r *http.Request, _ url.Values) {
			r.Header.Add("Authorization", basic(x.ClientID, x.ClientSecret))
		}, 401, "unauthorized_client", headerMissing},

		{"something in the query", func(_ *twittertest.Server, r *http.Request, _ url.Values) { r.URL.RawQuery = "a=b" }, 400, "invalid_request", "Parameters belong into the body."},
		{"a body that is no form", header("Content-Type", func(*twittertest.Server) string { return "application/json" }), 400, "invalid_request", "The body is not a form that can be read."},
	}
	for name := range codeForm("") {
		tests = append(tests, struct {
			name              string
			spoil             func(x *twittertest.Server, r *http.Request, form url.Values)
			status            int
			code, description string
		}{name + " twice", func(_ *twittertest.Server, _ *http.Request, form url.Values) { form.Add(name, form.Get(name)) }, 400, "invalid_request", "Parameter [" + name + "] is there twice."})
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			form := codeForm(codeFor(t, x, ada, loginScope))
			spoiled, err := url.ParseQuery(form.Encode())
			if err != nil {
				t.Fatal(err)
			}
			header := asClient(t, x, "/2/oauth2/token", form)
			tt.spoil(x, header, spoiled)
			r := request(t, http.MethodPost, header.URL.String(), spoiled)
			r.Header = header.Header
			answer := do(t, x.Client(), r)
			answer.refusedWith(t, tt.status, tt.code, tt.description)
			if challenge := answer.Header.Get("WWW-Authenticate"); (challenge == "Basic") != (tt.status == 401) {
				t.Errorf("WWW-Authenticate is %q", challenge)
			}
			tokensOf(t, askTokens(t, x, form))
		})
	}
}

// X's documentation lists client_id for the body also where Basic has it.
func TestClientIDBesideBasic(t *testing.T) {
	t.Parallel()
	x := start(t)
	beside := func(form url.Values, id string) url.Values {
		form.Set("client_id", id)
		return form
	}
	code := codeFor(t, x, ada, loginScope+" offline.access")
	askTokens(t, x, beside(codeForm(code), "other")).refusedWith(t, 401, "unauthorized_client", headerMissing)
	access, refresh := tokensOf(t, askTokens(t, x, beside(codeForm(code), x.ClientID)))
	if withBearer(t, x, "/2/users/me", access).StatusCode != http.StatusOK {
		t.Error("the access token is not good")
	}
	askTokens(t, x, beside(refreshForm(refresh), "other")).refusedWith(t, 401, "unauthorized_client", headerMissing)
	access, _ = tokensOf(t, askTokens(t, x, beside(refreshForm(refresh), x.ClientID)))
	revoke := func(id string) got {
		return do(t, x.Client(), asClient(t, x, "/2/oauth2/revoke", beside(url.Values{"token": {access}}, id)))
	}
	revoke("other").refusedWith(t, 401, "unauthorized_client", headerMissing)
	if answer := revoke(x.ClientID); answer.StatusCode != http.StatusOK {
		t.Errorf("%d %s", answer.StatusCode, answer.body)
	}
}

// Credentials in the query are as good as published.
func TestCredentialsInTheQuery(t *testing.T) {
	t.Parallel()
	x := start(t)
	form := codeForm(codeFor(t, x, ada, loginScope))
	all := codeForm(form.Get("code"))
	all.Set("client_id", x.ClientID)
	all.Set("client_secret", x.ClientSecret)
	post(t, x.Client(), x.URL+"/2/oauth2/token?"+all.Encode(), url.Values{}).refusedWith(t, 400, "invalid_request", "Parameters belong into the body.")
	tokensOf(t, askTokens(t, x, form))
}

func TestBodyThatCannotBeRead(t *testing.T) {
	t.Parallel()
	x := start(t)
	for _, path := range []string{"/2/oauth2/token", "/2/oauth2/revoke"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, x.URL+path, strings.NewReader("token=%zz"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		do(t, x.Client(), r).refusedWith(t, 400, "invalid_request", "The body is not a form that can be read.")
	}
}

func TestConfidentialClientMaySayItsName(t *testing.T) {
	t.Parallel()
	x := start(t)
	form := codeForm(codeFor(t, x, ada, loginScope))
	form.Set("client_id", x.ClientID)
	tokensOf(t, askTokens(t, x, form))
}

// X decodes nothing of HTTP Basic. Credentials that would be right if it did are
// refused, and the record tells why.
func TestEncodedCredentials(t *testing.T) {
	t.Parallel()
	const secret = "s+e/c=r%e&t~ -_"
	tests := []struct {
		name, id, secret string
		ok, explained    bool
	}{
		{"as they are", "client:id", secret, false, false}, // the colon ends the ID
		{"as they are, no colon", "client", secret, true, false},
		{"as a form has them", "client", url.QueryEscape(secret), false, true},
		{"as a path has them", "client", strings.ReplaceAll(url.QueryEscape(secret), "+", "%20"), false, true},
		{"more than need be", "client", strings.ReplaceAll(url.QueryEscape(secret), "-", "%2D"), false, true},
		{"encoded and wrong", "client", url.QueryEscape(secret) + "%2B", false, false},
		{"an escape that cannot be read", "client", url.QueryEscape(secret) + "%zz", false, false},
	}
	for _, tt := range tests {
		for _, strict := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, strict %v", tt.name, strict), func(t *testing.T) {
				t.Parallel()
				x := start(t)
				x.SetStrict(strict)
				var log bytes.Buffer
				x.SetLogger(slog.New(slog.NewTextHandler(&log, nil)))
				x.ClientID, x.ClientSecret = "client", secret
				r := request(t, http.MethodPost, x.URL+"/2/oauth2/token", codeForm(codeFor(t, x, ada, loginScope)))
				r.Header.Set("Authorization", basic(tt.id, tt.secret))
				answer := do(t, x.Client(), r)
				if tt.ok {
					tokensOf(t, answer)
				} else {
					answer.refusedWith(t, 401, "unauthorized_client", headerMissing)
				}
				list := x.Requests()
				diagnosis := list[len(list)-1].Diagnosis
				if strings.Contains(diagnosis, "X does not decode them") != tt.explained || (diagnosis != "") != tt.explained {
					t.Errorf("the diagnosis is %q", diagnosis)
				}
				if got := log.String(); strings.Contains(got, "X does not decode them") != tt.explained || strings.Contains(got, "r%25e") {
					t.Errorf("the log is %s", got)
				}
			})
		}
	}
}

func TestPublicClientRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name              string
		spoil             func(x *twittertest.Server, r *http.Request, form url.Values)
		status            int
		code, description string
	}{
		{"no client", func(_ *twittertest.Server, _ *http.Request, form url.Values) { form.Del("client_id") }, 400, "invalid_request", "Missing required parameter [client_id]."},
		{"another client", func(_ *twittertest.Server, _ *http.Request, form url.Values) { form.Set("client_id", "other") }, 401, "unauthorized_client", "Value passed for the client id was invalid."},
		{"a secret", func(_ *twittertest.Server, _ *http.Request, form url.Values) { form.Set("client_secret", "s") }, 401, "unauthorized_client", secretless},
		{"Basic beside the body", func(x *twittertest.Server, r *http.Request, _ url.Values) { r.SetBasicAuth(x.ClientID, "") }, 401, "unauthorized_client", secretless},
		{"Basic alone", func(x *twittertest.Server, r *http.Request, form url.Values) {
			form.Del("client_id")
			r.SetBasicAuth(x.ClientID, "")
		}, 401, "unauthorized_client", secretless},
	}
	for _, tt := range tests {
		for _, path := range []string{"/2/oauth2/token", "/2/oauth2/revoke"} {
			t.Run(tt.name+" at "+path, func(t *testing.T) {
				t.Parallel()
				x := start(t)
				x.ClientSecret = ""
				form := codeForm(codeFor(t, x, ada, loginScope))
				form.Set("client_id", x.ClientID)
				header := request(t, http.MethodPost, x.URL+path, nil)
				tt.spoil(x, header, form)
				r := request(t, http.MethodPost, x.URL+path, form)
				if a := header.Header.Get("Authorization"); a != "" {
					r.Header.Set("Authorization", a)
				}
				do(t, x.Client(), r).refusedWith(t, tt.status, tt.code, tt.description)
			})
		}
	}
}

func TestVerifierForm(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, verifier string
		ok             bool
	}{
		{"43 characters", strings.Repeat("v", 43), true},
		{"128 characters", strings.Repeat("~", 128), true},
		{"all kinds", "ABCxyz0123456789-._~ABCxyz0123456789-._~ABCxyz", true},
		{"42 characters", strings.Repeat("v", 42), false},
		{"129 characters", strings.Repeat("v", 129), false},
		{"a plus", strings.Repeat("v", 43) + "+", false},
		{"a letter beyond ASCII", strings.Repeat("v", 43) + "é", false},
		{"a line break", strings.Repeat("v", 43) + "\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			query := authorizeQuery(x, loginScope)
			query.Set("code_challenge", s256(tt.verifier))
			callback, err := x.Authorize(authorizeURL(x, query), ada)
			if err != nil {
				t.Fatal(err)
			}
			form := codeForm(queryOf(t, callback).Get("code"))
			form.Set("code_verifier", tt.verifier)
			answer := askTokens(t, x, form)
			if tt.ok {
				tokensOf(t, answer)
			} else {
				answer.refusedWith(t, 400, "invalid_request", verifierInvalid)
			}
		})
	}
}

// A code goes with the verifier of its own login.
func TestVerifierOfAnotherCode(t *testing.T) {
	t.Parallel()
	x := start(t)
	query := authorizeQuery(x, loginScope)
	query.Set("code_challenge", s256(strings.Repeat("o", 43)))
	callback, err := x.Authorize(authorizeURL(x, query), zoe)
	if err != nil {
		t.Fatal(err)
	}
	askTokens(t, x, codeForm(queryOf(t, callback).Get("code"))).refusedWith(t, 400, "invalid_request", verifierInvalid)
}

func TestCodeExpires(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		wait func(x *twittertest.Server)
		ok   bool
	}{
		{"at once", func(*twittertest.Server) {}, true},
		{"after 20 seconds", func(x *twittertest.Server) { x.SetClock(20 * time.Second) }, true},
		{"after 31 seconds", func(x *twittertest.Server) { x.SetClock(31 * time.Second) }, false},
		{"ExpireCodes", (*twittertest.Server).ExpireCodes, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			form := codeForm(codeFor(t, x, ada, loginScope))
			tt.wait(x)
			answer := askTokens(t, x, form)
			if tt.ok {
				tokensOf(t, answer)
				return
			}
			answer.refusedWith(t, 400, "invalid_request", codeInvalid)
			tokensOf(t, askTokens(t, x, codeForm(codeFor(t, x, ada, loginScope)))) // a later one is good
		})
	}
}

// A code that comes again ends what was made from it, also after a rotation and
// whatever else is wrong with it, but not what a stranger to the app sends.
func TestCodeTwice(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(x *twittertest.Server, form url.Values){
		"the same":            func(*twittertest.Server, url.Values) {},
		"another verifier":    func(_ *twittertest.Server, form url.Values) { form.Set("code_verifier", strings.Repeat("v", 43)) },
		"after it is too old": func(x *twittertest.Server, _ url.Values) { x.ExpireCodes() },
	} {
		for _, rotate := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", rotated"}[rotate], func(t *testing.T) {
				t.Parallel()
				x := start(t)
				form := codeForm(codeFor(t, x, ada, loginScope+" offline.access"))
				access, refresh := tokensOf(t, askTokens(t, x, form))
				other, _ := tokens(t, x, ada, loginScope)
				if rotate {
					access, refresh = tokensOf(t, askTokens(t, x, refreshForm(refresh)))
				}
				post(t, x.Client(), x.URL+"/2/oauth2/token", form).refusedWith(t, 401, "unauthorized_client", headerMissing)
				if !works(t, x, access) {
					t.Error("a stranger ended the tokens")
				}
				alter(x, form)
				for range 2 {
					askTokens(t, x, form).refusedWith(t, 400, "invalid_request", codeInvalid)
				}
				if works(t, x, access) {
					t.Error("the access token is still good")
				}
				askTokens(t, x, refreshForm(refresh)).refusedWith(t, 400, "invalid_request", tokenInvalid)
				if !works(t, x, other) {
					t.Error("another login's token went as well")
				}
			})
		}
	}
}

func TestRefreshTokenOnlyOffline(t *testing.T) {
	t.Parallel()
	x := start(t)
	answer := askTokens(t, x, codeForm(codeFor(t, x, ada, loginScope)))
	if _, has := object(t, answer.body)["refresh_token"]; has {
		t.Errorf("there is a refresh token in %s", answer.body)
	}
}

func TestRefreshRefusals(t *testing.T) {
	t.Parallel()
	x := start(t)
	access, refresh := tokens(t, x, ada, loginScope+" offline.access")
	tests := []struct{ name, token, description string }{
		{"none", "", "Missing required parameter [refresh_token]."},
		{"unknown", "unknown", tokenInvalid},
		{"the access token", access, tokenInvalid},
	}
	for _, tt := range tests {
		askTokens(t, x, refreshForm(tt.token)).refusedWith(t, 400, "invalid_request", tt.description)
	}
	post(t, x.Client(), x.URL+"/2/oauth2/token", refreshForm(refresh)).refusedWith(t, 401, "unauthorized_client", headerMissing)

	x.SetClock(24 * time.Hour) // refresh tokens outlive access tokens
	first, second := tokensOf(t, askTokens(t, x, refreshForm(refresh)))
	askTokens(t, x, refreshForm(refresh)).refusedWith(t, 400, "invalid_request", tokenInvalid)
	if !works(t, x, first) {
		t.Error("the new access token is not good")
	}
	tokensOf(t, askTokens(t, x, refreshForm(second)))
}

func TestRevocation(t *testing.T) {
	t.Parallel()
	revoke := func(t *testing.T, x *twittertest.Server, form url.Values) got {
		return do(t, x.Client(), asClient(t, x, "/2/oauth2/revoke", form))
	}
	ways := map[string]func(t *testing.T, x *twittertest.Server, access, refresh string){
		"access token": func(t *testing.T, x *twittertest.Server, access, _ string) {
			revoke(t, x, url.Values{"token": {access}}).expect(t, 200, jsonType)
		},
		"refresh token": func(t *testing.T, x *twittertest.Server, _, refresh string) {
			revoke(t, x, url.Values{"token": {refresh}, "token_type_hint": {"refresh_token"}}).expect(t, 200, jsonType)
		},
		"a wrong hint": func(t *testing.T, x *twittertest.Server, access, _ string) {
			revoke(t, x, url.Values{"token": {access}, "token_type_hint": {"refresh_token"}}).expect(t, 200, jsonType)
		},
		"X's settings":                    func(_ *testing.T, x *twittertest.Server, access, _ string) { x.Revoke(access) },
		"X's settings, the refresh token": func(_ *testing.T, x *twittertest.Server, _, refresh string) { x.Revoke(refresh) },
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			access, refresh := tokens(t, x, ada, loginScope+" offline.access")
			other, _ := tokens(t, x, ada, loginScope)
			way(t, x, access, refresh)
			if works(t, x, access) {
				t.Error("the access token is still good")
			}
			askTokens(t, x, refreshForm(refresh)).refusedWith(t, 400, "invalid_request", tokenInvalid)
			if !works(t, x, other) {
				t.Error("another login's token went as well")
			}
		})
	}

	x := start(t)
	access, _ := tokens(t, x, ada, loginScope)
	revoke(t, x, url.Values{}).refusedWith(t, 400, "invalid_request", "Missing required parameter [token].")
	revoke(t, x, url.Values{"token": {access}, "token_type_hint": {"id_token"}}).refusedWith(t, 400, "unsupported_token_type", "Value passed for the token type hint was invalid.")
	post(t, x.Client(), x.URL+"/2/oauth2/revoke", url.Values{"token": {access}}).refusedWith(t, 401, "unauthorized_client", headerMissing)
	post(t, x.Client(), x.URL+"/2/oauth2/revoke?token="+access, url.Values{}).refusedWith(t, 400, "invalid_request", "Parameters belong into the body.")
	if !works(t, x, access) {
		t.Error("a request that was refused revoked")
	}
	revoke(t, x, url.Values{"token": {"unknown"}}).expect(t, 200, jsonType)
}
