package virtualcard

import "bytes"

// process answers one command that reached a powered card.
func (c *Card) process(raw []byte) []byte {
	cmd, whole := parseCommand(raw)
	if c.memory.Profile == FeliCa { // the reader cannot pass ISO commands on to such a card
		return refuse(swNotSupported).bytes()
	}
	if !whole {
		c.endChannel()
		return refuse(swWrongLength).bytes()
	}
	awaited := c.pending
	c.pending = false
	switch cmd.cla {
	case classISO, classGP:
		return c.plain(cmd).bytes()
	case classISOSecure, classGPSecure:
		if cmd.ins == insExternalAuthenticate && cmd.cla == classGPSecure {
			return c.externalAuthenticate(cmd, awaited).bytes()
		}
		return c.secured(cmd)
	case 0x08, 0x0C: // JPKI's card has no ISO secure messaging here
		if cmd.ins == insSelect {
			return refuse(swSecureMessaging).bytes()
		}
		return refuse(swPlainOnly).bytes()
	case 0x01, 0x02, 0x03, 0x81, 0x82, 0x83:
		return refuse(swChannel).bytes()
	}
	return refuse(swClass).bytes()
}

func (c *Card) plain(cmd command) response {
	if cmd.ins == insSelect && cmd.cla == classISO {
		return c.selectFile(cmd)
	}
	if cmd.ins == insInitializeUpdate && cmd.cla == classGP {
		return c.initializeUpdate(cmd)
	}
	if cmd.ins == insExternalAuthenticate && cmd.cla == classGP {
		c.endChannel() // without a MAC
		return refuse(swSecurity)
	}
	if c.channel.Level() != 0 { // a plain command inside a channel ends it (Amendment D 5.5)
		c.endChannel()
		return refuse(swSecurity)
	}
	return c.dispatch(cmd)
}

func (c *Card) dispatch(cmd command) response {
	if c.current == nil {
		return refuse(swInstruction)
	}
	return c.current.handle(c, cmd)
}

// selectFile is SELECT (ISO/IEC 7816-4 11.2.2).
func (c *Card) selectFile(cmd command) response {
	if cmd.p1 == 0x04 {
		return c.selectByName(cmd)
	}
	if c.channel.Level() != 0 {
		c.endChannel()
		return refuse(swSecurity)
	}
	if cmd.p1 == 0x00 && (len(cmd.data) == 0 || bytes.Equal(cmd.data, []byte{0x3F, 0x00})) {
		return c.selectMF(cmd)
	}
	if cmd.p1 != 0x00 && cmd.p1 != 0x02 || len(cmd.data) != 2 {
		return refuse(swWrongP1P2)
	}
	return c.dispatch(cmd)
}

// selectMF answers as the one surveyed card did: the MF is never really selected.
func (c *Card) selectMF(cmd command) response {
	switch {
	case len(cmd.data) != 0:
		return refuse(swNotFound)
	case c.current == nil || c.memory.Manager != nil && c.current == application(c.memory.Manager):
		return refuse(swWrongP1P2)
	}
	return ok()
}

func (c *Card) selectByName(cmd command) response {
	c.endChannel() // also when the name is not there
	c.listing = nil
	if cmd.p2 != 0x00 && cmd.p2 != 0x0C {
		return refuse(swWrongP1P2)
	}
	app := c.find(cmd.data)
	if app == nil {
		return refuse(swNotFound)
	}
	if t, is := app.(*tripwire); is {
		c.tripped = append(c.tripped, t.Title)
	}
	c.current = app
	app.enter()
	if cmd.p2 == 0x0C {
		return ok()
	}
	if app == application(c.memory.Manager) {
		return ok(c.memory.Manager.fci()...)
	}
	return ok(tlv(0x6F, tlv(0x84, app.name()))...)
}

// shortestName is the least of an AID that selects by prefix, in bytes (its registered part).
const shortestName = 5

// find looks an application up by its name or the beginning of it; no name at all is the ISD.
func (c *Card) find(name []byte) application {
	apps := c.applications()
	if len(name) == 0 && c.memory.Manager != nil {
		return c.memory.Manager
	}
	if len(name) < shortestName {
		return nil
	}
	for _, a := range apps {
		if bytes.HasPrefix(a.name(), name) {
			return a
		}
	}
	return nil
}

// applications are those that can be selected now, in the order of a partial name.
func (c *Card) applications() []application {
	var out []application
	if m := c.memory.Manager; m != nil {
		out = append(out, m)
		for _, r := range m.Apps {
			if r.Area != nil && r.State == stateSelectable {
				out = append(out, r)
			}
		}
	}
	if c.memory.JPKI != nil {
		out = append(out, c.memory.JPKI)
	}
	for _, t := range c.memory.Tripwires {
		if c.memory.Manager.has(t) {
			out = append(out, t)
		}
	}
	return out
}
