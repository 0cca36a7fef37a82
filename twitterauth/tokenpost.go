package twitterauth

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// tokenPost is the body of POST token.
type tokenPost struct {
	AuthToken       string
	AuthTokenSecret string
	StayLoggedIn    bool
	FieldsMapping   map[string]string
}

// maxCredential bounds a token and a secret, in bytes: X's are about 50 long.
const maxCredential = 256

var tokenFields = []string{"authToken", "authTokenSecret", "stayLoggedIn", "fieldsMapping"}

// readTokenPost reads the body and says which field is wrong. Other fields,
// such as a user ID that the client claims, are not looked at.
func readTokenPost(w http.ResponseWriter, r *http.Request, stay bool) (tokenPost, *Error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return tokenPost{}, badRequest("The address's query is not well-formed.")
	}
	for _, name := range tokenFields {
		if query.Has(name) {
			return tokenPost{}, badRequest("Send " + name + " in the body: addresses end up in logs.")
		}
	}
	name, params := mediaType(r)
	if name != typeJSON && name != typeForm {
		return tokenPost{}, newError(CodeUnsupportedMediaType, nil)
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return tokenPost{}, newError(CodeUnsupportedMediaType, nil)
	}
	fields, e := readTokenFields(w, r, name)
	if e != nil {
		return tokenPost{}, e
	}
	return parseTokenPost(fields, stay)
}

// readTokenFields reads the body as a JSON object, whichever of the two types
// it has.
func readTokenFields(w http.ResponseWriter, r *http.Request, mediaType string) (fields map[string]json.RawMessage, e *Error) {
	var err error
	if mediaType == typeJSON {
		var body []byte
		if body, e = readBody(w, r); e != nil {
			return nil, e
		}
		fields, err = strictObject(body)
	} else {
		var values url.Values
		if values, e = readForm(w, r); e != nil {
			return nil, e
		}
		fields, err = formObject(values)
	}
	if err != nil {
		return nil, badRequest("The body is not well-formed: " + err.Error() + ".")
	}
	return fields, nil
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
	post.StayLoggedIn = stay
	if raw, ok := fields["stayLoggedIn"]; ok {
		if isNull(raw) || json.Unmarshal(raw, &post.StayLoggedIn) != nil {
			return tokenPost{}, badRequest("stayLoggedIn must be true or false.")
		}
	}
	if raw, ok := fields["fieldsMapping"]; ok {
		pairs, err := strictObject(raw)
		if err != nil {
			return tokenPost{}, badRequest("fieldsMapping must be an object of Twitter fields and property names.")
		}
		post.FieldsMapping = make(map[string]string, len(pairs))
		for field, raw := range pairs {
			var property string
			if isNull(raw) || json.Unmarshal(raw, &property) != nil {
				return tokenPost{}, badRequest("fieldsMapping must have strings only.")
			}
			post.FieldsMapping[field] = property
		}
	}
	return post, nil
}

func credential(fields map[string]json.RawMessage, name string) (string, *Error) {
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
	case len(s) > maxCredential:
		return "", badRequest(name + " is longer than 256 bytes.")
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
		case "stayLoggedIn":
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
