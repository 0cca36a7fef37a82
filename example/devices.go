package main

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// device is where a user is signed in, as the page shows it.
type device struct {
	ID, Name, Address string
	Since, Seen       moment
	This              bool // the device that asks
}

// moment is a time for people and, for browsers, by RFC 3339.
type moment struct{ Text, Time string }

// showDevices lists where the user is signed in.
func (a *app) showDevices(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	current, _ := a.auth.Session(r.Context())
	now := time.Now()
	rows, err := a.users.devices(r.Context(), user.ID, now)
	if err != nil {
		a.failed(w, r, err)
		return
	}
	v := a.view(user)
	for _, row := range rows {
		v.Devices = append(v.Devices, device{
			ID:      row.id,
			Name:    deviceName(row.agent),
			Address: row.address,
			Since:   moment{row.created.UTC().Format("2 January 2006"), row.created.UTC().Format(time.RFC3339)},
			Seen:    moment{ago(now.Sub(row.seen)), row.seen.UTC().Format(time.RFC3339)},
			This:    row.id == current.ID,
		})
	}
	slices.SortStableFunc(v.Devices, thisFirst)
	a.pages.render(w, http.StatusOK, "devices.html", v)
}

func thisFirst(a, b device) int {
	order := map[bool]int{true: 0, false: 1}
	return cmp.Compare(order[a.This], order[b.This])
}

// ago is a time in the past in words, as coarse as it is noted.
func ago(d time.Duration) string {
	switch {
	case d < 2*noteInterval:
		return "just now"
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes ago", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours ago", d/time.Hour)
	}
	return fmt.Sprintf("%d days ago", d/(24*time.Hour))
}

// signOutDevice ends the session that the user has chosen. The library deletes the
// cookie of that device at its next page.
func (a *app) signOutDevice(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	a.backTo(w, r, "/devices", a.users.endDevice(r.Context(), user.ID, r.PostFormValue("device")))
}

// signOutOthers ends every session of the user but this one.
func (a *app) signOutOthers(w http.ResponseWriter, r *http.Request) {
	user, _ := a.auth.User(r.Context())
	current, _ := a.auth.Session(r.Context())
	a.backTo(w, r, "/devices", a.users.endOtherDevices(r.Context(), user.ID, current.ID))
}
