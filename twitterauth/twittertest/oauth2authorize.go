package twittertest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const authorizePath = "/i/oauth2/authorize"

// maxState is how long a state may be at X, in characters.
const maxState = 500

// maxAuthorizations is how many are kept; see makeRoom.
const maxAuthorizations = 50_000

// authorization is a login over OAuth 2.0 that a browser has brought here. It
// lives as long as a request token.
type authorization struct {
	id          string // on the consent page
	redirectURI string // as it was sent
	callback    *url.URL
	scopes      []string
	state       string
	challenge   string
	plain       bool // the challenge is the verifier
	made        time.Time
}

// authorizePage is GET /i/oauth2/authorize.
func (s *Server) authorizePage(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, refused := s.authorization(c.URL.RawQuery)
	if refused != nil {
		return refusalPage(refused)
	}
	if s.mayNotAsk(a) {
		return redirect(a.invalidScope())
	}
	makeRoom(s.authorizations, maxAuthorizations, s.isLate, func(a *authorization) time.Time { return a.made })
	s.authorizations[a.id] = a
	return s.consent(c, a)
}

// authorizationAt is what authorizePage does for a browser whose person decides
// at once.
func (s *Server) authorizationAt(rawQuery string, r reply) (callbackURL string, refused *refusal) {
	a, refused := s.authorization(rawQuery)
	if refused != nil {
		return "", refused
	}
	if s.mayNotAsk(a) {
		return a.invalidScope(), nil
	}
	return s.decide(a, r)
}

// authorization checks an authorization request (RFC 6749, section 4.1.1, and
// RFC 7636, section 4.3). X shows a page for every error, because an address that
// may be somebody else's must not be redirected to (RFC 6749, section 4.1.2.1).
func (s *Server) authorization(rawQuery string) (*authorization, *refusal) {
	refuse := func(text string) (*authorization, *refusal) {
		return nil, &refusal{http.StatusBadRequest, "Something went wrong", "You were not able to give access to the app: " + text}
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return refuse("the query cannot be read.")
	}
	if name, ok := repeated(query); ok {
		return refuse(name + " is there twice.")
	}
	if query.Get("client_id") != s.ClientID {
		return refuse("client_id is of no app.")
	}
	redirectURI := query.Get("redirect_uri")
	callback, approved := s.approvedCallback(redirectURI)
	scopes, known := parseScope(query.Get("scope"))
	state := query.Get("state")
	challenge, plain, problem := s.readChallenge(query)
	switch {
	case !approved || strings.Contains(redirectURI, "#"): // no fragment: RFC 6749, section 3.1.2
		return refuse("redirect_uri is not one of the app's callback URLs.")
	case query.Get("response_type") != "code":
		return refuse("response_type must be code.")
	case !known:
		return refuse("scope must name scopes of X, each once, with a space between two.")
	case state == "" || len(state) > maxState:
		return refuse("state must have 1 to 500 characters.")
	case problem != "":
		return refuse(problem)
	}
	return &authorization{
		id: newToken(), redirectURI: redirectURI, callback: callback,
		scopes: scopes, state: state, challenge: challenge, plain: plain, made: s.now(),
	}, nil
}

// readChallenge returns the code challenge (RFC 7636, section 4.3), and whether it is
// the verifier itself. problem is what is wrong with it, or "".
func (s *Server) readChallenge(query url.Values) (challenge string, plain bool, problem string) {
	challenge, method := query.Get("code_challenge"), query.Get("code_challenge_method")
	plain = method == "plain" && !s.strict
	switch {
	case !plain && method != "S256" && (s.strict || method != "s256"):
		problem = "code_challenge_method must be S256."
	case plain && challenge == "":
		problem = "code_challenge must not be empty."
	case !plain && !isChallenge(challenge):
		problem = "code_challenge must be the base64url of a SHA-256, without padding."
	}
	return challenge, plain, problem
}

// isChallenge: RFC 7636, section 4.2. The length counts, because decoding
// skips line breaks.
func isChallenge(challenge string) bool {
	hash, err := base64.RawURLEncoding.Strict().DecodeString(challenge)
	return err == nil && len(hash) == sha256.Size && len(challenge) == base64.RawURLEncoding.EncodedLen(sha256.Size)
}

// repeated names a parameter that is there more than once, which both endpoints
// must reject (RFC 6749, sections 3.1 and 3.2).
func repeated(params url.Values) (name string, ok bool) {
	for name, values := range params {
		if len(values) > 1 {
			return name, true
		}
	}
	return "", false
}

// mayNotAsk reports whether the app asks for what its settings at X do not
// allow. It is the only error that goes to the callback, because the person can do
// nothing about it and the app can ask for less.
func (s *Server) mayNotAsk(a *authorization) bool {
	return slices.ContainsFunc(a.scopes, func(scope string) bool {
		return scope == readEmail && s.hidesEmail || slices.Contains(s.refusedScopes, scope)
	})
}

func (a *authorization) invalidScope() (callbackURL string) {
	return withQuery(a.callback, url.Values{"error": {"invalid_scope"}, "state": {a.state}})
}

func (s *Server) isLate(a *authorization) bool { return s.now().Sub(a.made) > requestTokenLifetime }

func (a *authorization) field() (name, value string) { return "authorization", a.id }

func (a *authorization) callbackURL() *url.URL { return a.callback }

func (a *authorization) abilities() []string {
	var list []string
	for _, name := range a.scopes {
		list = append(list, scopes[name])
	}
	return list
}

func (a *authorization) settle(s *Server, r reply) url.Values {
	delete(s.authorizations, a.id)
	if r.kind == cancel {
		return url.Values{"error": {"access_denied"}, "state": {a.state}}
	}
	return url.Values{"code": {s.newCode(a, r.person)}, "state": {a.state}}
}
