package virtualcard

// Stored is a card whose every change is on the disk before its answer is heard. It fills the same
// seam as the card. One program at a time may have a folder.
type Stored struct {
	*Card
	dir   string
	saved uint64
}

// Keep stores a card in a folder and goes on doing so.
func Keep(card *Card, dir string) (*Stored, error) {
	s := &Stored{Card: card, dir: dir}
	return s, s.save()
}

// Transmit passes a command on. An answer whose change could not be stored is not given: its error
// is that of storing.
func (s *Stored) Transmit(command []byte) ([]byte, error) {
	answer, err := s.Card.Transmit(command)
	if failed := s.save(); failed != nil {
		return nil, failed
	}
	return answer, err
}

func (s *Stored) save() error {
	revision := s.Revision()
	if revision == s.saved && revision != 0 {
		return nil
	}
	if err := s.Save(s.dir); err != nil {
		return err
	}
	s.saved = revision
	return nil
}
