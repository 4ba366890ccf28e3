package handover

import (
	"errors"
	"fmt"
)

// SerialConfig is a serial port, real or one end of a virtual pair, to which the
// number is written as a scanner would send it. Fields left empty are 9600 baud,
// 8 data bits, no parity, 1 stop bit and a carriage return at the end.
type SerialConfig struct {
	Port     string `json:"port,omitempty"`      // COM5, /dev/ttyUSB0
	Baud     int    `json:"baud,omitempty"`      // bit/s
	DataBits int    `json:"data_bits,omitempty"` // 7 or 8
	Parity   string `json:"parity,omitempty"`    // none, odd, even
	StopBits int    `json:"stop_bits,omitempty"` // 1 or 2
	Framing  string `json:"framing,omitempty"`   // none, cr, lf, crlf, stx-etx, stx-etx-cr
}

func (c SerialConfig) validate() error {
	switch {
	case c.Port == "":
		return errors.New("serial: no port")
	case c.Baud != 0 && (c.Baud < 300 || c.Baud > 921600):
		return fmt.Errorf("serial: %d baud: not 300 to 921600", c.Baud)
	case c.DataBits != 0 && c.DataBits != 7 && c.DataBits != 8:
		return fmt.Errorf("serial: %d data bits: not 7 or 8", c.DataBits)
	case c.StopBits < 0 || c.StopBits > 2:
		return fmt.Errorf("serial: %d stop bits: not 1 or 2", c.StopBits)
	}
	if err := oneOf("serial parity", c.Parity, "", "none", "odd", "even"); err != nil {
		return err
	}
	return oneOf("serial framing", c.Framing, "", "none", "cr", "lf", "crlf", "stx-etx", "stx-etx-cr")
}
