//go:build linux

package peer

import (
	"context"
	_ "embed"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/madoguchi/madoguchi/e2e"
)

// calcTemplate is a sheet whose cells are formatted as text: where they are not, a
// spreadsheet takes a number's leading zeros away.
//
//go:embed calc.fods
var calcTemplate []byte

// calcProfile has LibreOffice show no tip and ask nothing on its own.
//
//go:embed calc.xcu
var calcProfile []byte

// Calc is LibreOffice's spreadsheet with one number a row. Its title never changes.
type Calc struct {
	seat    *Seat
	program *e2e.Program
	window  string
	file    string
	begun   time.Time
}

// StartCalc starts it with a profile of its own, the cursor in A1.
func StartCalc(ctx context.Context, s *Seat) (c *Calc, err error) {
	c = &Calc{seat: s}
	if _, err := s.File("calc/user/registrymodifications.xcu", calcProfile); err != nil {
		return nil, err
	}
	if c.file, err = s.File("loan.fods", calcTemplate); err != nil {
		return nil, err
	}
	c.program, err = s.Start("soffice", "-env:UserInstallation=file://"+s.Home+"/calc", "--norestore", "--nologo", "--nofirststartwizard", "--calc", c.file)
	if err != nil {
		return nil, err
	}
	if c.window, err = s.Display.Window(ctx, e2e.ByName, `^loan\.fods - LibreOffice Calc$`); err == nil {
		err = s.Display.Activate(ctx, c.window)
	}
	if err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// Target is App's.
func (c *Calc) Target() Target {
	return Target{Process: "soffice.bin", Title: `^loan\.fods - LibreOffice Calc$`}
}

// Window is App's.
func (c *Calc) Window() string { return c.window }

// Begin is App's.
func (c *Calc) Begin(ctx context.Context) error {
	err := c.resting(ctx, time.Time{})
	c.begun = time.Now()
	return err
}

// Arrived is App's: keys were pressed since, and no more come. From outside nothing
// else can be seen of it; it draws in its own time.
func (c *Calc) Arrived(ctx context.Context) error { return c.resting(ctx, c.begun) }

// rest is how long no key comes after the last of a number.
const rest = 200 * time.Millisecond

// resting waits until the last key was pressed after since, and a while ago.
func (c *Calc) resting(ctx context.Context, since time.Time) error {
	return poll(ctx, "keys for the sheet", func() (bool, error) {
		idle, err := c.seat.Display.Idle()
		return idle >= rest && time.Now().Add(-idle).After(since), err
	})
}

// Next is App's: Enter has gone to the next row already.
func (c *Calc) Next(context.Context) error { return nil }

// Numbers is App's: the saved sheet's first column.
func (c *Calc) Numbers(ctx context.Context, n int) (cells []string, err error) {
	err = poll(ctx, "the saved sheet", func() (bool, error) {
		if err := c.seat.Display.Key(ctx, c.window, "ctrl+s"); err != nil {
			return false, err
		}
		file, err := os.Open(c.file)
		if err != nil {
			return false, err
		}
		defer file.Close()
		cells, err = column(file)
		var half *xml.SyntaxError // it is just being written
		return len(cells) >= n && err == nil, unless(err, errors.As(err, &half))
	})
	if ctx.Err() != nil {
		return cells, nil
	}
	return cells, err
}

func unless(err error, expected bool) error {
	if expected {
		return nil
	}
	return err
}

// Stop is App's.
func (c *Calc) Stop() { c.program.Stop() }

// column gives the text of the first column's cells down to the first empty one. A
// cell that holds no text is an error: it was taken for a number.
func column(sheet io.Reader) ([]string, error) {
	var document struct {
		Rows []struct {
			Cells []struct {
				Type string `xml:"urn:oasis:names:tc:opendocument:xmlns:office:1.0 value-type,attr"`
				Text string `xml:"urn:oasis:names:tc:opendocument:xmlns:text:1.0 p"`
			} `xml:"urn:oasis:names:tc:opendocument:xmlns:table:1.0 table-cell"`
		} `xml:"body>spreadsheet>table>table-row"`
	}
	if err := xml.NewDecoder(sheet).Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var cells []string
	for i, row := range document.Rows {
		if len(row.Cells) == 0 || row.Cells[0].Type == "" {
			break
		}
		if kind := row.Cells[0].Type; kind != "string" {
			return cells, fmt.Errorf("row %d of the sheet holds a %s: %s", i+1, kind, strings.TrimSpace(row.Cells[0].Text))
		}
		cells = append(cells, row.Cells[0].Text)
	}
	return cells, nil
}
