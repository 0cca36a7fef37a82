package xapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/internal/xapi"
)

const refusedBefore = "something before X refuses this server"

func TestSomethingBeforeX(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"doctype":            "<!DOCTYPE html><html><title>canary</title>",
		"lower case":         "<!doctype html><p>canary",
		"odd case":           "<!DocType\n HTML PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\">",
		"html":               "<html>\r\n<head><title>403 Forbidden</title></head>",
		"upper case":         `<HTML lang="en">`,
		"head":               "<head><title>canary",
		"body":               "<BODY bgcolor=white>",
		"title":              "<title>Access Denied</title>",
		"white space":        " \r\n\t\f<html>",
		"a byte order mark":  "\ufeff<!doctype html>",
		"both":               "\n\ufeff\n<!doctype html>",
		"a comment":          "<!-- canary > -- --><!doctype html>",
		"comments":           "<!--a-->\n<!-->\n<!---->\n<html>",
		"XHTML":              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\">",
		"cut off":            "<html",
		"a page of 1 MiB":    "<!doctype html>" + strings.Repeat("<p>canary", 1<<17),
		"with X's codes":     `<html>{"errors":[{"code":32}]}`,
		"with problems":      `<!doctype html><script>{"type":"https://api.x.com/2/problems/usage-capped"}</script>`,
		"with an error code": `<html><errors><error code="32">canary</error></errors></html>`,
	}
	for name, body := range pages {
		for _, contentType := range []string{"text/html", "text/html; charset=UTF-8", "TEXT/HTML;charset=utf-8", " text/html ; x", "application/xhtml+xml"} {
			for _, status := range []int{401, 403, 503} {
				u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", contentType)
					w.WriteHeader(status)
					fmt.Fprint(w, body)
				})
				for step, call := range steps {
					checkRefusedBefore(t, fmt.Sprintf("%s, %s %d as %q", step, name, status, contentType), call(t.Context(), u.client(xapi.Config{})))
				}
				calls := int64(len(steps))
				if status == 503 { // X in trouble looks the same
					calls += int64(len(steps) - len(once))
				}
				if u.calls.Load() != calls {
					t.Errorf("%s %d: %d calls, want %d", name, status, u.calls.Load(), calls)
				}
			}
		}
	}
}

func checkRefusedBefore(t *testing.T, what string, err error) {
	t.Helper()
	e := asError(t, err)
	if e.Kind != xapi.Unavailable || !strings.Contains(e.Reason, refusedBefore) || !strings.Contains(e.Remedy, "outgoing IP address") {
		t.Errorf("%s: %#v", what, e)
	}
	for _, not := range []string{"canary", "ConsumerKey", "ClientID", callbackURL} {
		if strings.Contains(e.Error()+e.Remedy, not) {
			t.Errorf("%s: %q in %v; %s", what, not, e, e.Remedy)
		}
	}
}

// Cloudflare marks its challenges, whatever they look like.
func TestChallenges(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 429, 503} {
		for _, value := range []string{"challenge", "Challenge", " challenge "} {
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("cf-mitigated", value)
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				fmt.Fprint(w, `{"errors":[{"code":32}]}`)
			})
			for step, call := range steps {
				checkRefusedBefore(t, fmt.Sprintf("%s %d", step, status), call(t.Context(), u.client(xapi.Config{})))
			}
			if u.calls.Load() != int64(len(steps)) {
				t.Errorf("%d: %d calls", status, u.calls.Load())
			}
		}
	}
}

// X's own errors keep their meaning, whatever Content-Type they have.
func TestErrorsThatAreNoPages(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"Failed to validate oauth signature and token", "Request token missing", "", " ", "<", "<!", "<!doctype", "<!DOCTYPE hash><hash>", "<!-- <html>", "<?xml <html>",
		"<header>", "<htmlx>", "html", "X says <html>", "<!doctype htmlx>",
		`<?xml version='1.0' encoding='UTF-8'?><errors><error code="9999">canary</error></errors>`,
		`<?xml version="1.0"?><hash><error>Invalid / expired Token</error></hash>`,
		`<!-- <html> --><hash><error>Invalid / expired Token</error></hash>`,
		`{"errors":[{"code":9999,"message":"<html>"}]}`, `"<html>"`,
	} {
		for _, contentType := range []string{"text/html; charset=utf-8", "text/plain", "application/json", "application/xml"} {
			checkKeepsMeaning(t, contentType, body)
		}
	}
	// A page under another type is not what firewalls and Cloudflare send.
	for _, contentType := range []string{"application/json", "application/problem+json", "application/xml", "text/plain"} {
		checkKeepsMeaning(t, contentType, "<!doctype html><html>")
	}
}

func checkKeepsMeaning(t *testing.T, contentType, body string) {
	t.Helper()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("cf-mitigated", "no")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, body)
	})
	for step, call := range steps {
		want := xapi.TokenRefused
		if step == xapi.StepRequestToken || step == xapi.StepToken {
			want = xapi.Misconfigured
		}
		if e := asError(t, call(t.Context(), u.client(xapi.Config{}))); e.Kind != want || strings.Contains(e.Reason, refusedBefore) {
			t.Errorf("%s, %q as %s: %v", step, body, contentType, e)
		}
	}
}

// Other statuses keep their meaning with a page as well: X answers 404 so
// where a call is gone, and 5xx where it is in trouble.
func TestPagesOfOtherStatuses(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]xapi.Kind{402: xapi.Misconfigured, 404: xapi.AccessLevel, 410: xapi.AccessLevel, 429: xapi.RateLimited, 500: xapi.Unavailable, 502: xapi.Unavailable} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			fmt.Fprint(w, "<!doctype html>")
		})
		if e := asError(t, steps[xapi.StepVerifyCredentials](t.Context(), u.client(xapi.Config{}))); e.Kind != want || strings.Contains(e.Reason, refusedBefore) {
			t.Errorf("%d: %v", status, e)
		}
	}
}
