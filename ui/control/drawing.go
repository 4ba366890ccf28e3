package control

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/madoguchi/madoguchi/ui/look"
)

// drawing is an SVG shown at a size. Fyne caches by the resource's name, so the
// name tells every colour and turn that the drawing depends on.
func drawing(name string, width, height int, body string) *canvas.Image {
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d">%s</svg>`, width, height, width, height, body)
	image := canvas.NewImageFromResource(fyne.NewStaticResource(name+".svg", []byte(svg)))
	image.FillMode = canvas.ImageFillContain
	image.ScaleMode = canvas.ImageScaleSmooth
	return image
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// NewTick is the mark ✓, drawn: no face is needed for it.
func NewTick(_ look.Look, ink color.NRGBA) *canvas.Image {
	return drawing("tick"+hex(ink), 24, 24, fmt.Sprintf(
		`<path d="M5 13 L10 18 L19 6" fill="none" stroke="%s" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>`, hex(ink)))
}

// newDown is the mark ▼ of a list that opens.
func newDown(ink color.NRGBA) *canvas.Image {
	return drawing("down"+hex(ink), 24, 24, fmt.Sprintf(`<path d="M5 8 L19 8 L12 18 z" fill="%s"/>`, hex(ink)))
}

// NewArrow is the arrow towards the R/W, to the right or to the left.
func NewArrow(right bool) *canvas.Image {
	path, name := "M6 36 L134 36 M96 8 L134 36 L96 64", "arrow-right"
	if !right {
		path, name = "M134 36 L6 36 M44 8 L6 36 L44 64", "arrow-left"
	}
	return drawing(name, 140, 72, fmt.Sprintf(
		`<path d="%s" fill="none" stroke="%s" stroke-width="12" stroke-linecap="round" stroke-linejoin="round"/>`, path, hex(look.Arrow)))
}

// CardPose is how the card lies in the drawing.
type CardPose int

// Poses.
const (
	CardOn   CardPose = iota // flat on the R/W
	CardOff                  // above the R/W, not there yet
	CardTorn                 // tilted: it left in the middle
)

// NewCardPicture is a card with its photo side on the R/W; the number side is
// never drawn. On the resident's dark ground all is white.
func NewCardPicture(pose CardPose, dark bool) *canvas.Image {
	ink, base, waves, name := hex(look.DrawnLine), hex(look.DrawnBase), hex(look.Paper), "card"
	if dark {
		ink, base, waves, name = hex(look.OnColour), hex(look.Paper), hex(look.Resident), "card-dark"
	}
	turn := ""
	switch pose {
	case CardOff:
		turn = `transform="translate(0 -20)"`
	case CardTorn:
		turn = `transform="translate(0 -14) rotate(-13 108 107)"`
	}
	body := fmt.Sprintf(`<g %s>
<rect x="16" y="50" width="184" height="114" rx="11" ry="11" fill="%s" stroke="%s" stroke-width="1.8"/>
<rect x="31" y="62" width="74" height="6" rx="3" ry="3" fill="%s"/>
<rect x="31" y="77" width="47" height="60" rx="4" ry="4" fill="%s"/>
<circle cx="54.5" cy="99" r="10.5" fill="%s"/>
<path d="M37 137 a17.5 18 0 0 1 35 0 z" fill="%s"/>
<rect x="91" y="78" width="92" height="9" rx="4.5" ry="4.5" fill="%s"/>
<rect x="91" y="96" width="92" height="9" rx="4.5" ry="4.5" fill="%s"/>
<rect x="91" y="114" width="62" height="9" rx="4.5" ry="4.5" fill="%s"/>
</g>
<rect x="22" y="165" width="172" height="21" rx="6" ry="6" fill="%s"/>
<path d="M96 177 a12 12 0 0 1 24 0" fill="none" stroke="%s" stroke-width="1.8"/>
<path d="M101 177 a7 7 0 0 1 14 0" fill="none" stroke="%s" stroke-width="1.8"/>`,
		turn, hex(look.Paper), ink, hex(look.Drawn), hex(look.Drawn), hex(look.DrawnDark), hex(look.DrawnDark),
		hex(look.Drawn), hex(look.Drawn), hex(look.Drawn), base, waves, waves)
	return drawing(fmt.Sprintf("%s-%d", name, pose), 216, 192, body)
}
