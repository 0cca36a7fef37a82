package twitterauth

import (
	"context"
	"log/slog"
	"sync"

	"twitterlogin.example/mapping"
)

// emailPermission notices that the app may not ask for email addresses. Over OAuth
// 1.0a X refuses nothing then, but leaves the field out, which is null where a
// person has no confirmed email (docs.x.com, GET account/verify_credentials).
type emailPermission struct {
	logger  *slog.Logger
	missing sync.Once
}

// note looks for the field in a profile of v1.1, which alone has "id_str".
func (p *emailPermission) note(ctx context.Context, profile mapping.Profile, m *mapping.Mapping) {
	_, isV1 := profile["id_str"]
	if _, has := profile["email"]; !isV1 || has || !m.NeedsEmail() {
		return
	}
	p.missing.Do(func() {
		p.logger.LogAttrs(ctx, slog.LevelWarn, "twitterauth: X sent no email field, because it does not let the app ask for email addresses; later logins are not logged",
			slog.String("remedy", "turn on \"Request email from users\" for the app in X's developer console, or take the email out of the mapping"))
	})
}
