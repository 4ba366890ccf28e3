package app_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// A write has three scripts. By their number:
//
//	1  SELECT ISD, INITIALIZE UPDATE
//	2  EXTERNAL AUTHENTICATE 11, GET DATA 0045, INSTALL, GET DATA FF21, SELECT MyKey AP, INITIALIZE UPDATE
//	3  EXTERNAL AUTHENTICATE 33, UPDATE, READ, UPDATE, READ
const (
	opening = iota + 1
	reserving
	writing
)

// A platform that has gone over to the enemy: it signs nobody's scripts, it only
// hands them out. Whatever it hands out, our own area is old or new, everything
// else on the card is what it was, and the counter goes on.
type hostile struct {
	name   string
	script int // which is spoiled
	spoil  func(s *platformclient.Script)
	code   app.Code // "" ISSUER-SCRIPT
	holds  content
	jobs   int
}

func (h hostile) card() badCard {
	if h.code == "" {
		h.code = app.CodeIssuerScript
		if h.script == writing {
			h.holds, h.jobs = begun, 1 // the area was reserved before
		}
	}
	return against(h.name, h.code, h.holds, h.jobs, func(trip int, step platformclient.CardStep) platformclient.CardStep {
		if trip == h.script && step.Script != nil {
			script := *step.Script
			script.Commands = slices.Clone(script.Commands)
			h.spoil(&script)
			step.Script = &script
		}
		return step
	})
}

// against is a case with a platform whose answers are changed.
func against(name string, code app.Code, holds content, jobs int, change func(int, platformclient.CardStep) platformclient.CardStep) badCard {
	return badCard{
		name: name, code: code, phase: app.PhaseProblem, face: app.FaceProblem, holds: holds, jobs: jobs,
		play: func(t *testing.T, b *bench, card lying) app.View {
			met := false
			b.way.turn(func(trip int, step platformclient.CardStep) platformclient.CardStep {
				changed := change(trip, step)
				met = met || changed.Script != step.Script || changed.Done != step.Done || !bytes.Equal(changed.Wanted, step.Wanted)
				return changed
			})
			defer b.way.turn(nil)
			b.put(card)
			view := b.until(t, app.PhaseWaiting)
			if !met {
				t.Error("no answer of the platform was changed: the case proves nothing")
			}
			return view
		},
	}
}

// inserts puts a command, in hex, before the nth of the script; mac stands for 8
// bytes.
func inserts(n int, command string) func(*platformclient.Script) {
	return func(s *platformclient.Script) {
		s.Commands = slices.Insert(s.Commands, n, platformclient.Command{APDU: apdu(command)})
	}
}

func apdu(text string) []byte {
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "mac", "0011223344556677").Replace(text))
	if err != nil {
		panic(text) // constants of this file
	}
	return b
}

// sets changes byte i of the nth command.
func sets(n, i int, to byte) func(*platformclient.Script) {
	return func(s *platformclient.Script) {
		s.Commands[n].APDU = bytes.Clone(s.Commands[n].APDU)
		s.Commands[n].APDU[i] = to
	}
}

// expects has the platform expect of the nth command what no card will answer.
func expects(n, length int) func(*platformclient.Script) {
	return func(s *platformclient.Script) { s.Commands[n].Expect = bytes.Repeat([]byte{0x5A}, length) }
}

func TestAHostilePlatformsScriptIsNotSent(t *testing.T) {
	t.Parallel()
	const (
		licence = "D3921000310001010100"
		jpki    = "D392F000260100000001"
		module  = "F04D594B455905"
		file    = "F04D594B455904"
		own     = "F04D594B455906"
		three   = "07" + file + "07" + module + "07" + own
	)
	cases := []hostile{
		{name: "DELETE of JPKI", script: reserving, spoil: inserts(2, "84E40000 14 4F0A"+jpki+"mac 00")},
		{name: "DELETE of another AP", script: reserving, spoil: inserts(2, "84E40000 14 4F0A"+licence+"mac 00")},
		{name: "DELETE of our load file", script: reserving, spoil: inserts(2, "84E40000 11 4F07"+file+"mac 00")},
		{name: "DELETE with all that belongs to it", script: reserving, spoil: inserts(2, "84E40080 11 4F07"+own+"mac 00")},
		{name: "PUT KEY", script: reserving, spoil: inserts(2, "84D83081 18 30"+strings.Repeat("AA", 15)+"mac 00")},
		{name: "STORE DATA", script: reserving, spoil: inserts(2, "84E28000 0C 00450000 mac 00")},
		{name: "SET STATUS", script: reserving, spoil: inserts(2, "84F0807F 08 mac 00")},
		{name: "LOAD", script: reserving, spoil: inserts(2, "84E80000 0C C4020000 mac 00")},
		{name: "INSTALL for load", script: reserving, spoil: inserts(2, "84E60200 11 07"+file+"00"+"mac 00")},
		{name: "INSTALL with privileges", script: reserving, spoil: inserts(2, "84E60C00 30"+three+"0104 0C C900 EF08 C8020200 D8020200 00 mac 00")},
		{name: "INSTALL of more space", script: reserving, spoil: inserts(2, "84E60C00 30"+three+"0100 0C C900 EF08 C8027FFF D8027FFF 00 mac 00")},
		{name: "INSTALL of another module", script: reserving, spoil: inserts(2, "84E60C00 30 07"+file+"07"+file+"07"+own+"0100 0C C900 EF08 C8020200 D8020200 00 mac 00")},
		{name: "GET STATUS of everything", script: reserving, spoil: inserts(2, "84F24002 0A 4F00 mac 00")},
		{name: "GET DATA of another object", script: reserving, spoil: inserts(2, "84CA00E0 08 mac 00")},
		{name: "no MAC at all at the ISD", script: reserving, spoil: sets(0, 2, 0x00)},
		{name: "MAC alone, no R-MAC, at the ISD", script: reserving, spoil: sets(0, 2, 0x01)},
		{name: "ciphered at the ISD", script: reserving, spoil: sets(0, 2, 0x33)},
		{name: "ciphered, no R-MAC, at the ISD", script: reserving, spoil: sets(0, 2, 0x03)},
		{name: "in the clear at the MyKey AP", script: writing, spoil: sets(0, 2, 0x11)},
		{name: "no R-MAC at the MyKey AP", script: writing, spoil: sets(0, 2, 0x03)},
		{name: "another key version", script: opening, spoil: sets(1, 2, 0x20)},
		{name: "SELECT JPKI", script: opening, spoil: inserts(0, "00A4040C 0A"+jpki)},
		{name: "SELECT JPKI inside the channel", script: reserving, spoil: inserts(2, "00A4040C 0A"+jpki)},
		{name: "SELECT 券面事項入力補助", script: opening, spoil: inserts(0, "00A4040C 0A D3921000310001010408")},
		{name: "SELECT by the first bytes of a name", script: opening, spoil: inserts(0, "00A4040C 05 D392100031")},
		{name: "SELECT the next by name", script: opening, spoil: inserts(0, "00A40402 07"+own+"00")},
		{name: "SELECT the ISD by another name", script: opening, spoil: inserts(0, "00A40400 07 A0000001510000 00")},
		{name: "VERIFY", script: opening, spoil: inserts(0, "00200080 04 31323334")},
		{name: "VERIFY without a PIN", script: opening, spoil: inserts(0, "00200080")},
		{name: "a signature", script: opening, spoil: inserts(0, "802A0080 13 3031300D060960864801650304020105000420 00")},
		{name: "CHANGE REFERENCE DATA", script: opening, spoil: inserts(0, "00240080 08 3132333434333231")},
		{name: "READ BINARY in the clear", script: opening, spoil: inserts(0, "00B00000 00")},
		{name: "UPDATE in the clear", script: reserving, spoil: inserts(4, "00D60000 04 00000000")},
		{name: "UPDATE at the ISD", script: reserving, spoil: inserts(2, "04D60000 18"+strings.Repeat("00", 16)+"mac 00")},
		{name: "UPDATE longer than a slot", script: writing, spoil: inserts(1, "04D60000 A8"+strings.Repeat("00", 160)+"mac 00")},
		{name: "READ elsewhere", script: writing, spoil: inserts(1, "04B08240 08 mac 00")},
		{name: "DELETE at the MyKey AP", script: writing, spoil: inserts(1, "84E40000 11 4F07"+own+"mac 00")},
		{name: "MANAGE CHANNEL", script: opening, spoil: inserts(0, "00700000 01")},
		{name: "on channel 1", script: reserving, spoil: sets(1, 0, 0x85)},
		{name: "GET RESPONSE", script: opening, spoil: inserts(1, "00C00000 00")},
		{name: "an extended APDU", script: opening, spoil: inserts(0, "00A4040C 000007"+own)},
		{name: "half an APDU", script: opening, spoil: inserts(0, "00A4")},
		{name: "seventeen commands", script: reserving, spoil: func(s *platformclient.Script) {
			for len(s.Commands) < 17 {
				inserts(2, "84CA0045 08 mac 00")(s)
			}
		}},
		{name: "no command", script: opening, spoil: func(s *platformclient.Script) { s.Commands = nil }},
		{name: "a short nonce", script: opening, spoil: func(s *platformclient.Script) { s.Nonce = s.Nonce[:15] }},
		{name: "an expected answer of 31 bytes", script: writing, spoil: expects(1, 31)},

		{name: "0045 expected otherwise", script: reserving, spoil: expects(1, 32), code: app.CodeDeskRequest},
		{name: "UPDATE expected otherwise", script: writing, spoil: expects(1, 32), code: app.CodeCardDiffers, holds: begun, jobs: 1},
		{name: "READ expected otherwise", script: writing, spoil: expects(2, 32), code: app.CodeCardDiffers, holds: begun, jobs: 1},
		{name: "commit expected otherwise", script: writing, spoil: expects(3, 32), code: app.CodeCardDiffers, holds: written, jobs: 1},
	}
	for half := range 2 {
		t.Run([]string{"even", "odd"}[half], func(t *testing.T) {
			t.Parallel()
			var tried []badCard
			for i, c := range cases {
				if i%2 == half {
					tried = append(tried, c.card())
				}
			}
			tryAll(t, tried)
		})
	}
}

func TestAHostilePlatformThatLies(t *testing.T) {
	t.Parallel()
	another, err := mykey.ParseID("ZZ99ZZ99")
	if err != nil {
		t.Fatal(err)
	}
	first := platformclient.CardStep{}
	tryAll(t, []badCard{
		against("scripts without end", app.CodeIssuerScript, asBefore, 0, func(trip int, step platformclient.CardStep) platformclient.CardStep {
			if trip == 1 {
				first = step
				return step
			}
			return platformclient.CardStep{Session: first.Session, Script: first.Script}
		}),
		against("done, and nothing was", app.CodeCardUnexpected, asBefore, 0, func(trip int, step platformclient.CardStep) platformclient.CardStep {
			return platformclient.CardStep{Done: true, Wanted: step.Wanted}
		}),
		against("done after the first script", app.CodeCardUnexpected, asBefore, 0, func(trip int, step platformclient.CardStep) platformclient.CardStep {
			if trip == 1 {
				return step
			}
			return platformclient.CardStep{Session: step.Session, Script: nil, Done: true}
		}),
		against("a record that is none", app.CodePlatformUnclear, asBefore, 0, func(_ int, step platformclient.CardStep) platformclient.CardStep {
			if step.Wanted != nil {
				step.Wanted = bytes.Repeat([]byte{0x4D}, mykey.SlotSize)
			}
			return step
		}),
		against("another's record is said to be wanted", app.CodeMyKeyOther, written, 1, func(_ int, step platformclient.CardStep) platformclient.CardStep {
			if step.Wanted != nil {
				r := mykey.ParseSlot(step.Wanted).Record
				r.ID = another
				b := r.Marshal()
				step.Wanted = b[:]
			}
			return step
		}),
		against("a later record is said to be wanted", app.CodeCardUnexpected, written, 1, func(_ int, step platformclient.CardStep) platformclient.CardStep {
			if step.Wanted != nil {
				r := mykey.ParseSlot(step.Wanted).Record
				r.Generation += 1000
				b := r.Marshal()
				step.Wanted = b[:]
			}
			return step
		}),
	})
}
