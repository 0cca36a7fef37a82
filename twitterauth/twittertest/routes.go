package twittertest

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"
)

// Step is a call of a login, or of an app that has a person's tokens.
type Step string

// The steps, in the order of a login and of what may follow.
const (
	RequestToken      Step = "request_token"      // POST or GET /oauth/request_token
	Consent           Step = "consent"            // GET /oauth/authenticate, /oauth/authorize and, in OAuth 2.0, /i/oauth2/authorize
	AccessToken       Step = "access_token"       // POST or GET /oauth/access_token
	Token             Step = "oauth2/token"       // POST /2/oauth2/token
	VerifyCredentials Step = "verify_credentials" // GET /1.1/account/verify_credentials.json
	UsersMe           Step = "users/me"           // GET /2/users/me
	Tweets            Step = "tweets"             // POST /2/tweets
	Settings          Step = "settings"           // GET /1.1/account/settings.json
	Update            Step = "update"             // POST /1.1/statuses/update.json
	Revocation        Step = "oauth2/revoke"      // POST /2/oauth2/revoke
	InvalidateToken   Step = "invalidate_token"   // POST /1.1/oauth/invalidate_token
)

// route is a path at X.
type route struct {
	step   Step
	method string
	answer func(s *Server, r *call) answer
	get    bool // X takes GET as well
}

// takes reports whether X answers a method here.
func (rt route) takes(method string, strict bool) bool {
	return method == rt.method || rt.get && method == http.MethodGet && !strict
}

var routes = map[string]route{
	"/oauth/request_token":                 {RequestToken, http.MethodPost, (*Server).requestToken, true},
	"/oauth/authenticate":                  {Consent, http.MethodGet, (*Server).consentPage, false},
	"/oauth/authorize":                     {Consent, http.MethodGet, (*Server).consentPage, false},
	"/oauth/decide":                        {Consent, http.MethodPost, (*Server).decided, false},
	"/oauth/access_token":                  {AccessToken, http.MethodPost, (*Server).accessToken, true},
	authorizePath:                          {Consent, http.MethodGet, (*Server).authorizePage, false},
	"/2/oauth2/token":                      {Token, http.MethodPost, (*Server).tokens, false},
	"/2/oauth2/revoke":                     {Revocation, http.MethodPost, (*Server).revocation, false},
	"/1.1/account/verify_credentials.json": {VerifyCredentials, http.MethodGet, (*Server).verifyCredentials, false},
	"/2/users/me":                          {UsersMe, http.MethodGet, (*Server).usersMe, false},
	"/2/tweets":                            {Tweets, http.MethodPost, (*Server).postV2, false},
	"/1.1/account/settings.json":           {Settings, http.MethodGet, (*Server).settings, false},
	"/1.1/statuses/update.json":            {Update, http.MethodPost, (*Server).postV1, false},
	"/1.1/oauth/invalidate_token":          {InvalidateToken, http.MethodPost, (*Server).invalidateToken, false},
	"/1.1/oauth/invalidate_token.json":     {InvalidateToken, http.MethodPost, (*Server).invalidateToken, false},
}

// call is a request with its body read.
type call struct {
	*http.Request
	step Step
	body []byte
	form url.Values    // the body's, when it is a form
	skew time.Duration // of the server's clock, for this request

	diagnosis string // why the request was refused, where the answer does not say it

	malformed bool // the query or the form cannot be read, so it cannot be checked
}

// maxRequest bounds a request's body, in bytes.
const maxRequest = 64 << 10

// Handler returns what the server answers with, for a server that the caller runs,
// such as one with a certificate of the caller's own. After [Server.Close] it drops
// every connection.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.closed.Err() != nil {
			panic(http.ErrAbortHandler)
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
		if err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		rt, known := routes[r.URL.Path]
		c := &call{Request: r, step: rt.step, body: body}
		if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
			c.malformed = true
		}
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
			if c.form, err = url.ParseQuery(string(body)); err != nil {
				c.malformed = true
			}
		}
		if known && r.URL.Path != "/oauth/decide" {
			switch fault := s.nextFault(rt.step); {
			case fault == nil:
			case fault.after:
				s.answer(c, rt, known)
				s.remember(c, 0)
				s.misbehave(w, r, fault)
				return
			case fault.do == nil:
				c.skew = fault.skew
			default:
				s.remember(c, 0)
				s.misbehave(w, r, fault)
				return
			}
		}
		a := s.answer(c, rt, known)
		s.logDiagnosis(r.Context(), c)
		s.remember(c, a.status)
		s.wait(r)
		a.write(w)
	})
}

func (s *Server) answer(c *call, rt route, known bool) answer {
	var a answer
	switch {
	case !known:
		a = errorAnswer(c, http.StatusNotFound, 34, "Sorry, that page does not exist.")
	case !rt.takes(c.Method, s.isStrict()):
		a = errorAnswer(c, http.StatusMethodNotAllowed, 86, "This method requires a "+rt.method+".")
		a.header.Set("Allow", rt.method)
	default:
		a = rt.answer(s, c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a.header.Set("Date", s.now().Add(c.skew).UTC().Format(http.TimeFormat))
	return a
}

// wait is the latency that a test asked for.
func (s *Server) wait(r *http.Request) {
	s.mu.Lock()
	d := s.latency
	s.mu.Unlock()
	if d == 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	case <-s.closed.Done():
	}
}
