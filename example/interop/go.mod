module twitterlogin.example/example/interop

go 1.25.0

require (
	github.com/dghubble/gologin/v2 v2.5.0
	github.com/dghubble/oauth1 v0.7.3
	github.com/gorilla/sessions v1.4.0
	github.com/markbates/goth v1.82.0
	github.com/mrjones/oauth v0.0.0-20190623134757-126b35219450
	golang.org/x/oauth2 v0.36.0
	twitterlogin.example v0.0.0
)

require (
	github.com/cenkalti/backoff/v4 v4.1.3 // indirect
	github.com/dghubble/go-twitter v0.0.0-20221104224141-912508c3888b // indirect
	github.com/dghubble/sling v1.4.1 // indirect
	github.com/go-chi/chi/v5 v5.2.2 // indirect
	github.com/google/go-querystring v1.1.0 // indirect
	github.com/gorilla/context v1.1.1 // indirect
	github.com/gorilla/mux v1.6.2 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
)

replace twitterlogin.example => ../..
