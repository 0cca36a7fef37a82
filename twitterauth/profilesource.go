package twitterauth

import (
	"twitterlogin.example/mapping"
	"twitterlogin.example/twitterauth/internal/xapi"
)

// ProfileSource is where a login's profile comes from.
type ProfileSource int

// The profile sources.
const (
	// ProfileAuto asks GET /1.1/account/verify_credentials.json, and GET
	// /2/users/me for an hour where X keeps the app from the former. It makes
	// no call when the mapping needs only ID and handle. Over OAuth 2.0 it
	// asks /2/users/me always, because nothing else there names the person.
	ProfileAuto ProfileSource = iota
	// ProfileV1 asks GET /1.1/account/verify_credentials.json only. Over OAuth
	// 2.0, which v1.1 does not take, it is [ProfileV2].
	ProfileV1
	// ProfileV2 asks GET /2/users/me only.
	ProfileV2
	// ProfileNone makes no profile call: ID and handle, whatever the mapping.
	// Over OAuth 2.0 it asks /2/users/me for no more than these.
	ProfileNone
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
