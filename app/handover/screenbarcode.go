package handover

import (
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/codabar"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/code39"
	"github.com/boombuler/barcode/ean"
)

// MinModule is the least width of a narrow bar in pixels at 96 dpi (0.79 mm):
// below it many scanners do not read from a screen.
const MinModule = 3

const barHeight = 40 // modules

var errBarcode = fmt.Errorf("%w: this symbology cannot hold this number", ErrConfig)

// symbology is how one kind of barcode is drawn. Quiet zones are in modules:
// NW-7 and CODE39 10 (JIS X 0506, ISO/IEC 16388), CODE128 10 (ISO/IEC 15417),
// EAN-13 11 left and 7 right, EAN-8 7 (ISO/IEC 15420). Both sides get the larger.
type symbology struct {
	quiet  int
	encode func(content string) (barcode.Barcode, error)
}

func symbologyOf(name string) (symbology, bool) {
	switch name {
	case "NW7":
		return symbology{10, encodeNW7}, true
	case "JAN13":
		return symbology{11, encodeJAN(13)}, true
	case "JAN8":
		return symbology{7, encodeJAN(8)}, true
	case "CODE39":
		return symbology{10, encodeCODE39}, true
	case "CODE128":
		return symbology{10, func(s string) (barcode.Barcode, error) { return code128.Encode(s) }}, true
	}
	return symbology{}, false
}

// ScreenBarcode draws content as NW7, JAN13, JAN8, CODE39 or CODE128, black on
// white with its quiet zones, moduleWidth pixels to the narrow bar (at least
// MinModule; multiply by the screen's scale). NW7's content includes start and
// stop (A to D, either case); JAN's its check digit. It returns ErrConfig for a
// content that the symbology cannot hold, and never draws another.
func ScreenBarcode(name, content string, moduleWidth int) (image.Image, error) {
	s, ok := symbologyOf(name)
	if !ok || moduleWidth < MinModule || content == "" || len(content) > 64 || !printable(content) {
		return nil, errBarcode
	}
	code, err := s.encode(content)
	if err != nil {
		return nil, errBarcode // the library's error names the content
	}
	return paint(code, s.quiet, moduleWidth), nil
}

// paint draws whole modules: a scaled picture would have bars of uneven width.
func paint(code barcode.Barcode, quiet, module int) image.Image {
	width := code.Bounds().Dx()
	out := image.NewGray(image.Rect(0, 0, (width+2*quiet)*module, (barHeight+4)*module))
	for i := range out.Pix {
		out.Pix[i] = 0xFF
	}
	for x := range width {
		if color.GrayModel.Convert(code.At(x, 0)).(color.Gray).Y > 0x7F {
			continue
		}
		for px := (quiet + x) * module; px < (quiet+x+1)*module; px++ {
			for py := 2 * module; py < (barHeight+2)*module; py++ {
				out.Pix[py*out.Stride+px] = 0
			}
		}
	}
	return out
}

func encodeNW7(content string) (barcode.Barcode, error) {
	return codabar.Encode(strings.ToUpper(content))
}

// encodeCODE39 draws the plain set only: small letters would need the extended
// set, which few scanners have switched on.
func encodeCODE39(content string) (barcode.Barcode, error) {
	return code39.Encode(content, false, false)
}

func encodeJAN(digits int) func(string) (barcode.Barcode, error) {
	return func(content string) (barcode.Barcode, error) {
		if len(content) != digits || strings.Trim(content, "0123456789") != "" {
			return nil, fmt.Errorf("not %d digits", digits)
		}
		return ean.Encode(content)
	}
}
