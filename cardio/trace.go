package cardio

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
)

// trace writes one exchange at debug level. Of commands that carry a secret or a
// record it writes header and length only; of answers that carry one, length and
// status word. What is masked: VERIFY, CHANGE REFERENCE DATA, EXTERNAL
// AUTHENTICATE, UPDATE BINARY, PUT KEY (D8), STORE DATA, every READ BINARY (our
// record, a certificate), GET DATA (the card image number), a signature, and GET
// RESPONSE, which may carry any of these.
func (c *Card) trace(ctx context.Context, command, answer []byte, err error) {
	if !c.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	if err != nil {
		c.log.LogAttrs(ctx, slog.LevelDebug, "apdu", slog.String("command", masked(command)), slog.Any("error", err))
		return
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "apdu",
		slog.String("command", masked(command)), slog.String("answer", maskedAnswer(command, answer)))
}

// masked gives a command as the trace may show it.
func masked(command []byte) string {
	if len(command) < 5 {
		return hex.EncodeToString(command)
	}
	switch command[1] {
	case insVerify, insChangeReference, insExternalAuth, insUpdateBinary, insPutKey, insStoreData:
		return header(command)
	}
	return hex.EncodeToString(command)
}

func maskedAnswer(command, answer []byte) string {
	if len(answer) < 2 || len(command) < 2 {
		return fmt.Sprintf("%d bytes", len(answer))
	}
	switch command[1] {
	case insReadBinary, insGetData, insGetResponse, insSign:
		n := len(answer) - 2
		return fmt.Sprintf("%d bytes %s", n, hex.EncodeToString(answer[n:]))
	}
	return hex.EncodeToString(answer)
}

// header names a command by its first four bytes and its length.
func header(command []byte) string {
	return fmt.Sprintf("% X (%d bytes)", command[:min(len(command), 4)], len(command))
}
