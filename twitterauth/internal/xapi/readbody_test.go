package xapi

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// A server can announce any length. It decides neither how much is read nor how much
// is allocated before anything has come.
func TestReadBody(t *testing.T) {
	t.Parallel()
	const limit = 64 << 10
	for name, test := range map[string]struct {
		announced int64
		sent      int
		read      int
	}{
		"as announced":    {1500, 1500, 1500},
		"empty":           {0, 0, 0},
		"no length":       {-1, 1500, 1500},
		"less than said":  {math.MaxInt64, 1500, 1500},
		"more than said":  {10, 20_000, 20_000},
		"at the limit":    {limit, limit, limit},
		"above the limit": {10 * limit, 10 * limit, limit + 1},
		"above, unsaid":   {-1, 10 * limit, limit + 1},
	} {
		sent := strings.Repeat("x", test.sent)
		for how, body := range map[string]io.Reader{"at once": strings.NewReader(sent), "in bytes": iotest.OneByteReader(strings.NewReader(sent))} {
			closed := &closeCounter{Reader: body}
			got, err := readBody(&http.Response{Body: closed, ContentLength: test.announced}, limit)
			if err != nil || !bytes.Equal(got, []byte(sent[:test.read])) || closed.n != 1 {
				t.Errorf("%s, %s: %d bytes, %v, closed %d times", name, how, len(got), err, closed.n)
			}
			if most := max(4<<10, 3*len(got)) + 2*bytes.MinRead; cap(got) > most {
				t.Errorf("%s, %s: %d bytes were allocated, at most %d are allowed", name, how, cap(got), most)
			}
		}
	}
}

func TestReadBodyFails(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{io.ErrUnexpectedEOF, fmt.Errorf("the connection broke: %w", io.EOF)} {
		for _, announced := range []int64{1500, -1} {
			closed := &closeCounter{Reader: io.MultiReader(strings.NewReader("x"), iotest.ErrReader(cause))}
			if _, err := readBody(&http.Response{Body: closed, ContentLength: announced}, 64<<10); err != cause || closed.n != 1 {
				t.Errorf("%v with length %d: %v, closed %d times", cause, announced, err, closed.n)
			}
		}
	}
}

type closeCounter struct {
	io.Reader
	n int
}

func (c *closeCounter) Close() error { c.n++; return nil }
