package main

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestWhoMayReachTheTestRooms(t *testing.T) {
	tests := []struct {
		name, path, source string
		found              bool
	}{
		{"inner test of cardio", "cardio/a_test.go", "package cardio\nimport _ \"github.com/madoguchi/madoguchi/virtualcard/vpcd\"", true},
		{"external test of cardio", "cardio/a_test.go", "package cardio_test\nimport _ \"github.com/madoguchi/madoguchi/virtualcard\"", false},
		{"inner test of the client", "platformclient/a_test.go", "package platformclient\nimport _ \"github.com/madoguchi/madoguchi/api\"", false},
		{"the card's own tests", "virtualcard/fault/a_test.go", "package fault\nimport _ \"github.com/madoguchi/madoguchi/virtualcard\"", false},
		{"main's test", "main_test.go", "package main\nimport _ \"github.com/madoguchi/madoguchi/training\"", false},
		{"main's test of the card", "main_test.go", "package main\nimport _ \"github.com/madoguchi/madoguchi/virtualcard\"", true},
		{"somebody else's api", "app/a_test.go", "package app\nimport _ \"example.org/api\"", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := walk(fstest.MapFS{test.path: {Data: []byte(test.source)}})
			if err != nil {
				t.Fatal(err)
			}
			if (len(got) > 0) != test.found {
				t.Errorf("got %q, want a find: %v", strings.Join(got, "\n"), test.found)
			}
		})
	}
}
