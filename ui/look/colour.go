package look

import "image/color"

// The colours of the Digital Agency design system (design-tokens 1.1.9) by the
// part they play here. Nothing else in ui names a colour.
var (
	Key        = rgb(0x0017c1) // selected, primary button
	KeyPressed = rgb(0x000071)
	KeyTint    = rgb(0xe8f1fe)
	Resident   = rgb(0x00118f) // the resident's window
	ResidentOn = rgb(0x2b3eae) // a control of the resident's window that is not alive yet

	Ink       = rgb(0x1a1a1a) // text
	InkSoft   = rgb(0x4d4d4d) // secondary text
	InkOff    = rgb(0x767676) // disabled text, borders of controls
	Line      = rgb(0xcccccc) // lines that separate, never the only border of a live control
	Surface   = rgb(0xf2f2f2)
	Paper     = rgb(0xffffff)
	DrawnLine = rgb(0x333333) // drawings: the card's outline
	Drawn     = rgb(0xd9d9d9)
	DrawnDark = rgb(0xa6a6a6)
	DrawnBase = rgb(0x4d4d4d)
	OnColour  = rgb(0xe8f1fe) // secondary text on the resident's colours

	Good        = rgb(0x197a4b) // text
	GoodMark    = rgb(0x259d63) // dot, border
	GoodSurface = rgb(0xe6f5ec)
	Warn        = rgb(0x8b3200)
	WarnMark    = rgb(0xfb5b01)
	WarnSurface = rgb(0xffeee2)
	Bad         = rgb(0xce0000)
	BadMark     = rgb(0xec0000)
	BadSurface  = rgb(0xfdeeee)

	FocusInner = rgb(0x000000)
	FocusOuter = rgb(0xffd43d)
	Arrow      = rgb(0xffd43d)
	None       = color.NRGBA{}
	Shade      = color.NRGBA{A: 0x80} // over a screen that is out of reach
)

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}
