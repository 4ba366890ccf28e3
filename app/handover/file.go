package handover

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/madoguchi/madoguchi/mykey"
)

const (
	fileTake = 30 * time.Second       // then nobody takes it
	fileLook = 100 * time.Millisecond // between two looks: shared folders report nothing by themselves
	fileName = "number.txt"
)

// fileWay puts the number into a file that another program takes away. The file
// appears whole (it is written under another name and renamed) and may be read
// by this account alone; on Windows by whom the folder lets read.
type fileWay struct {
	folder    string
	name, end string
	turns     *turns
}

func openFile(c Config) *fileWay {
	w := &fileWay{folder: c.File.Folder, name: c.File.Name, turns: newTurns()}
	if w.name == "" {
		w.name = fileName
	}
	switch c.File.LineEnd {
	case "", "crlf":
		w.end = "\r\n"
	case "lf":
		w.end = "\n"
	}
	// What a crash left is no number of anybody's any more. A folder that is
	// missing now may come: Ready says so.
	_ = w.clean()
	return w
}

func (w *fileWay) path() string { return filepath.Join(w.folder, w.name) }

func (w *fileWay) temp() string { return filepath.Join(w.folder, "."+w.name+".new") }

// Ready returns ErrFolder if no file can be written there now.
func (w *fileWay) Ready(ctx context.Context) error {
	give, err := w.turns.try(ctx)
	if err != nil || give == nil { // a number lies there now, so it can
		return err
	}
	defer give()
	if err := w.clean(); err != nil {
		return err
	}
	if err := w.write("0\r\n"); err != nil {
		return err
	}
	return remove(w.temp())
}

// Hand is Delivered when the file was taken away, NotDelivered with ErrNobody
// when nobody did so in 30 s: then it is deleted.
func (w *fileWay) Hand(ctx context.Context, number mykey.ServiceID, _ Window) (Outcome, error) {
	ctx, give, err := w.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	if err := w.clean(); err != nil {
		return NotDelivered, err
	}
	folder, err := os.Stat(w.folder)
	if err != nil {
		return NotDelivered, inFolder(err)
	}
	if err := w.write(number.Reveal() + w.end); err != nil {
		return NotDelivered, err
	}
	if err := os.Rename(w.temp(), w.path()); err != nil {
		return NotDelivered, errors.Join(inFolder(err), remove(w.temp()))
	}
	return w.await(ctx, folder)
}

func (w *fileWay) await(ctx context.Context, folder fs.FileInfo) (Outcome, error) {
	look := time.NewTicker(fileLook)
	defer look.Stop()
	limit := time.NewTimer(fileTake)
	defer limit.Stop()
	for {
		select {
		case <-look.C:
			if _, err := os.Lstat(w.path()); errors.Is(err, fs.ErrNotExist) {
				return w.gone(folder)
			}
		case <-limit.C:
			return w.takeBack(folder, ErrNobody)
		case <-ctx.Done():
			return w.takeBack(folder, ctx.Err())
		}
	}
}

// takeBack deletes the file, unless somebody was faster.
func (w *fileWay) takeBack(folder fs.FileInfo, why error) (Outcome, error) {
	switch err := os.Remove(w.path()); {
	case err == nil:
		return NotDelivered, why
	case errors.Is(err, fs.ErrNotExist):
		return w.gone(folder)
	default:
		return Unknown, inFolder(err)
	}
}

// gone tells a file that was taken away from a folder that was: a share that is
// no longer mounted shows an empty folder, or none.
func (w *fileWay) gone(folder fs.FileInfo) (Outcome, error) {
	now, err := os.Stat(w.folder)
	if err != nil {
		return Unknown, inFolder(err)
	}
	if !os.SameFile(folder, now) {
		return Unknown, fmt.Errorf("%w: it was exchanged", ErrFolder)
	}
	return Delivered, nil
}

// write puts text under the name that nobody looks at. After an error nothing is
// there.
func (w *fileWay) write(text string) error {
	f, err := os.OpenFile(w.temp(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return inFolder(err)
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return errors.Join(inFolder(err), remove(w.temp()))
	}
	return nil
}

// clean removes what a crash left behind.
func (w *fileWay) clean() error {
	for _, path := range []string{w.temp(), w.path()} {
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return inFolder(err)
		case !info.Mode().IsRegular():
			return fmt.Errorf("%w: %s is no file", ErrFolder, info.Name())
		default:
			if err := remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close ends a hand-over that waits, and deletes its file.
func (w *fileWay) Close() error {
	if !w.turns.over() {
		return nil
	}
	return w.clean()
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return inFolder(err)
	}
	return nil
}

func inFolder(err error) error { return fmt.Errorf("%w: %w", ErrFolder, err) }
