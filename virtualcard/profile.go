package virtualcard

// Profile says which kind of card it is.
type Profile string

// Profiles. The zero value is a fresh My Number Card.
const (
	MyNumber      Profile = ""               // fresh My Number Card: room for the MyKey AP, none there
	Full          Profile = "full"           // no room left in the free space
	FaceOnly      Profile = "face"           // 顔認証マイナンバーカード: the PIN is blocked from issue
	ShortISD      Profile = "short-isd"      // the ISD has the 7-byte AID
	NoNumber      Profile = "no-number"      // the ISD gives no card image number (0045)
	NoCertificate Profile = "no-certificate" // no user authentication certificate
	Phone         Profile = "phone"          // JPKI in an Android phone: no ISD for us
	Juki          Profile = "juki"           // 住基カード
	FeliCa        Profile = "felica"         // transit card: no ISO 7816 commands
	Licence       Profile = "licence"        // driver's licence of the old IC type
	Unknown       Profile = "unknown"        // some other ISO 7816 card
	Mute          Profile = "mute"           // powered, and never answers
)

// Profiles lists every profile by its name; the fresh card's name is empty.
func Profiles() []Profile {
	return []Profile{
		MyNumber, Full, FaceOnly, ShortISD, NoNumber, NoCertificate,
		Phone, Juki, FeliCa, Licence, Unknown, Mute,
	}
}

// traits is what distinguishes the profiles.
type traits struct {
	atr       string // hex; contactless ones as readers build them
	label     string // token label of JPKI; empty means no JPKI AP
	manager   bool   // has the ISD, and the MyKey load file
	tripwires bool
}

const (
	labelMyNumber = "JPKIAPICCTOKEN2"
	labelJuki     = "JPKIAPICCTOKEN"
	labelPhone    = "JPKIAPGPSETOKEN"
)

const (
	atrMyNumber = "3BE000FF8131FE4514"
	atrPhone    = "3B88800100004B51FF0081D100BC"
	atrJuki     = "3B888001000014E0B38191005E"
	atrFeliCa   = "3B8F8001804F0CA00000030611003B0000000042"
	atrLicence  = "3B888001000000009181C100D8"
	atrUnknown  = "3B80800101"
)

func (p Profile) traits() (traits, bool) {
	own := traits{atr: atrMyNumber, label: labelMyNumber, manager: true, tripwires: true}
	switch p {
	case MyNumber, Full, FaceOnly, ShortISD, NoNumber, NoCertificate:
		return own, true
	case Phone:
		return traits{atr: atrPhone, label: labelPhone}, true
	case Juki:
		return traits{atr: atrJuki, label: labelJuki}, true
	case FeliCa:
		return traits{atr: atrFeliCa}, true
	case Licence:
		return traits{atr: atrLicence}, true
	case Unknown:
		return traits{atr: atrUnknown}, true
	case Mute:
		return traits{}, true
	}
	return traits{}, false
}
