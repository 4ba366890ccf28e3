package training

import "github.com/madoguchi/madoguchi/platformclient"

// PIN is the PIN of every demo card.
func (t *Training) PIN() string { return t.options.PIN }

// Desk is how the demo desk reaches the platform: for a program that does so
// without our client.
func (t *Training) Desk() platformclient.Config {
	own, _ := t.options.posts()
	return t.platform.desks[own]
}
