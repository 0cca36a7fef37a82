package site

import (
	"errors"
	"net"
	"net/http"
	"strings"
)

// OriginPolicy accepts posts from the app's own origin and the trusted origins.
type OriginPolicy struct {
	protection *http.CrossOriginProtection
}

// NewOriginPolicy returns the policy of a site with trusted origins, which must
// have been validated.
func NewOriginPolicy(s Site, trusted []string) OriginPolicy {
	o := OriginPolicy{protection: http.NewCrossOriginProtection()}
	allowed := append([]string{s.Origin}, trusted...)
	for _, origin := range allowed {
		if err := o.protection.AddTrustedOrigin(origin); err != nil {
			panic("twitterauth: an origin passed New that net/http refuses: " + err.Error())
		}
	}
	return o
}

// Check returns an error for a post that a page of another site made a browser
// send. See [http.CrossOriginProtection] for the rules. Clients other than
// browsers pass.
func (o OriginPolicy) Check(r *http.Request) error {
	if err := o.protection.Check(r); err != nil {
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
