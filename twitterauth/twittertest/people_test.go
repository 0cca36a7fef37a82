package twittertest_test

import (
	"testing"

	"twitterlogin.example/twitterauth/twittertest"
)

func TestPeopleIsACopy(t *testing.T) {
	t.Parallel()
	x := start(t)
	people := x.People()
	if len(people) != 4 {
		t.Fatalf("there are %d people", len(people))
	}
	people[0].Name = "changed"
	if name := x.People()[0].Name; name != "Ada Lovelace" {
		t.Errorf("the name is now %q", name)
	}
	mine := []twittertest.Person{{ID: "1", ScreenName: "one"}}
	x.SetPeople(mine...)
	mine[0].ScreenName = "changed"
	if p := x.People(); len(p) != 1 || p[0].ScreenName != "one" {
		t.Errorf("the people are %v", p)
	}
}

func TestPeopleHaveOneIDEach(t *testing.T) {
	t.Parallel()
	s := twittertest.NewServer()
	defer s.Close()
	s.SetPeople(twittertest.Person{ID: "1", ScreenName: "first"}, twittertest.Person{ID: "2", ScreenName: "other"}, twittertest.Person{ID: "1", ScreenName: "second"})
	if p := s.People(); len(p) != 2 || p[0].ScreenName != "second" || p[1].ScreenName != "other" {
		t.Errorf("%+v", p)
	}
	for _, id := range []string{"", "x", "-1", "007", "99999999999999999999999", "1.0"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("the ID %q is taken", id)
				}
			}()
			s.AddPerson(twittertest.Person{ID: id})
		}()
	}
}

func TestPeopleWhoCannotBe(t *testing.T) {
	t.Parallel()
	x := start(t)
	for name, p := range map[string]twittertest.Person{
		"no ID":              {},
		"a name as the ID":   {ID: "ada"},
		"a leading zero":     {ID: "07"},
		"a sign":             {ID: "+7"},
		"a channel in Extra": {ID: "7", Extra: map[string]any{"a": make(chan int)}},
	} {
		for _, add := range []func(){func() { x.AddPerson(p) }, func() { x.SetPeople(p) }} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: taken", name)
					}
				}()
				add()
			}()
		}
	}
	if len(x.People()) != 4 {
		t.Error("the people changed")
	}
}

func TestNobodyPanics(t *testing.T) {
	t.Parallel()
	x := start(t)
	calls := map[string]func(){
		"SignInAs":         func() { x.SignInAs("0") },
		"TokenPair":        func() { x.TokenPair("0") },
		"ForeignTokenPair": func() { x.ForeignTokenPair("0") },
	}
	for name, call := range calls {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s took an ID of nobody", name)
				}
			}()
			call()
		}()
	}
	begin(t, x) // the server still works: no lock is held
}

func TestExtraAbsentAndCopied(t *testing.T) {
	t.Parallel()
	x := start(t)
	extra := map[string]any{"name": twittertest.Absent, "description": nil, "entities": map[string]any{}}
	x.AddPerson(twittertest.Person{ID: "7", ScreenName: "odd", Name: "Odd", Extra: extra})
	extra["id_str"] = "8"
	x.People()[4].Extra["id_str"] = "9"
	token, secret := x.TokenPair("7")
	for _, path := range []string{profilePath, "/2/users/me"} {
		profile := object(t, get(t, signedAs(x, token, secret), x.URL+path).body)
		if data, ok := profile["data"].(map[string]any); ok {
			profile = data
		}
		_, named := profile["name"]
		description, described := profile["description"]
		if named || !described || description != nil || profile["id_str"] == "8" || profile["id_str"] == "9" {
			t.Errorf("%s: %v", path, profile)
		}
	}
}
