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

// keyList is a list of keys: an environment variable or, where that is not set, a
// file in -data that is made on the first run.
type keyList struct {
	name     string // what a message calls a key
	variable string
	file     string
	known    string // what who knows a key can do
	renewing string // what a new key in place of all others does
}

var (
	// sessionKeyList seals cookies. Its keys end with the sessions.
	sessionKeyList = keyList{"session key", "SESSION_KEYS", "session.key", "could sign in as anybody", "logs everybody out"}
	// tokenKeyList seals the tokens in the users' database. It is a list of its own,
	// because a row has no end: a session key can be dropped after 30 days, a token
	// key when every row is sealed again.
	tokenKeyList = keyList{"token key", "TOKEN_KEYS", "token.key", "could read the tokens in a copy of the users' database", "makes people sign in with X again before this site posts for them"}
)

// sessionKeys reads the keys that seal cookies.
func sessionKeys(set settings) ([]session.Key, error) {
	return sessionKeyList.read(set, set.SessionKeys)
}

// tokenKeys reads the keys that seal the tokens in the users' database.
func tokenKeys(set settings) ([]session.Key, error) { return tokenKeyList.read(set, set.TokenKeys) }

// read returns the keys of the variable's value, or the key of the file.
func (l keyList) read(set settings, value string) ([]session.Key, error) {
	if value == "" {
		key, err := l.fromFile(set)
		return []session.Key{key}, err
	}
	var keys []session.Key
	for i, text := range strings.Split(value, ",") {
		key, err := session.ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("%s, key %d: %w", l.variable, i+1, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (l keyList) fromFile(set settings) (session.Key, error) {
	if err := openFolder(set.Data); err != nil {
		return session.Key{}, err
	}
	key, err := l.readFile(set.file(l.file))
	if errors.Is(err, fs.ErrNotExist) {
		return l.newFile(set.file(l.file))
	}
	return key, err
}

// maxKeyFile bounds what is read of a key file, in bytes: a key has 44.
const maxKeyFile = 4096

func (l keyList) readFile(name string) (session.Key, error) {
	f, err := os.Open(name)
	if err != nil {
		return session.Key{}, l.unreadable(err)
	}
	defer f.Close()
	if err := l.checkMode(name, f); err != nil {
		return session.Key{}, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return session.Key{}, l.unreadable(err)
	}
	key, err := session.ParseKey(string(text))
	if err != nil {
		return session.Key{}, fmt.Errorf("%s: %w (delete the file for a new key, which %s)", name, err, l.renewing)
	}
	return key, nil
}

func (l keyList) unreadable(err error) error {
	return fmt.Errorf("-data: the %s cannot be read: %w", l.name, err)
}

// newFile makes the file whole or not at all, and reads the file of another
// process that was quicker.
func (l keyList) newFile(name string) (session.Key, error) {
	key := session.NewKey()
	err := linkNew(name, key.Encode()+"\n")
	if errors.Is(err, fs.ErrExist) {
		return l.readFile(name)
	}
	if err != nil {
		return session.Key{}, fmt.Errorf("-data: the %s cannot be written: %w", l.name, err)
	}
	return key, nil
}

// linkNew writes a file that only its owner can read and gives it its name, or
// fs.ErrExist if there is one already.
func linkNew(name, text string) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*") // mode 0600
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
