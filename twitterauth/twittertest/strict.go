package twittertest

// SetStrict makes the server refuse what X accepts and RFC 5849, RFC 6749 or RFC
// 7636 does not have, or warns of, so that a test of a client finds it. The
// package comment lists the differences. Default: false, what X accepts.
func (s *Server) SetStrict(strict bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strict = strict
}

func (s *Server) isStrict() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.strict
}
