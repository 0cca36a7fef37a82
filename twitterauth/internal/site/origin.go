package site

import (
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
)

// OriginPolicy accepts posts from the app's own origin and the trusted origins.
type OriginPolicy struct {
	protection *http.CrossOriginProtection
	apps       *http.CrossOriginProtection // also accepts the origins of webviews
}

// NewOriginPolicy returns the policy of a site with trusted origins, which must
// have been validated.
func NewOriginPolicy(s Site, trusted []string) OriginPolicy {
	o := OriginPolicy{protection: http.NewCrossOriginProtection(), apps: http.NewCrossOriginProtection()}
	for _, origin := range append([]string{s.Origin}, trusted...) {
		trust(o.apps, origin)
		if !IsWebviewOrigin(origin) {
			trust(o.protection, origin)
		}
	}
	return o
}

func trust(p *http.CrossOriginProtection, origin string) {
	if err := p.AddTrustedOrigin(origin); err != nil {
		panic("twitterauth: an origin passed New that net/http refuses: " + err.Error())
	}
}

// IsWebviewOrigin reports whether an origin is that of a webview in a native app,
// such as capacitor://localhost: a scheme of its own and a host name, as the webview
// writes it.
func IsWebviewOrigin(origin string) bool {
	scheme, host, ok := strings.Cut(origin, "://")
	return ok && scheme != "" && 'a' <= scheme[0] && scheme[0] <= 'z' &&
		strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == "" && strings.ToLower(host) == host && isHostName(host) &&
		!slices.Contains(refusedSchemes, scheme) && !slices.Contains(otherWebSchemes, scheme)
}

// CheckApp is Check for the routes of native apps, which webviews may post to.
func (o OriginPolicy) CheckApp(r *http.Request) error { return check(o.apps, r) }

// Check returns an error for a post that a page of another site made a browser
// send. See [http.CrossOriginProtection] for the rules. Clients other than
// browsers pass.
func (o OriginPolicy) Check(r *http.Request) error { return check(o.protection, r) }

func check(p *http.CrossOriginProtection, r *http.Request) error {
	if err := p.Check(r); err != nil {
		return err
	}
	// net/http trusts "none" before it looks at Origin, but a page that hides
	// its origin must be known to be of this site.
	if r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		return errHiddenOrigin
	}
	return nil
}

var errHiddenOrigin = errors.New("the page hides its origin and is not known to be of this site")

// IsOtherLoopback reports whether a request came to another loopback name than
// the callback's. The login must then start there, so that its cookie is set
// where the callback will look for it. No other host is ever redirected: behind
// a proxy Host is often the name of the machine behind it.
func (s Site) IsOtherLoopback(r *http.Request) bool {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = strings.Trim(r.Host, "[]"), portOf(s.Scheme, "")
	}
	host = strings.ToLower(host)
	return host != s.Hostname && port == s.Port && IsLoopback(host) && IsLoopback(s.Hostname)
}
