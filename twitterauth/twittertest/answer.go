package twittertest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// answer is a response before it is written.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func newAnswer(status int, contentType string, body []byte) answer {
	h := http.Header{}
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-cache, no-store, must-revalidate, pre-check=0, post-check=0")
	return answer{status: status, header: h, body: body}
}

func (a answer) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	w.Write(a.body)
}

// formAnswer is how X sends tokens: a form that calls itself HTML.
func formAnswer(pairs ...string) answer {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(pairs[i] + "=" + url.QueryEscape(pairs[i+1]))
	}
	return newAnswer(http.StatusOK, "text/html; charset=utf-8", []byte(b.String()))
}

func jsonAnswer(status int, v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic("twittertest: an answer that cannot be JSON: " + err.Error())
	}
	return newAnswer(status, "application/json;charset=utf-8", body)
}

// errorAnswer is JSON for clients that accept it and from the API, and XML
// otherwise.
func errorAnswer(c *call, status, code int, message string) answer {
	if strings.Contains(c.Header.Get("Accept"), "json") || strings.HasPrefix(c.URL.Path, "/1.1/") || strings.HasPrefix(c.URL.Path, "/2/") {
		return jsonError(status, code, message)
	}
	return xmlError(status, code, message)
}

func jsonError(status, code int, message string) answer {
	type one struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	return challenged(code, jsonAnswer(status, map[string][]one{"errors": {{code, message}}}))
}

func xmlError(status, code int, message string) answer {
	var text strings.Builder
	xml.EscapeText(&text, []byte(message))
	body := fmt.Sprintf("<?xml version='1.0' encoding='UTF-8'?><errors><error code=\"%d\">%s</error></errors>", code, text.String())
	return challenged(code, newAnswer(status, "application/xml;charset=utf-8", []byte(body)))
}

// challenged adds to a 401 of OAuth 1.0a the header in which X repeats the code.
// API v2's 401 has none.
func challenged(code int, a answer) answer {
	if a.status == http.StatusUnauthorized {
		a.header.Set("WWW-Authenticate", fmt.Sprintf(`OAuth realm="https://api.twitter.com", api_error_code=%d`, code))
	}
	return a
}

// problem is an error of API v2 (RFC 9457).
func problem(status int, fields map[string]any) answer {
	if fields["type"] == nil {
		fields["type"] = "about:blank"
	}
	fields["status"] = status
	a := jsonAnswer(status, fields)
	a.header.Set("Content-Type", "application/problem+json")
	return a
}
