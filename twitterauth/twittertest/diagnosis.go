package twittertest

import (
	"context"
	"log/slog"
)

// SetLogger makes the server log, at level WARN, why it refused a request where
// X's answer does not say it. [Request].Diagnosis has the same text. Default:
// nil, no log.
func (s *Server) SetLogger(logger *slog.Logger) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logger = logger
}

func (s *Server) logDiagnosis(ctx context.Context, c *call) {
	if c.diagnosis == "" {
		return
	}
	s.mu.Lock()
	logger := s.logger
	s.mu.Unlock()
	if logger != nil {
		logger.WarnContext(ctx, "twittertest: request refused", "step", string(c.step), "path", c.URL.Path, "diagnosis", c.diagnosis)
	}
}
