package twitterauth_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"twitterlogin.example/twitterauth"
)

// A login leads to a welcome page until the user has filled it in.
func ExampleConfig_landingPage() {
	app := newExampleApp()
	defer app.Close()
	isNew := true // a column of the user's row
	cfg := app.config()
	cfg.LandingPage = func(_ context.Context, _ string, _ twitterauth.Login, returnTo string) (string, error) {
		if isNew {
			return "/welcome?return_to=" + url.QueryEscape(returnTo), nil
		}
		return "", nil // where the login would lead otherwise
	}
	auth, err := twitterauth.New(handles{}, cfg)
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	app.mux.HandleFunc("GET /", func(http.ResponseWriter, *http.Request) {})

	app.post("/auth/twitter/login", url.Values{"return_to": {"/cart"}})
	isNew = false
	app.post("/auth/twitter/login", url.Values{"return_to": {"/cart"}})
	// Output:
	// 200 /welcome
	// 200 /cart
}

// inviting is a store that turns people away who have no invitation.
type inviting struct{ handles }

func (inviting) UserForLogin(context.Context, twitterauth.Login) (string, error) {
	return "", twitterauth.Refuse("You need an invitation.")
}

// The person reads why the store refused the login.
func ExampleRefuse() {
	app := newExampleApp()
	defer app.Close()
	cfg := app.config()
	cfg.ErrorHandler = func(w http.ResponseWriter, r *http.Request, e *twitterauth.Error) {
		fmt.Println(e.Code, e.Message)
		twitterauth.WriteError(w, r, e)
	}
	auth, err := twitterauth.New(inviting{}, cfg)
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)

	app.post("/auth/twitter/login", nil)
	// Output:
	// login_refused You need an invitation.
	// 403 /auth/twitter/callback
}

// shop is a store whose guests may turn out to have signed up before.
type shop struct{ members }

func (s *shop) LinkLogin(ctx context.Context, userID string, login twitterauth.Login) error {
	s.mu.Lock()
	owner, taken := s.byTwitter[login.TwitterID]
	s.mu.Unlock()
	if taken && strings.HasPrefix(userID, "guest-") {
		// Here the guest's cart is moved to the owner, in a transaction that commits.
		return twitterauth.SwitchTo(owner)
	}
	return s.members.LinkLogin(ctx, userID, login)
}

// A guest connects the X account of a user, and is signed in as that user.
func ExampleSwitchTo() {
	app := newExampleApp()
	defer app.Close()
	store := &shop{members{
		byID:      map[string]member{"guest-1": {ID: "guest-1"}, "member-1": {ID: "member-1", Handle: "ada"}},
		byTwitter: map[string]string{"6253282": "member-1"},
	}}
	auth, err := twitterauth.New(store, app.config())
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	app.mux.HandleFunc("POST /guest", func(w http.ResponseWriter, r *http.Request) {
		if _, err := auth.Sessions().Start(w, r, "guest-1", false); err != nil {
			log.Fatal(err)
		}
	})
	app.mux.Handle("GET /{$}", auth.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m, _ := auth.User(r.Context())
		fmt.Fprint(w, m.ID)
	})))

	app.post("/guest", nil)
	app.get("/")
	app.post("/auth/twitter/login", url.Values{"link": {"true"}})
	app.get("/")
	// Output:
	// 200 /guest
	// 200 guest-1
	// 200 /
	// 200 member-1
}

// The app's own sign-in page: a page for users sends people there, and its button
// brings them back.
func ExampleCarry() {
	cfg := exampleConfig()
	cfg.LoginPage = "/sign-in"
	auth, err := twitterauth.New(handles{}, cfg)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	auth.Mount(mux)
	mux.HandleFunc("GET /sign-in", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, auth.SignInButton("", twitterauth.Carry(r)))
	})
	site := auth.RequireUser(mux)

	address := "/account"
	for range 2 {
		r := httptest.NewRequest("GET", address, nil)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		address = w.Header().Get("Location")
		form, _, _ := strings.Cut(w.Body.String(), "<button")
		fmt.Println(w.Code, address+form)
	}
	// Output:
	// 303 /sign-in?return_to=%2Faccount
	// 200 <form class="twitterauth" method="post" action="/auth/twitter/login"><input type="hidden" name="return_to" value="/account">
}

// Only a person who has signed in within the last ten minutes deletes the account.
func ExampleAuth_RequireRecent() {
	app := newExampleApp()
	defer app.Close()
	auth, err := twitterauth.New(handles{"6253282": "ada"}, app.config())
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	recent := auth.RequireRecent(10 * time.Minute)
	app.mux.Handle("POST /account/delete", recent(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		handle, _ := auth.User(r.Context())
		fmt.Println("deleting", handle)
	})))
	app.mux.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})

	app.post("/auth/twitter/login", nil)
	app.post("/account/delete", nil)
	// Output:
	// 200 /
	// deleting ada
	// 200 /account/delete
}

// Events are for metrics and audit trails.
func ExampleConfig_observe() {
	app := newExampleApp()
	defer app.Close()
	cfg := app.config()
	cfg.Observe = func(_ context.Context, e twitterauth.Event) {
		fmt.Println(strings.TrimSpace(fmt.Sprint(e.Kind, " ", e.Step+e.UserID)))
	}
	auth, err := twitterauth.New(handles{}, cfg)
	if err != nil {
		log.Fatal(err)
	}
	auth.Mount(app.mux)
	app.mux.HandleFunc("GET /{$}", func(http.ResponseWriter, *http.Request) {})

	app.post("/auth/twitter/login", nil)
	// Output:
	// login_started
	// provider_called request_token
	// provider_called access_token
	// provider_called verify_credentials
	// login_finished 6253282
	// 200 /
}
