package main

import (
	"maps"
	"net/http"
	"slices"
)

// routers are the ways to run the same app.
var routers = map[string]func(*app) http.Handler{
	"nethttp": onNetHTTP,
}

func routerNames() []string { return slices.Sorted(maps.Keys(routers)) }
