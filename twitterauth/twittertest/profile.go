package twittertest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// signedByUser checks a request that is signed for a person and returns its
// parameters and the person's ID, or what X answers.
func (s *Server) signedByUser(c *call) (oauth map[string]string, personID string, refused *answer) {
	oauth, refused = s.signed(c, func(token string) (string, bool) {
		t := s.access[token]
		if t == nil || t.foreign {
			return "", false
		}
		personID = t.person
		return t.secret, true
	})
	return oauth, personID, refused
}

// owner checks a request that is signed for a person and returns who that is.
func (s *Server) owner(c *call) (Person, *answer) {
	_, owner, refused := s.signedByUser(c)
	if refused != nil {
		return Person{}, refused
	}
	return s.account(c, owner)
}

// ownerV1 is owner for API v1.1, which knows no OAuth 2.0 for people.
func (s *Server) ownerV1(c *call) (Person, *answer) {
	if sendsBearer(c) {
		a := errorAnswer(c, http.StatusForbidden, 220, "Your credentials do not allow access to this resource.")
		return Person{}, &a
	}
	return s.owner(c)
}

// account returns a person who may use an app, or what X answers.
func (s *Server) account(c *call, id string) (Person, *answer) {
	p, ok := s.person(id)
	var a answer
	switch {
	case !ok:
		a = errorAnswer(c, http.StatusUnauthorized, 89, "Invalid or expired token.")
	case p.Suspended:
		a = errorAnswer(c, http.StatusForbidden, 64, "Your account is suspended and is not permitted to access this feature.")
	case p.Locked:
		a = errorAnswer(c, http.StatusForbidden, 326, "To protect our users from spam and other malicious activity, this account is temporarily locked.")
	default:
		return p, nil
	}
	return Person{}, &a
}

func (s *Server) verifyCredentials(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, refused := s.ownerV1(c)
	if refused != nil {
		return *refused
	}
	query := c.URL.Query()
	profile := p.v1()
	if query.Get("include_email") == "true" && !s.hidesEmail { // lower case only, as at X
		profile["email"] = orNull(p.Email)
	}
	if query.Get("include_entities") == "false" {
		delete(profile, "entities")
	}
	if query.Get("skip_status") != "true" {
		profile["status"] = map[string]any{"id": 1, "id_str": "1", "text": "just setting up", "created_at": profile["created_at"]}
	}
	p.putExtra(profile)
	return s.rateLimited(jsonAnswer(http.StatusOK, profile), 75)
}

func (s *Server) usersMe(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, g, refused := s.caller(c, readPosts, readUsers)
	if refused != nil {
		return *refused
	}
	if refused := checkUserQuery(c.URL.Query()); refused != nil {
		return *refused
	}
	hidesEmail := s.hidesEmail || g != nil && !g.has(readEmail)
	all := p.v2()
	if hidesEmail || p.Email == "" {
		delete(all, "confirmed_email")
	}
	data := map[string]any{"id": p.ID, "name": p.Name, "username": p.ScreenName}
	body := map[string]any{"data": data}
	for _, field := range listed(c.URL.Query(), "user.fields") {
		if v, ok := all[field]; ok {
			data[field] = v
		}
		if field == "confirmed_email" && hidesEmail && g != nil {
			body["errors"] = []any{fieldRefused(p, field)}
		}
	}
	p.putExtra(data)
	return s.rateLimited(jsonAnswer(http.StatusOK, body), 75)
}

// caller checks a request to API v2 in either protocol. The grant, which must
// have these scopes, is nil in OAuth 1.0a, where an app has what its settings
// say.
func (s *Server) caller(c *call, scopes ...string) (p Person, g *grant, refused *answer) {
	if sendsBearer(c) {
		p, g, refused = s.bearer(c, scopes)
	} else if p, refused = s.owner(c); refused != nil && refused.status == http.StatusBadRequest {
		a := unauthorized() // not signed, or not in a way that can be read
		return p, nil, &a
	}
	if refused != nil && refused.status == http.StatusUnauthorized {
		a := unauthorized()
		refused = &a
	}
	return p, g, refused
}

// rateWindow is how long X counts the calls of a person to a profile.
const rateWindow = 15 * time.Minute

func (s *Server) rateLimited(a answer, limit int) answer {
	a.header.Set("x-rate-limit-limit", strconv.Itoa(limit))
	a.header.Set("x-rate-limit-remaining", strconv.Itoa(limit-1))
	a.header.Set("x-rate-limit-reset", strconv.FormatInt(s.now().Add(rateWindow).Unix(), 10))
	return a
}

// v1Time is how API v1.1 writes a time.
const v1Time = "Mon Jan 02 15:04:05 -0700 2006"

// settings is GET /1.1/account/settings.json.
func (s *Server) settings(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, refused := s.ownerV1(c)
	if refused != nil {
		return *refused
	}
	return s.rateLimited(jsonAnswer(http.StatusOK, map[string]any{
		"screen_name":                    p.ScreenName,
		"protected":                      p.Protected,
		"language":                       "en",
		"always_use_https":               true,
		"discoverable_by_email":          false,
		"geo_enabled":                    false,
		"use_cookie_personalization":     false,
		"allow_contributor_request":      "none",
		"allow_dms_from":                 "following",
		"display_sensitive_media":        false,
		"sleep_time":                     map[string]any{"enabled": false, "start_time": nil, "end_time": nil},
		"translator_type":                "none",
		"country_code":                   "",
		"address_book_live_sync_enabled": false,
	}), 15)
}

// v1 is the person as GET /1.1/account/verify_credentials.json has it.
func (p Person) v1() map[string]any {
	profile := map[string]any{
		"id":                       json.Number(p.ID),
		"id_str":                   p.ID,
		"name":                     p.Name,
		"screen_name":              p.ScreenName,
		"location":                 p.Location,
		"description":              p.Description,
		"url":                      orNull(p.Website),
		"protected":                p.Protected,
		"followers_count":          p.Followers,
		"friends_count":            p.Following,
		"listed_count":             0,
		"favourites_count":         0,
		"statuses_count":           p.Posts,
		"created_at":               p.CreatedAt.UTC().Format(v1Time),
		"verified":                 p.Verified,
		"utc_offset":               nil,
		"time_zone":                nil,
		"geo_enabled":              false,
		"lang":                     nil,
		"default_profile":          true,
		"default_profile_image":    p.ProfileImage == "",
		"following":                nil,
		"follow_request_sent":      nil,
		"notifications":            nil,
		"suspended":                false,
		"needs_phone_verification": false,
	}
	if image := p.image(); image != "" {
		profile["profile_image_url_https"] = image
		profile["profile_image_url"] = "http" + strings.TrimPrefix(image, "https")
	}
	profile["entities"] = p.entities()
	return profile
}

// v2 is the person as GET /2/users/me has it with every field asked for.
func (p Person) v2() map[string]any {
	data := map[string]any{
		"affiliation":              map[string]any{},
		"connection_status":        []string{},
		"created_at":               p.CreatedAt.UTC().Format("2006-01-02T15:04:05.000Z"),
		"confirmed_email":          p.Email,
		"description":              p.Description,
		"entities":                 p.entities(),
		"is_identity_verified":     false,
		"parody":                   false,
		"protected":                p.Protected,
		"public_metrics":           map[string]any{"followers_count": p.Followers, "following_count": p.Following, "tweet_count": p.Posts, "listed_count": 0, "like_count": 0},
		"receives_your_dm":         false,
		"subscription":             map[string]any{"subscribes_to_you": false},
		"subscription_type":        map[bool]string{true: "Premium", false: "None"}[p.Verified],
		"url":                      p.Website,
		"verified":                 p.Verified,
		"verified_followers_count": 0,
		"verified_type":            map[bool]string{true: "blue", false: "none"}[p.Verified],
	}
	if p.Location != "" {
		data["location"] = p.Location
	}
	if image := p.image(); image != "" {
		data["profile_image_url"] = image
	}
	return data
}

func (p Person) image() string {
	if p.ProfileImage == "" {
		return "https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png"
	}
	return p.ProfileImage
}

func (p Person) entities() map[string]any {
	entities := map[string]any{"description": map[string]any{"urls": []any{}}}
	if p.Website != "" {
		entities["url"] = map[string]any{"urls": []any{map[string]any{
			"url": p.Website, "expanded_url": p.Website, "display_url": strings.TrimPrefix(p.Website, "https://"), "indices": []int{0, len(p.Website)},
		}}}
	}
	return entities
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
