//go:build linux

package canary_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// place is where something stands: a file, a record in it, a field of the record.
// What differs from run to run (numbers, keys) is not part of it.
type place struct{ File, Record, Field string }

func (p place) String() string { return p.File + " | " + p.Record + " | " + p.Field }

// whole is the record of a file that is searched as it lies there.
const whole = "as it lies there"

// cardsDir is not searched: a chip holds its MyKey ID and its PIN.
const cardsDir = "cards"

var varies = regexp.MustCompile(`0x[0-9a-f]+|[0-9a-f]{8,}|[0-9]+`)

// normal takes out of a line what differs from run to run.
func normal(line string) string { return varies.ReplaceAllString(line, "#") }

// pieces gives all that a run left, place by place.
func pieces(t *testing.T, run string, each func(place, []byte)) {
	t.Helper()
	err := filepath.WalkDir(run, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if entry.Name() == cardsDir {
				return filepath.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(run, path)
		if err != nil {
			return err
		}
		file := normal(name)
		each(place{file, "name", ""}, []byte(name))
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch {
		case strings.HasPrefix(file, "log-"), strings.HasPrefix(file, "requests-"), strings.HasPrefix(file, "answers-"):
			lines(file, content, each)
		case strings.HasPrefix(file, processDir):
			words(file, content, each)
		default:
			each(place{file, whole, ""}, content)
		}
		if filepath.Ext(file) == ".db" {
			columns(t, path, file, each)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// lines are records of a log: fields of JSON, or the text of a crash report.
func lines(file string, content []byte, each func(place, []byte)) {
	records(content, func(record map[string]any, line []byte) {
		if record == nil {
			each(place{file, "text", normal(string(line))}, line)
			return
		}
		name := normal(fmt.Sprint(record["msg"]))
		for key, value := range record {
			each(place{file, name, key}, fmt.Append(nil, value))
		}
	})
}

// records gives the lines of a log, nil for one that is text.
func records(content []byte, each func(record map[string]any, line []byte)) {
	for line := range bytes.Lines(content) {
		var record map[string]any
		if json.Unmarshal(line, &record) != nil {
			record = nil
		}
		each(record, line)
	}
}

// words are arguments by their place, or variables by their name.
func words(file string, content []byte, each func(place, []byte)) {
	for i, word := range bytes.Split(content, []byte{0}) {
		name := fmt.Sprint(i)
		if filepath.Ext(file) == ".environ" {
			variable, _, _ := bytes.Cut(word, []byte("="))
			name = string(variable)
		}
		each(place{file, "process", name}, word)
	}
}

// find gives each place that holds one of the forms, and the form found first.
func find(t *testing.T, run string, all []form) map[place]string {
	t.Helper()
	found := map[place]string{}
	pieces(t, run, func(p place, content []byte) {
		if name, holds := in(content, all); holds && found[p] == "" {
			found[p] = name
		}
	})
	return found
}

// findInEach gives the places that hold, in every run, that run's own secret. One
// run alone finds four digits by chance.
func findInEach(t *testing.T, runs []string, each [][]form) map[place]string {
	t.Helper()
	var common map[place]string
	for i, run := range runs {
		found := find(t, run, each[i])
		if i == 0 {
			common = found
			continue
		}
		for p := range common {
			if _, too := found[p]; !too {
				delete(common, p)
			}
		}
	}
	return common
}
