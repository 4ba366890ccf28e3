package virtualcard_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard"
)

// recordedOpenSC are the sessions of OpenSC with a JPKI card of other makers.
const recordedOpenSC = 6

// TestRecordedOpenSCSessions plays back what OpenSC sends to a My Number Card: every status word
// must be the recorded one, and every response length but those of certificate reads, which were
// recorded with certificates of 768 bytes.
func TestRecordedOpenSCSessions(t *testing.T) {
	t.Parallel()
	all, err := filepath.Glob("../testdata/vectors/*.json")
	if err != nil || len(all) < 81 {
		t.Fatalf("%d recorded sessions (%v), want 81", len(all), err)
	}
	files, err := filepath.Glob("../testdata/vectors/opensc_jpki_*.json")
	if err != nil || len(files) != recordedOpenSC {
		t.Fatalf("%d OpenSC sessions (%v), want %d", len(files), err, recordedOpenSC)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".json"), func(t *testing.T) {
			t.Parallel()
			replay(t, f)
		})
	}
}

type recordedExchange struct {
	Event  string `json:"event"`
	Plain  string `json:"plain"`
	Status string `json:"sw"`
	Length int    `json:"response_length"`
}

func replay(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var session struct{ Exchanges []recordedExchange }
	if err := json.Unmarshal(content, &session); err != nil || len(session.Exchanges) < 30 {
		t.Fatalf("%d exchanges, %v", len(session.Exchanges), err)
	}
	card := newCard(t, virtualcard.Options{})
	file, compared := "", 0
	for i, e := range session.Exchanges {
		switch e.Event {
		case "reset":
			card.Reset()
			continue
		case "power on":
			card.PowerOn()
			continue
		case "power off":
			card.PowerOff()
			continue
		}
		data, sw := send(t, card, e.Plain)
		compared++
		if !strings.EqualFold(sw, e.Status) {
			t.Errorf("exchange %d, %s: status %s, want %s", i, e.Plain, sw, e.Status)
		}
		if id, selected := strings.CutPrefix(e.Plain, "00A4020C02"); selected {
			file = id
		}
		certificate := strings.HasPrefix(e.Plain, "00B0") && strings.Contains("0001 0002 000A 000B", file)
		if !certificate && len(data) != e.Length {
			t.Errorf("exchange %d, %s: %d bytes, want %d", i, e.Plain, len(data), e.Length)
		}
	}
	if tripped := card.Tripped(); len(tripped) != 0 {
		t.Errorf("OpenSC's probes select %v", tripped)
	}
	t.Logf("%d status words compared", compared)
}
