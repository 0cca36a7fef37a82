package twitterauth

import (
	"encoding/json"
	"errors"

	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// onlyIdentity reports whether a login can do without a profile call.
func onlyIdentity(s ProfileSource, m *mapping.Mapping) bool {
	return s == ProfileNone || s == ProfileAuto && m.OnlyIdentity()
}

// wantedProfile is what to ask X for, when it is asked.
func wantedProfile(s ProfileSource, m *mapping.Mapping) xapi.Want {
	want := xapi.Want{Entities: m.Needs("entities"), Status: m.Needs("status")}
	switch s {
	case ProfileV1:
		want.API = xapi.ProfileV1
	case ProfileV2:
		want.API = xapi.ProfileV2
	}
	return want
}

// readProfile decodes a profile. It runs within a place of Config.MaxLogins,
// because a decoded profile is several times as large as its text.
func readProfile(raw json.RawMessage) (profile mapping.Profile, e *Error) {
	if err := profile.UnmarshalJSON(raw); err != nil {
		return nil, fault(CodeProviderUnavailable, errors.New("twitterauth: X's profile cannot be read"))
	}
	return profile, nil
}
