package control_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/google/go-cmp/cmp"

	"github.com/madoguchi/madoguchi/ui/control"
)

type heard struct {
	Keys   []fyne.KeyName
	Digits []byte
	Scans  int
}

func (h *heard) Key(name fyne.KeyName)    { h.Keys = append(h.Keys, name) }
func (h *heard) Digit(d byte)             { h.Digits = append(h.Digits, d) }
func (h *heard) Scanned()                 { h.Scans++ }
func (h *heard) Follow(fyne.CanvasObject) {}

func TestAScannerIsSwallowedAndAPersonIsNot(t *testing.T) {
	type typed struct {
		letters string
		gap     time.Duration
		enter   time.Duration // after the last letter; 0: none
	}
	tests := []struct {
		name string
		in   []typed
		want heard
	}{
		{"a person types a digit", []typed{{"1", 0, 0}}, heard{Digits: []byte{1}}},
		{"a person types four digits and Enter", []typed{{"1234", 120 * time.Millisecond, 200 * time.Millisecond}}, heard{Digits: []byte{1, 2, 3, 4}, Keys: []fyne.KeyName{fyne.KeyReturn}}},
		{"six slow digits are a person", []typed{{"123456", 36 * time.Millisecond, 0}}, heard{Digits: []byte{1, 2, 3, 4, 5, 6}}},
		{"five fast letters are not a scan yet", []typed{{"ABCDE", 5 * time.Millisecond, 5 * time.Millisecond}}, heard{Keys: []fyne.KeyName{fyne.KeyReturn}}},
		{"a scan and its Enter act on nothing", []typed{{"ABCDEF0217", 5 * time.Millisecond, 5 * time.Millisecond}}, heard{Scans: 1}},
		{"a scan of the library's start letter", []typed{{"a10002175a", 34 * time.Millisecond, 34 * time.Millisecond}}, heard{Digits: []byte{1, 0, 0, 0}, Scans: 1}},
		{"two scans are told twice", []typed{{"ABCDEF", time.Millisecond, time.Millisecond}, {"ABCDEF", time.Millisecond, time.Millisecond}}, heard{Scans: 2}},
		{"a person's Enter after a scan counts", []typed{{"ABCDEF", time.Millisecond, time.Second}}, heard{Scans: 1, Keys: []fyne.KeyName{fyne.KeyReturn}}},
		{"its Enter may be late, while the window is drawn", []typed{{"ABCDEF0217", 5 * time.Millisecond, 300 * time.Millisecond}}, heard{Scans: 1}},
		{"full-width digits are digits", []typed{{"１２", 100 * time.Millisecond, 0}}, heard{Digits: []byte{1, 2}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
			router := control.NewRouter(func() time.Time { return now })
			var got heard
			router.To(&got)
			for _, in := range test.in {
				now = now.Add(time.Second)
				for i, letter := range in.letters {
					if i > 0 {
						now = now.Add(in.gap)
					}
					router.Rune(letter)
				}
				if in.enter > 0 {
					now = now.Add(in.enter)
					router.Key(&fyne.KeyEvent{Name: fyne.KeyReturn})
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("want(-) got(+):\n%s", diff)
			}
		})
	}
}
