// Command testsum reads `go test -json` from standard input and prints what a
// person wants to know: one line a package, the output of what failed, every
// skip with its reason, and a closing line with the counts. It exits 1 when
// something failed, did not build, or when no test ran at all.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Stdin, os.Stdout))
}

func run(in io.Reader, out io.Writer) int {
	s := newSummary(out)
	if err := s.read(in); err != nil {
		fmt.Fprintln(out, "testsum:", err)
		return 1
	}
	return s.close()
}
