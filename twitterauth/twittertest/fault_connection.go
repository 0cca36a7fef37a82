package twittertest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// What goes wrong on the way to X: connections that break and bodies that never end.

// Hang takes the request and never answers.
func Hang() Fault {
	return Fault{do: func(s *Server, w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-s.closed.Done():
		}
		panic(http.ErrAbortHandler)
	}}
}

// Drip answers 200 and then sends a byte every interval, for ever.
func Drip(interval time.Duration) Fault {
	return Fault{do: func(s *Server, w http.ResponseWriter, r *http.Request) {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			if _, err := w.Write([]byte(" ")); err != nil {
				return
			}
			http.NewResponseController(w).Flush()
			select {
			case <-ticker.C:
			case <-r.Context().Done():
				return
			case <-s.closed.Done():
				panic(http.ErrAbortHandler)
			}
		}
	}}
}

// Reset drops the connection without an answer.
func Reset() Fault {
	return Fault{do: func(_ *Server, w http.ResponseWriter, r *http.Request) {
		if h, ok := w.(http.Hijacker); ok {
			if conn, _, err := h.Hijack(); err == nil {
				if tcp, ok := conn.(*net.TCPConn); ok {
					tcp.SetLinger(0)
				}
				conn.Close()
				return
			}
		}
		panic(http.ErrAbortHandler) // HTTP/2: the stream is reset
	}}
}

// AnswerLost carries the request out and drops the connection without an
// answer: a code is then redeemed, a refresh token spent, a post made, and the
// client does not learn of it. A request that X refuses changes nothing.
func AnswerLost() Fault {
	f := Reset()
	f.after = true
	return f
}

// Truncate announces more bytes than it sends.
func Truncate() Fault {
	return Fault{do: func(_ *Server, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, `{"id":1,"id_str":"1","screen_`)
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}}
}

// TruncateChunked breaks off an answer that had announced no length.
func TruncateChunked() Fault {
	return Fault{do: func(_ *Server, w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"id":1,"id_str":"1","screen_`)
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}}
}

// HugeBody answers 200 with that many bytes, or as many as are taken.
func HugeBody(size int64) Fault {
	return Fault{do: func(s *Server, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
		writeMuch(w, size)
	}}
}

// GzipBomb answers 200 with a small compressed body that unpacks to that many
// bytes.
func GzipBomb(size int64) Fault {
	// Members of gzip may follow one another (RFC 1952, section 2.2), so one
	// MiB is packed once and sent as often as it takes.
	const member = 1 << 20
	var b bytes.Buffer
	b.Write(bytes.Repeat(packed(member), int(size/member)))
	b.Write(packed(size % member))
	return Fault{do: func(_ *Server, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
		w.Write(b.Bytes())
	}}
}

func packed(size int64) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	writeMuch(z, size)
	z.Close()
	return b.Bytes()
}

func writeMuch(w io.Writer, size int64) {
	chunk := []byte(strings.Repeat(" ", 32<<10))
	for size > 0 {
		n, err := w.Write(chunk[:min(size, int64(len(chunk)))])
		if err != nil {
			return
		}
		size -= int64(n)
	}
}
