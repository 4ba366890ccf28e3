package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard"
)

// driver plays vpcd: it takes one card and asks it.
func driver(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func ask(t *testing.T, conn net.Conn, body []byte) []byte {
	t.Helper()
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(body))), body...)); err != nil {
		t.Fatal(err)
	}
	var head [2]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, binary.BigEndian.Uint16(head[:]))
	if _, err := io.ReadFull(conn, answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// session starts the program against the driver, sends commands and ends it.
func session(t *testing.T, dir string, commands ...string) [][]byte {
	t.Helper()
	l := driver(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"--state", dir, "--vpcd", l.Addr().String()}, io.Discard) }()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for _, c := range commands {
		out = append(out, ask(t, conn, []byte(c)))
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	_ = conn.Close()
	return out
}

const (
	selectJPKI = "\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01"
	wrongPIN   = "\x00\x20\x00\x98\x049999"
	tries      = "\x00\x20\x00\x98"
)

func TestTheCardRemembersItsTriesAndCertificateAcrossRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "card")
	first := session(t, dir, "\x04", selectJPKI, wrongPIN)
	if !bytes.Equal(first[2], []byte{0x63, 0xC2}) {
		t.Fatalf("wrong PIN: %X", first[2])
	}
	before, err := virtualcard.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	again := session(t, dir, "\x04", selectJPKI, tries)
	if !bytes.Equal(again[2], []byte{0x63, 0xC2}) {
		t.Errorf("tries after a restart: %X, want 63C2", again[2])
	}
	if !bytes.Equal(first[0], again[0]) || len(before.Snapshot()["JPKI/000A"]) <= 256 {
		t.Error("another card after a restart")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("state folder: %v, %v; want card.json alone", entries, err)
	}
}

func TestADamagedStateIsNotReplacedByANewCard(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "card.json"), []byte(`{"Profile":""`), 0o600); err != nil {
		t.Fatal(err)
	}
	err := run(context.Background(), []string{"--state", dir}, io.Discard)
	if !errors.Is(err, virtualcard.ErrState) {
		t.Errorf("got %v, want ErrState", err)
	}
}
