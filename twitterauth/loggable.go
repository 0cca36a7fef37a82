package twitterauth

import "unicode/utf8"

// Bounds on what comes from a request and is logged, in bytes. A log handler
// may write each byte as several.
const (
	maxLoggedPath  = 256
	maxLoggedError = 1024
)

// loggable shortens a path for the log.
func loggable(path string) string { return shortened(path, maxLoggedPath) }

// shortened cuts a text at a character's boundary and marks the cut.
func shortened(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}
