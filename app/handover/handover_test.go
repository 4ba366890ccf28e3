package handover

import (
	"context"
	"testing"

	"github.com/madoguchi/madoguchi/mykey"
)

type result struct {
	outcome Outcome
	err     error
}

// hand starts one hand-over and gives its end.
func hand(ctx context.Context, way Way, number string) chan result {
	end := make(chan result, 1)
	id, err := mykey.ParseServiceID(number)
	if err != nil {
		panic(err)
	}
	go func() {
		outcome, err := way.Hand(ctx, id, Window{})
		end <- result{outcome, err}
	}()
	return end
}

func service(t *testing.T, number string) mykey.ServiceID {
	t.Helper()
	id, err := mykey.ParseServiceID(number)
	if err != nil {
		t.Fatal(err)
	}
	return id
}
