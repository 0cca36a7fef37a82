package twittertest

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// SetPublicURL sets the addresses by which others know the server: that of a proxy
// in front of it which ends TLS, or the server's name in a network of containers.
// Each is a scheme, http or https, and a host with or without a port, such as
// "https://api.x.com" or "http://standin:9090".
//
// A request may be signed for any of them, whatever Host it has. It may be signed
// for the address that was asked too, unless a public URL has the same hostname:
// behind a proxy that ends TLS the scheme that the server sees is not the client's.
// The consent page's form posts to the public URL with the hostname that the
// browser asked, or else to the address that the browser asked: the browser and
// the app's server may know the server by different names.
//
// It replaces the addresses set before; without arguments it removes them, as at the
// start. It panics for an address that [CheckPublicURL] refuses.
func (s *Server) SetPublicURL(addresses ...string) {
	var list []string
	for _, address := range addresses {
		u, err := parsePublicURL(address)
		if err != nil {
			panic("twittertest: " + err.Error())
		}
		list = append(list, origin(u.Scheme, u.Host))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.publicURLs = list
}

// CheckPublicURL returns why [Server.SetPublicURL] would refuse an address, or nil.
func CheckPublicURL(address string) error {
	_, err := parsePublicURL(address)
	return err
}

func parsePublicURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, errors.New("the public URL cannot be read: " + err.Error())
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, errors.New("the public URL " + address + " must have http:// or https:// and a host")
	case u.User != nil, strings.TrimSuffix(u.Path, "/") != "", u.RawQuery != "", u.ForceQuery, u.Fragment != "":
		return nil, errors.New("the public URL must end after host and port")
	}
	return u, nil
}

// origin is the beginning of RFC 5849's base string URI (section 3.4.1.2): scheme
// and host in lower case, no default port.
func origin(scheme, host string) string {
	defaultPort := map[string]string{"http": ":80", "https": ":443"}[scheme]
	return scheme + "://" + strings.TrimSuffix(strings.ToLower(host), defaultPort)
}

// asked is the address at which a request came.
func asked(r *http.Request) string {
	if r.TLS != nil {
		return origin("https", r.Host)
	}
	return origin("http", r.Host)
}

// addresses returns the addresses for which a request may be signed; the first is
// the most likely.
func (s *Server) addresses(r *http.Request) []string {
	likeness := func(address string) int {
		switch {
		case address == asked(r):
			return 0
		case hostname(address) == hostname(asked(r)):
			return 1
		}
		return 2
	}
	list := slices.Clone(s.publicURLs)
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(likeness(a), likeness(b)) })
	if len(list) == 0 || likeness(list[0]) == 2 {
		list = append(list, asked(r))
	}
	return list
}

// consentBase is what the consent page puts before the path of its form: "" for
// the address that the browser asked.
func (s *Server) consentBase(r *http.Request) string {
	if first := s.addresses(r)[0]; hostname(first) == hostname(asked(r)) && len(s.publicURLs) > 0 {
		return first
	}
	return ""
}

func hostname(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
