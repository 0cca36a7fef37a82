package main

import (
	"maps"
	"net/http"
	"slices"
)

// routers are the ways to run the same app, a file each.
var routers = map[string]func(*app) http.Handler{
	"nethttp": onNetHTTP,
	"chi":     onChi,
	"echo":    onEcho,
	"gin":     onGin,
}

func routerNames() []string { return slices.Sorted(maps.Keys(routers)) }
