package twitterauth

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/appcode"
	"twitterlogin.example/twitterauth/internal/attempt"
	"twitterlogin.example/twitterauth/internal/oauth"
)

// codePost is an app's code as POST token gets it.
type codePost struct {
	code        string
	verifier    string
	redirectURI string // "" in JSON
}

// isGrant reports whether the code came as RFC 6749, section 4.1.3 has it.
func (p codePost) isGrant() bool { return p.redirectURI != "" }

// exchangeCode is POST token as RFC 6749, section 4.1.3 has it. It reads, sets
// and ends no session cookie, and HTTP Basic and client_id are ignored.
func (s *server) exchangeCode(w http.ResponseWriter, r *http.Request, values url.Values) {
	post, e := readGrant(values)
	if e != nil {
		s.failGrant(w, r, e)
		return
	}
	in, e := s.redeem(hold(w), withoutCookies(r), post, acceptLogin)
	if e != nil {
		s.failGrant(w, r, e)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int64  `json:"expires_in"` // in seconds
		Landing     string `json:"landing,omitempty"`
	}{in.token, "Bearer", secondsLeft(in.session), in.landing})
}

// acceptLogin accepts the login of anyone whom X vouched for.
func acceptLogin(Login) *Error { return nil }

// maxCode is longer than any code that package appcode seals, in bytes.
const maxCode = 4096

// readGrant reads the parameters of RFC 6749, section 4.1.3, and RFC 7636, section
// 4.5, each once.
func readGrant(values url.Values) (codePost, *Error) {
	if kinds := values["grant_type"]; len(kinds) == 1 && kinds[0] != "" && kinds[0] != "authorization_code" {
		e := badRequest("The grant_type must be authorization_code.")
		e.grant = "unsupported_grant_type"
		return codePost{}, e
	}
	for _, name := range []string{"grant_type", "code", "code_verifier", "redirect_uri"} {
		if len(values[name]) != 1 || values.Get(name) == "" {
			return codePost{}, badRequest("The request must have " + name + " once.")
		}
	}
	return codePost{code: values.Get("code"), verifier: values.Get("code_verifier"), redirectURI: values.Get("redirect_uri")}, nil
}

// redeem finishes an app's login and finds out where it leads.
func (s *server) redeem(w http.ResponseWriter, r *http.Request, post codePost, accept func(Login) *Error) (signedIn, *Error) {
	ctx, cancel := context.WithTimeout(r.Context(), s.budget)
	defer cancel()
	c, e := s.openCode(post)
	isKnown := c.Attempt.Key != ""
	if e != nil && !isKnown {
		return signedIn{}, e
	}
	r = r.WithContext(ctx)
	begun := s.pendingLogin(c.Attempt)
	defer begun.leave(ctx)
	if e != nil { // too late
		begun.failed(r, e)
		return signedIn{}, e
	}
	if c.Attempt.User != "" {
		if _, e := s.linkingTokenSession(r, c.Attempt); e != nil {
			return signedIn{}, e // X was not asked, so the code is still good
		}
	}
	in, e := s.enterByCode(w, r, c, accept)
	if e == nil && post.isGrant() && in.token == "" {
		e = newError(CodeStoreFailed, errNoToken)
	}
	begun.ended(r, in, e)
	if e != nil {
		return signedIn{}, e
	}
	in.landing = s.clientLanding(ctx, in)
	return in, nil
}

// enterByCode finishes an app's login at X and signs the person in, or links the
// account to the user whose bearer token the request has. An error of accept keeps
// the person out. The request's context carries the budget.
func (s *server) enterByCode(w http.ResponseWriter, r *http.Request, c appcode.Code, accept func(Login) *Error) (signedIn, *Error) {
	login, e := s.finishForApp(r.Context(), c)
	if e == nil {
		e = accept(login)
	}
	if e != nil {
		return signedIn{}, e
	}
	if c.Attempt.User != "" {
		// A session can be revoked while X is asked, so it is looked at once more.
		current, e := s.linkingTokenSession(r, c.Attempt)
		if e != nil {
			return signedIn{}, e
		}
		return s.linkByToken(w, r, current, login, c.Attempt.Stay)
	}
	return s.signIn(w, withoutToken(r), login, entry{stay: c.Attempt.Stay, withToken: true})
}

// openCode opens a code. A code that is too late comes with its error.
func (s *server) openCode(post codePost) (appcode.Code, *Error) {
	if len(post.code) > maxCode || !appcode.ValidVerifier(post.verifier) {
		return appcode.Code{}, invalidCode(appcode.ErrInvalid)
	}
	c, err := s.codes.OpenCode(post.code, post.redirectURI, post.verifier)
	if err != nil {
		return c, invalidCode(err)
	}
	return c, nil
}

func invalidCode(err error) *Error {
	if errors.Is(err, appcode.ErrExpired) {
		return newError(CodeLoginExpired, err)
	}
	return newError(CodeLoginMismatch, err).explaining("The code is not valid here, or its code_verifier or redirect_uri is not that of the request.")
}

// finishForApp exchanges X's answer for the person's account.
func (s *server) finishForApp(ctx context.Context, c appcode.Code) (Login, *Error) {
	var account oauth.Account
	var err error
	p := s.protocolOfKind(c.Attempt.Protocol)
	if p == nil {
		return Login{}, newError(CodeLoginExpired, errors.New("twitterauth: the app's login began over a protocol that is not configured any more"))
	}
	if e := s.withSlot(ctx, func() { account, err = p.Finish(ctx, c.Attempt, c.VerifierOrCode) }); e != nil {
		return Login{}, e
	}
	if err != nil {
		return Login{}, providerError(err, CodeLoginExpired)
	}
	return s.toLogin(ctx, account, s.cfg.Mapping)
}

func (s *server) protocolOfKind(kind attempt.Protocol) oauth.Protocol {
	for _, p := range s.protocols {
		if p.Kind() == kind {
			return p
		}
	}
	return nil
}

// grantError returns the error of RFC 6749, section 5.2, that stands for e.
func grantError(e *Error) string {
	switch {
	case e.grant != "":
		return e.grant
	case e.Status == http.StatusServiceUnavailable, e.Status == http.StatusGatewayTimeout:
		return "temporarily_unavailable"
	case e.Status >= http.StatusInternalServerError:
		return "server_error"
	}
	switch e.Code {
	case CodeBadRequest, CodeBodyTooLarge, CodeUnsupportedMediaType, CodeRequestTimeout, CodeCrossOrigin:
		return "invalid_request"
	}
	return "invalid_grant"
}

// failGrant answers an error as RFC 6749, section 5.2 has it, with the
// library's code, and never by Config.ErrorHandler.
func (s *server) failGrant(w http.ResponseWriter, r *http.Request, e *Error) {
	if clientGone(r, e) {
		s.fail(w, r, e)
		return
	}
	s.log(r, e)
	setRetryAfter(w, e)
	status := e.Status
	kind := grantError(e)
	if kind == "invalid_grant" {
		status = http.StatusBadRequest
	}
	writeJSON(w, status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Code        string `json:"code"`
	}{kind, grantDescription(e.Message), e.Code})
}

// grantDescription returns a message without the two characters of a line of text
// that an error_description must not have (RFC 6749, section 5.2).
func grantDescription(message string) string {
	return strings.NewReplacer(`"`, "'", `\`, "/").Replace(message)
}

// secondsLeft returns how long a session lasts from now on, in seconds.
func secondsLeft(s session.Session) int64 {
	end := s.ExpiresAt
	if !s.IdleUntil.IsZero() && s.IdleUntil.Before(end) {
		end = s.IdleUntil
	}
	return max(int64(math.Floor(time.Until(end).Seconds())), 0)
}
