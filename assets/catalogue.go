package assets

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
)

//go:embed messages
var messages embed.FS

// Languages of the catalogues. Japanese is the clerk's; the others stand on the
// resident's side, all at once.
const (
	Japanese     = "ja"
	EasyJapanese = "easy" // やさしい日本語
	English      = "en"
)

// ErrLanguage means that there is no catalogue in that language.
var ErrLanguage = errors.New("no such language")

// Catalogue is the sentences of one language by key. Its zero value knows none.
// It never changes after Load and may be shared.
type Catalogue struct{ texts map[string]string }

// Load reads the catalogue of one language: every file of messages/LANG, flat
// JSON from key to text. A key that stands in two files is an error.
func Load(lang string) (Catalogue, error) {
	dir := path.Join("messages", lang)
	files, err := messages.ReadDir(dir)
	if err != nil {
		return Catalogue{}, fmt.Errorf("load messages %q: %w", lang, ErrLanguage)
	}
	all := map[string]string{}
	for _, file := range files {
		data, err := messages.ReadFile(path.Join(dir, file.Name()))
		if err != nil {
			return Catalogue{}, fmt.Errorf("load messages %s/%s: %w", lang, file.Name(), err)
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			return Catalogue{}, fmt.Errorf("load messages %s/%s: %w", lang, file.Name(), err)
		}
		for key, text := range texts {
			if _, twice := all[key]; twice {
				return Catalogue{}, fmt.Errorf("load messages %s/%s: key %s stands in two files", lang, file.Name(), key)
			}
			all[key] = text
		}
	}
	return Catalogue{texts: all}, nil
}

// Text is the sentence of a key with args filled in (fmt.Sprintf). A key that is
// not there gives the key itself in brackets: seen at once, and found by the tests.
func (c Catalogue) Text(key string, args ...any) string {
	text, ok := c.texts[key]
	switch {
	case !ok:
		return "[" + key + "]"
	case len(args) == 0:
		return text
	}
	return fmt.Sprintf(text, args...)
}

// Has reports whether the key is there.
func (c Catalogue) Has(key string) bool {
	_, ok := c.texts[key]
	return ok
}

// Keys are all keys, sorted.
func (c Catalogue) Keys() []string {
	keys := make([]string, 0, len(c.texts))
	for key := range c.texts {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
