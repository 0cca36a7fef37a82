package xapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
)

// Limits on what is read of an answer, in bytes after decompression.
const (
	maxTokenAnswer   = 64 << 10
	maxProfileAnswer = 1 << 20
	maxErrorAnswer   = 64 << 10
)

// call is the transport of one call to X. It adds the caller's context, reads
// the whole body within the limit, returns nothing but a good 200, and so
// never leaves a redirect to be followed or an upstream body to be quoted.
type call struct {
	ctx      context.Context
	step     Step
	base     http.RoundTripper
	maxBody  int64
	callback string                      // for the remedies
	accept   func(body []byte) (ok bool) // whether a 200 has what it should

	connections atomic.Int32 // that were tried
}

func (k *call) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(httptrace.WithClientTrace(k.ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { k.connections.Add(1) },
	}))
	req.Header.Set("Accept", "application/json") // else some errors come as XML
	req.Header.Set("User-Agent", "twitterlogin")
	resp, err := k.base.RoundTrip(req)
	if err != nil {
		return nil, k.failed(err)
	}
	limit := k.maxBody
	if resp.StatusCode != http.StatusOK {
		limit = maxErrorAnswer
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	resp.Body.Close()
	switch {
	case err != nil:
		return nil, k.failed(err)
	case resp.StatusCode != http.StatusOK:
		return nil, classify(k.step, k.callback, resp, body)
	case int64(len(body)) > limit, isTooExtensive(body):
		return nil, &Error{Step: k.step, Kind: Unavailable, Status: resp.StatusCode, Reason: "the answer is too large"}
	}
	body = bytes.TrimSpace(body)
	if !k.accept(body) {
		return nil, &Error{Step: k.step, Kind: Unavailable, Status: resp.StatusCode, Reason: "the answer is not what X documents", again: true}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func (k *call) failed(err error) *Error {
	e := noAnswer(k.ctx, k.step, err)
	// net/http repeats a GET by itself when a connection it had kept breaks:
	// that was the second try.
	e.again = e.again && k.connections.Load() < 2
	return e
}

// start prepares a call, whose context also ends with the client's own
// timeout. The caller must call cancel when it has the answer.
func (c *Client) start(ctx context.Context, step Step, maxBody int64, accept func([]byte) bool) (k *call, cancel context.CancelFunc) {
	cancel = func() {}
	if c.timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
	}
	return &call{ctx: ctx, step: step, base: c.base, maxBody: maxBody, callback: c.cfg.CallbackURL, accept: accept}, cancel
}

// typed digs our error out of what net/http and dghubble wrapped around it.
// Whatever else they report they report of an answer that we had accepted.
func typed(step Step, err error) error {
	var xerr *Error
	if err == nil || errors.As(err, &xerr) {
		if xerr != nil {
			return xerr
		}
		return nil
	}
	return &Error{Step: step, Kind: Unavailable, Reason: "the request could not be made"}
}

// twice makes a call again when X caused the failure and time is left. It is not
// for access tokens, because X accepts a verifier once.
func twice[T any](ctx context.Context, call func(context.Context) (T, error)) (T, error) {
	answer, err := call(ctx)
	var xerr *Error
	if errors.As(err, &xerr) && xerr.again && ctx.Err() == nil {
		return call(ctx)
	}
	return answer, err
}

// printable reports whether a token may stand in a header, a URL and a cookie.
func printable(s string, limit int) bool {
	return s != "" && len(s) <= limit && strings.IndexFunc(s, func(c rune) bool { return c <= ' ' || c >= 0x7f }) < 0
}
