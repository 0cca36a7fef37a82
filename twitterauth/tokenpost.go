package twitterauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// tokenPost is the body of POST token.
type tokenPost struct {
	AuthToken       string
	AuthTokenSecret string
	StayLoggedIn    bool
	Link            bool
	FieldsMapping   map[string]string
}

// maxCredential bounds a token and a secret, in bytes: X's are about 50 long.
const maxCredential = 256

// tokenFields are refused in the address.
var tokenFields = []string{"authToken", "authTokenSecret", "stayLoggedIn", "fieldsMapping", "code", "codeVerifier", "code_verifier"}

// tokenBody is the body of POST token before it is known what it asks for.
type tokenBody struct {
	form   url.Values                 // nil for JSON
	fields map[string]json.RawMessage // of JSON, or of a form whose fields are there once
	err    error                      // why a form has no fields
}

func (b tokenBody) has(name string) bool {
	_, ok := b.fields[name]
	return ok || b.form.Has(name)
}

// readTokenBody reads the body. Secrets in the address are refused, because
// addresses end up in logs.
func readTokenBody(w http.ResponseWriter, r *http.Request) (tokenBody, *Error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return tokenBody{}, badRequest("The address's query is not well-formed.")
	}
	for _, name := range tokenFields {
		if query.Has(name) {
			return tokenBody{}, badRequest("Send " + name + " in the body: addresses end up in logs.")
		}
	}
	name, params := mediaType(r)
	if name != typeJSON && name != typeForm {
		return tokenBody{}, newError(CodeUnsupportedMediaType, nil)
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return tokenBody{}, newError(CodeUnsupportedMediaType, nil)
	}
	if name == typeForm {
		values, e := readForm(w, r)
		if e != nil {
			return tokenBody{}, e
		}
		fields, err := formObject(values)
		return tokenBody{form: values, fields: fields, err: err}, nil
	}
	fields, e := readJSONObject(w, r)
	return tokenBody{fields: fields}, e
}

// readJSONObject reads a body that is one JSON object.
func readJSONObject(w http.ResponseWriter, r *http.Request) (map[string]json.RawMessage, *Error) {
	body, e := readBody(w, r)
	if e != nil {
		return nil, e
	}
	fields, err := strictObject(body)
	if err != nil {
		return nil, malformedBody(err)
	}
	return fields, nil
}

func malformedBody(err error) *Error {
	return badRequest("The body is not well-formed: " + err.Error() + ".")
}

// readJSONTexts reads texts and booleans of a JSON object as a form has them.
// Fields of other names are ignored.
func readJSONTexts(w http.ResponseWriter, r *http.Request, names []string) (url.Values, *Error) {
	fields, e := readJSONObject(w, r)
	if e != nil {
		return nil, e
	}
	values := url.Values{}
	for _, name := range names {
		raw, ok := fields[name]
		if !ok {
			continue
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, malformedBody(err)
		}
		switch v := v.(type) {
		case string:
			values.Set(name, v)
		case bool:
			values.Set(name, switchText(v))
		default:
			return nil, badRequest(name + " must be a string or a boolean.")
		}
	}
	return values, nil
}

// noBearer explains what a client that has no secret holds.
const noBearer = "An OAuth 2.0 bearer token, which has no secret, is not accepted: it does not prove which app it was made for."

func parseTokenPost(fields map[string]json.RawMessage, stay bool) (post tokenPost, e *Error) {
	if post.AuthToken, e = credential(fields, "authToken"); e != nil {
		if _, ok := fields["access_token"]; ok {
			e.Message += " " + noBearer
		}
		return tokenPost{}, e
	}
	if post.AuthTokenSecret, e = credential(fields, "authTokenSecret"); e != nil {
		e.Message += " " + noBearer
		return tokenPost{}, e
	}
	if post.StayLoggedIn, e = jsonSwitch(fields, "stayLoggedIn", stay); e != nil {
		return tokenPost{}, e
	}
	if post.Link, e = jsonSwitch(fields, "link", false); e != nil {
		return tokenPost{}, e
	}
	if post.FieldsMapping, e = parseFieldsMapping(fields); e != nil {
		return tokenPost{}, e
	}
	return post, nil
}

func jsonSwitch(fields map[string]json.RawMessage, name string, otherwise bool) (on bool, e *Error) {
	raw, ok := fields[name]
	if !ok {
		return otherwise, nil
	}
	if isNull(raw) || json.Unmarshal(raw, &on) != nil {
		return false, badRequest(name + " must be true or false.")
	}
	return on, nil
}

func parseFieldsMapping(fields map[string]json.RawMessage) (map[string]string, *Error) {
	raw, ok := fields["fieldsMapping"]
	if !ok {
		return nil, nil
	}
	pairs, err := strictObject(raw)
	if err != nil {
		return nil, badRequest("fieldsMapping must be an object of Twitter fields and property names.")
	}
	table := make(map[string]string, len(pairs))
	for field, raw := range pairs {
		var property string
		if isNull(raw) || json.Unmarshal(raw, &property) != nil {
			return nil, badRequest("fieldsMapping must have strings only.")
		}
		table[field] = property
	}
	return table, nil
}

func credential(fields map[string]json.RawMessage, name string) (string, *Error) {
	return text(fields, name, maxCredential)
}

// text reads a field of printable ASCII of at most limit bytes.
func text(fields map[string]json.RawMessage, name string, limit int) (string, *Error) {
	raw, ok := fields[name]
	if !ok {
		return "", badRequest(name + " is missing.")
	}
	var s string
	switch {
	case isNull(raw) || json.Unmarshal(raw, &s) != nil:
		return "", badRequest(name + " must be a string.")
	case s == "":
		return "", badRequest(name + " is empty.")
	case len(s) > limit:
		return "", badRequest(name + " is longer than " + strconv.Itoa(limit) + " bytes.")
	case strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c >= 0x7f }):
		return "", badRequest(name + " has characters that no token of X's has.")
	}
	return s, nil
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }

// strictObject reads one JSON object: no name twice, nothing behind it, valid
// UTF-8, names exactly as written.
func strictObject(body []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("it is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("it is not a JSON object")
	}
	fields := map[string]json.RawMessage{}
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, errors.New("it is not JSON")
		}
		if _, again := fields[name]; again {
			return nil, errors.New("it has a name twice")
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, errors.New("it is not JSON")
		}
		fields[name] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, errors.New("it is not JSON")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("there is something behind the JSON object")
	}
	return fields, nil
}

// formObject reads a form as the JSON object that would say the same.
func formObject(values url.Values) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	for name, list := range values {
		if len(list) > 1 {
			return nil, errors.New("it has a name twice")
		}
		if !utf8.ValidString(name) || !utf8.ValidString(list[0]) {
			return nil, errors.New("it is not UTF-8")
		}
		switch name {
		case "fieldsMapping":
			fields[name] = json.RawMessage(list[0])
		case "stayLoggedIn", "link":
			on, e := parseSwitch(values, name, false)
			if e != nil {
				fields[name] = json.RawMessage("null") // refused like any other that is no switch
				continue
			}
			fields[name], _ = json.Marshal(on)
		default:
			fields[name], _ = json.Marshal(list[0])
		}
	}
	return fields, nil
}
