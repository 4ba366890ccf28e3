package app

// Pending is how many events the desk has not taken up yet.
func Pending(a *App) int {
	a.events.mu.Lock()
	defer a.events.mu.Unlock()
	return len(a.events.items)
}
