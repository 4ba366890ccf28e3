//go:build linux

package e2e

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func TestWhatOpenSCPrintsIsReadByteForByte(t *testing.T) {
	// "FE FF AA" as letters would be a data line by itself: the columns decide.
	const printed = `Sending: 00 A4 04 0C 07 F0 4D 59 4B 45 59 06 
Received (SW1=0x90, SW2=0x00)
Sending: 00 B0 81 00 00 
Received (SW1=0x90, SW2=0x00):
4D 4B 01 01 00 00 00 01 08 41 41 20 46 46 20 41 MK.......AA FF A
FE FF                                           ..
Sending: 00 B0 82 00 00 
Received (SW1=0x6A, SW2=0x82)
`
	got, err := parseOpenSC(printed)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		sw   uint16
		data string
	}{{0x9000, ""}, {0x9000, "4D4B01010000000108414120464620" + "41FEFF"}, {0x6A82, ""}}
	if len(got) != len(want) {
		t.Fatalf("got %d answers, want %d", len(got), len(want))
	}
	for i, w := range want {
		data, err := hex.DecodeString(w.data)
		if err != nil {
			t.Fatal(err)
		}
		if got[i].SW != w.sw || !bytes.Equal(got[i].Data, data) {
			t.Errorf("answer %d: got %X %04X, want %s %04X", i, got[i].Data, got[i].SW, w.data, w.sw)
		}
	}
}

func TestAPrintThatIsNoDumpIsAnError(t *testing.T) {
	if _, err := parseOpenSC("Received (SW1=0x90, SW2=0x00):\nno bytes at all\n"); err == nil {
		t.Error("got no error")
	}
}

func TestAListOfReadersSaysWhereACardLies(t *testing.T) {
	const printed = `# Detected readers (pcsc)
Nr.  Card  Features  Name
0    No              Virtual PCD 35963 00 00
1    Yes             Virtual PCD 35963 00 01
`
	for reader, want := range []bool{false, true} {
		if got, err := parseReaders(printed, reader); err != nil || got != want {
			t.Errorf("reader %d: got %v, %v, want %v", reader, got, err, want)
		}
	}
	if _, err := parseReaders(printed, 2); err == nil {
		t.Error("reader 2: got no error")
	}
}
