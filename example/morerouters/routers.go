package morerouters

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	"github.com/gorilla/mux"
	"github.com/julienschmidt/httprouter"
	"github.com/labstack/echo/v4"

	"twitterlogin.example/twitterauth"
)

// User is the app's user.
type User struct{ ID, Handle string }

// account is the page for users.
func account(auth *twitterauth.Auth[*User]) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, _ := auth.User(r.Context())
		w.Write([]byte(user.Handle))
	}
}

func home(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("home")) }

// onGorillaMux wires the app on gorilla/mux.
func onGorillaMux(auth *twitterauth.Auth[*User]) http.Handler {
	r := mux.NewRouter()
	r.PathPrefix("/auth/twitter/").Handler(auth)
	r.HandleFunc("/", home).Methods("GET", "HEAD")
	users := r.NewRoute().Subrouter()
	users.Use(auth.RequireUser)
	users.HandleFunc("/account", account(auth)).Methods("GET", "HEAD")
	return r
}

// onHTTPRouter wires the app on httprouter, which has no route for every method.
func onHTTPRouter(auth *twitterauth.Auth[*User]) http.Handler {
	r := httprouter.New()
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		r.Handler(method, "/auth/twitter/*route", auth)
	}
	r.HandlerFunc("GET", "/", home)
	r.Handler("GET", "/account", auth.RequireUser(account(auth)))
	return r
}

// onEcho4 wires the app on Echo v4, with RequireUser for each route: a group with
// middleware would run it for unknown paths too.
func onEcho4(auth *twitterauth.Auth[*User]) http.Handler {
	e := echo.New()
	e.Any("/auth/twitter/*", echo.WrapHandler(auth))
	e.GET("/", echo.WrapHandler(http.HandlerFunc(home)))
	requireUser := echo.WrapMiddleware(auth.RequireUser)
	e.GET("/account", func(c echo.Context) error {
		user, _ := auth.User(c.Request().Context())
		return c.String(http.StatusOK, user.Handle)
	}, requireUser)
	return e
}

// onFiber wires the app on Fiber. Its adaptor for middleware loses the request's
// context and the user in it, so requireUser hands the user over by itself.
func onFiber(auth *twitterauth.Auth[*User]) *fiber.App {
	app := fiber.New()
	app.All("/auth/twitter/*", adaptor.HTTPHandler(auth))
	app.Get("/", adaptor.HTTPHandler(http.HandlerFunc(home)))
	requireUser := func(c fiber.Ctx) error {
		var in *http.Request
		guarded := auth.RequireUser(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { in = r }))
		if err := adaptor.HTTPHandler(guarded)(c); err != nil || in == nil {
			return err // it is answered
		}
		user, _ := auth.User(in.Context())
		c.Locals("user", user)
		return c.Next()
	}
	app.Get("/account", requireUser, func(c fiber.Ctx) error {
		return c.SendString(c.Locals("user").(*User).Handle)
	})
	return app
}

// onChiMount wires the app on chi with Mount, which leaves the path as it is.
func onChiMount(auth *twitterauth.Auth[*User]) http.Handler {
	r := chi.NewRouter()
	r.Mount("/auth/twitter", auth)
	r.Get("/", home)
	r.With(auth.RequireUser).Get("/account", account(auth))
	return r
}

// onServeMux is net/http's, for what stands before it.
func onServeMux(auth *twitterauth.Auth[*User]) *http.ServeMux {
	mux := http.NewServeMux()
	auth.Mount(mux)
	mux.HandleFunc("GET /{$}", home)
	mux.Handle("GET /account", auth.RequireUser(account(auth)))
	return mux
}

// below serves the whole app in a folder. CallbackURL has the folder, and
// Config.Prefix is what is left of it.
func below(folder string, app http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(folder+"/", http.StripPrefix(folder, app))
	return mux
}
