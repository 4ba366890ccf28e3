package sound

// outputs is the system's own player.
func outputs() []output { return found([][]string{{"afplay"}}) }
