package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// reports is a site of another program. It shows what it knows of the person.
func reports(t *testing.T) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]string{
			"asked": r.Method + " " + r.URL.RequestURI(), "user": r.Header.Get("X-User-Id"),
			"cookie": r.Header.Get("Cookie"), "authorization": r.Header.Get("Authorization"),
		})
	}))
	t.Cleanup(server.Close)
	return server
}

// startBehindForwardAuth runs the example and reports behind nginx with
// deploy/forward-auth.conf, and returns the address of nginx.
func startBehindForwardAuth(t *testing.T, router string) (front string, example *running) {
	nginx := need(t, "nginx", "nginx", "/usr/sbin/nginx")
	front = fmt.Sprintf("127.0.0.1:%d", freePort(t))
	example = start(t, map[string]string{"TWITTER_CALLBACK_URL": "http://" + front + "/auth/twitter/callback"}, "-router", router)
	conf, err := os.ReadFile("deploy/forward-auth.conf")
	if err != nil {
		t.Fatal(err)
	}
	server := strings.NewReplacer(
		"app:8080", example.Listener.Addr().String(),
		"reports:8080", reports(t).Listener.Addr().String(),
		"listen 8080", "listen "+front,
	).Replace(string(conf))
	p := startProcess(t, exec.Command(nginx, "-c", nginxFile(t, "access_log off;\n"+server), "-p", t.TempDir(), "-e", "stderr", "-g", "daemon off;"))
	p.await(t, healthy("http://"+front))
	return "http://" + front, example
}

// nginxFile writes a whole configuration around a server's.
func nginxFile(t *testing.T, server string) (name string) {
	t.Helper()
	dir := t.TempDir()
	var temp strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temp, "%s_temp_path %s;\n", kind, filepath.Join(dir, kind))
	}
	name = filepath.Join(dir, "nginx.conf")
	whole := fmt.Sprintf("worker_processes 2;\npid %s;\nevents {}\nhttp {\n%s%s}\n", filepath.Join(dir, "pid"), temp.String(), server)
	if err := os.WriteFile(name, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// proxied is an answer that came through the proxy, with its body.
type proxied struct {
	status int
	header http.Header
	body   string
}

// ask sends a request with headers and does not follow redirects.
func ask(t *testing.T, c *http.Client, method, address string, headers map[string]string) proxied {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	still := *c
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := still.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return proxied{resp.StatusCode, resp.Header, string(text)}
}

var (
	asPageVisit = map[string]string{"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
	asFetch     = map[string]string{"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
)

func TestForwardAuth(t *testing.T) {
	t.Parallel()
	for _, router := range routerNames() {
		t.Run(router, func(t *testing.T) {
			t.Parallel()
			front, example := startBehindForwardAuth(t, router)
			c := example.browser(t)
			const page = "/reports/may?a=1&b=%26%3D&link=true"

			// Without a user: a page visit is led to the sign-in page, and keeps its query.
			resp := ask(t, c, "GET", front+page, asPageVisit)
			location, err := url.Parse(resp.header.Get("Location"))
			if err != nil || resp.status != http.StatusSeeOther || location.Path != signInPath || location.Query().Get("return_to") != page {
				t.Errorf("page visit: %d %q", resp.status, resp.header.Get("Location"))
			}
			for _, test := range []struct {
				method, path string
				headers      map[string]string
			}{
				{"GET", page, asFetch},
				{"POST", page, asPageVisit},
				{"HEAD", page, asPageVisit},
				{"GET", "/files/a", asPageVisit},
				{"GET", "/files/a", asFetch},
				{"GET", "/x/%2e%2e/reports/may", asFetch},
				{"GET", "/reports%2Fmay", asFetch},
			} {
				resp := ask(t, c, test.method, front+test.path, test.headers)
				if resp.status != http.StatusUnauthorized || strings.Contains(resp.body, `"user"`) {
					t.Errorf("%s %s without a user: %d %s", test.method, test.path, resp.status, resp.body)
				}
			}
			if resp := ask(t, c, "GET", front+"/forward-auth/session", nil); resp.status != http.StatusNotFound {
				t.Errorf("the proxy's own address: %d", resp.status)
			}

			// The login leads back to the page.
			example.x.SignInAs("6253282")
			answer, err := c.PostForm(front+"/auth/twitter/login", url.Values{"return_to": {page}})
			status, body := text(t, answer, err)
			var seen map[string]string
			if err := json.Unmarshal([]byte(body), &seen); err != nil || status != http.StatusOK {
				t.Fatalf("%d %s", status, body)
			}
			me := example.userAt(t, c, front)
			if seen["asked"] != "GET "+page || seen["user"] != me || me == "" || seen["cookie"] != "" {
				t.Errorf("user %q: %v", me, seen)
			}

			// A user gets through with any method; a false X-User-Id does not.
			forged := map[string]string{"X-User-Id": "1000", "Authorization": "Bearer x"}
			for _, test := range []struct{ method, path, user string }{
				{"GET", page, me}, {"POST", "/reports/new", me}, {"DELETE", "/reports/new", me}, {"GET", "/files/a", "1000"},
			} {
				resp := ask(t, c, test.method, front+test.path, forged)
				seen = nil
				if err := json.Unmarshal([]byte(resp.body), &seen); err != nil || resp.status != http.StatusOK || seen["user"] != test.user || seen["authorization"] != "" {
					t.Errorf("%s %s: %d %s", test.method, test.path, resp.status, resp.body)
				}
			}
		})
	}
}

// userAt returns the ID of the user who is signed in, as GET session has it.
func (r *running) userAt(t *testing.T, c *http.Client, site string) string {
	t.Helper()
	resp := ask(t, c, "GET", site+"/auth/twitter/session", asFetch)
	var info struct {
		UserID string `json:"userId"`
	}
	if err := json.Unmarshal([]byte(resp.body), &info); err != nil {
		t.Fatalf("%s: %v", resp.body, err)
	}
	return info.UserID
}

// A database that does not answer is not taken for a person without a session.
func TestForwardAuthStoreUnavailable(t *testing.T) {
	t.Parallel()
	example := start(t, nil)
	c := example.browser(t)
	example.x.SignInAs("6253282")
	resp, err := c.PostForm(example.URL+"/auth/twitter/login", nil)
	text(t, resp, err)
	headers := map[string]string{"X-Forwarded-Uri": "/reports/may"}
	if resp := ask(t, c, "GET", example.URL+forwardAuthPath, headers); resp.status != http.StatusNoContent {
		t.Fatal(resp.status)
	}
	example.app.users.Close()
	if resp := ask(t, c, "GET", example.URL+forwardAuthPath, headers); resp.status != http.StatusServiceUnavailable {
		t.Errorf("%d %s", resp.status, resp.body)
	}
}

// Addresses that a proxy would never send.
func TestForwardAuthAddresses(t *testing.T) {
	t.Parallel()
	example := start(t, nil)
	for address, want := range map[string]int{
		"":                       http.StatusBadRequest,
		"reports":                http.StatusBadRequest,
		"%zz":                    http.StatusBadRequest,
		"/auth/twitter/session":  http.StatusUnauthorized, // which the guard passes
		signInPath:               http.StatusUnauthorized,
		"//evil.example/a":       http.StatusSeeOther,
		"https://evil.example/a": http.StatusSeeOther,
	} {
		resp := ask(t, example.browser(t), "GET", example.URL+forwardAuthPath, map[string]string{"X-Forwarded-Uri": address, "Accept": "text/html"})
		if resp.status != want || strings.Contains(resp.header.Get("Location"), "evil") {
			t.Errorf("%q: %d %s", address, resp.status, resp.header.Get("Location"))
		}
	}
}
