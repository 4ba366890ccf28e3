// Package floor does by hand what a desk does with one card: PC/SC calls, HTTP
// requests, commits and key events bare, nothing of ours in between. It checks
// nothing that it is not forced to, and knows no card but one that answers as it
// should: it is what the product is measured against, not an example.
//
// It calls scard, net/http, database/sql and xgb only.
package floor

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/ebfe/scard"
	_ "github.com/mattn/go-sqlite3" // the driver named sqlite3
)

// The commands of a whole writing, in the clear.
const (
	selectMyKey  = "\x00\xA4\x04\x0C\x07\xF0\x4D\x59\x4B\x45\x59\x06"
	readArea     = "\x00\xB0\x81\x00\x00"
	selectISD    = "\x00\xA4\x04\x00\x08\xA0\x00\x00\x01\x51\x00\x00\x00\x00"
	imageNumber  = "\x80\xCA\x00\x45\x00"
	freeSpace    = "\x80\xCA\xFF\x21\x00"
	selectJPKI   = "\x00\xA4\x04\x0C\x0A\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01"
	selectLabel  = "\x00\xA4\x02\x0C\x02\x00\x06"
	readLabel    = "\x00\xB0\x00\x00\x20"
	selectCert   = "\x00\xA4\x02\x0C\x02\x00\x0A"
	selectPIN    = "\x00\xA4\x02\x0C\x02\x00\x18"
	selectKey    = "\x00\xA4\x02\x0C\x02\x00\x17"
	triesLeft    = "\x00\x20\x00\x80"
	verify       = "\x00\x20\x00\x80\x04"
	sign         = "\x80\x2A\x00\x80\x33" + digestInfo
	digestInfo   = "\x30\x31\x30\x0D\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"
	notFound     = 0x6A82
	ok           = 0x9000
	cardSessions = "/v1/card-sessions"
)

// Config is where the floor works.
type Config struct {
	Address string      // of the platform, https://host:port
	TLS     *tls.Config // with the desk's certificate
	File    string      // database for the commits
	Reader  string      // PC/SC name
}

// Floor writes cards. Close it. One goroutine uses it at a time.
type Floor struct {
	config Config
	http   *http.Client
	db     *sql.DB
}

// Open makes the database with the tables and settings of the desk's journal.
func Open(c Config) (*Floor, error) {
	db, err := sql.Open("sqlite3", "file:"+c.File+
		"?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_secure_delete=on&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE job (id TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
		CREATE TABLE day_count (day TEXT NOT NULL, what TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (day, what)) STRICT, WITHOUT ROWID`)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Floor{config: c, db: db, http: &http.Client{Transport: &http.Transport{TLSClientConfig: c.TLS}}}, nil
}

// Close lets go of the database and the connection to the platform.
func (f *Floor) Close() error {
	f.http.CloseIdleConnections()
	return f.db.Close()
}

// Card is a card that was connected, and its context.
type Card struct {
	context *scard.Context
	card    *scard.Card
}

// Connect connects the card on a reader.
func Connect(reader string) (*Card, error) {
	context, err := scard.EstablishContext()
	if err != nil {
		return nil, err
	}
	card, err := context.Connect(reader, scard.ShareShared, scard.ProtocolT1)
	if err != nil {
		return nil, errors.Join(err, context.Release())
	}
	return &Card{context, card}, nil
}

// Close leaves the card as it is.
func (c *Card) Close() error {
	return errors.Join(c.card.Disconnect(scard.LeaveCard), c.context.Release())
}

// Area is a look-up's read: a transaction, two APDUs.
func (c *Card) Area() (area []byte, err error) {
	err = c.transaction(func() error {
		if _, err := c.transmit(selectMyKey, ok); err != nil {
			return err
		}
		area, err = c.transmit(readArea, ok)
		return err
	})
	return area, err
}

func (c *Card) transaction(f func() error) error {
	if err := c.card.BeginTransaction(); err != nil {
		return err
	}
	return errors.Join(f(), c.card.EndTransaction(scard.LeaveCard))
}

func (c *Card) transmit(command string, want int) ([]byte, error) {
	answer, err := c.card.Transmit([]byte(command))
	if err != nil {
		return nil, err
	}
	n := len(answer) - 2
	if n < 0 || int(answer[n])<<8|int(answer[n+1]) != want {
		return nil, fmt.Errorf("%X answered %X", command[:4], answer)
	}
	return answer[:n], nil
}

// all sends commands in one transaction and gives the last answer.
func (c *Card) all(commands ...string) (answer []byte, err error) {
	err = c.transaction(func() error {
		for _, command := range commands {
			if answer, err = c.transmit(command, ok); err != nil {
				return err
			}
		}
		return nil
	})
	return answer, err
}

// certificate reads EF 000A up to the length that its first bytes name.
func (c *Card) certificate() ([]byte, error) {
	if _, err := c.transmit(selectJPKI, ok); err != nil {
		return nil, err
	}
	if _, err := c.transmit(selectCert, ok); err != nil {
		return nil, err
	}
	der, err := c.transmit("\x00\xB0\x00\x00\x00", ok)
	if err != nil {
		return nil, err
	}
	total := 4 + int(der[2])<<8 + int(der[3])
	for len(der) < total {
		chunk, err := c.transmit(string([]byte{0x00, 0xB0, byte(len(der) >> 8), byte(len(der)), byte(min(total-len(der), 256))}), ok)
		if err != nil {
			return nil, err
		}
		der = append(der, chunk...)
	}
	return der, nil
}

// Write writes the fresh card on the reader: from connecting it to the last
// commit.
func (f *Floor) Write(pin string) (err error) {
	card, err := Connect(f.config.Reader)
	if err != nil {
		return err
	}
	job := random(16)
	if err := f.write(card, pin, job); err != nil {
		return errors.Join(err, card.Close())
	}
	if err := card.Close(); err != nil {
		return err
	}
	return f.finished(job)
}

func (f *Floor) write(card *Card, pin, job string) error {
	number, space, certificate, err := card.read()
	if err != nil {
		return err
	}
	if _, err := f.challenge(certificate); err != nil {
		return err
	}
	if _, err := card.tries(); err != nil {
		return err
	}
	nonce, err := f.challenge(certificate)
	if err != nil {
		return err
	}
	// RFC 8785 by hand: members sorted, no spaces, nothing to escape.
	body := fmt.Sprintf(`{"facts":{"free_space":%q,"image_number":%q,"isd":%q,"reserved":false},"job":%q,"step":"write","transaction":%q}`,
		base64.StdEncoding.EncodeToString(space), base64.StdEncoding.EncodeToString(number),
		base64.StdEncoding.EncodeToString([]byte(selectISD[5:13])), job, random(16))
	signature, err := card.sign(pin, f.digest(nonce, body))
	if err != nil {
		return err
	}
	if err := f.saved(job); err != nil {
		return err
	}
	assertion := fmt.Sprintf(`{"assertions":[{"algorithm":"rsa-pkcs1-sha256","certificate":%q,"nonce":%q,"purpose":"write","signature":%q}],`,
		base64.StdEncoding.EncodeToString(certificate), base64.StdEncoding.EncodeToString(nonce), base64.StdEncoding.EncodeToString(signature))
	var step step
	if err := f.post(cardSessions, assertion+body[1:], &step); err != nil {
		return err
	}
	if err := card.transaction(func() error { return f.trips(card, step) }); err != nil {
		return err
	}
	_, err = card.all(selectMyKey, readArea, selectISD, imageNumber, freeSpace)
	return err
}

// read is what is looked at before the PIN: which card it is, the facts, the
// certificate, and both once more for the card's fingerprint.
func (c *Card) read() (number, space, certificate []byte, err error) {
	err = c.transaction(func() error {
		if _, err := c.transmit(selectMyKey, notFound); err != nil {
			return err
		}
		for _, command := range []string{selectJPKI, selectLabel, readLabel} {
			if _, err := c.transmit(command, ok); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, nil, err
	}
	err = c.transaction(func() error {
		if _, err := c.transmit(selectMyKey, notFound); err != nil {
			return err
		}
		if _, err := c.transmit(selectISD, ok); err != nil {
			return err
		}
		if number, err = c.transmit(imageNumber, ok); err != nil {
			return err
		}
		space, err = c.transmit(freeSpace, ok)
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	err = c.transaction(func() error {
		certificate, err = c.certificate()
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	err = c.transaction(func() error {
		for _, command := range []string{selectISD, imageNumber} {
			if _, err := c.transmit(command, ok); err != nil {
				return err
			}
		}
		_, err := c.certificate()
		return err
	})
	return number[2:], space, certificate, err // 45 and its length stand before the number
}

// tries asks how many are left.
func (c *Card) tries() (left []byte, err error) {
	err = c.transaction(func() error {
		for _, command := range []string{selectJPKI, selectPIN} {
			if _, err := c.transmit(command, ok); err != nil {
				return err
			}
		}
		left, err = c.transmit(triesLeft, 0x63C3)
		return err
	})
	return left, err
}

func (c *Card) sign(pin string, digest []byte) (signature []byte, err error) {
	err = c.transaction(func() error {
		for _, command := range []string{selectJPKI, selectPIN} {
			if _, err := c.transmit(command, ok); err != nil {
				return err
			}
		}
		if _, err := c.transmit(triesLeft, 0x63C3); err != nil {
			return err
		}
		for _, command := range []string{verify + pin, selectKey, sign + string(digest) + "\x00"} {
			if signature, err = c.transmit(command, ok); err != nil {
				return err
			}
		}
		return nil
	})
	return signature, err
}

// trips carries the platform's scripts to the card and the answers back.
func (f *Floor) trips(card *Card, s step) error {
	for !s.Done {
		var answers []byte
		for _, command := range s.Script.Commands {
			answer, err := card.card.Transmit(command.APDU)
			if err != nil {
				return err
			}
			answers = fmt.Appendf(answers, `,%q`, base64.StdEncoding.EncodeToString(answer))
		}
		if len(answers) == 0 {
			return errors.New("an empty script")
		}
		next := step{Session: s.Session}
		if err := f.post(cardSessions+"/"+s.Session+"/steps", `{"answers":[`+string(answers[1:])+`]}`, &next); err != nil {
			return err
		}
		s = next
	}
	return nil
}

// step is the platform's answer to a trip.
type step struct {
	Session string `json:"session"`
	Done    bool   `json:"done"`
	Script  struct {
		Commands []struct {
			APDU []byte `json:"apdu"`
		} `json:"commands"`
	} `json:"script"`
}

// challenge asks for a nonce to sign.
func (f *Floor) challenge(certificate []byte) ([]byte, error) {
	var answer struct {
		Nonces [][]byte `json:"nonces"`
	}
	body := fmt.Sprintf(`{"certificate":%q,"purposes":["write"]}`, base64.StdEncoding.EncodeToString(certificate))
	if err := f.post("/v1/challenges", body, &answer); err != nil {
		return nil, err
	}
	return answer.Nonces[0], nil
}

// digest is the SHA-256 of what the card signs for a card session.
func (f *Floor) digest(nonce []byte, body string) []byte {
	request := sha256.Sum256([]byte("POST\x00" + cardSessions + "\x00" + body))
	text := "MYKEY-ASSERTION-1\x00write\x00" + f.config.Address + "\x00" + string(nonce) + string(request[:])
	digest := sha256.Sum256([]byte(text))
	return digest[:]
}

func (f *Floor) post(path, body string, out any) error {
	request, err := http.NewRequest(http.MethodPost, f.config.Address+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json, application/problem+json")
	request.Header.Set("User-Agent", "madoguchi")
	response, err := f.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s: status %d: %s", path, response.StatusCode, answer)
	}
	return json.Unmarshal(answer, out)
}

// sealedSize is the length of a job as the journal keeps it.
const sealedSize = 250

// saved is the commit before the first trip.
func (f *Floor) saved(job string) error {
	sealed := make([]byte, sealedSize)
	rand.Read(sealed)
	_, err := f.db.Exec(`INSERT INTO job (id, sealed) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET sealed = ?2`, job, sealed)
	return err
}

// finished is the two commits at the end.
func (f *Floor) finished(job string) error {
	if _, err := f.db.Exec(`DELETE FROM job WHERE id = ?1`, job); err != nil {
		return err
	}
	return f.counted("written")
}

// counted is the commit of a day's count.
func (f *Floor) counted(what string) error {
	_, err := f.db.Exec(`INSERT INTO day_count (day, what, n) VALUES (?1, ?2, 1) ON CONFLICT (day, what) DO UPDATE SET n = n + 1`,
		time.Now().Format(time.DateOnly), what)
	return err
}

func random(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
