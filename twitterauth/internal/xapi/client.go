package xapi

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dghubble/oauth1"
)

// Config is what a Client needs. APIURL has no trailing slash.
type Config struct {
	APIURL         string
	ConsumerKey    string // OAuth 1.0a
	ConsumerSecret string
	AuthorizeURL   string // OAuth 2.0
	ClientID       string
	ClientSecret   string // "": a public client
	CallbackURL    string
	HTTPClient     *http.Client // nil: NewHTTPClient()

	Observe func(context.Context, Call) // called after each call; nil: not called
}

// Client makes the calls of a login. It is safe for concurrent use.
type Client struct {
	cfg     Config
	base    http.RoundTripper
	timeout time.Duration
	oauth1  oauth1.Config // of every signed call

	v1RefusedUntil atomic.Int64 // Unix seconds; see Profile
}

// New returns a Client. It trusts that the Config was validated.
func New(cfg Config) *Client {
	client := cfg.HTTPClient
	if client == nil {
		client = NewHTTPClient()
	}
	c := &Client{cfg: cfg, base: client.Transport, timeout: client.Timeout, oauth1: signingConfig(cfg)}
	if c.base == nil {
		c.base = http.DefaultTransport
	}
	return c
}

// callTimeout bounds one call to X in the client of NewHTTPClient.
const callTimeout = 10 * time.Second

// Connections that the client of NewHTTPClient keeps to X for a rush of
// logins. net/http keeps 2 by default, so that a rush opens a TLS connection
// for nearly every call.
const connections = 64

// Over HTTP/2 all logins share a connection. A connection that died unnoticed, as
// when a router forgets it, would fail them all for a quarter of an hour; so a silent
// connection is pinged, and closed in time for a second try within callTimeout.
const (
	pingAfter   = 5 * time.Second
	pingTimeout = 4 * time.Second
)

// NewHTTPClient returns the HTTP client used unless the caller brings one.
func NewHTTPClient() *http.Client {
	return &http.Client{
		Timeout: callTimeout,
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: callTimeout, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:      true,
			MaxConnsPerHost:        connections,
			MaxIdleConnsPerHost:    connections,
			IdleConnTimeout:        90 * time.Second,
			TLSHandshakeTimeout:    callTimeout,
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true, // answers are small, and a small answer can be a large bomb
			HTTP2: &http.HTTP2Config{
				MaxReceiveBufferPerStream: maxTokenAnswer, // not 4 MiB, which is the default
				SendPingTimeout:           pingAfter,
				PingTimeout:               pingTimeout,
			},
		},
	}
}

// oauth returns dghubble's Config for one call. It is a fresh value each time
// and its Noncer is set, since the package fills in a missing one unguarded.
func (c *Client) oauth(k *call) *oauth1.Config {
	k.signer, k.signed.Transport = c.oauth1, k
	k.signer.HTTPClient = &k.signed
	return &k.signer
}

// signing returns the transport that signs one call with a token pair.
func (c *Client) signing(k *call, token, secret string) http.RoundTripper {
	return signed{c, k, token, secret, noncer{}}
}

// signingConfig returns what dghubble's Config has for every call.
func signingConfig(cfg Config) oauth1.Config {
	return oauth1.Config{
		ConsumerKey:    cfg.ConsumerKey,
		ConsumerSecret: cfg.ConsumerSecret,
		CallbackURL:    cfg.CallbackURL,
		Endpoint: oauth1.Endpoint{
			RequestTokenURL: cfg.APIURL + "/oauth/request_token",
			AccessTokenURL:  cfg.APIURL + "/oauth/access_token",
		},
		Noncer: noncer{},
		Signer: &oauth1.HMACSigner{ConsumerSecret: cfg.ConsumerSecret},
	}
}

// noncer makes nonces of 26 characters, 130 bits. dghubble's are up to 64 characters,
// each of which it percent-encodes three times.
type noncer struct{}

// Nonce implements [oauth1.Noncer].
func (noncer) Nonce() string { return rand.Text() }

// AuthenticateURL is where X signs a person in, silently when they approved
// the app before and forceLogin is false. screenName is filled in there.
func (c *Client) AuthenticateURL(requestToken string, forceLogin bool, screenName string) string {
	u := c.cfg.APIURL + "/oauth/authenticate?oauth_token=" + url.QueryEscape(requestToken)
	if forceLogin {
		u += "&force_login=true"
	}
	if screenName != "" {
		u += "&screen_name=" + url.QueryEscape(screenName)
	}
	return u
}

// AuthorizeURL is where X asks a person every time.
func (c *Client) AuthorizeURL(requestToken string, forceLogin bool, screenName string) string {
	return strings.Replace(c.AuthenticateURL(requestToken, forceLogin, screenName), "/oauth/authenticate?", "/oauth/authorize?", 1)
}
