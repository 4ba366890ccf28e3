// Command shots draws every View of every screen into a folder, without a
// display: shots OUTDIR [NAME…].
package main

import (
	"bufio"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/madoguchi/madoguchi/ui/gallery"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: shots OUTDIR [NAME…]")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "shots:", err)
		os.Exit(1)
	}
}

func run(dir string, only []string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	texts, err := gallery.LoadCatalogues()
	if err != nil {
		return err
	}
	count := 0
	for _, sheet := range gallery.All() {
		if len(only) > 0 && !slices.Contains(only, sheet.Name) {
			continue
		}
		for _, room := range sheet.Rooms() {
			for side, window := range map[string]fyne.Window{
				"clerk": gallery.Clerk(texts, sheet, room), "resident": gallery.Resident(texts, sheet, room),
			} {
				name := fmt.Sprintf("%s-%s-%s.png", sheet.Name, side, room.Name)
				err := save(filepath.Join(dir, name), window)
				window.Close()
				if err != nil {
					return err
				}
				count++
			}
		}
	}
	fmt.Printf("shots n=%d dir=%s\n", count, dir)
	return nil
}

func save(path string, window fyne.Window) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(file)
	if err := png.Encode(out, gallery.Picture(window)); err != nil {
		file.Close()
		return err
	}
	if err := out.Flush(); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
