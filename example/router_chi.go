package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// onChi wires the app on chi, whose middleware and handlers are net/http's.
func onChi(a *app) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.Recoverer, middleware.Compress(5), middleware.GetHead)

	// The library's routes, by their full path. It answers wrong methods and
	// unknown paths below the prefix itself.
	r.Handle(a.authPath+"/*", a.auth)

	// Pages for everyone that look who is there.
	r.Group(func(r chi.Router) {
		r.Use(a.auth.LoadUser)
		r.Get("/", a.home)
		r.Get(signInPath, a.signIn)
	})

	// Pages for users only.
	r.Group(func(r chi.Router) {
		r.Use(sameOrigin, a.auth.RequireUser)
		r.Get("/me", a.me)
		r.Post("/logout-everywhere", a.logoutEverywhere)
		r.Get("/devices", a.showDevices)
		r.Post("/sign-out-device", a.signOutDevice)
		r.Post("/sign-out-others", a.signOutOthers)
		r.Get(postPath, a.showPost)
		r.Post(postPath, a.sendPost)
		r.Get(cartPath, a.showCart)
		r.Post(cartPath, a.addToCart)
		r.Get(welcomePath, a.welcome)
		r.Post(welcomePath, a.agree)
		r.Get("/live", a.live)
		r.Get(liveEventsPath, a.liveEvents)
	})

	// Pages for users who have signed in lately.
	r.Group(func(r chi.Router) {
		r.Use(sameOrigin, a.requireRecent)
		r.Post("/disconnect-x", a.disconnect)
		r.Get("/delete-account", a.askToDelete)
		r.Post("/delete-account", a.deleteAccount)
	})

	r.With(sameOrigin).Post("/guest", a.guest)
	r.Get(forwardAuthPath, a.forwardAuth)
	r.Get("/healthz", a.healthz)
	r.Handle("/static/*", static())
	return r
}
