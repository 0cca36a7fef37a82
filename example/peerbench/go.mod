module twitterlogin.example/example/peerbench

go 1.25.0

require (
	github.com/alexedwards/scs/v2 v2.9.0
	github.com/dghubble/gologin/v2 v2.5.0
	github.com/dghubble/oauth1 v0.7.3
	github.com/go-pkgz/auth/v2 v2.0.0
	github.com/golang-jwt/jwt/v5 v5.2.2
	github.com/gorilla/sessions v1.4.0
	github.com/markbates/goth v1.82.0
	twitterlogin.example v0.0.0
)

require (
	cloud.google.com/go/compute/metadata v0.4.0 // indirect
	github.com/cenkalti/backoff/v4 v4.1.3 // indirect
	github.com/dghubble/go-twitter v0.0.0-20221104224141-912508c3888b // indirect
	github.com/dghubble/sling v1.4.1 // indirect
	github.com/go-chi/chi/v5 v5.2.2 // indirect
	github.com/go-oauth2/oauth2/v4 v4.5.2 // indirect
	github.com/go-pkgz/repeater v1.2.0 // indirect
	github.com/go-pkgz/rest v1.19.0 // indirect
	github.com/golang/snappy v1.0.0 // indirect
	github.com/google/go-querystring v1.1.0 // indirect
	github.com/gorilla/context v1.1.1 // indirect
	github.com/gorilla/mux v1.6.2 // indirect
	github.com/gorilla/securecookie v1.1.2 // indirect
	github.com/klauspost/compress v1.17.11 // indirect
	github.com/montanaflynn/stats v0.7.1 // indirect
	github.com/mrjones/oauth v0.0.0-20190623134757-126b35219450 // indirect
	github.com/rrivera/identicon v0.0.0-20240116195454-d5ba35832c0d // indirect
	github.com/xdg-go/pbkdf2 v1.0.0 // indirect
	github.com/xdg-go/scram v1.1.2 // indirect
	github.com/xdg-go/stringprep v1.0.4 // indirect
	github.com/youmark/pkcs8 v0.0.0-20181117223130-1be2e3e5546d // indirect
	go.etcd.io/bbolt v1.3.8 // indirect
	go.mongodb.org/mongo-driver v1.13.4 // indirect
	golang.org/x/crypto v0.35.0 // indirect
	golang.org/x/image v0.13.0 // indirect
	golang.org/x/oauth2 v0.36.0 // indirect
	golang.org/x/sync v0.22.0 // indirect
	golang.org/x/sys v0.30.0 // indirect
	golang.org/x/text v0.41.0 // indirect
)

replace twitterlogin.example => ../../
