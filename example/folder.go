package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Permission bits that other users of the machine have.
const (
	readableByOthers         = 0o004
	writableByOthers         = 0o002
	writableByGroupAndOthers = 0o022
	ownerOnly                = 0o600
)

// hasModes is false where the system reports no permission bits of its own:
// on Windows every file looks writable by everybody.
const hasModes = runtime.GOOS != "windows"

// openFolder makes the data folder, or accepts the folder that is there. A
// folder that every user of the machine may write is refused, because they
// could replace the key or the database with their own.
func openFolder(name string) error {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return fmt.Errorf("-data: the folder cannot be made: %w", err)
	}
	info, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("-data: the folder cannot be read: %w", err)
	}
	sticky := info.Mode()&fs.ModeSticky != 0 // then users cannot replace each other's files
	if hasModes && info.Mode()&writableByOthers != 0 && !sticky {
		return fmt.Errorf("-data: every user of this machine can replace files in %s: run chmod o-w %s, or name a new folder in it, which only you can read", name, name)
	}
	return nil
}

// checkMode refuses a key that another user could have chosen, because who
// knows the key has what it protects. What counts is the file that a symbolic
// link leads to: mounted secrets are links. Kubernetes mounts them with mode
// 0644 or 0440 and owned by root, so behind a link only writing is refused;
// in a plain folder a file that everybody can read is refused too.
func (l keyList) checkMode(name string, f *os.File) error {
	opened, err := f.Stat()
	if err != nil {
		return l.unreadable(err)
	}
	named, err := os.Lstat(name)
	if err != nil {
		return l.unreadable(err)
	}
	linked := named.Mode()&fs.ModeSymlink != 0
	switch mode := opened.Mode(); {
	case !hasModes:
		return nil
	case mode&writableByGroupAndOthers != 0:
		return fmt.Errorf("-data: other users of this machine can write the %s %s (mode %#o), and %s: run chmod go-w %s; if they may have done so, delete the file for a new key, which %s", l.name, name, mode.Perm(), l.known, name, l.renewing)
	case mode&readableByOthers != 0 && !linked:
		return fmt.Errorf("-data: other users of this machine can read the %s %s (mode %#o), and %s: run chmod 600 %s; if they may have read it, delete the file for a new key, which %s", l.name, name, mode.Perm(), l.known, name, l.renewing)
	}
	return nil
}

// keepPrivate makes the database file before SQLite does, and takes from it and
// from SQLite's other files what other users may do, because people's emails are
// in them. SQLite gives new files the mode of the database.
func keepPrivate(database string) error {
	f, err := os.OpenFile(database, os.O_RDONLY|os.O_CREATE, ownerOnly)
	if err != nil {
		return fmt.Errorf("-data: the users' database cannot be opened: %w", err)
	}
	f.Close()
	if target, err := filepath.EvalSymlinks(database); err == nil {
		database = target // SQLite's other files are in that file's folder
	}
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := makePrivate(database + suffix); err != nil {
			return err
		}
	}
	return nil
}

func makePrivate(name string) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("-data: %w", err)
	}
	if !hasModes || info.Mode().Perm()&^ownerOnly == 0 {
		return nil
	}
	if err := os.Chmod(name, ownerOnly); err != nil {
		return fmt.Errorf("-data: other users of this machine can open %s, which has people's data in it, and its mode cannot be changed: run chmod 600 %s as its owner (%w)", name, name, err)
	}
	return nil
}
