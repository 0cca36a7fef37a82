package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"twitterlogin.example/session"
)

// sessionKeys reads the keys that seal cookies: from SESSION_KEYS, or from a
// file that is made on the first run.
func sessionKeys(set settings) ([]session.Key, error) {
	if set.SessionKeys == "" {
		key, err := keyFile(set)
		return []session.Key{key}, err
	}
	var keys []session.Key
	for i, text := range strings.Split(set.SessionKeys, ",") {
		key, err := session.ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("SESSION_KEYS, key %d: %w", i+1, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func keyFile(set settings) (session.Key, error) {
	if err := os.MkdirAll(set.Data, 0o700); err != nil {
		return session.Key{}, fmt.Errorf("-data: the folder cannot be made: %w", err)
	}
	name := set.file("session.key")
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return newKeyFile(name)
	}
	if err != nil {
		return session.Key{}, fmt.Errorf("-data: the session key cannot be read: %w", err)
	}
	key, err := session.ParseKey(string(text))
	if err != nil {
		return session.Key{}, fmt.Errorf("%s: %w (delete the file for a new key, which logs everybody out)", name, err)
	}
	return key, nil
}

func newKeyFile(name string) (session.Key, error) {
	key := session.NewKey()
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = f.WriteString(key.Encode() + "\n")
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return session.Key{}, fmt.Errorf("-data: the session key cannot be written: %w", err)
	}
	return key, nil
}
