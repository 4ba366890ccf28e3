package handover

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/madoguchi/madoguchi/app/handover/sip2"
)

// The ways, as the settings name them.
const (
	WayKeyboard  = "keyboard"
	WayPaste     = "paste"
	WayClipboard = "clipboard"
	WayWebSocket = "websocket"
	WaySerial    = "serial"
	WayFile      = "file"
	WayScreen    = "screen"
)

// When the previous person's transaction counts as released.
const (
	ReleaseTitle  = "title"  // the target shows its start title again
	ReleaseAction = "action" // the clerk says so
	ReleaseQuiet  = "quiet"  // nothing was typed or clicked for a set time
)

// Config is how one desk hands over. Only the part of the chosen way counts.
type Config struct {
	Way       string          `json:"way"`
	Keyboard  KeyboardConfig  `json:"keyboard,omitzero"` // of paste too
	Serial    SerialConfig    `json:"serial,omitzero"`
	File      FileConfig      `json:"file,omitzero"`
	WebSocket WebSocketConfig `json:"websocket,omitzero"`
	Target    TargetConfig    `json:"target,omitzero"`
	SIP2      *sip2.Config    `json:"sip2,omitempty"` // nil: no check that the number exists
}

// KeyboardConfig is how numbers are typed.
type KeyboardConfig struct {
	Profile string `json:"profile,omitempty"` // Windows: unicode (also ""), scan-code, paste; X11: ""
	Prefix  string `json:"prefix,omitempty"`  // typed before the number, printable ASCII
	Suffix  string `json:"suffix,omitempty"`  // the key after it: enter (also ""), tab, none
	Delay   int    `json:"delay,omitempty"`   // ms between two keys, 0 to 1000
	KeepIME bool   `json:"keep_ime,omitempty"`
}

// TargetConfig is the business application's window and when it is free for the
// next person. Process and title must both fit; an empty one fits no window.
type TargetConfig struct {
	Name       string `json:"name,omitempty"`        // as the clerk knows it: 図書館システム（利用者番号欄）
	Process    string `json:"process,omitempty"`     // the program's name, without its folder
	Title      string `json:"title,omitempty"`       // RE2
	StartTitle string `json:"start_title,omitempty"` // RE2 of the title between two persons; "": the title never changes
	Quiet      int    `json:"quiet,omitempty"`       // s, for ReleaseQuiet
	Release    string `json:"release,omitempty"`     // title, action (also ""), quiet
}

// Validate returns ErrConfig with what does not fit, or nil. It looks at the
// settings alone, not at the machine.
func (c Config) Validate() error {
	var err error
	switch c.Way {
	case WayKeyboard, WayPaste:
		err = c.Keyboard.validate()
	case WayClipboard, WayScreen:
	case WayWebSocket:
		err = c.WebSocket.validate()
	case WaySerial:
		err = c.Serial.validate()
	case WayFile:
		err = c.File.validate()
	default:
		err = fmt.Errorf("no way %q", c.Way)
	}
	if err == nil {
		err = c.Target.validate()
	}
	if err == nil && c.SIP2 != nil {
		err = c.SIP2.Validate()
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return nil
}

func (c KeyboardConfig) validate() error {
	if !printable(c.Prefix) {
		return errors.New("prefix: not printable ASCII")
	}
	if c.Delay < 0 || c.Delay > 1000 {
		return fmt.Errorf("delay %d ms: not 0 to 1000", c.Delay)
	}
	if err := oneOf("profile", c.Profile, "", "unicode", "scan-code", "paste"); err != nil {
		return err
	}
	return oneOf("suffix", c.Suffix, "", "enter", "tab", "none")
}

func (c TargetConfig) validate() error {
	for _, re := range []string{c.Title, c.StartTitle} {
		if _, err := regexp.Compile(re); err != nil {
			return fmt.Errorf("target title: %w", err)
		}
	}
	switch c.Release {
	case "", ReleaseAction:
	case ReleaseTitle:
		if c.StartTitle == "" {
			return errors.New("release by title: no start title")
		}
	case ReleaseQuiet:
		if c.Quiet < 1 {
			return errors.New("release by quiet: no time")
		}
	default:
		return fmt.Errorf("release %q: unknown", c.Release)
	}
	return nil
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7E })
}

func oneOf(field, value string, allowed ...string) error {
	if !slices.Contains(allowed, value) {
		return fmt.Errorf("%s %q: unknown", field, value)
	}
	return nil
}
