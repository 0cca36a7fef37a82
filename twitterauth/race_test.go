//go:build race

package twitterauth_test

func init() { raceEnabled = true }
