// Package banner shows the small notice over the business application that the desk
// works in: at the bottom right, above every window, never with the keyboard. It is
// a window of the system's own making, not one of Fyne's: those take the focus when
// they are shown. There is no number in it.
//
// On X11 it is a window that no window manager touches (override-redirect); on
// Windows one that is never activated (WS_EX_NOACTIVATE). Elsewhere (macOS, a
// Wayland session without X) there is none, and the notice stands in our own window
// alone.
package banner

import (
	"image"
	"sync"
)

// Notice is one picture to show.
type Notice struct {
	Picture image.Image // opaque but for its corners
	Live    bool        // a click on it is heard; else clicks fall through to what is under it
}

// Board shows one notice at a time. Its methods return at once and may be called
// from one goroutine at a time; what the system refuses is silence.
type Board interface {
	// Show puts a notice up, in place of the one before.
	Show(Notice)
	// Hide takes it away.
	Hide()
	// Close takes it away for good and waits until nothing of it is left. A second
	// Close does nothing.
	Close()
}

// None is a system without a place for notices.
type None struct{}

// Show implements Board.
func (None) Show(Notice) {}

// Hide implements Board.
func (None) Hide() {}

// Close implements Board.
func (None) Close() {}

// Margins from the right and the lower edge of the screen, px at 100 %.
const (
	marginRight = 24
	marginLow   = 40
)

// post holds the newest wish of the UI thread for the goroutine that works the
// window: older wishes that were not seen to yet are dropped.
type post struct {
	mu     sync.Mutex
	notice *Notice // nil: none is to stand there
	rings  chan struct{}
}

func newPost() *post { return &post{rings: make(chan struct{}, 1)} }

func (p *post) put(n *Notice) {
	p.mu.Lock()
	p.notice = n
	p.mu.Unlock()
	select {
	case p.rings <- struct{}{}:
	default:
	}
}

func (p *post) take() *Notice {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.notice
}
