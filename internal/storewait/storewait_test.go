package storewait_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"twitterlogin.example/internal/storewait"
)

const fallback = 5 * time.Second

// store is a store whose calls last as long as a test wants, whatever happens
// to their context.
type store struct {
	calls storewait.Calls
	begun atomic.Int64
}

// ask makes one call that lasts that long and returns how long it waited.
func (s *store) ask(ctx context.Context, lasts time.Duration) (waited time.Duration, err error) {
	began := time.Now()
	waiting, end := storewait.Begin(ctx, fallback)
	defer end()
	_, err = storewait.Do(waiting, &s.calls, func() (string, error) {
		s.begun.Add(1)
		time.Sleep(lasts)
		return "answer", nil
	})
	return time.Since(began), err
}

func TestCallsThatReturnInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		boom := errors.New("boom")
		waiting, end := storewait.Begin(t.Context(), fallback)
		defer end()
		var calls storewait.Calls
		for range 200 {
			if got, err := storewait.Do(waiting, &calls, func() (int, error) { return 7, boom }); got != 7 || err != boom {
				t.Fatalf("got %d, %v", got, err)
			}
		}
	})
}

func TestWhatEndsTheWaiting(t *testing.T) {
	t.Parallel()
	type ctx = context.Context
	for name, test := range map[string]struct {
		with   func(ctx) (ctx, context.CancelFunc)
		waits  time.Duration
		want   error
		budget bool // the error names the budget
	}{
		"no budget": {func(c ctx) (ctx, context.CancelFunc) { return c, func() {} }, fallback, context.DeadlineExceeded, true},
		"a budget": {func(c ctx) (ctx, context.CancelFunc) {
			return storewait.WithBudget(c, 2*time.Second), func() {}
		}, 2 * time.Second, context.DeadlineExceeded, true},
		"a budget in a budget": {func(c ctx) (ctx, context.CancelFunc) {
			return storewait.WithBudget(storewait.WithBudget(c, 2*time.Second), time.Hour), func() {}
		}, 2 * time.Second, context.DeadlineExceeded, true},
		"no time at all": {func(c ctx) (ctx, context.CancelFunc) {
			return storewait.WithBudget(c, 0), func() {}
		}, 0, context.DeadlineExceeded, true},
		"the request's deadline": {func(c ctx) (ctx, context.CancelFunc) {
			return context.WithTimeout(c, time.Second)
		}, time.Second, context.DeadlineExceeded, false},
		"the request's client goes away": {func(c ctx) (ctx, context.CancelFunc) {
			c, cancel := context.WithCancel(c)
			time.AfterFunc(3*time.Second, cancel)
			return c, cancel
		}, 3 * time.Second, context.Canceled, false},
		"the request has ended before": {func(c ctx) (ctx, context.CancelFunc) {
			c, cancel := context.WithCancel(c)
			cancel()
			return c, cancel
		}, 0, context.Canceled, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var s store
				ctx, cancel := test.with(t.Context())
				defer cancel()
				defer time.Sleep(time.Hour) // until the abandoned call has ended
				waited, err := s.ask(ctx, time.Hour)
				if !errors.Is(err, test.want) || errors.Is(err, storewait.ErrOutOfTime) != test.budget || waited != test.waits {
					t.Errorf("after %v: %v", waited, err)
				}
			})
		})
	}
}

func TestCallsShareTheirBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s store
		ctx := storewait.WithBudget(t.Context(), 5*time.Second)
		for i, test := range []struct {
			lasts, waits time.Duration
			late         bool
		}{
			{2 * time.Second, 2 * time.Second, false},
			{time.Second, time.Second, false},
			{time.Hour, 2 * time.Second, true},
			{0, 0, true},
		} {
			time.Sleep(time.Minute) // what else a request does is not waiting
			waited, err := s.ask(ctx, test.lasts)
			if waited != test.waits || errors.Is(err, storewait.ErrOutOfTime) != test.late {
				t.Errorf("call %d: after %v: %v", i, waited, err)
			}
		}
		if got := s.begun.Load(); got != 3 {
			t.Errorf("%d calls", got)
		}
		time.Sleep(time.Hour)
	})
}

// Calls at the same moment use up the time once, and none outlasts it.
func TestCallsAtTheSameMomentShareTheirBudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s store
		ctx := storewait.WithBudget(t.Context(), 5*time.Second)
		began := time.Now()
		var wg sync.WaitGroup
		for i, late := range []bool{false, false, true, true} {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Second)
				_, err := s.ask(ctx, 3500*time.Millisecond)
				if errors.Is(err, storewait.ErrOutOfTime) != late || time.Since(began) > 5*time.Second {
					t.Errorf("call %d: at %v: %v", i, time.Since(began), err)
				}
			})
		}
		wg.Wait()
		time.Sleep(time.Hour)
	})
}

func TestAbandonedCallsDoNotPileUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s store
		hang := make(chan struct{})
		ask := func() error {
			waiting, end := storewait.Begin(t.Context(), fallback)
			defer end()
			_, err := storewait.Do(waiting, &s.calls, func() (any, error) {
				s.begun.Add(1)
				<-hang
				return nil, nil
			})
			return err
		}
		for range storewait.MaxAbandoned {
			if err := ask(); !errors.Is(err, storewait.ErrOutOfTime) {
				t.Fatal(err)
			}
		}
		began := time.Now()
		for range 100 {
			if err := ask(); err != storewait.ErrTooManyAbandoned {
				t.Fatal(err)
			}
		}
		if begun, took := s.begun.Load(), time.Since(began); begun != storewait.MaxAbandoned || took != 0 {
			t.Errorf("%d calls, the last ones took %v", begun, took)
		}
		close(hang) // the store recovers
		synctest.Wait()
		for range 2 * storewait.MaxAbandoned {
			if err := ask(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestPanics(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for name, value := range map[string]any{"an error": boom, "ErrAbortHandler": http.ErrAbortHandler, "a string": "boom", "nil": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var calls storewait.Calls
				call := func(after time.Duration) (raised any, err error) {
					defer func() { raised = recover() }()
					waiting, end := storewait.Begin(t.Context(), fallback)
					defer end()
					_, err = storewait.Do(waiting, &calls, func() (int, error) {
						time.Sleep(after)
						panic(value)
					})
					return nil, err
				}
				raised, err := call(time.Second)
				if _, isNil := raised.(*runtime.PanicNilError); err != nil || raised != value && !isNil {
					t.Errorf("raised %v, %v, want %v", raised, err, value)
				}
				if raised, err := call(time.Minute); raised != nil || !errors.Is(err, storewait.ErrOutOfTime) {
					t.Errorf("abandoned: raised %v, %v", raised, err)
				}
				time.Sleep(time.Hour) // the abandoned call panics meanwhile
			})
		})
	}
}

func TestGoexit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s store
		waiting, end := storewait.Begin(t.Context(), fallback)
		defer end()
		began := time.Now()
		if _, err := storewait.Do(waiting, &s.calls, func() (int, error) { runtime.Goexit(); return 0, nil }); err == nil || time.Since(began) != 0 {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// A call may end at the very moment at which it is abandoned: the count of the
// abandoned must stay right.
func TestCallsThatEndAsTheyAreAbandoned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls storewait.Calls
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 500 {
					ctx, cancel := context.WithCancel(t.Context())
					storewait.Do(ctx, &calls, func() (int, error) { cancel(); return 0, nil })
				}
			})
		}
		wg.Wait()
		synctest.Wait()
		if got := calls.Abandoned(); got != 0 {
			t.Errorf("%d abandoned calls are counted, all have returned", got)
		}
	})
}

func BenchmarkDo(b *testing.B) {
	var calls storewait.Calls
	b.ReportAllocs()
	for b.Loop() {
		waiting, end := storewait.Begin(b.Context(), fallback)
		storewait.Do(waiting, &calls, func() (int, error) { return 0, nil })
		end()
	}
}
