package xapi_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// inMemory is an X that costs nothing.
type inMemory map[string]string

func (x inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	body := x[r.URL.Path]
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}

// BenchmarkCalls is each call of a login, without a network. Most of it is the
// signature, which dghubble/oauth1 makes.
func BenchmarkCalls(b *testing.B) {
	x := inMemory{
		"/oauth/request_token": goodRequestToken,
		"/oauth/access_token":  goodAccessToken,
		"/2/oauth2/token":      `{"token_type":"bearer","expires_in":7200,"access_token":"t","scope":"users.read tweet.read"}`,
		"/1.1/account/verify_credentials.json": `{"id":6253282,"id_str":"6253282","name":"Ada","screen_name":"ada","location":"London",
			"url":"https:\/\/t.co\/a","followers_count":1815,"statuses_count":1843,"created_at":"Wed May 23 06:01:13 +0000 2007",
			"profile_image_url_https":"https:\/\/pbs.twimg.com\/profile_images\/1\/ada_normal.png","email":"ada@example.com"}`,
		"/2/users/me": `{"data":{"id":"6253282","name":"Ada","username":"ada","location":"London",
			"public_metrics":{"followers_count":1815,"tweet_count":1843},"created_at":"2007-05-23T06:01:13.000Z",
			"profile_image_url":"https:\/\/pbs.twimg.com\/profile_images\/1\/ada_normal.png","confirmed_email":"ada@example.com"}}`,
	}
	c := xapi.New(xapi.Config{
		APIURL: "https://api.x.com", CallbackURL: callbackURL, HTTPClient: &http.Client{Transport: x},
		ConsumerKey: "key", ConsumerSecret: "secret", ClientID: "client", ClientSecret: "secret",
	})
	for step, call := range steps {
		b.Run("step="+string(step), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := call(context.Background(), c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
