package sound

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
)

// recorder is an output that tells what it was asked to play.
type recorder struct {
	heard  chan Tone
	gate   chan struct{} // a tone ends when something comes out of it; nil: at once
	broken error
	closed bool
}

func (r *recorder) play(ctx context.Context, t Tone) error {
	r.heard <- t
	if r.gate != nil {
		select {
		case <-r.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return r.broken
}

func (r *recorder) close() { r.closed = true }

func TestTonesSoundInOrder(t *testing.T) {
	r := &recorder{heard: make(chan Tone, 10)}
	p := newPlayer([]output{r})
	defer p.Close()
	var got []Tone
	for _, one := range []struct{ sound func() }{{p.Key}, {p.Success}, {p.Failure}} {
		one.sound()
		got = append(got, <-r.heard)
	}
	if want := []Tone{Key, Success, Failure}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}

func TestAPlayerThatFailsGivesWayToTheNext(t *testing.T) {
	bad := &recorder{heard: make(chan Tone, 10), broken: errors.New("no device")}
	good := &recorder{heard: make(chan Tone, 10)}
	p := newPlayer([]output{bad, good})
	defer p.Close()
	p.Success()
	<-good.heard
	p.Failure()
	<-good.heard
	if len(bad.heard) != 1 {
		t.Errorf("the broken player was asked %d times, want once", len(bad.heard))
	}
}

func TestAKeyNeverWaitsForItsTick(t *testing.T) {
	r := &recorder{heard: make(chan Tone, 100), gate: make(chan struct{})}
	p := newPlayer([]output{r})
	p.Key()
	<-r.heard // it sounds and does not end
	for range 50 {
		p.Key() // would hang here if it waited
	}
	p.Close() // ends what sounds
	if got := len(r.heard); got != 0 {
		t.Errorf("%d more tones began", got)
	}
	if !r.closed {
		t.Error("the output was not closed")
	}
}

func TestWithoutAPlayerItIsSilent(t *testing.T) {
	p := newPlayer(nil)
	p.Success()
	p.Close()
}

func TestEveryToneIsAWAV(t *testing.T) {
	for tone := range tones {
		if wav := tone.wav(); !bytes.HasPrefix(wav, []byte("RIFF")) || !bytes.Equal(wav[8:12], []byte("WAVE")) {
			t.Errorf("tone %d is no WAV", tone)
		}
	}
}
