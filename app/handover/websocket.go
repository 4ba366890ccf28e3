package handover

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/madoguchi/madoguchi/mykey"
)

const pageAnswer = 3 * time.Second // then nobody knows whether the page has it

// webSocketWay pushes the number to a page of a web-based business system that is
// open in a browser on this machine. It listens on loopback alone; a page comes in
// by its origin, and is heard after it has shown a one-time token.
type webSocketWay struct {
	keys   pairing
	server *http.Server
	port   int
	log    *slog.Logger
	turns  *turns
	ends   sync.WaitGroup // everything that runs here

	answer time.Duration

	mu      sync.Mutex
	closed  bool
	current *page // nil: no page
}

func openWebSocket(c Config, log *slog.Logger) (*webSocketWay, error) {
	listeners, err := listenLoopback(c.WebSocket.Port)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPort, err)
	}
	w := &webSocketWay{port: listeners[0].Addr().(*net.TCPAddr).Port, log: log, turns: newTurns(), answer: pageAnswer}
	w.server = newServer(newDoor(w.port, c.WebSocket.Origins, log, w.enter))
	for _, l := range listeners {
		w.ends.Go(func() { _ = w.server.Serve(l) }) // it ends by Close
	}
	return w, nil
}

// Pair is Pairer's.
func (w *webSocketWay) Pair() string { return w.keys.newCode() }

// Ready returns ErrNobody while no page is connected.
func (w *webSocketWay) Ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.page() == nil {
		return ErrNobody
	}
	return nil
}

// Hand is Delivered when the page says that it has taken the number, NotDelivered
// with ErrNobody when there is no page or the page refuses it, and Unknown when it
// says nothing for 3 s or goes away: then it is told to forget the number.
func (w *webSocketWay) Hand(ctx context.Context, number mykey.ServiceID, _ Window) (Outcome, error) {
	ctx, give, err := w.turns.take(ctx)
	if err != nil {
		return NotDelivered, err
	}
	defer give()
	p := w.page()
	if p == nil {
		return NotDelivered, ErrNobody
	}
	id := rand.Text()
	answer := p.expect(id)
	limit := time.NewTimer(w.answer)
	defer limit.Stop()
	why := send(p.conn, message{Type: "number", ID: id, Number: number.Reveal()})
	if why == nil {
		select {
		case kind := <-answer:
			return taken(kind)
		case <-p.gone:
			why = errors.New("the page is gone")
		case <-limit.C:
			why = errors.New("the page does not answer")
		case <-ctx.Done():
		}
	}
	select {
	case kind := <-answer: // a page may take the number and go at once
		return taken(kind)
	default:
	}
	p.withdraw(id)
	if ctx.Err() != nil {
		return Unknown, ctx.Err()
	}
	return Unknown, fmt.Errorf("%w: %w", ErrNobody, why)
}

func taken(kind string) (Outcome, error) {
	if kind == "taken" {
		return Delivered, nil
	}
	return NotDelivered, ErrNobody
}

func (w *webSocketWay) page() *page {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.current
}

// enter serves one connection until it ends.
func (w *webSocketWay) enter(c *websocket.Conn, origin string) {
	if !w.begin() {
		return
	}
	defer w.ends.Done()
	ctx := w.turns.life
	err := greet(ctx, c, &w.keys, origin)
	if err == nil {
		w.log.Info("page takes numbers", "origin", origin)
		p := &page{conn: c, gone: make(chan struct{})}
		w.seat(p)
		err = p.listen(ctx)
		w.unseat(p)
		w.log.Info("page gone", "origin", origin)
	}
	code, reason := closing(err)
	_ = c.Close(code, reason) // it may be closed
}

// begin counts a connection in, unless Close has begun to wait.
func (w *webSocketWay) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.ends.Add(1)
	}
	return !w.closed
}

// seat makes p the one page that takes numbers; the one before is told so.
func (w *webSocketWay) seat(p *page) {
	w.mu.Lock()
	last := w.current
	w.current = p
	w.mu.Unlock()
	if last != nil {
		w.ends.Go(func() { _ = last.conn.Close(closeTaken, "another page takes the numbers") })
	}
}

func (w *webSocketWay) unseat(p *page) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.current == p {
		w.current = nil
	}
}

// Close ends every connection and gives the port back.
func (w *webSocketWay) Close() error {
	if !w.turns.over() {
		return nil
	}
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	err := w.server.Close()
	w.ends.Wait()
	return err
}
