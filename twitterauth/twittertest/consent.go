package twittertest

import (
	"bytes"
	_ "embed"
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

// SignInAs makes the person approve every login at once, so that a test's
// client which follows redirects comes back signed in. It panics for an unknown
// ID.
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

// Authorize makes a person approve the login whose address at X is given, and
// returns the callback's address, which a browser would go to next. For an app
// whose oauth_callback is "oob" that is "oob?oauth_token=…&oauth_verifier=…",
// and the verifier is the PIN of the page. The error is what the page would say.
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
	callbackURL, refused := s.signInAt(u, r)
	if refused != nil {
		return "", refused
	}
	return callbackURL, nil
}

func (s *Server) signInAt(u *url.URL, r reply) (callbackURL string, refused *refusal) {
	if u.Path == authorizePath {
		return s.authorizationAt(u.RawQuery, r)
	}
	t := s.undecided(u.Query().Get("oauth_token"))
	if t == nil {
		return "", signInOver
	}
	return s.decide(t, r)
}

// login waits for a person's decision, in either protocol.
type login interface {
	// field is the consent form's name and value for the login.
	field() (name, value string)
	callbackURL() *url.URL
	// abilities is what the app may do then, as far as the protocol defines it.
	abilities() []string
	// settle ends the login and returns the parameters of the callback.
	settle(s *Server, r reply) url.Values
}

// decide settles a login and returns where the browser goes. A login that the
// person may not approve stays open.
func (s *Server) decide(l login, r reply) (callbackURL string, refused *refusal) {
	if r.kind == approve {
		if refused := s.maySignIn(r.person); refused != nil {
			return "", refused
		}
	}
	return withQuery(l.callbackURL(), l.settle(s, r)), nil
}

// withQuery leaves the app's own query as it is, byte for byte: Encode would
// sort it and drop what it cannot read.
func withQuery(callback *url.URL, added url.Values) string {
	u := *callback
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += added.Encode()
	if u.Host == "" && u.Path == "" && u.Opaque == "" {
		return u.Scheme + "://?" + u.RawQuery // String would drop the slashes of "app://"
	}
	return u.String()
}

//go:embed consent.html
var consentHTML string

var consentTemplate = template.Must(template.New("consent").Funcs(template.FuncMap{"initial": initial}).Parse(consentHTML))

func initial(name string) string {
	_, size := utf8.DecodeRuneInString(name)
	return name[:size] // "" for a person without a name
}

type consentView struct {
	Refusal      *refusal // instead of everything else
	PIN          string   // instead of everything else
	Base         string   // of the form's address; see consentBase
	Field, Login string
	App          string // see appName
	Abilities    []string
	People       []Person
}

func (s *Server) consentPage(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.undecided(c.URL.Query().Get("oauth_token"))
	if t == nil {
		return refusalPage(signInOver)
	}
	return s.consent(c, t)
}

// consent asks the visitor, or decides as the test has set it.
func (s *Server) consent(c *call, l login) answer {
	if s.reply.kind != ask {
		return s.sendBack(l, s.reply)
	}
	view := consentView{Base: s.consentBase(c.Request), App: appName(l.callbackURL()), Abilities: l.abilities(), People: s.people}
	view.Field, view.Login = l.field()
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
	if t := s.undecided(c.form.Get("oauth_token")); t != nil {
		return s.sendBack(t, r)
	}
	if a := s.authorizations[c.form.Get("authorization")]; a != nil && !s.isLate(a) {
		return s.sendBack(a, r)
	}
	return refusalPage(signInOver)
}

func (s *Server) sendBack(l login, r reply) answer {
	callbackURL, refused := s.decide(l, r)
	if refused != nil {
		return refusalPage(refused)
	}
	if isOutOfBand(l.callbackURL()) {
		return pinPage(callbackURL)
	}
	return redirect(callbackURL)
}

// pinPage is where a login ends from which no browser goes back.
func pinPage(callbackURL string) answer {
	u, err := url.Parse(callbackURL)
	if err != nil {
		panic("twittertest: " + err.Error())
	}
	if pin := u.Query().Get("oauth_verifier"); pin != "" {
		return page(http.StatusOK, consentView{PIN: pin})
	}
	return refusalPage(&refusal{http.StatusOK, "You cancelled the sign-in", "Go back to the app."})
}

func redirect(location string) answer {
	a := newAnswer(http.StatusFound, "text/html; charset=utf-8", nil)
	a.header.Set("Location", location)
	return a
}

func refusalPage(r *refusal) answer { return page(r.status, consentView{Refusal: r}) }

func page(status int, view consentView) answer {
	var b bytes.Buffer
	if err := consentTemplate.Execute(&b, view); err != nil {
		panic("twittertest: the consent page: " + err.Error())
	}
	a := newAnswer(status, "text/html; charset=utf-8", b.Bytes())
	// No form-action, because browsers would apply it to the way back to the app.
	a.header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
	a.header.Set("X-Content-Type-Options", "nosniff")
	a.header.Set("Referrer-Policy", "strict-origin")
	return a
}
