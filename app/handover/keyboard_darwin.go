package handover

import (
	"context"
	"log/slog"
)

func openKeyboard(context.Context, Config, *slog.Logger) (Way, error) { return nil, ErrNotHere }

func openPaste(context.Context, Config, *slog.Logger) (Way, error) { return nil, ErrNotHere }

func openClipboard(context.Context, Config, *slog.Logger) (Way, error) { return nil, ErrNotHere }

// OpenDesktop gives this system's desktop, or ErrNotHere.
func OpenDesktop(context.Context) (Desktop, error) { return nil, ErrNotHere }
