package cardio_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
	"github.com/madoguchi/madoguchi/virtualcard/scp03"
	"github.com/madoguchi/madoguchi/virtualcard/simpki"
)

// link is the virtual card in process. It counts APDUs.
type link struct {
	card  transmitter
	atr   []byte
	mu    sync.Mutex
	sent  [][]byte
	state error // of every call but Close
}

type transmitter interface {
	Transmit(command []byte) ([]byte, error)
}

func (l *link) Transmit(command []byte) ([]byte, error) {
	l.mu.Lock()
	l.sent = append(l.sent, bytes.Clone(command))
	l.mu.Unlock()
	answer, err := l.card.Transmit(command)
	switch {
	case errors.Is(err, virtualcard.ErrMute):
		return nil, cardio.ErrSilent
	case err != nil:
		return nil, cardio.ErrRemoved
	}
	return answer, nil
}

func (l *link) Begin() error     { return l.state }
func (l *link) End() error       { return l.state }
func (l *link) Alive() error     { return l.state }
func (l *link) Reconnect() error { l.state = nil; return nil }
func (l *link) ATR() []byte      { return l.atr }
func (l *link) Close() error     { return nil }

// slot always holds that link.
type slot struct{ link cardio.Link }

func (s slot) Wait(ctx context.Context, _ cardio.Presence) (cardio.Presence, error) {
	<-ctx.Done()
	return cardio.Presence{}, ctx.Err()
}

func (s slot) Connect(context.Context) (cardio.Link, error) { return s.link, nil }

var identity = sync.OnceValues(func() (virtualcard.Identity, error) {
	pki, err := simpki.New(simpki.Options{})
	if err != nil {
		return virtualcard.Identity{}, err
	}
	return pki.Issue(simpki.Request{})
})

func makeCard(t testing.TB, o virtualcard.Options) *virtualcard.Card {
	t.Helper()
	id, err := identity()
	if err != nil {
		t.Fatal(err)
	}
	o.Identity = id
	card, err := virtualcard.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return card
}

func openLink(t testing.TB, l cardio.Link) *cardio.Card {
	t.Helper()
	reader := cardio.NewReader(slot{l}, cardio.SystemClock{}, slog.New(slog.DiscardHandler))
	card, err := reader.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := card.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return card
}

func openCard(t testing.TB, o virtualcard.Options) (*virtualcard.Card, *cardio.Card, *link) {
	t.Helper()
	v := makeCard(t, o)
	l := &link{card: v, atr: v.ATR()}
	t.Cleanup(func() {
		if tripped := v.Tripped(); len(tripped) > 0 {
			t.Errorf("touched %v", tripped)
		}
	})
	return v, openLink(t, l), l
}

func pin(t testing.TB, digits string) *mykey.PIN {
	t.Helper()
	p := &mykey.PIN{}
	for _, d := range []byte(digits) {
		if !p.Digit(d - '0') {
			t.Fatalf("digit %c", d)
		}
	}
	return p
}

func TestEachCardIsRecognised(t *testing.T) {
	for _, c := range []struct {
		profile virtualcard.Profile
		want    cardio.Kind
	}{
		{virtualcard.MyNumber, cardio.KindMyNumber},
		{virtualcard.Full, cardio.KindMyNumber},
		{virtualcard.FaceOnly, cardio.KindMyNumber},
		{virtualcard.ShortISD, cardio.KindMyNumber},
		{virtualcard.NoNumber, cardio.KindMyNumber},
		{virtualcard.NoCertificate, cardio.KindMyNumber},
		{virtualcard.Phone, cardio.KindPhone},
		{virtualcard.Juki, cardio.KindJuki},
		{virtualcard.FeliCa, cardio.KindFeliCa},
		{virtualcard.Licence, cardio.KindLicence},
		{virtualcard.Unknown, cardio.KindOther},
	} {
		t.Run(string("profile "+c.profile), func(t *testing.T) {
			_, card, _ := openCard(t, virtualcard.Options{Profile: c.profile})
			if got, err := card.Kind(t.Context()); got != c.want || err != nil {
				t.Errorf("Kind = %v, %v; want %v", got, err, c.want)
			}
		})
	}
	t.Run("with a MyKey AP", func(t *testing.T) {
		_, card, _ := openCard(t, virtualcard.Options{Area: make([]byte, mykey.AreaSize)})
		if got, err := card.Kind(t.Context()); got != cardio.KindMyNumber || err != nil {
			t.Errorf("Kind = %v, %v", got, err)
		}
	})
	t.Run("mute", func(t *testing.T) {
		_, card, _ := openCard(t, virtualcard.Options{Profile: virtualcard.Mute})
		if _, err := card.Kind(t.Context()); !errors.Is(err, cardio.ErrSilent) {
			t.Errorf("Kind: %v, want ErrSilent", err)
		}
	})
}

func TestALookUpIsTwoAPDUs(t *testing.T) {
	area := bytes.Repeat([]byte{0xFF}, mykey.AreaSize)
	_, card, l := openCard(t, virtualcard.Options{Area: area})
	got, err := card.Area(t.Context())
	if err != nil || !got.Reserved || !bytes.Equal(got.Bytes, area) {
		t.Fatalf("Area = %v, %v", got, err)
	}
	var sent []string
	for _, c := range l.sent {
		sent = append(sent, hex.EncodeToString(c))
	}
	if want := []string{"00a4040c07f04d594b455906", "00b0810000"}; !slices.Equal(sent, want) {
		t.Errorf("sent %v, want %v", sent, want)
	}
}

func TestFactsOfACard(t *testing.T) {
	number := []byte("0123456789")
	long, short := "a000000151000000", "a0000001510000"
	for _, c := range []struct {
		name     string
		options  virtualcard.Options
		isd      string
		err      error
		reserved bool
	}{
		{"fresh", virtualcard.Options{ImageNumber: number}, long, nil, false},
		{"short ISD", virtualcard.Options{ImageNumber: number, Profile: virtualcard.ShortISD}, short, nil, false},
		{"reserved", virtualcard.Options{ImageNumber: number, Area: make([]byte, mykey.AreaSize)}, long, nil, true},
		{"no number", virtualcard.Options{Profile: virtualcard.NoNumber}, long, cardio.ErrNoNumber, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, card, _ := openCard(t, c.options)
			f, err := card.Facts(t.Context())
			if !errors.Is(err, c.err) || hex.EncodeToString(f.ISD) != c.isd || f.Reserved != c.reserved {
				t.Fatalf("Facts = %v, %v; ISD %X", f, err, f.ISD)
			}
			if c.err == nil && !bytes.Equal(f.ImageNumber, number) {
				t.Errorf("image number %X", f.ImageNumber)
			}
			if f.Free <= 0 || len(f.FreeSpace) == 0 {
				t.Errorf("free %d of %X", f.Free, f.FreeSpace)
			}
		})
	}
}

func TestCertificateAndSignature(t *testing.T) {
	_, card, _ := openCard(t, virtualcard.Options{})
	der, err := card.Certificate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	digests := [][32]byte{sha256.Sum256([]byte("one")), sha256.Sum256([]byte("two"))}
	p := pin(t, "1234")
	signatures, err := card.Authenticate(t.Context(), p, digests)
	if err != nil || len(signatures) != 2 {
		t.Fatalf("Authenticate = %d signatures, %v", len(signatures), err)
	}
	for i, s := range signatures {
		if err := rsa.VerifyPKCS1v15(certificate.PublicKey.(*rsa.PublicKey), crypto.SHA256, digests[i][:], s); err != nil {
			t.Errorf("signature %d: %v", i, err)
		}
	}
	if p.Len() != 0 {
		t.Error("the PIN was not wiped")
	}
}

func TestWrongPINsRunOut(t *testing.T) {
	_, card, _ := openCard(t, virtualcard.Options{})
	for left := 3; left > 0; left-- {
		if got, err := card.Tries(t.Context()); got != left || err != nil {
			t.Fatalf("Tries = %d, %v; want %d", got, err, left)
		}
		p := pin(t, "9999")
		_, err := card.Authenticate(t.Context(), p, [][32]byte{{}})
		var refused *cardio.PINError
		if left > 1 && (!errors.As(err, &refused) || refused.Left != left-1) || left == 1 && !errors.Is(err, cardio.ErrPINBlocked) {
			t.Errorf("with %d left: %v", left, err)
		}
		if p.Len() != 0 {
			t.Error("the PIN was not wiped")
		}
	}
	if got, err := card.Tries(t.Context()); got != 0 || err != nil {
		t.Errorf("Tries = %d, %v; want 0", got, err)
	}
}

func TestABlockedPINIsNeverTried(t *testing.T) {
	_, card, l := openCard(t, virtualcard.Options{Profile: virtualcard.FaceOnly})
	if _, err := card.Authenticate(t.Context(), pin(t, "1234"), [][32]byte{{}}); !errors.Is(err, cardio.ErrPINBlocked) {
		t.Fatalf("Authenticate: %v, want ErrPINBlocked", err)
	}
	for _, c := range l.sent {
		if c[1] == 0x20 && len(c) > 4 {
			t.Error("a VERIFY was sent")
		}
	}
}

func TestACardWithoutCertificateSaysSo(t *testing.T) {
	_, card, _ := openCard(t, virtualcard.Options{Profile: virtualcard.NoCertificate})
	if _, err := card.Certificate(t.Context()); !errors.Is(err, cardio.ErrNoCertificate) {
		t.Errorf("Certificate: %v, want ErrNoCertificate", err)
	}
}

func TestFingerprintTellsCardsApart(t *testing.T) {
	print := func(number string) [32]byte {
		_, card, _ := openCard(t, virtualcard.Options{ImageNumber: []byte(number)})
		sum, err := card.Fingerprint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if a, again, b := print("0123456789"), print("0123456789"), print("0123456780"); a != again || a == b {
		t.Error("the same card differs, or two are the same")
	}
}

func TestACardPulledAtEachAPDUIsRemoved(t *testing.T) {
	for _, kind := range []fault.Kind{fault.LoseCommand, fault.LoseAnswer} {
		for n := 1; ; n++ {
			v := makeCard(t, virtualcard.Options{})
			f := fault.Wrap(v, fault.Fault{APDU: n, Kind: kind})
			p := pin(t, "1234")
			_, err := openLink(t, &link{card: f, atr: v.ATR()}).Authenticate(t.Context(), p, [][32]byte{{}})
			if p.Len() != 0 {
				t.Fatal("the PIN was not wiped")
			}
			if f.Fired() == 0 {
				if err != nil || n < 6 {
					t.Errorf("without a fault, after %d APDUs: %v", n, err)
				}
				break
			}
			if !errors.Is(err, cardio.ErrRemoved) {
				t.Fatalf("kind %d at APDU %d: %v, want ErrRemoved", kind, n, err)
			}
		}
	}
}

func TestAnotherProgramsResetIsReadThrough(t *testing.T) {
	v := makeCard(t, virtualcard.Options{})
	l := &link{card: v, atr: v.ATR(), state: cardio.ErrReset}
	if kind, err := openLink(t, l).Kind(t.Context()); kind != cardio.KindMyNumber || err != nil {
		t.Errorf("Kind = %v, %v", kind, err)
	}
}

// issuer plays the platform: it wraps with the card's own test library.
type issuer struct {
	t    testing.TB
	host *scp03.Host
}

var challenge = []byte{1, 2, 3, 4, 5, 6, 7, 8}

func (i *issuer) begin(level scp03.Level, answer []byte) {
	i.t.Helper()
	host, err := scp03.NewHost(virtualcard.TestKeys(), level, challenge, answer[:len(answer)-2])
	if err != nil {
		i.t.Fatal(err)
	}
	i.host = host
}

func (i *issuer) wrap(plain string) cardio.Command {
	return cardio.Command{APDU: i.host.Wrap(unhex(i.t, plain))}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (i *issuer) script(commands ...cardio.Command) cardio.Script {
	return cardio.Script{Nonce: make([]byte, cardio.NonceSize), Commands: commands}
}

const ours = "07F04D594B455906"

// write drives a whole write through a session and gives the stages told.
func write(t testing.TB, s *cardio.Session, record []byte) ([]cardio.Stage, error) {
	t.Helper()
	var stages []cardio.Stage
	tell := func(stage cardio.Stage) { stages = append(stages, stage) }
	plain := func(h string) cardio.Command { return cardio.Command{APDU: unhex(t, h)} }
	initialise := plain("8050300008" + hex.EncodeToString(challenge) + "00")
	i := &issuer{t: t}
	answers, err := s.Run(t.Context(), i.script(plain("00A4040008A00000015100000000"), initialise), tell)
	if err != nil {
		return stages, err
	}
	i.begin(0x11, answers[1])
	answers, err = s.Run(t.Context(), i.script(
		cardio.Command{APDU: i.host.Authenticate()},
		i.wrap("80CA004500"),
		i.wrap("80E60C0028"+"07F04D594B45590407F04D594B455905"+ours+"01000CC900EF08C8020200D80202000000"),
		plain("00A4040C"+ours), initialise), tell)
	if err != nil {
		return stages, err
	}
	i.begin(0x33, answers[4])
	body := append(bytes.Clone(record[:127]), 0xFF)
	_, err = s.Run(t.Context(), i.script(
		cardio.Command{APDU: i.host.Authenticate()},
		i.wrap("00D6000080"+hex.EncodeToString(body)+"00"),
		i.wrap("00B0810000"),
		i.wrap("00D6007F01A500"),
		i.wrap("00B0810000")), tell)
	return stages, err
}

func TestAWholeWriteThroughTheGuard(t *testing.T) {
	_, card, _ := openCard(t, virtualcard.Options{})
	s, err := card.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := card.Area(t.Context()); err == nil {
		t.Error("a plain command was sent inside a session")
	}
	record := bytes.Repeat([]byte{0x42}, mykey.SlotSize)
	record[mykey.CommitOffset] = mykey.CommitDone
	stages, err := write(t, s, record)
	if err != nil {
		t.Fatal(err)
	}
	want := []cardio.Stage{
		cardio.StageOpen, cardio.StageOpen, cardio.StageReserve, cardio.StageOpen,
		cardio.StageOpen, cardio.StageWrite, cardio.StageVerify, cardio.StageCommit, cardio.StageVerify,
	}
	if !slices.Equal(stages, want) {
		t.Errorf("stages %v, want %v", stages, want)
	}
	if err := s.End(); err != nil {
		t.Errorf("End: %v", err)
	}
	got, err := card.Area(t.Context())
	if err != nil || !bytes.Equal(got.Bytes[:mykey.SlotSize], record) {
		t.Errorf("area %v, %v", got, err)
	}
}

func TestAFullCardSaysSo(t *testing.T) {
	_, card, _ := openCard(t, virtualcard.Options{Profile: virtualcard.Full})
	s, err := card.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.End() //nolint:errcheck // the outcome is what is tested
	if _, err := write(t, s, make([]byte, mykey.SlotSize)); !errors.Is(err, cardio.ErrFull) || !errors.Is(err, cardio.ErrUnexpected) {
		t.Errorf("write: %v, want ErrFull", err)
	}
}

func TestACardThatRefusesTheIssuerIsBarred(t *testing.T) {
	_, card, l := openCard(t, virtualcard.Options{})
	s, err := card.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.End() //nolint:errcheck // the outcome is what is tested
	nothing := func(cardio.Stage) {}
	i := &issuer{t: t}
	plain := func(h string) cardio.Command { return cardio.Command{APDU: unhex(t, h)} }
	wayIn := i.script(plain("00A4040008A00000015100000000"), plain("8050300008"+hex.EncodeToString(challenge)+"00"))
	if _, err := s.Run(t.Context(), wayIn, nothing); err != nil {
		t.Fatal(err)
	}
	wrong := "8482110010" + hex.EncodeToString(make([]byte, 16))
	answers, err := s.Run(t.Context(), i.script(plain(wrong)), nothing)
	if !errors.Is(err, cardio.ErrAuthRefused) || len(answers) != 1 || !card.Barred() {
		t.Fatalf("Run = %X, %v; barred %t", answers, err, card.Barred())
	}
	before := len(l.sent)
	if _, err := s.Run(t.Context(), wayIn, nothing); !errors.Is(err, cardio.ErrAuthRefused) {
		t.Errorf("next way in: %v, want ErrAuthRefused", err)
	}
	if len(l.sent) != before {
		t.Error("something was sent")
	}
}

func TestTheFirstDifferenceStopsBeforeTheNextCommand(t *testing.T) {
	_, card, l := openCard(t, virtualcard.Options{Area: make([]byte, mykey.AreaSize)})
	s, err := card.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.End() //nolint:errcheck // the outcome is what is tested
	nothing := func(cardio.Stage) {}
	i := &issuer{t: t}
	plain := func(h string) cardio.Command { return cardio.Command{APDU: unhex(t, h)} }
	first := i.script()
	ok := sha256.Sum256(append(bytes.Clone(first.Nonce), 0x90, 0x00))
	selects := plain("00A4040C" + ours)
	selects.Expect = ok[:]
	answers, err := s.Run(t.Context(), i.script(selects, plain("8050300008"+hex.EncodeToString(challenge)+"00")), nothing)
	if err != nil {
		t.Fatal(err)
	}
	i.begin(0x33, answers[1])
	auth := cardio.Command{APDU: i.host.Authenticate(), Expect: ok[:]}
	read := i.wrap("00B0810000")
	read.Expect = make([]byte, 32)
	before := len(l.sent)
	answers, err = s.Run(t.Context(), i.script(auth, read, i.wrap("00D6007F01A500")), nothing)
	if !errors.Is(err, cardio.ErrDiffers) || len(answers) != 2 || len(l.sent)-before != 2 {
		t.Errorf("Run = %d answers, %v, %d sent; want ErrDiffers after 2", len(answers), err, len(l.sent)-before)
	}
}

func TestARefusedScriptSendsNothing(t *testing.T) {
	_, card, l := openCard(t, virtualcard.Options{})
	s, err := card.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.End() //nolint:errcheck // the outcome is what is tested
	before := len(l.sent)
	i := &issuer{t: t}
	script := i.script(cardio.Command{APDU: unhex(t, "00A4040C"+ours)}, cardio.Command{APDU: unhex(t, "00A4040C0AD392F000260100000001")})
	if _, err := s.Run(t.Context(), script, func(cardio.Stage) {}); !errors.Is(err, cardio.ErrScript) || len(l.sent) != before {
		t.Errorf("Run: %v, %d sent; want ErrScript and none", err, len(l.sent)-before)
	}
}
