package cardio

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/cardio/apdu"
	"github.com/madoguchi/madoguchi/cardio/cardmanager"
)

const (
	nonce      = "0123456789abcdef"
	selISD     = "00A4040008A00000015100000000"
	selArea    = "00A4040C07F04D594B455906"
	initUpdate = "80503000080102030405060708" + "00"
	mac        = "B1B2B3B4B5B6B7B8"
	auth11     = "8482110010" + "C1C2C3C4C5C6C7C8" + mac
	auth33     = "8482330010" + "C1C2C3C4C5C6C7C8" + mac
	ours       = "07F04D594B455906"
	aids       = "07F04D594B45590407F04D594B455905" + ours
	install    = "84E60C0030" + aids + "0100" + "0CC900EF08C8020200D8020200" + "00" + mac + "00"
	selectable = "84E6080016" + "0000" + ours + "01000000" + mac + "00"
	deleteOurs = "84E4000011" + "4F" + ours + mac + "00"
	status     = "84F2400211" + "4F" + ours + mac + "00"
	number     = "84CA004508" + mac + "00"
	space      = "84CAFF2108" + mac + "00"
	readA      = "04B0810008" + mac + "00"
	readB      = "04B0818008" + mac + "00"
)

var (
	updateA = "04D6000098" + strings.Repeat("5A", 144) + mac + "00"
	commitA = "04D6007F18" + strings.Repeat("5A", 16) + mac + "00"
	atISD11 = []string{selISD, initUpdate, auth11}
	atOurs  = []string{selArea, initUpdate, auth33}
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return b
}

func scriptOf(t testing.TB, commands ...string) Script {
	t.Helper()
	s := Script{Nonce: []byte(nonce)}
	for _, c := range commands {
		s.Commands = append(s.Commands, Command{APDU: unhex(t, c)})
	}
	return s
}

func freshRules() *scriptRules { return &scriptRules{isd: cardmanager.AID, barred: new(bool)} }

func after(prefix []string, more ...string) []string {
	return append(append([]string(nil), prefix...), more...)
}

func TestTheGuardLetsTheIssuersOwnScriptsPass(t *testing.T) {
	for _, c := range []struct {
		name     string
		commands []string
	}{
		{"way in", []string{selISD, initUpdate}},
		{"key version 0", []string{selISD, "8050000008010203040506070800"}},
		{"reserve", after(atISD11, number, space, install, selArea, initUpdate)},
		{"make selectable", after(atISD11, status, selectable)},
		{"recognition", after(atISD11, "84CA006608"+mac+"00")},
		{"authenticate with Le", []string{selISD, initUpdate, auth11 + "00", number}},
		{"write", after(atOurs, updateA, readA, commitA, readA, readB)},
		{"release", after(atOurs, readA, readB, selISD, initUpdate, auth11, deleteOurs)},
		{"the other order of quotas", after(atISD11, strings.Replace(install, "C8020200D8020200", "D8020200C8020200", 1))},
		{"second key version after the first", []string{selISD, initUpdate, initUpdate, auth11}},
		{"sixteen commands", after(atISD11, strings.Split(strings.Repeat(number+" ", 13), " ")[:13]...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := freshRules().admit(scriptOf(t, c.commands...)); err != nil {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

func TestTheGuardRefusesAHostilePlatform(t *testing.T) {
	replace := strings.Replace
	for _, c := range []struct {
		name     string
		commands []string
	}{
		{"empty script", nil},
		{"seventeen commands", after(atISD11, strings.Split(strings.Repeat(number+" ", 14), " ")[:14]...)},
		{"DELETE of the licence's AP", after(atISD11, "84E400001A4F10A0000002310600000000000000000000"+mac+"00")},
		{"DELETE of a neighbour", after(atISD11, replace(deleteOurs, "455906", "455907", 1))},
		{"DELETE of our load file", after(atISD11, replace(deleteOurs, "455906", "455904", 1))},
		{"DELETE with related objects", after(atISD11, replace(deleteOurs, "84E40000", "84E40080", 1))},
		{"DELETE of two", after(atISD11, "84E400001A4F"+ours+"4F"+ours+mac+"00")},
		{"PUT KEY", after(atISD11, "84D8008108"+mac+"00")},
		{"STORE DATA", after(atISD11, "84E2800008"+mac+"00")},
		{"SET STATUS", after(atISD11, "84F0807F08"+mac+"00")},
		{"LOAD", after(atISD11, "84E8800008"+mac+"00")},
		{"INSTALL [for load]", after(atISD11, replace(install, "84E60C", "84E602", 1))},
		{"INSTALL of another instance", after(atISD11, replace(install, "F04D594B455906", "F04D594B455907", 1))},
		{"INSTALL from another module", after(atISD11, replace(install, "F04D594B455905", "F04D594B455907", 1))},
		{"INSTALL from another load file", after(atISD11, replace(install, "F04D594B455904", "F04D594B455907", 1))},
		{"INSTALL with privileges", after(atISD11, replace(install, ours+"0100", ours+"0180", 1))},
		{"INSTALL with a larger quota", after(atISD11, replace(install, "C8020200", "C8020201", 1))},
		{"INSTALL with a larger reserve", after(atISD11, replace(install, "D8020200", "D8027FFF", 1))},
		{"INSTALL without a reserve", after(atISD11, "84E60C002C"+aids+"0100"+"08C900EF04C8020200"+"00"+mac+"00")},
		{"INSTALL with application data", after(atISD11, "84E60C0031"+aids+"0100"+"0DC901AAEF08C8020200D8020200"+"00"+mac+"00")},
		{"INSTALL with a token", after(atISD11, "84E60C0031"+aids+"0100"+"0CC900EF08C8020200D8020200"+"01AA"+mac+"00")},
		{"make selectable of another", after(atISD11, replace(selectable, "455906", "455907", 1))},
		{"level 01 at the ISD", []string{selISD, initUpdate, replace(auth11, "848211", "848201", 1)}},
		{"level 33 at the ISD", []string{selISD, initUpdate, auth33}},
		{"level 11 at the MyKey AP", []string{selArea, initUpdate, auth11}},
		{"level 00", []string{selISD, initUpdate, replace(auth11, "848211", "848200", 1)}},
		{"GET STATUS of everything", after(atISD11, "84F2400202"+"4F00"+mac+"00")},
		{"GET STATUS of load files", after(atISD11, replace(status, "84F240", "84F220", 1))},
		{"GET DATA of key information", after(atISD11, "84CA00E008"+mac+"00")},
		{"GET DATA in the clear", after(atISD11, "80CA004500")},
		{"SELECT of JPKI", []string{"00A4040C0AD392F000260100000001"}},
		{"SELECT of 券面事項確認", []string{"00A4040C0AD3921000310001010402"}},
		{"SELECT of the licence", []string{"00A4040C10A0000002310600000000000000000000"}},
		{"SELECT by prefix of ours", []string{"00A4040C06F04D594B4559"}},
		{"SELECT by prefix of the ISD", []string{"00A4040003A0000000"}},
		{"SELECT of the ISD's other form", []string{"00A4040007A000000151000000"}},
		{"SELECT of the next", []string{"00A4040207F04D594B45590600"}},
		{"SELECT without a name", []string{"00A4040000"}},
		{"VERIFY", []string{selArea, "002000800431323334"}},
		{"VERIFY in the channel", after(atOurs, "042000800C31323334"+mac+"00")},
		{"COMPUTE SIGNATURE", []string{selArea, "802A00800200"}},
		{"CHANGE REFERENCE DATA", []string{selArea, "002401800431323334"}},
		{"plain READ", []string{selArea, "00B0810000"}},
		{"plain UPDATE", []string{selArea, "00D6000001AA"}},
		{"UPDATE in the ISD's channel", after(atISD11, updateA)},
		{"INSTALL in the MyKey AP's channel", after(atOurs, install)},
		{"DELETE in the MyKey AP's channel", after(atOurs, deleteOurs)},
		{"UPDATE beyond 256", after(atOurs, replace(updateA, "04D60000", "04D60100", 1))},
		{"UPDATE by short EF id", after(atOurs, replace(updateA, "04D60000", "04D68100", 1))},
		{"UPDATE of ten blocks", after(atOurs, "04D60000A8"+strings.Repeat("5A", 160)+mac+"00")},
		{"UPDATE of half a block", after(atOurs, "04D6000010"+strings.Repeat("5A", 8)+mac+"00")},
		{"UPDATE without cipher", after(atOurs, "04D6000008"+mac+"00")},
		{"READ of another EF", after(atOurs, "04B0820008"+mac+"00")},
		{"READ at another offset", after(atOurs, "04B0814008"+mac+"00")},
		{"READ with less than a MAC", after(atOurs, "04B0810007"+mac[2:]+"00")},
		{"channel 1", after(atISD11, replace(number, "84CA", "85CA", 1))},
		{"channel 1, SELECT", []string{replace(selArea, "00A4", "01A4", 1)}},
		{"MANAGE CHANNEL", []string{"0070000001"}},
		{"extended APDU", after(atISD11, "84CA0045000008"+mac+"0000")},
		{"bytes after Le", []string{selISD + "00"}},
		{"secured command without Le", after(atISD11, strings.TrimSuffix(number, "00"))},
		{"another key version", []string{selISD, replace(initUpdate, "805030", "805001", 1)}},
		{"long challenge", []string{selISD, "8050300010" + strings.Repeat("01", 16) + "00"}},
		{"authenticate before initialise", []string{selISD, auth11}},
		{"secured before authenticate", []string{selISD, initUpdate, number}},
		{"a new way in inside the channel", after(atISD11, initUpdate)},
		{"authenticate twice", after(atISD11, auth11)},
		{"nothing selected", []string{initUpdate}},
		{"GET RESPONSE", []string{selISD, "00C0000010"}},
		{"three bytes", []string{"00A404"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := freshRules().admit(scriptOf(t, c.commands...)); !errors.Is(err, ErrScript) {
				t.Errorf("admit = %v, want ErrScript", err)
			}
		})
	}
}

func TestTheGuardCountsScriptsAndLooksAtThem(t *testing.T) {
	g := freshRules()
	for range MaxScripts {
		if _, err := g.admit(scriptOf(t, selISD)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.admit(scriptOf(t, selISD)); !errors.Is(err, ErrScript) {
		t.Errorf("script 5: %v, want ErrScript", err)
	}
	short := scriptOf(t, selISD)
	short.Nonce = short.Nonce[:15]
	if _, err := freshRules().admit(short); !errors.Is(err, ErrScript) {
		t.Errorf("short nonce: %v, want ErrScript", err)
	}
	odd := scriptOf(t, selISD)
	odd.Commands[0].Expect = make([]byte, 31)
	if _, err := freshRules().admit(odd); !errors.Is(err, ErrScript) {
		t.Errorf("short expected answer: %v, want ErrScript", err)
	}
}

func TestGetResponseGoesAfter61Only(t *testing.T) {
	g := freshRules()
	getResponse := unhex(t, "00C0000010")
	if err := g.allow(getResponse); err == nil {
		t.Error("allowed before anything")
	}
	g.saw(unhex(t, selISD), apdu.Response{SW: 0x6110})
	if err := g.allow(getResponse); err != nil {
		t.Errorf("after 6110: %v", err)
	}
	g.saw(getResponse, apdu.Response{SW: apdu.OK})
	if err := g.allow(getResponse); err == nil {
		t.Error("allowed after 9000")
	}
	if g.at != (standing{atISD, selected}) {
		t.Errorf("after SELECT in two parts: %+v", g.at)
	}
}

func TestAfterOneRefusalNoFurtherInitializeUpdate(t *testing.T) {
	g := freshRules()
	for _, c := range []string{selISD, initUpdate} {
		g.saw(unhex(t, c), apdu.Response{SW: apdu.OK})
	}
	g.saw(unhex(t, auth11), apdu.Response{SW: 0x6300})
	if _, err := g.admit(scriptOf(t, selISD, initUpdate)); !errors.Is(err, ErrAuthRefused) {
		t.Errorf("admit = %v, want ErrAuthRefused", err)
	}
	if _, err := g.admit(scriptOf(t, selISD)); err != nil {
		t.Errorf("SELECT alone: %v", err)
	}
}

func TestOwnListRefusesWhatTheDeskNeverSends(t *testing.T) {
	for _, c := range []struct {
		name string
		own  ownRules
		apdu string
	}{
		{"tripwire 券面事項入力補助", ownRules{}, "00A4040C0AD3921000310001010408"},
		{"tripwire 住基", ownRules{}, "00A4040C0AD3921000310001010401"},
		{"tripwire 共通カード", ownRules{}, "00A4040C0AD3921000310001010100"},
		{"JPKI by prefix", ownRules{}, "00A4040C09D392F0002601000000"},
		{"signature certificate", ownRules{aid: "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01"}, "00A4020C020001"},
		{"signature password's EF", ownRules{aid: "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01", pin: true}, "00A4020C02001B"},
		{"VERIFY outside the PIN's flow", ownRules{aid: "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01", ef: efPIN}, "002000800431323334"},
		{"VERIFY of letters", ownRules{aid: "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01", ef: efPIN, pin: true}, "002000800441424344"},
		{"VERIFY of six", ownRules{aid: "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01", ef: efPIN, pin: true}, "0020008006313233343536"},
		{"VERIFY without the PIN's EF", ownRules{aid: "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01", pin: true}, "002000800431323334"},
		{"signature over something else", ownRules{aid: "\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01", ef: efKey, pin: true}, "802A008002AABB00"},
		{"UPDATE", ownRules{aid: "\xF0MYKEY\x06"}, "00D6000001AA"},
		{"READ of our AP from elsewhere", ownRules{}, "00B0810000"},
		{"INITIALIZE UPDATE", ownRules{aid: cardmanager.AID}, initUpdate},
		{"GET DATA of keys", ownRules{aid: cardmanager.AID}, "80CA00E000"},
		{"GET RESPONSE", ownRules{}, "00C0000010"},
		{"extended", ownRules{aid: "\xF0MYKEY\x06"}, "00B08100000100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.own.allow(unhex(t, c.apdu)); !errors.Is(err, errGuard) {
				t.Errorf("allow = %v, want a refusal", err)
			}
		})
	}
}

func TestTheTraceHidesWhatMustNotBeSeen(t *testing.T) {
	secret := "31323334"
	for _, c := range []string{"0020008004", "0024018004", "8482330004", "04D6000004", "84D8000004", "84E2000004"} {
		if got := masked(unhex(t, c+secret)); strings.Contains(strings.ReplaceAll(got, " ", ""), secret) {
			t.Errorf("%s: the trace shows %s", c, got)
		}
	}
	for _, c := range []string{"00B0810000", "04B0810008", "00C0000004", "80CA004500", "802A0080"} {
		if got := maskedAnswer(unhex(t, c), unhex(t, secret+"9000")); strings.Contains(got, secret) || !strings.Contains(got, "9000") {
			t.Errorf("answer to %s: the trace shows %s", c, got)
		}
	}
	if got := masked(unhex(t, selArea)); !strings.EqualFold(got, selArea) {
		t.Errorf("SELECT is shown as %s", got)
	}
}

// FuzzGuard: what the guard lets pass begins with a header of the grammar, names
// no other AID than ours and the ISD's, and is a short APDU on channel 0.
func FuzzGuard(f *testing.F) {
	seeds := after(atISD11, install, deleteOurs, status, number, updateA, readA, auth33, "00C0000010", "84D8008108"+mac+"00")
	for _, s := range seeds {
		f.Add(byte(1), byte(2), unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, at, how byte, command []byte) {
		s := standing{place(at % 3), phase(how % 3)}
		v, next, err := s.parse(command, cardmanager.AID)
		if err != nil {
			if next != s {
				t.Fatalf("refused, and yet %+v became %+v", s, next)
			}
			return
		}
		c, ok := apdu.Parse(command)
		if !ok || len(command) > 261 || c.CLA&0x03 != 0 {
			t.Fatalf("%X is no short APDU on channel 0", command)
		}
		switch v {
		case verbDelete, verbStatus:
			if !bytes.Equal(c.Data[:9], unhex(t, "4F"+ours)) {
				t.Fatalf("%X names another AID", command)
			}
		case verbInstall:
			if !bytes.HasPrefix(c.Data, unhex(t, aids+"0100")) || s != (standing{atISD, open}) {
				t.Fatalf("%X installs something else", command)
			}
		case verbUpdate:
			if s != (standing{atArea, open}) || c.P1 != 0 {
				t.Fatalf("%X updates outside the area's channel", command)
			}
		}
	})
}
