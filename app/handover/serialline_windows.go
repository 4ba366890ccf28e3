package handover

import (
	"io"

	"go.bug.st/serial"
)

// line is an open port.
type line struct{ port serial.Port }

func openLine(name string, mode *serial.Mode) (*line, error) {
	port, err := serial.Open(name, mode)
	if err != nil {
		return nil, err
	}
	return &line{port}, nil
}

func (l *line) write(text []byte) (int, error) {
	sent, err := l.port.Write(text)
	if err == nil && sent < len(text) {
		err = io.ErrShortWrite
	}
	return sent, err
}

// abort ends write and drain, and throws away what was not sent (PurgeComm).
func (l *line) abort() { _ = l.port.ResetOutputBuffer() }

func (l *line) close() { l.port.Close() }
