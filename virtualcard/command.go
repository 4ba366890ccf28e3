package virtualcard

// Class bytes.
const (
	classISO       = 0x00
	classISOSecure = 0x04
	classGP        = 0x80
	classGPSecure  = 0x84
)

// Instructions (ISO/IEC 7816-4 table 4.2, GlobalPlatform 2.3.1 table 11-1).
const (
	insVerify               = 0x20
	insSign                 = 0x2A
	insInitializeUpdate     = 0x50
	insExternalAuthenticate = 0x82
	insSelect               = 0xA4
	insReadBinary           = 0xB0
	insReadRecord           = 0xB2
	insGetData              = 0xCA
	insUpdateBinary         = 0xD6
	insDelete               = 0xE4
	insInstall              = 0xE6
	insGetStatus            = 0xF2
)

// command is a command taken apart, short or extended (ISO/IEC 7816-4 5.2).
type command struct {
	cla, ins, p1, p2 byte
	data             []byte
	hasLe            bool
	ne               int // how many bytes are asked for at most; 0 without Le
	raw              []byte
}

// parseCommand takes a command apart; false means that its lengths do not agree.
func parseCommand(b []byte) (command, bool) {
	if len(b) < 4 {
		return command{}, false
	}
	c := command{cla: b[0], ins: b[1], p1: b[2], p2: b[3], raw: b}
	body := b[4:]
	switch {
	case len(body) == 0: // case 1
		return c, true
	case len(body) == 1: // case 2
		return c.expecting(int(body[0]), 256), true
	case body[0] != 0: // cases 3 and 4, short
		end := 1 + int(body[0])
		if len(body) < end || len(body) > end+1 {
			return c, false
		}
		c.data = body[1:end]
		if len(body) == end+1 {
			return c.expecting(int(body[end]), 256), true
		}
		return c, true
	case len(body) == 3: // case 2, extended
		return c.expecting(int(body[1])<<8|int(body[2]), 65536), true
	case len(body) > 3:
		return c.extended(body)
	}
	return c, false
}

// extended is cases 3 and 4 with a length of three bytes.
func (c command) extended(body []byte) (command, bool) {
	end := 3 + int(body[1])<<8 + int(body[2])
	if end == 3 || (len(body) != end && len(body) != end+2) {
		return c, false
	}
	c.data = body[3:end]
	if len(body) == end+2 {
		return c.expecting(int(body[end])<<8|int(body[end+1]), 65536), true
	}
	return c, true
}

func (c command) expecting(le, most int) command {
	c.hasLe, c.ne = true, le
	if le == 0 {
		c.ne = most
	}
	return c
}

// limited cuts data to what the command asks for.
func (c command) limited(data []byte) []byte {
	return data[:min(len(data), c.ne)]
}
