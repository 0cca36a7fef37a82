package twitterauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
)

type panicsAsJSON struct{}

func (panicsAsJSON) MarshalJSON() ([]byte, error) { panic("boom") }

type failsAsJSON struct{}

func (failsAsJSON) MarshalJSON() ([]byte, error) { return nil, errors.New("canary") }

type brokenAsJSON struct{}

func (brokenAsJSON) MarshalJSON() ([]byte, error) { return []byte(`{"a":`), nil }

type ring struct{ Next *ring }

// unencodables are values that JSON cannot hold.
func unencodables() map[string]any {
	self := &ring{}
	self.Next = self
	within := map[string]any{}
	within["a"] = []any{within}
	list := []any{nil}
	list[0] = list
	return map[string]any{
		"infinity": math.Inf(1), "less": math.Inf(-1), "not a number": math.NaN(), "float32": float32(math.Inf(1)),
		"a channel": make(chan int), "a func": func() {}, "a complex": 1i, "a nil func in a list": []any{(func())(nil)},
		"inside": map[string]any{"canary": []any{math.NaN()}}, "a struct": struct{ Canary float64 }{math.Inf(1)}, "a pointer": new(chan int),
		"a cycle": self, "a cycle of maps": within, "a cycle of lists": list, "keys that are none": map[any]any{1: 2}, "keys that are lists": map[[1]int]int{{1}: 2},
		"a year": time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "a number": json.Number("canary"), "raw": json.RawMessage(`{canary`),
		"panics": panicsAsJSON{}, "fails": failsAsJSON{}, "broken": brokenAsJSON{}, "inside a list": []any{1, panicsAsJSON{}},
	}
}

func convertTo(value any) *mapping.Mapping {
	return mapping.Must(map[string]string{"screen_name": "handle"}, mapping.Rule{From: "name", To: "odd", Convert: func(any) (any, error) { return value, nil }})
}

// A token login answers with the properties. What it cannot answer must not
// have made a user.
func TestPropertiesThatJSONCannotHold(t *testing.T) {
	t.Parallel()
	for name, value := range unencodables() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, func(c *twitterauth.Config) { c.TokenLogin, c.Mapping = true, convertTo(value) })
			token, secret := s.x.TokenPair(ada)
			b := s.browser(t)
			r := b.do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
			if r.StatusCode != http.StatusInternalServerError || r.code(t) != "store_failed" || b.hasSession() || len(s.users.logins) != 0 {
				t.Errorf("%d %s, logins %v", r.StatusCode, r.body, s.users.logins)
			}
			log := s.log.String()
			if !strings.Contains(log, `property \"odd\"`) || !strings.Contains(log, "JSON cannot hold") || !strings.Contains(log, "level=ERROR") || strings.Contains(log+r.body, "canary") {
				t.Errorf("the log says %s", log)
			}
			if strings.Contains(name, "panics") && !strings.Contains(log, "MarshalJSON") {
				t.Errorf("no stack: %s", log)
			}
			// A browser login writes none of them.
			if b.login(ada, nil); b.whoami() != "user u1 @ada" {
				t.Errorf("in a browser: %s", b.whoami())
			}
		})
	}
}

// Whatever JSON can hold is answered, as it was when the store was asked.
func TestPropertiesOfATokenLogin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		value any
		want  string
	}{
		"a time":    {time.Date(2009, 5, 9, 17, 58, 22, 0, time.UTC), `"2009-05-09T17:58:22Z"`},
		"a struct":  {struct{ A int }{1}, `{"A":1}`},
		"a pointer": {&struct{ A int }{1}, `{"A":1}`},
		"a list":    {[]any{1.5, nil, "<b>"}, `[1.5,null,"\u003cb\u003e"]`},
		"a large n": {json.Number("99999999999999999999"), `99999999999999999999`},
		"raw":       {json.RawMessage(` {"a" : 1} `), `{"a":1}`},
		"no UTF-8":  {"\xff", `"\ufffd"`},
	} {
		s := newSite(t, func(c *twitterauth.Config) { c.TokenLogin, c.Mapping = true, convertTo(test.value) })
		s.users.onLogin = func(_ context.Context, login twitterauth.Login) (string, error) {
			login.Fields["odd"] = math.NaN() // the store's own business
			return "u1", nil
		}
		s.users.onByID = func(context.Context, string) (*user, error) { return &user{ID: "u1"}, nil }
		token, secret := s.x.TokenPair(ada)
		r := s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}})
		if want := `"properties":{"handle":"ada","odd":` + test.want + `}`; r.StatusCode != http.StatusOK || !strings.Contains(r.body, want) {
			t.Errorf("%s: %d %s, want %s", name, r.StatusCode, r.body, want)
		}
	}
	s := newSite(t, func(c *twitterauth.Config) { c.TokenLogin, c.Mapping = true, mapping.Must(nil) })
	token, secret := s.x.TokenPair(ada)
	if r := s.browser(t).do("POST", "/auth/twitter/token", url.Values{"authToken": {token}, "authTokenSecret": {secret}}); !strings.Contains(r.body, `"properties":{}`) {
		t.Errorf("no properties: %s", r.body)
	}
}
