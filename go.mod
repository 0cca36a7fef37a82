module twitterlogin.example

go 1.25.0

require (
	github.com/dghubble/oauth1 v0.7.3
	github.com/gorilla/securecookie v1.1.2
	github.com/gorilla/sessions v1.4.0
	golang.org/x/oauth2 v0.36.0
	golang.org/x/text v0.41.0
)
