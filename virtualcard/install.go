package virtualcard

import "bytes"

// INSTALL variants in P1 (2.3.1 table 11-44).
const (
	installOnly       = 0x04
	makeSelectable    = 0x08
	installSelectable = 0x0C
)

// install is INSTALL [for install], [for make selectable] and both at once (2.3.1 11.5.2.3.2).
// Loading, personalization, extradition and registry update are not offered.
func (m *manager) install(c *Card, cmd command) response {
	if cmd.p2 != 0 {
		return refuse(swWrongP1P2)
	}
	fields, whole := parseFields(cmd.data)
	if !whole {
		return refuse(swWrongData)
	}
	switch cmd.p1 {
	case installOnly:
		return m.installApp(c, fields, stateInstalled)
	case installSelectable:
		return m.installApp(c, fields, stateSelectable)
	case makeSelectable:
		return m.selectable(c, fields)
	}
	return refuse(swWrongP1P2)
}

// fields are INSTALL's six length-value fields: load file, module, application, privileges,
// parameters, token.
type fields [6][]byte

func parseFields(b []byte) (f fields, whole bool) {
	for i := range f {
		if len(b) == 0 || len(b) < 1+int(b[0]) {
			return f, false
		}
		f[i], b = b[1:1+int(b[0])], b[1+int(b[0]):]
	}
	return f, len(b) == 0
}

func (m *manager) installApp(c *Card, f fields, state byte) response {
	loadFile, module, aid, privileges, parameters := f[0], f[1], f[2], f[3], f[4]
	_, file := m.file(loadFile)
	switch {
	case file == nil || !holds(file.Modules, module):
		return refuse(swNoReference)
	case !bytes.Equal(module, aidMyKeyModule): // the licence's code makes no second licence
		return refuse(swConditions)
	case len(aid) < 5 || len(aid) > 16 || len(privileges) != 1 && len(privileges) != 3:
		return refuse(swWrongData)
	}
	if _, there := m.app(aid); there != nil || bytes.Equal(aid, m.AID) {
		return refuse(swConditions)
	}
	booked, whole := parseQuota(parameters)
	if !whole {
		return refuse(swWrongData)
	}
	if booked > m.Free {
		return refuse(swNoSpace)
	}
	m.Free -= booked
	m.Apps = append(m.Apps, &registered{
		AID: bytes.Clone(aid), LoadFile: bytes.Clone(loadFile), Module: bytes.Clone(module),
		Privileges: append(bytes.Clone(privileges), 0, 0)[:3], State: state,
		Booked: booked, Area: make([]byte, AreaSize),
	})
	c.changed()
	return ok(0)
}

// selectable lifts an installed application to selectable; one that is selectable already stays.
func (m *manager) selectable(c *Card, f fields) response {
	_, r := m.app(f[2])
	if r == nil {
		return refuse(swNoReference)
	}
	if r.State == stateInstalled {
		r.State = stateSelectable
		c.changed()
	}
	return ok(0)
}

func holds(list [][]byte, aid []byte) bool {
	for _, a := range list {
		if bytes.Equal(a, aid) {
			return true
		}
	}
	return false
}

// parseQuota reads the install parameters: C9 (for the application, ignored) and under EF the
// non-volatile quota C8 and reservation D8, in any order. What is booked is the larger of them,
// at least the EF itself; false means parameters that are not whole, or a ceiling below the EF.
func parseQuota(parameters []byte) (booked int, whole bool) {
	booked = AreaSize
	outer, whole := parseTLV(parameters)
	if !whole {
		return 0, false
	}
	for _, o := range outer {
		if o.tag != 0xEF {
			continue
		}
		inner, whole := parseTLV(o.value)
		if !whole {
			return 0, false
		}
		for _, q := range inner {
			if q.tag != 0xC8 && q.tag != 0xD8 {
				continue
			}
			n, whole := quota(q.value)
			if !whole || q.tag == 0xC8 && n < AreaSize {
				return 0, false
			}
			booked = max(booked, n)
		}
	}
	return booked, true
}

// quota is a number of 1 to 4 bytes; hosts disagree on how many they write.
func quota(b []byte) (int, bool) {
	if len(b) < 1 || len(b) > 4 {
		return 0, false
	}
	n := 0
	for _, v := range b {
		n = n<<8 | int(v)
	}
	return n, true
}
