package app

import (
	"context"
	"time"

	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/platformclient"
)

// post puts a change into the outbox before it is sent.
func (a *App) post(ctx context.Context, key, kind, receipt string) error {
	err := a.Journal.Post(ctx, journal.Sent{Key: key, Kind: kind, Receipt: receipt, Since: a.now()})
	a.countUnsent(ctx)
	return err
}

// settled takes a change out of the outbox: its answer is known.
func (a *App) settled(ctx context.Context, key string) {
	if err := a.Journal.Settle(context.WithoutCancel(ctx), key); err != nil {
		a.Log.Error("journal", "error", err)
		a.notice(CodeJournal)
	}
	a.countUnsent(ctx)
}

// sends says that the key's change is on its way, until done: nobody asks for its
// outcome meanwhile, which would close the key.
func (a *App) sends(key string) (done func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sending = key
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.sending = ""
	}
}

func (a *App) isSending(key string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sending == key
}

// lookAgain has the outbox asked at once.
func (a *App) lookAgain() {
	select {
	case a.lost <- struct{}{}:
	default: // it is about to be
	}
}

// watchOutbox asks what became of the changes whose answer was lost, until it is
// known. It sends no change anew: a registration is for someone who is there.
func (a *App) watchOutbox(ctx context.Context) {
	// What stands there at the start was sent before the program ended.
	for {
		a.askOutcomes(ctx)
		var again <-chan time.Time
		if a.countUnsent(ctx) > 0 {
			again = a.Clock.After(a.Limits.Outcome)
		}
		select {
		case <-ctx.Done():
			return
		case <-a.lost:
			// Give the platform a moment: it may be busy with it still.
			select {
			case <-ctx.Done():
				return
			case <-a.Clock.After(a.Limits.Outcome):
			}
		case <-again:
		}
	}
}

func (a *App) askOutcomes(ctx context.Context) {
	sent, err := a.Journal.Outbox(ctx)
	if err != nil {
		if ctx.Err() == nil {
			a.Log.Error("journal", "error", err)
		}
		return
	}
	for _, s := range sent {
		if s.Never || a.isSending(s.Key) {
			continue
		}
		outcome, err := a.Platform.Outcome(ctx, s.Key)
		switch {
		case err != nil:
			a.Log.Warn("outcome", "error", err)
			return
		case outcome.State == platformclient.OutcomeUnderWay:
		case outcome.State == platformclient.OutcomeDone:
			a.settled(ctx, s.Key)
		default: // refused or never arrived: the person must come again
			s.Never = true
			if err := a.Journal.Post(ctx, s); err != nil {
				a.Log.Error("journal", "error", err)
			}
			a.notice(CodeLinkNever)
		}
	}
}

// countUnsent shows how many answers are still missing.
func (a *App) countUnsent(ctx context.Context) (waiting int) {
	sent, err := a.Journal.Outbox(context.WithoutCancel(ctx))
	if err != nil {
		a.Log.Error("journal", "error", err)
		return 0
	}
	rows := make([]AnswerView, 0, len(sent))
	for _, s := range sent {
		rows = append(rows, AnswerView{ID: s.Key, Receipt: s.Receipt, Since: s.Since.In(a.now().Location()), Never: s.Never})
		if !s.Never {
			waiting++
		}
	}
	a.publish(func(v *View) { v.Status.Unsent, v.Home.Answers = waiting, rows })
	return waiting
}
