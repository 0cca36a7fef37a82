package twitterauth

import (
	"slices"
	"strings"
)

// lang returns the language for an HTML lang attribute.
func (t *Texts) lang() string {
	if !isLanguageTag(t.Lang) {
		return english.Lang
	}
	return t.Lang
}

// maxLang is the longest language tag that is accepted, in bytes. RFC 5646, section
// 4.4.1, finds 35 to be enough for any tag without extensions.
const maxLang = 35

// isLanguageTag reports whether a text is made like a language tag (RFC 5646, section
// 2.1): subtags of one to eight letters and digits, the first of letters only.
func isLanguageTag(tag string) bool {
	if len(tag) > maxLang {
		return false
	}
	for i, subtag := range strings.Split(tag, "-") {
		if subtag == "" || len(subtag) > 8 || strings.ContainsFunc(subtag, func(c rune) bool {
			isLetter := 'a' <= c|0x20 && c|0x20 <= 'z'
			return !isLetter && (i == 0 || c < '0' || c > '9')
		}) {
			return false
		}
	}
	return true
}

// Scripts that are written from right to left (ISO 15924), and languages that are
// where their tag has no script.
var (
	scriptsFromRight   = []string{"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"}
	languagesFromRight = []string{"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)

// dir returns the direction of the writing, "ltr" or "rtl".
func (t *Texts) dir() string {
	if t.Dir == "ltr" || t.Dir == "rtl" {
		return t.Dir
	}
	subtags := strings.Split(strings.ToLower(t.lang()), "-")
	fromRight := slices.Contains(languagesFromRight, subtags[0])
	if len(subtags) > 1 && len(subtags[1]) == 4 {
		fromRight = slices.Contains(scriptsFromRight, subtags[1])
	}
	if fromRight {
		return "rtl"
	}
	return "ltr"
}
