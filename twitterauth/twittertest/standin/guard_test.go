package main

import (
	"net/http"
	"strings"
	"testing"
)

func TestOnlyTheStandInsOwnPagesSteer(t *testing.T) {
	t.Parallel()
	public := []string{"-public-url", "https://x.example.test", "-public-url", "http://standin:9090"}
	tests := []struct {
		name   string
		args   []string
		header []string // OWN stands for the stand-in's host and port
		status int
	}{
		{"no browser", nil, nil, 204},
		{"localhost", nil, []string{"Host", "localhost:9090"}, 204},
		{"localhost without a port", nil, []string{"Host", "LOCALHOST"}, 204},
		{"another loopback address", nil, []string{"Host", "127.1.2.3:1"}, 204},
		{"IPv6", nil, []string{"Host", "[::1]:9090"}, 204},
		{"its own page", nil, []string{"Origin", "http://OWN", "Sec-Fetch-Site", "same-origin"}, 204},
		{"typed in the browser", nil, []string{"Sec-Fetch-Site", "none"}, 204},
		{"foreign host", nil, []string{"Host", "evil.example"}, 403},
		{"foreign host with loopback in its name", nil, []string{"Host", "127.0.0.1.evil.example"}, 403},
		{"localhost as a part", nil, []string{"Host", "localhost.evil.example"}, 403},
		{"public URL that was not given", nil, []string{"Host", "standin:9090"}, 403},
		{"address of a network", nil, []string{"Host", "192.168.1.7:9090"}, 403},
		{"foreign page", nil, []string{"Origin", "https://evil.example"}, 403},
		{"page of another port", nil, []string{"Origin", "http://127.0.0.1:3000"}, 403},
		{"page of another scheme", nil, []string{"Origin", "https://OWN"}, 403},
		{"page of an opaque origin", nil, []string{"Origin", "null"}, 403},
		{"another site without an origin", nil, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another port of this machine without an origin", nil, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"page that leads its own name here", nil, []string{"Host", "evil.example:80", "Origin", "http://evil.example:80"}, 403},
		{"public URL", public, []string{"Host", "standin:9090"}, 204},
		{"public URL through a proxy", public, []string{"Host", "x.example.test"}, 204},
		{"page through a proxy that ends TLS", public, []string{"Host", "x.example.test", "Origin", "https://x.example.test"}, 204},
		{"page of a public URL at another", public, []string{"Host", "standin:9090", "Origin", "https://x.example.test"}, 403},
		{"foreign host beside public URLs", public, []string{"Host", "evil.example"}, 403},
		{"loopback beside public URLs", public, []string{"Host", "127.0.0.1:9090"}, 204},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := start(t, tt.args...)
			var header []string
			for _, h := range tt.header {
				header = append(header, strings.ReplaceAll(h, "OWN", strings.TrimPrefix(c.url, "http://")))
			}
			if g := c.do(t, http.MethodPost, controlPrefix+"reset", `{}`, header...); g.StatusCode != tt.status || tt.status == 403 && !strings.HasPrefix(g.body, `{"message":`) {
				t.Errorf("POST: %d %s", g.StatusCode, g.body)
			}
			want := map[int]int{204: 200, 403: 403}[tt.status]
			if g := c.do(t, http.MethodGet, controlPrefix+"requests", "", header...); g.StatusCode != want {
				t.Errorf("GET: %d %s", g.StatusCode, g.body)
			}
		})
	}
}
