package twitterauth_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"twitterlogin.example/session"
	"twitterlogin.example/twitterauth"
)

// Stores whose optional interfaces are not what they seem.
type (
	base              struct{ oneUser[*user] }
	linkByValue       struct{ base }
	linkWithUser      struct{ base }
	linkOfAnother     struct{ base }
	keepsHalf         struct{ base }
	keepsWrongUser    struct{ base }
	deletesElse       struct{ base }
	pointerLinks      struct{ base }
	tracing           struct{ twitterauth.UserStore[*user] }
	forwardingTracing struct{ twitterauth.UserStore[*user] }
	namedTracing      struct {
		base
		inner twitterauth.UserStore[*user]
	}
)

func (linkByValue) LinkLogin(context.Context, string, twitterauth.Login) error      { return nil }
func (linkWithUser) LinkLogin(context.Context, *user, twitterauth.Login) error      { return nil }
func (linkOfAnother) LinkLogin(string) error                                        { return nil }
func (*pointerLinks) LinkLogin(context.Context, string, twitterauth.Login) error    { return nil }
func (keepsHalf) SaveSession(context.Context, *http.Request, session.Session) error { return nil }
func (keepsHalf) DeleteSession(context.Context, session.Session) error              { return nil }
func (keepsWrongUser) SaveSession(context.Context, *http.Request, session.Session) error {
	return nil
}
func (keepsWrongUser) UserBySession(context.Context, session.Session) (user, error) {
	return user{}, nil
}
func (keepsWrongUser) DeleteSession(context.Context, session.Session) error { return nil }
func (deletesElse) DeleteSession(context.Context, string) error             { return nil }
func (forwardingTracing) LinkLogin(context.Context, string, twitterauth.Login) error {
	return nil
}

func TestOptionalInterfacesOfTheStore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		store   twitterauth.UserStore[*user]
		problem string // in New's error
		log     string // in the log at start
	}{
		"none":                              {base{}, "", ""},
		"Linker":                            {linkByValue{}, "", "level=INFO msg=\"twitterauth: optional interfaces found\" interfaces=Linker"},
		"both":                              {struct{ *keepingLinker }{&keepingLinker{keepingMemory: newKeepingMemory()}}, "", "interfaces=\"Linker, SessionKeeper\""},
		"a user in place of the ID":         {linkWithUser{}, "LinkLogin", ""},
		"a namesake":                        {linkOfAnother{}, "", "level=WARN"},
		"a part of SessionKeeper":           {keepsHalf{}, "add UserBySession", ""},
		"another user type":                 {keepsWrongUser{}, "UserBySession", ""},
		"a namesake of a part":              {deletesElse{}, "", "level=WARN"},
		"a value whose pointer has it":      {pointerLinks{}, "pointer", ""},
		"its pointer":                       {&pointerLinks{}, "", "interfaces=Linker"},
		"a wrapper that hides it":           {tracing{linkByValue{}}, "forward", ""},
		"a pointer to such a wrapper":       {&tracing{linkByValue{}}, "forward", ""},
		"a wrapper around a wrapper":        {tracing{tracing{linkByValue{}}}, "forward", ""},
		"a wrapper of nothing more":         {tracing{base{}}, "", ""},
		"a wrapper that forwards it":        {forwardingTracing{linkByValue{}}, "", "interfaces=Linker"},
		"a store that holds one in a field": {namedTracing{inner: linkByValue{}}, "", "level=WARN"},
	} {
		var log bytes.Buffer
		cfg := goodConfig()
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		_, err := twitterauth.New(test.store, cfg)
		if (err == nil) != (test.problem == "") || err != nil && (!strings.Contains(err.Error(), "twitterauth: store ") || !strings.Contains(err.Error(), test.problem)) {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(log.String(), test.log) || test.log == "" && log.Len() != 0 {
			t.Errorf("%s: the log has %s", name, &log)
		}
	}
}

// keepingLinker is a store with all optional interfaces.
type keepingLinker struct{ *keepingMemory }

func (keepingLinker) LinkLogin(context.Context, string, twitterauth.Login) error { return nil }

// Managers whose optional methods do not fit.
type touchWithoutSession struct{ twitterauth.SessionManager }

func (touchWithoutSession) Touch(http.ResponseWriter, *http.Request, session.Session) error {
	return nil
}

type touchNamesake struct{ ownSessions }

func (*touchNamesake) Touch(string) {}

func TestOptionalInterfacesOfTheManager(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		manager twitterauth.SessionManager
		problem string
		log     string
	}{
		"without":           {&ownSessions{}, "", ""},
		"another signature": {touchWithoutSession{&ownSessions{}}, "Touch", ""},
		"a namesake":        {&touchNamesake{}, "", "level=WARN"},
		"all":               {newManager(t, false), "", "SessionToucher, TokenStarter"},
	} {
		var log bytes.Buffer
		cfg := goodConfig()
		cfg.Logger, cfg.SessionManager = slog.New(slog.NewTextHandler(&log, nil)), test.manager
		_, err := twitterauth.New(oneUser[*user]{}, cfg)
		if (err == nil) != (test.problem == "") || err != nil && (!strings.Contains(err.Error(), "twitterauth: SessionManager ") || !strings.Contains(err.Error(), test.problem)) {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(log.String(), test.log) || test.log == "" && err == nil && log.Len() != 0 {
			t.Errorf("%s: the log has %s", name, &log)
		}
	}
}
