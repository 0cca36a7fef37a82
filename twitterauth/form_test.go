package twitterauth_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"twitterlogin.example/twitterauth"
)

func TestLoginForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
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

// inFront are middlewares that read the body before the login does.
var inFront = map[string]func(r *http.Request){
	"nothing":            func(*http.Request) {},
	"ParseForm":          func(r *http.Request) { r.ParseForm() },
	"ParseMultipartForm": func(r *http.Request) { r.ParseMultipartForm(1 << 20) },
	"PostFormValue":      func(r *http.Request) { r.PostFormValue("csrf") },
	"FormValue":          func(r *http.Request) { r.FormValue("_method") },
	"read and put back": func(r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	},
}

func multipartOf(form url.Values) (body, contentType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			w.WriteField(name, v)
		}
	}
	w.Close()
	return b.String(), w.FormDataContentType()
}

// A form that something in front has parsed has the same fields as without it,
// and none from the query.
func TestFormThatWasParsedBefore(t *testing.T) {
	t.Parallel()
	s, b := newLinkingSite(t, oauth1)
	form := chosen(true)
	form.Set("csrf", "token")
	for name, parse := range inFront {
		for _, kind := range []string{"urlencoded", "multipart"} {
			body, contentType := form.Encode(), "application/x-www-form-urlencoded"
			if kind == "multipart" {
				body, contentType = multipartOf(form)
			}
			r := httptest.NewRequest("POST", "/auth/twitter/login?return_to=/query&data=query&stayLoggedIn=false", strings.NewReader(body))
			r.Host = s.Listener.Addr().String()
			r.Header.Set("Content-Type", contentType)
			r.AddCookie(&http.Cookie{Name: sessionCookie, Value: b.cookies()[sessionCookie]})
			w := record(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				parse(r)
				s.auth.ServeHTTP(w, r)
			}), r)
			if w.Code != 303 || !strings.Contains(w.Header().Get("Location"), "/oauth/authorize?") {
				t.Errorf("%s, %s: %d %s", name, kind, w.Code, w.Body)
				continue
			}
			callback, err := s.x.Cancel(w.Header().Get("Location"))
			if err != nil {
				t.Fatal(err)
			}
			back := newRequest("GET", pathAndQuery(callback))
			back.Header.Set("Accept", "text/html")
			for _, c := range w.Result().Cookies() {
				back.AddCookie(c)
			}
			fields, _ := offeredForm(record(s.auth, back).Body.String())
			if fields.Encode() != chosen(true).Encode() {
				t.Errorf("%s, %s: kept %v", name, kind, fields)
			}
		}
	}
}

// A token post whose form was parsed before logs in as without it.
func TestTokenPostThatWasParsedBefore(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin = true }))
	token, secret := s.x.TokenPair(noor)
	form := url.Values{"authToken": {token}, "authTokenSecret": {secret}, "stayLoggedIn": {"true"}}
	for name, parse := range inFront {
		r := httptest.NewRequest("POST", "/auth/twitter/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		parse(r)
		if w := record(s.auth, r); w.Code != 200 || !strings.Contains(w.Body.String(), `"stayLoggedIn":true`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// A body that was announced and is gone is not an empty form.
func TestBodyThatIsGone(t *testing.T) {
	t.Parallel()
	s := newSite(t, configured(func(c *twitterauth.Config) { c.TokenLogin = true }))
	long := strings.Repeat("x", 9<<10)
	for name, test := range map[string]struct {
		contentType, body string
		spoil             func(r *http.Request)
		status            int
	}{
		"drained":                  {"application/x-www-form-urlencoded", "return_to=/a", func(r *http.Request) { io.Copy(io.Discard, r.Body) }, 400},
		"drained, then parsed":     {"application/x-www-form-urlencoded", "return_to=/a", func(r *http.Request) { io.Copy(io.Discard, r.Body); r.ParseForm() }, 400},
		"half drained":             {"application/x-www-form-urlencoded", "return_to=/a", func(r *http.Request) { io.CopyN(io.Discard, r.Body, 4) }, 400},
		"closed":                   {"application/x-www-form-urlencoded", "return_to=/a", func(r *http.Request) { r.Body.Close(); io.Copy(io.Discard, r.Body) }, 400},
		"replaced by nothing":      {"application/x-www-form-urlencoded", "return_to=/a", func(r *http.Request) { r.Body = http.NoBody }, 400},
		"chunked and drained":      {"application/x-www-form-urlencoded", "return_to=/a", func(r *http.Request) { r.ContentLength = -1; io.Copy(io.Discard, r.Body) }, 400},
		"chunked, drained, parsed": {"application/x-www-form-urlencoded", "return_to=/a", func(r *http.Request) { r.ContentLength = -1; io.Copy(io.Discard, r.Body); r.ParseForm() }, 400},
		"chunked, read in parts": {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"return_to\"\r\n\r\n/a\r\n--b--\r\n", func(r *http.Request) {
			r.ContentLength = -1
			r.MultipartReader()
		}, 400},
		"multipart, drained":        {"multipart/form-data; boundary=b", "--b--", func(r *http.Request) { io.Copy(io.Discard, r.Body) }, 400},
		"too long, parsed":          {"application/x-www-form-urlencoded", "x=" + long, func(r *http.Request) { r.ParseForm() }, 413},
		"too long, chunked, parsed": {"application/x-www-form-urlencoded", "x=" + long, func(r *http.Request) { r.ContentLength = -1; r.ParseForm() }, 413},
		"no body":                   {"", "", func(*http.Request) {}, 303},
		"an empty form":             {"application/x-www-form-urlencoded", "", func(*http.Request) {}, 303},
		"an empty form, parsed":     {"application/x-www-form-urlencoded", "", func(r *http.Request) { r.ParseForm() }, 303},
		"a Content-Type of 1 MB":    {"application/x-www-form-urlencoded" + strings.Repeat(";a=b", 1<<18), "return_to=/a", func(*http.Request) {}, 415},
	} {
		for _, route := range []string{"login", "token"} {
			r := httptest.NewRequest("POST", "/auth/twitter/"+route, strings.NewReader(test.body))
			r.Host = s.Listener.Addr().String()
			if test.contentType != "" {
				r.Header.Set("Content-Type", test.contentType)
			}
			test.spoil(r)
			w := record(s.auth, r)
			want := test.status
			if route == "token" && strings.HasPrefix(test.contentType, "multipart") {
				want = 415
			}
			if route == "token" && test.body == "" {
				want = map[string]int{"": 415, "application/x-www-form-urlencoded": 400}[test.contentType]
			}
			if w.Code != want || len(w.Header()["Set-Cookie"]) != 0 && w.Code != 303 {
				t.Errorf("%s at %s: %d %s, want %d", name, route, w.Code, w.Body, want)
			}
		}
	}
}

// A body that does not come ends in an answer after five seconds. The time and
// the connection are not real.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/auth/twitter/login", "/auth/twitter/token"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				cfg := goodConfig()
				cfg.TokenLogin, cfg.Logger = true, slog.New(slog.DiscardHandler)
				auth, err := twitterauth.New(newMemory(), cfg)
				if err != nil {
					t.Fatal(err)
				}
				client, serverSide := net.Pipe()
				server := &http.Server{Handler: auth}
				served := make(chan error, 1)
				go func() { served <- server.Serve(&oneConn{conn: serverSide, closed: make(chan struct{})}) }()
				defer func() { server.Close(); <-served }()
				defer client.Close()
				began := time.Now()
				fmt.Fprintf(client, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nreturn_to=", path)
				answer, err := io.ReadAll(client)
				if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 408") || !strings.Contains(string(answer), "request_timeout") {
					t.Errorf("%v %s", err, answer)
				}
				// net/http waits up to half a second more before it closes.
				if took := time.Since(began); took < 5*time.Second || took > 6*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// deadlines is a ResponseWriter that keeps the deadlines that are set.
type deadlines struct {
	http.ResponseWriter
	set []time.Time
	err error
}

func (d *deadlines) SetReadDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return d.err
}

// The deadline for a body does not outlive it, because the request's context would end
// with it.
func TestDeadlineOfABody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for want, err := range map[int]error{2: nil, 1: http.ErrNotSupported} {
		r := httptest.NewRequest(http.MethodPost, "/auth/twitter/login", strings.NewReader("stayLoggedIn=true"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		recorder := httptest.NewRecorder()
		w := &deadlines{ResponseWriter: recorder, err: err}
		s.auth.ServeHTTP(w, r)
		if recorder.Code != http.StatusSeeOther || len(w.set) != want || err == nil && !w.set[1].IsZero() {
			t.Errorf("%v: %d, deadlines %v", err, recorder.Code, w.set)
		}
	}
}

// oneConn is a listener that accepts that one connection.
type oneConn struct {
	conn   net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *oneConn) Accept() (conn net.Conn, err error) {
	if conn, l.conn = l.conn, nil; conn != nil {
		return conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.IPAddr{} }
