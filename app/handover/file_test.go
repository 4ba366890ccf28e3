package handover

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestFileIsDeliveredWhenItWasTaken(t *testing.T) {
	for _, test := range []struct{ name, number, lineEnd, want string }{
		{"CR LF unless set", "0000001", "", "0000001\r\n"},
		{"CR LF", "00112233", "crlf", "00112233\r\n"},
		{"LF", "A1234-5678A", "lf", "A1234-5678A\n"},
		{"the number alone", "0000001", "none", "0000001"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				folder := t.TempDir()
				way := openFile(Config{File: FileConfig{Folder: folder, Name: "user.dat", LineEnd: test.lineEnd}})
				defer way.Close()
				got := hand(t.Context(), way, test.number)
				time.Sleep(10 * time.Second) // of the bubble: a slow taker
				if err := way.Ready(t.Context()); err != nil {
					t.Errorf("a look at the folder in between: %v", err)
				}
				path := filepath.Join(folder, "user.dat")
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if string(text) != test.want {
					t.Errorf("the file holds %q, want %q", text, test.want)
				}
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
					t.Errorf("rights %v, want the owner's alone", info.Mode())
				}
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
				if r := <-got; r.outcome != Delivered || r.err != nil {
					t.Errorf("got %v, %v; want delivered", r.outcome, r.err)
				}
				emptyFolder(t, folder)
			})
		})
	}
}

func TestFileThatNobodyTakesIsDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := t.TempDir()
		way := openFile(Config{File: FileConfig{Folder: folder}})
		defer way.Close()
		start := time.Now()
		r := <-hand(t.Context(), way, "0000001")
		if r.outcome != NotDelivered || !errors.Is(r.err, ErrNobody) {
			t.Errorf("got %v, %v; want not delivered, ErrNobody", r.outcome, r.err)
		}
		if waited := time.Since(start); waited != 30*time.Second {
			t.Errorf("waited %v, want 30s", waited)
		}
		emptyFolder(t, folder)
	})
}

func TestFileIsDeletedWhenTheDeskStops(t *testing.T) {
	for _, test := range []struct {
		name string
		stop func(Way, context.CancelFunc)
	}{
		{"the transaction ends", func(_ Way, cancel context.CancelFunc) { cancel() }},
		{"the way is closed", func(way Way, _ context.CancelFunc) { way.Close() }},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				folder := t.TempDir()
				way := openFile(Config{File: FileConfig{Folder: folder}})
				defer way.Close()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				got := hand(ctx, way, "0000001")
				synctest.Wait()
				if _, err := os.Stat(filepath.Join(folder, "number.txt")); err != nil {
					t.Fatal(err)
				}
				test.stop(way, cancel)
				if r := <-got; r.outcome != NotDelivered || !errors.Is(r.err, context.Canceled) {
					t.Errorf("got %v, %v; want not delivered, context.Canceled", r.outcome, r.err)
				}
				emptyFolder(t, folder)
			})
		})
	}
}

func TestFileNeverHoldsTwoNumbersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := t.TempDir()
		way := openFile(Config{File: FileConfig{Folder: folder, LineEnd: "none"}})
		defer way.Close()
		first := hand(t.Context(), way, "0000001")
		synctest.Wait()
		second := hand(t.Context(), way, "0000002")
		path := filepath.Join(folder, "number.txt")
		for i, got := range []chan result{first, second} {
			time.Sleep(5 * time.Second)
			want := []string{"0000001", "0000002"}[i]
			if text, err := os.ReadFile(path); err != nil || string(text) != want {
				t.Errorf("the file holds %q, %v; want %q", text, err, want)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if r := <-got; r.outcome != Delivered {
				t.Errorf("%s: got %v, %v", want, r.outcome, r.err)
			}
		}
	})
}

func TestFileIsNeverSeenInParts(t *testing.T) {
	folder := t.TempDir()
	way := openFile(Config{File: FileConfig{Folder: folder}})
	defer way.Close()
	const number = "00112233"
	ctx, cancel := context.WithCancel(t.Context())
	var taker sync.WaitGroup
	var seen int
	taker.Go(func() {
		for ctx.Err() == nil {
			text, err := os.ReadFile(filepath.Join(folder, "number.txt"))
			if err != nil {
				runtime.Gosched()
				continue
			}
			if string(text) != number+"\r\n" {
				t.Errorf("a reader saw %q", text)
			}
			if os.Remove(filepath.Join(folder, "number.txt")) == nil {
				seen++
			}
		}
	})
	for range 10 {
		if r := <-hand(ctx, way, number); r.outcome != Delivered {
			t.Errorf("got %v, %v", r.outcome, r.err)
		}
	}
	cancel()
	taker.Wait()
	if seen != 10 {
		t.Errorf("taken %d times, want 10", seen)
	}
}

func TestFileOfACrashIsRemoved(t *testing.T) {
	leave := func(t *testing.T, folder string) {
		t.Helper()
		for _, name := range []string{"number.txt", ".number.txt.new"} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte("0000001"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	folder := t.TempDir()
	leave(t, folder)
	way := openFile(Config{File: FileConfig{Folder: folder}})
	defer way.Close()
	emptyFolder(t, folder)
	leave(t, folder)
	if err := way.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	emptyFolder(t, folder)
}

func TestFileFolderThatCannotBeUsed(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(t *testing.T) string
	}{
		{"missing", func(t *testing.T) string { return filepath.Join(t.TempDir(), "gone") }},
		{"a file in its place", func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}},
		{"a folder under the file's name", func(t *testing.T) string {
			folder := t.TempDir()
			if err := os.Mkdir(filepath.Join(folder, "number.txt"), 0o700); err != nil {
				t.Fatal(err)
			}
			return folder
		}},
		{"no right to write", func(t *testing.T) string {
			folder := t.TempDir()
			if err := os.Chmod(folder, 0o555); err != nil {
				t.Fatal(err)
			}
			asStranger(t)
			return folder
		}},
		{"full", fullFolder},
	} {
		t.Run(test.name, func(t *testing.T) {
			way := openFile(Config{File: FileConfig{Folder: test.prepare(t)}})
			defer way.Close()
			if err := way.Ready(t.Context()); !errors.Is(err, ErrFolder) {
				t.Errorf("ready: got %v, want ErrFolder", err)
			}
			outcome, err := way.Hand(t.Context(), service(t, "0000001"), Window{})
			if outcome != NotDelivered || !errors.Is(err, ErrFolder) {
				t.Errorf("got %v, %v; want not delivered, ErrFolder", outcome, err)
			}
			if err != nil && strings.Contains(err.Error(), "0000001") {
				t.Errorf("the error carries the number")
			}
		})
	}
}

func TestFileFolderThatGoesAwayIsNotTakenForATaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "share")
		for _, comesBack := range []bool{false, true} {
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			way := openFile(Config{File: FileConfig{Folder: folder}})
			got := hand(t.Context(), way, "0000001")
			synctest.Wait()
			if err := os.Rename(folder, folder+".unmounted"); err != nil {
				t.Fatal(err)
			}
			if comesBack {
				if err := os.Mkdir(folder, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			if r := <-got; r.outcome != Unknown || !errors.Is(r.err, ErrFolder) {
				t.Errorf("got %v, %v; want unknown, ErrFolder", r.outcome, r.err)
			}
			way.Close()
			os.RemoveAll(folder + ".unmounted")
		}
	})
}

// fullFolder is a file system without room.
func fullFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	mount := exec.Command("mount", "-t", "tmpfs", "-o", "size=4k", "none", folder)
	if runtime.GOOS != "linux" || os.Geteuid() != 0 || mount.Run() != nil {
		t.Skipf("skipped=1 reason=%q", "a small file system cannot be mounted here")
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", folder).Run(); err != nil {
			t.Errorf("umount: %v", err)
		}
	})
	if err := os.WriteFile(filepath.Join(folder, "other"), make([]byte, 4096), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func emptyFolder(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("left behind: %s", e.Name())
	}
}
