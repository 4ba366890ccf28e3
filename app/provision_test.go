package app_test

import (
	"testing"

	"github.com/madoguchi/madoguchi/app"
	"github.com/madoguchi/madoguchi/mykey"
)

func TestACardIsWrittenAndHoldsTheResidentsMyKeyID(t *testing.T) {
	t.Parallel()
	c := start(t, []string{"training.card.fresh"})
	c.open(t)
	card := c.training.Cards()[0]
	if _, there := card.Chip.Area(); there {
		t.Fatal("the fresh card has the area already")
	}
	c.App.Send(app.InsertCard{})
	view := c.answer(t, app.PhaseWaiting)
	if view.Write.Phase != app.PhaseDone || view.Write.MyKeyID != card.MyKey.Masked() {
		t.Fatalf("ended in phase %v, code %q, MyKey ID %q; want done, %q", view.Write.Phase, view.Write.Problem.Code, view.Write.MyKeyID, card.MyKey.Masked())
	}
	content, _ := card.Chip.Area()
	record, holds := mykey.ParseArea(content).Current()
	if !holds || record.ID != card.MyKey {
		t.Errorf("the card holds %v (%v); want the resident's", record, holds)
	}
	if tripped := card.Chip.Tripped(); len(tripped) > 0 {
		t.Errorf("APs were selected that must never be: %v", tripped)
	}
	c.App.Send(app.RemoveCard{})
	c.until(t, "the way to the next person", func(v app.View) bool { return v.Write.Primary.Enabled })
	c.App.Send(app.Next{})
	view = c.until(t, "the empty screen", func(v app.View) bool { return v.Write.Phase == app.PhaseWaiting })
	if view.Write.MyKeyID != "" || view.Write.Card {
		t.Errorf("the next person finds %q of the last one", view.Write.MyKeyID)
	}
	c.App.Send(app.GoTo{Screen: app.ScreenHome})
	view = c.until(t, "Home", func(v app.View) bool { return v.Screen == app.ScreenHome && v.Home.Today.Written > 0 })
	if len(view.Home.Jobs) != 0 || view.Home.Today != (app.Counts{Written: 1}) {
		t.Errorf("Home shows %d jobs, %+v; want none, one written", len(view.Home.Jobs), view.Home.Today)
	}
}

func TestATornWriteGoesOnWithTheSameCardWithoutAPIN(t *testing.T) {
	t.Parallel()
	c := start(t, []string{"training.card.tears"})
	c.open(t)
	c.App.Send(app.InsertCard{})
	view := c.answer(t, app.PhaseWaiting)
	if view.Write.Phase != app.PhaseTorn || view.Write.Reached != app.ReachedWriting {
		t.Fatalf("ended in phase %v, reached %v; want torn while writing", view.Write.Phase, view.Write.Reached)
	}
	c.Views()
	c.App.Send(app.InsertCard{})
	view = c.answer(t, app.PhaseTorn)
	if view.Write.Phase != app.PhaseDone || !view.Write.Resumed {
		t.Fatalf("ended in phase %v, code %q; want done, resumed", view.Write.Phase, view.Write.Problem.Code)
	}
	for _, v := range c.Views() {
		if v.Write.Phase == app.PhasePIN || v.Write.Phase == app.PhaseConsent {
			t.Fatalf("phase %v was asked again", v.Write.Phase)
		}
	}
}

func TestGivingUpATornWriteGivesTheAreaBack(t *testing.T) {
	t.Parallel()
	c := start(t, []string{"training.card.tears"})
	c.open(t)
	c.App.Send(app.InsertCard{})
	if view := c.answer(t, app.PhaseWaiting); view.Write.Phase != app.PhaseTorn {
		t.Fatalf("ended in phase %v", view.Write.Phase)
	}
	c.App.Send(app.GiveUp{})
	c.until(t, "that giving up was taken", func(v app.View) bool { return v.Write.Give.Intent == nil })
	c.App.Send(app.InsertCard{})
	view := c.answer(t, app.PhaseTorn)
	if view.Write.Phase != app.PhaseReleased {
		t.Fatalf("ended in phase %v, code %q; want released", view.Write.Phase, view.Write.Problem.Code)
	}
	if _, there := c.training.Cards()[0].Chip.Area(); there {
		t.Error("the area is still there")
	}
}
