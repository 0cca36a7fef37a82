package twitterauth

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// acceptsHTML reports whether the request is a browser's: its Accept header
// names HTML, and not JSON before it. "*/*" is what tools and scripts send.
func acceptsHTML(r *http.Request) bool {
	html, json := accepted(r)
	return html > 0 && html >= json
}

// prefersJSON reports whether the request asks for JSON by name.
func prefersJSON(r *http.Request) bool {
	html, json := accepted(r)
	return json > 0 && json > html
}

// accepted returns the weights of HTML and of JSON in the Accept header (RFC
// 9110, section 12.5.1); 0 when not named. Of two equal weights the one named
// later counts a little less.
func accepted(r *http.Request) (html, json float64) {
	const later = 1e-6
	for i, item := range acceptItems(r.Header["Accept"]) {
		name, params, err := mime.ParseMediaType(item)
		if err != nil {
			continue
		}
		weight := 1.0
		if q, ok := params["q"]; ok {
			if weight, err = strconv.ParseFloat(q, 64); err != nil || !(weight >= 0 && weight <= 1) {
				continue
			}
		}
		if weight > 0 {
			weight = max(weight-later*float64(i), later)
		}
		switch name {
		case "text/html", "application/xhtml+xml":
			html = max(html, weight)
		case "application/json":
			json = max(json, weight)
		}
	}
	return html, json
}

// maxAccept bounds what is read of the Accept headers, in bytes. Browsers send
// about 150.
const maxAccept = 2048

// acceptItems returns the items of the first maxAccept bytes. An item that is
// cut off there is left out.
func acceptItems(lines []string) []string {
	var items []string
	left := maxAccept
	for _, line := range lines {
		cut := len(line) > left
		line = line[:min(len(line), left)]
		left -= len(line)
		list := strings.Split(line, ",")
		if cut {
			return append(items, list[:len(list)-1]...)
		}
		items = append(items, list...)
	}
	return items
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

// noStore keeps answers that depend on a login out of every cache.
func noStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }

// writeJSON answers with a JSON object.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("twitterauth: an answer that cannot be JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}

// withQuery adds parameters to an address, before its fragment.
func withQuery(address string, query url.Values) string {
	if len(query) == 0 {
		return address
	}
	before, fragment, hasFragment := strings.Cut(address, "#")
	separator := "?"
	if strings.Contains(before, "?") {
		separator = "&"
	}
	// A blank as %20 and not as '+', which not every app's URL parser decodes.
	address = before + separator + strings.ReplaceAll(query.Encode(), "+", "%20")
	if hasFragment {
		address += "#" + fragment
	}
	return address
}
