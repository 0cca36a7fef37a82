// Package interop has OAuth clients of others sign in at the stand-in for X, as
// they come: no line of a client is patched, and settings and the environment alone
// lead it there. The table of results is docs/interop.md.
//
// Each client is a small web app in a process of its own. The scripts are in the
// folders named by language; the Go clients are functions of the tests. The module
// is apart so that the library and the example do not depend on the clients.
package interop
