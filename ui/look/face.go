package look

import (
	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/assets"
)

// The resources are made once: Fyne keys its glyph caches by the resource.
var (
	textRegular = fyne.NewStaticResource("BIZUDPGothic-Regular.ttf", assets.TextRegular())
	textBold    = fyne.NewStaticResource("BIZUDPGothic-Bold.ttf", assets.TextBold())
	textDigits  = fyne.NewStaticResource("BIZUDGothic-Regular.ttf", assets.Digits())
	icon        = fyne.NewStaticResource("icon.png", assets.Icon())
)

// Face is what a language is set in: one face per language, never a mixture in a
// line. A line of mixed faces shares the tallest ascent, but Fyne makes its
// texture only as high as the first face's box, so tails are cut off; so it is
// with Vietnamese when the text face lacks its letters.
type Face struct {
	Regular fyne.Resource
	Bold    fyne.Resource
	Digits  fyne.Resource // fixed width
	Box     float32       // height of one line, em: nothing of this face reaches outside
	Leading float32       // distance of two baselines, em
}

// FaceOf is the face of a language of the catalogues. BIZ UDPGothic holds
// Japanese and English; its box is exactly 1 em (ascent 0.88, descent 0.12).
func FaceOf(string) Face {
	return Face{Regular: textRegular, Bold: textBold, Digits: textDigits, Box: 1, Leading: 1.5}
}

// Icon is the program's icon.
func Icon() fyne.Resource { return icon }
