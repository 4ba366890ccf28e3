package server_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
	"pgregory.net/rapid"
)

// place is one service of one operator.
type place struct {
	operator string
	service  mykey.ServiceCode
}

// model is what the platform must seem to be: maps.
type model struct {
	w       *world
	desks   map[string]*platformclient.Client
	shared  map[place]bool
	people  []holder
	gone    map[int]bool
	stopped map[int]bool
	has     map[place]map[int]string // person → number
	count   *int                     // for numbers of one run that no other run has
}

func (m *model) holderOf(p place, digits string, but int) bool {
	for person, number := range m.has[p] {
		if person != but && number == digits {
			return true
		}
	}
	return false
}

// Links of several operators against maps, in any order of calls; no answer ever
// holds a number that is not of the asking operator and the asked person.
func TestLinksBehaveAsMaps(t *testing.T) {
	w := newWorld(t, options{})
	m := &model{w: w, desks: map[string]*platformclient.Client{}, shared: map[place]bool{}, count: new(int)}
	places := []place{{"library", "lending"}, {"library", "family"}, {"sports", "lending"}, {"museum", "pass"}}
	for _, p := range places {
		if p.service == "family" {
			w.service(p.operator, string(p.service), shared)
			m.shared[p] = true
		} else {
			w.service(p.operator, string(p.service))
		}
		if m.desks[p.operator] == nil {
			m.desks[p.operator] = w.counter(p.operator+"-1", p.operator)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		m.gone, m.stopped, m.has = map[int]bool{}, map[int]bool{}, map[place]map[int]string{}
		for _, p := range places {
			m.has[p] = map[int]string{}
		}
		m.people = []holder{w.holder(), w.holder(), w.holder()}
		base := *m.count * 10
		*m.count++
		person := rapid.IntRange(0, len(m.people)-1)
		digits := rapid.Custom(func(r *rapid.T) string { return numbered(base + rapid.IntRange(0, 3).Draw(r, "digit")) })
		at := rapid.SampledFrom(places)
		r.Repeat(map[string]func(*rapid.T){
			"link": func(r *rapid.T) {
				m.link(r, at.Draw(r, "place"), person.Draw(r, "person"), digits.Draw(r, "number"), rapid.Bool().Draw(r, "replace"))
			},
			"unlink": func(r *rapid.T) { m.unlink(r, at.Draw(r, "place"), person.Draw(r, "person")) },
			"stop": func(r *rapid.T) {
				if p := person.Draw(r, "person"); rapid.IntRange(0, 9).Draw(r, "seldom") == 0 && !m.gone[p] {
					check(r, w.rules.Stop(t.Context(), w.personOf(m.people[p].resident), "lost", w.clock.Now().AddDate(1, 0, 0)))
					m.stopped[p] = true
				}
			},
			"withdraw": func(r *rapid.T) {
				if p := person.Draw(r, "person"); rapid.IntRange(0, 9).Draw(r, "seldom") == 0 && !m.gone[p] {
					check(r, w.rules.Withdraw(t.Context(), w.personOf(m.people[p].resident)))
					m.gone[p] = true
					for _, p2 := range places {
						delete(m.has[p2], p)
					}
				}
			},
			"foreign service": func(r *rapid.T) {
				p, service := person.Draw(r, "person"), at.Draw(r, "place")
				for operator, desk := range m.desks {
					if slices.Contains(places, place{operator, service.service}) {
						continue
					}
					if got := m.people[p].found(desk, service.service); got != "LINK-SERVICE" {
						r.Fatalf("%s at %s: got %s", service.service, operator, got)
					}
				}
			},
			"": func(r *rapid.T) { m.lookup(r, at.Draw(r, "looked up at"), person.Draw(r, "looked up")) },
		})
		for _, p := range places {
			for i := range m.people {
				m.lookup(r, p, i)
			}
		}
	})
}

func (m *model) link(r *rapid.T, at place, p int, digits string, replace bool) {
	want := ""
	have, linked := m.has[at][p]
	switch {
	case m.gone[p]:
		want = "MYKEY-NONE"
	case m.stopped[p]:
		want = "MYKEY-STOPPED"
	case !m.shared[at] && m.holderOf(at, digits, p):
		want = "LINK-TAKEN"
	case linked && have != digits && !replace:
		want = "LINK-EXISTS"
	}
	err := m.desks[at.operator].Link(m.w.t.Context(), at.service, platformclient.Link{
		Holder: m.people[p].both(), Number: number(m.w.t, digits), Replace: replace,
	}, nil)
	if got := codeOf(err); got != want || (err != nil) != (want != "") {
		r.Fatalf("link: got %v, want %q", err, want)
	}
	if err == nil {
		m.has[at][p] = digits
	}
}

func (m *model) unlink(r *rapid.T, at place, p int) {
	want := ""
	_, linked := m.has[at][p]
	switch {
	case !linked:
		want = "LINK-NONE"
	case m.stopped[p]:
		want = "MYKEY-STOPPED"
	}
	err := m.desks[at.operator].Unlink(m.w.t.Context(), at.service, platformclient.Unlink{Holder: m.people[p].byRecord()})
	if got := codeOf(err); got != want || (err != nil) != (want != "") {
		r.Fatalf("unlink: got %v, want %q", err, want)
	}
	if err == nil {
		delete(m.has[at], p)
	}
}

func (m *model) lookup(r *rapid.T, at place, p int) {
	want, linked := m.has[at][p]
	switch {
	case !linked:
		want = "none"
	case m.stopped[p]:
		want = "stopped"
	}
	who := m.people[p].byRecord()
	if p == 0 {
		who = m.people[p].byCertificate()
	}
	if got := said(m.desks[at.operator].Lookup(m.w.t.Context(), at.service, who)); got != want {
		r.Fatalf("%v, person %d: got %s, want %s", at, p, got, want)
	}
}

func check(r *rapid.T, err error) {
	if err != nil {
		r.Fatal(fmt.Sprint(err))
	}
}
