package texts

import (
	"maps"

	"twitterlogin.example/twitterauth"
)

// copyOf returns a copy that shares nothing with the original.
func copyOf(t *twitterauth.Texts) *twitterauth.Texts {
	c := *t
	c.Messages, c.Titles = maps.Clone(t.Messages), maps.Clone(t.Titles)
	return &c
}
