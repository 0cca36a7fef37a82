package main

import "net/http"

// onNetHTTP wires the app on net/http's ServeMux.
func onNetHTTP(a *app) http.Handler {
	mux := http.NewServeMux()
	a.auth.Mount(mux)

	mux.Handle("GET /{$}", a.auth.LoadUser(http.HandlerFunc(a.home)))
	mux.Handle("GET "+signInPath, a.auth.LoadUser(http.HandlerFunc(a.signIn)))
	mux.Handle("GET /me", a.auth.RequireUser(http.HandlerFunc(a.me)))
	mux.Handle("POST /guest", sameOrigin(http.HandlerFunc(a.guest)))
	mux.Handle("POST /logout-everywhere", sameOrigin(a.auth.RequireUser(http.HandlerFunc(a.logoutEverywhere))))
	mux.Handle("GET /devices", a.auth.RequireUser(http.HandlerFunc(a.showDevices)))
	mux.Handle("POST /sign-out-device", sameOrigin(a.auth.RequireUser(http.HandlerFunc(a.signOutDevice))))
	mux.Handle("POST /sign-out-others", sameOrigin(a.auth.RequireUser(http.HandlerFunc(a.signOutOthers))))
	mux.Handle("GET "+postPath, a.auth.RequireUser(http.HandlerFunc(a.showPost)))
	mux.Handle("POST "+postPath, sameOrigin(a.auth.RequireUser(http.HandlerFunc(a.sendPost))))
	mux.Handle("GET "+cartPath, a.auth.RequireUser(http.HandlerFunc(a.showCart)))
	mux.Handle("POST "+cartPath, sameOrigin(a.auth.RequireUser(http.HandlerFunc(a.addToCart))))
	mux.Handle("GET "+welcomePath, a.auth.RequireUser(http.HandlerFunc(a.welcome)))
	mux.Handle("POST "+welcomePath, sameOrigin(a.auth.RequireUser(http.HandlerFunc(a.agree))))
	mux.Handle("GET /live", a.auth.RequireUser(http.HandlerFunc(a.live)))
	mux.Handle("GET "+liveEventsPath, a.auth.RequireUser(http.HandlerFunc(a.liveEvents)))

	// For users who have signed in lately.
	mux.Handle("POST /disconnect-x", sameOrigin(a.requireRecent(http.HandlerFunc(a.disconnect))))
	mux.Handle("GET /delete-account", a.requireRecent(http.HandlerFunc(a.askToDelete)))
	mux.Handle("POST /delete-account", sameOrigin(a.requireRecent(http.HandlerFunc(a.deleteAccount))))

	mux.HandleFunc("GET "+forwardAuthPath, a.forwardAuth)
	mux.HandleFunc("GET /healthz", a.healthz)
	mux.Handle("GET /static/", static())
	return mux
}
