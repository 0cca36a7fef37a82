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
	g.RedirectTrailingSlash = false // one address for each page
	g.UseRawPath = true             // "%2f" is no slash
	g.Use(gin.Recovery())
	compress := gzip.Gzip(gzip.DefaultCompression) // for pages: it marks empty answers too
	pages := []string{"GET", "HEAD"}               // Gin adds no HEAD by itself

	// The library's routes, by their full path. It answers wrong methods and
	// unknown paths below the prefix itself.
	g.Any(a.authPath+"/*route", gin.WrapH(a.auth))

	// Pages for everyone that look who is there.
	g.Match(pages, "/", compress, onGinAs(a.auth.LoadUser), gin.WrapF(a.home))
	g.Match(pages, signInPath, compress, onGinAs(a.auth.LoadUser), gin.WrapF(a.signIn))

	// Pages for users only.
	users := g.Group("", onGinAs(sameOrigin), a.requireUserOnGin)
	users.Match(pages, "/me", compress, a.meOnGin)
	users.POST("/logout-everywhere", gin.WrapF(a.logoutEverywhere))
	users.Match(pages, "/devices", compress, gin.WrapF(a.showDevices))
	users.POST("/sign-out-device", gin.WrapF(a.signOutDevice))
	users.POST("/sign-out-others", gin.WrapF(a.signOutOthers))
	users.Match(pages, postPath, compress, gin.WrapF(a.showPost))
	users.POST(postPath, gin.WrapF(a.sendPost))
	users.Match(pages, cartPath, compress, gin.WrapF(a.showCart))
	users.POST(cartPath, gin.WrapF(a.addToCart))
	users.Match(pages, welcomePath, compress, gin.WrapF(a.welcome))
	users.POST(welcomePath, gin.WrapF(a.agree))
	users.Match(pages, "/live", compress, gin.WrapF(a.live))
	users.GET(liveEventsPath, gin.WrapF(a.liveEvents))

	// Pages for users who have signed in lately.
	recent := users.Group("", a.requireRecentOnGin)
	recent.POST("/disconnect-x", gin.WrapF(a.disconnect))
	recent.Match(pages, "/delete-account", compress, gin.WrapF(a.askToDelete))
	recent.POST("/delete-account", gin.WrapF(a.deleteAccount))

	g.POST("/guest", onGinAs(sameOrigin), gin.WrapF(a.guest))
	g.Match(pages, forwardAuthPath, gin.WrapF(a.forwardAuth))
	g.Match(pages, "/healthz", gin.WrapF(a.healthz))
	g.Match(pages, "/static/*file", compress, gin.WrapH(static()))
	return g
}

// requireUserOnGin is RequireUser for a framework with middleware of its own.
func (a *app) requireUserOnGin(c *gin.Context) {
	r, ok := a.auth.Require(c.Writer, c.Request)
	if !ok {
		c.Abort() // answered already
		return
	}
	c.Request = r
}

// requireRecentOnGin is [app.requireRecent] for a framework with middleware of its
// own. It stands behind requireUserOnGin.
func (a *app) requireRecentOnGin(c *gin.Context) {
	if user, _ := a.auth.User(c.Request.Context()); user.isGuest() {
		return
	}
	r, ok := a.auth.Recent(c.Writer, c.Request, confirmAfter)
	if !ok {
		c.Abort() // answered already
		return
	}
	c.Request = r
}

// onGinAs makes Gin's middleware of net/http's.
func onGinAs(middleware func(http.Handler) http.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		passed := false
		middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			passed, c.Request = true, r
		})).ServeHTTP(c.Writer, c.Request)
		if !passed {
			c.Abort() // answered already
		}
	}
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
