//go:build linux

package peer

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/madoguchi/madoguchi/e2e"
)

// need skips where a Debian package is missing.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped=1 reason=%q", program+" is not installed")
		}
	}
}

// seat is a display with a seat on it, for one test.
func seat(t *testing.T, user *User) (context.Context, *Seat) {
	t.Helper()
	need(t, "Xvfb", "xdotool", "xprop", "setxkbmap", "openbox")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute) // of a test that hangs: a browser's start is slow
	t.Cleanup(cancel)
	d, err := e2e.StartDisplay(1366, 768)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Stop)
	s, err := NewSeat(ctx, d, user, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return ctx, s
}

// apps are the business applications, and what must be installed for each.
var apps = []struct {
	name, program string
	start         func(context.Context, *Seat) (App, error)
}{
	{"mousepad", "mousepad", func(ctx context.Context, s *Seat) (App, error) { return StartMousepad(ctx, s) }},
	{"calc", "soffice", func(ctx context.Context, s *Seat) (App, error) { return StartCalc(ctx, s) }},
	{"form", "chromium", func(ctx context.Context, s *Seat) (App, error) { return StartForm(ctx, s) }},
}

var numbers = []string{"0000001", "00112233", "A1234-5678A", "a1234-5678b", "1E5", "-100"}

// A number that is typed by a keyboard that knows nothing of the application is read
// back as it was typed: else no later test proves anything.
func TestAnApplicationHoldsWhatIsTyped(t *testing.T) {
	for _, a := range apps {
		t.Run(a.name, func(t *testing.T) {
			need(t, a.program)
			ctx, s := seat(t, nil)
			running, err := a.start(ctx, s)
			if err != nil {
				t.Fatal(err)
			}
			defer running.Stop()
			if front, err := s.Display.Front(ctx); err != nil || front != running.Window() {
				t.Errorf("in front: %q, %v, want %q", front, err, running.Window())
			}
			for _, number := range numbers {
				for _, step := range []func(context.Context) error{
					running.Begin,
					func(ctx context.Context) error { return s.Display.Scan(ctx, number) },
					func(ctx context.Context) error { return s.Display.Press(ctx, "Return") },
					running.Arrived,
					running.Next,
				} {
					if err := step(ctx); err != nil {
						t.Fatal(err)
					}
				}
			}
			got, err := running.Numbers(ctx, len(numbers))
			if err != nil || !slices.Equal(got, numbers) {
				t.Errorf("got %q, %v, want %q", got, err, numbers)
			}
		})
	}
}

// Without the input method switched off, what is typed does not arrive: the seat with
// Japanese on is one.
func TestWithJapaneseOnTypedDigitsDoNotArrive(t *testing.T) {
	user := throwAway(t)
	need(t, "fcitx5", "fcitx5-remote", "dbus-daemon", "dbus-send", "/usr/lib/mozc/mozc_server")
	for _, a := range apps {
		t.Run(a.name, func(t *testing.T) {
			need(t, a.program)
			ctx, s := seat(t, user)
			ime, err := StartIME(ctx, s)
			if err != nil {
				t.Fatal(err)
			}
			running, err := a.start(ctx, s)
			if err != nil {
				t.Fatal(err)
			}
			defer running.Stop()
			if err := ime.Ready(ctx); err != nil {
				t.Fatal(err)
			}
			for _, key := range append(strings.Split("12345678", ""), "Return", "Return") {
				if err := s.Display.Press(ctx, key); err != nil {
					t.Fatal(err)
				}
			}
			got, err := running.Numbers(ctx, 1)
			if want := []string{"１２３４５６７８"}; err != nil || !slices.Equal(got, want) {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		})
	}
}

// throwAway makes a user for one test.
func throwAway(t *testing.T) *User {
	t.Helper()
	need(t, "useradd", "userdel")
	user, err := NewUser()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := user.Remove(); err != nil {
			t.Error(err)
		}
	})
	return user
}

func TestNothingOfASeatIsLeftBehind(t *testing.T) {
	user := throwAway(t)
	ctx, s := seat(t, user)
	p, err := s.Start("sleep", "1000")
	if err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("Uid:\t%d\t", uid(user)); !strings.Contains(string(status), want) {
		t.Errorf("the seat's program is not its user's: no %q in\n%s", want, status)
	}
	s.Stop()
	if _, err := p.Exit(ctx); err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(s.Home); len(left) != 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func uid(u *User) int {
	if u == nil {
		return os.Geteuid()
	}
	return int(u.UID)
}

func TestASheetIsReadCellByCell(t *testing.T) {
	const sheet = `<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
		xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">
		<office:body><office:spreadsheet><table:table>%s</table:table></office:spreadsheet></office:body></office:document>`
	for _, c := range []struct {
		name, rows string
		want       []string
		fails      bool
	}{
		{"two rows and the rest empty", `
			<table:table-row><table:table-cell office:value-type="string"><text:p>0000001</text:p></table:table-cell></table:table-row>
			<table:table-row><table:table-cell office:value-type="string"><text:p>00112233</text:p></table:table-cell><table:table-cell/></table:table-row>
			<table:table-row table:number-rows-repeated="998"><table:table-cell/></table:table-row>`, []string{"0000001", "00112233"}, false},
		{"a number", `<table:table-row><table:table-cell office:value-type="float"><text:p>112233</text:p></table:table-cell></table:table-row>`, nil, true},
		{"empty", ``, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := column(strings.NewReader(fmt.Sprintf(sheet, c.rows)))
			if (err != nil) != c.fails || !slices.Equal(got, c.want) {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestOnlyTheSameInTheSamePlaceIsRight(t *testing.T) {
	want := []string{"1", "2", "3"}
	for _, c := range []struct {
		name string
		got  []string
		want int
	}{
		{"the same", []string{"1", "2", "3"}, 3},
		{"one wrong", []string{"1", "9", "3"}, 2},
		{"one lost", []string{"1", "3"}, 1},
		{"one twice", []string{"1", "2", "3", "3"}, 2},
		{"none", nil, 0},
	} {
		if got := Right(c.got, want); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
