package app

import (
	"context"
	"crypto/sha256"

	"github.com/madoguchi/madoguchi/app/membercard"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// person is what a reception desk reads of the card on the R/W, and all that it
// tells the platform of it.
type person struct {
	record      []byte // the slot that counts, as read; nil: by certificate
	certificate []byte // DER; a look-up by record does not read it
	id          string // masked; "" by certificate
	sum         [32]byte
}

func (p person) holder(transaction string) platformclient.Holder {
	return platformclient.Holder{Transaction: transaction, Record: p.record, Certificate: p.certificate}
}

// who reads the card: its MyKey record in two APDUs, verified here; where the card
// has none, the certificate, and the platform finds the MyKey ID through it. With
// certified it is read in both cases: the platform is to see that it is alive.
func (v *visit) who(ctx context.Context, certified bool) (p person, err error) {
	card, err := v.Reader.Open(ctx)
	if err != nil {
		return p, v.gone(err)
	}
	defer card.Close()
	return v.read(ctx, card, certified)
}

// read is who, with a card that is open.
func (v *visit) read(ctx context.Context, card *cardio.Card, certified bool) (p person, err error) {
	area, err := card.Area(ctx)
	if err != nil {
		return p, v.gone(err)
	}
	p.sum = sha256.Sum256(area.Bytes)
	if area.Reserved {
		if p.record, p.id, err = v.recordOf(area.Bytes); err != nil {
			return p, err
		}
	} else {
		kind, err := card.Kind(ctx)
		if err != nil {
			return p, v.gone(err)
		}
		if code, wrong := kindCodes[kind]; wrong {
			return p, refusal{code}
		}
	}
	if p.record != nil && !certified {
		return p, nil
	}
	if p.certificate, err = card.Certificate(ctx); err != nil {
		return p, v.gone(err)
	}
	if p.record == nil {
		p.sum = sha256.Sum256(p.certificate)
	}
	return p, nil
}

// recordOf gives the record that counts of an area, nil where none stands there:
// never written, torn before its commit mark, or taken back.
func (v *visit) recordOf(b []byte) (record []byte, id string, err error) {
	area := mykey.ParseArea(b)
	if area.State() == mykey.AreaDamaged {
		return nil, "", refusal{CodeCardDamaged}
	}
	current, holds := area.Current()
	if !holds {
		return nil, "", nil
	}
	desk, _ := v.deskNow()
	if err := current.Verify(desk.RecordKeys); err != nil {
		return nil, "", err
	}
	if current.Kind != mykey.KindRecord {
		return nil, "", nil
	}
	from := (1 - area.Target()) * mykey.SlotSize // Target is the slot that does not count
	return b[from : from+mykey.SlotSize], current.ID.Masked(), nil
}

// profile is a service's number rule as member cards are read by it.
func profile(s platformclient.Service) membercard.Profile {
	r := s.Rule
	p := membercard.Profile{
		Start: r.Start, Stop: r.Stop, Pattern: r.Pattern, Check: membercard.Scheme(r.Check), Display: r.Display,
		Framed: r.Framed, Item: r.Item, Prefix: r.Prefix, Suffix: r.Suffix,
	}
	for _, symbology := range r.Symbologies {
		p.Symbologies = append(p.Symbologies, membercard.Symbology(symbology))
	}
	return p
}

func serviceView(s platformclient.Service) ServiceView {
	return ServiceView{Name: s.Name, Word: s.Word, Card: s.Card}
}

// last3 is what the resident is shown of a number: its last three characters.
func last3(n mykey.ServiceID) string {
	s := n.Reveal()
	return s[max(0, len(s)-3):]
}

// readerCode says why no card can be read just now; "" where it can.
func readerCode(s cardio.State) Code {
	return map[cardio.State]Code{
		cardio.NoService: CodeReaderNoService, cardio.NoReader: CodeReaderNone, cardio.Mute: CodeCardSilent,
	}[s]
}

// known waits until the platform has said what this desk is.
func (v *visit) known(ctx context.Context) (platformclient.Desk, error) {
	desk, known := v.deskNow()
	if known {
		return desk, nil
	}
	if err := v.during(ctx, true, v.askDesk); err != nil {
		return desk, err
	}
	desk, _ = v.deskNow()
	return desk, nil
}
