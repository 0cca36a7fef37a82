package twitterauth_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

// The calls of a login to X.
const (
	atRequestToken = twittertest.RequestToken
	atAccessToken  = twittertest.AccessToken
	atProfile      = twittertest.VerifyCredentials
	atProfileV2    = twittertest.UsersMe
)

var (
	everyStep  = []twittertest.Step{atRequestToken, atAccessToken, atProfile, atProfileV2}
	firstStep  = everyStep[:1]
	laterSteps = everyStep[1:]
)

// faultOfX is a way in which X, or the way to it, goes wrong, and what a
// visitor is told.
type faultOfX struct {
	fault  twittertest.Fault
	way    func(t testing.TB, toX *http.Transport) // instead of fault: spoils the way to X
	steps  []twittertest.Step
	status int
	code   string
	log    string // what the log says besides
}

// faultsOfX are all of them, by name.
func faultsOfX(t testing.TB) map[string]faultOfX {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	t.Cleanup(elsewhere.Close)
	return map[string]faultOfX{
		"hangs":                 {fault: twittertest.Hang(), steps: everyStep, status: 504, code: "provider_timeout"},
		"drips":                 {fault: twittertest.Drip(20 * time.Millisecond), steps: everyStep, status: 504, code: "provider_timeout"},
		"resets":                {fault: twittertest.Reset(), steps: everyStep, status: 502, code: "provider_unavailable"},
		"refuses":               {way: toNobody, steps: everyStep, status: 502, code: "provider_unavailable", log: "refused"},
		"untrusted certificate": {way: toStranger, steps: everyStep, status: 502, code: "provider_unavailable", log: "certificate is not trusted"},
		"no TLS":                {way: toPlainText, steps: everyStep, status: 502, code: "provider_unavailable", log: "no TLS connection"},
		"breaks off":            {fault: twittertest.Truncate(), steps: everyStep, status: 502, code: "provider_unavailable"},
		"breaks off, chunks":    {fault: twittertest.TruncateChunked(), steps: everyStep, status: 502, code: "provider_unavailable"},
		"256 MiB":               {fault: twittertest.HugeBody(256 << 20), steps: everyStep, status: 502, code: "provider_unavailable", log: "too large"},
		"a bomb":                {fault: twittertest.GzipBomb(256 << 20), steps: everyStep, status: 502, code: "provider_unavailable"},
		"redirects":             {fault: twittertest.RedirectTo(elsewhere.URL), steps: everyStep, status: 502, code: "provider_unavailable", log: "redirect"},
		"500":                   {fault: twittertest.HTML(500), steps: everyStep, status: 502, code: "provider_unavailable"},
		"502":                   {fault: twittertest.HTML(502), steps: everyStep, status: 502, code: "provider_unavailable"},
		"503":                   {fault: twittertest.HTML(503), steps: everyStep, status: 502, code: "provider_unavailable"},
		"HTML with 200":         {fault: twittertest.HTML(200), steps: everyStep, status: 502, code: "provider_unavailable"},
		"empty":                 {fault: twittertest.Empty(), steps: everyStep, status: 502, code: "provider_unavailable"},
		"broken JSON":           {fault: twittertest.JSONBody(`{"id":1,"id_str":"1","screen_name":"tech`), steps: everyStep, status: 502, code: "provider_unavailable"},
		"429":                   {fault: twittertest.RateLimited(2 * time.Minute), steps: everyStep, status: 503, code: "rate_limited"},
		"429, no reset":         {fault: twittertest.RateLimited(0), steps: everyStep, status: 503, code: "rate_limited"},
		"a page with 401":       {fault: twittertest.HTML(401), steps: everyStep, status: 502, code: "provider_unavailable", log: "something before X refuses this server"},
		"a page with 403":       {fault: twittertest.HTML(403), steps: everyStep, status: 502, code: "provider_unavailable", log: "outgoing IP address"},
		"a challenge, 401":      {fault: twittertest.Challenge(401), steps: everyStep, status: 502, code: "provider_unavailable", log: "something before X refuses this server"},
		"a challenge, 403":      {fault: twittertest.Challenge(403), steps: everyStep, status: 502, code: "provider_unavailable", log: "something before X refuses this server"},
		"a challenge, 503":      {fault: twittertest.Challenge(503), steps: everyStep, status: 502, code: "provider_unavailable", log: "something before X refuses this server"},
		"the month's cap":       {fault: twittertest.UsageCapped(), steps: everyStep, status: 502, code: "app_misconfigured", log: "credits"},
		"the cap, 403":          {fault: twittertest.Problem(403, "https://api.x.com/2/problems/usage-capped", ""), steps: everyStep, status: 502, code: "app_misconfigured", log: "credits"},
		"many values":           {fault: twittertest.JSONBody("[" + strings.Repeat("[],", 340<<10) + "[]]"), steps: everyStep, status: 502, code: "provider_unavailable", log: "too large"},
		"suspended":             {fault: twittertest.ErrorCode(403, 64), steps: everyStep, status: 403, code: "account_unavailable"},
		"locked":                {fault: twittertest.XMLErrorCode(403, 326), steps: everyStep, status: 403, code: "account_unavailable"},
		"clock":                 {fault: twittertest.ErrorCode(401, 135), steps: everyStep, status: 502, code: "app_misconfigured", log: "NTP"},
		"app suspended":         {fault: twittertest.ErrorCode(401, 416), steps: everyStep, status: 502, code: "app_misconfigured", log: "suspended"},
		"bad keys":              {fault: twittertest.ErrorCode(401, 32), steps: firstStep, status: 502, code: "app_misconfigured", log: "ConsumerSecret"},
		"bad keys, text":        {fault: twittertest.PlainText(401, "A message."), steps: firstStep, status: 502, code: "app_misconfigured", log: "ConsumerSecret"},
		"callback":              {fault: twittertest.XMLErrorCode(403, 415), steps: firstStep, status: 502, code: "app_misconfigured", log: "add exactly http://127.0.0.1"},
		"desktop app":           {fault: twittertest.ErrorCode(401, 417), steps: firstStep, status: 502, code: "app_misconfigured", log: "add exactly http://127.0.0.1"},
		"401":                   {fault: twittertest.ErrorCode(401, 32), steps: laterSteps, status: 403, code: "login_expired"},
		"401, old XML":          {fault: twittertest.OldXML(401), steps: laterSteps, status: 403, code: "login_expired"},
	}
}

// bodiesOfX are parts of the bodies of these faults, of which no visitor may
// see any.
var bodiesOfX = []string{"technically wrong", "screen_", "A message", "Rate limit", "Invalid / expired", `"errors"`, "Just a moment", "usage-capped", "Usage cap"}

// detour is a transport that takes the calls of one step another way, if there
// is one.
type detour struct {
	*http.Transport
	step  twittertest.Step
	other *http.Transport
	calls atomic.Int64 // that went the other way
}

func (d *detour) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.other != nil && strings.Contains(r.URL.Path, string(d.step)) {
		d.calls.Add(1)
		return d.other.RoundTrip(r)
	}
	return d.Transport.RoundTrip(r)
}

// faultySite is a site whose X, or the way to it, can be made to fail at a step.
type faultySite struct {
	*site
	fault faultOfX
	step  twittertest.Step
	way   *detour
	told  chan *twitterauth.Error // what the error handler was given
}

func newFaultySite(t testing.TB, x *twittertest.Server, fault faultOfX, step twittertest.Step) *faultySite {
	s := &faultySite{fault: fault, step: step, told: make(chan *twitterauth.Error, 10)}
	s.way = &detour{Transport: ownTransport(x), step: step}
	t.Cleanup(s.way.CloseIdleConnections)
	s.site = newSite(t, atX(x), configured(func(c *twitterauth.Config) {
		c.HTTPClient = &http.Client{Transport: s.way, Timeout: 10 * time.Second}
		c.MaxLogins = 1 // one that kept its place would keep everyone out
		c.TokenLogin = true
		if step == atProfileV2 {
			c.Profile = twitterauth.ProfileV2
		}
		// Without a required property a login does without the profile where
		// X's rate limit keeps it back: see ratelimit_test.go.
		c.Mapping = requiresName
		c.ErrorHandler = func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
			s.told <- e
			twitterauth.WriteError(w, r, e)
		}
	}))
	return s
}

// spoil makes the step fail from now on. took is how long it took to get to the
// step or as far.
func (s *faultySite) spoil(t testing.TB, took time.Duration) {
	s.x.ResetRequests()
	if s.fault.code == "provider_timeout" {
		s.auth.SetBudget(budgetFor(took))
	}
	if s.fault.way == nil {
		s.x.Fail(s.step, s.fault.fault)
		return
	}
	other := ownTransport(s.x)
	s.fault.way(t, other)
	s.way.other = other
}

func (s *faultySite) mend() {
	s.auth.SetBudget(10 * time.Second)
	s.x.Recover()
	s.way.other = nil
}

// calls is how often X was asked since the step fails.
func (s *faultySite) calls() int { return s.x.Count(s.step) + int(s.way.calls.Load()) }

// reach begins a login, goes up to the step that is about to fail and returns
// the answer in which the failure shows.
func (s *faultySite) reach(b *browser) reply {
	b.t.Helper()
	began := time.Now()
	if s.step == atRequestToken {
		s.site.browser(b.t).start(nil)
		s.spoil(b.t, time.Since(began))
		return b.do("POST", "/auth/twitter/login", url.Values{"return_to": {"/account"}}, "Accept", "text/html")
	}
	callback := b.approve(b.start(nil), ada)
	s.spoil(b.t, time.Since(began))
	return b.visit(callback)
}

func TestFaultsOfX(t *testing.T) {
	t.Parallel()
	for name, fault := range faultsOfX(t) {
		for protocol, newX := range protocolsOfX {
			if fault.way != nil && protocol == "HTTP/1" {
				continue // it is about TLS, or the same
			}
			for _, step := range fault.steps {
				t.Run(name+" at "+string(step)+" "+protocol, func(t *testing.T) {
					t.Parallel()
					s := newFaultySite(t, newX(), fault, step)
					b := s.browser(t)
					b.login(noor, nil)
					session := b.cookies()[sessionCookie]

					began := time.Now()
					r := s.reach(b)
					t.Logf("%d %s after %v, %d calls", r.StatusCode, fault.code, time.Since(began).Round(time.Millisecond), s.calls())
					s.checkAnswer(t, r)
					s.checkCalls(t)
					if b.cookies()[sessionCookie] != session || b.whoami() != "user u1 @noor" || len(s.users.all()) != 1 {
						t.Error("the failed login changed who is signed in")
					}
					if pending, _ := b.pendingLogins(); len(pending) > 1 {
						t.Errorf("more than the cookie that is marked used: %v", pending)
					}
					if log := s.log.String(); !strings.Contains(log, "code="+fault.code) || !strings.Contains(log, "step="+string(step)) || !strings.Contains(log, fault.log) {
						t.Errorf("the log says %s", log)
					}
					s.mend()
					if b.login(ada, nil); b.whoami() != "user u2 @ada" {
						t.Errorf("afterwards: %s", b.whoami())
					}
				})
			}
		}
	}
}

// checkAnswer holds the visitor's page to what the fault should lead to.
func (s *faultySite) checkAnswer(t *testing.T, r reply) {
	t.Helper()
	if r.StatusCode != s.fault.status {
		t.Fatalf("%d %s, want %d\n%s", r.StatusCode, r.body, s.fault.status, s.log)
	}
	if len(s.told) != 1 {
		t.Fatalf("the error handler was called %d times", len(s.told))
	}
	if e := <-s.told; e.Code != s.fault.code || e.Err == nil {
		t.Errorf("the error handler was given %v, want %s", e, s.fault.code)
	}
	if page := strings.ToLower(r.body); strings.Count(page, "<!doctype html>") != 1 || strings.Count(page, "</html>") != 1 {
		t.Errorf("not one page: %s", r.body)
	}
	for _, part := range bodiesOfX {
		if strings.Contains(r.body, part) || strings.Contains(s.log.String(), part) {
			t.Errorf("X's %q shows", part)
		}
	}
	if slices.ContainsFunc(r.Cookies(), func(c *http.Cookie) bool { return c.Name == sessionCookie }) {
		t.Error("the answer sets a session cookie")
	}
	retry := r.Header.Get("Retry-After")
	if limited := s.fault.code == "rate_limited"; limited != (retry != "") || limited && retry != "60" && retry != "120" && !strings.HasPrefix(retry, "11") {
		t.Errorf("Retry-After %q", retry)
	}
}

// checkCalls holds the calls to their number: X takes a verifier once, and what
// can be asked again is asked once more at most.
func (s *faultySite) checkCalls(t *testing.T) {
	t.Helper()
	limit := 2
	if s.step == atAccessToken {
		limit = 1
	}
	if n := s.calls(); n < 1 || n > limit {
		t.Errorf("X was asked for %s %d times", s.step, n)
	}
}

// A native client's login meets the same faults of the profile.
func TestFaultsOfXAtTokenLogin(t *testing.T) {
	t.Parallel()
	for name, fault := range faultsOfX(t) {
		if !slices.Contains(fault.steps, atProfile) {
			continue
		}
		for _, step := range []twittertest.Step{atProfile, atProfileV2} {
			t.Run(name+" at "+string(step), func(t *testing.T) {
				t.Parallel()
				s := newFaultySite(t, twittertest.NewTLSServer(), fault, step)
				b := s.browser(t)
				began := time.Now()
				b.login(noor, nil)
				took := time.Since(began)
				token := s.users.all()[0].Token
				session := b.cookies()[sessionCookie]
				form := url.Values{"authToken": {token.AccessToken}, "authTokenSecret": {token.AccessSecret}}

				s.spoil(t, took)
				r := b.do("POST", "/auth/twitter/token", form)
				status, code := fault.status, fault.code
				if code == "login_expired" {
					status, code = 401, "token_invalid"
				}
				if r.StatusCode != status || r.code(t) != code || len(r.Cookies()) != 0 || b.cookies()[sessionCookie] != session {
					t.Errorf("%d %s, want %d %s", r.StatusCode, r.body, status, code)
				}
				s.checkCalls(t)
				s.mend()
				if r := b.do("POST", "/auth/twitter/token", form); r.StatusCode != 200 {
					t.Errorf("afterwards: %d %s", r.StatusCode, r.body)
				}
			})
		}
	}
}

// The calls of OAuth 2.0 meet the same faults, and some of their own.
func TestFaultsOfXOverOAuth2(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	t.Cleanup(elsewhere.Close)
	both, exchange, profile := oauth2.steps, oauth2.steps[:1], oauth2.steps[1:]
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
		"refused, no text":   {twittertest.Respond(400, "application/json", `{"error":"invalid_request"}`), exchange, 403, "login_expired", "has not changed since the login began"},
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
				s := newSite(t, over(oauth2))
				b := s.browser(t)
				began := time.Now()
				callback := b.approve(b.start(nil), ada)
				if test.code == "provider_timeout" {
					s.auth.SetBudget(budgetFor(time.Since(began)))
				}
				s.x.Fail(step, test.fault)
				r := b.get(callback)
				if r.StatusCode != test.status || r.code(t) != test.code {
					t.Fatalf("%d %s, want %d %s\n%s", r.StatusCode, r.body, test.status, test.code, s.log)
				}
				if b.hasSession() || len(s.users.all()) != 0 {
					t.Error("signed in all the same")
				}
				if pending, _ := b.pendingLogins(); len(pending) > 1 {
					t.Errorf("more than the cookie that is marked used: %v", pending)
				}
				if log := s.log.String(); !strings.Contains(log, "code="+test.code) || !strings.Contains(log, "step="+string(step)) || !strings.Contains(log, test.log) || strings.Contains(log+r.body, "canary") {
					t.Errorf("the log says %s", log)
				}
				if got := r.Header.Get("Retry-After"); (test.code == "rate_limited") != (got != "") || got != "" && got != "120" && !strings.HasPrefix(got, "11") {
					t.Errorf("Retry-After %q", got)
				}
				if step == oauth2.exchange && s.x.Count(step) != 1 {
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
		s := newSite(t, over(oauth2))
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
		s := newSite(t, over(oauth2), configured(func(c *twitterauth.Config) { c.HTTPClient = &http.Client{Transport: rewriting(change)} }))
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

func TestXComesBackAtTheSecondTry(t *testing.T) {
	t.Parallel()
	for step, p := range map[twittertest.Step]protocol{twittertest.RequestToken: oauth1, twittertest.VerifyCredentials: oauth1, twittertest.UsersMe: oauth2} {
		for name, fault := range map[string]twittertest.Fault{"503": twittertest.HTML(503), "reset": twittertest.Reset(), "empty": twittertest.Empty(), "broken": twittertest.Truncate()} {
			s := newSite(t, over(p))
			s.x.FailNext(step, 1, fault)
			b := s.browser(t)
			if b.login(ada, nil); s.x.Count(step) != 2 {
				t.Errorf("%s %s: %d calls", step, name, s.x.Count(step))
			}
		}
	}
}
