package app

// Code is a stable help-desk code, AREA-WHAT. Its three sentences stand in the
// catalogue under code.CODE.happened, .kept and .now.
type Code string

// Codes. One cause, one code: causes that need different help differ.
const (
	CodeReaderNoService Code = "READER-NO-SERVICE" // the OS's smart-card service does not run
	CodeReaderNone      Code = "READER-NONE"
	CodeReaderInUse     Code = "READER-IN-USE" // another program holds the card
	CodeReaderFault     Code = "READER-FAULT"

	CodeCardSilent      Code = "CARD-SILENT"  // does not answer (two cards in the case)
	CodeCardGone        Code = "CARD-GONE"    // left before anything was written
	CodeCardRemoved     Code = "CARD-REMOVED" // left in the middle of a write
	CodeCardLeft        Code = "CARD-LEFT"    // still lies there
	CodeCardUnknown     Code = "CARD-UNKNOWN" // some other card
	CodeCardPhone       Code = "CARD-PHONE"
	CodeCardJuki        Code = "CARD-JUKI" // 住基カード
	CodeCardFeliCa      Code = "CARD-FELICA"
	CodeCardLicence     Code = "CARD-LICENCE"
	CodeCardNotSame     Code = "CARD-NOT-SAME" // another card than the one begun
	CodeCardFull        Code = "CARD-FULL"
	CodeCardNoNumber    Code = "CARD-NO-NUMBER" // ISD gives no card image number
	CodeCardForged      Code = "CARD-FORGED"
	CodeCardBinding     Code = "CARD-BINDING" // a record made for another card
	CodeCardDamaged     Code = "CARD-DAMAGED"
	CodeCardDiffers     Code = "CARD-WRITE-DIFFERS"
	CodeCardUnexpected  Code = "CARD-UNEXPECTED" // an answer no card should give
	CodeCardLocked      Code = "CARD-LOCKED"     // refused the issuer once: never again
	CodeCardOtherCert   Code = "CARD-NOT-THIS-CERTIFICATE"
	CodeCardNotReleased Code = "CARD-NOT-RELEASED" // the area could not be given back
	CodePINWrong        Code = "PIN-WRONG"
	CodePINLast         Code = "PIN-LAST"
	CodePINBlocked      Code = "PIN-BLOCKED"
	CodePINTime         Code = "PIN-TIME"
	CodePINUnknown      Code = "PIN-NOT-KNOWN" // わからない
	CodePINNoInput      Code = "PIN-NO-INPUT"
	CodeCertNone        Code = "CERT-NONE"
	CodeCertExpired     Code = "CERT-EXPIRED"
	CodeCertRevoked     Code = "CERT-REVOKED"
	CodeCertUnknown     Code = "CERT-NOT-CONFIRMED" // 失効を確認できません
	CodeCertRefused     Code = "CERT-REFUSED"       // not a JPKI user authentication certificate
	CodeMyKeyNone       Code = "MYKEY-NONE"
	CodeMyKeyExists     Code = "MYKEY-EXISTS"
	CodeMyKeyTaken      Code = "MYKEY-TAKEN"
	CodeMyKeyWishes     Code = "MYKEY-WISHES"
	CodeMyKeyStopped    Code = "MYKEY-STOPPED"
	CodeMyKeyOther      Code = "MYKEY-OTHER" // another MyKey ID stands on the card
	CodeMyKeyKeyUnknown Code = "MYKEY-KEY-UNKNOWN"
	CodeMixed           Code = "TRANSACTION-MIXED"
	CodeAssertion       Code = "TRANSACTION-ASSERTION"
	CodeNoProgress      Code = "TRANSACTION-TIME" // 60 s without progress
	CodeAuthorityOver   Code = "TRANSACTION-AUTHORITY"
	CodeProxy           Code = "TRANSACTION-PROXY" // それ以外の代理人
	CodeChallengeOver   Code = "TRANSACTION-CHALLENGE"
	CodePlatformOffline Code = "PLATFORM-OFFLINE"
	CodePlatformTime    Code = "PLATFORM-TIME"
	CodePlatformError   Code = "PLATFORM-ERROR"
	CodePlatformUnclear Code = "PLATFORM-NOT-UNDERSTOOD" // HTML, a proxy's page, garbage
	CodePlatformTLS     Code = "PLATFORM-TLS"
	CodePlatformBusy    Code = "PLATFORM-BUSY" // rate limited
	CodeIssuerNoKeys    Code = "ISSUER-NO-KEYS"
	CodeIssuerScript    Code = "ISSUER-SCRIPT" // the guard refused the platform's script
	CodeIssuerSession   Code = "ISSUER-SESSION"
	CodeDeskNotEnrolled Code = "DESK-NOT-ENROLLED"
	CodeDeskRevoked     Code = "DESK-REVOKED"
	CodeDeskNotApproved Code = "DESK-NOT-APPROVED"
	CodeDeskCode        Code = "DESK-CODE"
	CodeDeskCodeOver    Code = "DESK-CODE-OVER"
	CodeDeskRole        Code = "DESK-ROLE"
	CodeDeskRequest     Code = "DESK-REQUEST" // the platform found our request malformed
	CodeDeskUnknown     Code = "DESK-UNKNOWN" // none of these: with a reference
	CodeLegalBasis      Code = "LEGAL-BASIS-MISSING"
	CodeJournal         Code = "JOURNAL-FAILED"
	CodeScan            Code = "SCAN-NOT-EXPECTED"
	CodeDisplayNoOpenGL Code = "DISPLAY-NO-OPENGL"
)
