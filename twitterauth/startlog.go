package twitterauth

import (
	"context"
	"log/slog"
	"reflect"
	"strings"

	"twitterlogin.example/session"
)

// logAtStart logs which optional interfaces were found, and settings that work but
// may not do what the app's developer expects.
func logAtStart[U any](cfg Config, o optionals) {
	warn := func(message, remedy string) {
		cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "twitterauth: "+message, slog.String("remedy", remedy))
	}
	if len(o.names) > 0 {
		cfg.Logger.LogAttrs(context.Background(), slog.LevelInfo, "twitterauth: optional interfaces found", slog.String("interfaces", strings.Join(o.names, ", ")))
	}
	for _, warning := range o.warnings {
		warn(warning, "implement the interface, or rename the method or field if it has another meaning")
	}
	if misnamedRevocable[U]() {
		warn("the user type has a SessionsValidSince that does not implement Revocable, so it is never asked",
			"declare it as func() time.Time on the user type")
	}
	switch m, ours := cfg.SessionManager.(*session.Manager); {
	case ours && m.Audience() == "":
		warn("the SessionManager has no audience, so another site with the same keys accepts its sessions",
			"set Audience in the session.Config of that manager, such as the site's origin")
	case !ours && embedsManager(reflect.TypeOf(cfg.SessionManager)):
		warn("the SessionManager embeds *session.Manager, whose StartWithToken bypasses the manager's own Start",
			"define StartWithToken on the manager too, or keep the *session.Manager in a named field")
	}
}

// embedsManager reports whether a struct type, or a pointer to one, embeds
// *session.Manager.
func embedsManager(t reflect.Type) bool {
	if t == nil {
		return false
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	f, ok := t.FieldByName("Manager")
	return ok && f.Anonymous && f.Type == reflect.TypeFor[*session.Manager]()
}
