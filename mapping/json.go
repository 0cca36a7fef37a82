package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
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
// is there twice is a fault like those of New; so is a property that is not a
// string. On an error m stays as it was.
func (m *Mapping) UnmarshalJSON(b []byte) error {
	fields, faults, err := readTable(b)
	if err != nil {
		return err
	}
	parsed, err := New(fields)
	if err != nil || faults != nil {
		return errors.Join(append(faults, err)...)
	}
	*m = *parsed
	return nil
}

// readTable goes by tokens, since a map would hide that a field is there twice.
func readTable(b []byte) (fields map[string]string, faults []error, err error) {
	if !json.Valid(b) || bytes.TrimLeft(b, " \t\r\n")[0] != '{' {
		return nil, nil, reason("mapping: the table is not a JSON object")
	}
	fields = map[string]string{}
	dec := json.NewDecoder(bytes.NewReader(b))
	if _, err := dec.Token(); err != nil { // the '{'
		return nil, nil, err
	}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, nil, err
		}
		from, _ := token.(string) // what else could a member's name be
		var value any
		if err := dec.Decode(&value); err != nil {
			return nil, nil, err
		}
		to, isText := value.(string)
		_, again := fields[from]
		switch {
		case !isText:
			faults = append(faults, &ConfigError{From: from, Reason: "the property's name is not a string"})
		case again:
			faults = append(faults, &ConfigError{From: from, To: to, Reason: "the field is in the table twice: leave one out"})
		default:
			fields[from] = to
		}
	}
	return fields, faults, nil
}
