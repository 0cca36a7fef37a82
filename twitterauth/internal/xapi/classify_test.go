package xapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// body is how X writes one error code in each of its forms.
var forms = map[string]func(code int) (contentType, body string){
	"JSON": func(code int) (string, string) {
		return "application/json", fmt.Sprintf(`{"errors":[{"code":%d,"message":"canary"}]}`, code)
	},
	"JSON, code as a string": func(code int) (string, string) {
		return "application/json", fmt.Sprintf(`{"errors":[{"code":"%d","message":["canary"]}]}`, code)
	},
	"XML": func(code int) (string, string) {
		return "application/xml", fmt.Sprintf(`<?xml version='1.0' encoding='UTF-8'?><errors><error code="%d">canary</error></errors>`, code)
	},
}

func TestCodes(t *testing.T) {
	t.Parallel()
	const (
		rt = xapi.StepRequestToken
		at = xapi.StepAccessToken
		vc = xapi.StepVerifyCredentials
		me = xapi.StepUsersMe
		tk = xapi.StepToken
	)
	for _, test := range []struct {
		step   xapi.Step
		status int
		code   int
		want   xapi.Kind
		remedy string
	}{
		{rt, 401, 32, xapi.Misconfigured, "ConsumerKey"},
		{at, 401, 32, xapi.TokenRefused, ""},
		{vc, 401, 32, xapi.TokenRefused, ""},
		{rt, 401, 89, xapi.Misconfigured, "ConsumerKey"},
		{at, 401, 89, xapi.TokenRefused, ""},
		{vc, 401, 89, xapi.TokenRefused, ""},
		{me, 401, 89, xapi.TokenRefused, ""},
		{rt, 403, 63, xapi.AccountUnavailable, ""},
		{at, 403, 64, xapi.AccountUnavailable, ""},
		{vc, 403, 64, xapi.AccountUnavailable, ""},
		{vc, 403, 326, xapi.AccountUnavailable, ""},
		{me, 403, 326, xapi.AccountUnavailable, ""},
		{rt, 429, 88, xapi.RateLimited, ""},
		{vc, 400, 88, xapi.RateLimited, ""},
		{rt, 403, 99, xapi.Misconfigured, "ConsumerKey"},
		{rt, 400, 215, xapi.Misconfigured, "ConsumerKey"},
		{rt, 401, 135, xapi.Misconfigured, "NTP"},
		{vc, 401, 135, xapi.Misconfigured, "NTP"},
		{rt, 403, 415, xapi.Misconfigured, "add exactly " + callbackURL},
		{rt, 401, 417, xapi.Misconfigured, "add exactly " + callbackURL},
		{rt, 401, 416, xapi.Misconfigured, "developer console"},
		{rt, 403, 220, xapi.Misconfigured, "access level"},
		{rt, 403, 453, xapi.Misconfigured, "access level"},
		{vc, 403, 453, xapi.AccessLevel, "access level"},
		{vc, 403, 220, xapi.AccessLevel, "access level"},
		{me, 403, 453, xapi.Misconfigured, "access level"},
		{rt, 503, 32, xapi.Unavailable, ""}, // status first
		{rt, 429, 32, xapi.RateLimited, ""},
		{tk, 401, 32, xapi.Misconfigured, "ClientSecret"},
		{tk, 401, 89, xapi.Misconfigured, "ClientSecret"},
		{tk, 403, 99, xapi.Misconfigured, "ClientSecret"},
		{tk, 400, 215, xapi.Misconfigured, "ClientSecret"},
		{tk, 403, 64, xapi.AccountUnavailable, ""},
		{tk, 403, 326, xapi.AccountUnavailable, ""},
		{tk, 401, 416, xapi.Misconfigured, "developer console"},
		{tk, 403, 453, xapi.Misconfigured, "access level"},
		{tk, 400, 88, xapi.RateLimited, ""},
		{tk, 429, 32, xapi.RateLimited, ""},
		{tk, 401, 9999, xapi.Misconfigured, "ClientSecret"},
		{at, 401, 9999, xapi.TokenRefused, ""}, // a code not known yet
		{rt, 401, 9999, xapi.Misconfigured, "ConsumerKey"},
	} {
		for form, write := range forms {
			t.Run(fmt.Sprintf("%s %d %d %s", test.step, test.status, test.code, form), func(t *testing.T) {
				t.Parallel()
				u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
					contentType, body := write(test.code)
					w.Header().Set("Content-Type", contentType)
					w.WriteHeader(test.status)
					fmt.Fprint(w, body)
				})
				e := asError(t, steps[test.step](t.Context(), u.client(xapi.Config{})))
				if e.Kind != test.want || e.Status != test.status || e.Code != test.code || e.Step != test.step {
					t.Errorf("got %#v", e)
				}
				if !strings.Contains(e.Remedy, test.remedy) || (e.Remedy == "") != (test.remedy == "") {
					t.Errorf("remedy %q, want one with %q", e.Remedy, test.remedy)
				}
				if strings.Contains(e.Error(), "canary") {
					t.Errorf("upstream text in %q", e)
				}
			})
		}
	}
}

func TestStatusesWithoutACode(t *testing.T) {
	t.Parallel()
	const none = xapi.Kind(0)
	for _, body := range []struct{ contentType, text string }{
		{"text/plain", "Failed to validate oauth signature and token"},
		{"text/html", "canary <html> <script>"}, // pages: see front_test.go
		{"application/xml", "<?xml version='1.0'?><hash><error>Invalid / expired Token</error><request>/oauth/access_token</request></hash>"},
		{"application/json", `{"errors":"canary"}`},
		{"application/json", `{"errors":[null,{"code":{}}]}`},
		{"application/problem+json", `{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}`},
		{"application/json", ``},
		{"application/json", `[`},
	} {
		for _, test := range []struct {
			status int
			kinds  map[xapi.Step]xapi.Kind
		}{
			{400, map[xapi.Step]xapi.Kind{"": xapi.Unavailable}},
			{401, map[xapi.Step]xapi.Kind{"": xapi.TokenRefused, xapi.StepRequestToken: xapi.Misconfigured, xapi.StepToken: xapi.Misconfigured}},
			{403, map[xapi.Step]xapi.Kind{"": xapi.Misconfigured, xapi.StepVerifyCredentials: xapi.AccessLevel}},
			{404, map[xapi.Step]xapi.Kind{"": xapi.Unavailable, xapi.StepVerifyCredentials: xapi.AccessLevel}},
			{410, map[xapi.Step]xapi.Kind{"": xapi.Unavailable, xapi.StepVerifyCredentials: xapi.AccessLevel}},
			{418, map[xapi.Step]xapi.Kind{"": xapi.Unavailable}},
			{429, map[xapi.Step]xapi.Kind{"": xapi.RateLimited}},
			{500, map[xapi.Step]xapi.Kind{"": xapi.Unavailable}},
			{502, map[xapi.Step]xapi.Kind{"": xapi.Unavailable}},
			{503, map[xapi.Step]xapi.Kind{"": xapi.Unavailable}},
			{201, map[xapi.Step]xapi.Kind{"": xapi.Unavailable}},
			{204, map[xapi.Step]xapi.Kind{"": xapi.Unavailable}},
			{302, map[xapi.Step]xapi.Kind{"": xapi.Unavailable}},
		} {
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", body.contentType)
				w.WriteHeader(test.status)
				if test.status != 204 {
					fmt.Fprint(w, body.text)
				}
			})
			for step, call := range steps {
				want := test.kinds[step]
				if want == none {
					want = test.kinds[""]
				}
				e := asError(t, call(t.Context(), u.client(xapi.Config{})))
				if e.Kind != want {
					t.Errorf("%s %d %q: kind %d (%v), want %d", step, test.status, body.text, e.Kind, e, want)
				}
				if strings.Contains(e.Error(), "canary") {
					t.Errorf("upstream text in %q", e)
				}
			}
		}
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for body, remedy := range map[string]string{
		`{"title":"CreditsDepleted","type":"https://api.twitter.com/2/problems/credits","account_id":1243608864848629761}`:                      "credits",
		`{"title":"Payment Required","status":402,"type":"https://api.x.com/2/problems/credits-depleted"}`:                                      "credits",
		`{"errors":[{"type":"https://api.example.org/2/problems/credits"}]}`:                                                                    "credits",
		`{"reason":"client-not-enrolled","type":"https://api.twitter.com/2/problems/client-forbidden","title":"Client Forbidden","status":403}`: "project",
		`{"errors":[{"type":"https://api.x.com/2/problems/unsupported-authentication","title":"Unsupported Authentication"}]}`:                  "authentication",
		`{"title":"UsageCapExceeded","period":"Monthly","scope":"Product","type":"https://api.twitter.com/2/problems/usage-capped"}`:            "billing period",
	} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			status := http.StatusForbidden
			if remedy == "credits" {
				status = http.StatusPaymentRequired
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		})
		e := asError(t, steps[xapi.StepUsersMe](t.Context(), u.client(xapi.Config{})))
		if e.Kind != xapi.Misconfigured || !strings.Contains(e.Remedy, remedy) {
			t.Errorf("%s: %v, remedy %q", body, e, e.Remedy)
		}
	}
}

// A month's cap comes with either status, and no wait within a login helps.
func TestUsageCapped(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 429} {
		for _, body := range []string{
			`{"account_id":1,"product_name":"standard-basic","title":"UsageCapExceeded","period":"Monthly","scope":"Product","detail":"canary","type":"https://api.twitter.com/2/problems/usage-capped"}`,
			`{"type":"https://api.x.com/2/problems/usage-capped/"}`,
			`{"errors":[{"type":"https://other.example/usage-capped"}]}`,
			`{"errors":[{"title":"canary"},{"type":"https://api.x.com/2/problems/usage-capped"}]}`,
		} {
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("x-user-limit-24hour-remaining", "0")
				w.WriteHeader(status)
				fmt.Fprint(w, body)
			})
			for step, call := range steps {
				e := asError(t, call(t.Context(), u.client(xapi.Config{})))
				if e.Kind != xapi.Misconfigured || !strings.Contains(e.Reason, "monthly cap") || !strings.Contains(e.Remedy, "credits") || e.RetryAfter != 0 || strings.Contains(e.Error(), "canary") {
					t.Errorf("%s %d %s: %#v", step, status, body, e)
				}
			}
			if u.calls.Load() != int64(len(steps)) {
				t.Errorf("%d %s: %d calls", status, body, u.calls.Load())
			}
		}
		for _, body := range []string{`{"type":"https://api.x.com/2/problems/usage-capped-soon"}`, `{"type":"about:blank","detail":"usage-capped"}`, `{"type":5}`, `usage-capped`} {
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status); fmt.Fprint(w, body) })
			for step, call := range steps {
				if e := asError(t, call(t.Context(), u.client(xapi.Config{}))); status == 429 && e.Kind != xapi.RateLimited || strings.Contains(e.Reason, "monthly cap") {
					t.Errorf("%s %d %s: %v", step, status, body, e)
				}
			}
		}
	}
}

func TestClockOffsetIsTold(t *testing.T) {
	t.Parallel()
	for offset, want := range map[time.Duration]string{
		412 * time.Second:  "s behind X",
		-412 * time.Second: "s ahead of X",
	} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(offset).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}`)
		})
		e := asError(t, steps[xapi.StepRequestToken](t.Context(), u.client(xapi.Config{})))
		if !strings.Contains(e.Remedy, want) || !strings.Contains(e.Remedy, "41") {
			t.Errorf("X's clock is off by %v: %q", offset, e.Remedy)
		}
	}
}

func TestTokenErrors(t *testing.T) {
	t.Parallel()
	const unknown = "a reason it does not document"
	for _, test := range []struct {
		status int
		body   string
		want   xapi.Kind
		says   string
	}{
		{400, `{"error":"invalid_grant"}`, xapi.TokenRefused, "30 seconds"},
		{401, `{"error":"invalid_client"}`, xapi.Misconfigured, "ClientSecret"},
		{400, `{"error":"invalid_client"}`, xapi.Misconfigured, "ClientSecret"},
		{401, `{"error":"unauthorized_client","error_description":"canary"}`, xapi.Misconfigured, "ClientSecret"},
		{400, `{"error":"unauthorized_client"}`, xapi.Misconfigured, "ClientSecret"},
		{401, `{"error":"canary"}`, xapi.Misconfigured, "ClientSecret"},
		{401, ``, xapi.Misconfigured, "ClientSecret"},
		{400, `{"error":"unsupported_grant_type"}`, xapi.Unavailable, unknown},
		{400, `{"error":5}`, xapi.Unavailable, unknown},
		{400, `{"error":{"error":"invalid_request"}}`, xapi.Unavailable, unknown},
		{400, `canary`, xapi.Unavailable, unknown},
		{402, `{"title":"CreditsDepleted","type":"https://api.x.com/2/problems/credits"}`, xapi.Misconfigured, "credits"},
		{403, `{"reason":"client-not-enrolled","type":"https://api.x.com/2/problems/client-forbidden"}`, xapi.Misconfigured, "project"},
		{403, `{"title":"Forbidden","type":"about:blank"}`, xapi.Misconfigured, "access level"},
		{400, `{"error":"invalid_grant","error_description":"canary"}`, xapi.TokenRefused, "30 seconds"},
		{503, `{"error":"invalid_request"}`, xapi.Unavailable, "in trouble"},
		{429, `{"error":"invalid_request"}`, xapi.RateLimited, "rate limit"},
	} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(test.status)
			fmt.Fprint(w, test.body)
		})
		e := asError(t, steps[xapi.StepToken](t.Context(), u.client(xapi.Config{})))
		if e.Kind != test.want || !strings.Contains(e.Reason+"; "+e.Remedy, test.says) || strings.Contains(e.Remedy, "ConsumerKey") {
			t.Errorf("%d %s: %#v", test.status, test.body, e)
		}
		if u.calls.Load() != 1 || strings.Contains(e.Error()+e.Remedy, "canary") {
			t.Errorf("%d %s: %d calls, %v", test.status, test.body, u.calls.Load(), e)
		}
	}
}

// X sends invalid_request for an invalid code and for a request that is wrong.
// Only what X is known to say of the code passes without a remedy.
func TestInvalidRequests(t *testing.T) {
	t.Parallel()
	for description, quiet := range map[string]bool{
		`"Value passed for the authorization code was invalid."`:                   true,
		`"Value passed for the authorization code was invalid"`:                    true,
		`"value passed for the Authorization Code was invalid. "`:                  true,
		`"Value passed for the redirect uri did not match the uri of the canary."`: false,
		`"Value passed for the code verifier did not match the canary."`:           false,
		`"Missing required parameter [client_id]."`:                                false,
		`"Missing required parameter [code_verifier]."`:                            false,
		`"Value passed for the authorization code was invalid. canary"`:            false,
		`"canary Value passed for the authorization code was invalid."`:            false,
		`"Der Wert f\u00fcr den Autorisierungscode war ung\u00fcltig. canary"`:     false,
		`"canary"`: false, `""`: false, `null`: false, `5`: false, `["Value passed for the authorization code was invalid."]`: false, `{}`: false,
	} {
		for _, status := range []int{400, 401, 403} {
			checkInvalidRequest(t, status, `{"error":"invalid_request","error_description":`+description+`}`, quiet)
		}
	}
	checkInvalidRequest(t, 400, `{"error":"invalid_request"}`, false)
	checkInvalidRequest(t, 400, `{"error_description":"Value passed for the authorization code was invalid.","error":"invalid_request"}`, true)
}

func checkInvalidRequest(t *testing.T, status int, body string, quiet bool) {
	t.Helper()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status); fmt.Fprint(w, body) })
	e := asError(t, steps[xapi.StepToken](t.Context(), u.client(xapi.Config{})))
	if e.Kind != xapi.TokenRefused || (e.Remedy == "") != quiet || strings.Contains(e.Reason, "does not say which") == quiet || u.calls.Load() != 1 {
		t.Errorf("%d %s: %#v", status, body, e)
	}
	for _, want := range []string{"ClientID", callbackURL, "APIURL", "code_verifier"} {
		if !quiet && !strings.Contains(e.Remedy, want) {
			t.Errorf("%s: the remedy %q lacks %s", body, e.Remedy, want)
		}
	}
	if text := e.Error() + e.Remedy; strings.Contains(text, "canary") || strings.Contains(text, "Value passed") || strings.Contains(text, "Missing") {
		t.Errorf("%s: X's text in %s", body, text)
	}
}
