package twittertest

import (
	"net/http"
	"time"
)

// Fault is a way in which X, or the way to it, goes wrong. A server that is
// closed is a connection refused, and a server of [NewTLSServer] whose certificate
// the client does not trust is a failure of TLS.
//
// With the zero Fault the step works. The examples of the functions below show
// the status and the code that an app of package twitterauth answers for each
// failure.
type Fault struct {
	do    func(s *Server, w http.ResponseWriter, r *http.Request)
	skew  time.Duration // without do: the step works by a clock that is wrong
	after bool          // do comes in place of the answer to a request that was carried out
}

type injected struct {
	fault Fault
	left  int // -1: for good
}

// Fail makes every request of a step go wrong, until [Server.Recover].
func (s *Server) Fail(step Step, fault Fault) { s.inject(step, -1, fault) }

// FailNext makes the next n requests of a step go wrong.
func (s *Server) FailNext(step Step, n int, fault Fault) { s.inject(step, n, fault) }

func (s *Server) inject(step Step, n int, fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[step] = &injected{fault, n}
}

// Recover makes steps work again; without arguments, all of them.
func (s *Server) Recover(steps ...Step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(steps) == 0 {
		clear(s.faults)
	}
	for _, step := range steps {
		delete(s.faults, step)
	}
}

func (s *Server) nextFault(step Step) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.faults[step]
	if in == nil || in.left == 0 {
		return nil
	}
	if in.left > 0 {
		in.left--
	}
	return &in.fault
}

func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, f *Fault) {
	s.wait(r)
	f.do(s, w, r)
}
