package virtualcard

// tlv is BER-TLV (ISO/IEC 8825-1) with the value put together from parts; at most 65535 bytes.
func tlv(tag uint16, parts ...[]byte) []byte {
	var value []byte
	for _, p := range parts {
		value = append(value, p...)
	}
	var out []byte
	if tag > 0xFF {
		out = append(out, byte(tag>>8))
	}
	out = append(out, byte(tag))
	switch n := len(value); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	default:
		out = append(out, 0x82, byte(n>>8), byte(n))
	}
	return append(out, value...)
}

// object is one data object as read.
type object struct {
	tag   uint16
	value []byte
}

// parseTLV reads a row of data objects with tags and lengths of one or two bytes, as they stand in
// GlobalPlatform's commands; false means that the row is not whole.
func parseTLV(b []byte) ([]object, bool) {
	var out []object
	for len(b) > 0 {
		tag := uint16(b[0])
		b = b[1:]
		if tag&0x1F == 0x1F {
			if len(b) == 0 || b[0]&0x80 != 0 {
				return nil, false
			}
			tag, b = tag<<8|uint16(b[0]), b[1:]
		}
		if len(b) == 0 {
			return nil, false
		}
		n := int(b[0])
		b = b[1:]
		switch {
		case n == 0x81 && len(b) > 0:
			n, b = int(b[0]), b[1:]
		case n >= 0x80:
			return nil, false
		}
		if n > len(b) {
			return nil, false
		}
		out, b = append(out, object{tag, b[:n]}), b[n:]
	}
	return out, true
}
