package twittertest_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/dghubble/oauth1"

	"twitterlogin.example/twitterauth/twittertest"
)

// signer signs by hand, with a mistake in it.
type signer struct {
	address string
	params  []param
	key     string
}

func (s *signer) drop(name string) {
	s.params = slices.DeleteFunc(s.params, func(p param) bool { return p.name == name })
}

func (s *signer) change(name string, change func(string) string) {
	for i, p := range s.params {
		if name == "" || p.name == name {
			s.params[i].value = change(p.value)
		}
	}
}

func (s *signer) base(method, path string) string {
	var pairs []string
	for _, p := range s.params {
		pairs = append(pairs, oauth1.PercentEncode(p.name)+"="+oauth1.PercentEncode(p.value))
	}
	slices.Sort(pairs) // no name here is the beginning of another
	return method + "&" + oauth1.PercentEncode(s.address+path) + "&" + oauth1.PercentEncode(strings.Join(pairs, "&"))
}

// sendSpoiled posts with a query and a body for the owner of a pair. It returns the
// answer and the base string that was expected.
func sendSpoiled(t *testing.T, x *twittertest.Server, host string, spoil func(s *signer)) (g got, expected string) {
	t.Helper()
	token, secret := x.TokenPair(ada)
	form := url.Values{"status": {"Hello Ladies + Gentlemen"}, "lang": {"en"}}
	query := url.Values{"include_entities": {"true"}}
	c := updateCall(x, token, secret, form)
	s := &signer{address: x.URL, params: slices.Clone(c.header), key: oauth1.PercentEncode(x.ConsumerSecret) + "&" + secret}
	if host != "" {
		s.address = "http://" + strings.ToLower(host)
	}
	for _, values := range []url.Values{form, query} {
		for name := range values {
			s.params = append(s.params, param{name, values.Get(name)})
		}
	}
	expected = s.base(c.method, c.path)
	spoil(s)
	mac := hmac.New(sha1.New, []byte(s.key))
	mac.Write([]byte(s.base(c.method, c.path)))
	c.set("oauth_signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	r := c.request(t, x)
	r.URL.RawQuery = query.Encode()
	if host != "" {
		r.Host = host
	}
	return do(t, x.Client(), r), expected
}

func TestDiagnosisOfSignatures(t *testing.T) {
	t.Parallel()
	address := func(a string) func(*twittertest.Server, *signer) {
		return func(_ *twittertest.Server, s *signer) { s.address = a }
	}
	tests := []struct {
		name   string
		public []string
		host   string
		spoil  func(x *twittertest.Server, s *signer)
		says   string
	}{
		{"scheme", nil, "", func(x *twittertest.Server, s *signer) { s.address = "https" + strings.TrimPrefix(x.URL, "http") }, ": wrong scheme."},
		{"scheme behind a proxy", []string{"https://x.test"}, "x.test", address("http://x.test"), "signed for http://x.test in place of https://x.test: wrong scheme."},
		{"host", nil, "standin:9090", address("http://localhost:9090"), "signed for http://localhost:9090 in place of http://standin:9090: wrong host."},
		{"host, at a name of its own", []string{"http://standin:9090"}, "standin:9090", address("http://127.0.0.1:9090"), ": wrong host."},
		{"host, IPv6", nil, "standin:9090", address("http://[::1]:9090"), ": wrong host."},
		{"host with capitals", nil, "Standin:9090", address("http://Standin:9090"), "signed for http://Standin:9090 in place of http://standin:9090: wrong host."},
		{"X's host", nil, "", address("https://api.twitter.com"), "signed for https://api.twitter.com in place of http://127.0.0.1"},
		{"X's other host", nil, "", address("https://api.x.com"), ": wrong scheme, host, port."},
		{"the other host of X", []string{"https://api.x.com"}, "api.x.com", address("https://api.twitter.com"), ": wrong host."},
		{"port left out", nil, "standin:9090", address("http://standin"), ": wrong port."},
		{"default port", []string{"https://x.test"}, "x.test", address("https://x.test:443"), "signed for https://x.test:443 in place of https://x.test: wrong port."},
		{"port that the proxy has", []string{"https://x.test:8443"}, "x.test", address("https://x.test"), ": wrong port."},

		{"all values encoded twice", nil, "", func(_ *twittertest.Server, s *signer) { s.change("", oauth1.PercentEncode) }, "The values are percent-encoded twice in the base string."},
		{"a value encoded twice", nil, "", func(_ *twittertest.Server, s *signer) { s.change("status", oauth1.PercentEncode) }, "percent-encoded twice in the base string."},

		{"secret not encoded", nil, "", func(x *twittertest.Server, s *signer) {
			_, tokenSecret, _ := strings.Cut(s.key, "&")
			s.key = x.ConsumerSecret + "&" + tokenSecret
		}, "The consumer secret is not percent-encoded"},
		{"token secret missing", nil, "", func(x *twittertest.Server, s *signer) { s.key = oauth1.PercentEncode(x.ConsumerSecret) + "&" }, "The token's secret is missing"},
		{"no ampersand", nil, "", func(x *twittertest.Server, s *signer) { s.key = oauth1.PercentEncode(x.ConsumerSecret) }, "The '&' after the consumer secret is missing"},

		{"body left out", nil, "", func(_ *twittertest.Server, s *signer) { s.drop("status"); s.drop("lang") }, "The parameters of the body are missing"},
		{"query left out", nil, "", func(_ *twittertest.Server, s *signer) { s.drop("include_entities") }, "The parameters of the query are missing"},
		{"body and query left out", nil, "", func(_ *twittertest.Server, s *signer) {
			s.drop("status")
			s.drop("lang")
			s.drop("include_entities")
		}, "The parameters of the body and of the query are missing"},
		{"a parameter of the body left out", nil, "", func(_ *twittertest.Server, s *signer) { s.drop("status") }, "The parameter status of the body is missing"},
		{"a parameter of the header left out", nil, "", func(_ *twittertest.Server, s *signer) { s.drop("oauth_version") }, "The parameter oauth_version of the header is missing"},

		{"another consumer secret", nil, "", func(_ *twittertest.Server, s *signer) { s.key = "x" + s.key }, "No usual mistake explains it"},
		{"two mistakes", nil, "", func(_ *twittertest.Server, s *signer) { s.drop("status"); s.address = "https://api.x.com" }, "No usual mistake explains it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := start(t)
			var log bytes.Buffer
			x.SetLogger(slog.New(slog.NewTextHandler(&log, nil)))
			x.SetPublicURL(tt.public...)
			var secrets []string
			g, expected := sendSpoiled(t, x, tt.host, func(s *signer) {
				if len(tt.public) > 0 {
					s.address = tt.public[0]
				}
				secrets = strings.Split(s.key, "&")
				tt.spoil(x, s)
			})
			g.expect(t, http.StatusUnauthorized, jsonType)
			if len(tt.public) > 0 {
				expected = strings.Replace(expected, oauth1.PercentEncode("http://"+tt.host), oauth1.PercentEncode(tt.public[0]), 1)
			}
			diagnosis := x.Requests()[0].Diagnosis
			if !strings.HasPrefix(diagnosis, "The signature does not match. ") || !strings.Contains(diagnosis, tt.says) {
				t.Errorf("the diagnosis is %s", diagnosis)
			}
			if !strings.HasSuffix(diagnosis, " The expected base string is "+expected) {
				t.Errorf("expected is\n%s\nthe diagnosis is\n%s", expected, diagnosis)
			}
			if !strings.Contains(log.String(), tt.says) || !strings.Contains(log.String(), expected) {
				t.Errorf("the log is %s", log.String())
			}
			for _, secret := range append(secrets, x.ConsumerSecret, oauth1.PercentEncode(x.ConsumerSecret)) {
				if strings.Contains(log.String(), secret) || strings.Contains(diagnosis, secret) {
					t.Errorf("%q got into the log", secret)
				}
			}
		})
	}
}

// A value that is encoded already when a client puts it into the header: the base
// string has it encoded once less than the request.
func TestDiagnosisOfValuesSentEncodedTwice(t *testing.T) {
	t.Parallel()
	x := start(t)
	c := requestTokenCall(x).sign(x)
	c.set("oauth_callback", oauth1.PercentEncode(appCallback))
	c.send(t, x, "").expect(t, http.StatusUnauthorized, xmlType)
	if got := x.Requests()[0].Diagnosis; !strings.Contains(got, "percent-encoded twice in the request") {
		t.Errorf("the diagnosis is %s", got)
	}
}

// A secret that a client sends as a parameter stays out of the log.
func TestDiagnosisHidesSecretsInParameters(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret := x.TokenPair(ada)
	c := updateCall(x, token, secret, url.Values{"status": {"hello"}, "oauth": {x.ConsumerSecret}, "secret": {secret}, "client": {x.ClientSecret}})
	c.set("oauth_signature", "wrong")
	c.send(t, x, "").expect(t, http.StatusUnauthorized, jsonType)
	diagnosis := x.Requests()[0].Diagnosis
	twice := func(s string) string { return oauth1.PercentEncode(oauth1.PercentEncode(s)) }
	for _, s := range []string{secret, x.ConsumerSecret, twice(x.ConsumerSecret), x.ClientSecret} {
		if strings.Contains(diagnosis, s) {
			t.Errorf("the diagnosis has the secret %q: %s", s, diagnosis)
		}
	}
	if strings.Count(diagnosis, "redacted") != 3 || !strings.Contains(diagnosis, "hello") {
		t.Errorf("the diagnosis is %s", diagnosis)
	}
}

// A long body neither fills the log nor takes long.
func TestDiagnosisIsBounded(t *testing.T) {
	t.Parallel()
	x := start(t)
	token, secret := x.TokenPair(ada)
	form := url.Values{}
	for range 8_000 {
		form.Add("a", "b%")
	}
	c := updateCall(x, token, secret, form)
	c.set("oauth_signature", "wrong")
	c.send(t, x, "").expect(t, http.StatusUnauthorized, jsonType)
	if got := x.Requests()[0].Diagnosis; len(got) > 5000 || !strings.HasSuffix(got, "…") {
		t.Errorf("the diagnosis has %d bytes", len(got))
	}
}

func TestDiagnosisOfOtherRefusals(t *testing.T) {
	t.Parallel()
	x := start(t)
	c := requestTokenCall(x).sign(x)
	c.send(t, x, "").expect(t, http.StatusOK, tokenType)
	c.send(t, x, "").expect(t, http.StatusUnauthorized, xmlType)
	c = requestTokenCall(x)
	c.set("oauth_consumer_key", "other")
	c.sign(x).send(t, x, "").expect(t, http.StatusUnauthorized, xmlType)
	list := x.Requests()
	for i, want := range []string{"", "The nonce was used before", "The consumer key is unknown"} {
		if got := list[i].Diagnosis; !strings.HasPrefix(got, want) || (got == "") != (want == "") {
			t.Errorf("request %d: %q", i, got)
		}
	}
}
