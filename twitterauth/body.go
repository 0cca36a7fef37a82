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

// Bounds on a request's body and on its Content-Type.
const (
	maxBody        = 8 << 10 // bytes
	bodyTimeout    = 5 * time.Second
	maxContentType = 256 // bytes; a boundary may have 70 (RFC 2046, section 5.1.1)
)

// The content types that are read.
const (
	typeForm      = "application/x-www-form-urlencoded"
	typeMultipart = "multipart/form-data"
	typeJSON      = "application/json"
)

// bodyGoneMessage is for the app's developer, who put something in front that
// reads the body and does not keep it.
const bodyGoneMessage = "The request's body was read before it reached the login. What stands in front must parse the form (r.ParseForm) or put the body back."

// readBody reads the whole body within the bounds.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *Error) {
	switch {
	case r.ContentLength > maxBody:
		return nil, newError(CodeBodyTooLarge, nil)
	case r.Body == nil: // in tests of handlers only
		return nil, nil
	}
	// Not every writer can do this. Then only the server's own ReadTimeout is left.
	control := http.NewResponseController(w)
	bounded := control.SetReadDeadline(time.Now().Add(bodyTimeout)) == nil
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, newError(CodeBodyTooLarge, nil)
	case errors.Is(err, os.ErrDeadlineExceeded):
		// The deadline stays, because net/http would otherwise wait for the rest of
		// the body.
		return nil, newError(CodeRequestTimeout, nil)
	case errors.Is(err, http.ErrBodyReadAfterClose), err == nil && isDrained(r, body):
		return nil, badRequest(bodyGoneMessage)
	case err != nil, int64(len(body)) < r.ContentLength:
		return nil, badRequest("The request's body broke off.")
	}
	if bounded {
		control.SetReadDeadline(time.Time{}) // it would end the request's context too
	}
	return body, nil
}

// isDrained reports whether a body was announced and nothing is left of it.
// A client that sends no body and no length sends no Content-Type.
func isDrained(r *http.Request, body []byte) bool {
	return len(body) == 0 && (r.ContentLength > 0 || r.ContentLength < 0 && len(r.Header["Content-Type"]) > 0)
}

// mediaType returns a request's content type without its parameters.
func mediaType(r *http.Request) (name string, params map[string]string) {
	lines := r.Header["Content-Type"]
	if len(lines) != 1 || len(lines[0]) > maxContentType {
		return "", nil
	}
	name, params, err := mime.ParseMediaType(lines[0])
	if err != nil {
		return "", nil
	}
	return name, params
}

// parsedForm returns the form of a body that was parsed before the request came
// here: by CSRF middleware, a method override or a framework. The query is not
// in it.
func parsedForm(r *http.Request, mediaType string) (values url.Values, ok bool, e *Error) {
	switch {
	case mediaType == typeForm && r.PostForm != nil:
		values = r.PostForm
	case mediaType == typeMultipart && r.MultipartForm != nil:
		values = r.MultipartForm.Value
	default:
		return nil, false, nil
	}
	size := 0
	for name, list := range values {
		for _, value := range list {
			size += len(name) + len(value) + len("=&")
		}
	}
	switch {
	case size > maxBody, r.ContentLength > maxBody:
		return nil, false, newError(CodeBodyTooLarge, nil)
	case size == 0 && r.ContentLength != 0: // below 0: announced without a length
		return nil, false, badRequest(bodyGoneMessage)
	}
	return values, true, nil
}

// readForm reads a login form's fields. The query is not looked at.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, *Error) {
	name, params := mediaType(r)
	if values, ok, e := parsedForm(r, name); ok || e != nil {
		return values, e
	}
	body, e := readBody(w, r)
	if e != nil {
		return nil, e
	}
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
	return nil, newError(CodeUnsupportedMediaType, nil).explaining("Send the fields as a form (application/x-www-form-urlencoded).")
}

// parseMultipart reads what a script's FormData object is sent as.
func parseMultipart(body []byte, boundary string) (url.Values, *Error) {
	form, err := multipart.NewReader(bytes.NewReader(body), boundary).ReadForm(maxBody)
	// The reader takes the end of a form that is cut off in a part's header for the
	// form's end.
	if err != nil || !bytes.Contains(body, []byte("--"+boundary+"--")) {
		return nil, badRequest("The form is not well-formed.")
	}
	defer form.RemoveAll()
	return form.Value, nil
}
