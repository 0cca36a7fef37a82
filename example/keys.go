package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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
	if err := openFolder(set.Data); err != nil {
		return session.Key{}, err
	}
	key, err := readKeyFile(set.file("session.key"))
	if errors.Is(err, fs.ErrNotExist) {
		return newKeyFile(set.file("session.key"))
	}
	return key, err
}

// maxKeyFile bounds what is read of a key file, in bytes: a key has 44.
const maxKeyFile = 4096

func readKeyFile(name string) (session.Key, error) {
	f, err := os.Open(name)
	if err != nil {
		return session.Key{}, fmt.Errorf("-data: the session key cannot be read: %w", err)
	}
	defer f.Close()
	if err := checkKeyMode(name, f); err != nil {
		return session.Key{}, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return session.Key{}, fmt.Errorf("-data: the session key cannot be read: %w", err)
	}
	key, err := session.ParseKey(string(text))
	if err != nil {
		return session.Key{}, fmt.Errorf("%s: %w (delete the file for a new key, which logs everybody out)", name, err)
	}
	return key, nil
}

// newKeyFile makes the file whole or not at all, and takes the one of another
// process that was quicker.
func newKeyFile(name string) (session.Key, error) {
	key := session.NewKey()
	err := linkNew(name, key.Encode()+"\n")
	if errors.Is(err, fs.ErrExist) {
		return readKeyFile(name)
	}
	if err != nil {
		return session.Key{}, fmt.Errorf("-data: the session key cannot be written: %w", err)
	}
	return key, nil
}

// linkNew writes a file that only its owner can read and gives it its name, or
// fs.ErrExist if there is one already.
func linkNew(name, text string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".session.key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), name)
}
