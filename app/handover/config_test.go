package handover

import (
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/app/handover/sip2"
)

func TestSettingsThatDoNotFitAreRefused(t *testing.T) {
	folder := t.TempDir()
	serial := func(change func(*SerialConfig)) Config {
		c := Config{Way: WaySerial, Serial: SerialConfig{Port: "COM5"}}
		change(&c.Serial)
		return c
	}
	file := func(f FileConfig) Config { return Config{Way: WayFile, File: f} }
	page := func(port int, origins ...string) Config {
		return Config{Way: WayWebSocket, WebSocket: WebSocketConfig{Port: port, Origins: origins}}
	}
	target := func(c TargetConfig) Config { return Config{Way: WayScreen, Target: c} }
	for _, test := range []struct {
		name string
		c    Config
		ok   bool
	}{
		{"no way", Config{}, false},
		{"another way", Config{Way: "fax"}, false},
		{"keyboard", Config{Way: WayKeyboard}, true},
		{"keyboard, all set", Config{Way: WayKeyboard, Keyboard: KeyboardConfig{Profile: "scan-code", Prefix: "P ", Suffix: "tab", Delay: 1000}}, true},
		{"another profile", Config{Way: WayKeyboard, Keyboard: KeyboardConfig{Profile: "usb"}}, false},
		{"another suffix", Config{Way: WayPaste, Keyboard: KeyboardConfig{Suffix: "F1"}}, false},
		{"a prefix beyond ASCII", Config{Way: WayKeyboard, Keyboard: KeyboardConfig{Prefix: "１"}}, false},
		{"a prefix with Enter", Config{Way: WayKeyboard, Keyboard: KeyboardConfig{Prefix: "\n"}}, false},
		{"a delay below nothing", Config{Way: WayKeyboard, Keyboard: KeyboardConfig{Delay: -1}}, false},
		{"a delay of minutes", Config{Way: WayKeyboard, Keyboard: KeyboardConfig{Delay: 60000}}, false},
		{"another way's settings do not count", Config{Way: WayScreen, Keyboard: KeyboardConfig{Profile: "usb"}}, true},

		{"serial", serial(func(*SerialConfig) {}), true},
		{"no port", Config{Way: WaySerial}, false},
		{"nine data bits", serial(func(c *SerialConfig) { c.DataBits = 9 }), false},
		{"three stop bits", serial(func(c *SerialConfig) { c.StopBits = 3 }), false},
		{"mark parity", serial(func(c *SerialConfig) { c.Parity = "mark" }), false},
		{"no speed", serial(func(c *SerialConfig) { c.Baud = 1 }), false},
		{"another framing", serial(func(c *SerialConfig) { c.Framing = "eot" }), false},

		{"file", file(FileConfig{Folder: folder, Name: "user.dat", LineEnd: "lf"}), true},
		{"no folder", file(FileConfig{}), false},
		{"a folder that moves with the program", file(FileConfig{Folder: "drop"}), false},
		{"a name in another folder", file(FileConfig{Folder: folder, Name: "../number.txt"}), false},
		{"a name on another drive", file(FileConfig{Folder: folder, Name: "D:number.txt"}), false},
		{"a hidden name", file(FileConfig{Folder: folder, Name: ".number"}), false},
		{"another line end", file(FileConfig{Folder: folder, LineEnd: "cr"}), false},

		{"a page", page(47100, "https://library.example", "http://192.168.0.5:8080", "http://[::1]:8080"), true},
		{"no origin", page(47100), false},
		{"a port of the system", page(80, "https://library.example"), false},
		{"a path", page(47100, "https://library.example/"), false},
		{"the scheme's own port", page(47100, "https://library.example:443"), false},
		{"capitals", page(47100, "https://Library.example"), false},
		{"a pattern", page(47100, "*"), false},
		{"a page opened as a file", page(47100, "null"), false},
		{"a user in it", page(47100, "https://a@library.example"), false},
		{"another scheme", page(47100, "ws://library.example"), false},

		{"a title", target(TargetConfig{Process: "lend.exe", Title: "^貸出", StartTitle: "^貸出$", Release: ReleaseTitle}), true},
		{"no such pattern", target(TargetConfig{Title: "("}), false},
		{"release by a title that never changes", target(TargetConfig{Release: ReleaseTitle}), false},
		{"release by quiet without a time", target(TargetConfig{Release: ReleaseQuiet}), false},
		{"release by quiet", target(TargetConfig{Release: ReleaseQuiet, Quiet: 5}), true},
		{"another release", target(TargetConfig{Release: "never"}), false},

		{"sip2", Config{Way: WayScreen, SIP2: &sip2.Config{Address: "10.0.0.5:6001"}}, true},
		{"sip2 without a port", Config{Way: WayScreen, SIP2: &sip2.Config{Address: "10.0.0.5"}}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.c.Validate()
			if (err == nil) != test.ok || err != nil && !errors.Is(err, ErrConfig) {
				t.Errorf("got %v, want ok %v, else ErrConfig", err, test.ok)
			}
			if test.ok {
				return
			}
			if way, err := Open(t.Context(), test.c, slog.New(slog.DiscardHandler)); way != nil || !errors.Is(err, ErrConfig) {
				t.Errorf("open: got %v, %v; want ErrConfig", way, err)
			}
		})
	}
}

func TestSettingsComeBackFromTheirFile(t *testing.T) {
	c := Config{
		Way:       WayWebSocket,
		Keyboard:  KeyboardConfig{Profile: "paste", Prefix: "P", Suffix: "tab", Delay: 5, KeepIME: true},
		Serial:    SerialConfig{Port: "COM5", Baud: 2400, DataBits: 7, Parity: "even", StopBits: 2, Framing: "stx-etx"},
		File:      FileConfig{Folder: "/drop", Name: "user.dat", LineEnd: "lf"},
		WebSocket: WebSocketConfig{Port: 47100, Origins: []string{"https://library.example"}},
		Target:    TargetConfig{Name: "図書館", Process: "lend.exe", Title: "a", StartTitle: "b", Quiet: 5, Release: ReleaseQuiet},
		SIP2:      &sip2.Config{Address: "10.0.0.5:6001", User: "desk", Encoding: sip2.ShiftJIS, Checksum: true, LoginPassword: "canary", TerminalPassword: "canary"},
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "canary") {
		t.Errorf("a password is in the settings file: %s", b)
	}
	var back Config
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	c.SIP2.LoginPassword, c.SIP2.TerminalPassword = "", ""
	if !reflect.DeepEqual(back, c) {
		t.Errorf("got %+v, want %+v", back, c)
	}
	if b, err := json.Marshal(Config{Way: WayScreen}); err != nil || string(b) != `{"way":"screen"}` {
		t.Errorf("the least settings are %s, %v", b, err)
	}
}

func TestAnUnsaidOutcomeIsNotDelivered(t *testing.T) {
	var o Outcome
	if o != NotDelivered || o.String() != "not delivered" || Unknown.String() != "unknown" || Delivered.String() != "delivered" {
		t.Errorf("got %v, %v, %v", o, Unknown, Delivered)
	}
}
