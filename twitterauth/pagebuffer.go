package twitterauth

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// maxPage bounds what Config.Page may write, in bytes.
const maxPage = 4 << 20

var (
	errPageTooLong = fmt.Errorf("it wrote more than %d bytes", maxPage)
	errPageClosed  = errors.New("twitterauth: the page has been sent, or its time is up")
)

// pageBuffer takes what Config.Page writes until its call has returned or its time is
// up: a layout may write on, because nothing stops it.
type pageBuffer struct {
	ctx context.Context // of the call

	mu   sync.Mutex
	body []byte
	err  error // what further writes return
}

func (b *pageBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.err != nil:
		return 0, b.err
	case b.ctx.Err() != nil:
		return 0, errPageClosed
	case len(p) > maxPage-len(b.body):
		b.err = errPageTooLong
		return 0, b.err
	}
	b.body = append(b.body, p...)
	return len(p), nil
}

// close makes further writes fail and returns the page.
func (b *pageBuffer) close() ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.err
	b.err = errPageClosed
	return b.body, err
}
