package appcode_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth/internal/appcode"
	"twitterlogin.example/twitterauth/internal/attempt"
)

// RFC 7636, appendix B.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

const (
	audience    = "https://app.example.com/auth/twitter"
	redirectURI = "com.example.app:/signed-in"
)

func newSealer(t testing.TB, audience string, keys ...session.Key) *appcode.Sealer {
	t.Helper()
	s, err := appcode.NewSealer(keys, audience)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newCode() appcode.Code {
	return appcode.Code{
		Attempt:        attempt.Attempt{Started: time.UnixMicro(1700000000123456), Protocol: attempt.OAuth2, Stay: true, WithoutEmail: true, Key: "state", Secret: "verifier", User: "digest", App: attempt.App{RedirectURI: redirectURI, Challenge: challenge}},
		VerifierOrCode: "code of X",
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	older, newer, now := session.NewKey(), session.NewKey(), time.Now()
	at := func(s *appcode.Sealer, age time.Duration) *appcode.Sealer {
		return s.At(func() time.Time { return now.Add(age) })
	}
	sealed := at(newSealer(t, audience, older), 0).SealCode(newCode())
	for name, test := range map[string]struct {
		sealer                *appcode.Sealer
		redirectURI, verifier string
		want                  error
	}{
		"as it is":             {at(newSealer(t, audience, older), 0), redirectURI, verifier, nil},
		"no redirect URI":      {at(newSealer(t, audience, older), 0), "", verifier, nil},
		"after 59 seconds":     {at(newSealer(t, audience, older), time.Minute-time.Microsecond), redirectURI, verifier, nil},
		"after a minute":       {at(newSealer(t, audience, older), time.Minute), redirectURI, verifier, appcode.ErrExpired},
		"a minute ahead":       {at(newSealer(t, audience, older), -time.Minute), redirectURI, verifier, nil},
		"more than that":       {at(newSealer(t, audience, older), -time.Minute-time.Microsecond), redirectURI, verifier, appcode.ErrExpired},
		"after a rotation":     {at(newSealer(t, audience, newer, older), 0), redirectURI, verifier, nil},
		"the old key is gone":  {at(newSealer(t, audience, newer), 0), redirectURI, verifier, appcode.ErrInvalid},
		"another site":         {at(newSealer(t, audience+"2", older), 0), redirectURI, verifier, appcode.ErrInvalid},
		"another redirect URI": {at(newSealer(t, audience, older), 0), redirectURI + "/", verifier, appcode.ErrInvalid},
		"another verifier":     {at(newSealer(t, audience, older), 0), redirectURI, verifier[:42] + "l", appcode.ErrInvalid},
		"the challenge":        {at(newSealer(t, audience, older), 0), redirectURI, challenge, appcode.ErrInvalid},
		"no verifier":          {at(newSealer(t, audience, older), 0), redirectURI, "", appcode.ErrInvalid},
	} {
		got, err := test.sealer.OpenCode(sealed, test.redirectURI, test.verifier)
		want := newCode()
		want.Attempt.App.RedirectURI = "" // only compared
		if errors.Is(err, appcode.ErrInvalid) {
			want = appcode.Code{}
		}
		if !errors.Is(err, test.want) || got != want { // a code that is too late can be named
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	late := at(newSealer(t, audience, older), time.Hour)
	for name, other := range map[string][2]string{"redirect URI": {redirectURI + "/", verifier}, "verifier": {redirectURI, challenge}} {
		if got, err := late.OpenCode(sealed, other[0], other[1]); !errors.Is(err, appcode.ErrExpired) || got != (appcode.Code{}) {
			t.Errorf("too late, with another %s: %+v, %v", name, got, err)
		}
	}
	if strings.Trim(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		t.Errorf("%s is not URL-safe", sealed)
	}
	for i := range sealed {
		for _, c := range []byte("Az-") {
			if changed := sealed[:i] + string(c) + sealed[i+1:]; changed != sealed {
				if _, err := at(newSealer(t, audience, older), 0).OpenCode(changed, redirectURI, verifier); !errors.Is(err, appcode.ErrInvalid) {
					t.Fatalf("byte %d as %c: %v", i, c, err)
				}
			}
		}
	}
}

func TestRequest(t *testing.T) {
	t.Parallel()
	key, now := session.NewKey(), time.Now()
	s := newSealer(t, audience, key).At(func() time.Time { return now })
	want := appcode.Request{User: "digest", App: attempt.App{RedirectURI: redirectURI, Challenge: challenge, State: "s"}, Stay: true}
	sealed := s.SealRequest(want)
	if got, err := s.OpenRequest(sealed, time.Minute); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	later := s.At(func() time.Time { return now.Add(time.Minute) })
	if _, err := later.OpenRequest(sealed, time.Minute); !errors.Is(err, appcode.ErrExpired) {
		t.Error(err)
	}
	if _, err := later.OpenRequest(sealed, time.Hour); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another site":     second(newSealer(t, audience+"2", key).OpenRequest(sealed, time.Hour)),
		"a code":           second(s.OpenRequest(s.SealCode(newCode()), time.Hour)),
		"as a code":        second(s.OpenCode(sealed, redirectURI, verifier)),
		"nothing":          second(s.OpenRequest("", time.Hour)),
		"nothing, as code": second(s.OpenCode("", redirectURI, verifier)),
	} {
		if !errors.Is(err, appcode.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestValidChallengeAndVerifier(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ challenge, verifier bool }{
		challenge:                     {true, true},
		"":                            {false, false},
		challenge[:42]:                {false, false},
		challenge + "A":               {false, true},
		strings.Repeat("v", 128):      {false, true},
		strings.Repeat("v", 129):      {false, false},
		challenge[:42] + ".":          {false, true},
		challenge[:42] + "~":          {false, true},
		challenge[:42] + "=":          {false, false},
		challenge[:42] + "+":          {false, false},
		challenge[:42] + "/":          {false, false},
		challenge[:42] + " ":          {false, false},
		challenge[:42] + "\n":         {false, false},
		challenge[:41] + "é":          {false, false},
		challenge[:42] + "\x00":       {false, false},
		" " + challenge[:42]:          {false, false},
		challenge[:21] + "%" + "42AA": {false, false},
	} {
		if appcode.ValidChallenge(text) != want.challenge || appcode.ValidVerifier(text) != want.verifier {
			t.Errorf("%q: %t %t", text, appcode.ValidChallenge(text), appcode.ValidVerifier(text))
		}
	}
}

// Whatever is sealed opens as it was, whatever else is posted is an error, and
// nothing of another layout is read: the plain text is sealed as it comes, as by
// another version of the program.
func FuzzCode(f *testing.F) {
	key := session.NewKey()
	s := newSealer(f, audience, key)
	raw, err := session.NewSealer("app login code", key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("state", "verifier", "code", "digest", redirectURI, true, false, []byte{0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add("", "", "", "", "", false, true, []byte{0x20, 7})
	f.Add("a", "b", "c", "d", "e", true, true, []byte{0x11, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, key, secret, answer, user, uri string, stay, overOAuth2 bool, junk []byte) {
		c := appcode.Code{Attempt: attempt.Attempt{Started: time.UnixMicro(int64(len(junk))), Key: key, Secret: secret, Stay: stay, WithoutEmail: stay, User: user, App: attempt.App{RedirectURI: uri, Challenge: challenge, State: user}}, VerifierOrCode: answer}
		if overOAuth2 {
			c.Attempt.Protocol = attempt.OAuth2
		}
		want := c
		want.Attempt.App.RedirectURI, want.Attempt.App.State = "", ""
		if got, err := s.OpenCode(s.SealCode(c), uri, verifier); err != nil || got != want {
			t.Errorf("%+v became %+v, %v", c, got, err)
		}
		q := appcode.Request{User: user, App: attempt.App{RedirectURI: uri, Challenge: key, State: secret}, Stay: stay}
		if got, err := s.OpenRequest(s.SealRequest(q), time.Minute); err != nil || got != q {
			t.Errorf("%+v became %+v, %v", q, got, err)
		}
		for _, posted := range []string{key, string(junk), base64.RawURLEncoding.EncodeToString(junk)} {
			if _, err := s.OpenCode(posted, uri, verifier); err == nil {
				t.Errorf("%q is a code", posted)
			}
			if _, err := s.OpenRequest(posted, time.Minute); err == nil {
				t.Errorf("%q is a request", posted)
			}
		}
		// Must not panic, and is no code unless its challenge is the verifier's.
		if got, err := s.OpenCode(raw.Seal(audience, junk), uri, verifier); err == nil && got.Attempt.App.Challenge != challenge {
			t.Errorf("%x is a code: %+v", junk, got)
		}
	})
}

// The purposes are what keeps codes, requests, sessions and pending logins apart, also
// where the plain text and the name that it is sealed under are the same. A value of
// another purpose is invalid, and the purposes are those of earlier releases, because a
// changed purpose makes every sealed value unreadable.
func TestPurposes(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	s := newSealer(t, audience, key)
	with := func(purpose string) *session.Sealer {
		sealer, err := session.NewSealer(purpose, key)
		if err != nil {
			t.Fatal(err)
		}
		return sealer
	}
	for own, value := range map[string]struct {
		sealed string
		open   func(sealed string) error
	}{
		"app login code":    {s.SealCode(newCode()), func(sealed string) error { return second(s.OpenCode(sealed, redirectURI, verifier)) }},
		"app login request": {s.SealRequest(appcode.Request{User: "digest"}), func(sealed string) error { return second(s.OpenRequest(sealed, time.Minute)) }},
	} {
		plain, err := with(own).Open(audience, value.sealed)
		if err != nil {
			t.Errorf("%s: %v", own, err)
			continue
		}
		for _, purpose := range []string{"app login code", "app login request", "session", "pending login"} {
			err := value.open(with(purpose).Seal(audience, plain))
			if purpose == own && err != nil || purpose != own && !errors.Is(err, appcode.ErrInvalid) {
				t.Errorf("%s, sealed for the purpose %q: %v", own, purpose, err)
			}
		}
	}
}
