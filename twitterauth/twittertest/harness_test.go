package twittertest_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dghubble/oauth1"

	"twitterlogin.example/twitterauth/twittertest"
)

const (
	ada  = "6253282"
	zoe  = "9007199254740993"
	noor = "1349129669258448897"
	hop  = "42" // has no email

	appCallback = "http://127.0.0.1:8080/auth/twitter/callback"
)

func start(t *testing.T) *twittertest.Server {
	t.Helper()
	x := lenient(t)
	x.SetStrict(true)
	return x
}

// lenient starts a server that accepts what X accepts.
func lenient(t *testing.T) *twittertest.Server {
	t.Helper()
	x := twittertest.NewServer()
	t.Cleanup(x.Close)
	return x
}

// consumer is the app, with a library that signs by itself.
func consumer(x *twittertest.Server) *oauth1.Config {
	return &oauth1.Config{
		ConsumerKey:    x.ConsumerKey,
		ConsumerSecret: x.ConsumerSecret,
		CallbackURL:    appCallback,
		HTTPClient:     x.Client(),
		Noncer:         oauth1.HexNoncer{},
		Endpoint: oauth1.Endpoint{
			RequestTokenURL: x.URL + "/oauth/request_token",
			AuthorizeURL:    x.URL + "/oauth/authenticate",
			AccessTokenURL:  x.URL + "/oauth/access_token",
		},
	}
}

// signedAs is a client that signs for the owner of an access token.
func signedAs(x *twittertest.Server, token, secret string) *http.Client {
	ctx := context.WithValue(context.Background(), oauth1.HTTPClient, x.Client())
	return consumer(x).Client(ctx, oauth1.NewToken(token, secret))
}

// begin takes a request token.
func begin(t *testing.T, x *twittertest.Server) (token, secret string) {
	t.Helper()
	token, secret, err := consumer(x).RequestToken()
	if err != nil {
		t.Fatal(err)
	}
	return token, secret
}

// approved takes a request token that a person has approved.
func approved(t *testing.T, x *twittertest.Server, person string) (token, secret, verifier string) {
	t.Helper()
	token, secret = begin(t, x)
	callback, err := x.Authorize(consentURL(x, token), person)
	if err != nil {
		t.Fatal(err)
	}
	return token, secret, queryOf(t, callback).Get("oauth_verifier")
}

func consentURL(x *twittertest.Server, token string) string {
	return x.URL + "/oauth/authenticate?oauth_token=" + url.QueryEscape(token)
}

func queryOf(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// stay is a client that shows a redirect instead of following it.
func stay(x *twittertest.Server) *http.Client {
	client := *x.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// got is an answer with its body read.
type got struct {
	*http.Response
	body string
}

func do(t *testing.T, client *http.Client, r *http.Request) got {
	t.Helper()
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{resp, string(body)}
}

func get(t *testing.T, client *http.Client, address string) got {
	t.Helper()
	return do(t, client, request(t, http.MethodGet, address, nil))
}

func post(t *testing.T, client *http.Client, address string, form url.Values) got {
	t.Helper()
	return do(t, client, request(t, http.MethodPost, address, form))
}

func request(t *testing.T, method, address string, form url.Values) *http.Request {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (g got) expect(t *testing.T, status int, contentType string) {
	t.Helper()
	if g.StatusCode != status {
		t.Errorf("the status is %d, want %d; the body: %s", g.StatusCode, status, g.body)
	}
	if ct := g.Header.Get("Content-Type"); ct != contentType {
		t.Errorf("the content type is %q, want %q", ct, contentType)
	}
}

// param is one parameter of an Authorization header, decoded.
type param struct{ name, value string }

// plainCall is a call that a test signs by hand, so that it can be spoiled
// before or after the signature is made.
type plainCall struct {
	method string
	path   string
	form   url.Values
	header []param // without the signature

	consumerSecret string
	tokenSecret    string
}

// newCall is a proper call of a step; token may be "".
func newCall(x *twittertest.Server, method, path, token, tokenSecret string, more ...param) *plainCall {
	header := []param{
		{"oauth_consumer_key", x.ConsumerKey},
		{"oauth_nonce", rand.Text()},
		{"oauth_signature_method", "HMAC-SHA1"},
		{"oauth_timestamp", strconv.FormatInt(time.Now().Unix(), 10)},
		{"oauth_version", "1.0"},
	}
	if token != "" {
		header = append(header, param{"oauth_token", token})
	}
	return &plainCall{
		method: method, path: path, header: append(header, more...),
		consumerSecret: x.ConsumerSecret, tokenSecret: tokenSecret,
	}
}

func requestTokenCall(x *twittertest.Server) *plainCall {
	return newCall(x, http.MethodPost, "/oauth/request_token", "", "", param{"oauth_callback", appCallback})
}

func accessTokenCall(x *twittertest.Server, token, secret, verifier string) *plainCall {
	return newCall(x, http.MethodPost, "/oauth/access_token", token, secret, param{"oauth_verifier", verifier})
}

func profileCall(x *twittertest.Server, token, secret string) *plainCall {
	return newCall(x, http.MethodGet, "/1.1/account/verify_credentials.json", token, secret)
}

func (c *plainCall) set(name, value string) {
	for i := range c.header {
		if c.header[i].name == name {
			c.header[i].value = value
			return
		}
	}
	c.header = append(c.header, param{name, value})
}

func (c *plainCall) drop(name string) {
	c.header = slices.DeleteFunc(c.header, func(p param) bool { return p.name == name })
}

// sign adds the signature of what the call is now.
func (c *plainCall) sign(x *twittertest.Server) *plainCall { return c.signAt(x.URL) }

// signAt is sign for a server that the client knows by another address.
func (c *plainCall) signAt(address string) *plainCall {
	pairs := []string{}
	for _, p := range c.header {
		pairs = append(pairs, oauth1.PercentEncode(p.name)+"="+oauth1.PercentEncode(p.value))
	}
	for name, values := range c.form {
		for _, value := range values {
			pairs = append(pairs, oauth1.PercentEncode(name)+"="+oauth1.PercentEncode(value))
		}
	}
	slices.Sort(pairs) // no name here is the beginning of another
	base := c.method + "&" + oauth1.PercentEncode(address+c.path) + "&" + oauth1.PercentEncode(strings.Join(pairs, "&"))
	signer := oauth1.HMACSigner{ConsumerSecret: c.consumerSecret}
	signature, err := signer.Sign(c.tokenSecret, base)
	if err != nil {
		panic(err)
	}
	c.header = append(c.header, param{"oauth_signature", signature})
	return c
}

func (c *plainCall) authorization() string {
	var items []string
	for _, p := range c.header {
		items = append(items, oauth1.PercentEncode(p.name)+`="`+oauth1.PercentEncode(p.value)+`"`)
	}
	return "OAuth " + strings.Join(items, ", ")
}

func (c *plainCall) request(t *testing.T, x *twittertest.Server) *http.Request {
	t.Helper()
	r := request(t, c.method, x.URL+c.path, c.form)
	r.Header.Set("Authorization", c.authorization())
	return r
}

func (c *plainCall) send(t *testing.T, x *twittertest.Server, accept string) got {
	t.Helper()
	r := c.request(t, x)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	return do(t, x.Client(), r)
}
