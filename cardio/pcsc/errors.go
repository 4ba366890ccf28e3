package pcsc

import (
	"errors"
	"fmt"

	"github.com/ebfe/scard"

	"github.com/madoguchi/madoguchi/cardio"
)

// Codes that reach us from below the PC/SC layer on Windows (winerror.h).
const (
	winInvalidHandle  scard.Error = 6
	winBadCommand     scard.Error = 22
	winGenFailure     scard.Error = 31
	winBrokenPipe     scard.Error = 109
	winSemTimeout     scard.Error = 121
	winIODevice       scard.Error = 1117
	winDeviceRemoved  scard.Error = 1617
	winRPCUnavailable scard.Error = 1722
	winNoEndpoint     scard.Error = 1753
)

// causes names every code we know. What is not here is ErrReaderFault.
var causes = map[scard.Error]error{
	scard.ErrNoService:       cardio.ErrNoService,
	scard.ErrServiceStopped:  cardio.ErrNoService,
	scard.ErrInvalidHandle:   cardio.ErrNoService,
	scard.ErrCommError:       cardio.ErrNoService, // pcscd ended: "RPC transport error"
	scard.ErrShutdown:        cardio.ErrNoService,
	scard.ErrSystemCancelled: cardio.ErrNoService,
	scard.ErrServerTooBusy:   cardio.ErrNoService,
	winInvalidHandle:         cardio.ErrNoService, // the service stopped with its last reader
	winBrokenPipe:            cardio.ErrNoService, // remote desktop closed
	winRPCUnavailable:        cardio.ErrNoService,
	winNoEndpoint:            cardio.ErrNoService,

	scard.ErrNoReadersAvailable: cardio.ErrNoReader,
	scard.ErrUnknownReader:      cardio.ErrNoReader,
	scard.ErrReaderUnavailable:  cardio.ErrNoReader,

	scard.ErrNoSmartcard: cardio.ErrNoCard,

	scard.ErrRemovedCard:   cardio.ErrRemoved,
	scard.ErrNotTransacted: cardio.ErrRemoved, // between the pull and the next poll
	scard.ErrCommDataLost:  cardio.ErrRemoved,
	winBadCommand:          cardio.ErrRemoved,
	winGenFailure:          cardio.ErrRemoved,
	winIODevice:            cardio.ErrRemoved,
	winDeviceRemoved:       cardio.ErrRemoved,

	scard.ErrUnresponsiveCard: cardio.ErrSilent,
	scard.ErrUnpoweredCard:    cardio.ErrSilent,
	scard.ErrTimeout:          cardio.ErrSilent,
	winSemTimeout:             cardio.ErrSilent,

	scard.ErrResetCard:        cardio.ErrReset,
	scard.ErrSharingViolation: cardio.ErrInUse,
}

// cause says in cardio's words what a code means; the code stays in the text.
func cause(err error) error {
	if err == nil {
		return nil
	}
	named := cardio.ErrReaderFault
	var code scard.Error
	if errors.As(err, &code) {
		if known, ok := causes[code]; ok {
			named = known
		}
		return fmt.Errorf("%w (PC/SC %08X)", named, uint32(code))
	}
	return fmt.Errorf("%w: %w", named, err)
}

// is reports whether err is that code.
func is(err error, code scard.Error) bool { return errors.Is(err, code) }
