package virtualcard

// status is a status word (ISO/IEC 7816-4 5.6, GlobalPlatform 2.3.1 11.1.3).
type status uint16

const (
	swOK               status = 0x9000
	swMoreData         status = 0x6310 // GET STATUS: repeat with P2 = 03
	swHostCryptogram   status = 0x6300 // EXTERNAL AUTHENTICATE: the host does not hold the keys
	swTries            status = 0x63C0 // + tries left
	swWrongLength      status = 0x6700
	swChannel          status = 0x6881 // logical channels are not supported
	swSecureMessaging  status = 0x6882 // secure messaging is not supported
	swFileType         status = 0x6981 // the command does not fit the file
	swSecurity         status = 0x6982 // security status not satisfied
	swAuthBlocked      status = 0x6983 // key set locked
	swReferenceBlocked status = 0x6984 // what JPKI answers when a PIN is blocked (ISO has 6983)
	swConditions       status = 0x6985
	swNoCurrentFile    status = 0x6986
	swSecureObjects    status = 0x6988 // a MAC is wrong
	swPlainOnly        status = 0x69FC // JPKI's answer to a class with secure messaging
	swWrongData        status = 0x6A80
	swNotSupported     status = 0x6A81
	swNotFound         status = 0x6A82
	swRecordNotFound   status = 0x6A83
	swNoSpace          status = 0x6A84
	swWrongP1P2        status = 0x6A86
	swNoReference      status = 0x6A88 // referenced data, key or object not found
	swOffset           status = 0x6B00
	swInstruction      status = 0x6D00
	swClass            status = 0x6E00
)

// response is a response: data and status word.
type response struct {
	data []byte
	sw   status
}

func ok(data ...byte) response  { return response{data, swOK} }
func refuse(sw status) response { return response{nil, sw} }
func (r response) bytes() []byte {
	return append(append([]byte(nil), r.data...), byte(r.sw>>8), byte(r.sw))
}
