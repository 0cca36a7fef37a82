package main

import (
	"net/http"
	"net/url"

	"twitterlogin.example/twitterauth/twittertest"
)

// request is an entry of GET requests.
type request struct {
	Step      twittertest.Step  `json:"step"`
	Method    string            `json:"method"`
	Path      string            `json:"path"`
	Query     url.Values        `json:"query"`
	Form      url.Values        `json:"form"`
	OAuth     map[string]string `json:"oauth"`
	Body      string            `json:"body"`
	Header    http.Header       `json:"header"`
	Status    int               `json:"status"`
	Diagnosis string            `json:"diagnosis"`
}

// listRequests is what the stand-in was asked, in order.
func (c *control) listRequests() any {
	list := []request{}
	for _, r := range c.x.Requests() {
		list = append(list, request{
			Step: r.Step, Method: r.Method, Path: r.Path, Query: orEmpty(r.Query), Form: orEmpty(r.Form), OAuth: orEmpty(r.OAuth),
			Body: string(r.Body), Header: r.Header, Status: r.Status, Diagnosis: r.Diagnosis,
		})
	}
	return list
}

// orEmpty makes an object of what would be null.
func orEmpty[M ~map[K]V, K comparable, V any](m M) M {
	if m == nil {
		return M{}
	}
	return m
}
