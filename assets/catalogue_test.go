package assets_test

import (
	"errors"
	"testing"

	"github.com/madoguchi/madoguchi/assets"
)

func TestEveryLanguageOpensAndHasSentences(t *testing.T) {
	for _, lang := range []string{assets.Japanese, assets.EasyJapanese, assets.English} {
		cat, err := assets.Load(lang)
		if err != nil {
			t.Errorf("Load(%q): %v", lang, err)
			continue
		}
		if len(cat.Keys()) == 0 {
			t.Errorf("Load(%q): no keys", lang)
		}
		for _, key := range cat.Keys() {
			if cat.Text(key) == "" {
				t.Errorf("%s: key %s has no text", lang, key)
			}
		}
	}
}

func TestAnUnknownLanguageIsAnError(t *testing.T) {
	if _, err := assets.Load("xx"); !errors.Is(err, assets.ErrLanguage) {
		t.Errorf("Load(xx): got %v, want ErrLanguage", err)
	}
}

func TestAMissingKeyShowsItself(t *testing.T) {
	cat, err := assets.Load(assets.Japanese)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := cat.Text("no.such.key"), "[no.such.key]"; got != want {
		t.Errorf("Text: got %q, want %q", got, want)
	}
	if cat.Has("no.such.key") {
		t.Error("Has(no.such.key): got true")
	}
}

func TestBothSidesOfTheResidentSayTheSame(t *testing.T) {
	easy, err := assets.Load(assets.EasyJapanese)
	if err != nil {
		t.Fatal(err)
	}
	english, err := assets.Load(assets.English)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range easy.Keys() {
		if !english.Has(key) {
			t.Errorf("key %s is missing in English", key)
		}
	}
	for _, key := range english.Keys() {
		if !easy.Has(key) {
			t.Errorf("key %s is missing in easy Japanese", key)
		}
	}
}
