// Package morerouters has the routers and the CSRF middleware of docs/routers.md
// that the example does not use. Its tests run a whole login on each. It is a
// module of its own, so that the library and the example do not depend on them.
package morerouters
