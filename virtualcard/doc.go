// Package virtualcard is a My Number Card in software. It holds the JPKI AP (ISO/IEC 7816-4 files,
// PIN counters, signatures), GlobalPlatform's card manager (Card Specification 2.3.1 with SCP03),
// the MyKey AP that is reserved through it, and the APs that nobody here may touch, as tripwires.
// It refuses what a chip refuses: reading before selecting, writing without the right, a PIN whose
// tries have run out.
//
// It reads the standards for itself and shares no code with the programs that are tested on it.
// All keys, PINs and certificates in it are made up or published test values.
package virtualcard
