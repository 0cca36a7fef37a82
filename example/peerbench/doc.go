// Package peerbench compares twitterlogin.example with other ways to log people
// in with Twitter/X from Go. It has benchmarks only, in a module of its own, so
// that users of the library do not download its peers. README.md has how to run it
// and what came out.
package peerbench
