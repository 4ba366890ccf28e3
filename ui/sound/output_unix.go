//go:build !windows && !darwin

package sound

// outputs are PipeWire's, PulseAudio's and ALSA's own players.
func outputs() []output {
	return found([][]string{{"pw-play"}, {"paplay"}, {"aplay", "-q"}})
}
