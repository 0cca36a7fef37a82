package morerouters

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/gorilla/csrf"
	"github.com/gorilla/handlers"
	"github.com/justinas/nosurf"
	"github.com/labstack/echo/v4"
	echomiddleware "github.com/labstack/echo/v4/middleware"

	"twitterlogin.example/twitterauth"
)

// folder is where the library's routes are.
const folder = "/auth/twitter/"

// loginPage is an app page with a login form.
var loginPage = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Sign in</title>
<form method="post" action="/auth/twitter/login">{{.}}
<input type="hidden" name="return_to" value="/account?from=form">
<input type="hidden" name="data" value="an invite">
<label><input type="checkbox" name="stayLoggedIn" value="true"> Keep me logged in</label>
<button type="submit">Sign in with X</button>
</form>`))

// gorillaCSRF guards the app's forms and leaves the library's routes to the
// library: its own buttons have no token.
func gorillaCSRF(key []byte, app http.Handler) http.Handler {
	protect := csrf.Protect(key, csrf.Secure(false))(app) // without Secure(false) over https
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, folder) {
			r = csrf.UnsafeSkipCheck(r)
		}
		protect.ServeHTTP(w, csrf.PlaintextHTTPRequest(r)) // the request itself over https
	})
}

// gorillaCSRFEverywhere guards the library's routes too, with a token in the form.
func gorillaCSRFEverywhere(key []byte, app http.Handler) http.Handler {
	protect := csrf.Protect(key, csrf.Secure(false))(app)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect.ServeHTTP(w, csrf.PlaintextHTTPRequest(r))
	})
}

func gorillaCSRFField(r *http.Request) template.HTML { return csrf.TemplateField(r) }

// noSurf guards the app's forms and leaves the library's routes to the library.
func noSurf(app http.Handler) http.Handler {
	h := nosurf.New(app)
	h.ExemptGlob(folder + "*")
	h.SetIsTLSFunc(func(*http.Request) bool { return false }) // not over https
	return h
}

func noSurfEverywhere(app http.Handler) http.Handler {
	h := nosurf.New(app)
	h.SetIsTLSFunc(func(*http.Request) bool { return false })
	return h
}

func noSurfField(r *http.Request) template.HTML {
	return template.HTML(`<input type="hidden" name="csrf_token" value="` + template.HTMLEscapeString(nosurf.Token(r)) + `">`) //nolint:gosec // G203: escaped
}

// echoCSRF is Echo's middleware with the token in the form, before the app. Skip
// leaves the library's routes to the library.
func echoCSRF(app http.Handler, skip bool) http.Handler {
	e := echo.New()
	config := echomiddleware.CSRFConfig{TokenLookup: "form:csrf", CookiePath: "/", ContextKey: echomiddleware.DefaultCSRFConfig.ContextKey}
	if skip {
		config.Skipper = func(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, folder) }
	}
	e.Use(echomiddleware.CSRFWithConfig(config))
	e.GET("/sign-in", func(c echo.Context) error {
		token, _ := c.Get("csrf").(string)
		field := template.HTML(`<input type="hidden" name="csrf" value="` + template.HTMLEscapeString(token) + `">`) //nolint:gosec // G203: escaped
		c.Response().Header().Set("Content-Type", "text/html; charset=utf-8")
		return loginPage.Execute(c.Response(), field)
	})
	e.Any("/*", echo.WrapHandler(app))
	return e
}

// methodOverride is gorilla/handlers' middleware, which reads the form of every
// post for "_method".
func methodOverride(app http.Handler) http.Handler { return handlers.HTTPMethodOverrideHandler(app) }

// parseForm is any middleware that has read the form before the library.
func parseForm(app http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			http.Error(w, "The form cannot be read.", http.StatusBadRequest)
			return
		}
		app.ServeHTTP(w, r)
	})
}

// withSignIn adds the app's login form, with what the middleware wants
// in it.
func withSignIn(auth *twitterauth.Auth[*User], field func(*http.Request) template.HTML) http.Handler {
	mux := onServeMux(auth)
	mux.HandleFunc("GET /sign-in", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = loginPage.Execute(w, field(r)) // fails when the browser has gone
	})
	return mux
}

func noField(*http.Request) template.HTML { return "" }
