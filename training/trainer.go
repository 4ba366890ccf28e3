package training

import (
	"sync"

	"github.com/madoguchi/madoguchi/app"
)

// place is an R/W that takes a demo card: in process, or through vpcd.
type place interface {
	Insert(card onReader, mute bool)
	Remove()
	Present() bool
}

// Trainer works the demo cards. It fills app.Trainer.
type Trainer struct {
	place place
	cards []*Card
	pin   string

	mu     sync.Mutex
	chosen int
}

// Cards lists the demo cards by their catalogue keys.
func (t *Trainer) Cards() []app.TrainingCard {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]app.TrainingCard, 0, len(t.cards))
	for _, c := range t.cards {
		list = append(list, app.TrainingCard{Name: c.Name})
	}
	return list
}

// Choose takes the card off and another in the hand. An index that is none
// changes nothing.
func (t *Trainer) Choose(i int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i < 0 || i >= len(t.cards) || i == t.chosen {
		return
	}
	t.place.Remove()
	t.chosen = i
}

// Insert puts the chosen card on the R/W.
func (t *Trainer) Insert() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.place.Present() {
		t.place.Insert(t.cards[t.chosen].lain, t.cards[t.chosen].mute)
	}
}

// Remove takes it off.
func (t *Trainer) Remove() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.place.Remove()
}

// Chosen is the card in the hand or on the R/W, and its PIN.
func (t *Trainer) Chosen() (i int, onReader bool, cardPIN string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.chosen, t.place.Present(), t.pin
}
