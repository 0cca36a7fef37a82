package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"twitterlogin.example/twitterauth/twittertest"
)

// person is an account as people.json has it.
type person struct {
	ID           string     `json:"id"`
	ScreenName   string     `json:"screenName"`
	Name         string     `json:"name,omitempty"`
	Email        string     `json:"email,omitempty"`
	Description  string     `json:"description,omitempty"`
	Location     string     `json:"location,omitempty"`
	Website      string     `json:"website,omitempty"`
	ProfileImage string     `json:"profileImage,omitempty"`
	Followers    int64      `json:"followers,omitempty"`
	Following    int64      `json:"following,omitempty"`
	Posts        int64      `json:"posts,omitempty"`
	Verified     bool       `json:"verified,omitempty"`
	Protected    bool       `json:"protected,omitempty"`
	CreatedAt    *time.Time `json:"createdAt,omitempty"`
	Suspended    bool       `json:"suspended,omitempty"`
	Locked       bool       `json:"locked,omitempty"`

	Extra  map[string]any `json:"extra,omitempty"`
	Absent []string       `json:"absent,omitempty"` // fields that the profile leaves out
}

// parsePeople reads a list of people, whose IDs differ.
func parsePeople(text []byte) ([]twittertest.Person, error) {
	var list []person
	if err := parseJSON(text, &list); err != nil {
		return nil, err
	}
	people := make([]twittertest.Person, 0, len(list))
	seen := map[string]bool{}
	for i, p := range list {
		account := p.account()
		err := account.Check()
		switch {
		case err != nil:
		case p.ScreenName == "":
			err = fmt.Errorf("screenName is missing")
		case seen[p.ID]:
			err = fmt.Errorf("the ID %q is there twice", p.ID)
		default:
			seen[p.ID] = true
			people = append(people, account)
			continue
		}
		return nil, fmt.Errorf("person %d of the list: %w", i+1, err)
	}
	return people, nil
}

func (p person) account() twittertest.Person {
	account := twittertest.Person{
		ID: p.ID, ScreenName: p.ScreenName, Name: p.Name, Email: p.Email,
		Description: p.Description, Location: p.Location, Website: p.Website, ProfileImage: p.ProfileImage,
		Followers: p.Followers, Following: p.Following, Posts: p.Posts,
		Verified: p.Verified, Protected: p.Protected, Suspended: p.Suspended, Locked: p.Locked,
		Extra: maps.Clone(p.Extra),
	}
	if p.CreatedAt != nil {
		account.CreatedAt = *p.CreatedAt
	}
	for _, field := range p.Absent {
		if account.Extra == nil {
			account.Extra = map[string]any{}
		}
		account.Extra[field] = twittertest.Absent
	}
	return account
}

// asJSON is what GET people answers, which POST people takes again.
func asJSON(people []twittertest.Person) []person {
	list := make([]person, 0, len(people))
	for _, a := range people {
		p := person{
			ID: a.ID, ScreenName: a.ScreenName, Name: a.Name, Email: a.Email,
			Description: a.Description, Location: a.Location, Website: a.Website, ProfileImage: a.ProfileImage,
			Followers: a.Followers, Following: a.Following, Posts: a.Posts,
			Verified: a.Verified, Protected: a.Protected, Suspended: a.Suspended, Locked: a.Locked,
		}
		if !a.CreatedAt.IsZero() {
			p.CreatedAt = &a.CreatedAt
		}
		for _, field := range slices.Sorted(maps.Keys(a.Extra)) {
			if a.Extra[field] == twittertest.Absent {
				p.Absent = append(p.Absent, field)
				continue
			}
			if p.Extra == nil {
				p.Extra = map[string]any{}
			}
			p.Extra[field] = a.Extra[field]
		}
		list = append(list, p)
	}
	return list
}
