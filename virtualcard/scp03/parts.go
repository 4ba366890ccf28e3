package scp03

// classSecure is the secure messaging bit of GlobalPlatform's class byte (04 in 84 and 04).
const classSecure = 0x04

// parts is a short command taken apart.
type parts struct {
	head [4]byte
	data []byte
	le   []byte // empty or one byte
}

// split takes a short command with data apart; Le may follow.
func split(command []byte) (parts, error) {
	var p parts
	if len(command) < 6 || command[4] == 0 {
		return p, ErrFormat
	}
	copy(p.head[:], command)
	end := 5 + int(command[4])
	if len(command) != end && len(command) != end+1 {
		return p, ErrFormat
	}
	p.data, p.le = command[5:end], command[end:]
	return p, nil
}
