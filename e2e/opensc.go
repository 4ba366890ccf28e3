//go:build linux

package e2e

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// Response is a card's answer as opensc-tool saw it.
type Response struct {
	Data []byte
	SW   uint16 // status word
}

// OpenSC sends commands to the card in the first reader by opensc-tool, in one
// connection, and gives an answer for each. socket is PCSCLITE_CSOCK_NAME.
func OpenSC(ctx context.Context, socket string, commands ...[]byte) ([]Response, error) {
	args := []string{"-r", "0", "-c", "default"}
	for _, c := range commands {
		args = append(args, "-s", strings.ToUpper(hex.EncodeToString(c)))
	}
	cmd := exec.CommandContext(ctx, "opensc-tool", args...)
	cmd.Env = Env("PCSCLITE_CSOCK_NAME="+socket, "LC_ALL=C.UTF-8")
	var out string
	if err := output(cmd, &out); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	responses, err := parseOpenSC(out)
	if err == nil && len(responses) != len(commands) {
		err = fmt.Errorf("opensc-tool: %d answers to %d commands:\n%s", len(responses), len(commands), out)
	}
	return responses, err
}

// CardIn reports whether a card lies in the reader of this number, as opensc-tool
// lists them. It does not speak to the card.
func CardIn(ctx context.Context, socket string, reader int) (bool, error) {
	cmd := exec.CommandContext(ctx, "opensc-tool", "--list-readers")
	cmd.Env = Env("PCSCLITE_CSOCK_NAME="+socket, "LC_ALL=C.UTF-8")
	var out string
	if err := output(cmd, &out); err != nil {
		return false, fmt.Errorf("%w\n%s", err, out)
	}
	return parseReaders(out, reader)
}

// parseReaders reads a list: a heading, then for each reader its number, Yes or No,
// and its name.
func parseReaders(out string, reader int) (bool, error) {
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) > 2 && fields[0] == strconv.Itoa(reader) && (fields[1] == "Yes" || fields[1] == "No") {
			return fields[1] == "Yes", nil
		}
	}
	return false, fmt.Errorf("opensc-tool lists no reader %d:\n%s", reader, out)
}

var received = regexp.MustCompile(`^Received \(SW1=0x([0-9A-F]{2}), SW2=0x([0-9A-F]{2})\)`)

// dumpColumns is how wide the hexadecimal part of a line of opensc-tool's dump
// is: 16 bytes of "XX ". The letters after it are the same bytes once more.
const dumpColumns = 48

// parseOpenSC reads what opensc-tool prints for -s: a line Received with the
// status word, then the data, 16 bytes a line.
func parseOpenSC(out string) ([]Response, error) {
	var responses []Response
	lines := bufio.NewScanner(strings.NewReader(out))
	for lines.Scan() {
		line := lines.Text()
		if m := received.FindStringSubmatch(line); m != nil {
			sw, err := strconv.ParseUint(m[1]+m[2], 16, 16)
			if err != nil {
				return nil, fmt.Errorf("status word in %q: %w", line, err)
			}
			responses = append(responses, Response{SW: uint16(sw)})
			continue
		}
		if len(responses) == 0 || strings.HasPrefix(line, "Sending:") || line == "" {
			continue
		}
		if len(line) > dumpColumns {
			line = line[:dumpColumns]
		}
		b, err := hex.DecodeString(strings.ReplaceAll(line, " ", ""))
		if err != nil {
			return nil, fmt.Errorf("data line %q: %w", line, err)
		}
		last := &responses[len(responses)-1]
		last.Data = append(last.Data, b...)
	}
	return responses, lines.Err()
}
