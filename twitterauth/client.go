package twitterauth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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
	token, err := t.prepare(req)
	if err != nil {
		if req.Body != nil {
			req.Body.Close() // the transport's duty, also where nothing is sent
		}
		return nil, err
	}
	resp, err := t.server.send(req, token)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || token.RefreshToken == "" {
		return resp, err
	}
	// The answer is read first, so that its connection is free for the renewal.
	if err := intoMemory(resp); err != nil {
		return nil, err
	}
	renewed, err := t.server.renewToken(req.Context(), t.userID, token, true)
	switch {
	case errors.Is(err, ErrSignInAgain), errors.Is(err, ErrNoToken):
		return nil, err
	case err != nil:
		t.server.logRenewal(req.Context(), err)
		return resp, nil
	}
	again, ok := repeatable(req)
	if !ok || renewed.AccessToken == token.AccessToken {
		return resp, nil
	}
	return t.server.send(again, renewed)
}

func (t userTransport) prepare(req *http.Request) (Token, error) {
	if err := t.server.checkCall(req); err != nil {
		return Token{}, err
	}
	return t.server.tokenFor(req.Context(), t.userID)
}

// send signs a request, or gives it a bearer token.
func (s *server) send(req *http.Request, token Token) (*http.Response, error) {
	if token.AccessSecret != "" {
		return s.x.SignedTransport(token.AccessToken, token.AccessSecret).RoundTrip(req)
	}
	return s.x.BearerTransport(token.AccessToken).RoundTrip(req)
}

// maxRefusal bounds what is kept of an answer that refuses a token, in bytes.
const maxRefusal = 64 << 10

// intoMemory reads an answer's body, so that it can be returned later.
func intoMemory(resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	resp.Body.Close()
	if err != nil {
		return err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return nil
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
	if req.URL.Opaque != "" || site.Origin(req.URL) != site.Origin(api) || req.URL.User != nil || req.Host != "" && !strings.EqualFold(req.Host, req.URL.Host) {
		return errors.New("twitterauth: the request is not for X's API (" + site.Origin(api) + "), so the user's token is not sent")
	}
	return nil
}

// tokenFor returns a token that is good for a call now.
func (s *server) tokenFor(ctx context.Context, userID string) (Token, error) {
	token, err := s.storedToken(ctx, userID)
	if err == nil {
		err = s.checkToken(token)
	}
	if err != nil || token.AccessSecret != "" || !isEnding(token) {
		return token, err
	}
	return s.renewToken(ctx, userID, token, false)
}
