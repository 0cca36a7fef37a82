package twitterauth_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

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
				first := newSiteOver(t, useOAuth1, configure)
				second := newSiteOver(t, useOAuth2, configure, first.users)
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
			s := newSiteOver(t, useBoth, func(c *twitterauth.Config) { c.Mapping, c.Profile = mapping.Must(test.fields), test.profile })
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
		for _, p := range []protocol{overOAuth1, overOAuth2} {
			for _, profile := range []string{`{"id":"6253282"}`, `{"id":"6253282","screen_name":null,"username":null}`, `{"id":"6253282","email":"a@example.com"}`} {
				s := p.newSite(t, configure)
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
		s := newSiteOver(t, useOAuth2, nil)
		body := `{"data":{"id":"6253282","username":"ada","description":"`
		body += strings.Repeat("x", size-len(body)-3) + `"}}`
		s.x.Fail(twittertest.UsersMe, twittertest.JSONBody(body))
		b := s.browser(t)
		if r := b.get(b.approve(b.start(nil), ada)); r.StatusCode != status || b.hasSession() != (status == http.StatusSeeOther) {
			t.Errorf("%d bytes: %d %s", size, r.StatusCode, r.body)
		}
	}
}
