package training

import "time"

// paced is a card as slow as a real one, so that a trainee sees each step. What a
// real chip takes long over takes long here: its memory is programmed.
type paced struct {
	onReader
	pace time.Duration
}

// Commands that program memory, or read back what was programmed.
const (
	insInstall = 0xE6
	insDelete  = 0xE4
	insRead    = 0xB0
)

// Transmit waits, then passes the command on.
func (p *paced) Transmit(command []byte) ([]byte, error) {
	time.Sleep(p.pace * factor(command))
	return p.onReader.Transmit(command)
}

func factor(command []byte) time.Duration {
	if len(command) < 2 {
		return 1
	}
	switch secured := command[0]&0x04 != 0; {
	case command[1] == insInstall, command[1] == insDelete:
		return 12
	case command[1] == insUpdateBinary, command[1] == insRead && secured:
		return 8
	}
	return 1
}
