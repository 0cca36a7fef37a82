// Package peerbench compares twitterlogin.example with other ways to log people
// in with Twitter/X from Go. It has benchmarks only, in a module of its own, so
// that no user of the library downloads its peers. README.md has how to run it and
// what came out.
package peerbench
