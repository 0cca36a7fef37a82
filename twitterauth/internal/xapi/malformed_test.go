package xapi_test

import (
	"io"
	"net"
	"strings"
	"testing"

	"twitterlogin.example/twitterauth/internal/xapi"
)

// net/http quotes what it cannot read in its errors. None of it may get into ours.
func TestMalformedAnswersAreNotQuoted(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"no HTTP":             "canary\r\n\r\n",
		"a status":            "HTTP/1.1 canary canary\r\n\r\n",
		"a version":           "HTTP/canary 200 OK\r\n\r\n",
		"a header":            "HTTP/1.1 200 OK\r\ncanary\r\n\r\n",
		"a length":            "HTTP/1.1 200 OK\r\nContent-Length: canary\r\n\r\n",
		"a transfer encoding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: canary\r\n\r\n",
		"a chunk":             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ncanary\r\n",
	} {
		for step, call := range steps {
			t.Run(name+" at "+string(step), func(t *testing.T) {
				t.Parallel()
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { l.Close() })
				go func() {
					for {
						conn, err := l.Accept()
						if err != nil {
							return
						}
						conn.Read(make([]byte, 4096))
						io.WriteString(conn, answer)
						conn.Close()
					}
				}()
				client := xapi.New(xapi.Config{APIURL: "http://" + l.Addr().String(), CallbackURL: callbackURL, ConsumerKey: "key", ConsumerSecret: "secret"})
				e := asError(t, call(t.Context(), client))
				if e.Kind != xapi.Unavailable || strings.Contains(e.Error(), "canary") {
					t.Errorf("kind %d: %v", e.Kind, e)
				}
			})
		}
	}
}
