package xapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"twitterlogin.example/mapping"
)

// ProfileAPI is the choice between X's two profile calls.
type ProfileAPI int

// The profile calls.
const (
	ProfileAuto ProfileAPI = iota // v1.1, and v2 where the app may not use v1.1
	ProfileV1                     // GET /1.1/account/verify_credentials.json
	ProfileV2                     // GET /2/users/me
)

// Want is what a profile is wanted for.
type Want struct {
	API      ProfileAPI
	Entities bool // v1.1 sends these two, which are long, only when wanted
	Status   bool
	NoEmail  bool // v2: leave the email out, which needs a permission of its own
	Identity bool // v2: nothing but ID, name and handle
}

func (want Want) verifyCredentialsPath() string {
	// "true" in lower case: X ignores any other spelling.
	return "/1.1/account/verify_credentials.json?include_email=true&include_entities=" + strconv.FormatBool(want.Entities) +
		"&skip_status=" + strconv.FormatBool(!want.Status)
}

// userFields are asked of v2, which sends nothing unasked.
const userFields = "created_at,description,entities,location,profile_image_url,protected,public_metrics,url,verified,verified_type"

func (want Want) usersMePath() string {
	switch {
	case want.Identity:
		return "/2/users/me"
	case want.NoEmail:
		return "/2/users/me?user.fields=" + userFields
	}
	return "/2/users/me?user.fields=confirmed_email," + userFields
}

// v1Again is how long an app that X keeps from v1.1 goes straight to v2.
const v1Again = time.Hour

// Profile returns the profile of the token's owner. The call is signed with the
// app's own consumer key, so X refuses a token of another app. It is decoded here,
// while the login holds its place among Config.MaxLogins, because decoding takes
// several times the memory of the text.
func (c *Client) Profile(ctx context.Context, token, secret string, want Want) (mapping.Profile, error) {
	signed := func(k *call) http.RoundTripper { return c.signing(k, token, secret) }
	switch {
	case want.API == ProfileV2, want.API == ProfileAuto && time.Now().Unix() < c.v1RefusedUntil.Load():
		return c.usersMe(ctx, want, signed)
	case want.API == ProfileV1:
		return c.verifyCredentials(ctx, want, signed)
	}
	profile, err := c.verifyCredentials(ctx, want, signed)
	var xerr *Error
	if !errors.As(err, &xerr) || xerr.Kind != AccessLevel {
		return profile, err
	}
	profile, err = c.usersMe(ctx, want, signed)
	if err == nil {
		c.v1RefusedUntil.Store(time.Now().Add(v1Again).Unix())
	}
	return profile, err
}

// authorizing makes the transport that sends a person's token with a call.
type authorizing func(*call) http.RoundTripper

func (c *Client) verifyCredentials(ctx context.Context, want Want, as authorizing) (mapping.Profile, error) {
	return c.profile(ctx, StepVerifyCredentials, want.verifyCredentialsPath(), as, func(body []byte) json.RawMessage {
		return body
	})
}

// usersMe asks again without the email when X refuses what was asked and the
// email may be why, because it needs a permission of its own.
func (c *Client) usersMe(ctx context.Context, want Want, as authorizing) (mapping.Profile, error) {
	profile, err := c.profile(ctx, StepUsersMe, want.usersMePath(), as, dataOf)
	var xerr *Error
	if !errors.As(err, &xerr) || !xerr.maybeField || want.NoEmail || want.Identity || ctx.Err() != nil {
		return profile, err
	}
	want.NoEmail = true
	return c.profile(ctx, StepUsersMe, want.usersMePath(), as, dataOf)
}

// dataOf picks the profile out of an answer of v2. An answer with "errors" may lack
// it, also with status 200.
func dataOf(body []byte) json.RawMessage {
	var answer struct {
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return nil
	}
	return answer.Data
}

// profile calls path; object picks the profile out of the body.
func (c *Client) profile(ctx context.Context, step Step, path string, as authorizing, object func([]byte) json.RawMessage) (mapping.Profile, error) {
	return twice(ctx, func(ctx context.Context) (mapping.Profile, error) {
		var profile mapping.Profile
		k, cancel := c.start(ctx, step, maxProfileAnswer, func(body []byte) bool {
			return profile.UnmarshalJSON(object(body)) == nil
		})
		defer cancel()
		req, err := k.request(http.MethodGet, path, nil)
		if err != nil {
			return nil, typed(step, err)
		}
		resp, err := as(k).RoundTrip(req)
		if err != nil {
			return nil, typed(step, err)
		}
		resp.Body.Close()
		return profile, nil
	})
}
