package mykey_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/mykey"
)

const (
	canaryID      = "CANARY42"
	canaryService = "LIB-00012345"
	canaryPIN     = "9173"
)

func mustID(t testing.TB, s string) mykey.ID {
	t.Helper()
	id, err := mykey.ParseID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func enter(t testing.TB, digits string) *mykey.PIN {
	t.Helper()
	p := new(mykey.PIN)
	for _, d := range []byte(digits) {
		if !p.Digit(d - '0') {
			t.Fatalf("digit %c refused", d)
		}
	}
	return p
}

// TestNothingPrintsAnID: every verb, slog and JSON, alone, in structs with
// exported and unexported fields, in slices, maps and behind pointers.
func TestNothingPrintsAnID(t *testing.T) {
	t.Parallel()
	id := mustID(t, canaryID)
	service, err := mykey.ParseServiceID(canaryService)
	if err != nil {
		t.Fatal(err)
	}
	pin := enter(t, canaryPIN)
	record := mykey.Record{Kind: mykey.KindRecord, Generation: 1, ID: id}
	values := map[string]any{
		"ID": id, "service ID": service, "PIN": pin, "record": record,
		"pointers":   []any{&id, &service, &record},
		"exported":   struct{ V any }{[]any{id, service, record, pin}},
		"unexported": struct{ id, other any }{id, service},
		"typed": struct {
			id mykey.ID
			s  mykey.ServiceID
			r  mykey.Record
			p  *mykey.PIN
			v  mykey.PIN
		}{id, service, record, pin, *pin},
		"PIN by value": *pin,
		"map":          map[mykey.ID]mykey.ServiceID{id: service},
		"slot":         mykey.Slot{State: mykey.SlotValid, Record: record},
		"area":         mykey.Area{A: mykey.Slot{Record: record}},
	}
	for name, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%p", "%b", "%c", "%U", "%e", "%10.3v"} {
			hides(t, name+" "+verb, fmt.Sprintf(verb, v))
		}
		hides(t, name+" error", fmt.Errorf("doing: %v", v).Error())
		var out bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("x", "v", v, "group", slog.GroupValue(slog.Any("v", v)))
		}
		hides(t, name+" slog", out.String())
		if b, err := json.Marshal(v); err == nil {
			hides(t, name+" json", string(b))
		}
	}
	for name, v := range map[string]any{"ID": id, "service ID": service, "PIN": pin, "record": record} {
		if _, err := json.Marshal(v); !errors.Is(err, mykey.ErrEncode) {
			t.Errorf("json of %s: %v, want ErrEncode", name, err)
		}
	}
}

func hides(t *testing.T, where, out string) {
	t.Helper()
	for _, secret := range []string{canaryID, canaryService, canaryPIN} {
		spaced := fmt.Sprintf("% x", secret)
		decimal := strings.Trim(fmt.Sprint([]byte(secret)), "[]")
		gosyntax := strings.ReplaceAll(strings.Trim(fmt.Sprintf("%#v", []byte(secret)), "[]byte{}"), "{", "")
		for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), spaced, decimal, gosyntax} {
			if strings.Contains(out, form) {
				t.Errorf("%s shows %q", where, form)
			}
		}
	}
}

func TestWhatABystanderSees(t *testing.T) {
	t.Parallel()
	if got := mustID(t, canaryID).Masked(); got != "CANA ••••" {
		t.Errorf("MyKey ID masked %q", got)
	}
	if got := (mykey.ID{}).Masked(); got != "••••" || !(mykey.ID{}).IsZero() {
		t.Errorf("no MyKey ID masked %q", got)
	}
	for in, want := range map[string]string{canaryService: "•••• 345", "123": "••••", "1234": "•••• 234"} {
		id, err := mykey.ParseServiceID(in)
		if err != nil || id.Masked() != want || id.Reveal() != in {
			t.Errorf("service ID masked %q (%v), want %q", id.Masked(), err, want)
		}
	}
	first, second := mustID(t, canaryID), mustID(t, canaryID)
	if first != second || first.Reveal() != canaryID {
		t.Error("the same MyKey ID differs")
	}
}

func TestWhatIsAnID(t *testing.T) {
	t.Parallel()
	for in, ok := range map[string]bool{
		"ABCD2345": true, "00000000": true, "ABCD234": false, "ABCD23456": false, "abcd2345": false,
		"ABCD 345": false, "": false, "ＡBCD234": false, "ABCD23\x0045": false,
	} {
		if _, err := mykey.ParseID(in); (err == nil) != ok || err != nil && !errors.Is(err, mykey.ErrID) {
			t.Errorf("MyKey ID of %d bytes: %v, want ok %t", len(in), err, ok)
		}
	}
	for in, ok := range map[string]bool{
		"0": true, strings.Repeat("9", 64): true, strings.Repeat("9", 65): false, "": false, "a b": false, "あ": false, "\x7f": false,
	} {
		if _, err := mykey.ParseServiceID(in); (err == nil) != ok || err != nil && !errors.Is(err, mykey.ErrServiceID) {
			t.Errorf("service ID of %d bytes: %v, want ok %t", len(in), err, ok)
		}
	}
	for in, ok := range map[string]bool{
		"library-1": true, strings.Repeat("a", 32): true, strings.Repeat("a", 33): false, "": false, "Lib": false, "a_b": false, "a\n": false,
	} {
		if _, err := mykey.ParseServiceCode(in); (err == nil) != ok || err != nil && !errors.Is(err, mykey.ErrServiceCode) {
			t.Errorf("service code %q: %v, want ok %t", in, err, ok)
		}
	}
}

func TestPINStandsInOnePlaceAndIsWiped(t *testing.T) {
	t.Parallel()
	p := new(mykey.PIN)
	if p.Digit(10) || p.Command(0, 0x20, 0, 0x80) != nil {
		t.Error("a digit of 10, or a command without digits")
	}
	p.Digit(1)
	p.Digit(2)
	p.Erase()
	if p.Len() != 1 || p.Complete() {
		t.Errorf("%d digits after 1, 2, erase", p.Len())
	}
	for _, d := range []byte{9, 3, 0} {
		p.Digit(d)
	}
	if p.Digit(5) || !p.Complete() {
		t.Error("a fifth digit was taken")
	}
	command := p.Command(0x00, 0x20, 0x00, 0x80)
	if want := []byte("\x00\x20\x00\x80\x041930"); !bytes.Equal(command, want) {
		t.Errorf("VERIFY is %d bytes, or other digits than entered", len(command))
	}
	p.Wipe()
	if !bytes.Equal(command, make([]byte, 9)) || p.Len() != 0 {
		t.Error("the command that was handed out still holds the digits")
	}
	p.Erase()
	if p.Len() != 0 {
		t.Error("erasing nothing counts")
	}
}
