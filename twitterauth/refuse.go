package twitterauth

import (
	"strings"
	"unicode/utf8"

	"twitterlogin.example/twitterauth/internal/site"
)

// Refuse returns an error that turns a person away, as [ErrLoginRefused] does, which
// it wraps, and that tells the person why: "You need an invitation." A [UserStore]
// returns it, wrapped or not, from UserForLogin, LinkLogin or SaveSession.
//
// The error page, JSON's message and a native app's error_description have the
// text, escaped, in one line and cut to 200 bytes. Control characters become
// blanks, and characters that turn the direction of what follows are left out.
// Anyone may read it: do not reveal to strangers who has an account. The text ""
// is the ordinary text.
func Refuse(public string) error { return &refusal{public: publicLine(public)} }

// refusal is the error of Refuse.
type refusal struct{ public string }

func (r *refusal) Error() string {
	if r.public == "" {
		return ErrLoginRefused.Error()
	}
	return ErrLoginRefused.Error() + ": " + r.public
}

func (r *refusal) Unwrap() error { return ErrLoginRefused }

// maxPublicLine bounds a text of the app that strangers read, in bytes.
const maxPublicLine = 200

// publicLine returns a text in one line of valid UTF-8, cut to maxPublicLine at a
// character's boundary.
func publicLine(text string) string {
	var b strings.Builder
	blank := false
	for _, c := range text { // an invalid byte is read as U+FFFD
		switch {
		case c == ' ' || site.IsControl(c):
			blank = b.Len() > 0
			continue
		case turnsDirection(c):
			continue
		}
		size := utf8.RuneLen(c)
		if blank {
			size++
		}
		if b.Len()+size > maxPublicLine {
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

// turnsDirection reports whether a character changes the direction of the text that
// follows it, until another one ends that (Unicode Standard Annex 9, sections 2.1 to
// 2.5). Marks that only count as a letter of their direction do not.
func turnsDirection(c rune) bool {
	return '\u202a' <= c && c <= '\u202e' || '\u2066' <= c && c <= '\u2069'
}
