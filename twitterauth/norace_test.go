//go:build !race

package twitterauth_test

const raceEnabled = false
