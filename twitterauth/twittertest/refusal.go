package twittertest

import "net/http"

// refusal is a page that a person sees instead of the way back to the app, and
// the error of [Server.Authorize] and [Server.Cancel].
type refusal struct {
	status      int
	Title, Text string
}

func (r *refusal) Error() string { return "twittertest: " + r.Title + ": " + r.Text }

var signInOver = &refusal{http.StatusForbidden, "This sign-in has ended", "It is unknown, has expired or was decided before. Go back to the app and start again."}

// maySignIn returns why a person cannot approve a login, or nil.
func (s *Server) maySignIn(person string) *refusal {
	switch p, ok := s.person(person); {
	case !ok:
		return &refusal{http.StatusForbidden, "There is no such account", "There is no person with this ID."}
	case p.Suspended:
		return &refusal{http.StatusForbidden, "Your account is suspended", "A suspended account cannot sign in to apps."}
	case p.Locked:
		return &refusal{http.StatusForbidden, "Your account is locked", "A locked account cannot sign in to apps until it is unlocked at X."}
	}
	return nil
}
