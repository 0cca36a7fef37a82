package twittertest

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
)

// Request is a request that the server got.
type Request struct {
	Step   Step // "" for a path that X does not have
	Method string
	Path   string
	Query  url.Values
	Form   url.Values        // the body's, when it is a form
	OAuth  map[string]string // the parameters of the Authorization header
	Body   []byte            // of a body other than a form, the first 4,096 bytes
	Header http.Header
	Status int // of the answer; 0 for an injected failure

	// Diagnosis is why the request was refused, where X's answer does not say it;
	// "" otherwise.
	Diagnosis string
}

// Bounds on the record, in requests and in bytes; the oldest go first, some at a
// time.
const (
	maxRecord        = 10_000
	spareRecord      = 1_000
	maxRecordBytes   = 32 << 20
	spareRecordBytes = 4 << 20
)

// maxRecordedBody is in bytes.
const maxRecordedBody = 4096

// recorded is an entry of the record.
type recorded struct {
	Request
	size int // about, in bytes
}

func (s *Server) remember(c *call, status int) {
	r := Request{
		Step: c.step, Method: c.Method, Path: c.URL.Path, Query: c.URL.Query(), Form: c.form,
		Header: c.Header.Clone(), Status: status, Diagnosis: c.diagnosis,
	}
	if c.form == nil {
		r.Body = bytes.Clone(c.body[:min(len(c.body), maxRecordedBody)])
	}
	if params, err := parseAuthorization(c.Header.Get("Authorization")); err == nil {
		r.OAuth = map[string]string{}
		for _, p := range params {
			r.OAuth[p.name] = p.value
		}
	}
	size := sizeOf(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recordBytes += size
	s.forgetOldest()
	s.record = append(s.record, recorded{r, size})
}

// sizeOf is about how many bytes of a request are recorded.
func sizeOf(c *call) int {
	size := len(c.URL.Path) + len(c.URL.RawQuery) + len(c.body) + len(c.diagnosis)
	for name, values := range c.Header {
		size += len(name)
		for _, value := range values {
			size += len(value)
		}
	}
	return size
}

// forgetOldest makes room for a request whose bytes are counted already.
func (s *Server) forgetOldest() {
	tooMany := len(s.record) == maxRecord+spareRecord
	if !tooMany && s.recordBytes <= maxRecordBytes {
		return
	}
	n := 0
	for n < len(s.record) && (tooMany && n < spareRecord || s.recordBytes > maxRecordBytes-spareRecordBytes) {
		s.recordBytes -= s.record[n].size
		n++
	}
	s.record = slices.Delete(s.record, 0, n)
}

// Requests returns what the server was asked, in order: the last 10,000 at
// least, or the last 28 MiB.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Request, len(s.record))
	for i := range s.record {
		list[i] = s.record[i].Request
	}
	return list
}

// Count returns how many of the recorded requests were of a step.
func (s *Server) Count(step Step) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for i := range s.record {
		if s.record[i].Step == step {
			n++
		}
	}
	return n
}

// ResetRequests forgets the record.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record, s.recordBytes = nil, 0
}
