package twittertest

import (
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"unicode/utf8"
)

// maxPost is how many characters a post may have. X counts addresses and some
// scripts otherwise; this server counts characters.
const maxPost = 280

// firstPost is below the ID of the first post: like X's, beyond 2^53.
const firstPost = 1_900_000_000_000_000_000

// newPost returns the ID of a post. The record of requests has its text.
func (s *Server) newPost() int64 {
	s.lastPost++
	return firstPost + s.lastPost
}

// postV2 is POST /2/tweets. X's page "X API v2 authentication mapping" has its
// scopes.
func (s *Server) postV2(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, _, refused := s.caller(c, readPosts, readUsers, writePosts); refused != nil {
		return *refused
	}
	var post struct {
		Text string `json:"text"`
	}
	kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	switch {
	case kind != "application/json":
		return invalidBody("The Content-Type must be application/json.")
	case json.Unmarshal(c.body, &post) != nil:
		return invalidBody("The body is not JSON that can be read.")
	case post.Text == "":
		return invalidBody("A post needs a text.")
	case utf8.RuneCountInString(post.Text) > maxPost:
		return invalidBody("The text has more than 280 characters.")
	}
	id := strconv.FormatInt(s.newPost(), 10)
	return s.rateLimited(jsonAnswer(http.StatusCreated, map[string]any{
		"data": map[string]any{"id": id, "text": post.Text, "edit_history_tweet_ids": []string{id}},
	}), 100)
}

// invalidBody is API v2's error for a request with an invalid body.
func invalidBody(message string) answer {
	return invalidParameters(map[string]any{"message": message})
}

// postV1 is POST /1.1/statuses/update.json, whose form is signed.
func (s *Server) postV1(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, refused := s.ownerV1(c)
	if refused != nil {
		return *refused
	}
	text := c.form.Get("status")
	if text == "" {
		text = c.URL.Query().Get("status")
	}
	switch {
	case text == "":
		return errorAnswer(c, http.StatusForbidden, 170, "Missing required parameter: status.")
	case utf8.RuneCountInString(text) > maxPost:
		return errorAnswer(c, http.StatusForbidden, 186, "Tweet needs to be a bit shorter.")
	}
	id := s.newPost()
	return jsonAnswer(http.StatusOK, map[string]any{
		"id": id, "id_str": strconv.FormatInt(id, 10), "text": text,
		"created_at": s.now().UTC().Format(v1Time),
		"user":       map[string]any{"id": json.Number(p.ID), "id_str": p.ID, "screen_name": p.ScreenName},
	})
}
