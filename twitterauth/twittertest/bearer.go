package twittertest

import (
	"net/http"
	"strings"
)

// sendsBearer reports whether a request comes with a token of OAuth 2.0 (RFC
// 6750, section 2.1).
func sendsBearer(c *call) bool {
	scheme, _, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer")
}

// bearer checks a request with a token of OAuth 2.0, which must have these
// scopes, and returns whose it is and what it allows, or what X answers.
func (s *Server) bearer(c *call, scopes []string) (Person, *grant, *answer) {
	_, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	g := s.bearers[token]
	var a answer
	switch {
	case len(c.Header["Authorization"]) > 1 || c.malformed || c.URL.Query().Has("access_token") || c.form.Has("access_token"):
		a = problem(http.StatusBadRequest, map[string]any{"title": "Invalid Request", "detail": "One token, in one header, is what a request may have."})
	case token == s.appBearer:
		a = unsupportedAuthentication()
	case g == nil || s.isStale(g):
		a = unauthorized()
	case !g.has(scopes...):
		a = problem(http.StatusForbidden, map[string]any{"title": "Forbidden", "detail": "Forbidden"})
	default:
		p, refused := s.account(c, g.person)
		return p, g, refused
	}
	return Person{}, nil, &a
}

// AppBearerToken returns the app's own bearer token, which stands for no person
// ("OAuth 2.0 Application-Only"). X refuses it with 403 wherever a person is
// meant.
func (s *Server) AppBearerToken() string { return s.appBearer }

func unsupportedAuthentication() answer {
	return problem(http.StatusForbidden, map[string]any{
		"title":  "Unsupported Authentication",
		"detail": "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
		"type":   "https://api.twitter.com/2/problems/unsupported-authentication",
	})
}

func unauthorized() answer {
	return problem(http.StatusUnauthorized, map[string]any{"title": "Unauthorized", "detail": "Unauthorized"})
}

// fieldRefused is how X refuses a field and not the request.
func fieldRefused(p Person, field string) map[string]any {
	return map[string]any{
		"title":         "Field Authorization Error",
		"detail":        "Sorry, you are not authorized to access '" + field + "' on the user with id : [" + p.ID + "].",
		"section":       "data",
		"parameter":     "user.fields",
		"field":         field,
		"resource_type": "user",
		"resource_id":   p.ID,
		"type":          "https://api.twitter.com/2/problems/not-authorized-for-field",
	}
}
