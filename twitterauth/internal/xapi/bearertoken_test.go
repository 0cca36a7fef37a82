package xapi_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// exchange is a token call that is answered 200 with that body.
func exchange(t *testing.T, contentType, body string) (xapi.BearerToken, error) {
	t.Helper()
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	})
	token, err := u.client(xapi.Config{}).BearerToken(t.Context(), "code", "verifier", []string{"asked"})
	if u.calls.Load() != 1 {
		t.Errorf("%.200s: %d calls", body, u.calls.Load())
	}
	return token, err
}

func TestBearerTokenAnswers(t *testing.T) {
	t.Parallel()
	const more = `"token_type":"bearer","access_token":"a"`
	for body, want := range map[string]*xapi.BearerToken{
		`{` + more + `}`:                                                             {Access: "a"},
		"\n {" + more + "}\n":                                                        {Access: "a"},
		`{"token_type":"Bearer","access_token":"a"}`:                                 {Access: "a"},
		`{"token_type":"BEARER","access_token":"a"}`:                                 {Access: "a"},
		`{` + more + `,"refresh_token":"r"}`:                                         {Access: "a", Refresh: "r"},
		`{` + more + `,"refresh_token":""}`:                                          {Access: "a"},
		`{` + more + `,"refresh_token":null}`:                                        {Access: "a"},
		`{` + more + `,"error":null}`:                                                {Access: "a"},
		`{` + more + `,"more":{"access_token":"b"}}`:                                 {Access: "a"},
		`{` + more + `,"x":"&access_token=b&token_type=mac"}`:                        {Access: "a"},
		`{` + more + `,"scope":"users.read users.email"}`:                            {Access: "a", Scopes: []string{"users.read", "users.email"}},
		`{` + more + `,"scope":" users.read   users.email "}`:                        {Access: "a", Scopes: []string{"users.read", "users.email"}},
		`{` + more + `,"scope":""}`:                                                  {Access: "a", Scopes: []string{}},
		`{` + more + `,"scope":null}`:                                                {Access: "a"},
		`{"access_token":"a"}`:                                                       nil,
		`{"token_type":"mac","access_token":"a"}`:                                    nil,
		`{"token_type":"bearer"}`:                                                    nil,
		`{"token_type":"bearer","access_token":""}`:                                  nil,
		`{"token_type":"bearer","access_token":null}`:                                nil,
		`{"token_type":"bearer","access_token":5}`:                                   nil,
		`{"token_type":"bearer","access_token":["a"]}`:                               nil,
		`{"token_type":"bearer","access_token":"a b"}`:                               nil,
		`{"token_type":"bearer","access_token":"a\r\nX: y"}`:                         nil,
		`{"token_type":"bearer","access_token":"a\u0000"}`:                           nil,
		`{"token_type":"bearer","access_token":"é"}`:                                 nil,
		`{` + more + `,"refresh_token":"r\n"}`:                                       nil,
		`{` + more + `,"refresh_token":{}}`:                                          nil,
		`{` + more + `,"error":"invalid_request"}`:                                   nil,
		`{` + more + `,"error":{"code":1}}`:                                          nil,
		`{"error":"invalid_request","error_description":"no"}`:                       nil,
		`{` + more + `}{}`:                                                           nil,
		`[{` + more + `}]`:                                                           nil,
		`access_token=a&token_type=bearer`:                                           nil,
		`{"token_type":"bearer","access_token":"` + strings.Repeat("a", 4096) + `"}`: {Access: strings.Repeat("a", 4096)},
		`{"token_type":"bearer","access_token":"` + strings.Repeat("a", 4097) + `"}`: nil,
		`{` + more + `,"refresh_token":"` + strings.Repeat("a", 4097) + `"}`:         nil,
	} {
		// X's type may change: what counts is what the answer says.
		for _, contentType := range []string{"application/json;charset=utf-8", "text/html; charset=utf-8", "text/plain", "application/x-www-form-urlencoded", ""} {
			got, err := exchange(t, contentType, body)
			if want == nil {
				if e := asError(t, err); e.Kind != xapi.Unavailable || e.Step != xapi.StepToken {
					t.Errorf("%.200s as %q: %+v, %v", body, contentType, got, err)
				}
				continue
			}
			scopes := want.Scopes
			if scopes == nil {
				scopes = []string{"asked"}
			}
			if err != nil || got.Access != want.Access || got.Refresh != want.Refresh || !slices.Equal(got.Scopes, scopes) || !got.Expiry.IsZero() {
				t.Errorf("%.200s as %q: %+v, %v", body, contentType, got, err)
			}
		}
	}
}

// When a token ends is of use to the app only; a login does not depend on it.
func TestBearerTokenExpiry(t *testing.T) {
	t.Parallel()
	for expiresIn, want := range map[string]time.Duration{ // 0: not known
		`7200`: 2 * time.Hour, `"7200"`: 2 * time.Hour, `7200.0`: 2 * time.Hour, `7.2e3`: 2 * time.Hour, `1.5`: time.Second, `31536000`: 365 * 24 * time.Hour,
		`0`: 0, `-1`: 0, `"-7200"`: 0, `null`: 0, `""`: 0, `"soon"`: 0, `" 7200"`: 0, `true`: 0, `{}`: 0, `[7200]`: 0, `0.2`: 0, `"NaN"`: 0, `"Inf"`: 0, `"0x10"`: 0,
		`-4294967295`: 0, `2147483648`: 0, `9223372036854775807`: 0, `9223372036854775808`: 0, `1e300`: 0, `1e999`: 0, `99999999999999999999999`: 0,
	} {
		before := time.Now()
		token, err := exchange(t, "application/json", `{"token_type":"bearer","access_token":"a","expires_in":`+expiresIn+`}`)
		if err != nil {
			t.Errorf("%s: %v", expiresIn, err)
			continue
		}
		if want == 0 {
			if !token.Expiry.IsZero() {
				t.Errorf("%s: expires at %v", expiresIn, token.Expiry)
			}
			continue
		}
		if token.Expiry.Before(before.Add(want)) || token.Expiry.After(time.Now().Add(want)) {
			t.Errorf("%s: expires at %v", expiresIn, token.Expiry)
		}
	}
}

// RFC 6749, section 4.1.3, and RFC 7636, section 4.5. The credentials are not
// encoded as RFC 6749, section 2.3.1 has it, because X decodes nothing.
func TestTokenRequest(t *testing.T) {
	t.Parallel()
	for name, secret := range map[string]string{"confidential": "s+e/c %&=:é", "public": ""} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			r.ParseForm()
			want := url.Values{"grant_type": {"authorization_code"}, "code": {"c/+="}, "code_verifier": {"v"}, "redirect_uri": {callbackURL}, "client_id": {"c:1"}}
			authorization := "Basic " + base64.StdEncoding.EncodeToString([]byte("c:1:"+secret))
			if secret == "" {
				authorization = ""
			}
			if r.Method != "POST" || r.URL.RequestURI() != "/2/oauth2/token" || r.PostForm.Encode() != want.Encode() || r.Header.Get("Authorization") != authorization {
				t.Errorf("%s: %s %s %v %v", name, r.Method, r.URL, r.PostForm, r.Header)
			}
			fmt.Fprint(w, goodBearerToken)
		})
		if _, err := u.client(xapi.Config{ClientID: "c:1", ClientSecret: secret}).BearerToken(t.Context(), "c/+=", "v", nil); err != nil {
			t.Error(err)
		}
	}
}
