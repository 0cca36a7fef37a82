package twitterauth

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Bounds on a request's body.
const (
	maxBody     = 8 << 10 // bytes
	bodyTimeout = 5 * time.Second
)

// The content types that are read.
const (
	typeForm      = "application/x-www-form-urlencoded"
	typeMultipart = "multipart/form-data"
	typeJSON      = "application/json"
)

// readBody reads the whole body within the bounds.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *Error) {
	switch {
	case r.ContentLength > maxBody:
		return nil, fault(CodeBodyTooLarge, nil)
	case r.Body == nil: // in tests of handlers only
		return nil, nil
	}
	// Not every writer can do this; the server's own ReadTimeout is then left.
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Now().Add(bodyTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault(CodeBodyTooLarge, nil)
	case errors.Is(err, os.ErrDeadlineExceeded):
		// The deadline stays, or net/http would wait for the rest of the body.
		return nil, fault(CodeRequestTimeout, nil)
	case err != nil:
		return nil, badRequest("The request's body broke off.")
	}
	control.SetReadDeadline(time.Time{}) // it would end the request's context too
	return body, nil
}

// mediaType returns a request's content type without its parameters.
func mediaType(r *http.Request) (name string, params map[string]string) {
	if len(r.Header["Content-Type"]) != 1 {
		return "", nil
	}
	name, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return "", nil
	}
	return name, params
}

// readForm reads a login form's fields. The query is not looked at.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, *Error) {
	body, e := readBody(w, r)
	if e != nil {
		return nil, e
	}
	name, params := mediaType(r)
	switch {
	case name == typeForm, len(body) == 0:
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, badRequest("The form is not well-formed.")
		}
		return values, nil
	case name == typeMultipart:
		return parseMultipart(body, params["boundary"])
	}
	e = fault(CodeUnsupportedMediaType, nil)
	e.Message = "Send the fields as a form (application/x-www-form-urlencoded)."
	return nil, e
}

// parseMultipart reads what a script's FormData object is sent as.
func parseMultipart(body []byte, boundary string) (url.Values, *Error) {
	form, err := multipart.NewReader(bytes.NewReader(body), boundary).ReadForm(maxBody)
	// The reader takes a form that is cut off in a part's header for its end.
	if err != nil || !bytes.Contains(body, []byte("--"+boundary+"--")) {
		return nil, badRequest("The form is not well-formed.")
	}
	defer form.RemoveAll()
	return form.Value, nil
}
