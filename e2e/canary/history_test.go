//go:build linux

package canary_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// state is what desk and platform keep at one moment, and how far the log is.
type state struct {
	files    map[string]string // the platform's database, byte by byte
	platform map[string]string // its content, row by row; the keys say the place
	journal  map[string]string // the desk's
	log      []byte
}

func stateOf(t *testing.T, run string) state {
	t.Helper()
	s := state{files: map[string]string{}, platform: rows(t, filepath.Join(run, platformFile)), journal: rows(t, filepath.Join(run, journalFile))}
	for _, file := range []string{platformFile, platformFile + "-wal"} {
		content, err := os.ReadFile(filepath.Join(run, file))
		if err != nil {
			t.Fatal(err)
		}
		s.files[file] = string(content)
	}
	log, err := os.ReadFile(filepath.Join(run, "log-"+lifeDay))
	if err != nil {
		t.Fatal(err)
	}
	s.log = log
	return s
}

// rows is the whole content of a database.
func rows(t *testing.T, path string) map[string]string {
	t.Helper()
	all, n := map[string]string{}, map[place]int{}
	columns(t, path, "", func(p place, content []byte) {
		n[p]++
		all[fmt.Sprintf("%s.%s of row %d", p.Record, p.Field, n[p])] = string(content)
	})
	return all
}

// left says what the taps between before and s left behind beside how many they
// were: at the platform there is to be nothing, at the desk one number, in the log no
// line.
func (s state) left(before state) (what []string) {
	if len(s.platform) < 50 || len(s.journal) < 5 {
		what = append(what, fmt.Sprintf("%d values at the platform, %d at the desk: too few to have been looked at", len(s.platform), len(s.journal)))
	}
	if names := changed(before.platform, s.platform); len(names) != 0 {
		what = append(what, fmt.Sprintf("the platform's database is another: %v", names))
	}
	for _, file := range changed(before.files, s.files) {
		what = append(what, file+" is not what it was, byte by byte")
	}
	names := changed(before.journal, s.journal)
	if len(names) != 1 || !strings.HasPrefix(names[0], "day_count.n of row ") {
		what = append(what, fmt.Sprintf("at the desk %v changed; want one count", names))
	} else if was, is := before.journal[names[0]], s.journal[names[0]]; was != "1" || is != fmt.Sprint(1+served()) {
		what = append(what, fmt.Sprintf("the day's count went from %s to %s; want 1 and %d more", was, is, served()))
	}
	return append(what, s.said(before)...)
}

// changed names the values that differ.
func changed(before, after map[string]string) (names []string) {
	for name, was := range before {
		if now, is := after[name]; !is || now != was {
			names = append(names, name)
		}
	}
	for name := range after {
		if _, was := before[name]; !was {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// few is how many lines a log may have got between the two moments, whatever they
// say: the clerk went to another screen twice, the desk asked for its own facts.
const few = 12

// said says what the log tells of the taps. Not at its usual level, at which each line
// tells the time; and at the level of --verbose, which a technician sets, commands
// without names.
func (s state) said(before state) (what []string) {
	if !bytes.HasPrefix(s.log, before.log) {
		return []string{"the log was begun anew"}
	}
	kinds, lines, traced := kindsOf(s.log[len(before.log):])
	for kind, n := range kinds {
		if strings.Contains(kind, "lookups") || strings.HasPrefix(kind, "look-up") {
			what = append(what, fmt.Sprintf("%d look-ups left a line: %q", n, kind))
		}
	}
	if lines > few {
		what = append(what, fmt.Sprintf("%d lines for %d taps: %v", lines, taps, kinds))
	}
	if traced < taps {
		what = append(what, fmt.Sprintf("%d traced commands for %d taps: this is not the log", traced, taps))
	}
	return what
}

// kindsOf counts the lines of a log, and those of the level of --verbose apart.
func kindsOf(log []byte) (kinds map[string]int, lines, traced int) {
	kinds = map[string]int{}
	records(log, func(record map[string]any, line []byte) {
		if record["level"] == "DEBUG" {
			traced++
			return
		}
		lines++
		kind := string(line)
		if record != nil {
			kind = fmt.Sprintf("%s %s %s %s", record["msg"], record["route"], record["screen"], record["code"])
			kind = strings.Join(strings.Fields(strings.ReplaceAll(kind, "%!s(<nil>)", "")), " ")
		}
		kinds[kind]++
	})
	return kinds, lines, traced
}

// What a look-up could leave is seen by left, each alone.
func (s state) seesWhatIsLeft(t *testing.T, before state) {
	t.Helper()
	for name, leave := range map[string]func(*state){
		"a row at the platform":     func(s *state) { s.platform["usage.at of row 1"] = "1479945600" },
		"a value at the platform":   func(s *state) { s.platform["mykey.version of row 1"] += "1" },
		"a byte of its file":        func(s *state) { s.files[platformFile+"-wal"] += "x" },
		"a row at the desk":         func(s *state) { s.journal["barred.card of row 1"] = "x" },
		"a tap that is not counted": func(s *state) { s.journal = before.journal },
		"a line of the platform's": func(s *state) {
			s.log = fmt.Appendf(s.log, "%s\n", `{"level":"INFO","msg":"request","route":"POST /v1/services/{service}/lookups"}`)
		},
		"a line of the desk's": func(s *state) {
			s.log = fmt.Appendf(s.log, "%s\n", `{"level":"WARN","msg":"look-up","code":"LINK-STOPPED"}`)
		},
		"a line of any kind for each": func(s *state) {
			for range taps {
				s.log = fmt.Appendf(s.log, "%s\n", `{"level":"INFO","msg":"card"}`)
			}
		},
	} {
		other := state{maps.Clone(s.files), maps.Clone(s.platform), maps.Clone(s.journal), slices.Clone(s.log)}
		leave(&other)
		if len(other.left(before)) != 1 {
			t.Errorf("%s is seen as %q; want one complaint", name, other.left(before))
		}
	}
}
