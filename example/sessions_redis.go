package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/boj/redistore"
	"github.com/gomodule/redigo/redis"
	"github.com/gorilla/sessions"

	"twitterlogin.example/session"
)

// serverSessions keeps sessions on a server. Its zero value leaves them in
// sealed cookies.
type serverSessions struct {
	store sessions.Store
	pool  *redis.Pool
}

// openSessions connects to Redis, if -sessions names one. Every wait is
// bounded: a Redis that hangs must not hang the site.
func openSessions(set settings, keys []session.Key) (serverSessions, error) {
	if set.Sessions == "" {
		return serverSessions{}, nil
	}
	pool := &redis.Pool{
		MaxIdle:     16,
		MaxActive:   64,
		Wait:        true,
		IdleTimeout: 4 * time.Minute,
		DialContext: func(ctx context.Context) (redis.Conn, error) {
			return redis.DialURLContext(ctx, set.Sessions,
				redis.DialConnectTimeout(3*time.Second),
				redis.DialReadTimeout(3*time.Second),
				redis.DialWriteTimeout(3*time.Second))
		},
	}
	pairs, err := storeKeys(keys)
	if err != nil {
		return serverSessions{}, err
	}
	store, err := redistore.NewRediStoreWithPool(pool, pairs...)
	if err != nil {
		pool.Close()
		return serverSessions{}, fmt.Errorf("-sessions: Redis does not answer; is it running, and are host, port and password right? %s", withoutAddress(err))
	}
	store.SetKeyPrefix("twitterlogin_")
	return serverSessions{store, pool}, nil
}

// storeKeys derives the keys that sign the store's cookies, in the same order,
// so that SESSION_KEYS rotates them too.
func storeKeys(keys []session.Key) (pairs [][]byte, err error) {
	for _, k := range keys {
		signing, err := hkdf.Key(sha256.New, []byte(k.Encode()), nil, "example: session IDs in Redis", 32)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, signing, nil) // nil: signed, not encrypted; the ID reveals nothing
	}
	return pairs, nil
}

// ping reports whether Redis answers.
func (s serverSessions) ping(ctx context.Context) error {
	if s.pool == nil {
		return nil
	}
	conn, err := s.pool.GetContext(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Do("PING")
	return err
}

func (s serverSessions) Close() error {
	if s.pool == nil {
		return nil
	}
	return s.pool.Close()
}
