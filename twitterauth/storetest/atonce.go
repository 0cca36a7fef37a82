package storetest

import "sync"

// many is how many logins, pages or links happen at one moment.
const many = 100

// results are what the calls of atOnce returned.
type results[T comparable] struct {
	values map[T]int // of the calls without an error, with how often
	failed int
	err    error // of a call that failed
}

// atOnce makes n calls that begin at the same moment.
func atOnce[T comparable](n int, call func(i int) (T, error)) results[T] {
	r := results[T]{values: map[T]int{}}
	var mu sync.Mutex
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-begin
			value, err := call(i)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				r.failed, r.err = r.failed+1, err
				return
			}
			r.values[value]++
		})
	}
	close(begin)
	wg.Wait()
	return r
}
