// Package assets holds what is embedded in the program: the faces, the icon, the
// tones and the message catalogues.
package assets

import _ "embed" // the files below

var (
	//go:embed fonts/BIZUDPGothic-Regular.ttf
	textRegular []byte
	//go:embed fonts/BIZUDPGothic-Bold.ttf
	textBold []byte
	//go:embed fonts/BIZUDGothic-Regular.ttf
	digits []byte
	//go:embed icon.png
	icon []byte
	//go:embed sounds/success.wav
	success []byte
	//go:embed sounds/failure.wav
	failure []byte
	//go:embed sounds/key.wav
	key []byte
	//go:embed sounds/handed.wav
	handed []byte
	//go:embed sounds/held.wav
	held []byte
	//go:embed sounds/not-handed.wav
	notHanded []byte
	//go:embed sounds/not-linked.wav
	notLinked []byte
	//go:embed sounds/unusable.wav
	unusable []byte
	//go:embed sounds/offline.wav
	offline []byte
)

// TextRegular is BIZ UDPGothic Regular, a TTF (SIL OFL 1.1, fonts/OFL.txt). The
// caller must not change the bytes; so with all functions here.
func TextRegular() []byte { return textRegular }

// TextBold is BIZ UDPGothic Bold.
func TextBold() []byte { return textBold }

// Digits is BIZ UDGothic Regular: fixed width, for IDs, codes and key names.
func Digits() []byte { return digits }

// Icon is the program's icon, a PNG of 256×256.
func Icon() []byte { return icon }

// Success is the short rising tone, WAV, 16 bit mono.
func Success() []byte { return success }

// Failure is the falling tone, longer and lower than Success.
func Failure() []byte { return failure }

// Key is the tick of a key of the PIN pad, the same for every key.
func Key() []byte { return key }

// Handed is one short high tone: a number was passed on. It sounds hundreds of times
// a day, so it is the shortest of all.
func Handed() []byte { return handed }

// Held is a tone and a beat: a number waits for the person before.
func Held() []byte { return held }

// NotHanded is two tones, falling: a number was not passed on.
func NotHanded() []byte { return notHanded }

// NotLinked is two equal tones: the card is not registered here.
func NotLinked() []byte { return notLinked }

// Unusable is three low tones: the card cannot be used.
func Unusable() []byte { return unusable }

// Offline is three tones, falling: nobody can be looked up just now.
func Offline() []byte { return offline }
