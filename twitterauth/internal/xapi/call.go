package xapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
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
	observe  func(context.Context, Call) // nil: no observer

	connections atomic.Int32 // that were tried

	// Parts of the request that is sent, in one allocation with the rest.
	trace  httptrace.ClientTrace
	values [2]string // of the headers that are added
}

func (k *call) RoundTrip(req *http.Request) (*http.Response, error) {
	if k.observe == nil {
		return k.send(req)
	}
	began := time.Now()
	resp, err := k.send(req)
	k.observe(k.ctx, Call{Step: k.step, OAuth2: !isSigned(req), Took: time.Since(began), Err: err})
	return resp, err
}

func (k *call) send(req *http.Request) (*http.Response, error) {
	resp, err := k.base.RoundTrip(k.outgoing(req))
	if err != nil {
		return nil, k.failed(err)
	}
	limit := k.maxBody
	if resp.StatusCode != http.StatusOK {
		limit = maxErrorAnswer
	}
	body, err := readBody(resp, limit)
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

// outgoing returns the request that is sent. It is a copy with a header map of its
// own, because a RoundTripper must not change the request that it is given.
func (k *call) outgoing(req *http.Request) *http.Request {
	k.trace.GotConn = func(httptrace.GotConnInfo) { k.connections.Add(1) }
	header := make(http.Header, len(req.Header)+len(k.values))
	maps.Copy(header, req.Header)
	k.values = [...]string{"application/json", "twitterlogin"}
	header["Accept"] = k.values[0:1:1] // else some errors come as XML
	header["User-Agent"] = k.values[1:2:2]
	req = req.WithContext(httptrace.WithClientTrace(k.ctx, &k.trace))
	req.Header = header
	return req
}

// readBody reads a body, or one byte more than the limit, and closes it.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	defer resp.Body.Close()
	return io.ReadAll(io.LimitReader(resp.Body, limit+1))
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
	return &call{ctx: ctx, step: step, base: c.base, maxBody: maxBody, callback: c.cfg.CallbackURL, accept: accept, observe: c.cfg.Observe}, cancel
}

// typed finds the *Error in what net/http and dghubble wrapped around it. Their
// other errors are about an answer that this package had accepted.
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
