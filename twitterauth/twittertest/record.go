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

// maxRecord bounds the record; the oldest go first, some at a time.
const (
	maxRecord   = 10_000
	spareRecord = 1_000
)

// maxRecordedBody is in bytes.
const maxRecordedBody = 4096

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
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.record) == maxRecord+spareRecord {
		s.record = slices.Delete(s.record, 0, spareRecord)
	}
	s.record = append(s.record, r)
}

// Requests returns what the server was asked, in order: the last 10,000 at
// least.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.record)
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
	s.record = nil
}
