package app_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/virtualcard/fault"
)

// badJournal is a bench whose journal file can be made to fail by SQL.
func badJournal(t *testing.T) (b *bench, do func(statement string)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal.db")
	b = newBench(t, func(p *app.Parts) {
		j, err := journal.Open(t.Context(), path, [journal.KeySize]byte{1})
		if err != nil {
			t.Fatal(err)
		}
		p.Journal = j
	})
	t.Cleanup(func() { b.journal.Close() })
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return b, func(statement string) {
		t.Helper()
		if _, err := db.ExecContext(b.ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	noNewJobs = `CREATE TRIGGER full BEFORE INSERT ON job BEGIN SELECT RAISE(FAIL, 'no space'); END`
	room      = `DROP TRIGGER full`
)

// Before the first byte the job is on the disk, or no byte is sent.
func TestAJournalThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	b, do := badJournal(t)
	card := b.person(t, "training.card.fresh")
	spy := &liar{Card: card.Fault, begin: "8050"} // INITIALIZE UPDATE
	before := card.Chip.Snapshot()
	do(noNewJobs)
	b.way.plan(nil)
	b.put(spy)
	view := b.must(t, b.until(t, app.PhaseWaiting), app.PhaseProblem, app.CodeJournal)
	if view.Resident.Code != app.CodeJournal || b.jobs(t) != 0 {
		t.Errorf("the resident reads %q, %d jobs", view.Resident.Code, b.jobs(t))
	}
	if parts := changed(before, card.Chip.Snapshot()); len(parts) > 0 || spy.told > 0 || b.way.asked(callOpen) > 0 {
		t.Errorf("changed %v, %d commands of the issuer, %d card sessions; want nothing at all", parts, spy.told, b.way.asked(callOpen))
	}
	do(room)
	b.hand.Remove()
	b.next(t)
	b.stillWorks(t)
}

func TestAJournalThatCannotBeRead(t *testing.T) {
	t.Parallel()
	b, do := badJournal(t)
	card := b.person(t, "training.card.fresh")
	do(`ALTER TABLE job RENAME TO gone`)
	b.put(card.Fault)
	b.must(t, b.until(t, app.PhaseWaiting), app.PhaseProblem, app.CodeJournal)
	b.take()
	b.counter.until(t, "the card to be away", func(v app.View) bool { return !v.Write.CardPresent })
	b.App.Send(app.GoTo{Screen: app.ScreenHome})
	b.counter.until(t, "Home", func(v app.View) bool { return v.Screen == app.ScreenHome })
	b.App.Send(app.Continue{Job: "a row that was there a moment ago"})
	b.counter.until(t, "the problem", func(v app.View) bool { return v.Write.Problem.Code == app.CodeJournal })
	do(`ALTER TABLE gone RENAME TO job`)
	b.App.Send(app.Again{})
	b.counter.until(t, "the empty screen", func(v app.View) bool { return v.Write.Phase == app.PhaseWaiting })
	b.stillWorks(t)
}

// A tear that the journal cannot note is told, and the row of before the write
// still knows the card.
func TestATearThatTheJournalCannotNote(t *testing.T) {
	t.Parallel()
	b, do := badJournal(t)
	card := b.person(t, "training.card.fresh")
	begin := &moment{Card: card.Fault, begin: "04D6", do: func() {
		do(`CREATE TRIGGER full BEFORE UPDATE ON job BEGIN SELECT RAISE(FAIL, 'no space'); END`)
		card.Fault.Plan(fault.Fault{APDU: 1, Kind: fault.LoseAnswer})
	}}
	b.put(begin)
	b.must(t, b.until(t, app.PhaseWaiting), app.PhaseTorn, app.CodeCardRemoved)
	b.counter.until(t, "word of the journal", func(v app.View) bool { return v.Notice == app.CodeJournal })
	if b.jobs(t) != 1 {
		t.Fatalf("%d jobs, want the one of before the write", b.jobs(t))
	}
	do(room)
	resumes(t, b, card)
	b.stillWorks(t)
}

// moment does something once, as a command that begins so is sent.
type moment struct {
	*fault.Card
	begin string
	do    func()
}

func (m *moment) Transmit(command []byte) ([]byte, error) {
	if m.do != nil && begins(command, m.begin) {
		m.do()
		m.do = nil
	}
	return m.Card.Transmit(command)
}
