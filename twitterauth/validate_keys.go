package twitterauth

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	keysHint   = ": copy it from the app's \"Keys and tokens\" in X's developer console"
	eitherHint = "; set ConsumerKey and ConsumerSecret (API Key and Secret) for OAuth 1.0a, or ClientID and, unless the app is a public client, ClientSecret for OAuth 2.0"
	emptyHint  = "; is its environment variable set?"
)

// checkKeys wants one whole pair at least: that of OAuth 1.0a, or that of OAuth
// 2.0, where a public client has no secret.
func (c *Config) checkKeys(f *configErrors) {
	keys := []struct{ field, value string }{
		{"ConsumerKey", c.ConsumerKey},
		{"ConsumerSecret", c.ConsumerSecret},
		{"ClientID", c.ClientID},
		{"ClientSecret", c.ClientSecret},
	}
	for i, k := range keys {
		if reason := keyProblem(k.value); reason != "" {
			f.refuse(k.field, reason)
		}
		for _, earlier := range keys[:i] {
			if k.value != "" && k.value == earlier.value {
				f.refuse(k.field, "is the same as "+earlier.field+": they are two things on one page of X's developer console (API Key and Secret, OAuth 2.0 Client ID and Client Secret)")
			}
		}
	}
	neither := c.ConsumerKey == "" && c.ClientID == "" && c.ClientSecret == ""
	if c.ConsumerKey == "" && (neither || c.ConsumerSecret != "") {
		f.refuse("ConsumerKey", "is empty"+keysHint+eitherHint+emptyHint)
	}
	if c.ConsumerSecret == "" && (neither || c.ConsumerKey != "") {
		f.refuse("ConsumerSecret", "is empty"+keysHint+emptyHint)
	}
	if c.ClientID == "" && c.ClientSecret != "" {
		f.refuse("ClientID", "is empty and ClientSecret is not"+keysHint+eitherHint+emptyHint)
	}
	if c.OfflineAccess && c.ClientID == "" {
		f.refuse("OfflineAccess", "has no effect without ClientID: set ClientID for OAuth 2.0, or leave OfflineAccess out; tokens of OAuth 1.0a do not expire")
	}
	if c.ForceLogin && c.ClientID != "" {
		f.refuse("ForceLogin", "has no effect over OAuth 2.0, for which X has no such thing: leave it out")
	}
}

func (c *Config) checkScopes(f *configErrors) {
	if len(c.Scopes) > 0 && c.ClientID == "" {
		f.refuse("Scopes", "have no effect without ClientID: set ClientID for OAuth 2.0, or leave Scopes out; over OAuth 1.0a the app's permissions at X decide")
	}
	for _, scope := range c.Scopes {
		if !isScope(scope) {
			f.refuse("Scopes", "has "+quoted(scope)+", which is not a scope: list each by itself, such as tweet.write")
		}
	}
}

// isScope reports whether a text is a scope-token (RFC 6749, section 3.3) without a
// comma, which X's scopes do not have: a list in one text would fail every login.
func isScope(s string) bool {
	return s != "" && len(s) <= maxParameter && strings.IndexFunc(s, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune("\"\\,", c) }) < 0
}

// keyProblem returns what copying a key has done to it, or "".
func keyProblem(value string) string {
	switch {
	case strings.TrimSpace(value) != value:
		return "has white space around it" + keysHint + " without it"
	case !utf8.ValidString(value), strings.ContainsFunc(value, isInvisible):
		return "has control or invisible characters in it" + keysHint + " once more"
	case len(value) > 1 && strings.ContainsRune("\"'`", rune(value[0])) && value[0] == value[len(value)-1]:
		return "has quotes around it" + keysHint + " without them"
	}
	return ""
}

// isInvisible is about what comes along with a paste, such as a byte order mark
// or a zero-width space.
func isInvisible(c rune) bool { return unicode.IsControl(c) || unicode.Is(unicode.Cf, c) }
