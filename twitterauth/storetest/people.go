package storetest

import (
	"slices"
	"strings"
	"time"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth"
)

// person is somebody with an X account. Empty fields are what X did not send.
type person struct{ id, handle, name, email, image string }

func ada() person {
	return person{
		id: "6253282", handle: "ada", name: "Ada Lovelace", email: "ada@example.com",
		image: "https://pbs.twimg.com/profile_images/6253282/ada_400x400.jpg",
	}
}

func grace() person {
	return person{
		id: "783214", handle: "grace", name: "Grace Hopper", email: "grace@example.com",
		image: "https://pbs.twimg.com/profile_images/783214/grace_400x400.jpg",
	}
}

// login is what the library gives to a store when the person signs in.
func (p person) login() twitterauth.Login {
	profile := mapping.Profile{"id_str": p.id, "screen_name": p.handle}
	for field, value := range map[string]string{"name": p.name, "email": p.email, "profile_image_url_https": p.image} {
		if value != "" {
			profile[field] = value
		}
	}
	fields, err := mapping.Default().Apply(profile)
	if err != nil {
		panic(err) // the default mapping requires nothing
	}
	return twitterauth.Login{TwitterID: p.id, ScreenName: p.handle, Fields: fields, Profile: profile, Token: tokenNamed(p.id)}
}

// confirming is a login that confirms who is signed in.
func confirming(l twitterauth.Login) twitterauth.Login {
	l.Reauth = true
	return l
}

func withToken(l twitterauth.Login, t twitterauth.Token) twitterauth.Login {
	l.Token = t
	return l
}

// tokenNamed returns a token of OAuth 2.0 that differs from others by its name.
func tokenNamed(name string) twitterauth.Token {
	return twitterauth.Token{
		AccessToken:  "access " + name,
		RefreshToken: "refresh " + name,
		Expiry:       time.Date(2035, 1, 2, 3, 4, 5, 6000, time.UTC),
		Scopes:       []string{"tweet.read", "users.read", "tweet.write", "offline.access"},
	}
}

// nameOf returns the name of a token that tokenNamed made.
func nameOf(t twitterauth.Token) string { return strings.TrimPrefix(t.AccessToken, "access ") }

// pairNamed returns a token of OAuth 1.0a.
func pairNamed(name string) twitterauth.Token {
	return twitterauth.Token{AccessToken: "access " + name, AccessSecret: "secret " + name}
}

// isSame reports whether a token came back as it was stored. An expiry may have lost
// its part of a second.
func isSame(a, b twitterauth.Token) bool {
	apart := a.Expiry.Sub(b.Expiry)
	return a.AccessToken == b.AccessToken && a.AccessSecret == b.AccessSecret && a.RefreshToken == b.RefreshToken &&
		a.Expiry.IsZero() == b.Expiry.IsZero() && apart < time.Second && apart > -time.Second &&
		strings.Join(a.Scopes, " ") == strings.Join(b.Scopes, " ")
}

// unknownLike returns an ID of the same form that is not the given ID: its last
// letter or digit is another letter or digit. A letter becomes another letter of the
// ID, if it has one, because not every alphabet has all letters (base58).
func unknownLike(userID string) string {
	b := []byte(userID)
	for i := len(b) - 1; i >= 0; i-- {
		if j := slices.IndexFunc(b, func(c byte) bool { return c != b[i] && isLetter(c) && c&0x20 == b[i]&0x20 }); isLetter(b[i]) && j >= 0 {
			b[i] = b[j]
			return string(b)
		}
		switch c := b[i]; {
		case c >= '0' && c < '9', c >= 'a' && c < 'f', c >= 'A' && c < 'F', c > 'f' && c < 'z', c > 'F' && c < 'Z':
			b[i]++
			return string(b)
		case c == '9', c == 'f', c == 'F', c == 'z', c == 'Z':
			b[i]--
			return string(b)
		}
	}
	return userID + "0"
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
