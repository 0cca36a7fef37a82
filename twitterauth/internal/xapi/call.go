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

	"github.com/dghubble/oauth1"
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
	client  *Client
	ctx     context.Context // also counts connections
	step    Step
	maxBody int64
	accept  func(body []byte) (ok bool) // whether a 200 has what it should

	connections atomic.Int32 // that were tried

	// Parts of the request that is sent, in one allocation with the rest.
	signer   oauth1.Config
	signed   http.Client // of signer
	trace    httptrace.ClientTrace
	accepted [1]string // the header Accept
	agent    [1]string // the header User-Agent
}

func (k *call) RoundTrip(req *http.Request) (*http.Response, error) {
	observe := k.client.cfg.Observe
	if observe == nil {
		return k.send(req)
	}
	began := time.Now()
	resp, err := k.send(req)
	observe(k.ctx, Call{Step: k.step, OAuth2: !isSigned(req), Took: time.Since(began), Err: err})
	return resp, err
}

func (k *call) send(req *http.Request) (*http.Response, error) {
	resp, err := k.client.base.RoundTrip(k.outgoing(req))
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
		return nil, classify(k.step, k.client.cfg.CallbackURL, resp, body)
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

// request returns a request to X's API with the call's context and headers.
func (k *call) request(method, path string, body io.Reader) (*http.Request, error) {
	req, err := http.NewRequestWithContext(k.ctx, method, k.client.cfg.APIURL+path, body)
	if err != nil {
		return nil, err
	}
	k.addHeaders(req.Header)
	return req, nil
}

// outgoing returns the request that is sent. A request that dghubble or x/oauth2 has
// made lacks the context and the headers. They are added to a copy with a header map
// of its own, because a RoundTripper must not change the request that it is given.
func (k *call) outgoing(req *http.Request) *http.Request {
	if req.Context() == k.ctx {
		return req
	}
	header := make(http.Header, len(req.Header)+2)
	maps.Copy(header, req.Header)
	k.addHeaders(header)
	req = req.WithContext(k.ctx) //nolint:contextcheck // the call has the context
	req.Header = header
	return req
}

func (k *call) addHeaders(h http.Header) {
	h["Accept"], h["User-Agent"] = k.accepted[:], k.agent[:]
}

// usualAnswer is more than X's usual answers, in bytes. It bounds what is allocated
// before anything has come, because a server can announce any length.
const usualAnswer = 4 << 10

// readBody reads a body, or one byte more than the limit, and closes it.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	defer resp.Body.Close()
	r := io.LimitReader(resp.Body, limit+1)
	if 0 <= resp.ContentLength && resp.ContentLength < usualAnswer {
		return readAnnounced(r, int(resp.ContentLength))
	}
	return io.ReadAll(r)
}

// readAnnounced is io.ReadAll for a body whose length is announced, in a buffer of
// that length. One byte more is read, which finds the body's end.
func readAnnounced(r io.Reader, length int) ([]byte, error) {
	body := make([]byte, 0, length+1)
	for len(body) < cap(body) {
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err == io.EOF {
			return body, nil
		}
		if err != nil {
			return body, err
		}
	}
	rest, err := io.ReadAll(r) // of a body that is longer
	return append(body, rest...), err
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
	k = &call{
		client: c, step: step, maxBody: maxBody, accept: accept,
		accepted: [...]string{"application/json"}, // else some errors come as XML
		agent:    [...]string{"twitterlogin"},
	}
	k.trace.GotConn = func(httptrace.GotConnInfo) { k.connections.Add(1) }
	k.ctx = httptrace.WithClientTrace(ctx, &k.trace)
	return k, cancel
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
