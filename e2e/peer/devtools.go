//go:build linux

package peer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// Evaluate has the page evaluate a JavaScript expression, and gives its text, as a
// developer's console does.
func (c *Chromium) Evaluate(ctx context.Context, expression string) (string, error) {
	page, err := c.page(ctx)
	if err != nil {
		return "", fmt.Errorf("find the page: %w", err)
	}
	console, _, err := websocket.Dial(ctx, page, nil) // its body is the connection's
	if err != nil {
		return "", fmt.Errorf("reach the page: %w", err)
	}
	defer console.CloseNow()
	err = wsjson.Write(ctx, console, map[string]any{
		"id": 1, "method": "Runtime.evaluate", "params": map[string]any{"expression": "String(" + expression + ")", "returnByValue": true},
	})
	if err != nil {
		return "", fmt.Errorf("ask the page: %w", err)
	}
	for {
		var answer struct {
			ID     int
			Result struct {
				Result    struct{ Value string }
				Exception json.RawMessage `json:"exceptionDetails"`
			}
		}
		if err := wsjson.Read(ctx, console, &answer); err != nil {
			return "", fmt.Errorf("ask the page: %w", err)
		}
		if answer.ID != 1 {
			continue // an event
		}
		if answer.Result.Exception != nil {
			return "", fmt.Errorf("the page could not evaluate %q: %s", expression, answer.Result.Exception)
		}
		return answer.Result.Result.Value, nil
	}
}

// page is where the page's console listens: the browser has written its port into its
// profile.
func (c *Chromium) page(ctx context.Context) (address string, err error) {
	var port string
	err = poll(ctx, "the browser's console", func() (bool, error) {
		content, err := os.ReadFile(filepath.Join(c.profile, "DevToolsActivePort"))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		port, _, _ = strings.Cut(string(content), "\n")
		return port != "", err
	})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/json", nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var pages []struct {
		Type    string
		Console string `json:"webSocketDebuggerUrl"`
	}
	if err := json.NewDecoder(response.Body).Decode(&pages); err != nil {
		return "", err
	}
	for _, p := range pages {
		if p.Type == "page" {
			return p.Console, nil
		}
	}
	return "", errors.New("the browser shows no page")
}
