package twittertest

import (
	"maps"
	"slices"
	"time"
)

// makeRoom keeps a map below limit entries: it deletes the expired entries, and if
// they are less than a tenth, the oldest tenth.
func makeRoom[T any](tokens map[string]T, limit int, over func(T) bool, made func(T) time.Time) {
	if len(tokens) < limit {
		return
	}
	maps.DeleteFunc(tokens, func(_ string, t T) bool { return over(t) })
	if len(tokens) <= limit*9/10 {
		return
	}
	names := slices.SortedFunc(maps.Keys(tokens), func(a, b string) int { return made(tokens[a]).Compare(made(tokens[b])) })
	for _, name := range names[:limit/10] {
		delete(tokens, name)
	}
}
