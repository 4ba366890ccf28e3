package handover

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// FileConfig is a folder that another program watches. The folder is this desk's
// alone: what stands under Name there is removed.
type FileConfig struct {
	Folder  string `json:"folder,omitempty"`   // absolute; it must exist
	Name    string `json:"name,omitempty"`     // empty: number.txt
	LineEnd string `json:"line_end,omitempty"` // after the number: crlf (also ""), lf, none
}

func (c FileConfig) validate() error {
	switch {
	case c.Folder == "":
		return errors.New("file: no folder")
	case !filepath.IsAbs(c.Folder):
		return errors.New("file: the folder is not absolute")
	case c.Name != "" && (!filepath.IsLocal(c.Name) || strings.ContainsAny(c.Name, `/\:`) || c.Name[0] == '.'):
		return fmt.Errorf("file: %q is no file name", c.Name)
	}
	return oneOf("file line end", c.LineEnd, "", "crlf", "lf", "none")
}
