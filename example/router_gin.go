package main

import (
	"net/http"

	"github.com/gin-contrib/gzip"
	"github.com/gin-gonic/gin"
)

// onGin wires the app on Gin, whose middleware is not net/http's.
func onGin(a *app) http.Handler {
	gin.SetMode(gin.ReleaseMode) // no banner: the app logs by itself
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.Use(gin.Recovery(), gzip.Gzip(gzip.DefaultCompression))

	// The library's routes, by their full path. It answers wrong methods and
	// unknown paths below the prefix itself.
	g.Any(a.authPath+"/*route", gin.WrapH(a.auth))

	// Pages for everyone that look who is there.
	g.Match([]string{"GET", "HEAD"}, "/", a.loadUserOnGin, gin.WrapF(a.home))

	// Pages for users only.
	users := g.Group("", a.requireUserOnGin)
	users.GET("/me", a.meOnGin)
	users.POST("/logout-everywhere", gin.WrapH(sameOrigin(http.HandlerFunc(a.logoutEverywhere))))

	g.POST("/guest", gin.WrapH(sameOrigin(http.HandlerFunc(a.guest))))
	g.GET("/healthz", gin.WrapF(a.healthz))
	g.GET("/static/*file", gin.WrapH(static()))
	return g
}

// requireUserOnGin is RequireUser as Gin's middleware.
func (a *app) requireUserOnGin(c *gin.Context) {
	r, ok := a.auth.Require(c.Writer, c.Request)
	if !ok {
		c.Abort() // answered already
		return
	}
	c.Request = r
}

// loadUserOnGin is LoadUser as Gin's middleware.
func (a *app) loadUserOnGin(c *gin.Context) {
	a.auth.LoadUser(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c.Request = r
	})).ServeHTTP(c.Writer, c.Request)
}

// meOnGin is [app.me] as one writes it for Gin: the user is in the request's
// context.
func (a *app) meOnGin(c *gin.Context) {
	user, _ := a.auth.User(c.Request.Context())
	if wantsJSON(c.Request) {
		c.JSON(http.StatusOK, user)
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(a.pages.text("me.html", a.view(user))))
}
