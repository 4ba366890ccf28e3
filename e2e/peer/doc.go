//go:build linux

// Package peer runs the business applications that a desk has already, as programs
// that know nothing of ours: a text editor, a form page in a browser, a spreadsheet,
// each in a real window, and tells what they hold of what was typed into them. It
// also sets the desk up that they stand on: keyboard, input method, a user of its
// own.
package peer
