package handover

import (
	"errors"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

func TestAnInputIsAsLongAsWindowsExpects(t *testing.T) {
	if got := unsafe.Sizeof(keyInput{}); got != keyInputSize {
		t.Errorf("INPUT is %d bytes, want %d", got, keyInputSize)
	}
	for name, offset := range map[string][2]uintptr{
		"wVk": {unsafe.Offsetof(keyInput{}.VK), 8}, "wScan": {unsafe.Offsetof(keyInput{}.Scan), 10},
		"dwFlags": {unsafe.Offsetof(keyInput{}.Flags), 12}, "time": {unsafe.Offsetof(keyInput{}.Time), 16},
		"dwExtraInfo": {unsafe.Offsetof(keyInput{}.Extra), 24},
	} {
		if offset[0] != offset[1] {
			t.Errorf("%s stands at %d, want %d", name, offset[0], offset[1])
		}
	}
}

// event is a keyInput without its padding.
type event struct {
	VK, Scan uint16
	Flags    uint32
}

func events(in []keyInput) []event {
	var out []event
	for _, i := range in {
		out = append(out, event{i.VK, i.Scan, i.Flags})
	}
	return out
}

func allInputs(strokes []winStroke) []keyInput {
	var in []keyInput
	for _, s := range strokes {
		in = append(in, s.inputs()...)
	}
	return in
}

func TestUnicodeTypesCharactersWithoutKeys(t *testing.T) {
	got := events(allInputs(unicodeStrokes("A1図𠮷\n\t")))
	want := []event{
		{0, 'A', flagUnicode},
		{0, 'A', flagUnicode | flagUp},
		{0, '1', flagUnicode},
		{0, '1', flagUnicode | flagUp},
		{0, 0x56F3, flagUnicode},
		{0, 0x56F3, flagUnicode | flagUp},
		{0, 0xD842, flagUnicode},
		{0, 0xD842, flagUnicode | flagUp}, // a surrogate pair is two characters
		{0, 0xDFB7, flagUnicode},
		{0, 0xDFB7, flagUnicode | flagUp},
		{vkReturn, 0x1C, flagScan},
		{vkReturn, 0x1C, flagScan | flagUp},
		{vkTab, 0x0F, flagScan},
		{vkTab, 0x0F, flagScan | flagUp},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// tableLayout is a piece of a keyboard layout.
type tableLayout map[rune]winStroke

func (l tableLayout) key(r rune) (winStroke, bool) {
	s, ok := l[r]
	return s, ok
}

func TestScanCodesAreKeysWithWhatIsHeld(t *testing.T) {
	layout := tableLayout{
		'1': {vk: '1', scan: 0x02},
		'A': {vk: 'A', scan: 0x1E, hold: holdShift},
		'@': {vk: 'Q', scan: 0x10, hold: holdControl | holdAlt}, // AltGr, as on German keyboards
		'/': {vk: 0x6F, scan: 0xE035},                           // the keypad's
	}
	strokes, err := scanStrokes("1A@/\n", layout)
	if err != nil {
		t.Fatal(err)
	}
	const up = flagScan | flagUp
	want := []event{
		{'1', 0x02, flagScan},
		{'1', 0x02, up},
		{vkShift, 0x2A, flagScan},
		{'A', 0x1E, flagScan},
		{'A', 0x1E, up},
		{vkShift, 0x2A, up},
		{vkControl, 0x1D, flagScan},
		{vkMenu, 0x38, flagScan},
		{'Q', 0x10, flagScan},
		{'Q', 0x10, up},
		{vkMenu, 0x38, up},
		{vkControl, 0x1D, up},
		{0x6F, 0x35, flagScan | flagExtended},
		{0x6F, 0x35, up | flagExtended},
		{vkReturn, 0x1C, flagScan},
		{vkReturn, 0x1C, up},
	}
	if diff := cmp.Diff(want, events(allInputs(strokes))); diff != "" {
		t.Error(diff)
	}
	if strokes, err := scanStrokes("1x", layout); !errors.Is(err, ErrKeyboard) || strokes != nil {
		t.Errorf("a character without a key: %v, %v; want ErrKeyboard and nothing", strokes, err)
	}
}

func TestHeldKeysThatCount(t *testing.T) {
	for _, test := range []struct {
		name           string
		vk             uint16
		held, modifier bool
	}{
		{"left mouse button", 0x01, false, false},
		{"Shift", 0x10, true, true},
		{"right Alt", 0xA5, true, true},
		{"Windows", 0x5B, true, true},
		{"CapsLock", 0x14, false, false},
		{"kana", 0x15, false, false},
		{"kanji", 0x19, false, false},
		{"Escape", 0x1B, true, false},
		{"convert", 0x1C, false, false},
		{"space", 0x20, true, false},
		{"5", '5', true, false},
		{"NumLock", 0x90, false, false},
		{"half-width mode of a Japanese keyboard", 0xF3, false, false},
	} {
		if got := countsAsHeld(test.vk); got != test.held {
			t.Errorf("%s counts as held: %v, want %v", test.name, got, test.held)
		}
		if got := isWinModifier(test.vk); got != test.modifier {
			t.Errorf("%s is a modifier: %v, want %v", test.name, got, test.modifier)
		}
	}
	if diff := cmp.Diff([]event{{0xA0, 0, flagUp}}, events(releaseInputs([]uint16{0xA0}))); diff != "" {
		t.Error(diff)
	}
}

func TestWhatSendInputSaysIsAnOutcome(t *testing.T) {
	for _, test := range []struct {
		name        string
		sent, asked int
		outcome     Outcome
		fails       bool
	}{
		{"all", 4, 4, Delivered, false},
		{"none", 0, 4, NotDelivered, true},
		{"a part", 3, 4, Unknown, true},
	} {
		outcome, err := typed(sendResult(test.sent, test.asked))
		if outcome != test.outcome || (err != nil) != test.fails {
			t.Errorf("%s: %v, %v; want %v", test.name, outcome, err, test.outcome)
		}
	}
}

func TestAProgramOfHigherRightsIsAbove(t *testing.T) {
	for _, test := range []struct {
		name   string
		target integrity
		ours   uint32
		above  bool
	}{
		{"the same", integrity{level: integrityMedium}, integrityMedium, false},
		{"lower", integrity{level: integrityLow}, integrityMedium, false},
		{"run as administrator", integrity{level: integrityHigh}, integrityMedium, true},
		{"both as administrator", integrity{level: integrityHigh}, integrityHigh, false},
		{"medium plus", integrity{level: integrityMedium + 0x100}, integrityMedium, true},
		{"the system's", integrity{level: integritySystem}, integrityHigh, true},
		{"not to be looked at", integrity{denied: true}, integrityHigh, true},
	} {
		if got := test.target.above(test.ours); got != test.above {
			t.Errorf("%s: above %v, want %v", test.name, got, test.above)
		}
	}
}
