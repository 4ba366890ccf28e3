// Command empty opens a window of Fyne with nothing in it, as large as the clerk's,
// and waits: what the waiting desk is measured against.
package main

import (
	"flag"
	"os"

	"fyne.io/fyne/v2"             //nolint:depguard // it is the floor: Fyne and nothing of ours
	fyneapp "fyne.io/fyne/v2/app" //nolint:depguard // as above
)

func main() {
	width := flag.Float64("width", 1366, "px")
	height := flag.Float64("height", 768, "px")
	flag.Parse()
	if flag.NArg() > 0 {
		os.Exit(2)
	}
	window := fyneapp.NewWithID("jp.madoguchi.empty").NewWindow("empty")
	window.Resize(fyne.NewSize(float32(*width), float32(*height)))
	window.ShowAndRun()
}
