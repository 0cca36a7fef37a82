package session_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
)

func TestSitesThatShareKeysOrAStore(t *testing.T) {
	t.Parallel()
	for kind, store := range stores(t) {
		audiences := []string{"", "https://a.example/", "https://a.example", "https://a.example/shop/", "https://b.example/"}
		if kind != "gorilla's CookieStore, as it is" { // it has no room for a long one
			audiences = append(audiences, strings.Repeat("a", 2048))
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			keys := []session.Key{session.NewKey()}
			var sites []*session.Manager
			for _, audience := range audiences {
				m := newManager(t, session.Config{Keys: keys, Store: store, Bearer: true, Audience: audience})
				if m.Audience() != audience {
					t.Errorf("audience %q", m.Audience())
				}
				sites = append(sites, m)
			}
			for _, from := range sites {
				w := httptest.NewRecorder()
				s, token, err := from.StartWithToken(w, request(), "user", true)
				if err != nil {
					t.Fatal(err)
				}
				c := w.Result().Cookies()[0]
				withToken := request()
				withToken.Header.Set("Authorization", "Bearer "+token)
				requests := map[string]*http.Request{"cookie": request(c), "bearer token": withToken}
				for _, to := range sites {
					for how, r := range requests {
						if to == from {
							continue
						}
						if got, err := to.Load(r); !errors.Is(err, session.ErrNoSession) {
							t.Errorf("%s of %.30q at %.30q: %+v, %v", how, from.Audience(), to.Audience(), got, err)
						}
						if err := to.End(httptest.NewRecorder(), r); err != nil {
							t.Errorf("End: %v", err)
						}
						if _, err := to.Start(httptest.NewRecorder(), r, "other", false); err != nil {
							t.Errorf("Start: %v", err)
						}
					}
				}
				for how, r := range requests { // after the other sites have had their way
					if got, err := from.Load(r); err != nil || stored(got) != s {
						t.Errorf("%s at its own site %.30q: %+v, %v", how, from.Audience(), got, err)
					}
				}
			}
		})
	}
}

// A record whose entry is of another type, or was changed, belongs to no site.
func TestRecordsOfAnOddAudience(t *testing.T) {
	t.Parallel()
	for _, odd := range []any{5, nil, "", []byte("site"), "Site", "site\x00"} {
		store := newMemoryStore("delete")
		m := newManager(t, session.Config{Store: store, Audience: "site"})
		none := newManager(t, session.Config{Store: store})
		_, c := start(t, m, "user", false)
		for _, rec := range store.records {
			rec.values["twitterauth audience"] = odd
		}
		for _, m := range []*session.Manager{m, none} {
			if s, err := m.Load(request(c)); !errors.Is(err, session.ErrNoSession) && (odd != "" || m != none) {
				t.Errorf("%v at %q: %+v, %v", odd, m.Audience(), s, err)
			}
		}
	}
}

// What a sealed session is authenticated to, so that a change of it is noticed.
func TestSealedSessionsAreBoundToNameAndAudience(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	sealer, err := session.NewSealer("session", key)
	if err != nil {
		t.Fatal(err)
	}
	for audience, bound := range map[string]string{
		"":     "__Host-twitterauth_session",
		"site": "__Host-twitterauth_session\x00site",
	} {
		_, c := start(t, newManager(t, session.Config{Keys: []session.Key{key}, Audience: audience}), "user", false)
		if _, err := sealer.Open(bound, c.Value); err != nil {
			t.Errorf("audience %q: %v", audience, err)
		}
	}
}

func TestAudiencesThatAreRefused(t *testing.T) {
	t.Parallel()
	for what, audience := range map[string]string{
		"NUL": "a\x00b", "a line break": "a\nb", "DEL": "a\x7f", "C1": "a\u0085", "too long": strings.Repeat("a", 2049), "not UTF-8": "a\xff",
	} {
		var mistake *session.ConfigError
		m, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, Audience: audience})
		if m != nil || !errors.As(err, &mistake) || mistake.Field != "Audience" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Each bubble of synctest begins at the same moment, so a session of one is of
// the future in another.
func TestSessionsOfTheFuture(t *testing.T) {
	t.Parallel()
	for kind, store := range stores(t) {
		for _, ahead := range []time.Duration{59 * time.Second, time.Minute, time.Minute + time.Microsecond, time.Hour, 24 * 365 * time.Hour} {
			t.Run(fmt.Sprintf("%s, %v", kind, ahead), func(t *testing.T) {
				t.Parallel()
				futureSession(t, store, ahead)
			})
		}
	}
}

func futureSession(t *testing.T, store sessions.Store, ahead time.Duration) {
	m := newManager(t, session.Config{Store: store, StayLifetime: 2 * 24 * 365 * time.Hour})
	var s session.Session
	var c *http.Cookie
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(ahead)
		s, c = start(t, m, "user", true)
	})
	synctest.Test(t, func(t *testing.T) {
		if wait := time.Until(s.IssuedAt) - time.Minute; wait > 0 {
			for range 2 { // it is refused, and is still there the next time
				if got, err := m.Load(request(c)); !errors.Is(err, session.ErrNotYetValid) || !errors.Is(err, session.ErrNoSession) {
					t.Errorf("%+v, %v", got, err)
				}
			}
			time.Sleep(wait)
		}
		if got, err := m.Load(request(c)); err != nil || got != s {
			t.Errorf("once the clock has caught up: %+v, %v", got, err)
		}
	})
}

// What Load returns can be told apart, and is ErrNoSession all the same.
func TestCauses(t *testing.T) {
	t.Parallel()
	causes := []error{session.ErrExpired, session.ErrNotYetValid, session.ErrUnknownKey}
	for _, cause := range causes {
		if !errors.Is(cause, session.ErrNoSession) {
			t.Errorf("%v is not ErrNoSession", cause)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		key := session.NewKey()
		sealer, err := session.NewSealer("session", key)
		if err != nil {
			t.Fatal(err)
		}
		m := newManager(t, session.Config{Keys: []session.Key{key}, Bearer: true, Lifetime: time.Second})
		_, good := start(t, m, "user", false)
		_, foreign := start(t, newManager(t, session.Config{}), "user", false)
		_, elsewhere := start(t, newManager(t, session.Config{Keys: []session.Key{key}, Audience: "elsewhere"}), "user", false)
		time.Sleep(time.Second)
		damaged := []byte(good.Value)
		if damaged[20]++; strings.IndexByte("BCDEFGHIJKLMNOPQRSTUVWXYZ", damaged[20]) < 0 {
			damaged[20] = 'A' // still base64, and another character
		}
		for name, test := range map[string]struct {
			value string
			want  error // nil: none of the causes
		}{
			"expired":                  {good.Value, session.ErrExpired},
			"another key":              {foreign.Value, session.ErrUnknownKey},
			"another site":             {elsewhere.Value, session.ErrUnknownKey},
			"damaged":                  {string(damaged), session.ErrUnknownKey},
			"forged":                   {strings.Repeat("A", 200), session.ErrUnknownKey},
			"no value":                 {"", nil},
			"text":                     {"junk", nil},
			"too short":                {strings.Repeat("A", 36), nil},
			"not base64":               {strings.Repeat("!", 200), nil},
			"cut off":                  {good.Value[:len(good.Value)-1] + "=", nil},
			"longer than a cookie":     {strings.Repeat("A", 5000), nil},
			"sealed, but no record":    {sealer.Seal(good.Name, []byte("other")), nil},
			"sealed, of other layouts": {sealer.Seal(good.Name, []byte(strings.Repeat("\xff", 60))), nil},
		} {
			r := request()
			r.Header.Set("Authorization", "Bearer twa_"+test.value)
			for how, r := range map[string]*http.Request{"cookie": request(&http.Cookie{Name: good.Name, Value: test.value}), "token": r} {
				_, err := m.Load(r)
				if !errors.Is(err, session.ErrNoSession) {
					t.Errorf("%s by %s: %v", name, how, err)
				}
				for _, cause := range causes {
					if errors.Is(err, cause) != (cause == test.want) {
						t.Errorf("%s by %s: %v", name, how, err)
					}
				}
			}
		}
	})
}

func TestErrorsOfASealer(t *testing.T) {
	t.Parallel()
	key := session.NewKey()
	sealer, _ := session.NewSealer("a purpose", key)
	other, _ := session.NewSealer("another purpose", key)
	for what, test := range map[string]struct {
		sealed  string
		unknown bool
	}{
		"another purpose": {other.Seal("name", []byte("value")), true},
		"another name":    {sealer.Seal("other", []byte("value")), true},
		"text":            {"junk", false},
		"a line break":    {sealer.Seal("name", []byte("value")) + "\n", false},
	} {
		if _, err := sealer.Open("name", test.sealed); !errors.Is(err, session.ErrNoSession) || errors.Is(err, session.ErrUnknownKey) != test.unknown {
			t.Errorf("%s: %v", what, err)
		}
	}
}
