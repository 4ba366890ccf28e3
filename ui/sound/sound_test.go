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
	want := []Tone{Key, Success, Failure, Offline, Handed}
	for _, one := range want {
		p.Play(one)
		got = append(got, <-r.heard)
	}
	if !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}

func TestAPlayerThatFailsGivesWayToTheNext(t *testing.T) {
	bad := &recorder{heard: make(chan Tone, 10), broken: errors.New("no device")}
	good := &recorder{heard: make(chan Tone, 10)}
	p := newPlayer([]output{bad, good})
	defer p.Close()
	p.Play(Success)
	<-good.heard
	p.Play(Failure)
	<-good.heard
	if len(bad.heard) != 1 {
		t.Errorf("the broken player was asked %d times, want once", len(bad.heard))
	}
}

func TestAKeyNeverWaitsForItsTick(t *testing.T) {
	r := &recorder{heard: make(chan Tone, 100), gate: make(chan struct{})}
	p := newPlayer([]output{r})
	p.Play(Key)
	<-r.heard // it sounds and does not end
	for range 50 {
		p.Play(Key) // would hang here if it waited
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
	p.Play(Success)
	p.Close()
}

func TestEveryToneIsAWAVOfItsOwn(t *testing.T) {
	seen := map[string]Tone{}
	for tone := range tones {
		if wav := tone.wav(); !bytes.HasPrefix(wav, []byte("RIFF")) || !bytes.Equal(wav[8:12], []byte("WAVE")) {
			t.Errorf("tone %d is no WAV", tone)
		}
		if same, twice := seen[string(tone.wav())]; twice {
			t.Errorf("tones %d and %d sound alike", same, tone)
		}
		seen[string(tone.wav())] = tone
	}
}
