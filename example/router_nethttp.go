package main

import "net/http"

// onNetHTTP wires the app on net/http's ServeMux.
func onNetHTTP(a *app) http.Handler {
	mux := http.NewServeMux()
	a.auth.Mount(mux)

	mux.Handle("GET /{$}", a.auth.LoadUser(http.HandlerFunc(a.home)))
	mux.Handle("GET /me", a.auth.RequireUser(http.HandlerFunc(a.me)))
	mux.Handle("POST /guest", sameOrigin(http.HandlerFunc(a.guest)))
	mux.Handle("POST /logout-everywhere", sameOrigin(a.auth.RequireUser(http.HandlerFunc(a.logoutEverywhere))))
	mux.Handle("POST /disconnect-x", sameOrigin(a.auth.RequireUser(http.HandlerFunc(a.disconnect))))
	mux.Handle("GET /delete-account", a.auth.RequireUser(http.HandlerFunc(a.askToDelete)))
	mux.Handle("POST /delete-account", sameOrigin(a.auth.RequireUser(http.HandlerFunc(a.deleteAccount))))
	mux.HandleFunc("GET /healthz", a.healthz)
	mux.Handle("GET /static/", static())
	return mux
}
