package gallery_test

import (
	"runtime"
	"testing"

	"github.com/madoguchi/madoguchi/ui/gallery"
)

// Fyne parses the faces again, 40 MB, when its theme changes, and keeps the old
// ones: windows of two text sizes in turn would take a machine's memory.
func TestManyWindowsDoNotFillTheMachine(t *testing.T) {
	texts, err := gallery.LoadCatalogues()
	if err != nil {
		t.Fatal(err)
	}
	open := func(n int) {
		for i := range n {
			gallery.Resident(texts, gallery.All()[0], gallery.Rooms[2*(i%2)]).Close()
		}
	}
	open(2) // both sizes once: the faces are parsed now
	before := held()
	open(20)
	const most = 100 << 20 // bytes
	if grown := held() - before; grown > most {
		t.Errorf("20 windows hold %d MB more", grown>>20)
	}
}

func held() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
