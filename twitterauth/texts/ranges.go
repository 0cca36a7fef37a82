package texts

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// Bounds on what is read of Accept-Language. Browsers send about 50 bytes and 5
// ranges.
const (
	maxHeader = 1024 // bytes
	maxRanges = 32
)

// languageRange is a range of Accept-Language.
type languageRange struct {
	any      bool // "*"
	tag      language.Tag
	writing  writing
	isPlain  bool // without script and region
	priority float64
}

// ranges are what a visitor can read.
type ranges struct {
	list     []languageRange // the most wanted first
	rejected []string        // those with q=0, in lower case
}

// readRanges reads the lines of an Accept-Language header. Ranges that are malformed
// are left out.
func readRanges(lines []string) (r ranges) {
	left := maxRanges
	for item := range strings.SplitSeq(firstOf(lines), ",") {
		name, parameters, _ := strings.Cut(item, ";")
		name = strings.Trim(name, " \t")
		if name == "" {
			continue // RFC 9110, section 5.6.1.2
		}
		if left--; left < 0 {
			break
		}
		priority, ok := readPriority(parameters)
		switch {
		case !ok:
		case priority == 0:
			r.rejected = append(r.rejected, strings.ToLower(name))
		case name == "*":
			r.list = append(r.list, languageRange{any: true, priority: priority})
		default:
			if tag, ok := parseTag(name); ok {
				_, script, place := tag.Raw()
				isPlain := script == language.Script{} && place == language.Region{}
				r.list = append(r.list, languageRange{tag: tag, writing: writingOf(tag), isPlain: isPlain, priority: priority})
			}
		}
	}
	slices.SortStableFunc(r.list, func(a, b languageRange) int {
		switch {
		case a.priority > b.priority:
			return -1
		case a.priority < b.priority:
			return 1
		}
		return 0
	})
	r.completeScripts()
	return r
}

// firstOf returns the header's first maxHeader bytes. A range that is cut off there is
// left out.
func firstOf(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		left := maxHeader - b.Len()
		if len(line) >= left {
			whole := strings.LastIndexByte(line[:left], ',')
			b.WriteString(line[:max(whole, 0)])
			break
		}
		b.WriteString(line)
		b.WriteByte(',')
	}
	return b.String()
}

// readPriority reads a range's weight (RFC 9110, section 12.4.2).
func readPriority(parameters string) (priority float64, ok bool) {
	if strings.Trim(parameters, " \t") == "" {
		return 1, true
	}
	name, value, _ := strings.Cut(parameters, "=")
	if !strings.EqualFold(strings.Trim(name, " \t"), "q") {
		return 0, false
	}
	priority, err := strconv.ParseFloat(strings.Trim(value, " \t"), 64)
	return priority, err == nil && priority >= 0 && priority <= 1
}

// completeScripts gives each plain range the script and region of the most wanted
// range of the same language before it.
func (r ranges) completeScripts() {
	known := map[language.Base]languageRange{}
	for i, want := range r.list {
		full, ok := known[want.writing.base]
		switch {
		case want.any:
		case !ok:
			known[want.writing.base] = want
		case want.isPlain:
			r.list[i].writing, r.list[i].tag = full.writing, full.tag
		}
	}
}

// parseTag reads a language tag. Subtags that nobody has registered are left out.
func parseTag(text string) (language.Tag, bool) {
	tag, err := language.All.Parse(text)
	var unknown language.ValueError
	if err != nil && !errors.As(err, &unknown) {
		return language.Und, false
	}
	base, _, _ := tag.Raw()
	return tag, base != language.Base{} // "und", or no language that is registered
}

// writing is a language in a script, in which a person can read.
type writing struct {
	base   language.Base
	script language.Script
}

// writingOf returns the language and the script of a tag. The script follows from the
// region where the tag has none.
func writingOf(tag language.Tag) writing {
	base, _ := tag.Base()
	script, _ := tag.Script()
	if other, ok := readAs[base]; ok {
		base = other
	}
	return writing{base, script}
}

// readAs are languages whose readers read another language as their own: Cantonese is
// written as Chinese, and Nynorsk is the other of Norwegian's two written forms.
var readAs = map[language.Base]language.Base{
	language.MustParseBase("yue"): language.MustParseBase("zh"),
	language.MustParseBase("nn"):  language.MustParseBase("no"),
}
