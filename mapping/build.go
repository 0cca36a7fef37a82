package mapping

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// New returns the mapping of a table of the form {"twitter field": "property"}.
// It returns all errors of the table at once, as [errors.Join] of *[ConfigError]: an
// empty name, a malformed path, two fields for one property, two rules for one
// property, a size that [Image] does not know. One field may fill several
// properties, by rules. An empty table maps nothing. New copies what it is given.
//
// Names in a path are letters, digits and '_', and positions in lists are
// written without leading zeros; a path is at most 256 bytes. A property is
// any text without control characters or white space around it.
func New(fields map[string]string, rules ...Rule) (*Mapping, error) {
	return build(builder{}, fields, rules)
}

func build(b builder, fields map[string]string, rules []Rule) (*Mapping, error) {
	b.addTable(fields)
	ruled := map[string]bool{}
	for _, r := range rules {
		if ruled[r.To] {
			b.refuse(r.From, r.To, "there are two rules for this property: make it one")
			continue
		}
		ruled[r.To] = true
		p := b.byProperty[r.To]
		if p == nil {
			p = b.add(r.From, r.To)
		} else if canonical(p.from) != canonical(r.From) {
			b.refuse(r.From, r.To, "the table fills this property from "+p.from+": name the same field in the rule, or another property")
		}
		if r.Convert != nil && isNoSuchSize(r.Convert) {
			b.refuse(r.From, r.To, string(errNoSuchSize))
		}
		p.required, p.convert = r.Required, r.Convert
	}
	return b.mapping()
}

// Must is [New] for tables that are fixed in the program; it panics on an error.
func Must(fields map[string]string, rules ...Rule) *Mapping {
	m, err := New(fields, rules...)
	if err != nil {
		panic(err)
	}
	return m
}

// Default returns the mapping used when an app gives none: name, screen_name →
// screenName, email, profile_image_url_https → profileImage.
func Default() *Mapping {
	return Must(map[string]string{
		"name":                    "name",
		"screen_name":             "screenName",
		"email":                   "email",
		"profile_image_url_https": "profileImage",
	})
}

// With returns the mapping with other sources for some properties, as a client
// may ask for one login, and with properties that m does not have. What m's
// rules require of a property and convert in it stays, so that no client gets
// around them; properties that fields does not name stay as they are. Errors
// are those of [New].
//
// The author of fields decides what such a property holds: a description
// may become an email.
func (m *Mapping) With(fields map[string]string) (*Mapping, error) {
	b := builder{}
	b.addTable(fields)
	for _, old := range m.pairs {
		if p := b.byProperty[old.to]; p != nil {
			p.required, p.convert = old.required, old.convert
			continue
		}
		b.byProperty[old.to] = &old
	}
	return b.mapping()
}

// builder collects pairs and errors. An invalid pair is kept too, so that the
// errors of the pairs that build on it are found, and its own is not found twice.
type builder struct {
	byProperty map[string]*pair
	errs       []error
}

func (b *builder) refuse(from, to, reason string) {
	b.errs = append(b.errs, &ConfigError{From: from, To: to, Reason: reason})
}

// addTable adds the fields in the order of their names, so that errors come in the
// same order each time.
func (b *builder) addTable(fields map[string]string) {
	b.byProperty = make(map[string]*pair, len(fields))
	for _, from := range slices.Sorted(maps.Keys(fields)) {
		to := fields[from]
		if other := b.byProperty[to]; other != nil && to != "" {
			b.refuse(from, to, "two fields, this and "+shown(other.from)+", are for the same property: leave one out")
			continue
		}
		b.add(from, to)
	}
}

func (b *builder) add(from, to string) *pair {
	p := &pair{from: from, to: to}
	b.byProperty[to] = p
	if problem := propertyProblem(to); problem != "" {
		b.refuse(from, to, problem)
	}
	parsed, problem := parsePath(from)
	if problem != "" {
		b.refuse(from, to, "the Twitter field "+problem)
		return p
	}
	p.kind, p.paths = kindOf(from, parsed), []path{parsed}
	for _, name := range aliases(from) {
		alias, _ := parsePath(name)
		p.paths = append(p.paths, alias)
	}
	return p
}

func propertyProblem(to string) string {
	switch {
	case to == "":
		return "the property's name is empty: give it one, or leave the pair out"
	case strings.TrimSpace(to) != to:
		return "the property's name has white space around it: take it away"
	case !utf8.ValidString(to) || strings.ContainsFunc(to, unicode.IsControl):
		return "the property's name has control characters or broken UTF-8 in it: take them out"
	}
	return ""
}

func (b *builder) mapping() (*Mapping, error) {
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	m := &Mapping{pairs: make([]pair, 0, len(b.byProperty))}
	for _, property := range slices.Sorted(maps.Keys(b.byProperty)) {
		m.pairs = append(m.pairs, *b.byProperty[property])
	}
	return m, nil
}
