//go:build unix

package handover

import (
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"go.bug.st/serial"
)

// line is an open port: mode, draining and exclusive use by the serial package,
// writing by a file of our own. A write of the serial package cannot be ended
// while the other side takes nothing (measured on a pseudo terminal), and what it
// holds back would come out for the next person.
type line struct {
	port serial.Port
	file *os.File
}

func openLine(name string, mode *serial.Mode) (*line, error) {
	file, err := os.OpenFile(name, os.O_WRONLY|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	port, err := serial.Open(name, mode)
	if err != nil {
		file.Close()
		return nil, err
	}
	return &line{port, file}, nil
}

func (l *line) write(text []byte) (int, error) {
	sent, err := l.file.Write(text)
	if err == nil && sent < len(text) {
		err = io.ErrShortWrite
	}
	return sent, err
}

// abort ends write and drain, and throws away what was not sent.
func (l *line) abort() {
	_ = l.file.SetWriteDeadline(time.Unix(1, 0)) // a terminal has deadlines
	_ = l.port.ResetOutputBuffer()               // its error is write's too
}

func (l *line) close() {
	l.file.Close()
	l.port.Close()
}
