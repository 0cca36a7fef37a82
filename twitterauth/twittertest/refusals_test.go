package twittertest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

// refusedAs checks an error in either of X's forms.
func (g got) refusedAs(t *testing.T, status, code int, contentType string) {
	t.Helper()
	g.expect(t, status, contentType)
	sign := fmt.Sprintf(`{"errors":[{"code":%d,"message":"`, code)
	if contentType == xmlType {
		sign = fmt.Sprintf(`<?xml version='1.0' encoding='UTF-8'?><errors><error code="%d">`, code)
	}
	if !strings.HasPrefix(g.body, sign) {
		t.Errorf("the body is %s, want code %d", g.body, code)
	}
}

// Every parameter of an otherwise proper access token request is altered,
// removed or repeated after the signature was made. The request must be
// refused, and the token must still be good for the proper request.
func TestSpoiledParameters(t *testing.T) {
	t.Parallel()
	type refusal struct{ status, code int }
	tests := []struct {
		name             string
		altered, missing refusal
	}{
		{"oauth_consumer_key", refusal{401, 32}, refusal{401, 32}},
		{"oauth_nonce", refusal{401, 32}, refusal{400, 215}},
		{"oauth_signature", refusal{401, 32}, refusal{401, 32}},
		{"oauth_signature_method", refusal{400, 215}, refusal{400, 215}},
		{"oauth_timestamp", refusal{401, 32}, refusal{400, 215}},
		{"oauth_version", refusal{400, 215}, refusal{401, 32}}, // it may be missing, but not from what was signed
		{"oauth_token", refusal{401, 89}, refusal{401, 89}},
		{"oauth_verifier", refusal{401, 32}, refusal{401, 32}},
	}
	for _, tt := range tests {
		ways := []struct {
			name  string
			spoil func(c *plainCall)
			want  refusal
		}{
			{"altered", func(c *plainCall) {
				for i := range c.header {
					if c.header[i].name == tt.name {
						c.header[i].value = altered(c.header[i].value)
					}
				}
			}, tt.altered},
			{"missing", func(c *plainCall) { c.drop(tt.name) }, tt.missing},
			{"twice", func(c *plainCall) {
				for _, p := range c.header {
					if p.name == tt.name {
						c.header = append(c.header, p)
						return
					}
				}
			}, refusal{400, 215}},
		}
		for _, way := range ways {
			t.Run(tt.name+" "+way.name, func(t *testing.T) {
				t.Parallel()
				x := start(t)
				token, secret, verifier := approved(t, x, ada)
				c := accessTokenCall(x, token, secret, verifier).sign(x)
				way.spoil(c)
				c.send(t, x, "application/json").refusedAs(t, way.want.status, way.want.code, jsonType)
				accessTokenCall(x, token, secret, verifier).sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)
			})
		}
	}
}

// altered changes the last character but one, which leaves numbers numbers and
// timestamps near.
func altered(s string) string {
	b := []byte(s)
	i := len(b) - 2
	if b[i] == '1' {
		b[i] = '2'
	} else {
		b[i] = '1'
	}
	return string(b)
}

func TestRequestTokenRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		spoil        func(c *plainCall) // before it is signed
		status, code int
	}{
		{"wrong consumer key", func(c *plainCall) { c.set("oauth_consumer_key", "other") }, 401, 32},
		{"wrong consumer secret", func(c *plainCall) { c.consumerSecret += "x" }, 401, 32},
		{"a token secret where there is no token", func(c *plainCall) { c.tokenSecret = "x" }, 401, 32},
		{"wrong method", func(c *plainCall) { c.method = http.MethodGet }, 405, 86},
		{"another signature method", func(c *plainCall) { c.set("oauth_signature_method", "PLAINTEXT") }, 400, 215},
		{"another version", func(c *plainCall) { c.set("oauth_version", "2.0") }, 400, 215},
		{"empty nonce", func(c *plainCall) { c.set("oauth_nonce", "") }, 400, 215},
		{"timestamp that is no number", func(c *plainCall) { c.set("oauth_timestamp", "today") }, 400, 215},
		{"timestamp beyond every clock", func(c *plainCall) { c.set("oauth_timestamp", "9223372036854775807") }, 401, 135},
		{"timestamp zero", func(c *plainCall) { c.set("oauth_timestamp", "0") }, 401, 135},
		{"stale timestamp", func(c *plainCall) { c.set("oauth_timestamp", unix(-6*time.Minute)) }, 401, 135},
		{"timestamp ahead", func(c *plainCall) { c.set("oauth_timestamp", unix(6*time.Minute)) }, 401, 135},
		{"no callback", func(c *plainCall) { c.drop("oauth_callback") }, 400, 215},
		{"empty callback", func(c *plainCall) { c.set("oauth_callback", "") }, 400, 215},
		{"callback oob", func(c *plainCall) { c.set("oauth_callback", "oob") }, 401, 417},
		{"callback without a host", func(c *plainCall) { c.set("oauth_callback", "/callback") }, 403, 415},
		{"callback of another scheme", func(c *plainCall) { c.set("oauth_callback", "app://callback") }, 403, 415},
		{"callback that cannot be parsed", func(c *plainCall) { c.set("oauth_callback", "http://[::1") }, 403, 415},
	}
	for _, tt := range tests {
		for accept, contentType := range map[string]string{"": xmlType, "text/html": xmlType, "application/json": jsonType} {
			t.Run(tt.name+", Accept "+accept, func(t *testing.T) {
				t.Parallel()
				x := start(t)
				c := requestTokenCall(x)
				tt.spoil(c)
				c.sign(x).send(t, x, accept).refusedAs(t, tt.status, tt.code, contentType)
			})
		}
	}
}

func unix(offset time.Duration) string {
	return strconv.FormatInt(time.Now().Add(offset).Unix(), 10)
}

// What cannot be checked, or is not where it belongs, must not pass beside a
// good signature.
func TestStrictRequests(t *testing.T) {
	t.Parallel()
	bare := strings.NewReplacer("%3A", ":", "%2F", "/", "%2B", "+", "%3D", "=")
	form := func(contentType string) func(r *http.Request) {
		return func(r *http.Request) { r.Header.Set("Content-Type", contentType) }
	}
	tests := []struct {
		name   string
		query  string
		form   url.Values
		spoil  func(r *http.Request)
		status int
	}{
		{"as it should be", "", nil, func(*http.Request) {}, 200},
		{"values not encoded", "", nil, func(r *http.Request) {
			r.Header.Set("Authorization", bare.Replace(r.Header.Get("Authorization")))
		}, 400},
		{"a realm with a slash", "", nil, func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "OAuth ", `OAuth realm="https://api.x.com/", `, 1))
		}, 200},
		{"a second Authorization header", "", nil, func(r *http.Request) { r.Header.Add("Authorization", "Bearer x") }, 400},
		{"an escape in the query that cannot be read", "?a=%zz", nil, func(*http.Request) {}, 400},
		{"a semicolon in the query", "?a;b", nil, func(*http.Request) {}, 400},
		{"a query that was not signed", "?a=b", nil, func(*http.Request) {}, 401},
		{"a protocol parameter in the query", "?oauth_callback=x", nil, func(*http.Request) {}, 400},
		{"a form that was not signed", "", url.Values{"a": {"b"}}, func(*http.Request) {}, 401},
		{"the same with a charset", "", url.Values{"a": {"b"}}, form("application/x-www-form-urlencoded; charset=utf-8"), 401},
		{"a protocol parameter in the form", "", url.Values{"oauth_token": {"b"}}, func(*http.Request) {}, 400},
		{"a body that is no form", "", url.Values{"a": {"b"}}, form("text/plain"), 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			c := requestTokenCall(x).sign(x)
			r := request(t, c.method, x.URL+c.path+tt.query, tt.form)
			r.Header.Set("Authorization", c.authorization())
			tt.spoil(r)
			if answer := do(t, x.Client(), r); answer.StatusCode != tt.status {
				t.Errorf("the status is %d, want %d: %s", answer.StatusCode, tt.status, answer.body)
			}
		})
	}
}

func TestWrongMethodTellsTheRightOne(t *testing.T) {
	t.Parallel()
	x := start(t)
	for path, allowed := range map[string]string{
		"/oauth/request_token":                 http.MethodPost,
		"/oauth/access_token":                  http.MethodPost,
		"/oauth/decide":                        http.MethodPost,
		"/2/oauth2/token":                      http.MethodPost,
		"/2/oauth2/revoke":                     http.MethodPost,
		"/i/oauth2/authorize":                  http.MethodGet,
		"/oauth/authenticate":                  http.MethodGet,
		"/oauth/authorize":                     http.MethodGet,
		"/1.1/account/verify_credentials.json": http.MethodGet,
		"/2/users/me":                          http.MethodGet,
		"/2/tweets":                            http.MethodPost,
		"/1.1/account/settings.json":           http.MethodGet,
		"/1.1/statuses/update.json":            http.MethodPost,
		"/1.1/oauth/invalidate_token":          http.MethodPost,
		"/1.1/oauth/invalidate_token.json":     http.MethodPost,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
			if method == allowed {
				continue
			}
			answer := do(t, x.Client(), request(t, method, x.URL+path, nil))
			if answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Allow") != allowed {
				t.Errorf("%s %s: status %d, Allow %q", method, path, answer.StatusCode, answer.Header.Get("Allow"))
			}
		}
	}
}

func TestAuthorizationHeaderRefused(t *testing.T) {
	t.Parallel()
	x := start(t)
	for _, header := range []string{"", "Basic abc", "OAuth", `OAuth oauth_nonce=n`} {
		for path, method := range map[string]string{
			"/oauth/request_token":                 http.MethodPost,
			"/oauth/access_token":                  http.MethodPost,
			"/1.1/account/verify_credentials.json": http.MethodGet,
			"/1.1/account/settings.json":           http.MethodGet,
			"/1.1/statuses/update.json":            http.MethodPost,
			"/1.1/oauth/invalidate_token":          http.MethodPost,
		} {
			r := request(t, method, x.URL+path, nil)
			r.Header.Set("Authorization", header)
			r.Header.Set("Accept", "application/json")
			do(t, x.Client(), r).refusedAs(t, 400, 215, jsonType)
		}
	}
}

// API v2 answers 401 to a request without a token that it can read, in its own
// form, and without a challenge.
func TestNoTokenAtV2(t *testing.T) {
	t.Parallel()
	x := start(t)
	for _, header := range []string{"", "Basic abc", "OAuth", `OAuth oauth_nonce=n`, "Bearer", "Bearer x"} {
		for path, method := range map[string]string{"/2/users/me": http.MethodGet, "/2/tweets": http.MethodPost} {
			r := request(t, method, x.URL+path, nil)
			if header != "" {
				r.Header.Set("Authorization", header)
			}
			answer := do(t, x.Client(), r)
			answer.expect(t, http.StatusUnauthorized, problemType)
			if answer.body != unauthorizedBody || answer.Header.Get("WWW-Authenticate") != "" {
				t.Errorf("%s %q: %v %s", path, header, answer.Header, answer.body)
			}
		}
	}
}

// A 401 of OAuth 1.0a repeats its code in the challenge.
func TestChallengeOf401(t *testing.T) {
	t.Parallel()
	for _, accept := range []string{"", "application/json"} {
		x := start(t)
		c := requestTokenCall(x)
		c.consumerSecret = "other"
		answer := c.sign(x).send(t, x, accept)
		if got, want := answer.Header.Get("WWW-Authenticate"), `OAuth realm="https://api.twitter.com", api_error_code=32`; answer.StatusCode != 401 || got != want {
			t.Errorf("%d, WWW-Authenticate is %q, want %q", answer.StatusCode, got, want)
		}
		c = requestTokenCall(x)
		c.drop("oauth_callback")
		if answer := c.sign(x).send(t, x, accept); answer.StatusCode != 400 || answer.Header.Get("WWW-Authenticate") != "" {
			t.Errorf("%d %v", answer.StatusCode, answer.Header)
		}
	}
}

func TestNonceOnce(t *testing.T) {
	t.Parallel()
	x := start(t)
	first := requestTokenCall(x)
	c := *first
	c.sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)
	c.send(t, x, "").refusedAs(t, 401, 32, xmlType)

	// It counts together with the timestamp.
	later := *first
	later.header = append([]param(nil), first.header...)
	later.set("oauth_timestamp", unix(time.Minute))
	later.sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)
}

// A request that was refused has not used its nonce up.
func TestNonceOfARefusedRequest(t *testing.T) {
	t.Parallel()
	x := start(t)
	c := requestTokenCall(x)
	bad := *c
	bad.header = append([]param(nil), c.header...)
	bad.consumerSecret = "wrong"
	bad.sign(x).send(t, x, "").refusedAs(t, 401, 32, xmlType)
	c.sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)
}

func TestSetClock(t *testing.T) {
	t.Parallel()
	tests := []struct {
		clock, timestamp time.Duration
		status           int
	}{
		{0, 0, 200},
		{0, -4 * time.Minute, 200},
		{0, 4 * time.Minute, 200},
		{time.Hour, 0, 401},
		{-time.Hour, 0, 401},
		{4 * time.Minute, 0, 200},
		{-4 * time.Minute, 0, 200},
		{time.Hour, time.Hour, 200},
		{-24 * time.Hour, -24 * time.Hour, 200},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("clock %v, timestamp %v", tt.clock, tt.timestamp), func(t *testing.T) {
			t.Parallel()
			x := start(t)
			x.SetClock(tt.clock)
			c := requestTokenCall(x)
			c.set("oauth_timestamp", unix(tt.timestamp))
			answer := c.sign(x).send(t, x, "")
			if answer.StatusCode != tt.status {
				t.Errorf("the status is %d, want %d: %s", answer.StatusCode, tt.status, answer.body)
			}
			if tt.status == 401 {
				answer.refusedAs(t, 401, 135, xmlType)
			}
			date, err := http.ParseTime(answer.Header.Get("Date"))
			if err != nil {
				t.Fatal(err)
			}
			if off := time.Until(date) - tt.clock; off.Abs() > time.Minute {
				t.Errorf("the Date header is %v off", off)
			}
		})
	}
}

func TestRegisterCallbacks(t *testing.T) {
	t.Parallel()
	registered := []string{"https://app.example/cb", appCallback}
	tests := []struct {
		callback string
		ok       bool
	}{
		{appCallback, true},
		{"https://app.example/cb", true},
		{appCallback + "/", false},
		{appCallback + "?a=b", false},
		{"HTTPS://app.example/cb", false},
		{"http://app.example/cb", false},
		{"https://app.example", false},
	}
	for _, tt := range tests {
		t.Run(tt.callback, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			x.RegisterCallbacks(registered...)
			c := requestTokenCall(x)
			c.set("oauth_callback", tt.callback)
			answer := c.sign(x).send(t, x, "")
			if tt.ok {
				answer.expect(t, http.StatusOK, tokenType)
			} else {
				answer.refusedAs(t, 403, 415, xmlType)
			}
			// With none, any is taken again.
			x.RegisterCallbacks()
			c = requestTokenCall(x)
			c.set("oauth_callback", tt.callback)
			c.sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)
		})
	}
}

func TestVerifierRefused(t *testing.T) {
	t.Parallel()
	const invalid = "Error processing your OAuth request: Invalid oauth_verifier parameter"
	tests := []struct {
		name  string
		spoil func(c *plainCall) // before it is signed
	}{
		{"another", func(c *plainCall) { c.set("oauth_verifier", "other") }},
		{"empty", func(c *plainCall) { c.set("oauth_verifier", "") }},
		{"missing", func(c *plainCall) { c.drop("oauth_verifier") }},
	}
	for _, tt := range tests {
		for _, agreed := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, approved %v", tt.name, agreed), func(t *testing.T) {
				t.Parallel()
				x := start(t)
				var token, secret, verifier string
				if agreed {
					token, secret, verifier = approved(t, x, ada)
				} else {
					token, secret = begin(t, x)
				}
				c := accessTokenCall(x, token, secret, verifier)
				tt.spoil(c)
				answer := c.sign(x).send(t, x, "application/json")
				answer.expect(t, http.StatusUnauthorized, "text/html; charset=utf-8")
				if answer.body != invalid {
					t.Errorf("the body is %s", answer.body)
				}
			})
		}
	}
}

func TestVerifierOfAnotherLogin(t *testing.T) {
	t.Parallel()
	x := start(t)
	_, _, verifier := approved(t, x, ada)
	token, secret, _ := approved(t, x, zoe)
	accessTokenCall(x, token, secret, verifier).sign(x).send(t, x, "").expect(t, http.StatusUnauthorized, "text/html; charset=utf-8")
}

func TestVerifierTwice(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret, verifier := approved(t, x, ada)
	c := newCall(x, http.MethodPost, "/oauth/access_token", token, secret)
	c.form = url.Values{"oauth_verifier": {verifier, verifier}}
	c.sign(x).send(t, x, "").expect(t, http.StatusBadRequest, xmlType)
}

func TestRequestTokenAndVerifierOnce(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret, verifier := approved(t, x, ada)
	accessTokenCall(x, token, secret, verifier).sign(x).send(t, x, "").expect(t, http.StatusOK, tokenType)
	accessTokenCall(x, token, secret, verifier).sign(x).send(t, x, "").refusedAs(t, 401, 89, xmlType)
	// Nor can it be approved again.
	if callback, err := x.Authorize(consentURL(x, token), ada); err == nil {
		t.Errorf("a token that was exchanged was approved again: %s", callback)
	}
}

func TestRequestTokenExpires(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret, verifier := approved(t, x, ada)
	unseen, _ := begin(t, x)
	const later = 16 * time.Minute
	x.SetClock(later)
	c := accessTokenCall(x, token, secret, verifier)
	c.set("oauth_timestamp", unix(later))
	c.sign(x).send(t, x, "").refusedAs(t, 401, 89, xmlType)
	get(t, x.Client(), consentURL(x, unseen)).expect(t, http.StatusForbidden, "text/html; charset=utf-8")
}

func TestAccessTokenRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		spoil        func(c *plainCall) // before it is signed
		status, code int
	}{
		{"unknown token", func(c *plainCall) { c.set("oauth_token", "unknown") }, 401, 89},
		{"no token", func(c *plainCall) { c.drop("oauth_token") }, 401, 89},
		{"wrong token secret", func(c *plainCall) { c.tokenSecret += "x" }, 401, 32},
		{"no token secret", func(c *plainCall) { c.tokenSecret = "" }, 401, 32},
		{"wrong consumer secret", func(c *plainCall) { c.consumerSecret += "x" }, 401, 32},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			token, secret, verifier := approved(t, x, ada)
			c := accessTokenCall(x, token, secret, verifier)
			tt.spoil(c)
			c.sign(x).send(t, x, "").refusedAs(t, tt.status, tt.code, xmlType)
		})
	}
}

// The two profiles refuse the same pairs, each in its own words.
func TestProfileRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		pair         func(t *testing.T, x *twittertest.Server) (token, secret string)
		status, code int
	}{
		{"unknown token", func(*testing.T, *twittertest.Server) (string, string) { return "unknown", "secret" }, 401, 89},
		{"wrong secret", func(_ *testing.T, x *twittertest.Server) (string, string) {
			token, secret := x.TokenPair(ada)
			return token, secret + "x"
		}, 401, 32},
		{"a request token", begin, 401, 89},
		{"pair of another app", func(_ *testing.T, x *twittertest.Server) (string, string) { return x.ForeignTokenPair(ada) }, 401, 89},
		{"revoked pair", func(_ *testing.T, x *twittertest.Server) (string, string) {
			token, secret := x.TokenPair(ada)
			x.Revoke(token)
			return token, secret
		}, 401, 89},
		{"pair of a person who is gone", func(_ *testing.T, x *twittertest.Server) (string, string) {
			token, secret := x.TokenPair(ada)
			x.SetPeople()
			return token, secret
		}, 401, 89},
		{"suspended person", func(_ *testing.T, x *twittertest.Server) (string, string) {
			x.AddPerson(twittertest.Person{ID: "7", ScreenName: "out", Suspended: true})
			return x.TokenPair("7")
		}, 403, 64},
		{"locked person", func(_ *testing.T, x *twittertest.Server) (string, string) {
			x.AddPerson(twittertest.Person{ID: "8", ScreenName: "shut", Locked: true})
			return x.TokenPair("8")
		}, 403, 326},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			token, secret := tt.pair(t, x)

			v1 := profileCall(x, token, secret).sign(x).send(t, x, "") // JSON though not asked for: the path says so
			v1.refusedAs(t, tt.status, tt.code, jsonType)

			v2 := newCall(x, http.MethodGet, "/2/users/me", token, secret).sign(x).send(t, x, "")
			if tt.status != http.StatusUnauthorized {
				v2.refusedAs(t, tt.status, tt.code, jsonType)
				return
			}
			v2.expect(t, tt.status, problemType)
			if want := `{"detail":"Unauthorized","status":401,"title":"Unauthorized","type":"about:blank"}`; v2.body != want {
				t.Errorf("users/me answers %s, want %s", v2.body, want)
			}
		})
	}
}

// A pair that works is not disturbed by one that was revoked.
func TestRevokeOnlyOne(t *testing.T) {
	t.Parallel()
	x := start(t)
	revoked, _ := x.TokenPair(ada)
	token, secret := x.TokenPair(ada)
	x.Revoke(revoked)
	profileCall(x, token, secret).sign(x).send(t, x, "").expect(t, http.StatusOK, jsonType)
}
