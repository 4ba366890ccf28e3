package sip2

import "strings"

// fits reports whether v can stand in a field: no delimiter, no line end.
func fits(v string) bool { return !strings.ContainsAny(v, "|\r\n\x00") }
