//go:build race

package storetest_test

func init() { raceEnabled = true }
