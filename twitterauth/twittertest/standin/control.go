package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"twitterlogin.example/twitterauth/twittertest"
)

// controlPrefix begins the paths by which a test steers the stand-in.
const controlPrefix = "/_control/"

// maxControlBody is in bytes.
const maxControlBody = 1 << 20

// control answers below controlPrefix.
type control struct {
	x      *twittertest.Server
	people []twittertest.Person // at the start
	guard  guard
	mu     sync.Mutex // an action is seen whole
}

// action is what a path does: a list to read, a body to act on, or both.
type action struct {
	read func(c *control) any
	act  func(c *control, body []byte) error
}

var actions = map[string]action{
	"people":     {read: (*control).listPeople, act: (*control).setPeople},
	"sign-in-as": {act: (*control).signInAs},
	"fail":       {act: (*control).fail},
	"recover":    {act: (*control).recover},
	"requests":   {read: (*control).listRequests},
	"revoke":     {act: (*control).revoke},
	"reset":      {act: (*control).reset},
}

func (c *control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if why := c.guard.refusal(r); why != "" {
		refuse(w, http.StatusForbidden, why)
		return
	}
	a, known := actions[strings.TrimPrefix(r.URL.Path, controlPrefix)]
	switch {
	case !known:
		refuse(w, http.StatusNotFound, "there is no such path; docs/standin.md lists those that there are")
	case r.Method == http.MethodGet && a.read != nil:
		c.mu.Lock()
		defer c.mu.Unlock()
		answer(w, http.StatusOK, a.read(c))
	case r.Method == http.MethodPost && a.act != nil:
		c.post(w, r, a)
	default:
		w.Header().Set("Allow", a.methods())
		refuse(w, http.StatusMethodNotAllowed, "this path takes "+a.methods())
	}
}

func (a action) methods() string {
	switch {
	case a.act == nil:
		return http.MethodGet
	case a.read == nil:
		return http.MethodPost
	}
	return http.MethodGet + ", " + http.MethodPost
}

func (c *control) post(w http.ResponseWriter, r *http.Request, a action) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		refuse(w, http.StatusRequestEntityTooLarge, "the body has more than a mebibyte")
		return
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "the body cannot be read")
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := a.act(c, body); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]string{"message": message})
}

func answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("standin: an answer that cannot be JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}

func (c *control) listPeople() any { return asJSON(c.x.People()) }

func (c *control) setPeople(body []byte) error {
	people, err := parsePeople(body)
	if err != nil {
		return err
	}
	c.x.SetPeople(people...)
	return nil
}

func (c *control) signInAs(body []byte) error {
	var who struct {
		ID     string `json:"id"`
		Cancel bool   `json:"cancel"`
	}
	if err := parseJSON(body, &who); err != nil {
		return err
	}
	switch {
	case who.ID != "" && who.Cancel:
		return errors.New("either id or cancel, not both")
	case who.Cancel:
		c.x.CancelLogins()
	case who.ID == "":
		c.x.AskConsent()
	case !slices.ContainsFunc(c.x.People(), func(p twittertest.Person) bool { return p.ID == who.ID }):
		return errors.New("there is no person with this id")
	default:
		c.x.SignInAs(who.ID)
	}
	return nil
}

func (c *control) fail(body []byte) error {
	var f failure
	if err := parseJSON(body, &f); err != nil {
		return err
	}
	step, fault, err := f.injected()
	switch {
	case err != nil:
		return err
	case f.Times == 0:
		c.x.Fail(step, fault)
	default:
		c.x.FailNext(step, f.Times, fault)
	}
	return nil
}

func (c *control) recover(body []byte) error {
	var which struct {
		Steps *[]string `json:"steps"`
	}
	if err := parseJSON(body, &which); err != nil {
		return err
	}
	if which.Steps == nil {
		c.x.Recover()
		return nil
	}
	var steps []twittertest.Step
	for _, name := range *which.Steps {
		step, err := stepNamed(name)
		if err != nil {
			return err
		}
		steps = append(steps, step)
	}
	if len(steps) > 0 { // without arguments Recover means all
		c.x.Recover(steps...)
	}
	return nil
}

func (c *control) revoke(body []byte) error {
	var which struct {
		Token string `json:"token"`
	}
	if err := parseJSON(body, &which); err != nil {
		return err
	}
	if which.Token == "" {
		return errors.New("token is missing")
	}
	c.x.Revoke(which.Token)
	return nil
}

func (c *control) reset(body []byte) error {
	if err := parseJSON(body, &struct{}{}); err != nil {
		return err
	}
	c.start()
	return nil
}

// start makes the stand-in as it is when the command starts.
func (c *control) start() {
	c.x.Reset()
	if c.people != nil {
		c.x.SetPeople(c.people...)
	}
}
