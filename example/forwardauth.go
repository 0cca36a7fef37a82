package main

import (
	"net/http"
	"net/url"
)

// forwardAuthPath is where a proxy asks who sends a request to a site behind it.
const forwardAuthPath = "/forward-auth"

// forwardAuth answers a proxy (nginx's auth_request, Traefik's forwardAuth, Caddy's
// forward_auth) about a request to another site: 204 with X-User-Id for a user. What
// the guard answers without a user is meant for the browser: a redirect to the
// sign-in page for a page visit, 401 for anything else.
func (a *app) forwardAuth(w http.ResponseWriter, r *http.Request) {
	address := r.Header.Get("X-Forwarded-Uri")
	target, err := url.ParseRequestURI(address)
	if err != nil {
		http.Error(w, "X-Forwarded-Uri is missing or invalid: the proxy must set it to the path and query of the request", http.StatusBadRequest)
		return
	}
	// The guard looks at the request that the proxy asks about, so that the login
	// leads back to it. A false address can only lead elsewhere on this host.
	asked := r.Clone(r.Context())
	asked.URL, asked.RequestURI = target, address
	if method := r.Header.Get("X-Forwarded-Method"); method != "" {
		asked.Method = method
	}
	asked, ok := a.auth.Require(w, asked)
	if !ok {
		return
	}
	user, ok := a.auth.User(asked.Context()) //nolint:contextcheck // asked has the context of r
	if !ok {                                 // the guard passes everyone to the sign-in page and the library's routes
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("X-User-Id", user.ID)
	w.WriteHeader(http.StatusNoContent)
}
