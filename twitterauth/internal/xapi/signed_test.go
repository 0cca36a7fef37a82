package xapi

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
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
			c := New(Config{ConsumerKey: "xvz1evFS4wEEPTGEFPHBog", ConsumerSecret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"})
			tr := signed{c, base, "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE", fixedNonce("kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg")}
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
			c := New(Config{ConsumerKey: "key", ConsumerSecret: "secret"})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.x.com/1.1/x.json?"+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := (signed{c, base, "token", "secret", fixedNonce("n")}).RoundTrip(req); err != nil { //nolint:bodyclose // the response has no body
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

// The request of RFC 5849, section 3.4.1.1, has a3 in the query and in the form, a
// value that is encoded twice, and two parameters without a value. The signatures were
// computed apart from this module, for a later timestamp and with oauth_version, which
// dghubble sends; for the RFC's own parameters that computation gives the signature of
// its erratum 2550.
func TestSignedTransportOfRFC5849(t *testing.T) {
	const query, form, formType = "b5=%3D%253D&a3=a&c%40=&a2=r%20b", "c2&a3=2+q", "application/x-www-form-urlencoded"
	const whole, again, once = "OcvbR2SvabnvLAexvQ7r/OVa9/8=", "sXNPtoepOLkc4dnb2qvjpDy+Mm8=", "jeL+yK8w1nGiFXV1iNYIUM9us7Y="
	for name, test := range map[string]struct{ query, body, contentType, signature string }{
		"as it is":           {query, form, formType, whole},
		"with a charset":     {query, form, formType + "; charset=ISO-8859-1", whole},
		"all in the query":   {form + "&" + query, "", "", whole},
		"all in the form":    {"", "b5=%3d%253D&&a3=2%20q&a3=a&c2=&c%40&a2=r+b", formType, whole},
		"a3=a once more":     {query, form + "&a3=a", formType, again},
		"without the a3=a":   {"b5=%3D%253D&c%40=&a2=r%20b", form, formType, once},
		"a text, not a form": {query + "&" + form, form, "text/plain", whole},
		"a multipart form":   {query + "&" + form, "--b--", "multipart/form-data; boundary=b", whole},
	} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(time.Unix(1371312010, 0)))
			base := &recorder{}
			c := New(Config{ConsumerKey: "9djdj82h48djs9d2", ConsumerSecret: "j49sk3j29djd"})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://example.com/request?"+test.query, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if test.contentType != "" {
				req.Header.Set("Content-Type", test.contentType)
			}
			if _, err := (signed{c, base, "kkk9d7dh3k39sjv7", "dh893hdasih9", fixedNonce("7d8f3e4a")}).RoundTrip(req); err != nil { //nolint:bodyclose // the response has no body
				t.Fatal(err)
			}
			if got := base.req.Header.Get("Authorization"); !strings.Contains(got, `oauth_signature="`+url.QueryEscape(test.signature)+`"`) {
				t.Errorf("%s: %s", name, got)
			}
			if sent, err := io.ReadAll(base.req.Body); err != nil || string(sent) != test.body || base.req.URL.RawQuery != test.query {
				t.Errorf("%s: sent %q and %q, %v", name, base.req.URL.RawQuery, sent, err)
			}
		})
	}
}

// A request without a method is a GET, and a request without a path is for "/".
func TestSignedTransportOfAShortRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Config{ConsumerKey: "key", ConsumerSecret: "secret"})
		sign := func(method, address string) string {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			base := &recorder{}
			if _, err := (signed{c, base, "token", "secret", fixedNonce("n")}).RoundTrip(&http.Request{Method: method, URL: u}); err != nil { //nolint:bodyclose // the response has no body
				t.Fatal(err)
			}
			if base.req.Method != method || base.req.URL.String() != address {
				t.Errorf("%s %s was sent as %s %s", method, address, base.req.Method, base.req.URL)
			}
			return base.req.Header.Get("Authorization")
		}
		want := sign(http.MethodGet, "https://api.x.com/?a=1")
		for _, test := range [][2]string{{"", "https://api.x.com/?a=1"}, {"GET", "https://api.x.com?a=1"}, {"", "https://api.x.com?a=1"}} {
			if got := sign(test[0], test[1]); got != want {
				t.Errorf("%q: %s, want %s", test, got, want)
			}
		}
	})
}

// overwriting is a transport that changes the header of the request that it is given.
type overwriting struct{ http.RoundTripper }

func (o overwriting) RoundTrip(req *http.Request) (*http.Response, error) {
	req.Header["X-App"][0] = "changed"
	req.Header.Add("X-App", "added")
	return o.RoundTripper.RoundTrip(req)
}

// A transport of the app that changes headers does not change the header that requests
// of the app have in common.
func TestSignedTransportCopiesTheHeader(t *testing.T) {
	t.Parallel()
	c := New(Config{ConsumerKey: "key", ConsumerSecret: "secret"})
	shared := http.Header{"X-App": append(make([]string, 0, 3), "given")}
	for range 2 {
		base := &recorder{}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.x.com/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = shared
		if _, err := (signed{c, overwriting{base}, "token", "secret", noncer{}}).RoundTrip(req); err != nil { //nolint:bodyclose // the response has no body
			t.Fatal(err)
		}
		if got := base.req.Header["X-App"]; !slices.Equal(got, []string{"changed", "added"}) {
			t.Errorf("sent %q", got)
		}
	}
	if got := shared["X-App"][:2]; len(shared) != 1 || got[0] != "given" || got[1] != "" {
		t.Errorf("the app's header became %v, and %q", shared, got)
	}
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
		c := New(Config{ConsumerKey: "key", ConsumerSecret: "secret", HTTPClient: &http.Client{Transport: base}})
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

// A RoundTripper closes the body of a request, also where it sends nothing.
func TestSignedTransportClosesTheBody(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		query string
		body  io.Reader
		sent  bool
	}{
		"a form":                 {"", strings.NewReader("a=1"), true},
		"a form of 1 MiB":        {"", strings.NewReader("a=" + strings.Repeat("a", 1<<20-2)), true},
		"a form over 1 MiB":      {"", strings.NewReader("a=" + strings.Repeat("a", 1<<20-1)), false},
		"a broken form":          {"", strings.NewReader("a=%zz"), false},
		"a broken query":         {"a=%zz", strings.NewReader("a=1"), false},
		"a form that ends early": {"", io.MultiReader(strings.NewReader("a=1"), iotest.ErrReader(io.ErrUnexpectedEOF)), false},
	} {
		base, body := &recorder{}, &closeCounter{Reader: test.body}
		c := New(Config{ConsumerKey: "key", ConsumerSecret: "secret", HTTPClient: &http.Client{Transport: base}})
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.x.com/x", body)
		if err != nil {
			t.Fatal(err)
		}
		req.URL.RawQuery = test.query
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		_, err = c.SignedTransport("t", "s").RoundTrip(req) //nolint:bodyclose // the response has no body
		if (err == nil) != test.sent || (base.req != nil) != test.sent || body.n != 1 {
			t.Errorf("%s: %v, sent %t, closed %d times", name, err, base.req != nil, body.n)
		}
	}
}

// Whatever bytes a query and a form have, the signature is that of RFC 5849, sections
// 3.4.1 and 3.4.2, which is computed here from the parameters as they were before they
// were written.
func TestSignedTransportOfAnyBytes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		const bytes = "aAzZ09-._~ +%&=;/:?#[]@!$'()*,\"\\\x00\n\x7f\x80\xff\u00e9o"
		b := make([]byte, random.IntN(6))
		for i := range b {
			b[i] = bytes[random.IntN(len(bytes))]
		}
		return string(b)
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Unix(1371312010, 0)))
		for range 2000 {
			given := [][2]string{
				{"oauth_consumer_key", "k"}, {"oauth_nonce", "n"}, {"oauth_signature_method", "HMAC-SHA1"},
				{"oauth_timestamp", "1371312010"}, {"oauth_token", "t"}, {"oauth_version", "1.0"},
			}
			var parts [2][]string // of the query and of the form
			for range random.IntN(8) {
				name, value, where := text(), text(), random.IntN(2)
				given = append(given, [2]string{name, value})
				parts[where] = append(parts[where], url.QueryEscape(name)+"="+url.QueryEscape(value))
			}
			query, form := strings.Join(parts[0], "&"), strings.Join(parts[1], "&")
			base := &recorder{}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api.x.com/x.json", io.MultiReader(strings.NewReader(form))) // of unknown length
			if err != nil {
				t.Fatal(err)
			}
			req.URL.RawQuery = query
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			c := New(Config{ConsumerKey: "k", ConsumerSecret: "s"})
			if _, err := (signed{c, base, "t", "s", fixedNonce("n")}).RoundTrip(req); err != nil { //nolint:bodyclose // the response has no body
				t.Fatalf("%q, %q: %v", query, form, err)
			}
			if base.req.ContentLength != int64(len(form)) || req.ContentLength != 0 || len(req.Header) != 1 {
				t.Errorf("%q: sent with length %d, and the request that was given has %d and %v", form, base.req.ContentLength, req.ContentLength, req.Header)
			}
			if want := hmacSHA1("s&s", "POST&https%3A%2F%2Fapi.x.com%2Fx.json&"+percentEncoded(normalized(given))); !strings.Contains(base.req.Header.Get("Authorization"), `oauth_signature="`+percentEncoded(want)+`"`) {
				t.Errorf("%q, %q: %s, want %s", query, form, base.req.Header.Get("Authorization"), want)
			}
		}
	})
}

// normalized is RFC 5849, section 3.4.1.3.2.
func normalized(given [][2]string) string {
	for i, p := range given {
		given[i] = [2]string{percentEncoded(p[0]), percentEncoded(p[1])}
	}
	slices.SortFunc(given, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	texts := make([]string, len(given))
	for i, p := range given {
		texts[i] = p[0] + "=" + p[1]
	}
	return strings.Join(texts, "&")
}

// percentEncoded is RFC 5849, section 3.6.
func percentEncoded(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func hmacSHA1(key, message string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
