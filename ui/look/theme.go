package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

var _ fyne.Theme = Theme{}

// Theme is Fyne's own view of a Look, for the few parts of Fyne that draw
// themselves (scroll bars, the window's ground).
type Theme struct{ Look Look }

// Color implements fyne.Theme; there is one variant only.
func (t Theme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameInputBackground:
		return Paper
	case theme.ColorNameForeground:
		return Ink
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return Key
	case theme.ColorNameDisabled, theme.ColorNamePlaceHolder, theme.ColorNameScrollBar, theme.ColorNameInputBorder:
		return InkOff
	case theme.ColorNameFocus:
		return FocusOuter
	case theme.ColorNameSeparator:
		return Line
	case theme.ColorNameShadow:
		return None
	case theme.ColorNameError:
		return Bad
	case theme.ColorNameSuccess:
		return Good
	case theme.ColorNameWarning:
		return Warn
	}
	return theme.DefaultTheme().Color(name, theme.VariantLight)
}

// Font implements fyne.Theme.
func (t Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Symbol:
		return theme.DefaultTheme().Font(style)
	case style.Monospace:
		return t.Look.Face.Digits
	case style.Bold:
		return t.Look.Face.Bold
	}
	return t.Look.Face.Regular
}

// Icon implements fyne.Theme.
func (t Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size implements fyne.Theme.
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return t.Look.Px(Body)
	case theme.SizeNameHeadingText:
		return t.Look.Px(Heading)
	case theme.SizeNameSubHeadingText:
		return t.Look.Px(Large)
	case theme.SizeNameCaptionText:
		return t.Look.Px(Small)
	case theme.SizeNamePadding, theme.SizeNameInnerPadding:
		return 0
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return t.Look.Px(RadiusControl)
	case theme.SizeNameScrollBar:
		return t.Look.Px(8)
	case theme.SizeNameScrollBarSmall:
		return t.Look.Px(4)
	}
	return theme.DefaultTheme().Size(name) * t.Look.Scale
}
