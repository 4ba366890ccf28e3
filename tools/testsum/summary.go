package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// event is one line of `go test -json` (go doc test2json).
type event struct {
	Action      string
	Package     string
	ImportPath  string // of build-output
	Test        string
	Output      string
	Elapsed     float64
	FailedBuild string
}

// summary counts events. Its zero value is not ready: use newSummary.
type summary struct {
	out     io.Writer
	text    map[string][]string // output by package + test, until it has ended
	failed  map[string]bool     // packages with a failed test
	skips   []string
	counts  struct{ passed, failed, skipped int }
	parents map[string]bool // tests with subtests: they are not counted again
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, text: map[string][]string{}, failed: map[string]bool{}, parents: map[string]bool{}}
}

// read takes all events. Lines that are not JSON (the go command's own words)
// are passed on, and one that is about a failure is counted by its package's
// event, which follows.
func (s *summary) read(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		line := lines.Text()
		var e event
		if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &e) != nil {
			fmt.Fprintln(s.out, line)
			continue
		}
		s.take(e)
	}
	return lines.Err()
}

func (s *summary) take(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "run":
		if i := strings.LastIndexByte(e.Test, '/'); i > 0 {
			s.parents[e.Package+" "+e.Test[:i]] = true
		}
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "output":
		s.text[key] = append(s.text[key], e.Output)
	case "pass", "fail", "skip":
		s.end(key, e)
	}
}

func (s *summary) end(key string, e event) {
	text := s.text[key]
	delete(s.text, key)
	switch {
	case e.Test == "":
		s.endPackage(text, e)
	case e.Action == "fail":
		s.failed[e.Package] = true
		if !s.parents[key] {
			s.counts.failed++
		}
		fmt.Fprintf(s.out, "--- FAIL %s\n%s", key, strings.Join(text, ""))
	case e.Action == "skip":
		s.counts.skipped++
		s.skips = append(s.skips, key+": "+reason(text))
	case !s.parents[key]:
		s.counts.passed++
	}
}

func (s *summary) endPackage(text []string, e event) {
	if e.Action == "skip" {
		return // no test files: nothing was promised
	}
	fmt.Fprintf(s.out, "%-5s %s %.1fs\n", e.Action, e.Package, e.Elapsed)
	if e.Action == "fail" && !s.failed[e.Package] { // did not build, panicked, timed out
		s.counts.failed++
		// A test that was running when the package ended has no end of its own.
		for key, lines := range s.text {
			if strings.HasPrefix(key, e.Package+" ") {
				fmt.Fprintf(s.out, "--- UNFINISHED %s\n%s", key, strings.Join(lines, ""))
			}
		}
		fmt.Fprint(s.out, strings.Join(text, ""))
	}
}

// reason is what a test said when it skipped itself.
func reason(text []string) string {
	var said []string
	for _, line := range text {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ") {
			continue
		}
		said = append(said, line)
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}

// close prints the skips and the counts, and says how the program ends.
func (s *summary) close() int {
	for _, skip := range s.skips {
		fmt.Fprintln(s.out, "skip", skip)
	}
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", s.counts.passed, s.counts.failed, s.counts.skipped)
	if s.counts.failed > 0 || s.counts.passed == 0 {
		return 1
	}
	return 0
}
