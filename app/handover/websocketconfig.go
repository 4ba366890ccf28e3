package handover

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// WebSocketConfig is a page of a web-based business system that takes numbers
// over a WebSocket on this machine's loopback.
type WebSocketConfig struct {
	Port    int      `json:"port,omitempty"`    // 1024 to 65535
	Origins []string `json:"origins,omitempty"` // of the pages that may: https://host[:port], compared exactly
}

func (c WebSocketConfig) validate() error {
	if c.Port < 1024 || c.Port > 65535 {
		return fmt.Errorf("websocket: port %d: not 1024 to 65535", c.Port)
	}
	if len(c.Origins) == 0 {
		return errors.New("websocket: no origin")
	}
	for _, origin := range c.Origins {
		if !isOrigin(origin) {
			return fmt.Errorf("websocket: %q is no origin as browsers send it", origin)
		}
	}
	return nil
}

// isOrigin: scheme, host in small letters, and the port unless it is the
// scheme's own, as in RFC 6454 §6.2.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Hostname() == "" || s != u.Scheme+"://"+u.Host || s != strings.ToLower(s) {
		return false
	}
	switch u.Scheme {
	case "https":
		return u.Port() != "443"
	case "http":
		return u.Port() != "80"
	}
	return false
}
