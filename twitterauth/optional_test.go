package twitterauth_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"slices"
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
	namedStore struct {
		base
		inner *linkByValue
	}
	pointerKeepsHalf    struct{ base }
	pointerLinksAnother struct{ base }
	linksByFunc         struct{ base }
	linksToo            struct{} //nolint:unused // a second LinkLogin at the depth of the first
	twoLinkers          struct {
		linkByValue
		linksToo //nolint:unused // hides LinkLogin
	}
	fieldOfThatName struct {
		linkByValue
		LinkLogin int
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

func (*pointerKeepsHalf) SaveSession(context.Context, *http.Request, session.Session) error {
	return nil
}
func (*pointerKeepsHalf) DeleteSession(context.Context, session.Session) error         { return nil }
func (*pointerLinksAnother) LinkLogin(context.Context, *user, twitterauth.Login) error { return nil }
func (linksByFunc) LinkLogin(context.Context, string, func(twitterauth.Login)) error   { return nil }
func (linksToo) LinkLogin(context.Context, string, twitterauth.Login) error            { return nil } //nolint:unused // hides LinkLogin

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

		"a store that holds one of a concrete type": {namedStore{inner: &linkByValue{}}, "", "level=WARN"},
		"a value whose pointer has a part":          {pointerKeepsHalf{}, "UserBySession", ""},
		"a value whose pointer has another user":    {pointerLinksAnother{}, "LinkLogin", ""},
		"a func of the module's types":              {linksByFunc{}, "LinkLogin", ""},
		"two embedded stores that cancel out":       {twoLinkers{}, "hides its Linker", ""},
		"a field that hides it":                     {fieldOfThatName{}, "hides its Linker", ""},
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

// Managers that embed a *session.Manager, whose optional methods bypass theirs.
type (
	embedsManager  struct{ *session.Manager }
	embedsAll      struct{ *session.Manager }
	embedsAllByRef struct{ *session.Manager }
	embedsSome     struct{ *session.Manager }
)

func (m embedsAll) StartWithToken(w http.ResponseWriter, r *http.Request, id string, stay bool) (session.Session, string, error) {
	return m.Manager.StartWithToken(w, r, id, stay)
}
func (m embedsAll) Touch(w http.ResponseWriter, r *http.Request, s session.Session) (session.Session, error) {
	return m.Manager.Touch(w, r, s)
}
func (m embedsAll) TouchWithToken(w http.ResponseWriter, r *http.Request, s session.Session) (session.Session, string, error) {
	return m.Manager.TouchWithToken(w, r, s)
}
func (m *embedsAllByRef) StartWithToken(w http.ResponseWriter, r *http.Request, id string, stay bool) (session.Session, string, error) {
	return m.Manager.StartWithToken(w, r, id, stay)
}
func (m *embedsAllByRef) Touch(w http.ResponseWriter, r *http.Request, s session.Session) (session.Session, error) {
	return m.Manager.Touch(w, r, s)
}
func (m *embedsAllByRef) TouchWithToken(w http.ResponseWriter, r *http.Request, s session.Session) (session.Session, string, error) {
	return m.Manager.TouchWithToken(w, r, s)
}
func (m embedsSome) StartWithToken(w http.ResponseWriter, r *http.Request, id string, stay bool) (session.Session, string, error) {
	return m.Manager.StartWithToken(w, r, id, stay)
}
func (m embedsSome) Touch(w http.ResponseWriter, r *http.Request, s session.Session) (session.Session, error) {
	return m.Manager.Touch(w, r, s)
}

// The log at start names each method that bypasses the app's manager, until the
// manager defines it, and a manager without an audience.
func TestWarningsOfTheManager(t *testing.T) {
	t.Parallel()
	manager := func(audience string) *session.Manager {
		m, err := session.New(session.Config{Keys: []session.Key{session.NewKey()}, Audience: audience})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	all := []string{"StartWithToken", "Touch", "TouchWithToken"}
	for name, test := range map[string]struct {
		manager twitterauth.SessionManager
		bypass  []string
		noAud   bool
	}{
		"a session.Manager":                     {manager("a"), nil, false},
		"a session.Manager without audience":    {manager(""), nil, true},
		"a manager that embeds it":              {embedsManager{manager("a")}, all, false},
		"a pointer to it":                       {&embedsManager{manager("a")}, all, false},
		"a manager that embeds it, no audience": {embedsManager{manager("")}, all, true},
		"a manager that defines all":            {embedsAll{manager("a")}, nil, false},
		"a pointer to such a manager":           {&embedsAll{manager("a")}, nil, false},
		"a manager whose pointer defines all":   {&embedsAllByRef{manager("a")}, nil, false},
		"a manager that defines some":           {embedsSome{manager("a")}, all[2:], false},
		"a manager of the app alone":            {&ownSessions{}, nil, false},
	} {
		var log bytes.Buffer
		cfg := goodConfig()
		cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
		cfg.SessionManager = test.manager
		if _, err := twitterauth.New(oneUser[*user]{}, cfg); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var bypass []string
		for _, method := range all {
			if strings.Contains(log.String(), "whose "+method+" bypasses") && strings.Contains(log.String(), "define "+method+" on") {
				bypass = append(bypass, method)
			}
		}
		lines := len(test.bypass)
		if test.noAud {
			lines++
		}
		if !slices.Equal(bypass, test.bypass) || strings.Contains(log.String(), "no audience") != test.noAud || strings.Count(log.String(), "level=WARN") != lines {
			t.Errorf("%s: want warnings of %v, of the audience %t; the log has %s", name, test.bypass, test.noAud, &log)
		}
	}
}
