// Package morerouters has the routers and the CSRF middleware that
// docs/routers.md names beside those of the example. Its tests run a whole login
// on each. It is a module of its own, so that these dependencies reach neither
// the library nor the example.
package morerouters
