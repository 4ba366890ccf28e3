package cardio

import (
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/madoguchi/madoguchi/cardio/apdu"
)

// Limits of a platform's scripts.
const (
	MaxCommands = 16 // of one script
	MaxScripts  = 4  // of one session
	NonceSize   = 16 // bytes
)

// Script is what the issuer asks the card, through us: command APDUs in order,
// and, where it knows the answer beforehand, a hash of it.
type Script struct {
	Nonce    []byte // NonceSize random bytes
	Commands []Command
}

// Command is one command APDU of a script. Expect is SHA-256(nonce ‖ answer with
// its status word), 32 bytes, or nil where the answer cannot be known: there only
// 9000 goes on.
type Command struct {
	APDU, Expect []byte
}

// Format writes how long the script is, for every verb: it may hold a record.
func (s Script) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "Script(%d commands)", len(s.Commands)) }

// Format writes the command's header alone.
func (c Command) Format(f fmt.State, _ rune) {
	io.WriteString(f, "Command("+header(c.APDU)+")")
}

// expects reports whether the answer is the one that the issuer expects.
func (s Script) expects(c Command, r apdu.Response) bool {
	if c.Expect == nil {
		return r.SW == apdu.OK
	}
	sum := sha256.Sum256(append(append([]byte(nil), s.Nonce...), r.Bytes()...))
	return string(sum[:]) == string(c.Expect)
}

// Stage is how far a session has come, for the screen.
type Stage int

// Stages, each announced before its command is sent.
const (
	StageOpen    Stage = iota // finding and opening the way in
	StageReserve              // INSTALL
	StageWrite                // UPDATE of a slot's body
	StageVerify               // READ
	StageCommit               // UPDATE of a commit mark
	StageRelease              // DELETE
)

// String names the stage for the trace.
func (s Stage) String() string {
	return [...]string{"open", "reserve", "write", "verify", "commit", "release"}[s]
}
