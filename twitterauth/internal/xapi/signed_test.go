package xapi

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type fixedNonce string

func (n fixedNonce) Nonce() string { return string(n) }

type recorder struct{ req *http.Request }

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.req = req
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
}

// The example of X's own documentation, and the same request in the shapes that
// dghubble signs wrongly.
func TestSignedTransport(t *testing.T) {
	const update = "https://api.x.com/1.1/statuses/update.json"
	const status = "status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21"
	for name, test := range map[string]struct{ query, body, contentType, signature string }{
		"X's example":             {"?include_entities=true", status, "application/x-www-form-urlencoded", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="},
		"with a charset":          {"?include_entities=true", status, "application/x-www-form-urlencoded; charset=utf-8", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="},
		"with plus for a blank":   {"?include_entities=true", strings.ReplaceAll(status, "%20", "+"), "application/x-www-form-urlencoded", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="},
		"all in the query":        {"?" + status + "&include_entities=true", "", "", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="},
		"all in the body":         {"", "include_entities=true&" + status, "application/x-www-form-urlencoded;charset=UTF-8", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="},
		"JSON, which is not part": {"?include_entities=true&" + status, `{"a":"b"}`, "application/json", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="},
	} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(time.Unix(1318622958, 0)))
			base := &recorder{}
			c := &Client{base: base, cfg: Config{ConsumerKey: "xvz1evFS4wEEPTGEFPHBog", ConsumerSecret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"}}
			tr := signed{c, "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE", fixedNonce("kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg")}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, update+test.query, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if test.contentType != "" {
				req.Header.Set("Content-Type", test.contentType)
			}
			if _, err := tr.RoundTrip(req); err != nil { //nolint:bodyclose // the response has no body
				t.Fatal(err)
			}
			if got := base.req.Header.Get("Authorization"); !strings.Contains(got, `oauth_signature="`+strings.NewReplacer("/", "%2F", "=", "%3D").Replace(test.signature)+`"`) {
				t.Errorf("%s: %s", name, got)
			}
			if got := base.req.Header.Get("Content-Type"); got != test.contentType {
				t.Errorf("%s: Content-Type became %q", name, got)
			}
		})
	}
}

// A repeated parameter is signed as often as it is sent (RFC 5849, section
// 3.4.1.3.2; the example there has a3 twice and c2 without a value).
func TestSignedTransportRepeatsParameters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Unix(1318622958, 0)))
		signatures := map[string]string{}
		for _, query := range []string{"a=1&a=2&b=", "b=&a=2&a=1", "a=2&b=", "a=1&a=1&a=2&b="} {
			base := &recorder{}
			c := &Client{base: base, cfg: Config{ConsumerKey: "key", ConsumerSecret: "secret"}}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.x.com/1.1/x.json?"+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := (signed{c, "token", "secret", fixedNonce("n")}).RoundTrip(req); err != nil { //nolint:bodyclose // the response has no body
				t.Fatal(err)
			}
			_, signature, _ := strings.Cut(base.req.Header.Get("Authorization"), "oauth_signature=")
			signatures[query] = strings.SplitN(signature, ",", 2)[0]
		}
		if signatures["a=1&a=2&b="] != signatures["b=&a=2&a=1"] {
			t.Error("the order of parameters changes the signature")
		}
		if signatures["a=1&a=2&b="] == signatures["a=2&b="] || signatures["a=1&a=2&b="] == signatures["a=1&a=1&a=2&b="] {
			t.Error("a repeated parameter is signed once")
		}
	})
}

func TestRequestsThatCannotBeSigned(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ query, body string }{
		"a broken query":   {"?a=%zz", ""},
		"semicolons":       {"?a=1;b=2", ""},
		"a broken form":    {"", "a=%zz"},
		"a form of 1.1 MB": {"", "a=" + strings.Repeat("a", 1<<20)},
	} {
		base := &recorder{}
		c := &Client{base: base, cfg: Config{ConsumerKey: "key", ConsumerSecret: "secret"}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.x.com/x", strings.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		req.URL.RawQuery = strings.TrimPrefix(test.query, "?")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if _, err := c.SignedTransport("t", "s").RoundTrip(req); err == nil || base.req != nil { //nolint:bodyclose // there is no response
			t.Errorf("%s: %v, sent %t", name, err, base.req != nil)
		}
	}
}
