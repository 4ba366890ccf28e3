//go:build linux

// Package e2e works a built program from outside, as a person and a foreign
// program would: a display of its own, real key events, the lines that it logs
// as the way to wait for a moment, pictures of the screen, and opensc-tool at
// the reader. It knows nothing of the program's inside.
package e2e
