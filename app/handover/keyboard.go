package handover

import (
	"context"
	"fmt"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

// How long the user may take to let go of the keys, and how often we look.
const (
	letGo     = time.Second
	letGoLook = 10 * time.Millisecond
)

// imeSettles is how long the target may take to pass the last key to its input
// method, which it does in its own time: switched on earlier, the method would
// still get the end of the number.
const imeSettles = 300 * time.Millisecond

// pasteTake is how long the target may take to fetch the text after Ctrl+V.
const pasteTake = 3 * time.Second

const (
	// clipboardTake is how long a number stays on the clipboard at most.
	clipboardTake = 10 * time.Second
	// clipboardRest is how long it stays after it was fetched: programs ask twice.
	clipboardRest = 200 * time.Millisecond
	// clipboardHuman is how long a person needs at least to paste: who fetches
	// earlier is a program that watches the clipboard.
	clipboardHuman = 300 * time.Millisecond
)

// suffixText is the key after the number: '\n' Enter, '\t' Tab.
func suffixText(c KeyboardConfig) string {
	switch c.Suffix {
	case "tab":
		return "\t"
	case "none":
		return ""
	}
	return "\n"
}

// typed is the outcome of typing: keys that were pressed cannot be taken back.
func typed(sent int, err error) (Outcome, error) {
	switch {
	case err == nil:
		return Delivered, nil
	case sent == 0:
		return NotDelivered, err
	}
	return Unknown, err
}

// errHeld: a key that is no modifier is held and repeats itself into the number.
var errHeld = fmt.Errorf("a key is held down: %w", ErrKeyboard)

// awaitReleased waits until down says no, at most letGo. What is still down then
// is for whoever types to judge.
func awaitReleased(ctx context.Context, down func() (bool, error)) error {
	look := time.NewTicker(letGoLook)
	defer look.Stop()
	end := time.NewTimer(letGo)
	defer end.Stop()
	for {
		held, err := await(ctx, down)
		if err != nil || !held {
			return err
		}
		select {
		case <-look.C:
		case <-end.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// await gives what f gives, or ctx's error if that ends first: a desktop that
// another program holds answers nobody. f must then do no harm.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := f()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		return *new(T), ctx.Err()
	}
}

// rest lets a program that has fetched a text from the clipboard fetch it again.
func rest(ctx context.Context, lost <-chan struct{}) {
	rest := time.NewTimer(clipboardRest)
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-lost:
	case <-ctx.Done():
	}
}

// noWay says why there is no way here.
type noWay struct{ why error }

func (w noWay) Ready(context.Context) error { return w.why }

func (w noWay) Hand(context.Context, mykey.ServiceID, Window) (Outcome, error) {
	return NotDelivered, w.why
}

func (w noWay) Close() error { return nil }
