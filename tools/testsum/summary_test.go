package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestWhatThePersonReads(t *testing.T) {
	tests := []struct {
		name, in string
		code     int
		want     []string
		never    string
	}{
		{
			"a pass, and a parent is not counted again",
			`{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Elapsed":1}`,
			0,
			[]string{"pass  p 1.0s", "1 passed, 0 failed, 0 skipped"},
			"",
		},
		{
			"a failure shows its words, a pass does not",
			`{"Action":"output","Package":"p","Test":"TestA","Output":"quiet\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"got 1, want 2\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p","Elapsed":1}`,
			1,
			[]string{"--- FAIL p TestB\ngot 1, want 2", "1 passed, 1 failed, 0 skipped"},
			"quiet",
		},
		{
			"a skip is counted with its reason",
			`{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: no pcscd here\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestB"}`,
			0,
			[]string{"skip p TestA: a_test.go:3: no pcscd here", "1 passed, 0 failed, 1 skipped"},
			"",
		},
		{
			"a package that does not build",
			`{"ImportPath":"p","Action":"build-output","Output":"p/x.go:1: undefined: y\n"}
{"Action":"fail","Package":"p","FailedBuild":"p"}
{"Action":"pass","Package":"q","Test":"TestA"}`,
			1,
			[]string{"undefined: y", "1 passed, 1 failed, 0 skipped"},
			"",
		},
		{
			"a test that never ended",
			`{"Action":"output","Package":"p","Test":"TestA","Output":"panic: test timed out\n"}
{"Action":"fail","Package":"p"}`,
			1,
			[]string{"--- UNFINISHED p TestA\npanic: test timed out", "0 passed, 1 failed"},
			"",
		},
		{"nothing ran", "", 1, []string{"0 passed, 0 failed, 0 skipped"}, ""},
		{"words of the go command", "go: cannot find main module", 1, []string{"cannot find main module"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			if code := run(strings.NewReader(test.in), &out); code != test.code {
				t.Errorf("exit code: got %d, want %d", code, test.code)
			}
			for _, want := range test.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("got\n%s\nwant in it %q", out.String(), want)
				}
			}
			if test.never != "" && strings.Contains(out.String(), test.never) {
				t.Errorf("got\n%s\nwant nothing of %q", out.String(), test.never)
			}
		})
	}
}
