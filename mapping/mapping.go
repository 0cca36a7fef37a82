package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
)

// Mapping is a table of Twitter fields and the app's properties. Make one with
// [New], [Must] or [Default], or from JSON. It does not change after that and
// is safe for concurrent use. The zero Mapping maps nothing.
type Mapping struct {
	pairs []pair // by property
}

// pair is one line of the table, ready to use.
type pair struct {
	from, to string
	kind     kind
	paths    []path // from, then its other names
	required bool
	convert  func(any) (any, error)
}

// Rule refines the pair From → To of a table, or adds it.
type Rule struct {
	From string // Twitter field or dotted path
	To   string // property

	// Required refuses a login without a value; an empty string is none.
	Required bool

	// Convert, if not nil, turns a value into another. It is called for values
	// that are there, in the form that the package's comment gives. What it
	// returns is the property; nil leaves it unset and an error refuses the
	// login. See [Image] and [Time].
	Convert func(any) (any, error)
}

// New returns the mapping of a table of the form {"twitter field": "property"}.
// All faults are told at once, as errors.Join of *[ConfigError]: an empty name,
// a malformed path, two fields for one property, two rules for one property.
// One field may fill several properties, by rules. An empty table maps nothing.
func New(fields map[string]string, rules ...Rule) (*Mapping, error) {
	b := builder{byProperty: map[string]*pair{}}
	for _, from := range slices.Sorted(maps.Keys(fields)) {
		b.add(from, fields[from])
	}
	ruled := map[string]bool{}
	for _, r := range rules {
		switch p := b.byProperty[r.To]; {
		case ruled[r.To]:
			b.refuse(r.From, r.To, "there are two rules for this property: make it one")
			continue
		case p == nil:
			b.add(r.From, r.To)
		case canonical(p.from) != canonical(r.From):
			b.refuse(r.From, r.To, "the table fills this property from "+p.from+": name the same field in the rule, or another property")
			continue
		}
		ruled[r.To] = true
		if err := sizeFault(r.Convert); err != nil {
			b.refuse(r.From, r.To, err.Error())
		}
		if p := b.byProperty[r.To]; p != nil {
			p.required, p.convert = r.Required, r.Convert
		}
	}
	return b.mapping()
}

// Must is New for tables that are fixed in the program; it panics on a fault.
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
// may ask for one login. What m's rules require of a property and convert in it
// stays; properties that fields does not name stay as they are.
func (m *Mapping) With(fields map[string]string) (*Mapping, error) {
	b := builder{byProperty: map[string]*pair{}}
	for _, from := range slices.Sorted(maps.Keys(fields)) {
		b.add(from, fields[from])
	}
	for _, old := range m.pairs {
		if p := b.byProperty[old.to]; p != nil {
			p.required, p.convert = old.required, old.convert
			continue
		}
		kept := old
		b.byProperty[old.to] = &kept
	}
	return b.mapping()
}

// builder collects pairs and faults.
type builder struct {
	byProperty map[string]*pair
	faults     []error
}

func (b *builder) refuse(from, to, reason string) {
	b.faults = append(b.faults, &ConfigError{From: from, To: to, Reason: reason})
}

func (b *builder) add(from, to string) {
	parsed, reason := parsePath(from)
	if reason != "" {
		b.refuse(from, to, "the Twitter field "+reason)
		return
	}
	if strings.TrimSpace(to) != to || to == "" || strings.ContainsFunc(to, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		b.refuse(from, to, "the property's name is empty, or has white space around it or control characters in it")
		return
	}
	if other := b.byProperty[to]; other != nil {
		b.refuse(from, to, "two fields, "+other.from+" and "+from+", are for this property: leave one out")
		return
	}
	p := &pair{from: from, to: to, kind: kindOf(from), paths: []path{parsed}}
	if f := byName[from]; f != nil {
		for _, name := range f.names {
			if other, _ := parsePath(name); name != from {
				p.paths = append(p.paths, other)
			}
		}
	}
	b.byProperty[to] = p
}

func (b *builder) mapping() (*Mapping, error) {
	if len(b.faults) > 0 {
		return nil, errors.Join(b.faults...)
	}
	m := &Mapping{pairs: make([]pair, 0, len(b.byProperty))}
	for _, property := range slices.Sorted(maps.Keys(b.byProperty)) {
		m.pairs = append(m.pairs, *b.byProperty[property])
	}
	return m, nil
}

// Apply returns the properties that the profile has values for. Its error is
// errors.Join of *[Error], one for each property that is required and missing
// or that Convert refused. Nothing in Fields is shared with the profile.
func (m *Mapping) Apply(profile Profile) (Fields, error) {
	out := make(Fields, len(m.pairs))
	var faults []error
	for i := range m.pairs {
		p := &m.pairs[i]
		v := p.value(profile)
		if v != nil && p.convert != nil {
			var err error
			if v, err = p.convert(v); err != nil {
				faults = append(faults, &Error{Property: p.to, Field: p.from, Err: err})
				continue
			}
		}
		if p.required && (v == nil || v == "") {
			faults = append(faults, &Error{Property: p.to, Field: p.from, Err: ErrRequired})
			continue
		}
		if v != nil {
			out[p.to] = v
		}
	}
	if faults != nil {
		return nil, errors.Join(faults...)
	}
	return out, nil
}

// value takes the first of a field's names that has a value.
func (p *pair) value(profile Profile) any {
	for _, path := range p.paths {
		if v := path.find(profile); v != nil {
			if v = normalize(p.kind, v); v != nil {
				return v
			}
		}
	}
	return nil
}

// OnlyIdentity reports whether the table needs no more than the account's ID
// and handle, which X tells at every login without a profile call.
func (m *Mapping) OnlyIdentity() bool {
	for _, p := range m.pairs {
		if c := canonical(p.from); c != canonical("id") && c != canonical("screen_name") {
			return false
		}
	}
	return true
}

// Needs reports whether the table reads a member of the profile, such as
// "entities", or something in it.
func (m *Mapping) Needs(member string) bool {
	for _, p := range m.pairs {
		for _, path := range p.paths {
			if path[0].name == member {
				return true
			}
		}
	}
	return false
}

// Properties returns the names of the properties, sorted.
func (m *Mapping) Properties() []string {
	names := make([]string, len(m.pairs))
	for i, p := range m.pairs {
		names[i] = p.to
	}
	return names
}

// MarshalJSON returns the table, without its rules.
func (m *Mapping) MarshalJSON() ([]byte, error) {
	object := map[string]any{}
	for _, p := range m.pairs {
		if _, again := object[p.from]; again {
			return nil, errors.New("mapping: a field that fills two properties cannot be written as a JSON table")
		}
		object[p.from] = p.to
	}
	return json.Marshal(object)
}

// UnmarshalJSON reads a table such as {"email":"email","screen_name":"handle"}.
// A field that is there twice is a fault, as are those of [New].
func (m *Mapping) UnmarshalJSON(b []byte) error {
	notATable := errors.New("mapping: the table is not a JSON object of strings")
	dec := json.NewDecoder(bytes.NewReader(b))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return notATable
	}
	fields := map[string]string{}
	for dec.More() {
		from, err := dec.Token()
		if err != nil {
			return notATable
		}
		value, err := dec.Token()
		to, ok := value.(string)
		if err != nil || !ok {
			return notATable
		}
		if _, again := fields[from.(string)]; again {
			return &ConfigError{From: from.(string), To: to, Reason: "the field is in the table twice: leave one out"}
		}
		fields[from.(string)] = to
	}
	if _, err := dec.Token(); err != nil {
		return notATable
	}
	if _, err := dec.Token(); err != io.EOF {
		return notATable
	}
	parsed, err := New(fields)
	if err != nil {
		return err
	}
	*m = *parsed
	return nil
}
