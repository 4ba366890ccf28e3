package app

import (
	"errors"
	"slices"

	"github.com/madoguchi/madoguchi/app/handover"
	"github.com/madoguchi/madoguchi/app/handover/sip2"
	"github.com/madoguchi/madoguchi/app/journal"
	"github.com/madoguchi/madoguchi/app/membercard"
	"github.com/madoguchi/madoguchi/app/settings"
	"github.com/madoguchi/madoguchi/cardio"
	"github.com/madoguchi/madoguchi/mykey"
	"github.com/madoguchi/madoguchi/platformclient"
)

// faults is the one table from errors to help-desk codes: every exported error of
// the rooms below, and the flow's own. The first that matches counts, so what the
// platform said stands before how it was said.
var faults = []struct {
	is   error
	code Code
}{
	{errPINUnknown, CodePINUnknown},
	{errPINTime, CodePINTime},
	{errGone, CodeCardGone},

	{platformclient.ErrRequest, CodeDeskRequest},
	{platformclient.ErrNotEnrolled, CodeDeskNotEnrolled},
	{platformclient.ErrNotApproved, CodeDeskNotApproved},
	{platformclient.ErrDeskRevoked, CodeDeskRevoked},
	{platformclient.ErrRole, CodeDeskRole},
	{platformclient.ErrCode, CodeDeskCode},
	{platformclient.ErrCodeOver, CodeDeskCodeOver},
	{platformclient.ErrBusy, CodePlatformBusy},
	{platformclient.ErrLegalBasis, CodeLegalBasis},
	{platformclient.ErrMixed, CodeMixed},
	{platformclient.ErrAuthority, CodeAuthorityOver},
	{platformclient.ErrChallenge, CodeChallengeOver},
	{platformclient.ErrAssertion, CodeAssertion},
	{platformclient.ErrKeyReused, CodeDeskRequest},
	{platformclient.ErrCertificateRefused, CodeCertRefused},
	{platformclient.ErrCertificateExpired, CodeCertExpired},
	{platformclient.ErrCertificateRevoked, CodeCertRevoked},
	{platformclient.ErrCertificateUnknown, CodeCertUnknown},
	{platformclient.ErrNoMyKey, CodeMyKeyNone},
	{platformclient.ErrMyKeyExists, CodeMyKeyExists},
	{platformclient.ErrMyKeyTaken, CodeMyKeyTaken},
	{platformclient.ErrWishes, CodeMyKeyWishes},
	{platformclient.ErrMyKeyStopped, CodeMyKeyStopped},
	{platformclient.ErrMyKeyOther, CodeMyKeyOther},
	{platformclient.ErrKeyUnknown, CodeMyKeyKeyUnknown},
	{platformclient.ErrNoNumber, CodeCardNoNumber},
	{platformclient.ErrForged, CodeCardForged},
	{platformclient.ErrBinding, CodeCardBinding},
	{platformclient.ErrDamaged, CodeCardDamaged},
	{platformclient.ErrNotThisCertificate, CodeCardOtherCert},
	{platformclient.ErrFull, CodeCardFull},
	{platformclient.ErrLocked, CodeCardLocked},
	{platformclient.ErrUnexpected, CodeCardUnexpected},
	{platformclient.ErrDiffers, CodeCardDiffers},
	{platformclient.ErrNotReleased, CodeCardNotReleased},
	{platformclient.ErrRecordOld, CodeCardRecordOld},
	{platformclient.ErrLinkTaken, CodeLinkTaken},
	{platformclient.ErrLinkExists, CodeLinkExists},
	{platformclient.ErrLinkNone, CodeLinkNone},
	{platformclient.ErrLinkNumber, CodeLinkNumber},
	{platformclient.ErrService, CodeLinkService},
	{platformclient.ErrNoKeys, CodeIssuerNoKeys},
	{platformclient.ErrSession, CodeIssuerSession},
	{platformclient.ErrTLS, CodePlatformTLS},
	{platformclient.ErrOffline, CodePlatformOffline},
	{platformclient.ErrTimeout, CodePlatformTime},
	{platformclient.ErrServer, CodePlatformError},
	{platformclient.ErrNotUnderstood, CodePlatformUnclear},
	{platformclient.ErrUnknown, CodeDeskUnknown},

	{cardio.ErrPINBlocked, CodePINBlocked},
	{cardio.ErrScript, CodeIssuerScript},
	{cardio.ErrAuthRefused, CodeCardLocked},
	{cardio.ErrFull, CodeCardFull},
	{cardio.ErrDiffers, CodeCardDiffers},
	{cardio.ErrNoNumber, CodeCardNoNumber},
	{cardio.ErrNoCertificate, CodeCertNone},
	{cardio.ErrNoService, CodeReaderNoService},
	{cardio.ErrNoReader, CodeReaderNone},
	{cardio.ErrInUse, CodeReaderInUse},
	{cardio.ErrSilent, CodeCardSilent},
	{cardio.ErrRemoved, CodeCardRemoved},
	{cardio.ErrNoCard, CodeCardGone},
	{cardio.ErrReset, CodeReaderInUse},
	{cardio.ErrReaderFault, CodeReaderFault},
	{cardio.ErrPINMissing, CodeDeskUnknown},
	{cardio.ErrMalformed, CodeCardUnexpected},
	{cardio.ErrUnexpected, CodeCardUnexpected},

	{mykey.ErrForged, CodeCardForged},
	{mykey.ErrKeyUnknown, CodeMyKeyKeyUnknown},

	{membercard.ErrForm, CodeScanForm},
	{membercard.ErrCheckDigit, CodeScanCheckDigit},
	{membercard.ErrItem, CodeScanItem},
	{membercard.ErrDiffers, CodeScanDiffers},
	{membercard.ErrSamples, CodeScanSamples},
	{membercard.ErrProfile, CodeLinkProfile},

	{handover.ErrTarget, CodeWrongWindow},
	{handover.ErrAbove, CodeHandoverAbove},
	{handover.ErrWayland, CodeHandoverWayland},
	{handover.ErrIME, CodeHandoverIME},
	{handover.ErrKeyboard, CodeHandoverKeys},
	{handover.ErrClipboard, CodeHandoverClip},
	{handover.ErrNobody, CodeHandoverNobody},
	{handover.ErrPort, CodeHandoverPort},
	{handover.ErrFolder, CodeHandoverFolder},
	{handover.ErrNotHere, CodeHandoverNotHere},
	{handover.ErrConfig, CodeHandoverSetup},
	{sip2.ErrUnknownNumber, CodeNumberUnknown},
	{sip2.ErrServer, CodeSIP2},

	{journal.ErrKey, CodeJournal},
	{journal.ErrFile, CodeJournal},
	{settings.ErrNotEnrolled, CodeDeskNotEnrolled},
	{settings.ErrCA, CodePlatformTLS},
	{settings.ErrSecret, CodeDeskRequest},
}

// code gives an error's help-desk code; DESK-UNKNOWN where the table has none.
func code(err error) Code {
	var rule refusal
	if errors.As(err, &rule) {
		return rule.code
	}
	for _, f := range faults {
		if errors.Is(err, f.is) {
			return f.code
		}
	}
	return CodeDeskUnknown
}

// offline reports whether err says that the platform was not reached. nil and
// the platform's own refusals do not.
func offline(err error) bool {
	for _, e := range []error{
		platformclient.ErrOffline, platformclient.ErrTimeout, platformclient.ErrTLS,
		platformclient.ErrServer, platformclient.ErrNotUnderstood,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// screens are what the roles of a desk open; the rest is absent.
func screens(roles []platformclient.Role) []Screen {
	open := []Screen{ScreenHome}
	for _, r := range roles {
		switch r {
		case platformclient.RoleMunicipal:
			open = append(open, ScreenWrite)
		case platformclient.RoleReception:
			open = append(open, ScreenRegister, ScreenLookup)
		}
	}
	return open
}

// startsWithLookup reports whether a desk waits for taps from its start on: one
// that only receives people.
func startsWithLookup(open []Screen) bool {
	return slices.Contains(open, ScreenLookup) && !slices.Contains(open, ScreenWrite)
}
