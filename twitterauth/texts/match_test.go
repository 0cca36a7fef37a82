package texts_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
	"twitterlogin.example/twitterauth/texts"
)

// all returns every translation.
func all() []*twitterauth.Texts {
	var list []*twitterauth.Texts
	for _, language := range translations {
		list = append(list, language())
	}
	return list
}

// only returns texts in these languages, which need no more than a Lang here.
func only(langs ...string) []*twitterauth.Texts {
	var list []*twitterauth.Texts
	for _, lang := range langs {
		list = append(list, &twitterauth.Texts{Lang: lang})
	}
	return list
}

// asking is a request with these lines of Accept-Language.
func asking(lines ...string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header["Accept-Language"] = lines
	return r
}

// langOf is the Lang of what Match returned.
func langOf(t *twitterauth.Texts) string {
	if t == nil {
		return "en"
	}
	return t.Lang
}

// What browsers send by themselves, and what people set.
func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                                      "en",
		"de":                                    "de",
		"de-AT,de;q=0.9,en;q=0.8":               "de",
		"en-US,en;q=0.9,de;q=0.8":               "en",
		"en-GB, de":                             "en",
		"de;q=0.8,fr":                           "fr",
		"fr;q=0.8, de;q=0.8":                    "fr",
		"zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7":   "zh-Hant",
		"zh-HK,zh;q=0.9,en;q=0.8":               "zh-Hant",
		"zh-HK, zh, en":                         "zh-Hant",
		"zh-MO":                                 "zh-Hant",
		"zh-Hant-HK":                            "zh-Hant",
		"zh-Hans-HK,zh-Hant;q=0.5":              "zh-Hans",
		"zh":                                    "zh-Hans",
		"zh-CN,zh;q=0.9,en;q=0.8":               "zh-Hans",
		"zh-SG":                                 "zh-Hans",
		"zh-cmn-Hant-TW":                        "zh-Hant",
		"cmn-Hans-CN":                           "zh-Hans",
		"yue-Hant-HK,yue;q=0.9,en;q=0.8":        "zh-Hant",
		"yue":                                   "zh-Hant",
		"pt-PT,pt;q=0.9,en;q=0.8":               "pt-BR",
		"pt":                                    "pt-BR",
		"es-419,es;q=0.9":                       "es",
		"es-MX":                                 "es",
		"ar-EG,ar;q=0.9":                        "ar",
		"iw":                                    "he",
		"in-ID":                                 "id",
		"DE-ch":                                 "de",
		"de_CH":                                 "de",
		"de-1996":                               "de",
		"de-u-co-phonebk":                       "de",
		"de-XX-unknown1":                        "de",
		"ja-JP-u-ca-japanese":                   "ja",
		"hi-Latn":                               "en", // Hindi in another script
		"sv, da;q=0.9":                          "en",
		"sv, da;q=0.9, uk;q=0.1":                "uk",
		"be, kk":                                "en", // and not Russian or Ukrainian
		"*":                                     "en",
		"sv, *;q=0.5":                           "en",
		"de, *;q=0.5":                           "de",
		"*, de":                                 "en",
		"en;q=0, *":                             "de",
		"en;q=0, de;q=0, *;q=0.1":               "fr",
		"en;q=0":                                "en",
		"*;q=0":                                 "en",
		"de;q=0, fr;q=0.1":                      "fr",
		" de ; q = 0.5 , fr ; Q=0.6 ":           "fr",
		"de;q=1.0":                              "de",
		"de;q=1.1, fr;q=0.1":                    "fr",
		"de;q=-1, fr;q=0.1":                     "fr",
		"de;q=NaN, fr;q=0.1":                    "fr",
		"de;q=1e-400, fr;q=0.1":                 "fr",
		"de;level=1, fr;q=0.1":                  "fr",
		"de;q, fr;q=0.1":                        "fr",
		",,;,de":                                "de",
		"xa-Hans, und-Hans, fr":                 "fr",
		"und, mul, x-private, i-klingon, fr":    "fr",
		"<script>, \x00, \xff, é, fr":           "fr",
		"a-really-long-subtag-that-is-none, fr": "fr",
	} {
		if got := langOf(texts.Match(all()...)(asking(header))); got != want {
			t.Errorf("%q: %s and not %s", header, got, want)
		}
	}
	if got := langOf(texts.Match(all()...)(httptest.NewRequest("GET", "/", nil))); got != "en" {
		t.Errorf("no header: %s", got)
	}
	if got := langOf(texts.Match(all()...)(asking("sv;q=0.1", "fr;q=0.2, en;q=0.1"))); got != "fr" {
		t.Errorf("two lines: %s", got)
	}
}

// A region in either list makes no language unreachable, and no region makes a reader
// read another script.
func TestMatchRegionsAndScripts(t *testing.T) {
	t.Parallel()
	const taiwan, hongKong = "zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "zh-HK,zh;q=0.9,en;q=0.8"
	for _, test := range []struct {
		offered      []string
		header, want string
	}{
		{[]string{"de-AT"}, "de", "de-AT"},
		{[]string{"de-AT"}, "de-CH,en;q=0.5", "de-AT"},
		{[]string{"de"}, "de-CH", "de"},
		{[]string{"de-AT", "de-CH"}, "de-CH,de;q=0.9", "de-CH"},
		{[]string{"de-CH", "de-AT", "de"}, "de-AT", "de-AT"},
		{[]string{"es-MX"}, "es-419,es;q=0.9,en;q=0.8", "es-MX"},
		{[]string{"es-419"}, "es-MX", "es-419"},
		{[]string{"es-ES", "es-419"}, "es-AR", "es-419"},
		{[]string{"es-ES", "es-419"}, "es", "es-ES"},
		{[]string{"pt-PT"}, "pt-BR", "pt-PT"},
		{[]string{"pt-PT", "pt-BR"}, "pt-BR,pt;q=0.9", "pt-BR"},
		{[]string{"pt-BR", "pt-PT"}, "pt-PT,pt;q=0.9", "pt-PT"},
		{[]string{"zh-Hans"}, taiwan, "en"},
		{[]string{"zh-Hans"}, hongKong, "en"},
		{[]string{"zh"}, taiwan, "en"},
		{[]string{"zh-CN"}, "zh-TW", "en"},
		{[]string{"zh-Hans", "fr"}, "zh-TW,zh;q=0.9,fr;q=0.8", "fr"},
		{[]string{"zh-Hans"}, "zh-TW,zh-CN;q=0.9,zh;q=0.8", "zh-Hans"}, // asked for by name
		{[]string{"zh-Hant"}, "zh-CN,zh;q=0.9,en;q=0.8", "en"},
		{[]string{"zh-Hant"}, "zh", "en"},
		{[]string{"zh-TW"}, hongKong, "zh-TW"},
		{[]string{"zh-TW", "zh-HK"}, hongKong, "zh-HK"},
		{[]string{"zh-HK", "zh-CN"}, taiwan, "zh-HK"},
		{[]string{"zh-CN"}, "zh-SG,zh;q=0.9", "zh-CN"},
		{[]string{"zh"}, "zh-CN", "zh"},
		{[]string{"sr-Latn"}, "sr", "en"},
		{[]string{"sr-Latn"}, "sr-Latn-RS,sr;q=0.9", "sr-Latn"},
		{[]string{"sr"}, "sr,sr-Latn;q=0.5", "sr"},
		{[]string{"sr-Latn"}, "sh", "sr-Latn"},
		{[]string{"nb"}, "no,en;q=0.5", "nb"},
		{[]string{"no"}, "nn-NO,nn;q=0.9,en;q=0.5", "no"},
		{[]string{"he"}, "iw-IL", "he"},
		{[]string{"en-GB", "de"}, "en-US", "en-GB"},
		{[]string{"de", "en-GB"}, "sv", "en-GB"},
		{[]string{"de", ""}, "sv", ""},
		{[]string{"de", "en-US", "en-GB"}, "en-AU", "en-GB"},
		{[]string{"fr-CA", "fr"}, "fr-CA,fr;q=0.9", "fr-CA"},
		{[]string{"de", "de"}, "de", "de"},
		{nil, "de", "en"},
	} {
		if got := langOf(texts.Match(only(test.offered...)...)(asking(test.header))); got != test.want {
			t.Errorf("%q among %q: %q and not %q", test.header, test.offered, got, test.want)
		}
	}
}

// Of a hostile header only the beginning is read.
func TestMatchBounds(t *testing.T) { // not parallel, because it counts allocations
	match := texts.Match(all()...)
	for name, test := range map[string]struct {
		lines []string
		want  string
	}{
		"1 MB of one range":       {[]string{strings.Repeat("a", 1<<20)}, "en"},
		"1 MB behind a range":     {[]string{"fr," + strings.Repeat("a", 1<<20)}, "fr"},
		"1 MB before a range":     {[]string{strings.Repeat("a", 1<<20) + ",fr"}, "en"},
		"1 MB of subtags":         {[]string{"fr,en" + strings.Repeat("-a", 1<<19)}, "fr"},
		"subtags within bounds":   {[]string{"de" + strings.Repeat("-a", 500) + ",fr"}, "fr"}, // malformed
		"1 MB of extensions":      {[]string{"fr,de-u" + strings.Repeat("-aa-bb", 1<<17)}, "fr"},
		"thousands of ranges":     {[]string{strings.Repeat("sv,", 30) + "fr," + strings.Repeat("de,", 5000)}, "fr"},
		"too many before a range": {[]string{strings.Repeat("sv,", 32) + "fr"}, "en"},
		"too many rejected":       {[]string{strings.Repeat("sv;q=0,", 32) + "fr"}, "en"},
		"too many malformed":      {[]string{strings.Repeat("?,", 32) + "fr"}, "en"},
		"thousands of lines":      {slices.Repeat([]string{"sv"}, 10000), "en"},
		"commas":                  {[]string{strings.Repeat(", ,", 300) + "fr"}, "fr"},
		"1 MB of commas":          {[]string{strings.Repeat(",", 1<<20) + "fr"}, "en"},
		"cut off in a range":      {[]string{strings.Repeat(" ", 1021) + ",fr-CA"}, "en"},
		"ends at the bound":       {[]string{strings.Repeat(" ", 1020) + ",fr"}, "fr"},
	} {
		if got := langOf(match(asking(test.lines...))); got != test.want {
			t.Errorf("%s: %s and not %s", name, got, test.want)
		}
		if n := testing.AllocsPerRun(3, func() { match(asking(test.lines...)) }); n > 300 {
			t.Errorf("%s: %.0f allocations", name, n)
		}
	}
}

// What cannot be matched is found where it is written.
func TestMatchRefuses(t *testing.T) {
	t.Parallel()
	for lang, list := range map[string][]*twitterauth.Texts{
		"nil":      {texts.German(), nil},
		"german":   only("de", "german-language"),
		"und":      only("und"),
		"x-foo":    only("x-foo"),
		"a number": only("123"),
	} {
		func() {
			defer func() {
				if message, _ := recover().(string); !strings.HasPrefix(message, "twitterauth/texts: Match: entry ") {
					t.Errorf("%s: %q", lang, message)
				}
			}()
			texts.Match(list...)
		}()
	}
}

// Whatever the header is, the answer is one of the list or English, and a reader of
// one script of Chinese gets the other only by asking for it.
func FuzzMatch(f *testing.F) {
	for _, seed := range []string{"zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "de;q=0,*", "en-u-co-phonebk-x-a", "yue,zh", "a;q=", "i-enochian,zh-min-nan", "-", "zh_Hans_HK", "xa-Hans"} {
		f.Add(seed)
	}
	offered := append(all(), only("de-AT", "sr-Latn", "es-419")...)
	match, simplified := texts.Match(offered...), texts.Match(texts.SimplifiedChinese())
	f.Fuzz(func(t *testing.T, header string) {
		if got := match(asking(header)); got != nil && !slices.Contains(offered, got) {
			t.Errorf("%q: %s is not in the list", header, got.Lang)
		}
		if asksForChinese.MatchString(header) {
			return
		}
		for _, reader := range []string{"zh-TW", "zh-HK", "zh-Hant"} {
			if got := simplified(asking(reader + ",zh;q=0.9," + header)); got != nil {
				t.Errorf("%s,zh;q=0.9,%s: %s", reader, header, got.Lang)
			}
		}
	})
}

// asksForChinese finds Chinese by its codes (ISO 639), or any language ("*"), which a
// rejected English turns into the first of the list.
var asksForChinese = regexp.MustCompile(`(?i)zh|chi|cmn|yue|\*`)
