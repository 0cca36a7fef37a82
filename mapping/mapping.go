package mapping

import "errors"

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

// Apply returns the properties that the profile has values for. Its error is
// [errors.Join] of *[Error], one for each property that is required and missing
// or that Convert refused; there are no Fields then. Nothing in Fields is
// shared with the profile.
func (m *Mapping) Apply(profile Profile) (Fields, error) {
	out := make(Fields, len(m.pairs))
	var errs []error
	for i := range m.pairs {
		p := &m.pairs[i]
		v, err := p.apply(profile)
		if err != nil {
			errs = append(errs, &Error{Property: p.to, Field: p.from, Err: err})
		} else if v != nil {
			out[p.to] = v
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

func (p *pair) apply(profile Profile) (any, error) {
	v := p.value(profile)
	if v != nil && p.convert != nil {
		var err error
		if v, err = p.convert(v); err != nil {
			return nil, err
		}
	}
	if p.required && isNothing(v) {
		return nil, ErrRequired
	}
	return v, nil
}

// value takes the first of a field's names that has a value.
func (p *pair) value(profile Profile) any {
	for _, path := range p.paths {
		if v := path.find(profile); v != nil {
			if v := normalize(p.kind, v); v != nil {
				return v
			}
		}
	}
	return nil
}

// isNothing reports whether a value does not fulfil a requirement. To X a null
// field, an empty set and an absent field mean the same (data dictionary).
func isNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// OnlyIdentity reports whether the table needs no more than the account's ID
// and handle, which X sends at every login without a profile call.
func (m *Mapping) OnlyIdentity() bool {
	for i := range m.pairs {
		switch canonical(m.pairs[i].from) {
		case "id_str", "screen_name":
		default:
			return false
		}
	}
	return true
}

// NeedsEmail reports whether the table reads the person's email, which X
// gives only when asked.
func (m *Mapping) NeedsEmail() bool { return m.Needs("email") }

// Needs reports whether the table reads a member of the profile, such as
// "entities", or something in it, under this or another of the member's names.
func (m *Mapping) Needs(member string) bool {
	for i := range m.pairs {
		for _, path := range m.pairs[i].paths {
			if path[0].name == member {
				return true
			}
		}
	}
	return false
}

// HasRequired reports whether a rule requires a property, so that a profile
// without it is refused. A login over OAuth 1.0a whose profile X's rate limit
// keeps back goes on with ID and handle where no rule requires a property.
func (m *Mapping) HasRequired() bool {
	for i := range m.pairs {
		if m.pairs[i].required {
			return true
		}
	}
	return false
}

// Properties returns the names of the properties, sorted.
func (m *Mapping) Properties() []string {
	names := make([]string, len(m.pairs))
	for i := range m.pairs {
		names[i] = m.pairs[i].to
	}
	return names
}
