package handover

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

const library = "https://library.example"

func TestPageTakesNumbers(t *testing.T) {
	var log lockedBuffer
	way := newWebSocket(t, &log)
	page := pairPage(t, way)
	for _, number := range []string{"0000001", "00112233", "A1234-5678A", `"<&>'`} {
		got := hand(t.Context(), way, number)
		m := page.want(t, "number")
		if m.Number != number || m.ID == "" {
			t.Errorf("the page got %+v, want %s", m, number)
		}
		page.say(t, message{Type: "taken", ID: m.ID})
		if r := <-got; r.outcome != Delivered || r.err != nil {
			t.Errorf("got %v, %v; want delivered", r.outcome, r.err)
		}
	}
	if err := way.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	for _, number := range []string{"0000001", "00112233", "A1234-5678A"} {
		if strings.Contains(log.String(), number) {
			t.Errorf("the log holds %s", number)
		}
	}
}

func TestPageThatDoesNotTakeTheNumber(t *testing.T) {
	way := newWebSocket(t, io.Discard)
	if r := <-hand(t.Context(), way, "0000001"); r.outcome != NotDelivered || !errors.Is(r.err, ErrNobody) {
		t.Errorf("no page: got %v, %v; want not delivered, ErrNobody", r.outcome, r.err)
	}
	if err := way.Ready(t.Context()); !errors.Is(err, ErrNobody) {
		t.Errorf("no page: ready gives %v, want ErrNobody", err)
	}
	page := pairPage(t, way)

	got := hand(t.Context(), way, "0000002")
	page.say(t, message{Type: "refused", ID: page.want(t, "number").ID})
	if r := <-got; r.outcome != NotDelivered || !errors.Is(r.err, ErrNobody) {
		t.Errorf("refused: got %v, %v; want not delivered, ErrNobody", r.outcome, r.err)
	}

	way.answer = 20 * time.Millisecond
	got = hand(t.Context(), way, "0000003")
	late := page.want(t, "number").ID
	if r := <-got; r.outcome != Unknown || !errors.Is(r.err, ErrNobody) {
		t.Errorf("no answer: got %v, %v; want unknown, ErrNobody", r.outcome, r.err)
	}
	if m := page.want(t, "withdrawn"); m.ID != late {
		t.Errorf("withdrawn is %q, want %q", m.ID, late)
	}

	way.answer = time.Minute
	page.say(t, message{Type: "taken", ID: late}) // must not count for the next
	got = hand(t.Context(), way, "0000004")
	m := page.want(t, "number")
	page.say(t, message{Type: "taken", ID: late})
	page.say(t, message{Type: "refused", ID: m.ID})
	if r := <-got; r.outcome != NotDelivered {
		t.Errorf("a late answer counted for the next number: %v, %v", r.outcome, r.err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	got = hand(ctx, way, "0000005")
	m = page.want(t, "number")
	cancel()
	if r := <-got; r.outcome != Unknown || !errors.Is(r.err, context.Canceled) {
		t.Errorf("cancelled: got %v, %v; want unknown, context.Canceled", r.outcome, r.err)
	}
	if w := page.want(t, "withdrawn"); w.ID != m.ID {
		t.Errorf("withdrawn is %q, want %q", w.ID, m.ID)
	}

	got = hand(t.Context(), way, "0000006")
	page.want(t, "number")
	page.conn.CloseNow()
	if r := <-got; r.outcome != Unknown || !errors.Is(r.err, ErrNobody) {
		t.Errorf("page gone: got %v, %v; want unknown, ErrNobody", r.outcome, r.err)
	}
}

func TestPageThatTakesTheNumberAndGoesHasIt(t *testing.T) {
	way := newWebSocket(t, io.Discard)
	for range 20 {
		page := pairPage(t, way)
		got := hand(t.Context(), way, "0000001")
		page.say(t, message{Type: "taken", ID: page.want(t, "number").ID})
		page.conn.CloseNow() // the form is sent, the next page comes
		if r := <-got; r.outcome != Delivered || r.err != nil {
			t.Fatalf("got %v, %v; want delivered", r.outcome, r.err)
		}
	}
}

func TestPageAnswersInThreeSeconds(t *testing.T) {
	way := newWebSocket(t, io.Discard)
	if way.answer != 3*time.Second {
		t.Errorf("waits %v, want 3s", way.answer)
	}
}

// TestStrangersAreRefusedBeforeTheUpgrade sends what browsers and programs send.
func TestStrangersAreRefusedBeforeTheUpgrade(t *testing.T) {
	way := newWebSocket(t, io.Discard)
	for _, test := range []struct {
		name   string
		change func(*http.Request)
		want   int
	}{
		{"none: it is let in", func(*http.Request) {}, http.StatusSwitchingProtocols},
		{"localhost: it is let in", func(r *http.Request) { r.Host = fmt.Sprintf("localhost:%d", way.port) }, http.StatusSwitchingProtocols},
		{"another origin", origin("https://evil.example"), http.StatusForbidden},
		{"another scheme", origin("http://library.example"), http.StatusForbidden},
		{"another port", origin(library + ":8443"), http.StatusForbidden},
		{"a longer name", origin(library + ".evil.example"), http.StatusForbidden},
		{"a host under it", origin("https://www.library.example"), http.StatusForbidden},
		{"a path after it", origin(library + "/"), http.StatusForbidden},
		{"a page without an origin", origin("null"), http.StatusForbidden},
		{"an empty origin", origin(""), http.StatusForbidden},
		{"no origin", func(r *http.Request) { r.Header.Del("Origin") }, http.StatusForbidden},
		{"two origins", func(r *http.Request) { r.Header.Add("Origin", library) }, http.StatusForbidden},
		{"the desk's own origin", origin(fmt.Sprintf("http://127.0.0.1:%d", way.port)), http.StatusForbidden},
		{"a host name of DNS rebinding", func(r *http.Request) { r.Host = "evil.example" }, http.StatusMisdirectedRequest},
		{"with the port", func(r *http.Request) { r.Host = fmt.Sprintf("evil.example:%d", way.port) }, http.StatusMisdirectedRequest},
		{"no port", func(r *http.Request) { r.Host = "127.0.0.1" }, http.StatusMisdirectedRequest},
		{"a token in the address", func(r *http.Request) { r.URL.RawQuery = "token=x" }, http.StatusNotFound},
		{"another path", func(r *http.Request) { r.URL.Path = "/" }, http.StatusNotFound},
		{"no subprotocol", func(r *http.Request) { r.Header.Del("Sec-WebSocket-Protocol") }, http.StatusBadRequest},
		{"another subprotocol", func(r *http.Request) { r.Header.Set("Sec-WebSocket-Protocol", "madoguchi.handover.2") }, http.StatusBadRequest},
		{"POST", func(r *http.Request) { r.Method = http.MethodPost }, http.StatusMethodNotAllowed},
		{"no upgrade", func(r *http.Request) { r.Header.Del("Upgrade") }, http.StatusUpgradeRequired},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/handover", way.port), nil)
			if err != nil {
				t.Fatal(err)
			}
			for key, value := range map[string]string{
				"Origin": library, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
				"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": pageProtocol,
				"Sec-WebSocket-Extensions": "permessage-deflate",
			} {
				r.Header.Set(key, value)
			}
			test.change(r)
			answer, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != test.want {
				t.Errorf("got %s, want %d", answer.Status, test.want)
			}
			if got := answer.Header.Get("Sec-WebSocket-Extensions"); got != "" {
				t.Errorf("compression: %s", got)
			}
		})
	}
}

func origin(s string) func(*http.Request) {
	return func(r *http.Request) { r.Header["Origin"] = []string{s} }
}

func TestPreflightIsAnsweredForTheListAlone(t *testing.T) {
	way := newWebSocket(t, io.Discard)
	for _, test := range []struct {
		origin                 string
		status                 int
		allowOrigin, allowLoop string
	}{
		{library, http.StatusNoContent, library, "true"},
		{"https://evil.example", http.StatusForbidden, "", ""},
		{"null", http.StatusForbidden, "", ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, fmt.Sprintf("http://127.0.0.1:%d/handover", way.port), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", test.origin)
		r.Header.Set("Access-Control-Request-Method", http.MethodGet)
		r.Header.Set("Access-Control-Request-Private-Network", "true")
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != test.status ||
			answer.Header.Get("Access-Control-Allow-Origin") != test.allowOrigin ||
			answer.Header.Get("Access-Control-Allow-Private-Network") != test.allowLoop {
			t.Errorf("%s: got %s, %v", test.origin, answer.Status, answer.Header)
		}
	}
}

func TestUsedTokenIsWorthNothing(t *testing.T) {
	way := newWebSocket(t, io.Discard)
	code := way.Pair()
	first := openPage(t, way, library)
	first.say(t, message{Type: "hello", Token: code})
	one := first.want(t, "welcome").Next
	first.say(t, message{Type: "kept"})
	first.conn.CloseNow()

	second := openPage(t, way, library)
	second.say(t, message{Type: "hello", Token: one})
	two := second.want(t, "welcome").Next
	second.conn.CloseNow() // reloaded before it could keep it: the old one still counts
	third := openPage(t, way, library)
	third.say(t, message{Type: "hello", Token: one})
	three := third.want(t, "welcome").Next
	third.say(t, message{Type: "kept"})
	waitReady(t, way)

	for name, token := range map[string]string{"the code": code, "the first": one, "one that was never kept": two, "nothing": ""} {
		thief := openPage(t, way, library)
		thief.say(t, message{Type: "hello", Token: token})
		if got := thief.closed(t); got != closePair {
			t.Errorf("%s: got %v, want %v", name, got, closePair)
		}
	}
	if err := way.Ready(t.Context()); err != nil {
		t.Errorf("the page was thrown out: %v", err)
	}
	t.Run("by another page of the list", func(t *testing.T) {
		thief := openPage(t, way, "http://127.0.0.1:8080")
		thief.say(t, message{Type: "hello", Token: three})
		if got := thief.closed(t); got != closePair {
			t.Errorf("got %v, want %v", got, closePair)
		}
	})
	last := openPage(t, way, library)
	last.say(t, message{Type: "hello", Token: three})
	last.want(t, "welcome")
}

func TestPairingCode(t *testing.T) {
	var p pairing
	right := func(code string) bool { _, ok := p.admit(code, library); return ok }
	code := p.newCode()
	if len(code) != 9 || code[4] != '-' {
		t.Errorf("the code is %q", code)
	}
	if !right(strings.ToLower(strings.Replace(code, "-", " ", 1))) {
		t.Error("small letters and a blank are not taken")
	}
	if right(code) {
		t.Error("the code is good twice")
	}
	first := p.newCode()
	if p.newCode(); right(first) {
		t.Error("an earlier code is still good")
	}
	code = p.newCode()
	for range 4 {
		right("WRONG")
	}
	if !right(code) {
		t.Error("four wrong tries end the code")
	}
	code = p.newCode()
	for range 5 {
		right("WRONG")
	}
	if right(code) {
		t.Error("five wrong tries do not end the code")
	}
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			after time.Duration
			want  bool
		}{{PairTime, true}, {PairTime + 1, false}} {
			code := p.newCode()
			time.Sleep(test.after)
			if got := right(code); got != test.want {
				t.Errorf("after %v: %v, want %v", test.after, got, test.want)
			}
		}
	})
}

func TestOnlyTheLastPageTakes(t *testing.T) {
	way := newWebSocket(t, io.Discard)
	first := pairPage(t, way)
	second := pairPage(t, way)
	if got := first.closed(t); got != closeTaken {
		t.Errorf("the first page is closed by %v, want %v", got, closeTaken)
	}
	got := hand(t.Context(), way, "0000001")
	second.say(t, message{Type: "taken", ID: second.want(t, "number").ID})
	if r := <-got; r.outcome != Delivered {
		t.Errorf("got %v, %v", r.outcome, r.err)
	}
}

func TestPageThatBreaksTheProtocolIsClosed(t *testing.T) {
	way := newWebSocket(t, io.Discard)
	for _, test := range []struct {
		name string
		kind websocket.MessageType
		text string
		want websocket.StatusCode
	}{
		{"not JSON", websocket.MessageText, "0000001", websocket.StatusPolicyViolation},
		{"binary", websocket.MessageBinary, `{"type":"taken","id":"x"}`, websocket.StatusPolicyViolation},
		{"another type", websocket.MessageText, `{"type":"number","id":"x"}`, websocket.StatusPolicyViolation},
		{"no id", websocket.MessageText, `{"type":"taken"}`, websocket.StatusPolicyViolation},
		{"too long", websocket.MessageText, `{"type":"taken","id":"` + strings.Repeat("x", 1024) + `"}`, websocket.StatusMessageTooBig},
	} {
		page := pairPage(t, way)
		if err := page.conn.Write(t.Context(), test.kind, []byte(test.text)); err != nil {
			t.Fatal(err)
		}
		if got := page.closed(t); got != test.want {
			t.Errorf("%s: closed by %v, want %v", test.name, got, test.want)
		}
	}
	for name, text := range map[string]string{
		"no hello": `{"type":"taken","id":"x"}`, "not JSON": "hello",
	} {
		page := openPage(t, way, library)
		if err := page.conn.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := page.closed(t); got != websocket.StatusPolicyViolation {
			t.Errorf("%s: closed by %v", name, got)
		}
	}
}

func TestNobodyOutsideThisMachineReachesThePort(t *testing.T) {
	way := newWebSocket(t, io.Discard)
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, a := range addresses {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.IsLoopback() || n.IP.IsLinkLocalUnicast() {
			continue
		}
		tried++
		c, err := net.DialTimeout("tcp", net.JoinHostPort(n.IP.String(), fmt.Sprint(way.port)), 2*time.Second)
		if err == nil {
			c.Close()
			t.Errorf("%v answers", n.IP)
		}
	}
	if tried == 0 {
		t.Skipf("skipped=1 reason=%q", "this machine has loopback alone")
	}
}

func TestPortOfAnotherProgramIsErrPort(t *testing.T) {
	way := newWebSocket(t, io.Discard)
	c := Config{Way: WayWebSocket, WebSocket: WebSocketConfig{Port: way.port, Origins: []string{library}}}
	second, err := Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if second != nil || !errors.Is(err, ErrPort) {
		t.Fatalf("got %v, %v; want ErrPort", second, err)
	}
	if err := way.Close(); err != nil {
		t.Error(err)
	}
	third, err := Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("the port is not given back: %v", err)
	}
	if err := third.Close(); err != nil {
		t.Error(err)
	}
}

// client is a page's side of the protocol.
type client struct{ conn *websocket.Conn }

func newWebSocket(t *testing.T, log io.Writer) *webSocketWay {
	t.Helper()
	c := Config{WebSocket: WebSocketConfig{Origins: []string{library, "http://127.0.0.1:8080"}}}
	way, err := openWebSocket(c, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := way.Close(); err != nil {
			t.Error(err)
		}
	})
	return way
}

func openPage(t *testing.T, way *webSocketWay, origin string) *client {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), fmt.Sprintf("ws://127.0.0.1:%d/handover", way.port), &websocket.DialOptions{
		Subprotocols: []string{pageProtocol}, HTTPHeader: http.Header{"Origin": {origin}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	return &client{conn}
}

func pairPage(t *testing.T, way *webSocketWay) *client {
	t.Helper()
	before := way.page()
	c := openPage(t, way, library)
	c.say(t, message{Type: "hello", Token: way.Pair()})
	c.want(t, "welcome")
	c.say(t, message{Type: "kept"})
	until(t, "a new page", func() bool { p := way.page(); return p != nil && p != before })
	return c
}

func waitReady(t *testing.T, way Way) {
	t.Helper()
	until(t, "a page", func() bool { return way.Ready(t.Context()) == nil })
}

// until looks until it is so, for 5 s at most.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come", what)
		}
	}
}

func (c *client) say(t *testing.T, m message) {
	t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.conn.Write(t.Context(), websocket.MessageText, b); err != nil {
		t.Fatal(err)
	}
}

func (c *client) want(t *testing.T, kind string) message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	m, err := read(ctx, c.conn)
	if err != nil || m.Type != kind {
		t.Fatalf("the page got %+v, %v; want %s", m, err, kind)
	}
	return m
}

// closed gives the code by which the desk closes the page.
func (c *client) closed(t *testing.T) websocket.StatusCode {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for {
		if _, _, err := c.conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
