package mapping

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// MarshalJSON returns the table, without its rules. A table with one field for
// two properties cannot be written so and is an error.
func (m *Mapping) MarshalJSON() ([]byte, error) {
	table := make(map[string]string, len(m.pairs))
	for i := range m.pairs {
		p := &m.pairs[i]
		if _, again := table[p.from]; again {
			return nil, fmt.Errorf("mapping: %s fills two properties, which a JSON table cannot say", p.from)
		}
		table[p.from] = p.to
	}
	return json.Marshal(table)
}

// UnmarshalJSON reads a table such as {"email":"email","screen_name":"handle"},
// as [New] does, so that it can be part of a configuration file. A field that
// is there twice is an error like those of New; so is a property that is not a
// string. On an error m stays as it was.
func (m *Mapping) UnmarshalJSON(table []byte) error {
	if !json.Valid(table) || bytes.TrimLeft(table, " \t\r\n")[0] != '{' {
		return reason("mapping: the table is not a JSON object")
	}
	fields, errs := readTable(table)
	parsed, err := build(builder{errs: errs}, fields, nil)
	if err != nil {
		return err
	}
	*m = *parsed
	return nil
}

// readTable reads an object that is known to be valid JSON. It goes by tokens,
// since a map would hide that a field is there twice.
func readTable(table []byte) (fields map[string]string, errs []error) {
	fields = map[string]string{}
	dec := json.NewDecoder(bytes.NewReader(table))
	_, _ = dec.Token() // the '{'
	for dec.More() {
		name, _ := dec.Token()
		from, _ := name.(string)
		var to *string
		err := dec.Decode(&to)
		_, again := fields[from]
		switch {
		case again:
			errs = append(errs, &ConfigError{From: from, Reason: "the field is in the table twice: leave one out"})
		case err != nil || to == nil:
			errs = append(errs, &ConfigError{From: from, Reason: "the property's name is not a string: write one in quotes"})
		default:
			fields[from] = *to
		}
	}
	return fields, errs
}
