package site

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxHost is what a host name may have altogether, in bytes (RFC 1035, section
// 2.3.4); a label of it may have 63.
const maxHost = 253

// HostProblem returns what is wrong with a URL's host, or "". A host must be
// written as browsers write it, because what they rewrite never equals what they
// send.
func HostProblem(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	switch {
	case host == "":
		return "has no host"
	case strings.ContainsFunc(host, func(c rune) bool { return c >= 0x80 }):
		return "has a host name that is not ASCII (write it in Punycode)"
	case isNumeric(host):
		if ip, err := netip.ParseAddr(host); err != nil || ip.Zone() != "" || ip.Is4In6() || ip.String() != host {
			return "has an invalid IP address, or an IP address that browsers write differently"
		}
	case !isHostName(host):
		return "has an invalid host name"
	}
	return ""
}

// isNumeric reports whether browsers read a host as an IP address (WHATWG URL,
// section 3.5, "ends in a number").
func isNumeric(host string) bool {
	if strings.Contains(host, ":") {
		return true
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	_, err := strconv.ParseUint(last, 0, 64)
	return err == nil || last != "" && strings.Trim(last, "0123456789") == ""
}

func isHostName(host string) bool {
	if len(host) > maxHost {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.Trim(label, hostCharacters) != "" {
			return false
		}
	}
	return true
}

const hostCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_"

// ValidPort reports whether a URL has no port, or a port that is written as
// browsers write it.
func ValidPort(u *url.URL) bool {
	if strings.HasSuffix(u.Host, ":") {
		return false
	}
	port := portOf(u.Scheme, u.Port())
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0 && strconv.FormatUint(n, 10) == port
}

// IsLoopback reports whether a host name means this machine.
func IsLoopback(hostname string) bool {
	ip := net.ParseIP(hostname)
	return strings.EqualFold(hostname, "localhost") || ip != nil && ip.IsLoopback()
}

func portOf(scheme, port string) string {
	switch {
	case port != "":
		return port
	case scheme == "https":
		return "443"
	}
	return "80"
}

// Origin returns a URL's origin as browsers write it (RFC 6454, section 6.1).
func Origin(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != portOf(u.Scheme, "") {
		host += ":" + port
	}
	return strings.ToLower(u.Scheme) + "://" + host
}
