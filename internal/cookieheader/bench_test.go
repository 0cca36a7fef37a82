package cookieheader_test

import (
	"strings"
	"testing"

	"twitterlogin.example/internal/cookieheader"
)

// BenchmarkValues finds a session's cookie among others.
func BenchmarkValues(b *testing.B) {
	h := header("theme=dark; __Host-twitterauth_session=" + strings.Repeat("v", 180) + "; lang=de")
	b.ReportAllocs()
	for b.Loop() {
		for range cookieheader.Values(h, "__Host-twitterauth_session") {
			continue
		}
	}
}
