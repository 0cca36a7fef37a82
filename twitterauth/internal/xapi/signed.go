package xapi

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/dghubble/oauth1"
)

// maxSignedForm bounds a form that is read to be signed, in bytes.
const maxSignedForm = 1 << 20

// SignedTransport signs each request as a person (RFC 5849, section 3.1).
func (c *Client) SignedTransport(token, secret string) http.RoundTripper {
	return signed{c, c.observedBase(), token, secret, noncer{}}
}

// signed is a transport that signs requests.
//
// dghubble's own transport collapses a repeated parameter into one, and leaves a
// form whose Content-Type has a charset out of the signature. Both make X refuse
// the request. So dghubble signs a request with the method and the address alone, and
// its signer adds the parameters (RFC 5849, section 3.4.1.3).
type signed struct {
	client        *Client
	base          http.RoundTripper
	token, secret string
	noncer        oauth1.Noncer
}

func (t signed) RoundTrip(req *http.Request) (*http.Response, error) {
	pairs, req, err := signedPairs(req)
	if err != nil {
		return nil, err
	}
	config := t.client.oauth1
	config.Noncer, config.Signer = t.noncer, exactSigner{config.Signer, pairs}
	// dghubble takes the transport for signed calls from the context.
	ctx := context.WithValue(req.Context(), oauth1.HTTPClient, &http.Client{Transport: authorized{req, t.base}})
	address := *req.URL
	address.RawQuery = ""
	if address.Path == "" {
		address.Path = "/" // as net/http sends it
	}
	bare := &http.Request{Method: methodOf(req), URL: &address}
	return config.Client(ctx, oauth1.NewToken(t.token, t.secret)).Transport.RoundTrip(bare)
}

// authorized sends a request with the Authorization header of the request that it is
// given.
type authorized struct {
	req  *http.Request
	base http.RoundTripper
}

func (t authorized) RoundTrip(bare *http.Request) (*http.Response, error) {
	// A copy, because a RoundTripper must not change the request that it is given.
	// The header's lines are copied too, because the app's transport may change them.
	req := t.req.WithContext(t.req.Context())
	if req.Header = t.req.Header.Clone(); req.Header == nil {
		req.Header = http.Header{}
	}
	req.Header["Authorization"] = bare.Header["Authorization"]
	return t.base.RoundTrip(req)
}

// pair is a parameter as the signature base string has it: percent-encoded twice
// (RFC 5849, sections 3.4.1.3.2 and 3.4.1.1).
type pair struct{ name, value string }

// signedPairs returns the parameters of a request's query and form, and the
// request with a body that can be read again.
func signedPairs(req *http.Request) ([]pair, *http.Request, error) {
	pairs, err := parsePairs(req.URL.RawQuery)
	if err != nil {
		closeBody(req)
		return nil, nil, errors.New("the query is not well-formed, so it cannot be signed")
	}
	if req.Body == nil {
		return pairs, req, nil
	}
	kind, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if kind != "application/x-www-form-urlencoded" {
		return pairs, req, nil
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, maxSignedForm+1))
	closeBody(req)
	switch {
	case err != nil:
		return nil, nil, err
	case len(body) > maxSignedForm:
		return nil, nil, errors.New("the form is longer than 1 MiB, so it is not signed: send it as multipart/form-data, which is not part of the signature")
	}
	form, err := parsePairs(string(body))
	if err != nil {
		return nil, nil, errors.New("the form is not well-formed, so it cannot be signed")
	}
	req = req.WithContext(req.Context())
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.ContentLength = int64(len(body))
	return append(pairs, form...), req, nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}

// parsePairs reads a query or a form as url.ParseQuery does, keeping repeated
// parameters.
func parsePairs(text string) ([]pair, error) {
	pairs := make([]pair, 0, strings.Count(text, "&")+1+protocolParameters)
	for part := range strings.SplitSeq(text, "&") {
		switch {
		case part == "":
			continue
		case strings.Contains(part, ";"):
			return nil, errors.New("a semicolon must be percent-encoded")
		}
		name, value, _ := strings.Cut(part, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		pairs = append(pairs, pair{encodedTwice(name), encodedTwice(value)})
	}
	return pairs, nil
}

// encodedTwice percent-encodes a text twice. url.QueryEscape encodes what RFC 5849,
// section 3.6, wants encoded, but a blank as "+".
func encodedTwice(text string) string { return encodedAgain.Replace(url.QueryEscape(text)) }

var encodedAgain = strings.NewReplacer("%", "%25", "+", "%2520")

// exactSigner signs a request's parameters together with those of the protocol, which
// are all that dghubble has collected.
type exactSigner struct {
	oauth1.Signer
	pairs []pair
}

// protocolParameters is how many parameters the protocol adds to a request.
const protocolParameters = 6

// What separates parameters in the signature base string, and a name from its value.
const encodedAnd, encodedEquals = "%26", "%3D"

// Sign implements [oauth1.Signer]. Of the message, which is the signature base string,
// the parameters are the last part.
func (s exactSigner) Sign(tokenSecret, message string) (string, error) {
	begin := strings.LastIndexByte(message, '&') + 1
	pairs := s.pairs
	for part := range strings.SplitSeq(message[begin:], encodedAnd) {
		name, value, _ := strings.Cut(part, encodedEquals)
		pairs = append(pairs, pair{name, value})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.value, b.value))
	})
	var exact strings.Builder
	exact.Grow(2 * len(message))
	exact.WriteString(message[:begin])
	for i, p := range pairs {
		if i > 0 {
			exact.WriteString(encodedAnd)
		}
		exact.WriteString(p.name)
		exact.WriteString(encodedEquals)
		exact.WriteString(p.value)
	}
	return s.Signer.Sign(tokenSecret, exact.String())
}
