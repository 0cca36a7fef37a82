package twitterauth_test

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

const jsonType = "application/json;charset=utf-8"

func TestProfilesThatAreNobody(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`, `null`, `[]`, `[{"id":6253282,"id_str":"6253282"}]`, `"6253282"`, `6253282`, `true`, ``, ` `, `{"id":6253282`, `{"id":6253282}x`,
		`{"id":0,"id_str":"0"}`, `{"id":-1}`, `{"id":6253282.0}`, `{"id":6.253282e6}`, `{"id":1.5}`, `{"id":null,"id_str":null}`, `{"id":"","id_str":""}`, `{"id_str":6253282.5}`,
		`{"id":99999999999999999999}`, `{"id_str":"06253282"}`, `{"id_str":" 6253282"}`, `{"id_str":"6253282x"}`, `{"id":true}`, `{"id":[6253282]}`, `{"id":{}}`,
		`{"id":6253282,"id_str":"6253283"}`, `{"id":6253283,"id_str":"6253282"}`,
		`{"name":"nobody","screen_name":"nobody"}`, `{"errors":[{"code":89,"message":"Invalid or expired token."}]}`,
		`<!DOCTYPE html><html></html>`,
	} {
		for how, use := range map[string]func(*twitterauth.Config, *twittertest.Server){
			"v1.1":      useOAuth1,
			"v2":        func(c *twitterauth.Config, x *twittertest.Server) { useOAuth1(c, x); c.Profile = twitterauth.ProfileV2 },
			"OAuth 2.0": useOAuth2,
			"no more asked": func(c *twitterauth.Config, x *twittertest.Server) {
				useOAuth2(c, x)
				c.Profile = twitterauth.ProfileNone
			},
		} {
			s := newSiteOver(t, use, nil)
			step := twittertest.UsersMe
			if how == "v1.1" {
				step = twittertest.VerifyCredentials
			}
			sent := body
			if step == twittertest.UsersMe && strings.HasPrefix(body, "{") && strings.HasSuffix(body, "}") {
				sent = `{"data":` + body + `}`
			}
			s.x.Fail(step, twittertest.Respond(200, jsonType, sent))
			b := s.browser(t)
			r := b.get(b.approve(b.start(nil), ada))
			if r.StatusCode != http.StatusBadGateway || r.code(t) != "provider_unavailable" || b.hasSession() || len(s.users.all()) != 0 {
				t.Errorf("%s %s: %d %s, users %v", how, sent, r.StatusCode, r.body, s.users.all())
			}
			if flows, _ := b.flowCookies(); len(flows) != 1 {
				t.Errorf("%s %s: cookies %v, want the one that is marked used", how, sent, flows)
			}
		}
	}
}

// OAuth 1.0a's access token names its owner too.
func TestProfileOfAnotherPerson(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
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
		s := newSite(t, nil)
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

func TestRequiredProperties(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		m := mapping.Must(map[string]string{"email": "email"}, mapping.Rule{From: "email", To: "email", Required: true})
		s := p.newSite(t, func(c *twitterauth.Config) { c.Mapping = m })
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
			s := p.newSite(t, func(c *twitterauth.Config) {
				c.Mapping = mapping.Must(nil, mapping.Rule{From: "name", To: "name", Convert: test.convert})
			})
			b := s.browser(t)
			r := b.get(b.approve(b.start(nil), ada))
			if r.StatusCode != test.status || r.code(t) != test.code || b.hasSession() {
				t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
			}
		}
	})
}

func TestAppMayNotUseV1(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]twittertest.Fault{
		"453": twittertest.ErrorCode(403, 453), "403": twittertest.Respond(403, "text/html; charset=utf-8", "Forbidden."), "404": twittertest.ErrorCode(404, 34), "410": twittertest.Respond(410, "text/plain", "gone"),
	} {
		s := newSite(t, nil)
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
		s := newSite(t, func(c *twitterauth.Config) { c.Mapping, c.Profile = mapping.Must(table), source })
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

func TestOddTextIsEscapedOnPages(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		b := s.browser(t)
		const odd = `/account?q=<script>alert("x")</script>&'`
		callback, err := s.x.Cancel(b.start(url.Values{"return_to": {odd}}))
		if err != nil {
			t.Fatal(err)
		}
		page := b.visit(callback).body
		if strings.Contains(page, "<script") || !strings.Contains(html.UnescapeString(page), odd) {
			t.Errorf("%s", page)
		}
	})
}
