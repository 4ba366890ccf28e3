// Package sound plays the program's short tones by what the system has: a player
// program on Linux and macOS, winmm on Windows. Where there is nothing to play
// with, it is silent.
package sound

import (
	"context"
	"sync"

	"github.com/madoguchi/madoguchi/assets"
)

// Tone is one of the program's sounds.
type Tone int

// Tones. Each is told from the others with closed eyes.
const (
	Key       Tone = iota // a key of the PIN pad: the same for every key
	Success               // all is done
	Failure               // something is in the way, or a card was left
	Handed                // a number was passed on
	Held                  // a number waits for the person before
	NotHanded             // a number was not passed on, or nobody knows
	NotLinked             // the card is not registered here
	Unusable              // the card cannot be used
	Offline               // nobody can be looked up just now
	tones
)

// wav is the WAV of a tone, 16 bit mono.
func (t Tone) wav() []byte {
	return [tones][]byte{
		assets.Key(), assets.Success(), assets.Failure(), assets.Handed(), assets.Held(), assets.NotHanded(),
		assets.NotLinked(), assets.Unusable(), assets.Offline(),
	}[t]
}

// output plays one tone to its end, or starts it where the system queues nothing.
// An error means that it will not play: it is not asked again.
type output interface {
	play(ctx context.Context, t Tone) error
	close()
}

// waiting is how many tones may wait for the one that sounds; more are dropped, so
// that no key has to wait for its tick.
const waiting = 3

// Player plays tones one after the other in the background. Its methods return at
// once and never fail aloud.
type Player struct {
	queue chan Tone
	stop  context.CancelFunc
	work  sync.WaitGroup
}

// New is a player on this system's outputs; Close ends it.
func New() *Player { return newPlayer(outputs()) }

func newPlayer(outputs []output) *Player {
	ctx, stop := context.WithCancel(context.Background())
	p := &Player{queue: make(chan Tone, waiting), stop: stop}
	p.work.Go(func() {
		defer func() {
			for _, o := range outputs {
				o.close()
			}
		}()
		p.run(ctx, outputs)
	})
	return p
}

func (p *Player) run(ctx context.Context, outputs []output) {
	at := 0
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-p.queue:
			for ctx.Err() == nil && at < len(outputs) && outputs[at].play(ctx, t) != nil {
				at++ // no such device, or a player that does not know the format: the next one
			}
		}
	}
}

// Close stops what sounds and waits for its end.
func (p *Player) Close() {
	p.stop()
	p.work.Wait()
}

// Play sounds a tone after those that wait, or drops it.
func (p *Player) Play(t Tone) {
	select {
	case p.queue <- t:
	default:
	}
}
