package control

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/madoguchi/madoguchi/ui/look"
)

func TestABarcodeStandsOnWholePixels(t *testing.T) {
	tests := []struct {
		name                      string
		w, h                      int
		room, high, module, scale float32
		want                      fyne.Size
	}{
		{"three pixels a module", 100, 40, 800, 130, 3, 1, fyne.NewSize(300, 120)},
		{"as many as there is room for", 100, 40, 250, 130, 3, 1, fyne.NewSize(200, 120)},
		{"one line of modules is drawn high", 100, 1, 800, 130, 3, 1, fyne.NewSize(300, 130)},
		{"a screen of one and a half", 100, 1, 800, 130, 3, 1.5, fyne.NewSize(400.0/1.5, 195/1.5)},
		{"never less than a pixel", 900, 40, 500, 130, 3, 1, fyne.NewSize(900, 120)},
		{"nothing to show", 0, 0, 500, 130, 3, 1, fyne.Size{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := fit(test.w, test.h, test.room, test.high, test.module, test.scale); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestANumberIsAsLargeAsThereIsRoomFor(t *testing.T) {
	test.NewTempApp(t)
	tests := []struct {
		name, text string
		width      float32
		size       float32
		lines      int
	}{
		{"it fits at its largest", "2802 1217", 900, 112, 1},
		{"it shrinks", "2802 1217", 450, 99, 1},
		{"too long for the smallest it breaks", "1234567890123456789012345678901234567890", 200, 20, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := NewFigure(look.New(1), 112, 20, look.Ink)
			f.Set(test.text)
			size, lines := f.set(test.width)
			if size < test.size-1 || size > test.size+1 || len(lines) != test.lines {
				t.Errorf("size %v in %d lines, want %v in %d", size, len(lines), test.size, test.lines)
			}
		})
	}
}
