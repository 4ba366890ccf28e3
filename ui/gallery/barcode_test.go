package gallery_test

import (
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/ui/gallery"
)

// The barcode on the screen is read from a picture of the window by a reader that is
// not ours, in every size of window and text in which it stands whole.
func TestTheBarcodeOnTheScreenCanBeScanned(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skipf("skipped=1 reason=%q", "zbarimg is not installed")
	}
	texts, err := gallery.LoadCatalogues()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, sheet := range gallery.All() {
		if sheet.View.Lookup.Bars == nil {
			continue
		}
		for _, room := range []gallery.Room{gallery.Rooms[0], gallery.Rooms[1], {Name: "1920x1080-200", Width: 1920, Height: 1080, Scale: 2}} {
			t.Run(sheet.Name+"/"+room.Name, func(t *testing.T) {
				window := gallery.Clerk(texts, sheet, room)
				defer window.Close()
				if got := scan(t, gallery.Picture(window)); got != "A28021217A" {
					t.Errorf("read %q, want A28021217A", got)
				}
			})
			n++
		}
	}
	if n < 4 {
		t.Errorf("only %d barcodes drawn", n)
	}
}

// scan gives what zbarimg reads.
func scan(t *testing.T, picture image.Image) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "screen.png")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(file, picture); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", path).Output()
	if err != nil {
		t.Logf("zbarimg: %v", err)
	}
	return strings.TrimSpace(string(out))
}
