package twittertest

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"unicode/utf8"
)

// reply is what the consent page does with a visitor.
type reply struct {
	kind   replyKind
	person string
}

type replyKind int

const (
	ask replyKind = iota
	approve
	cancel
)

// SignInAs lets the person approve every login at once, so that a test's
// client which follows redirects comes back signed in. It panics for an ID of
// nobody.
func (s *Server) SignInAs(personID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.person(personID); !ok {
		panic("twittertest: there is no person with the ID " + personID)
	}
	s.reply = reply{approve, personID}
}

// CancelLogins cancels every login at once.
func (s *Server) CancelLogins() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reply = reply{kind: cancel}
}

// AskConsent shows the consent page again, which is the default.
func (s *Server) AskConsent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reply = reply{}
}

// Authorize lets a person approve the login whose address at X is given, and
// returns the callback's address, which a browser would go to next.
func (s *Server) Authorize(authorizeURL, personID string) (callbackURL string, err error) {
	return s.decideAt(authorizeURL, reply{approve, personID})
}

// Cancel cancels the login whose address at X is given, and returns the
// callback's address.
func (s *Server) Cancel(authorizeURL string) (callbackURL string, err error) {
	return s.decideAt(authorizeURL, reply{kind: cancel})
}

func (s *Server) decideAt(authorizeURL string, r reply) (string, error) {
	u, err := url.Parse(authorizeURL)
	if err != nil {
		return "", fmt.Errorf("twittertest: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.decide(u.Query().Get("oauth_token"), r)
}

// decide settles a login once and returns where the browser goes.
func (s *Server) decide(token string, r reply) (callbackURL string, err error) {
	t := s.requests[token]
	if t == nil || t.decided || s.isOver(t) {
		return "", errors.New("twittertest: the request token is unknown, expired or was used before")
	}
	u, err := url.Parse(t.callback)
	if err != nil {
		return "", fmt.Errorf("twittertest: %w", err)
	}
	added := url.Values{}
	if r.kind == approve {
		if _, ok := s.person(r.person); !ok {
			return "", errors.New("twittertest: there is no person with this ID")
		}
		t.person, t.verifier = r.person, newToken()
		added.Set("oauth_token", token)
		added.Set("oauth_verifier", t.verifier)
	} else {
		added.Set("denied", token)
	}
	t.decided = true
	// The app's own query stays as it is, byte for byte: Encode would sort it
	// and drop what it cannot read.
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += added.Encode()
	return u.String(), nil
}

//go:embed consent.html
var consentHTML string

var consentTemplate = template.Must(template.New("consent").Funcs(template.FuncMap{"initial": initial}).Parse(consentHTML))

func initial(name string) string {
	_, size := utf8.DecodeRuneInString(name)
	return name[:size] // "" for a person without a name
}

type consentView struct {
	Token  string // "" for one that is not known
	App    string // the callback's host
	People []Person
}

func (s *Server) consentPage(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := c.URL.Query().Get("oauth_token")
	t := s.requests[token]
	if t == nil || t.decided || s.isOver(t) {
		return page(http.StatusForbidden, consentView{})
	}
	if s.reply.kind != ask {
		return s.sendBack(token, s.reply)
	}
	view := consentView{Token: token, People: s.people}
	if u, err := url.Parse(t.callback); err == nil {
		view.App = u.Host
	}
	return page(http.StatusOK, view)
}

// decided is the consent page's form.
func (s *Server) decided(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := reply{kind: cancel}
	if id := c.form.Get("person"); id != "" {
		r = reply{approve, id}
	}
	return s.sendBack(c.form.Get("oauth_token"), r)
}

func (s *Server) sendBack(token string, r reply) answer {
	callback, err := s.decide(token, r)
	if err != nil {
		return page(http.StatusForbidden, consentView{})
	}
	a := newAnswer(http.StatusFound, "text/html; charset=utf-8", nil)
	a.header.Set("Location", callback)
	return a
}

func page(status int, view consentView) answer {
	var b bytes.Buffer
	if err := consentTemplate.Execute(&b, view); err != nil {
		panic("twittertest: the consent page: " + err.Error())
	}
	a := newAnswer(status, "text/html; charset=utf-8", b.Bytes())
	// No form-action: browsers would hold the way back to the app to it.
	a.header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
	a.header.Set("X-Content-Type-Options", "nosniff")
	a.header.Set("Referrer-Policy", "strict-origin")
	return a
}
