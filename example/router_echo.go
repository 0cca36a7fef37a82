package main

import (
	"net/http"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"
)

// onEcho wires the app on Echo.
func onEcho(a *app) http.Handler {
	// Without this setting Echo runs a group's middleware for unknown paths too:
	// the login page instead of 404 and 405.
	e := echo.NewWithConfig(echo.Config{NoGroupAutoRegister404Routes: true})
	e.Logger = a.logger
	e.Use(middleware.Recover(), middleware.GzipWithConfig(middleware.GzipConfig{Skipper: isEventStream}))

	pages := []string{"GET", "HEAD"} // Echo adds no HEAD by itself

	// The library's routes, by their full path. It answers wrong methods and
	// unknown paths below the prefix itself.
	e.Any(a.authPath+"/*", echo.WrapHandler(a.auth))

	// Pages for everyone that look who is there.
	loadUser := echo.WrapMiddleware(a.auth.LoadUser)
	e.Match(pages, "/", echo.WrapHandler(http.HandlerFunc(a.home)), loadUser)
	e.Match(pages, signInPath, echo.WrapHandler(http.HandlerFunc(a.signIn)), loadUser)

	// Pages for users only.
	users := e.Group("", echo.WrapMiddleware(sameOrigin), echo.WrapMiddleware(a.auth.RequireUser))
	users.Match(pages, "/me", a.meOnEcho)
	users.POST("/logout-everywhere", echo.WrapHandler(http.HandlerFunc(a.logoutEverywhere)))
	users.Match(pages, "/devices", echo.WrapHandler(http.HandlerFunc(a.showDevices)))
	users.POST("/sign-out-device", echo.WrapHandler(http.HandlerFunc(a.signOutDevice)))
	users.POST("/sign-out-others", echo.WrapHandler(http.HandlerFunc(a.signOutOthers)))
	users.Match(pages, postPath, echo.WrapHandler(http.HandlerFunc(a.showPost)))
	users.POST(postPath, echo.WrapHandler(http.HandlerFunc(a.sendPost)))
	users.Match(pages, cartPath, echo.WrapHandler(http.HandlerFunc(a.showCart)))
	users.POST(cartPath, echo.WrapHandler(http.HandlerFunc(a.addToCart)))
	users.Match(pages, welcomePath, echo.WrapHandler(http.HandlerFunc(a.welcome)))
	users.POST(welcomePath, echo.WrapHandler(http.HandlerFunc(a.agree)))
	users.Match(pages, "/live", echo.WrapHandler(http.HandlerFunc(a.live)))
	users.GET(liveEventsPath, echo.WrapHandler(http.HandlerFunc(a.liveEvents)))

	// Pages for users who have signed in lately.
	recent := e.Group("", echo.WrapMiddleware(sameOrigin), echo.WrapMiddleware(a.requireRecent))
	recent.POST("/disconnect-x", echo.WrapHandler(http.HandlerFunc(a.disconnect)))
	recent.Match(pages, "/delete-account", echo.WrapHandler(http.HandlerFunc(a.askToDelete)))
	recent.POST("/delete-account", echo.WrapHandler(http.HandlerFunc(a.deleteAccount)))

	e.POST("/guest", echo.WrapHandler(http.HandlerFunc(a.guest)), echo.WrapMiddleware(sameOrigin))
	e.Match(pages, forwardAuthPath, echo.WrapHandler(http.HandlerFunc(a.forwardAuth)))
	e.Match(pages, "/healthz", echo.WrapHandler(http.HandlerFunc(a.healthz)))
	e.Match(pages, "/static/*", echo.WrapHandler(static()))
	return e
}

// isEventStream keeps events from being collected for compression.
func isEventStream(c *echo.Context) bool { return c.Request().URL.Path == liveEventsPath }

// meOnEcho is [app.me] as one writes it for Echo: the user is in the request's
// context.
func (a *app) meOnEcho(c *echo.Context) error {
	user, _ := a.auth.User(c.Request().Context())
	if wantsJSON(c.Request()) {
		return c.JSON(http.StatusOK, user)
	}
	return c.HTML(http.StatusOK, a.pages.text("me.html", a.view(user)))
}
