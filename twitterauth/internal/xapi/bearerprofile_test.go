package xapi_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth/internal/xapi"
)

func TestBearerProfile(t *testing.T) {
	t.Parallel()
	const refused = `{"data":{"id":"1"},"errors":[{"field":"confirmed_email","type":"https://api.twitter.com/2/problems/not-authorized-for-field"}]}`
	answers := func(list ...string) []string { return list }
	for name, test := range map[string]struct {
		want    xapi.Want
		answers []string // "403 body", one for each call
		fields  []string // asked for in each call, of these two
		kind    xapi.Kind
	}{
		"all":                           {xapi.Want{}, answers(`200 {"data":{"id":"1"}}`), []string{"confirmed_email,created_at"}, 0},
		"no email":                      {xapi.Want{NoEmail: true}, answers(`200 {"data":{"id":"1"}}`), []string{"created_at"}, 0},
		"identity":                      {xapi.Want{Identity: true}, answers(`200 {"data":{"id":"1"}}`), []string{""}, 0},
		"the field is refused":          {xapi.Want{}, answers(`200 ` + refused), []string{"confirmed_email,created_at"}, 0},
		"403 for the field":             {xapi.Want{}, answers(`403 {}`, `200 {"data":{"id":"1"}}`), []string{"confirmed_email,created_at", "created_at"}, 0},
		"400 for the field":             {xapi.Want{}, answers(`400 {}`, `200 {"data":{"id":"1"}}`), []string{"confirmed_email,created_at", "created_at"}, 0},
		"403 whatever is asked":         {xapi.Want{}, answers(`403 {}`, `403 {}`), []string{"confirmed_email,created_at", "created_at"}, xapi.Misconfigured},
		"400 whatever is asked":         {xapi.Want{}, answers(`400 {}`, `400 {}`), []string{"confirmed_email,created_at", "created_at"}, xapi.Unavailable},
		"403, then a rate limit":        {xapi.Want{}, answers(`403 {}`, `429 {}`), []string{"confirmed_email,created_at", "created_at"}, xapi.RateLimited},
		"400, then a token refused":     {xapi.Want{}, answers(`400 {}`, `401 {}`), []string{"confirmed_email,created_at", "created_at"}, xapi.TokenRefused},
		"403, nothing to leave out":     {xapi.Want{NoEmail: true}, answers(`403 {}`), []string{"created_at"}, xapi.Misconfigured},
		"403, nothing but the identity": {xapi.Want{Identity: true}, answers(`403 {}`), []string{""}, xapi.Misconfigured},
		"suspended":                     {xapi.Want{}, answers(`403 {"errors":[{"code":64}]}`), []string{"confirmed_email,created_at"}, xapi.AccountUnavailable},
		"not enrolled":                  {xapi.Want{}, answers(`403 {"reason":"client-not-enrolled"}`), []string{"confirmed_email,created_at"}, xapi.Misconfigured},
		"no credits":                    {xapi.Want{}, answers(`402 {}`), []string{"confirmed_email,created_at"}, xapi.Misconfigured},
		"401":                           {xapi.Want{}, answers(`401 {}`), []string{"confirmed_email,created_at"}, xapi.TokenRefused},
		"errors and no data":            {xapi.Want{NoEmail: true}, answers(`200 {"errors":[{}]}`, `200 {"errors":[{}]}`), []string{"created_at", "created_at"}, xapi.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked []string
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				if got := r.Header["Authorization"]; len(got) != 1 || got[0] != "Bearer canary-token" {
					t.Errorf("sent %q", got)
				}
				fields := strings.Split(r.URL.Query().Get("user.fields"), ",")
				asked = append(asked, strings.Join(slices.DeleteFunc(fields, func(f string) bool { return f != "confirmed_email" && f != "created_at" }), ","))
				if len(asked) > len(test.answers) {
					return
				}
				status, body, _ := strings.Cut(test.answers[len(asked)-1], " ")
				w.WriteHeader(map[string]int{"200": 200, "400": 400, "401": 401, "402": 402, "403": 403, "429": 429}[status])
				fmt.Fprint(w, body)
			})
			profile, err := u.client(xapi.Config{}).BearerProfile(t.Context(), "canary-token", test.want)
			if test.kind == 0 && (err != nil || !maps.Equal(profile, mapping.Profile{"id": "1"})) {
				t.Errorf("%v, %v", profile, err)
			}
			var e *xapi.Error
			if test.kind != 0 && (!errors.As(err, &e) || e.Kind != test.kind || strings.Contains(e.Remedy, "ConsumerKey")) {
				t.Errorf("%v, %v", profile, err)
			}
			if !slices.Equal(asked, test.fields) {
				t.Errorf("asked for %q", asked)
			}
		})
	}
}
