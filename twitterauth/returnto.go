package twitterauth

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxReturnTo bounds a return_to, in bytes, because it travels in a cookie.
const maxReturnTo = 2048

// returns decides where a login may send the browser in the end. A target is
// kept byte for byte or not at all.
type returns struct {
	place    place
	trusted  []string
	fallback string
}

func newReturns(p place, trusted []string, fallback string) returns {
	return returns{place: p, trusted: trusted, fallback: fallback}
}

// check returns the target if it is a path of this site, or a URL on a trusted
// origin, and not a route that would begin or end a login again; else the
// fallback. A target that is too long loses its query and fragment, if it is a
// path of this site that is short enough without.
func (t returns) check(target string) string {
	if len(target) > maxReturnTo {
		if target = pathOf(target); !isLocalPath(target) {
			return t.fallback
		}
	}
	if target == "" || len(target) > maxReturnTo || !utf8.ValidString(target) || strings.ContainsFunc(target, isControl) {
		return t.fallback
	}
	if (isLocalPath(target) || t.isTrusted(target)) && !t.isOwnRoute(target) {
		return target
	}
	return t.fallback
}

// allows reports whether check keeps the target.
func (t returns) allows(target string) bool { return target != "" && t.check(target) == target }

// checkAll is check for a form field, which may be missing or, wrongly, there twice.
func (t returns) checkAll(values []string) string {
	if len(values) != 1 {
		return t.fallback
	}
	return t.check(values[0])
}

// isControl also refuses what browsers strip from URLs before reading them
// (tab, CR, LF) and, for good measure, the C1 controls and line separators.
func isControl(c rune) bool {
	return c < ' ' || 0x7f <= c && c <= 0x9f || c == '\u2028' || c == '\u2029'
}

// isLocalPath reports whether browsers take the target for a path on the site
// they are on. They read "//h" and, since '\' counts as '/', "/\h" as another
// host (WHATWG URL, section 4.4, "path start state"), so neither may stand at
// the start, nor come to stand there once somebody has removed dot segments.
func isLocalPath(target string) bool {
	p := pathOf(target)
	return strings.HasPrefix(p, "/") && !strings.Contains(p, "\\") &&
		!strings.HasPrefix(p, "//") && !strings.HasPrefix(withoutDots(p), "//")
}

// withoutDots removes dot segments as browsers do, which keep empty segments
// and know "%2e" for a dot (WHATWG URL, section 4.1).
func withoutDots(p string) string {
	segments := strings.Split(p[1:], "/")
	var kept []string
	for i, s := range segments {
		last := i == len(segments)-1
		switch strings.ReplaceAll(strings.ToLower(s), "%2e", ".") {
		case ".":
			if last {
				kept = append(kept, "")
			}
		case "..":
			if len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, s)
		}
	}
	return "/" + strings.Join(kept, "/")
}

// isOwnRoute reports whether a path, or a URL of this site, is login, callback or logout, in any of
// the spellings that reach them.
func (t returns) isOwnRoute(target string) bool {
	u, err := url.Parse(target)
	if err != nil {
		return true // nothing that Go cannot read is worth returning to
	}
	if u.Host != "" && originOf(u) != t.place.origin {
		return false
	}
	p := path.Clean(u.Path)
	return slices.Contains([]string{t.place.seen(routeLogin), t.place.seen(t.place.callback), t.place.seen(routeLogout)}, p)
}

// isTrusted compares text, so that nothing depends on two parsers agreeing:
// the URL must begin with a trusted origin as configured, and go on with a path,
// a query, a fragment or nothing.
func (t returns) isTrusted(target string) bool {
	if strings.ContainsAny(target, "\\ ") {
		return false
	}
	for _, origin := range t.trusted {
		rest, ok := strings.CutPrefix(target, origin)
		if ok && (rest == "" || strings.ContainsRune("/?#", rune(rest[0]))) {
			return true
		}
	}
	return false
}

// fromRequest returns the path that the browser asked for, to come back to
// after a login, or "".
func (t returns) fromRequest(r *http.Request) string {
	asked := r.RequestURI // what arrived, even below a StripPrefix
	if !strings.HasPrefix(asked, "/") {
		asked = r.URL.RequestURI()
	}
	// Where the two differ it was stripped here, by http.StripPrefix, and what
	// arrived is whole.
	if u, err := url.ParseRequestURI(asked); err == nil && u.Path == r.URL.Path {
		asked = t.place.stripped + asked
	}
	t.fallback = ""
	return t.check(asked)
}

// redirect answers 303 with the location as it is, because http.Redirect would
// clean it, which turns "/a/../\h" into a path that browsers read as another
// host. Only bytes outside ASCII are percent-encoded: a header field cannot
// carry them (RFC 9110, section 5.5), and browsers read them as these.
func redirect(w http.ResponseWriter, location string) {
	w.Header().Set("Location", inASCII(location))
	w.WriteHeader(http.StatusSeeOther)
}

func inASCII(s string) string {
	const hex = "0123456789ABCDEF"
	if !strings.ContainsFunc(s, func(c rune) bool { return c >= utf8.RuneSelf }) {
		return s
	}
	b := make([]byte, 0, 3*len(s))
	for _, c := range []byte(s) {
		if c < utf8.RuneSelf {
			b = append(b, c)
			continue
		}
		b = append(b, '%', hex[c>>4], hex[c&15])
	}
	return string(b)
}
