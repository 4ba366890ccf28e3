package membercard

import (
	"fmt"
	"math"
	"slices"
)

// Samples of the set-up assistant.
const (
	MinSamples = 10 // different cards
	maxSamples = 1000
)

// Note is what the administrator must be told beside a Proposal.
type Note string

// Notes.
const (
	NoteNoCheck   Note = "no-check"  // no scheme fits: a misread digit will not be noticed
	NoteSchemes   Note = "schemes"   // several fit; ask the operator, or scan more cards
	NoteSymbology Note = "symbology" // the scans do not tell the kind of barcode
	NotePair      Note = "pair"      // start and stop were not sent: reckoned back from the check digit
	NoteLengths   Note = "lengths"   // the numbers have several lengths
	NoteGoods     Note = "goods"     // barcodes on goods may look the same
)

// Proposal is what Learn makes of samples. Each of its profiles reads every one.
type Proposal struct {
	Profile  Profile
	Fits     []Scheme    // all schemes that every sample satisfies, best first
	Others   []Profile   // with each further scheme of Fits, and last without a check digit
	Carriers []Symbology // the kinds of barcode that the samples may have come from
	Chance   float64     // that Fits[0] fits so many random numbers, at most; 1 where none fits
	Notes    []Note
}

// Learn proposes a profile from scans of at least MinSamples different member
// cards. Whether the operator's system leaves the check digit out, scans cannot
// tell: the proposal has it in the number (CODE39's own, mod 43, on the card
// alone). It returns ErrSamples, with the reason and the sample's place but never
// its text, for too few, and for samples that contradict each other.
func Learn(samples []string) (Proposal, error) {
	s, err := sortOut(samples)
	if err != nil {
		return Proposal{}, err
	}
	found := s.fits()
	if len(found) == 0 {
		if at, ok := s.stranger(); ok {
			return Proposal{}, fmt.Errorf("%w: sample %d is alone in its check digit", ErrSamples, at+1)
		}
	}
	proposal := Proposal{Carriers: s.carriers(), Chance: 1}
	var profiles []Profile
	for _, f := range append(found, fit{scheme: None, numbers: s.codes}) {
		p := s.profile(f)
		if !readsAll(p, samples) {
			continue
		}
		if f.scheme != None {
			proposal.Fits = append(proposal.Fits, f.scheme)
			if len(proposal.Fits) == 1 {
				proposal.Chance = f.chance
			}
		}
		profiles = append(profiles, p)
	}
	if len(profiles) == 0 {
		return Proposal{}, fmt.Errorf("%w: no one rule reads them all", ErrSamples)
	}
	proposal.Profile, proposal.Others = profiles[0], profiles[1:]
	proposal.Notes = s.notes(proposal)
	return proposal, nil
}

// fit is a scheme that every sample satisfies.
type fit struct {
	scheme      Scheme
	start, stop string   // M16 alone: the pair it holds with
	numbers     []string // the operator's numbers under it
	chance      float64
}

// fits finds them, the rarest first: a scheme of 11 values that fits by chance is
// rarer than one of 7.
func (s *sorted) fits() (all []fit) {
	for _, name := range order {
		if s.jan != "" && name != M10W3 {
			continue
		}
		f := fit{scheme: name, start: s.start, stop: s.stop, numbers: s.codes}
		f.chance = math.Pow(1/float64(schemes[name].values), float64(len(s.codes)))
		ok := false
		switch name {
		case M16:
			ok = s.fitsSixteen(&f)
		case M43:
			ok = s.fitsFortyThree(&f)
		default:
			ok = !slices.ContainsFunc(s.codes, func(code string) bool { return !schemes[name].right(code, "", "") })
		}
		if ok {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b fit) int { return schemes[b.scheme].values - schemes[a.scheme].values })
	return all
}

// fitsSixteen also looks for the pair, where the scanner has not sent it: sixteen
// pairs have seven sums.
func (s *sorted) fitsSixteen(f *fit) bool {
	holds := func() bool {
		return !slices.ContainsFunc(s.codes, func(code string) bool { return !schemes[M16].right(code, f.start, f.stop) })
	}
	if s.start != "" {
		return holds()
	}
	if !s.may(NW7) {
		return false
	}
	f.chance *= 7
	for _, f.start = range []string{"A", "B", "C", "D"} {
		for _, f.stop = range []string{"A", "B", "C", "D"} {
			if holds() {
				return true
			}
		}
	}
	return false
}

// fitsFortyThree: its check character may be a blank that was trimmed away.
func (s *sorted) fitsFortyThree(f *fit) bool {
	if !s.may(Code39) {
		return false
	}
	f.scheme, f.numbers = M43.Printed(), nil
	for _, code := range s.codes {
		switch {
		case schemes[M43].right(code, "", ""):
			f.numbers = append(f.numbers, code[:len(code)-1])
		case schemes[M43].right(code+" ", "", ""):
			f.numbers = append(f.numbers, code)
		default:
			return false
		}
	}
	return true
}

// stranger finds the one sample that fails a scheme which all others satisfy: a
// misread card, or another library's.
func (s *sorted) stranger() (at int, ok bool) {
	for _, name := range order {
		wrong := -1
		count := 0
		for i, code := range s.codes {
			if !schemes[name].right(code, s.start, s.stop) {
				wrong, count = i, count+1
			}
		}
		if count == 1 {
			return s.places[wrong], true
		}
	}
	return 0, false
}

func (s *sorted) profile(f fit) Profile {
	p := Profile{
		Symbologies: s.symbologies, Start: s.start, Stop: s.stop, Framed: s.start != "",
		Check: f.scheme, Display: s.display, Prefix: s.prefix, Suffix: s.suffix,
	}
	if f.scheme == M16 && s.start == "" {
		p.Symbologies, p.Start, p.Stop = []Symbology{NW7}, f.start, f.stop
	}
	last := ""
	if c, err := parseCheck(f.scheme); err == nil && c.place == inBoth {
		last = c.characters
	}
	p.Pattern = s.begins + pattern(cut(f.numbers, len(s.begins)), last)
	return p
}

func (s *sorted) notes(p Proposal) (notes []Note) {
	lengths := slices.ContainsFunc(s.codes, func(code string) bool { return len(code) != len(s.codes[0]) })
	for _, n := range []struct {
		holds bool
		note  Note
	}{
		{len(p.Fits) == 0, NoteNoCheck},
		{len(p.Fits) > 1, NoteSchemes},
		{len(s.symbologies) == 0 && len(p.Carriers) != 1, NoteSymbology},
		{s.start == "" && p.Profile.Start != "", NotePair},
		{lengths, NoteLengths},
		{s.start == "" && slices.Contains(p.Fits, M10W3) && s.likeGoods(), NoteGoods},
	} {
		if n.holds {
			notes = append(notes, n.note)
		}
	}
	return notes
}

// likeGoods: eight or thirteen digits that are not the shop's own beginnings.
func (s *sorted) likeGoods() bool {
	return slices.ContainsFunc(s.codes, func(code string) bool { return janRight(code) && !inStore(code) })
}

func readsAll(p Profile, samples []string) bool {
	r, err := p.compile()
	return err == nil && !slices.ContainsFunc(samples, func(sample string) bool {
		_, err := r.read(sample)
		return err != nil
	})
}

func cut(numbers []string, n int) (rest []string) {
	for _, number := range numbers {
		rest = append(rest, number[n:])
	}
	return rest
}
