package session_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"twitterlogin.example/session"
)

// wrapped has Unwrap, embedded has not; both are how middleware wraps writers.
type wrapped struct{ w http.ResponseWriter }

func (w wrapped) Header() http.Header         { return w.w.Header() }
func (w wrapped) Write(b []byte) (int, error) { return w.w.Write(b) }
func (w wrapped) WriteHeader(status int)      { w.w.WriteHeader(status) }
func (w wrapped) Unwrap() http.ResponseWriter { return w.w }

type embedded struct{ http.ResponseWriter }

func TestStartTouchAndEndAfterTheAnswerBegan(t *testing.T) {
	t.Parallel()
	m := newManager(t, session.Config{AllowHTTP: true})
	started, c := start(t, m, "user", false)
	write := map[string]func(w http.ResponseWriter){
		"nothing":      func(http.ResponseWriter) {},
		"a status":     func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) },
		"a body":       func(w http.ResponseWriter) { w.Write([]byte("x")) },
		"an early 1xx": func(w http.ResponseWriter) { w.WriteHeader(http.StatusEarlyHints) },
	}
	wrap := map[string]func(w http.ResponseWriter) http.ResponseWriter{
		"net/http's own": func(w http.ResponseWriter) http.ResponseWriter { return w },
		"with Unwrap":    func(w http.ResponseWriter) http.ResponseWriter { return wrapped{&embedded{ResponseWriter: w}} },
		"embedding":      func(w http.ResponseWriter) http.ResponseWriter { return &embedded{ResponseWriter: wrapped{w}} },
	}
	for what, write := range write {
		for how, wrap := range wrap {
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w = wrap(w)
				write(w)
				var err error
				switch r.URL.Path {
				case "/end":
					err = m.End(w, r)
				case "/touch":
					r.AddCookie(c)
					_, err = m.Touch(w, r, started)
				default:
					_, err = m.Start(w, r, "user", false)
				}
				if begun := what == "a status" || what == "a body"; errors.Is(err, session.ErrHeadersSent) != begun {
					t.Errorf("%s written, %s, %s: %v", what, how, r.Proto, err)
				}
			})
			servers := []*httptest.Server{httptest.NewServer(handler), httptest.NewUnstartedServer(handler)}
			servers[1].EnableHTTP2 = true
			servers[1].StartTLS()
			if what != "an early 1xx" { // to TimeoutHandler and httptest's recorder that is the answer
				servers = append(servers, httptest.NewServer(http.TimeoutHandler(handler, time.Minute, "")))
				handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
			}
			for _, server := range servers {
				for _, path := range []string{"/", "/touch", "/end"} {
					resp, err := server.Client().Get(server.URL + path)
					if err != nil {
						t.Fatal(err)
					}
					resp.Body.Close()
					if begun := what == "a status" || what == "a body"; (len(resp.Cookies()) == 0) != begun {
						t.Errorf("%s written, %s, %s: cookies %v", what, how, resp.Proto, resp.Cookies())
					}
				}
				server.Close()
			}
		}
	}
}
