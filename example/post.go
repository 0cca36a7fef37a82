package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"

	"twitterlogin.example/twitterauth"
)

// postPath is the page that posts to X for the user.
const postPath = "/post"

// maxPostForm bounds the form of a post, in bytes. X alone knows how long a post
// may be, because that depends on the account.
const maxPostForm = 128 << 10

// maxAnswer is how much of X's answer is read, in bytes.
const maxAnswer = 64 << 10

// post is what post.html shows.
type post struct {
	Text   string
	Answer *postAnswer
	SignIn template.HTML // the form by which this site may post again
}

// postAnswer is how a post went, in words.
type postAnswer struct {
	Title, Message string
	Quote          string // what was posted
	Detail         string // X's own words
}

func (a *app) showPost(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	v := a.view(user)
	if user.isGuest() {
		v.Post.Answer, v.Post.SignIn = &postAnswer{Title: "X is not connected", Message: "Link your X account, and this app can post there for you."}, a.linkForPosting(user)
	}
	a.pages.render(w, http.StatusOK, "post.html", v)
}

// sendPost posts the form's text and shows what X answered. It does not redirect,
// because the answer is kept nowhere; X refuses the same text a second time.
func (a *app) sendPost(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	if user.isGuest() {
		a.showPost(w, r) // disconnected in another tab
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxPostForm)
	v := a.view(user)
	v.Post.Text = r.PostFormValue("text")
	status, answer, err := a.postToX(r.Context(), user, v.Post.Text)
	if err != nil {
		a.logger.Warn("a post failed", "user_id", user.ID, "error", err)
		status, answer = failedPost(err)
	}
	if status == http.StatusOK {
		v.Post.Text = ""
	}
	if status == http.StatusConflict {
		v.Post.SignIn = a.linkForPosting(user)
	}
	v.Post.Answer = &answer
	a.pages.render(w, status, "post.html", v)
}

// postToX posts as the user. The client signs the request over OAuth 1.0a or bears
// a token of OAuth 2.0, by the token that is stored, and renews it first if need be.
func (a *app) postToX(ctx context.Context, user *User, text string) (status int, answer postAnswer, err error) {
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return 0, postAnswer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.postURL, bytes.NewReader(body))
	if err != nil {
		return 0, postAnswer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := a.auth.Client(user.ID).Do(req)
	if err != nil {
		return 0, postAnswer{}, err
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return 0, postAnswer{}, err
	}
	status, answer = answered(resp.StatusCode, said)
	return status, answer, nil
}

// xAnswer is what X answers to a post, or why it refuses it (X's "problem", as RFC
// 9457 has it).
type xAnswer struct {
	Data struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	} `json:"data"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

// answered puts X's answer in words, and returns the status of this site's page.
func answered(status int, body []byte) (int, postAnswer) {
	var x xAnswer
	_ = json.Unmarshal(body, &x) // a proxy's page is no JSON: the status is enough
	detail := fmt.Sprintf("X answered %d %s", status, http.StatusText(status))
	if said := cmp.Or(x.Detail, x.Title); said != "" {
		detail += ": " + said
	}
	switch {
	case status == http.StatusCreated:
		return http.StatusOK, postAnswer{Title: "Posted", Message: "X has your post, with the number " + x.Data.ID + ".", Quote: x.Data.Text}
	case status == http.StatusUnauthorized: // over OAuth 1.0a nothing else shows that the token was revoked
		return http.StatusConflict, signInAgain(detail)
	case status == http.StatusTooManyRequests:
		return http.StatusServiceUnavailable, postAnswer{Title: "Not posted", Message: "X takes no more posts for now. Please try again later.", Detail: detail}
	case status >= http.StatusBadRequest && status < http.StatusInternalServerError:
		return http.StatusUnprocessableEntity, postAnswer{Title: "Not posted", Message: "X did not accept the post.", Detail: detail}
	}
	return http.StatusBadGateway, postAnswer{Title: "Perhaps not posted", Message: "X gave no useful answer. Please look at X before you try again.", Detail: detail}
}

func signInAgain(detail string) postAnswer {
	return postAnswer{Title: "Please sign in with X again", Message: "This app may not post for you any more, or not yet. Sign in with the same X account once more, then post again. Your text is below: copy it first.", Detail: detail}
}

// failedPost puts an error of the client in words.
func failedPost(err error) (int, postAnswer) {
	switch {
	case errors.Is(err, twitterauth.ErrSignInAgain), errors.Is(err, twitterauth.ErrNoToken):
		return http.StatusConflict, signInAgain("")
	case errors.Is(err, twitterauth.ErrStoreUnavailable):
		return http.StatusServiceUnavailable, postAnswer{Title: "Not posted", Message: "The app's database does not answer. Please try again in a moment."}
	}
	return http.StatusBadGateway, postAnswer{Title: "Perhaps not posted", Message: "X could not be reached, or the connection broke. Please look at X before you try again."}
}

// linkForPosting is the form by which the user's token is replaced. A login with
// link=true must end as the X account that the user has, and goes over the protocol
// of ordinary logins. A login that confirms the user may go over the other one.
func (a *app) linkForPosting(user *User) template.HTML {
	label := "Sign in with X again"
	if user.isGuest() {
		label = "Link your X account"
	}
	return a.auth.SignInButton(postPath, twitterauth.Link(), twitterauth.Label(label))
}
