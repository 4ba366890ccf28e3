package scp03

// SessionKeys are S-ENC, S-MAC and S-RMAC, to be held against recorded values.
func (c *Channel) SessionKeys() (enc, mac, rmac []byte) { return c.sEnc, c.sMac, c.sRM }

// HostCryptogram is what the channel waits for.
func (c *Channel) HostCryptogram() []byte { return c.hostCryptogram }

// Chaining is the whole C-MAC of the last command.
func (c *Channel) Chaining() []byte { return c.chaining[:] }

// Sum is AES-CMAC.
var Sum = cmac
