package session

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/sessions"

	"twitterlogin.example/internal/storewait"
)

// storeWait is how long one Start, Load, Touch or End waits for the store, all its calls
// together, unless the request's context has a budget of its own. A longer wait
// makes a proxy ask the next machine while this one still waits.
const storeWait = 5 * time.Second

// serverStore keeps sessions in a store of the app.
type serverStore struct {
	store    sessions.Store
	cookie   cookie
	audience string
	calls    storewait.Calls
}

// operation is one Start, Load, Touch or End at a server-side store. Its calls share
// one bound on waiting. It is used by one goroutine.
type operation struct {
	*serverStore
	request *http.Request

	ctx context.Context // for the time of one Start, Load, Touch or End; nil before the first call
	end func()
}

// close ends the operation. A nil operation has nothing to end.
func (op *operation) close() {
	if op != nil && op.end != nil {
		op.end()
	}
}

// ask makes one call to the store, with a request that carries that cookie and
// no other. Gorilla stores take no context, so the call runs in a goroutine of
// its own, which may outlast the operation. So call must use nothing that the
// operation goes on to change.
func ask[T any](op *operation, c *http.Cookie, call func(*http.Request) (T, error)) (T, error) {
	if op.ctx == nil {
		op.ctx, op.end = storewait.Begin(op.request.Context(), storeWait)
	}
	r := requestWith(op.ctx, op.request, c)
	return storewait.Do(op.ctx, &op.calls, func() (T, error) { return call(r) })
}

// requestWith returns a copy of r that shares nothing with r which a handler or
// a store may change, and has no body. It carries that cookie and no other.
func requestWith(ctx context.Context, r *http.Request, c *http.Cookie) *http.Request {
	r = r.Clone(ctx)
	r.Body, r.GetBody = http.NoBody, nil
	if r.Header == nil {
		r.Header = http.Header{}
	}
	delete(r.Header, "Cookie")
	if c != nil {
		r.Header["Cookie"] = []string{c.Name + "=" + c.Value}
	}
	return r
}

// caughtHeader is a ResponseWriter that keeps what a store sets and sends
// nothing.
type caughtHeader http.Header

// cookie returns the value of the last cookie of that name, or "".
func (h caughtHeader) cookie(name string) string {
	for _, line := range slices.Backward(h["Set-Cookie"]) {
		if c, err := http.ParseSetCookie(line); err == nil && c.Name == name && c.Value != "" {
			return c.Value
		}
	}
	return ""
}

func (h caughtHeader) Header() http.Header         { return http.Header(h) }
func (h caughtHeader) Write(b []byte) (int, error) { return len(b), nil }
func (h caughtHeader) WriteHeader(int)             {}
