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

replace twitterlogin.example => ../..
