//go:build race

package twitterauth_test

// raceEnabled makes rushes smaller under the race detector, which is slow.
const raceEnabled = true
