package twitterauth

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
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
	for i, item := range strings.Split(strings.Join(r.Header["Accept"], ","), ",") {
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
