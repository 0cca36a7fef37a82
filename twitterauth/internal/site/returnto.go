package site

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

// ReturnPolicy decides where a login may send the browser in the end.
type ReturnPolicy struct {
	site     Site
	routes   []string // as browsers know them; nothing to return to
	trusted  []string
	fallback string
}

// NewReturnPolicy returns the policy of a site with trusted origins, and the
// fallback for targets that are refused.
func NewReturnPolicy(s Site, trusted []string, fallback string) ReturnPolicy {
	trusted = slices.DeleteFunc(slices.Clone(trusted), IsWebviewOrigin) // no page lives there
	routes := []string{s.BrowserPath(RouteLogin), s.BrowserPath(s.Callback), s.BrowserPath(RouteLogout)}
	return ReturnPolicy{site: s, routes: routes, trusted: trusted, fallback: fallback}
}

// WithApps also refuses authorize, the route of native apps.
func (t ReturnPolicy) WithApps() ReturnPolicy {
	t.routes = append(slices.Clone(t.routes), t.site.BrowserPath(RouteAuthorize))
	return t
}

// Check returns the target if it is a path of this site, or a URL on a trusted
// origin, and not a route that would begin or end a login again; else the
// fallback. A target that is too long loses its query and fragment, if it is a
// path of this site that is short enough without.
func (t ReturnPolicy) Check(target string) string { return t.CheckOr(target, t.fallback) }

// CheckOr is Check with another fallback.
func (t ReturnPolicy) CheckOr(target, fallback string) string {
	if len(target) > maxReturnTo {
		if target = PathOf(target); len(target) > maxReturnTo || !isLocalPath(target) {
			return fallback
		}
	}
	if target == "" || len(target) > maxReturnTo || !utf8.ValidString(target) || strings.ContainsFunc(target, IsControl) {
		return fallback
	}
	if sent := cleaned(target); !t.leadsToPage(target) || sent != target && !t.leadsToPage(sent) {
		return fallback
	}
	return target
}

// leadsToPage reports whether a target is of this site, or on a trusted origin, and
// not a route that would begin or end a login again.
func (t ReturnPolicy) leadsToPage(target string) bool {
	return (isLocalPath(target) || t.isTrusted(target)) && !t.isOwnRoute(target)
}

// cleaned returns a target as http.Redirect sends it, to which the app may hand the
// target. It cleans all that precedes the query, so a fragment without a query before
// it counts as a part of the path: "/a#/../\h" becomes "/\h", which browsers read as
// another host.
func cleaned(target string) string {
	if !strings.HasPrefix(target, "/") {
		return target // a URL stays as it is
	}
	before, query, hasQuery := strings.Cut(target, "?")
	before = path.Clean(before)
	if hasQuery {
		before += "?" + query
	}
	return before
}

// Allows reports whether Check keeps the target.
func (t ReturnPolicy) Allows(target string) bool { return target != "" && t.Check(target) == target }

// CheckField is Check for a form field, which may be missing or, wrongly, there
// twice.
func (t ReturnPolicy) CheckField(values []string) string {
	if len(values) != 1 {
		return t.fallback
	}
	return t.Check(values[0])
}

// IsControl reports whether a character has no place in a text of one line. It
// includes what browsers strip from URLs before reading them
// (tab, CR, LF), the C1 controls and the line separators.
func IsControl(c rune) bool {
	return c < ' ' || 0x7f <= c && c <= 0x9f || c == '\u2028' || c == '\u2029'
}

// isLocalPath reports whether browsers read the target as a path on the site
// they are on. They read "//h" and, since '\' counts as '/', "/\h" as another
// host (WHATWG URL, section 4.4, "path start state"). So a target may not begin
// with them, and may not begin with them after its dot segments are removed.
func isLocalPath(target string) bool {
	p := PathOf(target)
	return strings.HasPrefix(p, "/") && !strings.Contains(p, "\\") &&
		!strings.HasPrefix(p, "//") && !strings.HasPrefix(withoutDots(p), "//")
}

// withoutDots removes dot segments as browsers do, which keep empty segments
// and know "%2e" for a dot (WHATWG URL, section 4.1).
func withoutDots(p string) string {
	if !strings.ContainsAny(p, ".%") {
		return p
	}
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
func (t ReturnPolicy) isOwnRoute(target string) bool {
	u, err := url.Parse(target)
	if err != nil {
		return true // nothing that Go cannot read is worth returning to
	}
	if u.Host != "" && Origin(u) != t.site.Origin {
		return false
	}
	return t.isRoute(u.Path) || t.isRoute(sentPath(u))
}

func (t ReturnPolicy) isRoute(p string) bool { return slices.Contains(t.routes, path.Clean(p)) }

// sentPath returns the path that a browser asks for, decoded. It differs from what
// path.Clean makes of the path, because browsers remove dot segments but no empty ones:
// of "/a//../b" a browser makes "/a/b", and path.Clean makes "/b".
func sentPath(u *url.URL) string {
	p, _ := url.PathUnescape(withoutDots(u.EscapedPath())) // EscapedPath is well-formed
	return p
}

// isTrusted compares text, so that nothing depends on two parsers agreeing:
// the URL must begin with a trusted origin as configured, and go on with a path,
// a query, a fragment or nothing.
func (t ReturnPolicy) isTrusted(target string) bool {
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

// FromRequest returns the path that the browser asked for, to come back to
// after a login, or "".
func (t ReturnPolicy) FromRequest(r *http.Request) string {
	asked := r.RequestURI // what arrived, even below a StripPrefix
	if !strings.HasPrefix(asked, "/") {
		asked = r.URL.RequestURI()
	}
	// Where the two differ it was stripped here, by http.StripPrefix, and what
	// arrived is whole.
	if u, err := url.ParseRequestURI(asked); err == nil && u.Path == r.URL.Path {
		asked = t.site.ProxyPrefix + asked
	}
	return t.CheckOr(asked, "")
}

// PathOf returns the target without query and fragment.
func PathOf(target string) string {
	if i := strings.IndexAny(target, "?#"); i >= 0 {
		return target[:i]
	}
	return target
}
