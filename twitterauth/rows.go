package twitterauth

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"twitterlogin.example/session"
)

// rowError is an error of the app's store about a row, unlike those about the
// session itself.
type rowError struct{ error }

func (e rowError) Unwrap() error { return e.error }

func (s *server) saveRow(r *http.Request, begun session.Session) error {
	return asRowError(recovering(func() error { return s.rows.SaveSession(r.Context(), withoutSecrets(r), begun) }))
}

// deleteRow ends a session's row. A row that is gone already is no error, also
// where the store returns one.
func (s *server) deleteRow(ctx context.Context, ended session.Session) error {
	err := recovering(func() error { return s.rows.DeleteSession(ctx, ended) })
	if errors.Is(err, session.ErrNoSession) {
		return nil
	}
	return asRowError(err)
}

// cleanUpTime is how long the row of a login that failed may take to be deleted,
// also when its client has gone.
const cleanUpTime = 5 * time.Second

// cleanUpRow deletes the row of a session that no client received.
func (s *server) cleanUpRow(r *http.Request, begun session.Session) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), cleanUpTime)
	defer cancel()
	return s.deleteRow(ctx, begun)
}

// cleanUpUncertainRow is cleanUpRow for a row that could not be saved because the client
// went away: a database may have committed all the same, and no client waits for an answer.
// A row that was not saved for another reason is not asked for again, because that
// would make the person wait.
func (s *server) cleanUpUncertainRow(r *http.Request, begun session.Session) error {
	if !errors.Is(r.Context().Err(), context.Canceled) {
		return nil
	}
	return s.cleanUpRow(r, begun)
}

func asRowError(err error) error {
	if err == nil {
		return nil
	}
	return rowError{err}
}

// withoutSecrets returns a request with the agent's headers and the address alone:
// a store may put what it gets into an error or a log.
func withoutSecrets(r *http.Request) *http.Request {
	clean := r.Clone(r.Context())
	clean.URL.RawQuery, clean.URL.Fragment = "", ""
	clean.RequestURI, _, _ = strings.Cut(r.RequestURI, "?")
	clean.Body, clean.GetBody, clean.ContentLength = http.NoBody, nil, 0
	clean.Form, clean.PostForm, clean.MultipartForm = nil, nil, nil
	maps.DeleteFunc(clean.Header, func(name string, lines []string) bool {
		return slices.Contains(secretHeaders, name) || repeatsAddress(r.URL.EscapedPath(), name, lines)
	})
	return clean
}

var secretHeaders = []string{"Cookie", "Authorization", "Proxy-Authorization", "Referer"}

// addressHeaders end the names of headers in which proxies in front repeat a request's
// address or query, such as X-Original-URI, X-Forwarded-Uri and X-Envoy-Original-Path.
var addressHeaders = []string{"-Uri", "-Url", "-Path", "-Query", "-Query-String"}

// repeatsAddress reports whether a header has the request's query again, which at the
// callback has X's code. It goes by the path before the query: a client that chose the
// query alone could otherwise hide its address, which a proxy sends in another header.
func repeatsAddress(path, name string, lines []string) bool {
	return slices.ContainsFunc(addressHeaders, func(end string) bool { return strings.HasSuffix(name, end) }) ||
		slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, path+"?") })
}
