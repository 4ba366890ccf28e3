package sound

import (
	"context"
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Flags of PlaySound (mmsystem.h).
const (
	sndAsync     = 0x0001
	sndNoDefault = 0x0002
	sndMemory    = 0x0004
)

// winmm starts a tone and returns; a new tone ends the one before. The WAV must
// stay where it is while it sounds: it is part of the program.
type winmm struct{ playSound *windows.LazyProc }

func outputs() []output {
	return []output{winmm{windows.NewLazySystemDLL("winmm.dll").NewProc("PlaySoundW")}}
}

func (w winmm) play(_ context.Context, t Tone) error {
	if err := w.playSound.Find(); err != nil {
		return err
	}
	wav := t.wav()
	ok, _, err := w.playSound.Call(uintptr(unsafe.Pointer(&wav[0])), 0, sndAsync|sndNoDefault|sndMemory)
	if ok == 0 {
		return fmt.Errorf("PlaySound: %w", err)
	}
	return nil
}

func (w winmm) close() {
	if w.playSound.Find() == nil {
		w.playSound.Call(0, 0, 0) // end what sounds
	}
}
