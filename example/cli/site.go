package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"time"
	"unicode"

	"golang.org/x/oauth2"
)

// client is the program at one site.
type client struct {
	settings
	http   *http.Client
	getenv func(string) string
	out    io.Writer
}

// newHTTPClient returns a client that follows no redirects, because a redirect
// would carry the code or the token to an unchecked address.
func newHTTPClient() *http.Client {
	return &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 10

// send sends a request to the site and returns the status and the body.
func (c client) send(ctx context.Context, method, address string, token *oauth2.Token) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Accept", "application/json")
	if token != nil {
		token.SetAuthHeader(req)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, c.unreachable(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return 0, nil, c.unreachable(err)
	}
	return resp.StatusCode, body, nil
}

func (c client) unreachable(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted")
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%s does not answer: start the example there (go run ./example), or name another -site", c.Site)
	}
	return fmt.Errorf("%s cannot be reached: %w", c.Site, err)
}

// refused returns the error of an answer that is not the expected one.
func (c client) refused(status int, body []byte) error {
	var answer struct{ Code, Message string }
	if json.Unmarshal(body, &answer) != nil || answer.Message == "" {
		return fmt.Errorf("%s answers with status %d: check -site and -routes", c.Site, status)
	}
	return fmt.Errorf("%s answers: %s (%s)", c.Site, printable(answer.Message), printable(answer.Code))
}

// printable drops what could steer a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}
