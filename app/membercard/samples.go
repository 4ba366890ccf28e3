package membercard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// sorted is what the samples have in common, and their bare codes, each once.
type sorted struct {
	codes          []string
	places         []int // of each code among the samples
	prefix, suffix string
	start, stop    string // NW-7, where the scanner sends them
	symbologies    []Symbology
	jan            Symbology // empty: not JAN
	begins         string    // digits that every JAN code begins with, so that other goods are refused
	display        string
}

// added is what scanners put around a code: control characters (STX, ETX) and the
// symbology identifier of ISO/IEC 15424 ("]F0").
var (
	addedBefore = regexp.MustCompile(`^[\x00-\x1f\x7f]*(?:\]([A-Za-z])[0-9A-Za-z])?`)
	addedBehind = regexp.MustCompile(`[\x00-\x1f\x7f]*$`)
)

// identified is what those identifiers say.
var identified = map[string][]Symbology{"F": {NW7}, "A": {Code39}, "C": {Code128}, "E": {JAN13, JAN8}}

// sortOut takes the samples apart, or returns ErrSamples.
func sortOut(samples []string) (*sorted, error) {
	if len(samples) < MinSamples || len(samples) > maxSamples {
		return nil, fmt.Errorf("%w: %d samples, %d to %d are needed", ErrSamples, len(samples), MinSamples, maxSamples)
	}
	s := &sorted{}
	texts := make([]string, len(samples))
	for i, sample := range samples {
		if len(sample) > maxInput {
			return nil, fmt.Errorf("%w: sample %d is no number", ErrSamples, i+1)
		}
		texts[i] = strings.Trim(fold(sample), blanks)
	}
	hint, err := s.strip(texts)
	if err != nil {
		return nil, err
	}
	if err := s.takeFrames(texts, hint); err != nil {
		return nil, err
	}
	s.unspace(texts)
	s.once(texts)
	if len(s.codes) < MinSamples {
		return nil, fmt.Errorf("%w: %d different cards, %d are needed", ErrSamples, len(s.codes), MinSamples)
	}
	return s, s.tell(hint)
}

// strip takes off what the scanner adds, which must be the same for all.
func (s *sorted) strip(texts []string) (hint []Symbology, err error) {
	for i, text := range texts {
		before := addedBefore.FindStringSubmatch(text)
		text = text[len(before[0]):]
		behind := addedBehind.FindString(text)
		text = text[:len(text)-len(behind)]
		if i == 0 {
			s.prefix, s.suffix, hint = before[0], behind, identified[before[1]]
		}
		if before[0] != s.prefix || behind != s.suffix {
			return nil, fmt.Errorf("%w: sample %d is scanned with another prefix or suffix", ErrSamples, i+1)
		}
		texts[i] = strings.Trim(text, blanks)
	}
	return hint, nil
}

// takeFrames takes start and stop, or the two *, off all of them or of none.
func (s *sorted) takeFrames(texts []string, hint []Symbology) error {
	nw7 := s.each(texts, hint, NW7, func(text string) bool { _, _, _, ok := unframe(text); return ok })
	stars := s.each(texts, hint, Code39, func(text string) bool { _, ok := unstar(text); return ok })
	switch {
	case nw7 == len(texts):
		s.symbologies = []Symbology{NW7}
		s.start, s.stop, _, _ = unframe(texts[0])
		for i, text := range texts {
			start, stop, bare, _ := unframe(text)
			if start != s.start || stop != s.stop {
				return fmt.Errorf("%w: sample %d has another start and stop", ErrSamples, i+1)
			}
			texts[i] = bare
		}
	case stars == len(texts):
		s.symbologies = []Symbology{Code39}
		for i, text := range texts {
			texts[i], _ = unstar(text)
		}
	case stars > 0, nw7 > 0 && slices.ContainsFunc(texts, NW7.holds):
		return fmt.Errorf("%w: some are scanned with start and stop, some without", ErrSamples)
	}
	return nil
}

// each counts the samples that stand in this symbology's frame.
func (s *sorted) each(texts []string, hint []Symbology, symbology Symbology, framed func(string) bool) (n int) {
	if hint != nil && !slices.Contains(hint, symbology) {
		return 0
	}
	for _, text := range texts {
		if framed(text) {
			n++
		}
	}
	return n
}

// unspace learns the print from typed numbers, if all have the same blanks.
func (s *sorted) unspace(texts []string) {
	if s.symbologies != nil || !strings.Contains(texts[0], " ") {
		return
	}
	display := strings.Map(func(c rune) rune {
		if c == ' ' {
			return c
		}
		return '#'
	}, texts[0])
	codes := make([]string, len(texts))
	for i, text := range texts {
		code, ok := unspace(display, text)
		if !ok {
			return
		}
		codes[i] = code
	}
	s.display = display
	copy(texts, codes)
}

// once keeps each code once: the same card again is no evidence.
func (s *sorted) once(texts []string) {
	for i, text := range texts {
		if !slices.Contains(s.codes, text) {
			s.codes, s.places = append(s.codes, text), append(s.places, i)
		}
	}
}

// tell finds the kind of barcode, and samples that cannot be of one kind.
func (s *sorted) tell(hint []Symbology) error {
	if s.symbologies == nil && hint != nil && hint[0] != JAN13 {
		s.symbologies = hint
	}
	lettered := func(code string) bool { return strings.Trim(code[:len(code)-1], digits) != "" } // an X at the end is a check digit
	for i, code := range s.codes {
		place := s.places[i] + 1
		other := len(code) != len(s.codes[0])
		switch {
		case code == "" || !Code128.holds(code):
			return fmt.Errorf("%w: sample %d is no number", ErrSamples, place)
		case other && lettered(code) != lettered(s.codes[0]):
			return fmt.Errorf("%w: sample %d is of another kind", ErrSamples, place)
		case other && s.symbologies == nil && goods(code) != goods(s.codes[0]):
			return fmt.Errorf("%w: sample %d looks like the barcode on goods", ErrSamples, place)
		}
	}
	if s.symbologies != nil {
		return nil
	}
	return s.tellJAN(hint)
}

func (s *sorted) tellJAN(hint []Symbology) error {
	for _, symbology := range []Symbology{JAN13, JAN8} {
		if slices.ContainsFunc(s.codes, func(code string) bool { return !symbology.holds(code) || !janRight(code) }) {
			continue
		}
		common := s.codes[0]
		for _, code := range s.codes {
			for !strings.HasPrefix(code, common) {
				common = common[:len(common)-1]
			}
		}
		own := strings.HasPrefix(common, "2")
		switch {
		case own:
			s.begins = "2"
		case len(common) >= 2:
			s.begins = common[:2] // as a company prefix of goods: 49…
		case symbology == JAN8 && hint == nil:
			return nil // eight digits with the same check digit in NW-7 are as likely
		default:
			return fmt.Errorf("%w: these are barcodes on goods", ErrSamples)
		}
		s.jan, s.symbologies = symbology, []Symbology{symbology}
		return nil
	}
	if hint != nil {
		return fmt.Errorf("%w: a JAN code's own check digit is wrong", ErrSamples)
	}
	return nil
}

// may reports whether all samples may come from this kind of barcode.
func (s *sorted) may(symbology Symbology) bool {
	return slices.Contains(s.carriers(), symbology)
}

// carriers are all that can hold every sample. A frame, or the scanner's word,
// leaves one.
func (s *sorted) carriers() (all []Symbology) {
	if s.symbologies != nil && s.jan == "" {
		return s.symbologies
	}
	for _, symbology := range []Symbology{NW7, JAN13, JAN8, Code39, Code128} {
		jan := symbology == JAN13 || symbology == JAN8
		if !slices.ContainsFunc(s.codes, func(code string) bool { return !symbology.holds(code) || jan && !janRight(code) }) {
			all = append(all, symbology)
		}
	}
	return all
}
