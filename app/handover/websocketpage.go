package handover

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	pageMessage = 1024             // bytes, from the page
	pageHello   = 5 * time.Second  // for each step until the page is known
	pageWrite   = time.Second      // for a message to the page
	pagePing    = 20 * time.Second // between two pings
	pagePong    = 5 * time.Second
)

// Close codes of our own (RFC 6455 §7.4.2).
const (
	closeTaken = websocket.StatusCode(4001) // another page takes the numbers now
	closePair  = websocket.StatusCode(4003) // the token is worth nothing: pair again
)

// message is every message of the protocol, both ways; docs/handover.md.
type message struct {
	Type   string `json:"type"`             // hello, kept, taken, refused; welcome, number, withdrawn
	Token  string `json:"token,omitempty"`  // of hello
	Next   string `json:"next,omitempty"`   // of welcome: the token of the next hello
	ID     string `json:"id,omitempty"`     // of number, taken, refused, withdrawn
	Number string `json:"number,omitempty"` // of number
}

var errProtocol = errors.New("not a message of " + pageProtocol)

// page is a page that has shown its token.
type page struct {
	conn *websocket.Conn
	gone chan struct{} // closed when the connection has ended

	mu     sync.Mutex
	id     string      // of the number that waits for its answer; "" none
	answer chan string // its answer: taken, refused
}

// expect gives the answer to the number with this id, once. What comes for an
// earlier one is too late.
func (p *page) expect(id string) <-chan string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.id, p.answer = id, make(chan string, 1)
	return p.answer
}

func (p *page) answered(m message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.ID == p.id {
		p.id = ""
		p.answer <- m.Type
	}
}

// withdraw tells the page to forget a number that it has not taken.
func (p *page) withdraw(id string) {
	_ = send(p.conn, message{Type: "withdrawn", ID: id}) // a page that is gone has forgotten it
}

// greet lets a page show its token and keep the next one.
func greet(ctx context.Context, c *websocket.Conn, keys *pairing, origin string) error {
	c.SetReadLimit(pageMessage)
	hello, err := receive(ctx, c)
	if err != nil {
		return err
	}
	if hello.Type != "hello" {
		return errProtocol
	}
	next, ok := keys.admit(hello.Token, origin)
	if !ok {
		return websocket.CloseError{Code: closePair, Reason: "pair this page again"}
	}
	if err := send(c, message{Type: "welcome", Next: next}); err != nil {
		return err
	}
	kept, err := receive(ctx, c)
	if err != nil {
		return err
	}
	if kept.Type != "kept" {
		return errProtocol
	}
	if !keys.kept(next, origin) {
		return websocket.CloseError{Code: closeTaken, Reason: "another page takes the numbers"}
	}
	return nil
}

// listen passes on the page's answers until the connection ends.
func (p *page) listen(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer close(p.gone)
	go p.ping(ctx)
	for {
		m, err := read(ctx, p.conn)
		if err != nil {
			return err
		}
		if m.Type != "taken" && m.Type != "refused" || m.ID == "" {
			return errProtocol
		}
		p.answered(m)
	}
}

func (p *page) ping(ctx context.Context) {
	every := time.NewTicker(pagePing)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		pong, cancel := context.WithTimeout(ctx, pagePong)
		err := p.conn.Ping(pong)
		cancel()
		if err != nil {
			p.conn.CloseNow()
			return
		}
	}
}

func receive(ctx context.Context, c *websocket.Conn) (message, error) {
	ctx, cancel := context.WithTimeout(ctx, pageHello)
	defer cancel()
	return read(ctx, c)
}

func read(ctx context.Context, c *websocket.Conn) (m message, err error) {
	kind, b, err := c.Read(ctx)
	if err != nil {
		return m, err
	}
	if kind != websocket.MessageText || json.Unmarshal(b, &m) != nil {
		return message{}, errProtocol
	}
	return m, nil
}

// send is not ended by whoever stops: a write that is cut off ends the connection,
// and the page could no longer be told to forget.
func send(c *websocket.Conn, m message) error {
	ctx, cancel := context.WithTimeout(context.Background(), pageWrite)
	defer cancel()
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	defer clear(b)
	return c.Write(ctx, websocket.MessageText, b)
}

// closing is how a connection that ended by err is closed.
func closing(err error) (websocket.StatusCode, string) {
	var own websocket.CloseError
	switch {
	case errors.As(err, &own) && (own.Code == closePair || own.Code == closeTaken):
		return own.Code, own.Reason
	case errors.Is(err, errProtocol):
		return websocket.StatusPolicyViolation, errProtocol.Error()
	}
	return websocket.StatusGoingAway, ""
}
