package twittertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Person is an account at this X, which has an ID and, at the real one, always
// a ScreenName.
type Person struct {
	ID           string // decimal, from 0 to 2^64-1, as X writes it: no leading zeros
	ScreenName   string // handle without the @
	Name         string
	Email        string // "" for none that is confirmed
	Description  string
	Location     string
	Website      string
	ProfileImage string // https address of the 48 px image, which ends in "_normal.jpg" or so; no image is there
	Followers    int64
	Following    int64
	Posts        int64
	Verified     bool
	Protected    bool
	CreatedAt    time.Time

	// Suspended and Locked make X refuse the person: the consent page shows it,
	// and what was approved before answers with codes 64 and 326.
	Suspended bool
	Locked    bool

	// Extra is put over the profile that either API sends, for odd ones; a nil
	// value is sent as null, and [Absent] leaves the field out.
	Extra map[string]any
}

// Absent in [Person.Extra] leaves a field out of the profile.
const Absent absent = "absent"

type absent string

func (p Person) putExtra(profile map[string]any) {
	for field, value := range p.Extra {
		if value == Absent {
			delete(profile, field)
			continue
		}
		profile[field] = value
	}
}

// Check returns why a person cannot have an account here, or nil: the ID is not as
// Person describes it, or Extra cannot be sent as JSON.
func (p Person) Check() error {
	if id, err := strconv.ParseUint(p.ID, 10, 64); err != nil || strconv.FormatUint(id, 10) != p.ID {
		return fmt.Errorf("the ID %q is not a decimal number as X writes it, below 2^64 and without leading zeros; Extra can send another", p.ID)
	}
	if _, err := json.Marshal(p.Extra); err != nil {
		return fmt.Errorf("Person.Extra cannot be sent: %w", err)
	}
	return nil
}

// checked returns a copy that later changes by the caller do not reach. It panics
// for a person whom Check refuses.
func checked(p Person) Person {
	if err := p.Check(); err != nil {
		panic("twittertest: " + err.Error())
	}
	p.Extra = maps.Clone(p.Extra)
	return p
}

func copied(people []Person) []Person {
	people = slices.Clone(people)
	for i := range people {
		people[i].Extra = maps.Clone(people[i].Extra)
	}
	return people
}

func defaultPeople() []Person {
	joined := time.Date(2009, time.May, 9, 17, 58, 22, 0, time.UTC)
	return []Person{
		{ID: "6253282", ScreenName: "ada", Name: "Ada Lovelace", Email: "ada@example.com", Description: "First programmer", Location: "London", Website: "https://ada.example", ProfileImage: "https://pbs.twimg.com/profile_images/1/ada_normal.png", Followers: 1815, Following: 36, Posts: 843, Verified: true, CreatedAt: joined},
		{ID: "9007199254740993", ScreenName: "zoe_quotes", Name: "Zoë O'Neil", Email: "zoe+x@example.com", Followers: 3, CreatedAt: joined.AddDate(10, 0, 0)},
		{ID: "1349129669258448897", ScreenName: "noor", Name: "نور الدين", Email: "noor@example.com", ProfileImage: "https://pbs.twimg.com/profile_images/3/normal_noor_normal.jpg", Protected: true, CreatedAt: joined.AddDate(11, 8, 0)},
		{ID: "42", ScreenName: "no_email", Name: "Grace Hopper", Location: "Arlington", CreatedAt: joined.AddDate(-2, 0, 0)},
	}
}

// People returns those who have an account here: at the start four, among them
// a person with an ID beyond 2^53, a person whose name is written from right to
// left, and a person without an email.
func (s *Server) People() []Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return copied(s.people)
}

// SetPeople replaces everybody; of two with one ID the later counts. It panics
// for a person whom [Person.Check] refuses.
func (s *Server) SetPeople(people ...Person) {
	var all []Person
	for _, p := range people {
		all = withPerson(all, checked(p))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people = all
}

// AddPerson adds a person, or replaces the one with the same ID. It panics for
// a person whom [Person.Check] refuses.
func (s *Server) AddPerson(p Person) {
	p = checked(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people = withPerson(slices.Clone(s.people), p)
}

func withPerson(people []Person, p Person) []Person {
	i := slices.IndexFunc(people, func(q Person) bool { return q.ID == p.ID })
	if i < 0 {
		return append(people, p)
	}
	people[i] = p
	return people
}

func (s *Server) person(id string) (Person, bool) {
	i := slices.IndexFunc(s.people, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return s.people[i], true
}
