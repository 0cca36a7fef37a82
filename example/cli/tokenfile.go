package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/oauth2"
)

// savedToken is what the token file holds. The token is sent to its own site only.
type savedToken struct {
	Site  string        `json:"site"` // the folder of the login's routes
	Token *oauth2.Token `json:"token"`
}

var errNoToken = errors.New("there is no token file")

// accessibleToOthers are the permission bits of the group and of all others.
const accessibleToOthers = 0o077

// maxTokenFile bounds what is read of a token file, in bytes.
const maxTokenFile = 16 << 10

// readToken returns the token of a file, or errNoToken. A file that other users of
// the machine can open is refused, because the token signs its bearer in.
func readToken(name string) (savedToken, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return savedToken{}, errNoToken
	}
	if err != nil {
		return savedToken{}, fmt.Errorf("the token file cannot be read: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return savedToken{}, fmt.Errorf("the token file cannot be read: %w", err)
	}
	// Windows reports no permission bits of its own.
	if runtime.GOOS != "windows" && info.Mode()&accessibleToOthers != 0 {
		return savedToken{}, fmt.Errorf("other users of this machine can open the token file %s (mode %#o) and could act as you: run chmod 600 %s, then logout and login for a new token", name, info.Mode().Perm(), name)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxTokenFile))
	if err != nil {
		return savedToken{}, fmt.Errorf("the token file cannot be read: %w", err)
	}
	var saved savedToken
	// The error of json would quote the file.
	if json.Unmarshal(text, &saved) != nil || saved.Site == "" || saved.Token == nil || saved.Token.AccessToken == "" {
		return savedToken{}, fmt.Errorf("%s is not a token file of this program: delete it, or name another -token-file", name)
	}
	return saved, nil
}

// writeToken writes the file whole or not at all, for its owner only.
func writeToken(name string, saved savedToken) error {
	text, err := json.MarshalIndent(saved, "", "  ")
	if err == nil {
		err = replaceFile(name, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("the token file cannot be written: %w", err)
	}
	return nil
}

func replaceFile(name string, text []byte) error {
	folder := filepath.Dir(name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".token-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it has its name
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func deleteToken(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the token file cannot be deleted: %w", err)
	}
	return nil
}
