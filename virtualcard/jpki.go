package virtualcard

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

var aidJPKI = mustHex("D392F000260100000001")

// Files of the JPKI AP. Each has the short identifier that its last byte says.
const (
	fileSignCertificate = 0x0001
	fileSignIssuer      = 0x0002
	fileToken           = 0x0006
	filePresent         = 0x0008
	fileAuthCertificate = 0x000A
	fileAuthIssuer      = 0x000B
	fileAuthKey         = 0x0017
	fileAuthPIN         = 0x0018
	fileSignKey         = 0x001A
	fileSignPassword    = 0x001B
)

// Tries of the two secrets.
const (
	authTries = 3
	signTries = 5
)

// jpki is the AP of 公的個人認証.
type jpki struct {
	Files    map[string][]byte // transparent EFs by identifier, four hex digits
	AuthPIN  *secret
	SignPass *secret
	AuthKey  *rsaKey
	SignKey  *rsaKey

	selected uint16 // 0 is none
}

func newJPKI(o Options, label string) *jpki {
	id := o.Identity
	j := &jpki{
		Files:    map[string][]byte{fileName(fileToken): tokenInfo(label)},
		AuthPIN:  &secret{Value: []byte(o.PIN), Left: authTries - o.PINTriesUsed, Most: authTries},
		SignPass: &secret{Value: []byte(o.SignPassword), Left: signTries - o.SignTriesUsed, Most: signTries},
	}
	present := make([]byte, 3)
	for _, f := range []struct {
		id      uint16
		content []byte
		mark    int // which byte of EF 0008 says that it is there; -1 none
	}{
		{fileSignCertificate, id.SignCertificate, 0},
		{fileSignIssuer, id.SignIssuer, -1},
		{fileAuthCertificate, id.AuthCertificate, 1},
		{fileAuthIssuer, id.AuthIssuer, -1},
	} {
		if f.content == nil {
			continue
		}
		j.Files[fileName(f.id)] = append([]byte(nil), f.content...)
		if f.mark >= 0 {
			present[f.mark] = 0x8F
		}
	}
	j.Files[fileName(filePresent)] = present
	if id.AuthKey != nil {
		j.AuthKey = &rsaKey{id.AuthKey}
	}
	if id.SignKey != nil {
		j.SignKey = &rsaKey{id.SignKey}
	}
	return j
}

func fileName(id uint16) string { return fmt.Sprintf("%04X", id) }

// tokenInfo is EF 0006: 160 bytes in the layout of PKCS#11's CK_TOKEN_INFO, of which the label
// tells the cards apart.
func tokenInfo(label string) []byte {
	field := func(s string, n int) []byte { return []byte(s + strings.Repeat(" ", n-len(s))) }
	info := append(field(label, 32), field("JPKI-SIM", 32)...)
	info = append(info, field("", 32)...) // model and serial number
	return append(info, make([]byte, 160-len(info))...)
}

func (j *jpki) name() []byte { return aidJPKI }

func (j *jpki) enter() {
	j.selected = 0
	j.AuthPIN.verified, j.SignPass.verified = false, false
}

func (j *jpki) handle(c *Card, cmd command) response {
	switch {
	case cmd.cla == classISO && cmd.ins == insSelect:
		return j.selectEF(cmd)
	case cmd.cla == classISO && cmd.ins == insReadBinary:
		return j.read(cmd)
	case cmd.cla == classISO && cmd.ins == insVerify:
		return j.verify(c, cmd)
	case cmd.cla == classGP && cmd.ins == insSign:
		return j.sign(cmd)
	}
	return refuse(swInstruction)
}

func (j *jpki) exists(id uint16) bool {
	switch id {
	case fileAuthKey:
		return j.AuthKey != nil
	case fileSignKey:
		return j.SignKey != nil
	case fileAuthPIN, fileSignPassword:
		return true
	}
	return j.Files[fileName(id)] != nil
}

func (j *jpki) selectEF(cmd command) response {
	if cmd.p1 != 0x02 || cmd.p2 != 0x0C {
		return refuse(swWrongP1P2)
	}
	id := uint16(cmd.data[0])<<8 | uint16(cmd.data[1]) // two bytes: dispatch has looked
	if !j.exists(id) {
		return refuse(swNotFound)
	}
	j.selected = id
	return ok()
}

// reference resolves a short identifier; 0 is the current EF.
func (j *jpki) reference(sfi byte) (uint16, status) {
	if sfi == 0 {
		if j.selected == 0 {
			return 0, swNoCurrentFile
		}
		return j.selected, swOK
	}
	if !j.exists(uint16(sfi)) {
		return 0, swNotFound
	}
	j.selected = uint16(sfi) // by a short identifier it becomes current (ISO/IEC 7816-4 7.3.2)
	return j.selected, swOK
}

func (j *jpki) read(cmd command) response {
	sfi, off := offset(cmd)
	id, sw := j.reference(sfi)
	if sw != swOK {
		return refuse(sw)
	}
	content := j.Files[fileName(id)]
	switch {
	case content == nil: // a key or a secret
		return refuse(swFileType)
	case id == fileSignCertificate && !j.SignPass.verified:
		return refuse(swSecurity)
	case !cmd.hasLe || len(cmd.data) != 0:
		return refuse(swWrongLength)
	case off >= len(content):
		return refuse(swOffset)
	}
	return ok(cmd.limited(content[off:])...)
}

// verify is VERIFY (ISO/IEC 7816-4 11.6.6). Without data it tells the tries left, always, and
// costs nothing; a blocked secret answers 6984 to data, as the surveyed cards do.
func (j *jpki) verify(c *Card, cmd command) response {
	if cmd.p1 != 0 || cmd.p2&0x80 == 0 {
		return refuse(swWrongP1P2)
	}
	id, sw := j.reference(cmd.p2 & 0x1F)
	if sw != swOK {
		return refuse(sw)
	}
	var s *secret
	switch id {
	case fileAuthPIN:
		s = j.AuthPIN
	case fileSignPassword:
		s = j.SignPass
	default:
		return refuse(swFileType)
	}
	switch {
	case len(cmd.data) == 0:
		return refuse(s.tries())
	case len(cmd.data) > 16:
		return refuse(swWrongLength)
	}
	return s.compare(c, fileName(id), cmd.data)
}

// sign is COMPUTE DIGITAL SIGNATURE (ISO/IEC 7816-8 11.6) in JPKI's form, 80 2A 00 80: the data,
// in practice a DigestInfo, is padded by PKCS#1 v1.5 as it is.
func (j *jpki) sign(cmd command) response {
	if cmd.p1 != 0 || cmd.p2&0x80 == 0 {
		return refuse(swWrongP1P2)
	}
	id, sw := j.reference(cmd.p2 & 0x1F)
	if sw != swOK {
		return refuse(sw)
	}
	var key *rsaKey
	var right *secret
	switch id {
	case fileAuthKey:
		key, right = j.AuthKey, j.AuthPIN
	case fileSignKey:
		key, right = j.SignKey, j.SignPass
	default:
		return refuse(swFileType)
	}
	switch {
	case !right.verified:
		return refuse(swSecurity)
	case len(cmd.data) == 0 || len(cmd.data) > key.Size()-11 || !cmd.hasLe:
		return refuse(swWrongLength)
	}
	signature, err := rsa.SignPKCS1v15(nil, key.PrivateKey, crypto.Hash(0), cmd.data)
	if err != nil {
		return refuse(swConditions)
	}
	return ok(cmd.limited(signature)...)
}

// rsaKey is a private key that can be stored (PKCS #8, base64).
type rsaKey struct{ *rsa.PrivateKey }

// MarshalText is PKCS #8 in base64.
func (k *rsaKey) MarshalText() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.PrivateKey)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.AppendEncode(nil, der), nil
}

// UnmarshalText reads what MarshalText made.
func (k *rsaKey) UnmarshalText(text []byte) error {
	der, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return err
	}
	private, is := key.(*rsa.PrivateKey)
	if !is {
		return errors.New("not an RSA key")
	}
	k.PrivateKey = private
	return nil
}
