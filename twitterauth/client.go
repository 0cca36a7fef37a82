package twitterauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"twitterlogin.example/twitterauth/internal/site"
)

// client returns the HTTP client that calls X for a user.
func (s *server) client(userID string) *http.Client {
	return &http.Client{
		Transport:     userTransport{s, userID},
		Timeout:       s.x.Timeout(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// userTransport sends each request with the user's token.
type userTransport struct {
	server *server
	userID string
}

// RoundTrip sends a request to X's API and to nowhere else. When X refuses an access
// token of OAuth 2.0, the token is renewed once and the request sent again, if its
// body can be had again.
func (t userTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.roundTrip(req)
	if err != nil && req.Body != nil {
		req.Body.Close() // the transport's duty, also before anything is sent
	}
	return resp, err
}

func (t userTransport) roundTrip(req *http.Request) (*http.Response, error) {
	if err := t.server.checkCall(req); err != nil {
		return nil, err
	}
	token, err := t.server.tokenFor(req.Context(), t.userID)
	if err != nil {
		return nil, err
	}
	if token.AccessSecret != "" {
		return t.server.x.SignedTransport(token.AccessToken, token.AccessSecret).RoundTrip(req)
	}
	resp, err := t.server.x.BearerTransport(token.AccessToken).RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || token.RefreshToken == "" {
		return resp, err
	}
	again, ok := repeatable(req)
	if !ok {
		return resp, nil
	}
	renewed, err := t.server.renewToken(req.Context(), t.userID, token, true)
	switch {
	case errors.Is(err, ErrSignInAgain):
		resp.Body.Close()
		return nil, err
	case err != nil:
		t.server.logRenewal(req.Context(), err)
		return resp, nil
	}
	resp.Body.Close()
	return t.server.x.BearerTransport(renewed.AccessToken).RoundTrip(again)
}

// repeatable returns a copy of a request with a fresh body.
func repeatable(req *http.Request) (*http.Request, bool) {
	again := req.Clone(req.Context())
	if req.Body == nil || req.Body == http.NoBody {
		return again, true
	}
	if req.GetBody == nil {
		return nil, false
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, false
	}
	again.Body = body
	return again, true
}

// checkCall keeps a user's token at X: a redirect or a mistaken address must not
// hand it to another host.
func (s *server) checkCall(req *http.Request) error {
	if s.tokens == nil {
		return errors.New("twitterauth: the store does not implement TokenKeeper, so Client has no tokens: implement it, or keep Login.Token and call X with a client of your own")
	}
	api, err := url.Parse(s.x.APIURL())
	if err != nil {
		return fmt.Errorf("twitterauth: Config.APIURL: %w", err)
	}
	if site.Origin(req.URL) != site.Origin(api) || req.URL.User != nil || req.Host != "" && !strings.EqualFold(req.Host, req.URL.Host) {
		return errors.New("twitterauth: the request is not for X's API (" + site.Origin(api) + "), so the user's token is not sent")
	}
	return nil
}

// tokenFor returns a token that is good for a call now.
func (s *server) tokenFor(ctx context.Context, userID string) (Token, error) {
	token, err := s.storedToken(ctx, userID)
	switch {
	case err != nil:
		return Token{}, err
	case token.AccessToken == "":
		return Token{}, ErrNoToken
	case token.AccessSecret != "" && s.cfg.ConsumerKey == "":
		return Token{}, fmt.Errorf("%w: the token is of OAuth 1.0a, for which ConsumerKey and ConsumerSecret are not set", ErrSignInAgain)
	case token.AccessSecret != "" || !isEnding(token):
		return token, nil
	}
	return s.renewToken(ctx, userID, token, false)
}
