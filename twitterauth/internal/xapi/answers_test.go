package xapi_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth/internal/xapi"
)

func TestRequestTokenAnswers(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		goodRequestToken:                true,
		"\n " + goodRequestToken + "\n": true,
		"oauth_token=a%2Bb%3D&oauth_token_secret=s&oauth_callback_confirmed=true&more=x":                  true,
		"oauth_token=t&oauth_token_secret=s":                                                              false,
		"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=false":                               false,
		"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=TRUE":                                false,
		"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true&oauth_callback_confirmed=false": false,
		"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=false&oauth_callback_confirmed=true": false,
		"oauth_token=t&oauth_token=u&oauth_token_secret=s&oauth_callback_confirmed=true":                  false,
		"oauth_token=&oauth_token_secret=s&oauth_callback_confirmed=true":                                 false,
		"oauth_token=t&oauth_token_secret=&oauth_callback_confirmed=true":                                 false,
		"oauth_token=t%0d%0a&oauth_token_secret=s&oauth_callback_confirmed=true":                          false,
		"oauth_token=t%zz&oauth_token_secret=s&oauth_callback_confirmed=true":                             false,
		"oauth_token=" + strings.Repeat("t", 257) + "&oauth_token_secret=s&oauth_callback_confirmed=true": false,
		`{"oauth_token":"t"}`: false,
	} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, body) })
		rt, err := u.client(xapi.Config{}).RequestToken(t.Context())
		if (err == nil) != ok {
			t.Errorf("%q: %+v, %v", body, rt, err)
		}
	}
}

func TestAccessTokenAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]*xapi.AccessToken{
		goodAccessToken:                        {Token: "t", Secret: "s", UserID: "6253282", ScreenName: "xapi"},
		"oauth_token=t&oauth_token_secret=s":   {Token: "t", Secret: "s"},
		"oauth_token=t&oauth_token_secret=s\n": {Token: "t", Secret: "s"},
		"oauth_token=a%2Fb&oauth_token_secret=%7E%25&user_id=9007199254740993": {Token: "a/b", Secret: "~%", UserID: "9007199254740993"},
		"oauth_token=t": nil,
		"oauth_token=t&oauth_token_secret=s&oauth_token_secret=s":         nil,
		"oauth_token=t&oauth_token_secret=s&user_id=0":                    nil,
		"oauth_token=t&oauth_token_secret=s&user_id=-1":                   nil,
		"oauth_token=t&oauth_token_secret=s&user_id=1e5":                  nil,
		"oauth_token=t&oauth_token_secret=s&user_id=007":                  nil,
		"oauth_token=t&oauth_token_secret=s&user_id=1&user_id=2":          nil,
		"oauth_token=t&oauth_token_secret=s&user_id=99999999999999999999": nil,
	} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, body) })
		got, err := u.client(xapi.Config{}).AccessToken(t.Context(), xapi.RequestToken{Token: "rt", Secret: "rs"}, "v")
		switch {
		case want == nil && err == nil:
			t.Errorf("%q: %+v", body, got)
		case want != nil && (err != nil || got != *want):
			t.Errorf("%q: %+v, %v", body, got, err)
		}
		if u.calls.Load() != 1 {
			t.Errorf("%q: %d calls", body, u.calls.Load())
		}
	}
}

func TestProfileFallsBackForAnHour(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 404, 410} {
		var v1, v2 int
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/1.1/") {
				v1++
				w.WriteHeader(status)
				fmt.Fprint(w, `{"errors":[{"code":453,"message":"no"}]}`)
				return
			}
			v2++
			fmt.Fprint(w, good(r))
		})
		c := u.client(xapi.Config{})
		for range 3 {
			profile, err := c.Profile(t.Context(), "t", "s", xapi.Want{API: xapi.ProfileAuto})
			if err != nil || !maps.Equal(profile, mapping.Profile{"id": "6253282", "username": "xapi"}) {
				t.Fatalf("%v, %v", profile, err)
			}
		}
		if v1 != 1 || v2 != 3 {
			t.Errorf("%d: v1.1 was asked %d times, v2 %d times", status, v1, v2)
		}
	}
}

func TestProfileDoesNotFallBackForOtherFaults(t *testing.T) {
	t.Parallel()
	for _, answer := range []struct {
		status int
		body   string
	}{{401, ``}, {429, ``}, {503, ``}, {403, `{"errors":[{"code":64}]}`}, {403, `{"errors":[{"code":326}]}`}} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasPrefix(r.URL.Path, "/1.1/") {
				t.Errorf("%v: v2 was asked", answer)
			}
			w.WriteHeader(answer.status)
			fmt.Fprint(w, answer.body)
		})
		if _, err := u.client(xapi.Config{}).Profile(t.Context(), "t", "s", xapi.Want{API: xapi.ProfileAuto}); err == nil {
			t.Errorf("%v: no error", answer)
		}
	}
}

func TestUsersMeWithoutData(t *testing.T) {
	t.Parallel()
	for body, ok := range map[string]bool{
		`{"data":{"id":"1"}}`:                          true,
		`{"data":{"id":"1"},"errors":[{"title":"x"}]}`: true,
		`{"errors":[{"title":"x"}]}`:                   false,
		`{"data":null}`:                                false,
		`{"data":[]}`:                                  false,
		`{"data":"x"}`:                                 false,
		`{}`:                                           false,
	} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, body) })
		if profile, err := u.client(xapi.Config{}).Profile(t.Context(), "t", "s", xapi.Want{API: xapi.ProfileV2}); (err == nil) != ok {
			t.Errorf("%s: %v, %v", body, profile, err)
		}
	}
}

func TestValidID(t *testing.T) {
	t.Parallel()
	for id, ok := range map[string]bool{
		"1": true, "6253282": true, "9007199254740993": true, "9223372036854775807": true,
		"": false, "0": false, "01": false, "-1": false, "+1": false, " 1": false, "1 ": false, "1.0": false, "1e3": false, "abc": false,
		"9223372036854775808": false, "99999999999999999999": false, "١": false,
	} {
		if xapi.ValidID(id) != ok {
			t.Errorf("ValidID(%q) = %t", id, !ok)
		}
	}
}
