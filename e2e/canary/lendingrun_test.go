//go:build linux

package canary_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// dropDir is where the library's system looks for numbers.
const dropDir = "drop"

const dropFile = "number.txt"

// lendingSystem is the library's own program: it takes numbers out of a folder and
// from a serial port. Only here are they kept, in this process's memory.
type lendingSystem struct {
	folder string
	port   string

	mu     sync.Mutex
	rests  bool // it leaves what lies in the folder
	byFile []string
	byPort []string
}

func startLendingSystem(t *testing.T, folder string) *lendingSystem {
	t.Helper()
	ours, theirs, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	s := &lendingSystem{folder: folder, port: theirs.Name()}
	ctx, stop := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { s.watchFolder(ctx) })
	work.Go(func() { s.watchPort(ours) })
	t.Cleanup(func() {
		stop()
		theirs.Close()
		ours.Close()
		work.Wait()
	})
	return s
}

// watchFolder looks for a file, as such programs do, again and again.
func (s *lendingSystem) watchFolder(ctx context.Context) {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			s.takeFile()
		}
	}
}

func (s *lendingSystem) takeFile() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rests {
		return
	}
	path := filepath.Join(s.folder, dropFile)
	text, err := os.ReadFile(path)
	if err != nil || os.Remove(path) != nil {
		return
	}
	s.byFile = append(s.byFile, strings.TrimSpace(string(text)))
}

func (s *lendingSystem) watchPort(port *os.File) {
	lines := bufio.NewScanner(port)
	lines.Split(func(data []byte, _ bool) (int, []byte, error) {
		end := strings.IndexByte(string(data), '\r')
		if end < 0 {
			return 0, nil, nil
		}
		return end + 1, data[:end], nil
	})
	for lines.Scan() {
		s.mu.Lock()
		s.byPort = append(s.byPort, lines.Text())
		s.mu.Unlock()
	}
}

func (s *lendingSystem) rest(rests bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rests = rests
}

// got takes what has come.
func (s *lendingSystem) got() (byFile, byPort []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	byFile, byPort = s.byFile, s.byPort
	s.byFile, s.byPort = nil, nil
	return byFile, byPort
}

// holds waits for the file of a hand-over: the number, and nobody's but the owner's.
func (s *lendingSystem) holds(t *testing.T, number string) {
	t.Helper()
	path := filepath.Join(s.folder, dropFile)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(20 * time.Second); ; <-look.C {
		text, err := os.ReadFile(path)
		if err == nil && strings.TrimSpace(string(text)) == number {
			return
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) || time.Now().After(deadline) {
			t.Fatalf("the file of the hand-over: %d characters, %v", len(text), err)
		}
	}
}

// empties waits until nothing lies in the folder: a desk that opens its way writes a
// nought there to see whether it can.
func (s *lendingSystem) empties(t *testing.T, when string) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(20 * time.Second); ; <-look.C {
		entries, err := os.ReadDir(s.folder)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %s lies in the folder of the hand-over", when, entries[0].Name())
		}
	}
}

// lendingRun works the canaries through all lives of a library's desk, in folder run.
func lendingRun(t *testing.T, run string, n numbers) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(run, deskDir), 0o700); err != nil {
		t.Fatal(err)
	}
	system := startLendingSystem(t, filepath.Join(run, dropDir))
	live := func(life string) *process {
		p := start(t, run, life, roleLending, nil, nil)
		text, err := json.Marshal(lendingOrders{
			Life: life, Dir: filepath.Join(run, deskDir), Requests: requestsFile(run, life), Answers: answersFile(run, life),
			Drop: system.folder, Port: system.port, ID: canaries[0].id, Numbers: n,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(p.in, "%s\n", text); err != nil {
			t.Fatal(err)
		}
		p.reaches(t, momentOpen)
		noCores(t, p)
		system.empties(t, "before the first tap of "+life)
		p.goOn(t)
		return p
	}

	p := live(lifeDay)
	p.reaches(t, momentBefore)
	if byFile, _ := system.got(); len(byFile) != 1 || byFile[0] != n.D {
		t.Fatalf("%d numbers came before the day's taps; want D's", len(byFile))
	}
	before := stateOf(t, run)
	p.goOn(t)
	p.reaches(t, momentAfter)
	after := stateOf(t, run)
	for _, what := range after.left(before) {
		t.Error(what)
	}
	after.seesWhatIsLeft(t, before)
	kinds, lines, traced := kindsOf(after.log[len(before.log):])
	t.Logf("the log of %d taps: %d lines %v, and %d commands traced at the level of --verbose", taps, lines, kinds, traced)
	everyoneWasServed(t, system, n)
	system.rest(true)
	p.goOn(t)
	p.reaches(t, momentShown)
	system.holds(t, n.ATaken)
	if err := p.Process.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	if code := p.ends(t).ExitCode(); code != 2 {
		t.Fatalf("%s ended with %d; want an abort's 2", p.life, code)
	}
	reported(t, run, lifeDay, "SIGABRT: abort", "madoguchi/app.(*lookup).serve(", "madoguchi/app/handover.(*fileWay).await(")
	system.holds(t, n.ATaken) // what an abort leaves; the next start takes it away
	keepDesk(t, run, lifeDay)

	kill := func(life, moment string) {
		t.Helper()
		p := live(life)
		p.reaches(t, moment)
		if moment == momentShown {
			system.holds(t, n.D)
		}
		if err := p.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if status := p.ends(t).Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
			t.Fatalf("%s ended by %v; want kill -9", life, status)
		}
		keepDesk(t, run, life)
	}
	kill(lifeKilledLookup, momentHeld)
	kill(lifeKilledTap, momentShown)
	system.holds(t, n.D)
	kill(lifeKilled, momentHeld)

	system.rest(false)
	p = live(lifeFinished)
	p.reaches(t, momentDone)
	byFile, _ := system.got()
	if got, want := fmt.Sprint(byFile), fmt.Sprint([]string{n.ATaken, n.BTyped, n.CLast, n.D}); got != want {
		t.Errorf("the last life handed over other numbers than it should: %d of them", len(byFile))
	}
	p.goOn(t)
	if code := p.ends(t).ExitCode(); code != 0 {
		log, _ := os.ReadFile(filepath.Join(run, "log-"+lifeFinished))
		t.Fatalf("%s ended with %d:\n%s", p.life, code, log)
	}
	system.empties(t, "at the end")
}

// everyoneWasServed holds that the day's taps came to the library's system.
func everyoneWasServed(t *testing.T, system *lendingSystem, n numbers) {
	t.Helper()
	want := [2]int{}
	for i := range taps {
		if _, none := noNumber(i); none {
			continue
		}
		if i < tapsFile {
			want[0]++
		} else {
			want[1]++
		}
	}
	byFile, byPort := system.got()
	if got := [2]int{len(byFile), len(byPort)}; got != want {
		t.Errorf("%d numbers by file and by port; want %d", got, want)
	}
	served := map[string]int{}
	for _, number := range append(byFile, byPort...) {
		served[number]++
	}
	for _, number := range []string{n.ATaken, n.BTyped, n.CNew, n.D} {
		if served[number] < taps/5 {
			t.Errorf("one of the four was served %d times", served[number])
		}
		delete(served, number)
	}
	if len(served) != 0 {
		t.Errorf("%d numbers came that are nobody's", len(served))
	}
	t.Logf("%d taps: %d numbers by file, %d by serial port, %d without a number", taps, want[0], want[1], taps-want[0]-want[1])
}

// reported holds that a life left a report of all its goroutines, these among them.
func reported(t *testing.T, run, life string, wants ...string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(run, "log-"+life))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range wants {
		if !strings.Contains(string(content), want) {
			t.Errorf("%s: no %q in its report", life, want)
		}
	}
}

var coreLimit = regexp.MustCompile(`(?m)^Max core file size +0 +0 `)

// noCores holds that the kernel keeps no memory of a process that ends badly.
func noCores(t *testing.T, p *process) {
	t.Helper()
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", p.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if !coreLimit.Match(limits) {
		t.Errorf("%s: core dumps are on", p.life)
	}
}
