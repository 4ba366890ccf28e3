package cardio

import (
	"fmt"

	"github.com/madoguchi/madoguchi/cardio/apdu"
)

// scriptRules is the guard of one session: the grammar, the counts, and where the
// channel really stands.
type scriptRules struct {
	isd      string
	barred   *bool // the card's: it has refused the issuer once
	at       standing
	scripts  int
	response bool // the last answer was 61xx
	chained  []byte
}

// admit reads the whole script before anything is sent, as if the card said yes
// to each command. It returns what each does, ErrScript or ErrAuthRefused.
func (g *scriptRules) admit(s Script) ([]verb, error) {
	g.scripts++
	switch {
	case g.scripts > MaxScripts:
		return nil, fmt.Errorf("%w: more than %d in one session", ErrScript, MaxScripts)
	case len(s.Commands) == 0 || len(s.Commands) > MaxCommands:
		return nil, fmt.Errorf("%w: %d commands", ErrScript, len(s.Commands))
	case len(s.Nonce) != NonceSize:
		return nil, fmt.Errorf("%w: nonce of %d bytes", ErrScript, len(s.Nonce))
	}
	verbs := make([]verb, 0, len(s.Commands))
	at := g.at
	for i, c := range s.Commands {
		if c.Expect != nil && len(c.Expect) != 32 {
			return nil, fmt.Errorf("command %d: %w: expected answer of %d bytes", i, ErrScript, len(c.Expect))
		}
		v, next, err := at.parse(c.APDU, g.isd)
		if err != nil {
			return nil, fmt.Errorf("command %d: %w", i, err)
		}
		if v == verbInitialize && *g.barred {
			return nil, fmt.Errorf("command %d: %w", i, ErrAuthRefused)
		}
		verbs, at = append(verbs, v), next
	}
	return verbs, nil
}

// allow is the last look, with the channel as it really stands.
func (g *scriptRules) allow(command []byte) error {
	if c, ok := apdu.Parse(command); ok && isGetResponse(c) {
		if !g.response {
			return fmt.Errorf("%w: GET RESPONSE without 61xx", ErrScript)
		}
		return nil
	}
	v, _, err := g.at.parse(command, g.isd)
	if err == nil && v == verbInitialize && *g.barred {
		return ErrAuthRefused
	}
	return err
}

// saw follows the channel. Of a chained answer the last status word counts, for
// the command that began it.
func (g *scriptRules) saw(command []byte, r apdu.Response) {
	if g.response {
		command = g.chained
	}
	if g.response = r.SW.SW1() == 0x61; g.response {
		g.chained = command
		return
	}
	v, next, err := g.at.parse(command, g.isd)
	if err != nil {
		return
	}
	switch done := r.SW == apdu.OK; {
	case done:
		g.at = next
	case v == verbSelectISD || v == verbSelectArea:
		g.at = standing{}
	case v == verbAuthenticate:
		g.at.phase = selected
		if r.SW.Failed63() {
			*g.barred = true
		}
	case v == verbInitialize:
		g.at.phase = selected
	}
}
