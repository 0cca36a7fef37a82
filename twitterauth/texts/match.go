package texts

import (
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/text/language"

	"twitterlogin.example/twitterauth"
)

// Match returns a function for [twitterauth.Config.Texts], which chooses among
// the languages of a list by a request's Accept-Language header (RFC 9110,
// section 12.5.4). [English] is always among them: the library's own, or that
// of the list.
//
// The first language of the visitor that the list has wins. Script comes before
// region: a visitor who reads zh-TW or zh-HK gets zh-Hant and never zh-Hans, and a language
// of the same script is offered whatever its region (pt-BR for pt-PT, de-AT for de).
// A range "zh" without script and region takes the script of the visitor's own "zh-TW"
// next to it, because browsers append it. "*" and no header at all are English. Only
// the first 1,024 bytes and 32 ranges of the header are read.
//
// The texts must not be changed afterwards. Match panics if an entry of the list is
// nil or its Lang is not a language tag.
func Match(list ...*twitterauth.Texts) func(*http.Request) *twitterauth.Texts {
	offered := newOffers(list)
	return func(r *http.Request) *twitterauth.Texts {
		return offered.choose(readRanges(r.Header["Accept-Language"]))
	}
}

// offer is a language of the list.
type offer struct {
	lang  string // in lower case
	texts *twitterauth.Texts
}

// region chooses among offers that differ in nothing but their region.
type region struct {
	offers  []offer
	matcher language.Matcher
}

// offers are the languages of a list.
type offers struct {
	all    []offer // in the order of the list
	groups map[writing]region
}

// englishWriting is what visitors read who have no other wish.
var englishWriting = writingOf(language.English)

func newOffers(list []*twitterauth.Texts) offers {
	o := offers{groups: map[writing]region{}}
	tags := map[writing][]language.Tag{}
	add := func(tag language.Tag, lang string, texts *twitterauth.Texts) {
		w, entry := writingOf(tag), offer{strings.ToLower(lang), texts}
		tags[w] = append(tags[w], tag)
		o.all = append(o.all, entry)
		o.groups[w] = region{append(o.groups[w].offers, entry), language.NewMatcher(tags[w])}
	}
	for i, texts := range list {
		tag, lang := tagOf(i, texts)
		add(tag, lang, texts)
	}
	if _, ok := o.groups[englishWriting]; !ok {
		add(language.English, "en", nil) // nil is English to Config.Texts
	}
	return o
}

// tagOf returns the language of an entry of the list.
func tagOf(i int, texts *twitterauth.Texts) (language.Tag, string) {
	if texts == nil {
		panic(fmt.Sprintf("twitterauth/texts: Match: entry %d is nil", i+1))
	}
	lang := texts.Lang
	if lang == "" {
		lang = "en" // as Texts has it
	}
	tag, ok := parseTag(lang)
	if !ok {
		panic(fmt.Sprintf("twitterauth/texts: Match: entry %d has the Lang %q, which is not a language tag such as de or zh-Hant", i+1, lang))
	}
	return tag, lang
}

// choose returns the offer that the visitor wants most.
func (o offers) choose(wanted ranges) *twitterauth.Texts {
	for _, want := range wanted.list {
		if want.any {
			return o.anyBut(wanted.rejected)
		}
		if group, ok := o.groups[want.writing]; ok {
			_, i, _ := group.matcher.Match(want.tag)
			return group.offers[i].texts
		}
	}
	return o.english()
}

func (o offers) english() *twitterauth.Texts { return o.groups[englishWriting].offers[0].texts }

// anyBut returns the offer for a visitor who wants any language but those rejected:
// English, or the first of the list that is not rejected.
func (o offers) anyBut(rejected []string) *twitterauth.Texts {
	english := o.groups[englishWriting].offers[0]
	if !isRejected(english, rejected) {
		return english.texts
	}
	for _, entry := range o.all {
		if !isRejected(entry, rejected) {
			return entry.texts
		}
	}
	return english.texts
}

// isRejected compares ranges as RFC 4647, section 3.3.1, has it.
func isRejected(o offer, rejected []string) bool {
	for _, r := range rejected {
		if o.lang == r || strings.HasPrefix(o.lang, r+"-") {
			return true
		}
	}
	return false
}
