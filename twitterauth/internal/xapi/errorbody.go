package xapi

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"strconv"
	"strings"
)

// errorBody is what there is to learn from the body of an error.
type errorBody struct {
	code    int    // X's numeric code, 0 without one
	problem string // the last segment of a problem's type
	reason  string // a problem's reason, such as client-not-enrolled
	oauth2  string // OAuth 2.0's error, such as invalid_grant

	blamesCode  bool // its description is invalidCode
	blamesToken bool // its description is invalidToken
}

// How X describes an invalid authorization code, and an invalid token. These are the
// only texts of X that are looked at, because their error, invalid_request, is also
// that of a request which is wrong.
const (
	invalidCode  = "Value passed for the authorization code was invalid"
	invalidToken = "Value passed for the token was invalid"
)

// parseErrorBody reads any of X's forms: {"errors":[{"code":…}]}, problem+json
// bare or in such a list, OAuth 2.0's {"error":…}, and XML with a code. Plain
// text, HTML and the XML without a code say nothing that may be relied on.
func parseErrorBody(body []byte) errorBody {
	var object struct {
		jsonError
		Errors []jsonError `json:"errors"`
	}
	var oddType *json.UnmarshalTypeError // of one member; the others are read all the same
	if isTooExtensive(body) {
		return errorBody{}
	}
	if err := json.Unmarshal(body, &object); err == nil || errors.As(err, &oddType) {
		for _, e := range append(object.Errors, object.jsonError) {
			if said := e.body(); said != (errorBody{}) {
				return said
			}
		}
		return errorBody{}
	}
	if !bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(body, []byte(byteOrderMark)), htmlSpace), []byte("<")) {
		return errorBody{} // the XML decoder would copy the whole text in search of a tag
	}
	var list struct {
		Errors []struct {
			Code string `xml:"code,attr"`
		} `xml:"error"`
	}
	if xml.Unmarshal(body, &list) == nil {
		for _, e := range list.Errors {
			if code, err := strconv.Atoi(e.Code); err == nil {
				return errorBody{code: code}
			}
		}
	}
	return errorBody{}
}

// jsonError keeps its members raw, so that a member of an odd type hides no other.
type jsonError struct {
	Code   json.RawMessage `json:"code"`
	Type   json.RawMessage `json:"type"`
	Reason json.RawMessage `json:"reason"`
	Error  json.RawMessage `json:"error"`

	Description json.RawMessage `json:"error_description"`
}

func (e jsonError) body() errorBody {
	code, _ := strconv.Atoi(strings.Trim(string(e.Code), `"`))
	description := strings.TrimRight(text(e.Description), ". ")
	return errorBody{
		code:        code,
		problem:     lastSegment(text(e.Type)),
		reason:      text(e.Reason),
		oauth2:      text(e.Error),
		blamesCode:  strings.EqualFold(description, invalidCode),
		blamesToken: strings.EqualFold(description, invalidToken),
	}
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// lastSegment returns "credits" of …/2/problems/credits on whatever host. For
// "about:blank", the type of a problem that is just its status, it returns "".
func lastSegment(problemType string) string {
	problemType = strings.TrimRight(problemType, "/")
	i := strings.LastIndexByte(problemType, '/')
	if i < 0 {
		return ""
	}
	return problemType[i+1:]
}
