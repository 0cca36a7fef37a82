package twittertest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

// Whatever a client sends, the stand-in answers, never with 5xx, runs no script of the
// client's and sends no browser to one.
func FuzzHandler(f *testing.F) {
	s := twittertest.NewUnstartedServer()
	defer s.Close()
	s.ConsumerKey, s.ClientID, s.ClientSecret = "key", "id", "secret"
	s.SetPublicURL("https://api.x.com")
	paths := []string{
		"/oauth/request_token", "/oauth/authenticate", "/oauth/authorize", "/oauth/decide", "/oauth/access_token", "/i/oauth2/authorize",
		"/2/oauth2/token", "/2/oauth2/revoke", "/1.1/account/verify_credentials.json", "/2/users/me", "/2/tweets",
		"/1.1/account/settings.json", "/1.1/statuses/update.json", "/1.1/oauth/invalidate_token", "/elsewhere",
	}
	const (
		form      = "application/x-www-form-urlencoded"
		signed    = `OAuth oauth_consumer_key="key", oauth_nonce="n", oauth_signature="s", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1", oauth_callback="oob"`
		authorize = "response_type=code&client_id=id&redirect_uri=app%3A%2F%2F%22%3E%3Cscript%3E&scope=tweet.read+users.read&state=%3Cscript%3E&code_challenge=v&code_challenge_method=plain"
	)
	for i := range paths {
		f.Add(byte(i), true, authorize+"&oauth_token=a&user.fields=id,x", signed, form, "grant_type=refresh_token&refresh_token=x&person=42")
		f.Add(byte(i), false, authorize, "Bearer x", "", "")
		f.Add(byte(i), true, "", "Basic aWQ6c2VjcmV0", "application/json", `{"text":"a","grant_type":"authorization_code","code":"c"}`)
	}
	f.Fuzz(func(t *testing.T, path byte, post bool, query, authorization, contentType, body string) {
		method := http.MethodGet
		if post {
			method = http.MethodPost
		}
		r := httptest.NewRequest(method, paths[int(path)%len(paths)], strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header = http.Header{"Authorization": {authorization}, "Content-Type": {contentType}}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if isHTML := strings.HasPrefix(w.Header().Get("Content-Type"), "text/html"); w.Code >= 500 || isHTML && strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if to, err := url.Parse(w.Header().Get("Location")); err != nil || slices.Contains([]string{"javascript", "data", "vbscript"}, to.Scheme) {
			t.Errorf("it sends to %q: %v", w.Header().Get("Location"), err)
		}
	})
}
