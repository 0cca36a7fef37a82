package twittertest

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What X, or what stands before it, answers when something goes wrong.

// RedirectTo sends the client elsewhere with 302.
func RedirectTo(location string) Fault {
	return Fault{do: func(_ *Server, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusFound)
	}}
}

// Respond answers with that status, content type and body.
func Respond(status int, contentType, body string) Fault {
	return saying(newAnswer(status, contentType, []byte(body)))
}

func saying(a answer) Fault {
	return Fault{do: func(s *Server, w http.ResponseWriter, r *http.Request) {
		a := a
		a.header = maps.Clone(a.header)
		s.mu.Lock()
		a.header.Set("Date", s.now().UTC().Format(http.TimeFormat))
		s.mu.Unlock()
		a.write(w)
	}}
}

// ErrorCode answers with an error code of X in JSON, and with the message if there
// is one.
func ErrorCode(status, code int, message ...string) Fault {
	return saying(jsonError(status, code, text(message)))
}

// OAuth2Error answers as /2/oauth2/token refuses, with an error code of RFC 6749,
// section 5.2, such as "invalid_request".
func OAuth2Error(status int, code, description string) Fault {
	return saying(oauth2Error(status, code, description))
}

// XMLErrorCode answers with an error code of X in XML, and with the message if
// there is one.
func XMLErrorCode(status, code int, message ...string) Fault {
	return saying(xmlError(status, code, text(message)))
}

func text(message []string) string {
	if len(message) == 0 {
		return "A message."
	}
	return strings.Join(message, " ")
}

// PlainText answers with a message alone, which X may send in any language.
func PlainText(status int, message string) Fault {
	return Respond(status, "text/html; charset=utf-8", message)
}

// JSONBody answers 200 with JSON as it is given, for odd profiles.
func JSONBody(body string) Fault {
	return Respond(http.StatusOK, "application/json;charset=utf-8", body)
}

// ClockSkew answers by a clock that is that far ahead of this machine's clock, or
// behind when negative: beyond five minutes a proper timestamp is refused (code
// 135), and the Date header has the wrong time. [Server.SetClock] does so for
// all steps.
func ClockSkew(offset time.Duration) Fault { return Fault{skew: offset} }

// OldXML answers with the old XML form, which has no code.
func OldXML(status int) Fault {
	return Respond(status, "application/xml;charset=utf-8", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<hash>\n  <error>Invalid / expired Token</error>\n  <request>/oauth/access_token</request>\n</hash>\n")
}

// HTML answers with a page, as X's front does when it is in trouble.
func HTML(status int) Fault {
	return Respond(status, "text/html; charset=utf-8", "<!DOCTYPE html><html><head><title>X / ?</title></head><body><h1>Something is technically wrong.</h1></body></html>")
}

// Empty answers 200 with nothing.
func Empty() Fault { return Respond(http.StatusOK, "text/html; charset=utf-8", "") }

// Challenge answers with a page by which Cloudflare, which stands before X, wants
// proof that a person sends the request; for an app's server it is a refusal.
// Cloudflare's status is 403; other things before X send 401 or 503.
func Challenge(status int) Fault {
	a := newAnswer(status, "text/html; charset=UTF-8", []byte("<!DOCTYPE html><html lang=\"en-US\"><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue</body></html>"))
	a.header.Set("cf-mitigated", "challenge")
	return saying(a)
}

// RateLimited answers 429 as the API that was asked does, with no calls left and
// x-rate-limit-reset that far ahead of the answer; 0 leaves that header out.
func RateLimited(reset time.Duration) Fault {
	v1 := jsonError(http.StatusTooManyRequests, 88, "Rate limit exceeded")
	v2 := tooManyRequests()
	return Fault{do: func(s *Server, w http.ResponseWriter, r *http.Request) {
		a := v1
		if strings.HasPrefix(r.URL.Path, "/2/") {
			a = v2
		}
		a.header = maps.Clone(a.header)
		a.header.Set("x-rate-limit-limit", "75")
		a.header.Set("x-rate-limit-remaining", "0")
		if reset != 0 {
			a.header.Set("x-rate-limit-reset", s.in(reset))
		}
		saying(a).do(s, w, r)
	}}
}

func tooManyRequests() answer {
	return problem(http.StatusTooManyRequests, map[string]any{"title": "Too Many Requests", "detail": "Too Many Requests"})
}

// RateLimitedToday answers 429 because the calls of 24 hours for this person are
// used up, with x-user-limit-24hour-reset that far ahead of the answer; 0 leaves
// that header out. The app has calls left, and so has the window of 15 minutes.
func RateLimitedToday(reset time.Duration) Fault {
	limited := tooManyRequests()
	return Fault{do: func(s *Server, w http.ResponseWriter, r *http.Request) {
		a := limited
		a.header = maps.Clone(a.header)
		for name, value := range map[string]string{
			"x-rate-limit-limit":            "75",
			"x-rate-limit-remaining":        "74",
			"x-rate-limit-reset":            s.in(rateWindow),
			"x-app-limit-24hour-limit":      "1000",
			"x-app-limit-24hour-remaining":  "900",
			"x-app-limit-24hour-reset":      s.in(24 * time.Hour),
			"x-user-limit-24hour-limit":     "25",
			"x-user-limit-24hour-remaining": "0",
		} {
			a.header.Set(name, value)
		}
		if reset != 0 {
			a.header.Set("x-user-limit-24hour-reset", s.in(reset))
		}
		saying(a).do(s, w, r)
	}}
}

// in returns the Unix second that is that far ahead by the server's clock.
func (s *Server) in(d time.Duration) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strconv.FormatInt(s.now().Add(d).Unix(), 10)
}

// UsageCapped answers 429 because the app's calls of a month are used up.
func UsageCapped() Fault {
	return saying(problem(http.StatusTooManyRequests, map[string]any{
		"title": "UsageCapExceeded", "type": "https://api.twitter.com/2/problems/usage-capped",
		"period": "Monthly", "scope": "Product", "detail": "Usage cap exceeded: Monthly product cap",
	}))
}

// AccessLevel answers 403 with code 453: the app's access level does not include
// the call.
func AccessLevel() Fault {
	return ErrorCode(http.StatusForbidden, 453, "You currently have access to a subset of X API endpoints. You may need a different access level.")
}

// Problem answers with problem+json of that type, whose last segment is what
// counts, such as "https://api.x.com/2/problems/credits".
func Problem(status int, problemType, reason string) Fault {
	fields := map[string]any{"title": http.StatusText(status), "type": problemType, "detail": "A message."}
	if reason != "" {
		fields["reason"] = reason
	}
	return saying(problem(status, fields))
}

// NotConfirmed answers request_token with a token whose callback is not
// confirmed: the confirmation is left out (""), or has the given values.
func NotConfirmed(confirmations ...string) Fault {
	pairs := []string{"oauth_token", newToken(), "oauth_token_secret", newToken()}
	for _, c := range confirmations {
		pairs = append(pairs, "oauth_callback_confirmed", c)
	}
	return saying(formAnswer(pairs...))
}
