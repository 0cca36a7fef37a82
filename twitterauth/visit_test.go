package twitterauth_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth"
)

func TestVisitLogin(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		s := p.newSite(t, nil)
		for name, test := range map[string]struct {
			header []string
			want   string // "starts", "asks", "refuses"
		}{
			"a browser that says nothing": {nil, "starts"},
			"typed":                       {[]string{"Sec-Fetch-Site", "none", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate"}, "starts"},
			"a link on this site":         {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate"}, "starts"},
			"a link on another site":      {[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate"}, "asks"},
			"a link on a sibling":         {[]string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Dest", "document"}, "asks"},
			"a site not known yet":        {[]string{"Sec-Fetch-Site", "new-word", "Sec-Fetch-Dest", "document"}, "asks"},
			"an image":                    {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "image"}, "refuses"},
			"an image elsewhere":          {[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "image", "Sec-Fetch-Mode", "no-cors"}, "refuses"},
			"a service worker":            {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "navigate"}, "starts"},
			"one for a link elsewhere":    {[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "navigate"}, "asks"},
			"a frame":                     {[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate"}, "refuses"},
			"a frame of this site":        {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "iframe"}, "refuses"},
			"an object":                   {[]string{"Sec-Fetch-Dest", "object"}, "refuses"},
			"a script's fetch":            {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "empty", "Sec-Fetch-Mode", "cors"}, "refuses"},
			"a link prefetch":             {[]string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "document", "Sec-Purpose", "prefetch"}, "refuses"},
			"speculation rules":           {[]string{"Sec-Fetch-Site", "none", "Sec-Fetch-Dest", "document", "Sec-Purpose", "prefetch;prerender"}, "refuses"},
			"an old prefetch":             {[]string{"Purpose", "prefetch"}, "refuses"},
			"an old Firefox prefetch":     {[]string{"X-Moz", "prefetch"}, "refuses"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				b := s.browser(t)
				header := append([]string{"Accept", "text/html"}, test.header...)
				r := b.get("/auth/twitter/login?return_to=/account%3Fa%3D%22b&stayLoggedIn=1&link=true&data=x", header...)
				flows, _ := b.flowCookies()
				switch test.want {
				case "starts":
					if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.location(), s.x.URL) || len(flows) != 1 {
						t.Errorf("%d %s, cookies %v", r.StatusCode, r.location(), flows)
					}
					if strings.Contains(r.location(), "/oauth/authorize") {
						t.Error("link was read from a query")
					}
					return
				case "asks":
					if r.StatusCode != http.StatusOK || !strings.Contains(r.body, `<form class="twitterauth" method="post" action="/auth/twitter/login">`) || !strings.Contains(r.body, `value="/account?a=&#34;b"`) || !strings.Contains(r.body, `name="stayLoggedIn" value="false"`) || strings.Contains(r.body, `name="link"`) {
						t.Errorf("%d %s", r.StatusCode, r.body)
					}
				case "refuses":
					if r.StatusCode != http.StatusForbidden {
						t.Errorf("%d %s", r.StatusCode, r.body)
					}
				}
				if len(r.Cookies()) != 0 || r.location() != "" {
					t.Errorf("cookies %v, location %q", r.Cookies(), r.location())
				}
			})
		}
		t.Cleanup(func() {
			if n := len(s.x.Requests()); n != 4 && !p.oauth2 || n != 0 && p.oauth2 {
				t.Errorf("X was asked %d times, want once for each login that starts", n)
			}
		})
	})
}

func TestPostsFromOtherOrigins(t *testing.T) {
	onBothProtocols(t, func(t *testing.T, p protocol) {
		if p.oauth2 {
			p.use = useBoth // for the token route
		}
		const trusted = "https://spa.example.com"
		for _, path := range []string{"/auth/twitter/login", "/auth/twitter/logout", "/auth/twitter/token"} {
			t.Run(path, func(t *testing.T) {
				t.Parallel()
				s := p.newSite(t, func(c *twitterauth.Config) { c.TrustedOrigins, c.TokenLogin = []string{trusted}, true })
				for name, test := range map[string]struct {
					header []string
					ok     bool
				}{
					"no browser":                       {nil, true},
					"same origin":                      {[]string{"Origin", s.URL, "Sec-Fetch-Site", "same-origin"}, true},
					"a trusted origin":                 {[]string{"Origin", trusted, "Sec-Fetch-Site", "same-site"}, true},
					"a trusted origin, old browser":    {[]string{"Origin", trusted}, true},
					"own origin, old, Host rewritten":  {[]string{"Origin", s.URL, "Host", "upstream:9000"}, true},
					"an opaque origin, same-origin":    {[]string{"Origin", "null", "Sec-Fetch-Site", "same-origin"}, true},
					"cross-site":                       {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, false},
					"cross-site, old browser":          {[]string{"Origin", "https://evil.example"}, false},
					"a sibling":                        {[]string{"Origin", "https://evil.example.com", "Sec-Fetch-Site", "same-site"}, false},
					"cross-site without Origin":        {[]string{"Sec-Fetch-Site", "cross-site"}, false},
					"an opaque origin":                 {[]string{"Origin", "null"}, false},
					"an opaque origin, cross-site":     {[]string{"Origin", "null", "Sec-Fetch-Site", "cross-site"}, false},
					"an opaque origin, none":           {[]string{"Origin", "null", "Sec-Fetch-Site", "none"}, false},
					"the trusted origin, another port": {[]string{"Origin", trusted + ":444", "Sec-Fetch-Site", "same-site"}, false},
					"the trusted origin in http":       {[]string{"Origin", "http://spa.example.com", "Sec-Fetch-Site", "cross-site"}, false},
				} {
					b := s.browser(t)
					b.login(ada, nil)
					s.x.ResetRequests()
					r := b.do("POST", path, url.Values{}, test.header...)
					if test.ok {
						if r.StatusCode == http.StatusForbidden {
							t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
						}
						continue
					}
					if r.StatusCode != http.StatusForbidden || r.code(t) != "cross_origin" || len(r.Cookies()) != 0 || len(s.x.Requests()) != 0 || b.whoami() == "nobody" {
						t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
					}
				}
			})
		}
	})
}

func TestLoopbackNamesMeet(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	for host, redirected := range map[string]bool{
		"localhost:" + port: true, "LOCALHOST:" + port: true, "[::1]:" + port: true, "127.0.0.1:" + port: false,
		"localhost": false, "localhost:1": false, "evil.example:" + port: false, "upstream": false, "localhost.evil.example:" + port: false, "": false,
	} {
		for _, method := range []string{"GET", "POST"} {
			r := newRequest(method, "/auth/twitter/login?return_to=/a%26b&stayLoggedIn=1")
			r.Host = host
			w := record(s.auth, r)
			want := s.URL + "/auth/twitter/login?return_to=%2Fa%26b&stayLoggedIn=true"
			if method == "POST" { // whose query is not read
				want = s.URL + "/auth/twitter/login?return_to=%2F&stayLoggedIn=false"
			}
			if (w.Code == http.StatusSeeOther && w.Header().Get("Location") == want) != redirected {
				t.Errorf("%s to %q: %d %s", method, host, w.Code, w.Header().Get("Location"))
			}
			if redirected && len(w.Result().Cookies()) != 0 {
				t.Errorf("%s to %q sets a cookie", method, host)
			}
		}
	}
}

func TestLoopbackNamesLoseNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil, linkingMemory{newMemory()})
	b := s.browser(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	for _, form := range []url.Values{{"link": {"true"}}, {"data": {"invite"}}} {
		r := b.do("POST", "/auth/twitter/login", form, "Host", "localhost:"+port)
		if r.StatusCode != http.StatusBadRequest || r.code(t) != "bad_request" || !strings.Contains(r.body, s.URL) {
			t.Errorf("%v: %d %s", form, r.StatusCode, r.body)
		}
	}
	r := b.do("POST", "/auth/twitter/login", url.Values{"return_to": {"/a"}}, "Host", "localhost:"+port, "Accept", "application/json")
	if r.StatusCode != http.StatusOK || r.body != `{"url":"`+s.URL+`/auth/twitter/login?return_to=%2Fa\u0026stayLoggedIn=false"}`+"\n" {
		t.Errorf("JSON: %d %s", r.StatusCode, r.body)
	}
}

func TestLoginForm(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	b := s.browser(t)
	send := func(contentType, body string) reply {
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/auth/twitter/login?return_to=/query&data=query", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if contentType != "" {
			req.Header.Set("Content-Type", contentType)
		}
		return b.send(req)
	}
	const form = "application/x-www-form-urlencoded"
	multipart := "--b\r\nContent-Disposition: form-data; name=\"return_to\"\r\n\r\n/account\r\n--b--\r\n"
	for name, test := range map[string]struct {
		contentType, body string
		status            int
	}{
		"empty, no type":         {"", "", 303},
		"empty form":             {form, "", 303},
		"form with a charset":    {form + "; charset=utf-8", "return_to=/a", 303},
		"multipart":              {"multipart/form-data; boundary=b", multipart, 303},
		"multipart, broken":      {"multipart/form-data; boundary=b", multipart[:40], 400},
		"multipart, no boundary": {"multipart/form-data", multipart, 400},
		"JSON":                   {"application/json", `{"return_to":"/a"}`, 415},
		"no type":                {"", "return_to=/a", 415},
		"text":                   {"text/plain", "return_to=/a", 415},
		"broken":                 {form, "return_to=%zz", 400},
		"semicolons":             {form, "return_to=/a;data=b", 400},
		"stay twice":             {form, "stayLoggedIn=1&stayLoggedIn=1", 400},
		"stay maybe":             {form, "stayLoggedIn=maybe", 400},
		"link maybe":             {form, "link=2", 400},
		"data twice":             {form, "data=1&data=2", 400},
		"data at its limit":      {form, "data=" + strings.Repeat("d", 256), 303},
		"data too long":          {form, "data=" + strings.Repeat("d", 257), 400},
		"data no UTF-8":          {form, "data=%ff", 400},
		"too large":              {form, "x=" + strings.Repeat("x", 8<<10), 413},
	} {
		if r := send(test.contentType, test.body); r.StatusCode != test.status {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
	u := s.browser(t)
	r := u.get(u.approve(u.start(url.Values{"return_to": {"/account"}}), ada))
	if r.location() != "/account" || s.users.all()[0].Data != "" {
		t.Errorf("the query of a post was read: %s, %q", r.location(), s.users.all()[0].Data)
	}
}

func TestMethodsAndPaths(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *twitterauth.Config) { c.TokenLogin = true })
	all := map[string]http.Handler{"mounted": s.mux, "served whole": s.auth}
	for _, pattern := range []string{"GET /", "/", "/auth/", "GET /auth/twitter/{name}"} {
		mux := http.NewServeMux()
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "the app's") })
		s.auth.Mount(mux)
		all["mounted beside "+pattern] = mux
	}
	for how, h := range all {
		for path, allow := range map[string]string{
			"/auth/twitter/login": "GET, POST", "/auth/twitter/callback": "GET", "/auth/twitter/logout": "GET, HEAD, POST", "/auth/twitter/token": "POST", "/auth/twitter/session": "GET, HEAD, POST",
		} {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
				w := record(h, newRequest(method, path))
				allowed := strings.Contains(allow, method)
				if (w.Code == http.StatusMethodNotAllowed) == allowed || !allowed && w.Header().Get("Allow") != allow {
					t.Errorf("%s: %s %s: %d, Allow %q", how, method, path, w.Code, w.Header().Get("Allow"))
				}
			}
		}
	}
	for _, path := range []string{"/auth/twitter/", "/auth/twitter", "/auth/twitter/unknown", "/auth/twitter/login/", "/auth/twitter/login/x", "/auth/twitterx/login", "/login", "/"} {
		r := newRequest("GET", path)
		r.Header.Set("Accept", "application/json")
		if w := record(s.auth, r); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `"not_found"`) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	off := newSite(t, nil)
	if w := record(off.auth, newRequest("POST", "/auth/twitter/token")); w.Code != http.StatusNotFound {
		t.Errorf("token login that is off: %d", w.Code)
	}
}

func TestPagesCarryAPolicy(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'")
		s.auth.ServeHTTP(w, r)
	})
	for _, path := range []string{"/auth/twitter/callback", "/auth/twitter/nothing"} {
		r := newRequest("GET", path)
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || !strings.Contains(policy, "frame-ancestors 'none'") || len(w.Header()["Content-Security-Policy"]) != 1 {
			t.Errorf("%s: policy %q", path, policy)
		}
		if offers := strings.Contains(w.Body.String(), "<form"); offers != strings.Contains(policy, s.x.URL) {
			t.Errorf("%s: a form %t, policy %q", path, offers, policy)
		}
		for _, bad := range []string{"<script", " style=", "onclick", "http://", "https://"} {
			if strings.Contains(w.Body.String(), bad) {
				t.Errorf("%s: the page has %q", path, bad)
			}
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Referrer-Policy") != "strict-origin" {
			t.Errorf("%s: headers %v", path, w.Header())
		}
	}
}

func TestSignInButton(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	for returnTo, want := range map[string]string{"/a?b=\"<c>&d": `value="/a?b=&#34;&lt;c&gt;&amp;d"`, "": "", "//evil.example": "", "/auth/twitter/login": ""} {
		html := string(s.auth.SignInButton(returnTo))
		if !strings.Contains(html, `<form class="twitterauth" method="post" action="/auth/twitter/login">`) || !strings.Contains(html, "Sign in with X</span></button>") || !strings.Contains(html, want) || (want == "") == strings.Contains(html, "return_to") {
			t.Errorf("%q: %s", returnTo, html)
		}
		for _, bad := range []string{"<script", "style=", "javascript:", "<c>"} {
			if strings.Contains(html, bad) {
				t.Errorf("the button has %q", bad)
			}
		}
	}
}
