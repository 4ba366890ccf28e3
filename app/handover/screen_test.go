package handover

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAScannerReadsTheBarcode lets zbar read what was drawn.
func TestAScannerReadsTheBarcode(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skipf("skipped=1 reason=%q", "zbarimg is not installed")
	}
	folder := t.TempDir()
	args, want := []string{"--quiet", "--xml"}, map[string]string{}
	for i, c := range barcodes() {
		code, err := ScreenBarcode(c.symbology, c.content, MinModule)
		if err != nil {
			t.Errorf("%s %q: %v", c.symbology, c.content, err)
			continue
		}
		path := filepath.Join(folder, fmt.Sprintf("%03d.png", i))
		writeScreen(t, path, code)
		args, want[path] = append(args, path), c.content
	}
	// Its exit status says whether every picture held a barcode: so does what
	// follows.
	out, _ := exec.CommandContext(t.Context(), "zbarimg", args...).Output()
	var read struct {
		Sources []struct {
			Path    string   `xml:"href,attr"`
			Content []string `xml:"index>symbol>data"`
		} `xml:"source"`
	}
	if err := xml.Unmarshal(out, &read); err != nil {
		t.Fatal(err)
	}
	for _, source := range read.Sources {
		if !slices.Equal(source.Content, []string{want[source.Path]}) {
			t.Errorf("%s: read %q, want %q", filepath.Base(source.Path), source.Content, want[source.Path])
		}
		delete(want, source.Path)
	}
	for _, content := range want {
		t.Errorf("not read: %q", content)
	}
	if len(read.Sources) < 50 {
		t.Errorf("%d barcodes, want at least 50", len(read.Sources))
	}
}

type drawn struct{ symbology, content string }

func barcodes() []drawn {
	numbers := []string{"0000001", "00112233", "12345678", "99999999", "4711"}
	for i := range 15 {
		numbers = append(numbers, fmt.Sprintf("%0*d", 4+i%9, i*7654321%10000))
	}
	var all []drawn
	for i, n := range numbers {
		pair := []string{"AA", "BB", "CC", "DD", "AB", "DA"}[i%6]
		all = append(all,
			drawn{"NW7", pair[:1] + n + pair[1:]},
			drawn{"CODE39", n},
			drawn{"CODE128", n})
	}
	return append(all,
		drawn{"NW7", "A1234-5678A"}, drawn{"NW7", "A12$34:5/6.7+8B"},
		drawn{"CODE39", "A1234-5678A"}, drawn{"CODE39", "AB 12.$/+%Z"},
		drawn{"CODE128", "A1234-5678A"}, drawn{"CODE128", "a1234-5678b"}, drawn{"CODE128", strings.Repeat("9", 20)},
		drawn{"JAN13", "4901234567894"}, drawn{"JAN13", "2900001234566"}, drawn{"JAN13", "2000000000015"},
		drawn{"JAN8", "45123450"}, drawn{"JAN8", "20000011"})
}

func TestSmallLettersOfNW7AreItsStartAndStop(t *testing.T) {
	small, err := ScreenBarcode("NW7", "a1234b", MinModule)
	if err != nil {
		t.Fatal(err)
	}
	capital, err := ScreenBarcode("NW7", "A1234B", MinModule)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(small.(*image.Gray).Pix, capital.(*image.Gray).Pix) {
		t.Error("a…b is drawn unlike A…B")
	}
}

func TestBarcodeThatCannotHoldTheNumberIsNotDrawn(t *testing.T) {
	for _, test := range []struct {
		name, symbology, content string
		module                   int
	}{
		{"no start and stop", "NW7", "12345678", 3},
		{"start and stop alone in the middle", "NW7", "xA12345678A", 3},
		{"a letter within", "NW7", "A12E4A", 3},
		{"an E as start", "NW7", "E1234A", 3},
		{"a wrong check digit", "JAN13", "4901234567890", 3},
		{"no check digit: the library would add one", "JAN13", "490123456789", 3},
		{"JAN8 of seven", "JAN8", "4512345", 3},
		{"a JAN8 as JAN13", "JAN13", "45123450", 3},
		{"letters in a JAN", "JAN8", "4512345A", 3},
		{"small letters in CODE39", "CODE39", "abc", 3},
		{"its own end", "CODE39", "1*2", 3},
		{"beyond ASCII", "CODE128", "１２３", 3},
		{"a function character", "CODE128", "\u00f1123", 3},
		{"nothing", "CODE128", "", 3},
		{"too long", "CODE128", strings.Repeat("1", 65), 3},
		{"bars too narrow", "CODE128", "12345678", 2},
		{"another symbology", "QR", "12345678", 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, err := ScreenBarcode(test.symbology, test.content, test.module)
			if code != nil || !errors.Is(err, ErrConfig) {
				t.Fatalf("got a picture %v, %v; want none, ErrConfig", code != nil, err)
			}
			if test.content != "" && strings.Contains(err.Error(), test.content) {
				t.Errorf("the error carries the number: %v", err)
			}
		})
	}
}

// TestBarcodeHasItsQuietZones measures the picture: white on both sides and no
// bar narrower than a module.
func TestBarcodeHasItsQuietZones(t *testing.T) {
	for _, test := range []struct {
		symbology, content string
		quiet              int // modules
	}{
		{"NW7", "A12345678A", 10},
		{"CODE39", "12345678", 10},
		{"CODE128", "12345678", 10},
		{"JAN13", "4901234567894", 11},
		{"JAN8", "45123450", 7},
	} {
		for _, module := range []int{3, 4, 7} {
			code, err := ScreenBarcode(test.symbology, test.content, module)
			if err != nil {
				t.Fatal(err)
			}
			runs := barsOf(code.(*image.Gray))
			if first, last := runs[0], runs[len(runs)-1]; first < test.quiet*module || last < test.quiet*module {
				t.Errorf("%s: %d and %d pixels of white beside it, want %d", test.symbology, first, last, test.quiet*module)
			}
			for _, run := range runs {
				if run%module != 0 {
					t.Errorf("%s: a bar of %d pixels, want whole modules of %d", test.symbology, run, module)
				}
			}
		}
	}
}

// barsOf gives the widths of white and black in turn, along the middle.
func barsOf(code *image.Gray) []int {
	y := code.Rect.Dy() / 2
	var runs []int
	last := byte(0xFF)
	runs = append(runs, 0)
	for x := range code.Rect.Dx() {
		if p := code.GrayAt(x, y).Y; p != last {
			last = p
			runs = append(runs, 0)
		}
		runs[len(runs)-1]++
	}
	return runs
}

// writeScreen puts code on a strip of a grey screen.
func writeScreen(t *testing.T, path string, code image.Image) {
	t.Helper()
	screen := image.NewGray(image.Rect(0, 0, code.Bounds().Dx()+200, code.Bounds().Dy()+100))
	for i := range screen.Pix {
		screen.Pix[i] = 0xC0
	}
	at := image.Pt(100, 50)
	draw.Draw(screen, code.Bounds().Add(at), code, image.Point{}, draw.Src)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, screen); err != nil {
		t.Fatal(err)
	}
}
