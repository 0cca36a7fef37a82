package session_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"twitterlogin.example/session"
)

func TestBearer(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{Bearer: true})
	token := func(userID string) (session.Session, string, *http.Cookie) {
		w := httptest.NewRecorder()
		s, token, err := m.StartWithToken(w, request(), userID, true)
		if err != nil || !strings.HasPrefix(token, "twa_") {
			t.Fatalf("token %q, %v", token, err)
		}
		return s, token, w.Result().Cookies()[0]
	}
	alice, aliceToken, aliceCookie := token("alice")
	bob, _, bobCookie := token("bob")
	for name, test := range map[string]struct {
		authorization []string
		cookies       []*http.Cookie
		want          *session.Session
	}{
		"token alone":            {[]string{"Bearer " + aliceToken}, nil, &alice},
		"scheme in any case":     {[]string{"bEARER " + aliceToken}, nil, &alice},
		"with its cookie":        {[]string{"Bearer " + aliceToken}, []*http.Cookie{aliceCookie}, &alice},
		"another user's cookie":  {[]string{"Bearer " + aliceToken}, []*http.Cookie{bobCookie}, nil},
		"a bad cookie":           {[]string{"Bearer " + aliceToken}, []*http.Cookie{{Name: bobCookie.Name, Value: "junk"}}, &alice},
		"a bad token, no cookie": {[]string{"Bearer twa_junk"}, nil, nil},
		"a bad token, a cookie":  {[]string{"Bearer twa_junk"}, []*http.Cookie{bobCookie}, nil},
		"the app's own token":    {[]string{"Bearer app-token"}, []*http.Cookie{bobCookie}, &bob},
		"another scheme":         {[]string{"Basic " + aliceToken}, []*http.Cookie{bobCookie}, &bob},
		"ours behind the app's":  {[]string{"Bearer app-token", "Bearer " + aliceToken}, nil, &alice},
		"the token without twa_": {[]string{"Bearer " + strings.TrimPrefix(aliceToken, "twa_")}, nil, nil},
		"nothing":                {nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request(test.cookies...)
			r.Header["Authorization"] = test.authorization
			got, err := m.Load(r)
			switch {
			case test.want == nil && !errors.Is(err, session.ErrNoSession):
				t.Errorf("got %+v, %v", got, err)
			case test.want != nil && (err != nil || stored(got) != *test.want):
				t.Errorf("got %+v, %v, want %+v", got, err, *test.want)
			}
		})
	}
}

func TestBearerIsOffByDefault(t *testing.T) {
	t.Parallel()
	keys := []session.Key{session.NewKey()}
	_, token, err := newManager(t, session.Config{Keys: keys, Bearer: true}).StartWithToken(httptest.NewRecorder(), request(), "user", false)
	if err != nil {
		t.Fatal(err)
	}
	m := newManager(t, session.Config{Keys: keys})
	r := request()
	r.Header.Set("Authorization", "Bearer "+token)
	if s, err := m.Load(r); !errors.Is(err, session.ErrNoSession) {
		t.Errorf("got %+v, %v", s, err)
	}
	if _, token, _ := m.StartWithToken(httptest.NewRecorder(), request(), "user", false); token != "" {
		t.Errorf("handed out the token %q", token)
	}
}
