package twitterauth_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// The calls of OAuth 2.0 meet the same faults, and some of their own.
func TestFaultsOfXOverOAuth2(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	t.Cleanup(elsewhere.Close)
	both, exchange, profile := overOAuth2.steps, overOAuth2.steps[:1], overOAuth2.steps[1:]
	for name, test := range map[string]struct {
		fault  twittertest.Fault
		steps  []twittertest.Step
		status int
		code   string
		log    string
	}{
		"hangs":              {twittertest.Hang(), both, 504, "provider_timeout", ""},
		"drips":              {twittertest.Drip(20 * time.Millisecond), both, 504, "provider_timeout", ""},
		"resets":             {twittertest.Reset(), both, 502, "provider_unavailable", ""},
		"breaks off":         {twittertest.Truncate(), both, 502, "provider_unavailable", ""},
		"breaks off, chunks": {twittertest.TruncateChunked(), both, 502, "provider_unavailable", ""},
		"a large body":       {twittertest.HugeBody(128 << 20), both, 502, "provider_unavailable", "too large"},
		"a bomb":             {twittertest.GzipBomb(32 << 20), both, 502, "provider_unavailable", ""},
		"redirects":          {twittertest.RedirectTo(elsewhere.URL), both, 502, "provider_unavailable", "redirect"},
		"500":                {twittertest.HTML(500), both, 502, "provider_unavailable", ""},
		"503":                {twittertest.HTML(503), both, 502, "provider_unavailable", ""},
		"HTML with 200":      {twittertest.HTML(200), both, 502, "provider_unavailable", ""},
		"empty":              {twittertest.Empty(), both, 502, "provider_unavailable", ""},
		"429":                {twittertest.RateLimited(2 * time.Minute), both, 503, "rate_limited", ""},
		"suspended":          {twittertest.ErrorCode(403, 64), both, 403, "account_unavailable", ""},
		"locked":             {twittertest.XMLErrorCode(403, 326), both, 403, "account_unavailable", ""},
		"clock":              {twittertest.ErrorCode(401, 135), both, 502, "app_misconfigured", "NTP"},
		"app suspended":      {twittertest.ErrorCode(401, 416), both, 502, "app_misconfigured", "suspended"},
		"401":                {twittertest.ErrorCode(401, 32), profile, 403, "login_expired", ""},
		"a page with 401":    {twittertest.HTML(401), both, 502, "provider_unavailable", "something before X refuses this server"},
		"a page with 403":    {twittertest.HTML(403), both, 502, "provider_unavailable", "outgoing IP address"},
		"a challenge":        {twittertest.Challenge(403), both, 502, "provider_unavailable", "something before X refuses this server"},
		"a challenge, 503":   {twittertest.Challenge(503), both, 502, "provider_unavailable", "something before X refuses this server"},
		"the month's cap":    {twittertest.UsageCapped(), both, 502, "app_misconfigured", "credits"},
		"many values":        {twittertest.JSONBody("[" + strings.Repeat("[],", 340<<10) + "[]]"), both, 502, "provider_unavailable", "too large"},
		"a code refused":     {twittertest.OAuth2Error(400, "invalid_request", codeInvalid), exchange, 403, "login_expired", "30 seconds"},
		"a request refused":  {twittertest.OAuth2Error(400, "invalid_request", "Missing required parameter [canary]."), exchange, 403, "login_expired", "level=WARN"},
		"refused, unknown":   {twittertest.OAuth2Error(400, "invalid_request", "canary"), exchange, 403, "login_expired", "check ClientID"},
		"refused, no text":   {twittertest.Respond(400, "application/json", `{"error":"invalid_request"}`), exchange, 403, "login_expired", "is the one that the login began with"},
		"a grant refused":    {twittertest.OAuth2Error(400, "invalid_grant", ""), exchange, 403, "login_expired", "30 seconds"},
		"a client refused":   {twittertest.OAuth2Error(401, "unauthorized_client", "canary"), exchange, 502, "app_misconfigured", "ClientSecret"},
		"no such client":     {twittertest.OAuth2Error(401, "invalid_client", ""), exchange, 502, "app_misconfigured", "ClientSecret"},
		"bad client":         {twittertest.ErrorCode(401, 32), exchange, 502, "app_misconfigured", "ClientSecret"},
		"bad client, text":   {twittertest.Respond(401, "text/plain", "canary"), exchange, 502, "app_misconfigured", "ClientSecret"},
		"400":                {twittertest.Respond(400, "text/plain", "canary"), both, 502, "provider_unavailable", ""},
		"403":                {twittertest.Problem(403, "about:blank", ""), both, 502, "app_misconfigured", "access level"},
		"not enrolled":       {twittertest.Problem(403, "https://api.x.com/2/problems/client-forbidden", "client-not-enrolled"), both, 502, "app_misconfigured", "project"},
		"no credits":         {twittertest.Problem(402, "https://api.x.com/2/problems/credits", ""), both, 502, "app_misconfigured", "credits"},
		"broken JSON":        {twittertest.JSONBody(`{"token_type":"bearer","access_token":"canary`), both, 502, "provider_unavailable", ""},
		"an error with 200":  {twittertest.JSONBody(`{"error":"canary"}`), both, 502, "provider_unavailable", ""},
		"401, old XML":       {twittertest.OldXML(401), profile, 403, "login_expired", ""},
	} {
		for _, step := range test.steps {
			t.Run(name+" at "+string(step), func(t *testing.T) {
				t.Parallel()
				s := overOAuth2.newSite(t, nil)
				if test.code == "provider_timeout" {
					s.auth.SetBudget(700 * time.Millisecond)
				}
				b := s.browser(t)
				callback := b.approve(b.start(nil), ada)
				s.x.Fail(step, test.fault)
				r := b.get(callback)
				if r.StatusCode != test.status || r.code(t) != test.code {
					t.Fatalf("%d %s, want %d %s\n%s", r.StatusCode, r.body, test.status, test.code, s.log)
				}
				if b.hasSession() || len(s.users.all()) != 0 {
					t.Error("signed in all the same")
				}
				if flows, _ := b.flowCookies(); len(flows) > 1 {
					t.Errorf("more than the cookie that is marked used: %v", flows)
				}
				if log := s.log.String(); !strings.Contains(log, "code="+test.code) || !strings.Contains(log, "step="+string(step)) || !strings.Contains(log, test.log) || strings.Contains(log+r.body, "canary") {
					t.Errorf("the log says %s", log)
				}
				if got := r.Header.Get("Retry-After"); (test.code == "rate_limited") != (got != "") || got != "" && got != "120" && !strings.HasPrefix(got, "11") {
					t.Errorf("Retry-After %q", got)
				}
				if step == overOAuth2.exchange && s.x.Count(step) != 1 {
					t.Errorf("a token was asked for %d times", s.x.Count(step))
				}
				s.x.Recover()
				s.auth.SetBudget(10 * time.Second)
				b.login(ada, nil)
			})
		}
	}
}

// codeInvalid is what X says of an invalid code.
const codeInvalid = "Value passed for the authorization code was invalid."

// invalid_request is loud, unless X says that it is about the code: then it is
// an everyday thing.
func TestInvalidRequestIsLoud(t *testing.T) {
	t.Parallel()
	for description, loud := range map[string]bool{
		codeInvalid: false,
		"Missing required parameter [client_id].":                                            true,
		"Missing required parameter [code_verifier].":                                        true,
		"Value passed for the redirect uri did not match the uri of the authorization code.": true,
		"Value passed for the code verifier did not match the code challenge.":               true,
		"canary": true,
		"":       true,
	} {
		s := overOAuth2.newSite(t, nil)
		b := s.browser(t)
		callback := b.approve(b.start(nil), ada)
		s.x.Fail(twittertest.Token, twittertest.OAuth2Error(400, "invalid_request", description))
		r := b.visit(callback)
		if r.StatusCode != http.StatusForbidden || !strings.Contains(r.body, "start again") || b.hasSession() {
			t.Errorf("%q: %d %s", description, r.StatusCode, r.body)
		}
		log := s.log.String()
		if strings.Contains(log, "level=WARN") != loud || strings.Contains(log, "remedy=") != loud || !strings.Contains(log, "code=login_expired") {
			t.Errorf("%q: the log says %s", description, log)
		}
		if description != "" && strings.Contains(log+r.body, description) {
			t.Errorf("%q shows: %s", description, log)
		}
		if err := s.auth.Check(t.Context()); (err != nil) != loud || err != nil && (!strings.Contains(err.Error(), "check ClientID") || description != "" && strings.Contains(err.Error(), description)) {
			t.Errorf("%q: Check says %v", description, err)
		}
	}
}

// A real mistake of each kind, at the stand-in.
func TestWrongTokenRequestsAreLoud(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(form url.Values){
		"redirect_uri":     func(form url.Values) { form.Set("redirect_uri", "https://other.example/callback") },
		"no redirect_uri":  func(form url.Values) { form.Del("redirect_uri") },
		"code_verifier":    func(form url.Values) { form.Set("code_verifier", strings.Repeat("v", 43)) },
		"no code_verifier": func(form url.Values) { form.Del("code_verifier") },
		"no body":          func(form url.Values) { clear(form) },
	} {
		s := overOAuth2.newSite(t, func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: rewriting(change)} })
		b := s.browser(t)
		if r := b.get(b.approve(b.start(nil), ada)); r.code(t) != "login_expired" || !strings.Contains(s.log.String(), "level=WARN") || b.hasSession() {
			t.Errorf("%s: %d %s\n%s", name, r.StatusCode, r.body, s.log)
		}
	}
}

// rewriting is a proxy that spoils the token request's form.
type rewriting func(url.Values)

func (change rewriting) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost {
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		change(r.PostForm)
		body := r.PostForm.Encode()
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	return http.DefaultTransport.RoundTrip(r)
}
