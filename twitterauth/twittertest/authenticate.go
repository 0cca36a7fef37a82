package twittertest

import (
	"crypto/subtle"
	"net/http"
	"strconv"
	"time"
)

// timestampWindow is how far a request's timestamp may be off.
const timestampWindow = 5 * time.Minute

// signed checks a request's OAuth header as X does and returns its
// parameters, or what X answers. lookup gives the secret of the token in it, or
// false for one that is not known; a call without a token has none to look up.
func (s *Server) signed(c *call, lookup func(token string) (secret string, ok bool)) (oauth map[string]string, refused *answer) {
	refuse := func(status, code int, message string) (map[string]string, *answer) {
		a := errorAnswer(c, status, code, message)
		return nil, &a
	}
	header, err := parseAuthorization(c.Header.Get("Authorization"))
	if err != nil {
		return refuse(http.StatusBadRequest, 215, "Bad Authentication data.")
	}
	oauth = map[string]string{}
	for _, p := range header {
		oauth[p.name] = p.value
	}
	if v, has := oauth["oauth_version"]; has && v != "1.0" || oauth["oauth_signature_method"] != "HMAC-SHA1" || oauth["oauth_nonce"] == "" {
		return refuse(http.StatusBadRequest, 215, "Bad Authentication data.")
	}
	if oauth["oauth_consumer_key"] != s.ConsumerKey {
		return refuse(http.StatusUnauthorized, 32, "Could not authenticate you.")
	}
	seconds, err := strconv.ParseInt(oauth["oauth_timestamp"], 10, 64)
	if err != nil {
		return refuse(http.StatusBadRequest, 215, "Bad Authentication data.")
	}
	if off := s.now().Sub(time.Unix(seconds, 0)).Abs(); off > timestampWindow {
		return refuse(http.StatusUnauthorized, 135, "Timestamp out of bounds.")
	}
	secret := ""
	if lookup != nil {
		var known bool
		if secret, known = lookup(oauth["oauth_token"]); !known {
			return refuse(http.StatusUnauthorized, 89, "Invalid or expired token.")
		}
	}
	want := signature(c.Method, baseURL(c.Request), signedParameters(header, c.URL.Query(), c.form), s.ConsumerSecret, secret)
	if subtle.ConstantTimeCompare([]byte(want), []byte(oauth["oauth_signature"])) != 1 {
		return refuse(http.StatusUnauthorized, 32, "Could not authenticate you.")
	}
	if !s.freshNonce(oauth) {
		return refuse(http.StatusUnauthorized, 32, "Could not authenticate you.")
	}
	return oauth, nil
}

// freshNonce remembers a nonce for as long as its timestamp would be accepted
// (section 3.3: unique across timestamp, client and token).
func (s *Server) freshNonce(oauth map[string]string) bool {
	now := s.now()
	if len(s.nonces) > 10_000 {
		for key, until := range s.nonces {
			if now.After(until) {
				delete(s.nonces, key)
			}
		}
	}
	key := oauth["oauth_timestamp"] + "\x00" + oauth["oauth_token"] + "\x00" + oauth["oauth_nonce"]
	if _, used := s.nonces[key]; used {
		return false
	}
	s.nonces[key] = now.Add(2 * timestampWindow)
	return true
}
