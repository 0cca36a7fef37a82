package xapi

import (
	"bytes"
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
//
// dghubble's own transport collapses a repeated parameter into one, and leaves a
// form whose Content-Type has a charset out of the signature. Both make X refuse
// the request, so the signature's parameters are collected here (RFC 5849, section
// 3.4.1.3) and handed to it by the signer.
func (c *Client) SignedTransport(token, secret string) http.RoundTripper {
	return signed{c, token, secret, noncer{}}
}

type signed struct {
	client        *Client
	token, secret string
	noncer        oauth1.Noncer
}

func (t signed) RoundTrip(req *http.Request) (*http.Response, error) {
	pairs, req, err := signedPairs(req)
	if err != nil {
		return nil, err
	}
	config := &oauth1.Config{
		ConsumerKey:    t.client.cfg.ConsumerKey,
		ConsumerSecret: t.client.cfg.ConsumerSecret,
		Noncer:         t.noncer,
		Signer:         exactSigner{&oauth1.HMACSigner{ConsumerSecret: t.client.cfg.ConsumerSecret}, pairs},
	}
	ctx := context.WithValue(req.Context(), oauth1.HTTPClient, &http.Client{Transport: t.client.observedBase()})
	return config.Client(ctx, oauth1.NewToken(t.token, t.secret)).Transport.RoundTrip(req)
}

// pair is a parameter, percent-encoded.
type pair struct{ name, value string }

// signedPairs returns the parameters of a request's query and form, and the
// request with a body that can be read again.
func signedPairs(req *http.Request) ([]pair, *http.Request, error) {
	pairs, err := parsePairs(req.URL.RawQuery)
	if err != nil {
		closeBody(req)
		return nil, nil, errors.New("the query is not well-formed, so it cannot be signed")
	}
	kind, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if kind != "application/x-www-form-urlencoded" || req.Body == nil {
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
	req = req.Clone(req.Context())
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
// parameters in their order.
func parsePairs(text string) ([]pair, error) {
	if _, err := url.ParseQuery(text); err != nil {
		return nil, err
	}
	var pairs []pair
	for part := range strings.SplitSeq(text, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		pairs = append(pairs, pair{oauth1.PercentEncode(name), oauth1.PercentEncode(value)})
	}
	return pairs, nil
}

// exactSigner signs with all parameters of the request in place of those that
// dghubble has collected.
type exactSigner struct {
	oauth1.Signer
	pairs []pair
}

func (s exactSigner) Sign(tokenSecret, message string) (string, error) {
	method, rest, ok1 := strings.Cut(message, "&")
	address, encoded, ok2 := strings.Cut(rest, "&")
	collected, err := url.PathUnescape(encoded)
	if !ok1 || !ok2 || err != nil {
		return "", errors.New("the signature base string has another form than RFC 5849, section 3.4.1.1")
	}
	pairs := slices.Clone(s.pairs)
	for part := range strings.SplitSeq(collected, "&") {
		name, value, _ := strings.Cut(part, "=")
		if slices.Contains(protocolParameters, name) {
			pairs = append(pairs, pair{name, value})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return strings.Compare(a.name+"\x00"+a.value, b.name+"\x00"+b.value)
	})
	texts := make([]string, len(pairs))
	for i, p := range pairs {
		texts[i] = p.name + "=" + p.value
	}
	return s.Signer.Sign(tokenSecret, method+"&"+address+"&"+oauth1.PercentEncode(strings.Join(texts, "&")))
}

// protocolParameters are those of the Authorization header (RFC 5849, section
// 3.1).
var protocolParameters = []string{"oauth_consumer_key", "oauth_nonce", "oauth_signature_method", "oauth_timestamp", "oauth_token", "oauth_version"}
