package interop

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"twitterlogin.example/twitterauth/twittertest"
)

// How a client asks X, as the stand-in has recorded it.

// asks describes the calls that get a token.
func asks(requests []twittertest.Request) string {
	if r, ok := last(requests, twittertest.Token); ok {
		consent, _ := last(requests, twittertest.Consent)
		return "`" + consent.Query.Get("code_challenge_method") + "`; " + asksForBearer(r)
	}
	first, _ := last(requests, twittertest.RequestToken)
	second, _ := last(requests, twittertest.AccessToken)
	one, two := asksSigned(first), asksSigned(second)
	if one == two {
		return "both " + one
	}
	return "`request_token` " + one + "; `access_token` " + two
}

// last is the last request of a step, except what the consent page posts.
func last(requests []twittertest.Request, step twittertest.Step) (found twittertest.Request, ok bool) {
	for _, r := range requests {
		if r.Step == step && r.Path != "/oauth/decide" {
			found, ok = r, true
		}
	}
	return found, ok
}

// asksSigned describes a call of OAuth 1.0a.
func asksSigned(r twittertest.Request) string {
	protocol := placeOf(r, "oauth_consumer_key")
	text := "`" + r.Method + "`, " + protocol
	for _, name := range []string{"oauth_callback", "oauth_verifier"} {
		if place := placeOf(r, name); place != "" && place != protocol {
			text += ", `" + name + "` in the " + place
		}
	}
	if version := valueOf(r, "oauth_version"); version == "" {
		text += ", no `oauth_version`"
	} else if version != "1.0" {
		text += ", `oauth_version=" + version + "`"
	}
	return text
}

// placeOf is where a request has a parameter of OAuth 1.0a.
func placeOf(r twittertest.Request, name string) string {
	var places []string
	if _, has := r.OAuth[name]; has {
		places = append(places, "header")
	}
	if r.Query.Has(name) {
		places = append(places, "query")
	}
	if r.Form.Has(name) {
		places = append(places, "body")
	}
	return strings.Join(places, " and ")
}

func valueOf(r twittertest.Request, name string) string {
	for _, values := range []url.Values{r.Query, r.Form} {
		if values.Has(name) {
			return values.Get(name)
		}
	}
	return r.OAuth[name]
}

// longestVerifier is how long RFC 7636, section 4.1, lets a code_verifier be.
const longestVerifier = 128

// asksForBearer describes a call of OAuth 2.0's token endpoint.
func asksForBearer(r twittertest.Request) string {
	params, text := r.Form, "form"
	switch {
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		text = "JSON"
	case len(r.Query) > 0:
		params, text = r.Query, "query"
	}
	if strings.HasPrefix(r.Header.Get("Authorization"), "Basic ") {
		text += ", Basic"
	}
	for _, name := range []string{"client_id", "client_secret"} {
		if params.Has(name) {
			text += ", `" + name + "`"
		}
	}
	if verifier := params.Get("code_verifier"); len(verifier) > longestVerifier {
		text += ", a verifier of " + strconv.Itoa(len(verifier)) + " characters"
	}
	return text
}

// profileCalls names the calls for the profile and how often they were made.
func profileCalls(requests []twittertest.Request) string {
	counts := map[string]int{}
	var paths []string
	for _, r := range requests {
		if r.Step != twittertest.VerifyCredentials && r.Step != twittertest.UsersMe {
			continue
		}
		if counts[r.Path]++; counts[r.Path] == 1 {
			paths = append(paths, r.Path)
		}
	}
	for i, path := range paths {
		paths[i] = "`" + strings.TrimSuffix(path, ".json") + "`"
		if counts[path] > 1 {
			paths[i] += fmt.Sprintf(", %d times", counts[path])
		}
	}
	return strings.Join(paths, ", ")
}

// refusedAt is the step at which X refused a client, "" for none.
func refusedAt(requests []twittertest.Request) twittertest.Step {
	for _, r := range requests {
		if r.Status >= http.StatusBadRequest {
			return r.Step
		}
	}
	return ""
}
