package look

import (
	"image/color"

	"github.com/madoguchi/madoguchi/app"
)

// FaceColour is the ground of the resident's window: blue, brown when something
// went wrong, green when all is done. The words say it too.
func FaceColour(face app.Face) color.NRGBA {
	switch face {
	case app.FaceTorn, app.FaceForgot, app.FaceProblem, app.FaceNotLinked:
		return Warn
	case app.FaceDone, app.FaceRead, app.FaceRegistered, app.FaceUnlinked:
		return Good
	}
	return Resident
}
