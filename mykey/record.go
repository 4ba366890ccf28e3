package mykey

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"time"
)

// SlotSize is the length of one slot of the card AP's EF, in bytes.
const SlotSize = 128

// CommitOffset is where a slot's commit mark stands.
const CommitOffset = 0x7F

// Commit marks (offset 7F).
const (
	CommitWriting = 0xFF
	CommitDone    = 0xA5
)

// Kind says what a slot holds.
type Kind byte

// Kinds (offset 03).
const (
	KindRecord    Kind = 0x01
	KindTombstone Kind = 0x02 // the MyKey ID was removed
)

// Errors of a record.
var (
	// ErrForged: the record's signature is not the platform's.
	ErrForged = errors.New("record signature is wrong")
	// ErrKeyUnknown: the record names a signing key that is not in the list.
	ErrKeyUnknown = errors.New("record signing key is unknown")
	// ErrDate: not a calendar date in BCD.
	ErrDate = errors.New("issue date is not a date")
)

// Slot layout, offsets and lengths in bytes.
const (
	offMagic      = 0x00 // 2, "MK"
	offVersion    = 0x02 // 1, 01
	offKind       = 0x03 // 1
	offGeneration = 0x04 // 4, big-endian
	offIDLength   = 0x08 // 1
	offID         = 0x09 // 15, ASCII, padded 00
	offIssued     = 0x18 // 4, BCD YYYYMMDD
	offKeyID      = 0x1C // 4
	offBinding    = 0x20 // 8
	offSignature  = 0x28 // 64
	offCRC        = 0x68 // 4, CRC-32 (IEEE) over 00–67
	offReserved   = 0x6C // 19, 00
)

const (
	layoutVersion = 0x01
	signedPrefix  = "MYKEY-RECORD-1"
	bindingPrefix = "MYKEY-CARD-1"
	idField       = 15
)

// BindingSize is the length of a card binding, in bytes.
const BindingSize = 8

// Record is a MyKey record: what one slot of the card AP says. Two records are
// the same when their bytes are: compare with ==.
type Record struct {
	Kind       Kind
	Generation uint32 // the higher wins
	ID         ID     // zero in a tombstone
	Issued     Date
	KeyID      uint32 // which of the platform's keys signed it
	Binding    [BindingSize]byte
	Signature  [ed25519.SignatureSize]byte
}

// Binding ties a record to one card: the first 8 bytes of
// SHA-256("MYKEY-CARD-1" ‖ card image number).
func Binding(cardImageNumber []byte) [BindingSize]byte {
	sum := sha256.Sum256(append([]byte(bindingPrefix), cardImageNumber...))
	return [BindingSize]byte(sum[:BindingSize])
}

// Marshal gives the slot's 128 bytes, committed. What ParseSlot finds valid,
// Marshal gives back byte for byte.
func (r Record) Marshal() [SlotSize]byte {
	b := r.body()
	copy(b[offSignature:], r.Signature[:])
	binary.BigEndian.PutUint32(b[offCRC:], crc32.ChecksumIEEE(b[:offCRC]))
	b[CommitOffset] = CommitDone
	return b
}

// SignedBytes is what the platform signs: "MYKEY-RECORD-1" ‖ bytes 02–27.
func (r Record) SignedBytes() []byte {
	b := r.body()
	return append([]byte(signedPrefix), b[offVersion:offSignature]...)
}

func (r Record) body() (b [SlotSize]byte) {
	b[offMagic], b[offMagic+1] = 'M', 'K'
	b[offVersion] = layoutVersion
	b[offKind] = byte(r.Kind)
	binary.BigEndian.PutUint32(b[offGeneration:], r.Generation)
	id := r.ID.Reveal()
	b[offIDLength] = byte(len(id))
	copy(b[offID:offID+idField], id)
	issued := r.Issued.bcd()
	copy(b[offIssued:], issued[:])
	binary.BigEndian.PutUint32(b[offKeyID:], r.KeyID)
	copy(b[offBinding:], r.Binding[:])
	return b
}

// RecordKey is one of the platform's record signing keys, as GET /v1/desk gives it.
type RecordKey struct {
	ID       uint32
	Public   ed25519.PublicKey
	NotAfter time.Time // after it nothing new is signed; what it signed stays valid
}

// Verify checks the signature against the key the record names. It returns
// ErrKeyUnknown or ErrForged.
func (r Record) Verify(keys []RecordKey) error {
	for _, k := range keys {
		if k.ID != r.KeyID || len(k.Public) != ed25519.PublicKeySize {
			continue
		}
		if !ed25519.Verify(k.Public, r.SignedBytes(), r.Signature[:]) {
			return ErrForged
		}
		return nil
	}
	return ErrKeyUnknown
}

// Format writes kind, generation and the masked ID, for every verb.
func (r Record) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "Record(kind %d, generation %d, %s)", r.Kind, r.Generation, r.ID.Masked())
}

// LogValue writes what Format writes.
func (r Record) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(r)) }

// MarshalText refuses.
func (r Record) MarshalText() ([]byte, error) { return nil, ErrEncode }

// SlotState says what a slot's bytes are.
type SlotState int

// States of a slot.
const (
	SlotErased      SlotState = iota // all 00 or all FF
	SlotDamaged                      // torn in its body, or garbage
	SlotUncommitted                  // whole, but its commit mark is not A5
	SlotValid                        // magic, version, CRC, commit A5; the signature is Record.Verify's
)

// Slot is one slot as read. Record is set for SlotUncommitted and SlotValid.
type Slot struct {
	State  SlotState
	Record Record
}

// ParseSlot reads one slot; anything that is not 128 bytes is damaged. It has
// one encoding: a body that Marshal would write otherwise (reserved bytes, an
// ID that is none, padding) is damaged.
func ParseSlot(b []byte) Slot {
	if len(b) != SlotSize {
		return Slot{State: SlotDamaged}
	}
	if uniform(b, 0x00) || uniform(b, 0xFF) {
		return Slot{State: SlotErased}
	}
	r, ok := parseBody(b)
	if !ok {
		return Slot{State: SlotDamaged}
	}
	if b[CommitOffset] != CommitDone {
		return Slot{State: SlotUncommitted, Record: r}
	}
	return Slot{State: SlotValid, Record: r}
}

func parseBody(b []byte) (Record, bool) {
	r := Record{
		Kind:       Kind(b[offKind]),
		Generation: binary.BigEndian.Uint32(b[offGeneration:]),
		KeyID:      binary.BigEndian.Uint32(b[offKeyID:]),
		Binding:    [BindingSize]byte(b[offBinding:]),
		Signature:  [ed25519.SignatureSize]byte(b[offSignature:]),
	}
	var err error
	if r.Issued, err = dateFromBCD([4]byte(b[offIssued:])); err != nil {
		return Record{}, false
	}
	n := int(b[offIDLength])
	switch {
	case r.Kind == KindTombstone && n == 0:
	case r.Kind == KindRecord && n == IDLength:
		if r.ID, err = ParseID(string(b[offID : offID+n])); err != nil {
			return Record{}, false
		}
	default:
		return Record{}, false
	}
	want := r.Marshal()
	return r, bytes.Equal(b[:CommitOffset], want[:CommitOffset])
}

func uniform(b []byte, v byte) bool {
	for _, c := range b {
		if c != v {
			return false
		}
	}
	return true
}

// Date is a calendar date, YYYYMMDD, without a zone.
type Date struct {
	Year  int // 1–9999
	Month time.Month
	Day   int
}

// DateOf gives t's date in t's zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// Format writes YYYY-MM-DD.
func (d Date) Format(f fmt.State, _ rune) {
	io.WriteString(f, time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

func (d Date) bcd() [4]byte {
	return [4]byte{toBCD(d.Year / 100), toBCD(d.Year % 100), toBCD(int(d.Month)), toBCD(d.Day)}
}

func dateFromBCD(b [4]byte) (Date, error) {
	for _, c := range b {
		if c>>4 > 9 || c&0x0F > 9 {
			return Date{}, ErrDate
		}
	}
	d := Date{fromBCD(b[0])*100 + fromBCD(b[1]), time.Month(fromBCD(b[2])), fromBCD(b[3])}
	if d.Year < 1 || DateOf(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)) != d {
		return Date{}, ErrDate
	}
	return d, nil
}

func toBCD(n int) byte { return byte(n/10<<4 | n%10) }

func fromBCD(b byte) int { return int(b>>4)*10 + int(b&0x0F) }
