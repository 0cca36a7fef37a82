package twitterauth_test

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

const jsonType = "application/json;charset=utf-8"

func TestProfilesThatAreNobody(t *testing.T) {
	t.Parallel()
	bodies := []string{
		`{}`, `null`, `[]`, `[{"id":6253282,"id_str":"6253282"}]`, `"6253282"`, `6253282`, `true`, ``, ` `, `{"id":6253282`, `{"id":6253282}x`,
		`{"id":0,"id_str":"0"}`, `{"id":-1}`, `{"id":6253282.0}`, `{"id":6.253282e6}`, `{"id":1.5}`, `{"id":null,"id_str":null}`, `{"id":"","id_str":""}`, `{"id_str":6253282.5}`,
		`{"id":99999999999999999999}`, `{"id_str":"06253282"}`, `{"id_str":" 6253282"}`, `{"id_str":"6253282x"}`, `{"id":true}`, `{"id":[6253282]}`, `{"id":{}}`,
		`{"id":6253282,"id_str":"6253283"}`, `{"id":6253283,"id_str":"6253282"}`,
		`{"name":"nobody","screen_name":"nobody"}`, `{"errors":[{"code":89,"message":"Invalid or expired token."}]}`,
		`<!DOCTYPE html><html></html>`,
	}
	for how, use := range map[string]func(*twitterauth.Config, *twittertest.Server){
		"v1.1":      useOAuth1,
		"v2":        func(c *twitterauth.Config, x *twittertest.Server) { useOAuth1(c, x); c.Profile = twitterauth.ProfileV2 },
		"OAuth 2.0": useOAuth2,
		"no more asked": func(c *twitterauth.Config, x *twittertest.Server) {
			useOAuth2(c, x)
			c.Profile = twitterauth.ProfileNone
		},
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			step := twittertest.UsersMe
			if how == "v1.1" {
				step = twittertest.VerifyCredentials
			}
			s := newSite(t, withKeys(use))
			for i, body := range bodies {
				sent := body
				if step == twittertest.UsersMe && strings.HasPrefix(body, "{") && strings.HasSuffix(body, "}") {
					sent = `{"data":` + body + `}`
				}
				s.x.Fail(step, twittertest.Respond(200, jsonType, sent))
				b := s.browser(t)
				r := b.get(b.approve(b.start(nil), ada))
				if r.StatusCode != http.StatusBadGateway || r.code(t) != "provider_unavailable" || b.hasSession() || len(s.users.all()) != 0 {
					t.Errorf("%s: %d %s, users %v", sent, r.StatusCode, r.body, s.users.all())
				}
				if s.x.Count(step) <= i {
					t.Errorf("%s: X was not asked", sent)
				}
				if pending, _ := b.pendingLogins(); len(pending) != 1 {
					t.Errorf("%s: cookies %v, want the one that is marked used", sent, pending)
				}
			}
		})
	}
}

// OAuth 1.0a's access token names its owner too.
func TestProfileOfAnotherPerson(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.x.Fail(twittertest.VerifyCredentials, twittertest.JSONBody(`{"id":42,"id_str":"42","screen_name":"no_email"}`))
	b := s.browser(t)
	if r := b.get(b.approve(b.start(nil), ada)); r.StatusCode != http.StatusBadGateway || r.code(t) != "provider_unavailable" || b.hasSession() || len(s.users.all()) != 0 {
		t.Errorf("%d %s, users %v", r.StatusCode, r.body, s.users.all())
	}
}

func TestProfilesThatLackSomething(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]map[string]any{
		`{"id":6253282,"id_str":"6253282","screen_name":"ada","name":"Ada","email":null}`:          {"screenName": "ada", "name": "Ada"},
		`{"id":6253282,"screen_name":"ada","name":"","email":""}`:                                  {"screenName": "ada", "name": ""},
		`{"id_str":"6253282","screen_name":"ada"}`:                                                 {"screenName": "ada"},
		`{"id_str":"6253282","screen_name":"ada","name":5}`:                                        {"screenName": "ada", "name": int64(5)},
		`{"id_str":"6253282","screen_name":"ada","name":{"a":[1]},"description":null,"email":5}`:   {"screenName": "ada", "name": map[string]any{"a": []any{int64(1)}}},
		`{"id_str":"6253282","screen_name":"ada","profile_image_url_https":"javascript:alert(1)"}`: {"screenName": "ada"},
		`{"id_str":"6253282","screen_name":"ada","profile_image_url_https":"http://x.example/a"}`:  {"screenName": "ada"},
		`{"id_str":"6253282","screen_name":"ada","profile_image_url_https":"https://x.example/a"}`: {"screenName": "ada", "profileImage": "https://x.example/a"},
		`{"id_str":"6253282","screen_name":5}`:                                                     {"screenName": int64(5)},
	} {
		s := newSite(t)
		s.x.Fail(twittertest.VerifyCredentials, twittertest.Respond(200, jsonType, body))
		b := s.browser(t)
		b.login(ada, nil)
		got := s.users.all()[0]
		if len(got.Fields) != len(want) || got.ScreenName != "ada" {
			t.Errorf("%s: %+v, want %v", body, got, want)
		}
		for property, value := range want {
			if _, isMap := value.(map[string]any); !isMap && got.Fields[property] != value {
				t.Errorf("%s: %s is %#v, want %#v", body, property, got.Fields[property], value)
			}
		}
	}
}

// Without a handle its property is not set, so that the app keeps the old one.
func TestHandleIsMissing(t *testing.T) {
	t.Parallel()
	for name, configure := range map[string]func(*twitterauth.Config){
		"the default mapping": nil,
		"ID and handle": func(c *twitterauth.Config) {
			c.Mapping = mapping.Must(map[string]string{"id": "id", "screen_name": "screenName"})
		},
		"ProfileNone": func(c *twitterauth.Config) { c.Profile = twitterauth.ProfileNone },
	} {
		for _, p := range []protocol{oauth1, oauth2} {
			for _, profile := range []string{`{"id":"6253282"}`, `{"id":"6253282","screen_name":null,"username":null}`, `{"id":"6253282","email":"a@example.com"}`} {
				s := newSite(t, over(p), configured(configure))
				s.x.OmitIdentity(true)
				if p.oauth2 {
					profile = `{"data":` + profile + `}`
				}
				s.x.Fail(p.profile, twittertest.JSONBody(profile))
				b := s.browser(t)
				if r := b.get(b.approve(b.start(nil), ada)); r.StatusCode != http.StatusSeeOther {
					t.Errorf("%s, %s: %d %s", name, profile, r.StatusCode, r.body)
					continue
				}
				login := s.users.logins[0]
				if handle, set := login.Fields["screenName"]; set || login.TwitterID != ada {
					t.Errorf("%s, %s: the handle is %q", name, profile, handle)
				}
				if name == "ProfileNone" && len(login.Fields) != 0 {
					t.Errorf("%s, %s: more than was wanted: %v", name, profile, login.Fields)
				}
			}
		}
	}
}

func TestOAuth2ProfileIsTooLarge(t *testing.T) {
	t.Parallel()
	for size, status := range map[int]int{1<<20 - 100: http.StatusSeeOther, 1<<20 + 1: http.StatusBadGateway} {
		s := newSite(t, over(oauth2))
		body := `{"data":{"id":"6253282","username":"ada","description":"`
		body += strings.Repeat("x", size-len(body)-3) + `"}}`
		s.x.Fail(twittertest.UsersMe, twittertest.JSONBody(body))
		b := s.browser(t)
		if r := b.get(b.approve(b.start(nil), ada)); r.StatusCode != status || b.hasSession() != (status == http.StatusSeeOther) {
			t.Errorf("%d bytes: %d %s", size, r.StatusCode, r.body)
		}
	}
}

func TestRequiredProperties(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		m := mapping.Must(map[string]string{"email": "email"}, mapping.Rule{From: "email", To: "email", Required: true})
		s := newSite(t, over(p), configured(func(c *twitterauth.Config) { c.Mapping = m }))
		b := s.browser(t)
		r := b.get(b.approve(b.start(nil), noEmail))
		if r.StatusCode != http.StatusForbidden || r.code(t) != "profile_incomplete" || len(s.users.all()) != 0 || b.hasSession() {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
		b.login(ada, nil)
		if s.users.all()[0].Fields["email"] != "ada@example.com" {
			t.Errorf("%+v", s.users.all())
		}
	})
}

func TestConvertFails(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		for name, test := range map[string]struct {
			convert func(any) (any, error)
			status  int
			code    string
		}{
			"an error": {func(any) (any, error) { return nil, errors.New("no such tenant") }, 403, "profile_incomplete"},
			"a panic":  {func(any) (any, error) { panic("boom") }, 500, "store_failed"},
		} {
			s := newSite(t, over(p), configured(func(c *twitterauth.Config) {
				c.Mapping = mapping.Must(nil, mapping.Rule{From: "name", To: "name", Convert: test.convert})
			}))
			b := s.browser(t)
			r := b.get(b.approve(b.start(nil), ada))
			if r.StatusCode != test.status || r.code(t) != test.code || b.hasSession() {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
	})
}

func TestCallsToXFollowTheMapping(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fields  map[string]string
		profile twitterauth.ProfileSource
		calls   []twittertest.Step
	}{
		"ID and handle only":     {map[string]string{"id_str": "xid", "username": "handle"}, twitterauth.ProfileAuto, nil},
		"nothing":                {map[string]string{}, twitterauth.ProfileAuto, nil},
		"ProfileNone":            {map[string]string{"email": "email", "screen_name": "handle"}, twitterauth.ProfileNone, nil},
		"the name":               {map[string]string{"name": "name"}, twitterauth.ProfileAuto, []twittertest.Step{twittertest.VerifyCredentials}},
		"v1.1 though not needed": {map[string]string{"screen_name": "handle"}, twitterauth.ProfileV1, []twittertest.Step{twittertest.VerifyCredentials}},
		"v2":                     {map[string]string{"email": "email", "screen_name": "handle"}, twitterauth.ProfileV2, []twittertest.Step{twittertest.UsersMe}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, configured(func(c *twitterauth.Config) { c.Mapping, c.Profile = mapping.Must(test.fields), test.profile }))
			s.browser(t).login(ada, nil)
			var calls []twittertest.Step
			for _, r := range s.x.Requests()[2:] {
				calls = append(calls, r.Step)
			}
			if !slices.Equal(calls, test.calls) {
				t.Errorf("profile calls %v, want %v", calls, test.calls)
			}
			u := s.users.all()[0]
			if u.TwitterID != ada || u.ScreenName != "ada" {
				t.Errorf("the store got %+v", u)
			}
			if _, mapped := test.fields["screen_name"]; mapped && u.Fields["handle"] != "ada" {
				t.Errorf("fields %v", u.Fields)
			}
		})
	}
}

func TestOAuth2ProfileCalls(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fields  map[string]string
		profile twitterauth.ProfileSource
		query   string // how it begins
	}{
		"ID and handle only":      {map[string]string{"id_str": "xid", "screen_name": "handle"}, twitterauth.ProfileAuto, ""},
		"nothing":                 {map[string]string{}, twitterauth.ProfileAuto, ""},
		"ProfileNone":             {map[string]string{"email": "email", "screen_name": "handle", "name": "name"}, twitterauth.ProfileNone, ""},
		"the name":                {map[string]string{"name": "name"}, twitterauth.ProfileAuto, "created_at,"},
		"the email":               {map[string]string{"email": "email"}, twitterauth.ProfileAuto, "confirmed_email,created_at,"},
		"ID and handle, v2":       {map[string]string{"id_str": "xid"}, twitterauth.ProfileV2, "created_at,"},
		"v1.1, which it is not":   {map[string]string{"screen_name": "handle", "name": "name"}, twitterauth.ProfileV1, "created_at,"},
		"v1.1 and no more wanted": {map[string]string{"screen_name": "handle"}, twitterauth.ProfileV1, "created_at,"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, withKeys(useBoth), configured(func(c *twitterauth.Config) { c.Mapping, c.Profile = mapping.Must(test.fields), test.profile }))
			s.browser(t).login(zoe, nil)
			calls := s.x.Requests()
			if len(calls) != 2 || calls[1].Step != twittertest.UsersMe || !strings.HasPrefix(calls[1].Query.Get("user.fields"), test.query) || (test.query == "") != (len(calls[1].Query) == 0) {
				t.Errorf("%+v", calls)
			}
			login := s.users.logins[0]
			if login.TwitterID != zoe || login.ScreenName != "zoe_quotes" {
				t.Errorf("%+v", login)
			}
			if test.profile == twitterauth.ProfileNone && (len(login.Fields) != 1 || len(login.Profile) != 2) {
				t.Errorf("fields %v, profile %v", login.Fields, login.Profile)
			}
			if _, mapped := test.fields["screen_name"]; mapped && login.Fields["handle"] != "zoe_quotes" {
				t.Errorf("fields %v", login.Fields)
			}
		})
	}
}

func TestIdentityIsAskedForWhenXLeftItOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.Profile = twitterauth.ProfileNone }))
	s.x.OmitIdentity(true)
	s.browser(t).login(zoe, nil)
	if u := s.users.all()[0]; u.TwitterID != zoe || u.ScreenName != "zoe_quotes" {
		t.Errorf("the store got %+v", u)
	}
}

func TestAppMayNotUseV1(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]twittertest.Fault{
		"453": twittertest.ErrorCode(403, 453), "403": twittertest.Respond(403, "text/html; charset=utf-8", "Forbidden."), "404": twittertest.ErrorCode(404, 34), "410": twittertest.Respond(410, "text/plain", "gone"),
	} {
		s := newSite(t)
		s.x.Fail(twittertest.VerifyCredentials, fault)
		for range 2 {
			s.browser(t).login(zoe, nil)
		}
		u := s.users.all()
		if len(u) != 1 || u[0].TwitterID != zoe || u[0].Fields["email"] != "zoe+x@example.com" || u[0].Fields["screenName"] != "zoe_quotes" {
			t.Errorf("%s: %+v", name, u)
		}
		if s.x.Count(twittertest.VerifyCredentials) != 1 || s.x.Count(twittertest.UsersMe) != 2 {
			t.Errorf("%s: v1.1 was asked %d times", name, s.x.Count(twittertest.VerifyCredentials))
		}
	}
}

func TestBothAPIsGiveTheSameProperties(t *testing.T) {
	t.Parallel()
	table := map[string]string{
		"id": "id", "name": "name", "username": "handle", "confirmed_email": "email", "profile_image_url": "image", "created_at": "joined", "followers_count": "followers",
		"public_metrics.following_count": "following", "statuses_count": "posts", "description": "bio", "entities.url.urls.0.expanded_url": "site", "verified": "verified", "protected": "protected",
	}
	var got [2]map[string]any
	for i, source := range []twitterauth.ProfileSource{twitterauth.ProfileV1, twitterauth.ProfileV2} {
		s := newSite(t, configured(func(c *twitterauth.Config) { c.Mapping, c.Profile = mapping.Must(table), source }))
		s.browser(t).login(ada, nil)
		got[i] = s.users.all()[0].Fields
	}
	if len(got[0]) != len(table) {
		t.Errorf("v1.1 gives %v", got[0])
	}
	for property := range table {
		property = table[property]
		if got[0][property] != got[1][property] {
			t.Errorf("%s: %#v from v1.1, %#v from v2", property, got[0][property], got[1][property])
		}
	}
}

// A person is the same user with the same properties over both protocols.
func TestSameUserOverBothProtocols(t *testing.T) {
	t.Parallel()
	table := map[string]string{
		"id": "id", "name": "name", "username": "handle", "email": "email", "profile_image_url_https": "image", "created_at": "joined", "followers_count": "followers",
		"friends_count": "following", "public_metrics.tweet_count": "posts", "description": "bio", "entities.url.urls.0.expanded_url": "site", "verified": "verified", "protected": "protected",
	}
	for name, configure := range map[string]func(*twitterauth.Config){
		"the default mapping": nil,
		"a long mapping":      func(c *twitterauth.Config) { c.Mapping = mapping.Must(table) },
		"ID and handle": func(c *twitterauth.Config) {
			c.Mapping = mapping.Must(map[string]string{"id": "id", "screen_name": "handle"})
		},
		"ProfileNone": func(c *twitterauth.Config) { c.Profile = twitterauth.ProfileNone },
		"ProfileV2":   func(c *twitterauth.Config) { c.Profile = twitterauth.ProfileV2 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, person := range twittertest.NewServer().People() {
				first := newSite(t, over(oauth1), configured(configure))
				second := newSite(t, over(oauth2), configured(configure), withStore(first.users))
				first.browser(t).login(person.ID, nil)
				before := first.users.all()[0]
				old := maps.Clone(before.Fields)
				first.users.change(before.ID, func(u *user) { clear(u.Fields) })
				b := second.browser(t)
				b.login(person.ID, nil)
				after := first.users.all()
				if len(after) != 1 || after[0].ID != before.ID || after[0].TwitterID != person.ID || after[0].ScreenName != before.ScreenName {
					t.Fatalf("%+v, then %+v", before, after)
				}
				if !maps.Equal(old, after[0].Fields) {
					t.Errorf("%s: %v, then %v", person.ScreenName, old, after[0].Fields)
				}
				logins := first.users.logins
				if name == "ID and handle" && !maps.Equal(logins[0].Profile, logins[1].Profile) {
					t.Errorf("profiles %v and %v", logins[0].Profile, logins[1].Profile)
				}
			}
		})
	}
}
