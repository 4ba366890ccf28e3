package virtualcard_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"maps"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard"
	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

func TestWhatTheCardAnswersInTheClear(t *testing.T) {
	t.Parallel()
	const token = "00A4020C020006"
	for _, tc := range []struct {
		name     string
		options  virtualcard.Options
		commands []string // all but the last are answered 9000
		sw       string
	}{
		{"an AP that is not there", virtualcard.Options{}, []string{"00A4040C07F04D594B455907"}, "6a82"},
		{"MyKey AP before it is reserved", virtualcard.Options{}, []string{selectMyKey}, "6a82"},
		{"reading before selecting", virtualcard.Options{}, []string{"00B0810000"}, "6d00"},
		{"reading JPKI before selecting a file", virtualcard.Options{}, []string{selectJPKI, "00B0000000"}, "6986"},
		{"a file that is not there", virtualcard.Options{}, []string{selectJPKI, "00A4020C021234"}, "6a82"},
		{"the token label", virtualcard.Options{}, []string{selectJPKI, token, "00B0000020"}, "9000"},
		{"past the end of a file", virtualcard.Options{}, []string{selectJPKI, token, "00B000A000"}, "6b00"},
		{"a key cannot be read", virtualcard.Options{}, []string{selectJPKI, "00A4020C020017", "00B0000000"}, "6981"},
		{"the signature certificate needs its password", virtualcard.Options{}, []string{selectJPKI, "00A4020C020001", "00B0000004"}, "6982"},
		{"the password opens it", virtualcard.Options{}, []string{selectJPKI, "0020009B0853494D3050415353", "00A4020C020001", "00B0000004"}, "9000"},
		{"another instruction", virtualcard.Options{}, []string{selectJPKI, "00E4000000"}, "6d00"},
		{"another class", virtualcard.Options{}, []string{"B0A4000000"}, "6e00"},
		{"a logical channel", virtualcard.Options{}, []string{"01A4040000"}, "6881"},
		{"lengths that do not agree", virtualcard.Options{}, []string{"00A4040C0AD392"}, "6700"},
		{"GET DATA of the card image number", virtualcard.Options{}, []string{"80CA004500"}, "9000"},
		{"GET DATA of something else", virtualcard.Options{}, []string{"80CA00CF00"}, "6a88"},
		{"a card without an image number", virtualcard.Options{Profile: virtualcard.NoNumber}, []string{"80CA004500"}, "6a88"},
		{"the short name on a card with the long one", virtualcard.Options{}, []string{"00A4040007A0000001510000"}, "9000"},
		{"the long name on a card with the short one", virtualcard.Options{Profile: virtualcard.ShortISD}, []string{selectISD}, "6a82"},
		{"the short name there", virtualcard.Options{Profile: virtualcard.ShortISD}, []string{"00A4040007A0000001510000"}, "9000"},
		{"INSTALL without a channel", virtualcard.Options{}, []string{selectISD, installAP}, "6982"},
		{"DELETE without a channel", virtualcard.Options{}, []string{selectISD, deleteAP}, "6982"},
		{"GET STATUS without a channel", virtualcard.Options{}, []string{selectISD, "80F24002024F0000"}, "6982"},
		{"PUT KEY is not offered", virtualcard.Options{}, []string{selectISD, "80D8000100"}, "6d00"},
		{"INITIALIZE UPDATE with 16 bytes", virtualcard.Options{}, []string{selectISD, "805000001000112233445566770011223344556677" + "00"}, "6700"},
		{"INITIALIZE UPDATE with another key version", virtualcard.Options{}, []string{selectISD, "8050310008001122334455667700"}, "6a88"},
		{"a protected command without a channel", virtualcard.Options{}, []string{selectISD, "84F24002081122334455667788"}, "6982"},
		{"EXTERNAL AUTHENTICATE out of turn", virtualcard.Options{}, []string{selectISD, "848211001011223344556677881122334455667788"}, "6985"},
		{"INITIALIZE UPDATE at JPKI", virtualcard.Options{}, []string{selectJPKI, "8050000008001122334455667700"}, "6d00"},
		{"no certificate", virtualcard.Options{Profile: virtualcard.NoCertificate}, []string{selectJPKI, "00A4020C02000A"}, "6a82"},
		{"顔認証 card tells no tries", virtualcard.Options{Profile: virtualcard.FaceOnly}, []string{selectJPKI, "00200098"}, "63c0"},
		{"顔認証 card refuses the PIN", virtualcard.Options{Profile: virtualcard.FaceOnly}, []string{selectJPKI, "002000980431323334"}, "6984"},
		{"phone has no ISD", virtualcard.Options{Profile: virtualcard.Phone}, []string{selectISD}, "6a82"},
		{"phone has JPKI", virtualcard.Options{Profile: virtualcard.Phone}, []string{selectJPKI, token, "00B0000020"}, "9000"},
		{"FeliCa knows no SELECT", virtualcard.Options{Profile: virtualcard.FeliCa}, []string{selectMyKey}, "6a81"},
		{"licence has no JPKI", virtualcard.Options{Profile: virtualcard.Licence}, []string{selectJPKI}, "6a82"},
		{"licence has 2F01", virtualcard.Options{Profile: virtualcard.Licence}, []string{"00A4020C022F01", "00B0000011"}, "9000"},
		{"another card", virtualcard.Options{Profile: virtualcard.Unknown}, []string{selectJPKI}, "6a82"},
		{"no area on a plain UPDATE", virtualcard.Options{Area: make([]byte, 256)}, []string{selectMyKey, "00D6000001A5"}, "6982"},
		{"all of the area in the clear", virtualcard.Options{Area: make([]byte, 256)}, []string{selectMyKey, "00B0810000"}, "9000"},
		{"past the area", virtualcard.Options{Area: make([]byte, 256)}, []string{selectMyKey, "00B0010000"}, "6b00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			card := newCard(t, tc.options)
			last := len(tc.commands) - 1
			for _, c := range tc.commands[:last] {
				expect(t, card, c, "9000")
			}
			expect(t, card, tc.commands[last], tc.sw)
		})
	}
}

func TestLabelsTellTheCardsApart(t *testing.T) {
	t.Parallel()
	for profile, want := range map[virtualcard.Profile]string{
		virtualcard.MyNumber: "JPKIAPICCTOKEN2                 ",
		virtualcard.Juki:     "JPKIAPICCTOKEN                  ",
		virtualcard.Phone:    "JPKIAPGPSETOKEN                 ",
	} {
		card := newCard(t, virtualcard.Options{Profile: profile})
		expect(t, card, selectJPKI, "9000")
		expect(t, card, "00A4020C020006", "9000")
		if got := expect(t, card, "00B0000000", "9000"); len(got) != 160 || string(got[:32]) != want {
			t.Errorf("%q: %q", profile, got)
		}
	}
}

func TestMuteCardNeverAnswers(t *testing.T) {
	t.Parallel()
	card := newCard(t, virtualcard.Options{Profile: virtualcard.Mute})
	if answer, err := card.Transmit(unhex(t, selectMyKey)); !errors.Is(err, virtualcard.ErrMute) {
		t.Errorf("%X, %v; want ErrMute", answer, err)
	}
}

func TestTriesRunOutAndOnlySuccessGivesThemBack(t *testing.T) {
	t.Parallel()
	card := newCard(t, virtualcard.Options{})
	const wrong, right, ask = "002000980439393939", "002000980431323334", "00200098"
	expect(t, card, selectJPKI, "9000")
	expect(t, card, wrong, "63c2")
	card.PowerOff()
	card.PowerOn()
	expect(t, card, selectJPKI, "9000")
	expect(t, card, wrong, "63c1")
	expect(t, card, right, "9000")
	expect(t, card, ask, "63c3")
	expect(t, card, wrong, "63c2")
	expect(t, card, wrong, "63c1")
	expect(t, card, wrong, "63c0")
	expect(t, card, right, "6984")
	expect(t, card, ask, "63c0")
	expect(t, card, "0020009B", "63c5")
}

func TestFullCardRefusesAndNothingChanges(t *testing.T) {
	t.Parallel()
	card := newCard(t, virtualcard.Options{Profile: virtualcard.Full})
	host := open(t, card, scp03.CMACRMAC)
	before := card.Snapshot()
	if _, sw := secure(t, card, host, installAP); sw != "6a84" {
		t.Errorf("INSTALL on a full card: %s, want 6a84", sw)
	}
	if after := card.Snapshot(); !equal(before, after) {
		t.Error("the card has changed")
	}
}

func TestInstallIsReadInAnyOrder(t *testing.T) {
	t.Parallel()
	const aids = "07F04D594B45590407F04D594B45590507F04D594B455906"
	for _, tc := range []struct {
		name, data, sw string
		booked         int
	}{
		{"ours", aids + "0100" + "0CC900EF08C8020200D8020200" + "00", "9000", 512},
		{"gp: EF first, three privileges", aids + "03000000" + "0CEF08C8020200D8020200C900" + "00", "9000", 512},
		{"gpshell3: C7 and C8", aids + "0100" + "0CC900EF08C7020200C8020200" + "00", "9000", 512},
		{"four-byte quota", aids + "0100" + "0EC900EF0AD80400000300C8020200" + "00", "9000", 768},
		{"no quota: the file itself", aids + "0100" + "02C900" + "00", "9000", 256},
		{"a ceiling below the file", aids + "0100" + "08C900EF04C8020010" + "00", "6a80", 0},
		{"token field missing", aids + "0100" + "02C900", "6a80", 0},
		{"no such module", "07F04D594B45590407F04D594B45590807F04D594B455906" + "0100" + "02C900" + "00", "6a88", 0},
		{"no such load file", "07F04D594B45590307F04D594B45590507F04D594B455906" + "0100" + "02C900" + "00", "6a88", 0},
		{"half a length", aids + "01", "6a80", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			card := newCard(t, virtualcard.Options{})
			before := freeOf(t, nil, card)
			host := open(t, card, scp03.CMACRMAC)
			command := "80E60C00" + hex.EncodeToString([]byte{byte(len(tc.data) / 2)}) + tc.data + "00"
			if _, sw := secure(t, card, host, command); sw != tc.sw {
				t.Errorf("status %s, want %s", sw, tc.sw)
			}
			expect(t, card, selectISD, "9000")
			if booked := before - freeOf(t, nil, card); booked != tc.booked {
				t.Errorf("booked %d bytes, want %d", booked, tc.booked)
			}
		})
	}
}

func TestInstalledApplicationIsMadeSelectableLater(t *testing.T) {
	t.Parallel()
	card := newCard(t, virtualcard.Options{})
	host := open(t, card, scp03.CMACRMAC)
	step := func(command, sw string) []byte {
		t.Helper()
		data, got := secure(t, card, host, command)
		if got != sw {
			t.Fatalf("%s: %s, want %s", command, got, sw)
		}
		return data
	}
	const status = "80F24002094F07F04D594B45590600"
	step(status, "6a88")
	step("80E604"+installAP[6:], "9000")
	if got := step(status, "9000"); !bytes.Contains(got, unhex(t, "9F700103")) {
		t.Errorf("GET STATUS after [for install]: %X", got)
	}
	step(installAP, "6985")
	step("80E608000F"+"0000"+"07F04D594B455906"+"0100"+"00"+"00"+"00"+"00", "6a80") // a field too many
	step("80E608000E"+"0000"+"07F04D594B455906"+"0100"+"00"+"00"+"00", "9000")
	if got := step(status, "9000"); !bytes.Contains(got, unhex(t, "9F700107")) {
		t.Errorf("GET STATUS after [for make selectable]: %X", got)
	}
	expect(t, card, selectMyKey, "9000")
}

func TestChannelEndsWithWhateverIsNotInIt(t *testing.T) {
	t.Parallel()
	const status = "80F24002024F0000"
	for _, tc := range []struct {
		name   string
		breaks func(t *testing.T, card *virtualcard.Card)
	}{
		{"a plain command", func(t *testing.T, c *virtualcard.Card) { expect(t, c, "80CA004500", "6982") }},
		{"a wrong MAC", func(t *testing.T, c *virtualcard.Card) {
			expect(t, c, "84F240020A4F00"+"0000000000000000"+"00", "6988")
		}},
		{"SELECT of another AP", func(t *testing.T, c *virtualcard.Card) {
			expect(t, c, selectJPKI, "9000")
			expect(t, c, selectISD, "9000")
		}},
		{"SELECT of the same", func(t *testing.T, c *virtualcard.Card) { expect(t, c, selectISD, "9000") }},
		{"SELECT of what is not there", func(t *testing.T, c *virtualcard.Card) { expect(t, c, selectMyKey, "6a82") }},
		{"reset", func(_ *testing.T, c *virtualcard.Card) { c.Reset() }},
		{"a new session", func(t *testing.T, c *virtualcard.Card) { expect(t, c, "8050000008112233445566778800", "9000") }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			card := newCard(t, virtualcard.Options{})
			host := open(t, card, scp03.CMACEncRMACREnc)
			if _, sw := secure(t, card, host, status); sw != "9000" {
				t.Fatalf("before: %s", sw)
			}
			tc.breaks(t, card)
			answer, err := card.Transmit(host.Wrap(unhex(t, status)))
			if err != nil || !bytes.Equal(answer, []byte{0x69, 0x82}) {
				t.Errorf("after: %X, %v; want 6982", answer, err)
			}
		})
	}
}

func TestUpdateNeedsLevel33(t *testing.T) {
	t.Parallel()
	for _, level := range []scp03.Level{scp03.CMAC, scp03.CMACEnc, scp03.CMACRMAC, scp03.CMACEncRMAC} {
		card := newCard(t, virtualcard.Options{Area: make([]byte, 256)})
		expect(t, card, selectMyKey, "9000")
		host := open(t, card, level)
		if _, sw := secure(t, card, host, "00D6000001A500"); sw != "6982" {
			t.Errorf("UPDATE at level %02X: %s, want 6982", level, sw)
		}
	}
}

func TestKeySetLocksAfterWrongAuthentications(t *testing.T) {
	t.Parallel()
	card := newCard(t, virtualcard.Options{})
	for range 10 {
		expect(t, card, "8050000008112233445566778800", "9000")
		expect(t, card, "848211001011223344556677881122334455667788", "6300")
	}
	expect(t, card, "8050000008112233445566778800", "6983")
}

func TestTripwiresAreThereAndRemember(t *testing.T) {
	t.Parallel()
	card := newCard(t, virtualcard.Options{})
	for _, aid := range []string{
		"D3921000310001010402", "D3921000310001010408", "D3921000310001010401",
		"D3921000310001010100", "A0000002310600000000000000000000",
	} {
		expect(t, card, "00A4040C"+hex.EncodeToString([]byte{byte(len(aid) / 2)})+aid, "9000")
	}
	expect(t, card, "00A4040C05D392100031", "9000") // by the beginning of its name
	if got := card.Tripped(); len(got) != 6 {
		t.Errorf("tripped: %q, want six", got)
	}
	host := open2(t, card)
	if _, sw := secure(t, card, host, "80E40000124F10A0000002310600000000000000000000"+"00"); sw != "9000" {
		t.Errorf("DELETE of the licence with the card's keys: %s", sw)
	}
	expect(t, card, "00A4040C10A0000002310600000000000000000000", "6a82")
	if _, there := card.Snapshot()["免許証/001B"]; there {
		t.Error("a deleted licence is still in the snapshot")
	}
}

// open2 selects the ISD first.
func open2(t *testing.T, card *virtualcard.Card) *scp03.Host {
	t.Helper()
	expect(t, card, selectISD, "9000")
	return open(t, card, scp03.CMACRMAC)
}

func TestStoredCardIsTheSameCard(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	card := newCard(t, virtualcard.Options{})
	reserve(t, card)
	if err := card.Save(dir); err != nil {
		t.Fatal(err)
	}
	again, err := virtualcard.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !equal(card.Snapshot(), again.Snapshot()) || !bytes.Equal(card.ATR(), again.ATR()) {
		t.Error("the stored card is another one")
	}
	expect(t, again, selectMyKey, "9000")
}

func equal(a, b map[string][]byte) bool { return maps.EqualFunc(a, b, bytes.Equal) }
