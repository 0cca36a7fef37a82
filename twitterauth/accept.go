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
