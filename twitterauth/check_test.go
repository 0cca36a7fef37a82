package twitterauth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/twittertest"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(*site)
		want  string
	}{
		"all is well": {func(*site) {}, ""},
		"keys":        {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.ErrorCode(401, 32)) }, "check ConsumerKey and ConsumerSecret"},
		"callback":    {func(s *site) { s.x.RegisterCallbacks("https://other.example/a/b") }, "add exactly http://127.0.0.1"},
		"suspended":   {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.ErrorCode(401, 416)) }, "suspended"},
		"the clock":   {func(s *site) { s.x.SetClock(412 * time.Second) }, "s behind X"},
		"no route":    {func(s *site) { s.x.Close() }, "no connection"},
		"X hangs":     {func(s *site) { s.x.Fail(twittertest.RequestToken, twittertest.Hang()) }, "no answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			s.auth.SetBudget(time.Second)
			test.spoil(s)
			err := s.auth.Check(t.Context())
			var e *twitterauth.Error
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (!errors.As(err, &e) || !strings.Contains(e.Message, test.want)):
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}
