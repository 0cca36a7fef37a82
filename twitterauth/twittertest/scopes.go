package twittertest

import (
	"slices"
	"strings"
)

// scopes are the scopes of X, with their description on the consent page.
var scopes = map[string]string{
	"tweet.read":           "See the posts you can see, protected ones among them.",
	"tweet.write":          "Post and repost for you.",
	"tweet.moderate.write": "Hide and unhide replies to your posts.",
	"users.read":           "See your profile, and any account you can see.",
	"users.email":          "See your confirmed email address.",
	"follows.read":         "See who you follow and who follows you.",
	"follows.write":        "Follow and unfollow people for you.",
	"offline.access":       "Stay connected to your account until you revoke it.",
	"space.read":           "See the Spaces you can see.",
	"mute.read":            "See the accounts you muted.",
	"mute.write":           "Mute and unmute accounts for you.",
	"like.read":            "See the posts you liked.",
	"like.write":           "Like and unlike posts for you.",
	"list.read":            "See your Lists, private ones among them.",
	"list.write":           "Make and change Lists for you.",
	"block.read":           "See the accounts you blocked.",
	"block.write":          "Block and unblock accounts for you.",
	"bookmark.read":        "See your bookmarks.",
	"bookmark.write":       "Make and remove bookmarks for you.",
	"dm.read":              "See your direct messages.",
	"dm.write":             "Send direct messages for you.",
	"media.write":          "Upload media for you.",
}

const (
	readPosts     = "tweet.read"
	writePosts    = "tweet.write"
	readUsers     = "users.read"
	readEmail     = "users.email"
	offlineAccess = "offline.access"
)

// parseScope reads a list as RFC 6749, section 3.3, has it: one space between
// two. A scope that X does not have, or that is there twice, makes it false.
func parseScope(list string) ([]string, bool) {
	names := strings.Split(list, " ")
	for i, name := range names {
		if _, known := scopes[name]; !known || slices.Contains(names[:i], name) {
			return nil, false
		}
	}
	return names, true
}

// RefuseScopes makes X refuse authorization requests that ask for any of these
// scopes, as it does for what an app's settings do not allow: the callback gets
// error=invalid_scope. It replaces what was refused before; without arguments
// nothing is refused, as at the start. It panics for a scope that X does not
// have.
func (s *Server) RefuseScopes(scopes ...string) {
	mustBeScopes(scopes)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusedScopes = slices.Clone(scopes)
}

// WithholdScopes leaves these scopes out of what people grant from now on: the
// login succeeds, and scope in the token's answer lacks them (RFC 6749, section
// 3.3). It replaces what was withheld before; without arguments all that is
// asked for is granted, as at the start. It panics for a scope that X does not
// have.
func (s *Server) WithholdScopes(scopes ...string) {
	mustBeScopes(scopes)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.withheldScopes = slices.Clone(scopes)
}

func mustBeScopes(names []string) {
	for _, name := range names {
		if _, known := scopes[name]; !known {
			panic("twittertest: X has no scope " + name)
		}
	}
}

// granted is what a person grants of what was asked for.
func (s *Server) granted(asked []string) []string {
	return slices.DeleteFunc(slices.Clone(asked), func(scope string) bool { return slices.Contains(s.withheldScopes, scope) })
}
