package handover

import (
	"context"
	"os"
)

// turns lets one hand-over through at a time, until they are over for good.
type turns struct {
	free chan struct{} // holds one token while nobody has the turn
	life context.Context
	end  context.CancelFunc
}

func newTurns() *turns {
	t := &turns{free: make(chan struct{}, 1)}
	t.free <- struct{}{}
	t.life, t.end = context.WithCancel(context.Background())
	return t
}

// take waits for the turn. The context it gives ends with ctx and with over; give
// hands the turn back. The error is ctx's, or os.ErrClosed after over.
func (t *turns) take(ctx context.Context) (_ context.Context, give func(), _ error) {
	if err := t.ended(ctx); err != nil {
		return nil, nil, err
	}
	select {
	case <-t.free:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case <-t.life.Done():
		return nil, nil, os.ErrClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(t.life, cancel)
	return ctx, func() {
		stop()
		cancel()
		t.free <- struct{}{}
	}, nil
}

// try takes the turn if it is free; give is nil if it is not.
func (t *turns) try(ctx context.Context) (give func(), _ error) {
	if err := t.ended(ctx); err != nil {
		return nil, err
	}
	select {
	case <-t.free:
		return func() { t.free <- struct{}{} }, nil
	default:
		return nil, nil
	}
}

func (t *turns) ended(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if t.life.Err() != nil {
		return os.ErrClosed
	}
	return nil
}

// over ends the turn that is under way, waits for it and lets no other through.
// It reports whether it was the first call.
func (t *turns) over() bool {
	if t.life.Err() != nil {
		return false
	}
	t.end()
	<-t.free
	return true
}
