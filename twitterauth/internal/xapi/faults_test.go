package xapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"twitterlogin.example/twitterauth/internal/xapi"
)

const (
	goodRequestToken = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true"
	goodAccessToken  = "oauth_token=t&oauth_token_secret=s&user_id=6253282&screen_name=xapi"
	goodBearerToken  = `{"token_type":"bearer","expires_in":7200,"access_token":"a","scope":"tweet.read users.read"}`
)

func good(r *http.Request) string {
	switch r.URL.Path {
	case "/oauth/request_token":
		return goodRequestToken
	case "/oauth/access_token":
		return goodAccessToken
	case "/2/oauth2/token":
		return goodBearerToken
	case "/2/users/me":
		return `{"data":{"id":"6253282","username":"xapi"}}`
	}
	return `{"id":6253282,"id_str":"6253282","screen_name":"xapi"}`
}

func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	return conn
}

// broken are answers of an X in trouble, which are worth a second try.
var broken = map[string]http.HandlerFunc{
	"500":           func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) },
	"503 HTML":      func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503); fmt.Fprint(w, "<html>canary") },
	"HTML with 200": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>canary") },
	"empty":         func(w http.ResponseWriter, r *http.Request) {},
	"broken JSON":   func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"id":1,"canary`) },
	"null":          func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `null`) },
	"an array":      func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `[{"id":1}]`) },
	"reset": func(w http.ResponseWriter, r *http.Request) {
		conn := hijack(w)
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	},
	"closed": func(w http.ResponseWriter, r *http.Request) { hijack(w).Close() },
	"not HTTP": func(w http.ResponseWriter, r *http.Request) {
		conn := hijack(w)
		fmt.Fprint(conn, "canary canary canary\r\n\r\n")
		conn.Close()
	},
	"a header that is none": func(w http.ResponseWriter, r *http.Request) {
		conn := hijack(w)
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\ncanary\r\n\r\n")
		conn.Close()
	},
	"shorter than its length": func(w http.ResponseWriter, r *http.Request) {
		body := good(r)
		w.Header().Set("Content-Length", fmt.Sprint(len(body)+10))
		fmt.Fprint(w, body)
	},
	"a chunk that is cut off": func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, good(r))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	},
}

func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range broken {
		for step, call := range steps {
			t.Run(string(step)+" "+name, func(t *testing.T) {
				t.Parallel()
				u := newUpstream(t, answer)
				u.Config.ErrorLog = nil
				e := asError(t, call(t.Context(), u.client(xapi.Config{})))
				if e.Kind != xapi.Unavailable {
					t.Errorf("kind %d: %v", e.Kind, e)
				}
				want := int64(2)
				if once[step] {
					want = 1
				}
				if got := u.calls.Load(); got != want {
					t.Errorf("%d calls, want %d", got, want)
				}
				for err := error(e); err != nil; err = errors.Unwrap(err) {
					if strings.Contains(err.Error(), "canary") {
						t.Errorf("upstream text or a secret in %q", err)
					}
				}
			})
		}
	}
}

func TestSecondTrySucceeds(t *testing.T) {
	t.Parallel()
	for name, answer := range broken {
		for step, call := range steps {
			t.Run(string(step)+" "+name, func(t *testing.T) {
				t.Parallel()
				var first atomic.Bool
				u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
					if first.CompareAndSwap(false, true) {
						answer(w, r)
						return
					}
					fmt.Fprint(w, good(r))
				})
				if err := call(t.Context(), u.client(xapi.Config{})); (err == nil) == once[step] {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

// endless writes until nobody reads, and reports how much.
func endless(w io.Writer, limit int64) (written int64) {
	chunk := []byte(strings.Repeat(" ", 64<<10))
	for written < limit {
		n, err := w.Write(chunk)
		written += int64(n)
		if err != nil {
			break
		}
	}
	return written
}

// bomb is 32 MiB of nothing in some 32 KiB: members of gzip may follow one
// another (RFC 1952, section 2.2).
func bomb() []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	endless(z, 1<<20)
	z.Close()
	return bytes.Repeat(b.Bytes(), 32)
}

func TestTooLargeAnswers(t *testing.T) {
	t.Parallel()
	bomb() // takes long to pack where the machine is busy: not within a call's time
	packed := bomb()
	for name, answer := range map[string]http.HandlerFunc{
		"256 MiB": func(w http.ResponseWriter, r *http.Request) {
			if n := endless(w, 256<<20); n > 64<<20 {
				t.Errorf("%d bytes were taken", n)
			}
		},
		"256 MiB of an error": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401); endless(w, 256<<20) },
		"a gzip bomb": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(packed)
		},
	} {
		for step, call := range steps {
			for _, client := range []*http.Client{nil, {}} { // ours, and one that decompresses
				t.Run(fmt.Sprintf("%s %s %t", step, name, client == nil), func(t *testing.T) {
					t.Parallel()
					u := newUpstream(t, answer)
					e := asError(t, call(t.Context(), u.client(xapi.Config{HTTPClient: client})))
					if e.Kind != xapi.Unavailable && !strings.Contains(name, "error") {
						t.Errorf("kind %d: %v", e.Kind, e)
					}
				})
			}
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for step, call := range steps {
			target := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, good(r)) })
			u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, target.URL+r.URL.Path, status)
			})
			for _, client := range []*http.Client{nil, http.DefaultClient} {
				e := asError(t, call(t.Context(), u.client(xapi.Config{HTTPClient: client})))
				if e.Kind != xapi.Unavailable || target.calls.Load() != 0 {
					t.Errorf("%s %d: %v, the target was called %d times", step, status, e, target.calls.Load())
				}
			}
		}
	}
}

func TestHangingAndDripping(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"hangs": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"drips": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, " ")
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
				case <-time.After(10 * time.Millisecond):
				}
			}
		},
		"hangs in the body": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, good(r))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	} {
		for step, call := range steps {
			t.Run(string(step)+" "+name, func(t *testing.T) {
				t.Parallel()
				u := newUpstream(t, answer)
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				defer cancel()
				if e := asError(t, call(ctx, u.client(xapi.Config{}))); e.Kind != xapi.Timeout || !errors.Is(e, context.DeadlineExceeded) || u.calls.Load() > 1 { // 0 where the machine is busy
					t.Errorf("%v after %d calls", e, u.calls.Load())
				}
				if e := asError(t, call(t.Context(), u.client(xapi.Config{HTTPClient: &http.Client{Timeout: 50 * time.Millisecond}}))); e.Kind != xapi.Timeout {
					t.Errorf("the client's own timeout: %v", e)
				}
				ctx, cancel = context.WithCancel(t.Context())
				time.AfterFunc(20*time.Millisecond, cancel)
				if e := asError(t, call(ctx, u.client(xapi.Config{}))); e.Kind != xapi.Canceled || !errors.Is(e, context.Canceled) {
					t.Errorf("cancelled: %v", e)
				}
			})
		}
	}
}

func TestNoWayToX(t *testing.T) {
	t.Parallel()
	tls := httptest.NewTLSServer(nil)
	t.Cleanup(tls.Close)
	tls.Config.ErrorLog = nil
	for name, url := range map[string]string{
		"refused":               "http://127.0.0.1:1", // a port that another test's server does not get
		"untrusted certificate": tls.URL,
		"no TLS there":          strings.Replace(newUpstream(t, func(http.ResponseWriter, *http.Request) {}).URL, "http:", "https:", 1),
		"no such host":          "http://nowhere.invalid",
	} {
		for step, call := range steps {
			e := asError(t, call(t.Context(), xapi.New(xapi.Config{APIURL: url, ConsumerKey: "k", ConsumerSecret: "s"})))
			if e.Kind != xapi.Unavailable || e.Status != 0 {
				t.Errorf("%s, %s: %v", step, name, e)
			}
		}
	}
}
