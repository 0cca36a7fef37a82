package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"twitterlogin.example/session"
)

// Whatever was there before, others cannot open the users' database.
func TestUsersDatabaseIsPrivate(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(t *testing.T, folder string){
		"a new folder":     func(t *testing.T, folder string) { removeAll(t, folder) },
		"an empty folder":  func(*testing.T, string) {},
		"a file":           func(t *testing.T, folder string) { writeMode(t, filepath.Join(folder, "users.db"), "", 0o644) },
		"a writable file":  func(t *testing.T, folder string) { writeMode(t, filepath.Join(folder, "users.db"), "", 0o666) },
		"a used database":  func(t *testing.T, folder string) { usedDatabase(t, folder) },
		"a linked file":    linkedDatabase,
		"a sticky folder":  func(t *testing.T, folder string) { chmod(t, folder, os.ModeSticky|0o777) },
		"a group's folder": func(t *testing.T, folder string) { chmod(t, folder, 0o775) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			prepare(t, folder)
			set := settings{Data: folder}
			users, err := openUsers(t.Context(), set)
			if err != nil {
				t.Fatal(err)
			}
			defer users.Close()
			if _, err := users.newGuest(t.Context()); err != nil {
				t.Fatal(err)
			}
			seen := 0
			for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
				target, err := filepath.EvalSymlinks(set.file("users.db"))
				if err != nil {
					t.Fatal(err)
				}
				info, err := os.Stat(target + suffix)
				if err != nil {
					continue
				}
				seen++
				if info.Mode().Perm()&0o077 != 0 {
					t.Errorf("users.db%s has mode %#o", suffix, info.Mode().Perm())
				}
			}
			if seen < 3 {
				t.Errorf("%d files, want the database, -wal and -shm", seen)
			}
		})
	}
}

// usedDatabase leaves a database of a program that was killed, whose files
// everybody can read.
func usedDatabase(t *testing.T, folder string) {
	t.Helper()
	users, err := openUsers(t.Context(), settings{Data: folder})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := users.newGuest(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { users.Close() })
	files, err := filepath.Glob(filepath.Join(folder, "users.db*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		chmod(t, file, 0o644)
	}
}

func linkedDatabase(t *testing.T, folder string) {
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.db")
	writeMode(t, elsewhere, "", 0o644)
	if err := os.Symlink(elsewhere, filepath.Join(folder, "users.db")); err != nil {
		t.Fatal(err)
	}
}

func TestSharedFolderIsRefused(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	chmod(t, folder, 0o777)
	for name, open := range map[string]func(settings) error{
		"the database": func(set settings) error { _, err := openUsers(t.Context(), set); return err },
		"the key":      func(set settings) error { _, err := sessionKeys(set); return err },
	} {
		if err := open(settings{Data: folder}); err == nil || !strings.Contains(err.Error(), "chmod o-w "+folder) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A session key that others can change is refused, wherever the name leads.
func TestModeOfTheKeyFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		mode   os.FileMode
		linked bool
		want   string // the remedy; "" for none
	}{
		"as it is made":                 {0o600, false, ""},
		"read only":                     {0o400, false, ""},
		"a group that reads":            {0o640, false, ""},
		"others read":                   {0o644, false, "chmod 600"},
		"others read alone":             {0o604, false, "chmod 600"},
		"a group that writes":           {0o660, false, "chmod go-w"},
		"others write":                  {0o602, false, "chmod go-w"},
		"everybody":                     {0o666, false, "chmod go-w"},
		"a mounted secret":              {0o644, true, ""},
		"a mounted secret, read only":   {0o444, true, ""},
		"a mounted secret of a group":   {0o440, true, ""},
		"a link to a group's file":      {0o660, true, "chmod go-w"},
		"a link to what others write":   {0o646, true, "chmod go-w"},
		"a link to everybody's":         {0o666, true, "chmod go-w"},
		"a link to a file of the owner": {0o600, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := settings{Data: t.TempDir()}
			key := session.NewKey()
			file := set.file("session.key")
			if test.linked { // as Kubernetes does: session.key -> ..data/session.key -> ..2026_01_01/session.key
				mounted := set.file("..2026_01_01")
				if err := os.Mkdir(mounted, 0o755); err != nil {
					t.Fatal(err)
				}
				file = filepath.Join(mounted, "session.key")
				for from, to := range map[string]string{"..data": "..2026_01_01", "session.key": "..data/session.key"} {
					if err := os.Symlink(to, set.file(from)); err != nil {
						t.Fatal(err)
					}
				}
			}
			writeMode(t, file, key.Encode()+"\n", test.mode)
			keys, err := sessionKeys(set)
			if test.want == "" {
				if err != nil || len(keys) != 1 || keys[0].Encode() != key.Encode() {
					t.Errorf("%d keys, %v", len(keys), err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want+" "+set.file("session.key")) || strings.Contains(err.Error(), key.Encode()) {
				t.Errorf("%v", err)
			}
		})
	}
}

// writeMode writes a file with a mode, whatever the umask.
func writeMode(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	chmod(t, name, mode)
}

func chmod(t *testing.T, name string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

func removeAll(t *testing.T, name string) {
	t.Helper()
	if err := os.RemoveAll(name); err != nil {
		t.Fatal(err)
	}
}
