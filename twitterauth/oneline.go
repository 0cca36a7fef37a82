package twitterauth

import (
	"strings"
	"unicode/utf8"

	"twitterlogin.example/twitterauth/internal/site"
)

// oneLine returns a text of the app's as strangers may read it: one line of valid
// UTF-8, cut to limit bytes at a character's boundary. Control characters become
// blanks, several blanks become one, and characters that turn the direction of what
// follows are left out.
func oneLine(text string, limit int) string {
	var b strings.Builder
	blank := false
	for _, c := range text { // an invalid byte is read as U+FFFD
		switch {
		case c == ' ', site.IsControl(c):
			blank = b.Len() > 0
			continue
		case turnsDirection(c):
			continue
		}
		size := utf8.RuneLen(c)
		if blank {
			size++
		}
		if b.Len()+size > limit {
			break
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(c)
	}
	return b.String()
}

// cut returns at most limit bytes of a text, up to a character's boundary.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// turnsDirection reports whether a character changes the direction of the text that
// follows it, until another character ends that (Unicode Standard Annex 9, sections
// 2.1 to 2.5). Marks that only count as a letter of their direction do not.
func turnsDirection(c rune) bool {
	return '\u202a' <= c && c <= '\u202e' || '\u2066' <= c && c <= '\u2069'
}
