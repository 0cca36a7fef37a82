package main

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// guard keeps web pages away from the control routes: those of other origins, and
// those whose own name was made to lead here (DNS rebinding).
type guard struct {
	publicURLs []string
}

// refusal returns why a request may not steer the stand-in, or "".
func (g guard) refusal(r *http.Request) string {
	host := hostname(r.Host)
	if !isLoopback(host) && !slices.ContainsFunc(g.publicURLs, func(address string) bool { return hostOf(address) == host }) {
		return "the request's Host is not a loopback address and not the host of a -public-url"
	}
	for _, origin := range r.Header.Values("Origin") {
		if !g.isOwn(origin, r) {
			return "a page of another origin must not steer the stand-in"
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return ""
	}
	return "a page of another site must not steer the stand-in"
}

// isOwn reports whether an origin is the stand-in at the host that was asked. Behind
// a proxy that ends TLS the public URL has the scheme.
func (g guard) isOwn(origin string, r *http.Request) bool {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	if strings.EqualFold(origin, scheme+"://"+r.Host) {
		return true
	}
	return hostOf(origin) == hostname(r.Host) &&
		slices.ContainsFunc(g.publicURLs, func(address string) bool { return strings.EqualFold(origin, strings.TrimSuffix(address, "/")) })
}

// hostname is a Host header without its port, in lower case.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
