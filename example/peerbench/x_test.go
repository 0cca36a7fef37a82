package peerbench

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

// memoryX answers as X does, without a socket and without checking: what is
// left is the caller's own work.
type memoryX struct{ calls atomic.Int64 }

var xAnswers = map[string]struct{ contentType, body string }{
	"/oauth/request_token": {"text/html; charset=utf-8",
		"oauth_token=Z6eEdO8MOmk394WozF5oKyuAv855l4Mlqo7hhlSLik&oauth_token_secret=Kd75W4OQfb2oJTV0vzGzeXftVAwgMnEK9MumzYcM&oauth_callback_confirmed=true"},
	"/oauth/access_token": {"text/html; charset=utf-8",
		"oauth_token=" + ada + "-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCd&oauth_token_secret=zYxWvUtSrQpOnMlKjIhGfEdCbA9876543210zYxWvUtSr&user_id=" + ada + "&screen_name=ada"},
	"/1.1/account/verify_credentials.json": {"application/json;charset=utf-8", `{"id":6253282,"id_str":"6253282","name":"Ada Byron","screen_name":"ada",
"location":"London","description":"Notes on engines.","url":null,"protected":false,"followers_count":1815,"friends_count":36,"listed_count":12,
"favourites_count":27,"statuses_count":1843,"created_at":"Wed May 23 06:01:13 +0000 2007","verified":false,"utc_offset":null,"time_zone":null,
"geo_enabled":false,"lang":null,"contributors_enabled":false,"is_translator":false,"is_translation_enabled":false,
"profile_background_color":"C0DEED","profile_background_image_url":"http://abs.example.com/images/themes/theme1/bg.png",
"profile_background_image_url_https":"https://abs.example.com/images/themes/theme1/bg.png","profile_background_tile":false,
"profile_image_url":"http://pbs.example.com/profile_images/1/ada_normal.png","profile_image_url_https":"https://pbs.example.com/profile_images/1/ada_normal.png",
"profile_link_color":"1DA1F2","profile_sidebar_border_color":"C0DEED","profile_sidebar_fill_color":"DDEEF6","profile_text_color":"333333",
"profile_use_background_image":true,"has_extended_profile":false,"default_profile":true,"default_profile_image":false,"following":null,
"follow_request_sent":null,"notifications":null,"translator_type":"none","suspended":false,"needs_phone_verification":false,"email":"ada@example.com"}`},
}

func (x *memoryX) RoundTrip(r *http.Request) (*http.Response, error) {
	x.calls.Add(1)
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	status := http.StatusOK
	a, ok := xAnswers[r.URL.Path]
	if !ok {
		status = http.StatusNotFound
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {a.contentType}},
		Body:          io.NopCloser(strings.NewReader(a.body)),
		ContentLength: int64(len(a.body)),
		Request:       r,
	}, nil
}

// asDefaultTransport puts t in the place of [http.DefaultTransport], for those
// libraries that leave no other way. Benchmarks here do not run in parallel.
func asDefaultTransport(b *testing.B, t http.RoundTripper) {
	b.Helper()
	was := http.DefaultTransport
	http.DefaultTransport = t
	b.Cleanup(func() { http.DefaultTransport = was })
}

// tokensX gives a new request token for each call.
type tokensX struct{ n atomic.Int64 }

func (x *tokensX) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := (&memoryX{}).RoundTrip(r)
	body := strings.Replace(xAnswers["/oauth/request_token"].body, "Z6eEdO", fmt.Sprintf("%06d", x.n.Add(1)%1_000_000), 1)
	resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return resp, err
}
