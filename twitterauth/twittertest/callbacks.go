package twittertest

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"
)

// outOfBand is the oauth_callback of an app to which no browser comes back: X
// shows a PIN, which the person types there (OAuth 1.0a, section 6.1.1).
const outOfBand = "oob"

func isOutOfBand(callback *url.URL) bool { return callback.String() == outOfBand }

// newPIN has seven digits, as X's have.
func newPIN() string {
	n, err := rand.Int(rand.Reader, big.NewInt(10_000_000))
	if err != nil {
		panic("twittertest: " + err.Error())
	}
	return fmt.Sprintf("%07d", n)
}

// dangerousSchemes run code or show content in place of going to an app.
var dangerousSchemes = []string{"javascript", "data", "vbscript", "file", "blob", "about", "intent"}

// approvedCallback reads a callback URL. It returns false when the app may not
// use that URL.
func (s *Server) approvedCallback(address string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, false
	}
	switch web := u.Scheme == "http" || u.Scheme == "https"; {
	case web && u.Host == "", strings.HasSuffix(address, ":"):
		return nil, false
	case !web && (s.strict || u.Scheme == "" || slices.Contains(dangerousSchemes, u.Scheme)):
		return nil, false // otherwise the private scheme of a native app
	}
	return u, len(s.registered) == 0 || slices.Contains(s.registered, address)
}

// appName is what the consent page calls an app whose callback is given.
func appName(callback *url.URL) string {
	switch {
	case isOutOfBand(callback):
		return "an app"
	case callback.Scheme == "http" || callback.Scheme == "https":
		return callback.Host
	}
	return callback.Scheme
}
