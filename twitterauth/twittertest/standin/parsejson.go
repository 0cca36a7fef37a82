package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// parseJSON reads a JSON object, or an array where v is a slice. An unknown field is
// an error, because it may be a misspelt field. Numbers in an any keep their digits.
func parseJSON(text []byte, v any) error {
	begin, kind := "{", "object"
	if reflect.TypeOf(v).Elem().Kind() == reflect.Slice {
		begin, kind = "[", "array"
	}
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte(begin)) {
		return errors.New("it must be a JSON " + kind)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return readable(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more than a JSON " + kind)
	}
	return nil
}

// readable puts an error of encoding/json into words for people who do not write
// Go.
func readable(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s must not be a %s", cmp.Or(wrong.Field, "the object"), wrong.Value)
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}
