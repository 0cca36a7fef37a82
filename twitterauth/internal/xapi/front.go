package xapi

import (
	"bytes"
	"net/http"
	"strings"
)

// Something that stands before X (a firewall, an outgoing proxy, Cloudflare,
// which X uses) can answer in X's place. What it refuses is this server, not
// the app's keys or the person's token.

const frontRemedy = "look at X's status page for an outage; let no firewall or outgoing proxy of yours answer in X's place; if X or Cloudflare blocks this server's outgoing IP address, use another address, or an HTTPClient with a proxy that X accepts"

// byFront types an answer that did not come from X's API, and reports whether
// it is such an answer. X's own errors with these statuses are JSON, XML or
// plain text, whatever their Content-Type; its pages come with 5xx, so that 503
// can be X's as well and is worth a second try.
func (e *Error) byFront(h http.Header, body []byte) bool {
	challenged := e.Status >= http.StatusBadRequest && isChallenge(h)
	switch {
	case challenged:
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden, e.Status == http.StatusServiceUnavailable:
		if !mayBePage(h) || !beginsAsPage(body) {
			return false
		}
	default:
		return false
	}
	e.Kind, e.Reason, e.Remedy = Unavailable, "something before X refuses this server", frontRemedy
	if e.Status == http.StatusServiceUnavailable && !challenged {
		e.Reason, e.again = "X is in trouble, or something before X refuses this server", true
	}
	return true
}

// isChallenge reports whether Cloudflare wants proof that a person sends the
// request (https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/).
func isChallenge(h http.Header) bool {
	return strings.EqualFold(singleValue(h, "cf-mitigated"), "challenge")
}

// mayBePage reports whether the Content-Type is that of a page or missing. It
// does not decide by itself, because X sends text/html for other things too.
func mayBePage(h http.Header) bool {
	mediaType, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(mediaType)) {
	case "text/html", "application/xhtml+xml", "":
		return true
	}
	return false
}

const byteOrderMark = "\ufeff"

// pageStarts are the tags with which a document of HTML can begin.
var pageStarts = []string{"<html", "<head", "<body", "<title"}

// beginsAsPage reports whether a body is a document of HTML, by its first tag
// behind white space, comments and an XML declaration.
func beginsAsPage(body []byte) bool {
	body = behindProlog(body)
	if rest, ok := cutFold(body, "<!doctype"); ok {
		rest, ok = cutFold(bytes.TrimLeft(rest, htmlSpace), "html")
		return ok && endsName(rest)
	}
	for _, tag := range pageStarts {
		if rest, ok := cutFold(body, tag); ok && endsName(rest) {
			return true
		}
	}
	return false
}

const htmlSpace = " \t\r\n\f"

func behindProlog(body []byte) []byte {
	for {
		body = bytes.TrimLeft(body, htmlSpace)
		var end string
		switch {
		case bytes.HasPrefix(body, []byte(byteOrderMark)):
			body = body[len(byteOrderMark):]
			continue
		case bytes.HasPrefix(body, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(body, []byte("<?")):
			end = "?>"
		default:
			return body
		}
		_, rest, closed := bytes.Cut(body[2:], []byte(end)) // "<!-->" is a whole comment
		if !closed {
			return nil
		}
		body = rest
	}
}

func cutFold(b []byte, prefix string) (rest []byte, ok bool) {
	if len(b) < len(prefix) || !strings.EqualFold(string(b[:len(prefix)]), prefix) {
		return b, false
	}
	return b[len(prefix):], true
}

// endsName keeps "<header>" from counting as "<head".
func endsName(rest []byte) bool {
	return len(rest) == 0 || strings.IndexByte(htmlSpace+">/", rest[0]) >= 0
}
