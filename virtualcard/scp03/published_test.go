package scp03_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/madoguchi/madoguchi/virtualcard/scp03"
)

// published are the nine SCP03 sets of pySim's unit tests (osmocom/pysim,
// tests/unittests/test_globalplatform.py): numbers that neither side here made. Each is
// INITIALIZE UPDATE, its answer, EXTERNAL AUTHENTICATE, then five commands in one session.
var published = []struct {
	name          string
	keyLength     int
	initialize    string
	answer        string
	authenticate  string
	getEID        string
	getEIDAnswer  string // without the status word 9000
	noDataNoLe    string
	noDataLe      string
	dataNoLe      string
	dataLe        string
	sEnc, sMac    string // worked values, where the fact sheet has them
	sRMac         string
	securityLevel scp03.Level
}{
	{
		name: "AES-128 level 11", keyLength: 16, securityLevel: 0x11,
		initialize: "8050300008b13e5f938fc108c400", answer: "000000000000000000003003703eb51047495b249f66c484c1d2ef1948000002",
		authenticate: "84821100107d5f5826a993ebc89eea24957fa0b3ce",
		getEID:       "84e291000ebf3e035c015a558d036518a2829700", getEIDAnswer: "bf3e125a1089882119900000000000000000000005971be68992dbbdfa",
		noDataNoLe: "84f220020863a63f8959827fb2", noDataLe: "84ca006608a0c6a4a74166f7ce00",
		dataNoLe: "84f22002124f0212345c054f9f70c52249b50272656536", dataLe: "84f280020a4f00e91443f6dce6b8ed00",
	},
	{
		name: "AES-128 level 03", keyLength: 16, securityLevel: 0x03,
		initialize: "80503000088e1552d0513c60f300", answer: "0000000000000000000030037030760cd2c47c1dd395065fe5ead8a9d7000001",
		authenticate: "8482030010fd4721a14d9b07003c451d2f8ae6bb21",
		getEID:       "84e2910018ca9c00f6713d79bc8baa642bdff51c3f6a4082d3bd9ad26c00", getEIDAnswer: "bf3e125a1089882119900000000000000000000005",
		noDataNoLe: "84f2200208c9811b11f1264cf1", noDataLe: "84ca006608e10ab60b3054798800",
		dataNoLe: "84f22002184e2908bdb48b2315a55482e9e936ca122d6ecfae7d17416e", dataLe: "84f28002180dd10a6b6193e5340b9e77d32d5a179cd710ac2773aefb2800",
	},
	{
		name: "AES-128 level 33", keyLength: 16, securityLevel: 0x33,
		initialize: "8050300008fdf38259a1e0de4400", answer: "000000000000000000003003703b1aca81e821f219081cdc01c26b372d000003",
		authenticate: "84823300108c36f96bcc00724a4e13ad591d7da3f0",
		getEID:       "84e2910018267a85dfe4a98fca6fb0527e0dfecce4914e40401433c87f00",
		getEIDAnswer: "f3ba2b1013aa6224f5e1c138d71805c569e5439b47576260b75fc021b25097cb2e68f8a0144975b9",
		noDataNoLe:   "84f2200208ac6a59024bed84cc", noDataLe: "84ca006608409912ad8fb7aed000",
		dataNoLe: "84f22002185f3dafc3ac14c381536a488bf44e06d056df9d74dbd21e5a", dataLe: "84f280021865165105be3373347d0424d4400af2ac393f569ec779389e00",
		sEnc: "bc5689f3a0b783a9ed6da1c5c6bc1f99", sMac: "0415f56cbb9e488bb171b2b66081f004", sRMac: "1ee185123244e047bc9d68b914bd1fbe",
	},
	{
		name: "AES-192 level 11", keyLength: 24, securityLevel: 0x11,
		initialize: "80503100087396430b768b085b00", answer: "000000000000000000003103708cfc23522ffdbf1e5df5542cac8fd866000003",
		authenticate: "84821100102145ed30b146f5db252fb7e624cec244",
		getEID:       "84e291000ebf3e035c015aff42cf801d14394400", getEIDAnswer: "bf3e125a1089882119900000000000000000000005162fbd33e04940a9",
		noDataNoLe: "84f22002084584e4f6784811ee", noDataLe: "84ca006608937776ebe190fa3000",
		dataNoLe: "84f22002124f0212345c054f9f70c59a52bddf3040368c", dataLe: "84f280020a4f009804b11411f7393d00",
	},
	{
		name: "AES-192 level 03", keyLength: 24, securityLevel: 0x03,
		initialize: "805031000869c65da8202bf19f00", answer: "00000000000000000000310370b570a67be38446717729d6dd3d2ec5b1000001",
		authenticate: "848203001065df4f1a356a887905466516d9e5b7c1",
		getEID:       "84e2910018d2c6fb477c5d4afe4fd4d21f17eff10d3578ec1774a12a2d00", getEIDAnswer: "bf3e125a1089882119900000000000000000000005",
		noDataNoLe: "84f2200208964e188f0b1bb697", noDataLe: "84ca006608f0820035a41d3e1800",
		dataNoLe: "84f220021806b076ed452cd1fa84f77f5c08a146aa77a9286757dea791", dataLe: "84f2800218d06527e39222dce091fabdb8e9b898417a67a6852d3577db00",
	},
	{
		name: "AES-192 level 33", keyLength: 24, securityLevel: 0x33,
		initialize: "80503100089b3f2eef0e8c937400", answer: "00000000000000000000310370f6bb305a15bae1a68f79fb08212fbed7000002",
		authenticate: "84823300109100bc22d58b45b86a26365ce39ff3cf",
		getEID:       "84e29100188f7f946c84f70d17994bc6e8791251bb1bb1bf02cf8de58900",
		getEIDAnswer: "c05176c1b6f72aae50c32cbee63b0e95998928fd4dfb2be9f27ffde8c8476f5909b4805cc4039599",
		noDataNoLe:   "84f2200208d5d97754b6b3d2ba", noDataLe: "84ca006608516c82b8e30adbeb00",
		dataNoLe: "84f2200218cc247f4761e6944277a4e0d6e32e44025b1e31537e2fc668", dataLe: "84f2800218ba22b63d509bef5d093b43e5eaed03ed23144ab2d9cb51de00",
	},
	{
		name: "AES-256 level 11", keyLength: 32, securityLevel: 0x11,
		initialize: "805032000811666d57866c6f5400", answer: "0000000000000000000032037053ea8847efa7674e41498a4d66cf0dee000003",
		authenticate: "84821100102f2ad190eff2fafc4908996d1cebd310",
		getEID:       "84e291000ebf3e035c015af4b680372542b59d00", getEIDAnswer: "bf3e125a10898821199000000000000000000000058012dd7f01f1c4c1",
		noDataNoLe: "84f2200208d618b7da68d5fe52", noDataLe: "84ca0066088f3e055db23ad5e500",
		dataNoLe: "84f22002124f0212345c054f9f70c5b6e15cc42404915e", dataLe: "84f280020a4f00aa124aa74afe7f7500",
	},
	{
		name: "AES-256 level 03", keyLength: 32, securityLevel: 0x03,
		initialize: "8050320008c6066990fc426e1d00", answer: "000000000000000000003203708682cd81bbd8919f2de3f2664581f118000001",
		authenticate: "848203001077c493b632edadaf865a1e64acc07ce9",
		getEID:       "84e29100183ddaa60594963befaada3525b492ede23c2ab2c1ce3afe4400", getEIDAnswer: "bf3e125a1089882119900000000000000000000005",
		noDataNoLe: "84f2200208480ddc8e419da38d", noDataLe: "84ca0066083e9d6a6c0b2d732000",
		dataNoLe: "84f22002183ebfef2da8b04af2a85f491f299b76973df76ff08a4031be", dataLe: "84f2800218783fff80990f5585b1055010ea95094a26e4a8f1ef4b18e100",
	},
	{
		name: "AES-256 level 33", keyLength: 32, securityLevel: 0x33,
		initialize: "805032000897b2055fe58599fd00", answer: "00000000000000000000320370a8439a22cedf045fa9f1903b2834f26e000002",
		authenticate: "8482330010508a0fd959d2e547c6b33154a6be2057",
		getEID:       "84e29100187a5ef717eaf1e135ae92fe54429d0e465decda65f5fe5aea00",
		getEIDAnswer: "ea90dbfa648a67c5eb6abc57f8530b97d0cd5647c5e8732016b55203b078dd2ace7f8bc5d1c1cd99",
		noDataNoLe:   "84f2200208bcc5c17275545d93", noDataLe: "84ca00660804806aba9d543bb600",
		dataNoLe: "84f2200218717222491556ec81a45f49ce48be33320024801a1c4cb0e0", dataLe: "84f2800218561f105bccd3a1642904b251ccc1228beb80a82370a8637000",
	},
}

// publishedAID is the application whose pseudo-random challenges these are.
const publishedAID = "a0000005591010ffffffff8900000100"

func TestPublishedSetsOfAnotherImplementation(t *testing.T) {
	t.Parallel()
	for _, p := range published {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			keys := scp03.Keys{Enc: counting(0x00, p.keyLength), Mac: counting(0x10, p.keyLength), Dek: counting(0x20, p.keyLength)}
			answer := unhex(t, p.answer)
			c, err := scp03.Begin(keys, unhex(t, p.initialize)[5:13], answer[13:21])
			if err != nil {
				t.Fatal(err)
			}
			same(t, "card cryptogram", c.CardCryptogram(), answer[21:29])
			challenge, err := scp03.CardChallenge(keys.Enc, [3]byte(answer[29:]), unhex(t, publishedAID))
			if err != nil {
				t.Fatal(err)
			}
			same(t, "card challenge", challenge, answer[13:21])
			if p.sEnc != "" {
				enc, mac, rmac := c.SessionKeys()
				same(t, "S-ENC", enc, unhex(t, p.sEnc))
				same(t, "S-MAC", mac, unhex(t, p.sMac))
				same(t, "S-RMAC", rmac, unhex(t, p.sRMac))
			}
			if err := c.Authenticate(unhex(t, p.authenticate)); err != nil {
				t.Fatal(err)
			}
			if c.Level() != p.securityLevel {
				t.Errorf("level %02X, want %02X", c.Level(), p.securityLevel)
			}
			for _, cmd := range []struct{ wrapped, plain string }{
				{p.getEID, "80e2910006bf3e035c015a00"},
				{p.noDataNoLe, "80f22002"},
				{p.noDataLe, "80ca006600"},
				{p.dataNoLe, "80f220020a4f0212345c054f9f70c5"},
				{p.dataLe, "80f28002024f0000"},
			} {
				plain, err := c.Unwrap(unhex(t, cmd.wrapped))
				if err != nil {
					t.Fatalf("%s: %v", cmd.wrapped, err)
				}
				same(t, "plain command", plain, unhex(t, cmd.plain))
				if cmd.wrapped == p.getEID {
					same(t, "protected response",
						c.Wrap(unhex(t, "bf3e125a10898821199000000000000000000000059000")), unhex(t, p.getEIDAnswer+"9000"))
				}
			}
		})
	}
}

// counting is a test key: the bytes from first on, 16 of them, then from first again.
func counting(first byte, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = first + byte(i%16)
	}
	return out
}

func same(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got %X, want %X", what, got, want)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
