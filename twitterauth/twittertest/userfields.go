package twittertest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// userFields and userExpansions are what GET /2/users/me takes, as the clients of
// 2026 list them that are made from X's openapi.json. A field of which the person
// has nothing is left out.
var (
	userFields = []string{
		"affiliation", "confirmed_email", "connection_status", "created_at", "description", "entities", "id",
		"is_identity_verified", "location", "most_recent_tweet_id", "name", "parody", "pinned_tweet_id",
		"profile_banner_url", "profile_image_url", "protected", "public_metrics", "receives_your_dm",
		"subscription", "subscription_type", "url", "username", "verified", "verified_followers_count",
		"verified_type", "withheld",
	}
	userExpansions = []string{"affiliation.user_id", "most_recent_tweet_id", "pinned_tweet_id"}
)

// checkUserQuery refuses a query that asks for what API v2 does not have, and
// names each such value.
func checkUserQuery(query url.Values) *answer {
	var errors []map[string]any
	for _, p := range []struct {
		name  string
		known []string
	}{{"expansions", userExpansions}, {"user.fields", userFields}} {
		for _, value := range listed(query, p.name) {
			if !slices.Contains(p.known, value) {
				errors = append(errors, map[string]any{
					"parameters": map[string][]string{p.name: query[p.name]},
					"message":    "The `" + p.name + "` query parameter value [" + value + "] is not one of [" + strings.Join(p.known, ",") + "]",
				})
			}
		}
	}
	if errors == nil {
		return nil
	}
	a := invalidParameters(errors...)
	return &a
}

// listed returns the values of a parameter that is a list; an empty one has none.
func listed(query url.Values, name string) []string {
	list := strings.Join(query[name], ",")
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// invalidParameters is API v2's error for a request with invalid parameters.
// Unlike its other errors it is plain JSON without the status.
func invalidParameters(errors ...map[string]any) answer {
	return jsonAnswer(http.StatusBadRequest, map[string]any{
		"errors": errors,
		"title":  "Invalid Request",
		"detail": "One or more parameters to your request was invalid.",
		"type":   "https://api.twitter.com/2/problems/invalid-request",
	})
}
