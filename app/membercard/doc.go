// Package membercard reads the numbers on an operator's own member cards: what a
// scanner or a clerk's fingers send becomes a mykey.ServiceID, or one of six
// errors. What is right for one service is its Profile, which the platform gives;
// Learn proposes one from ten cards. The package is pure: no I/O, no clock.
//
// # Check digits
//
// The check digit is the last character. Payloads are text of any length, never
// integers. "from right" means that the last payload digit has the first weight.
//
//	Scheme        rule                                      lets pass (*)            source
//	none          no check digit                            everything
//	m10w21        weights 2,1 from right, digit sums, 10−r  2 % of swaps (09↔90)     ISO/IEC 7812-1 annex B (Luhn); aimjal.co.jp
//	m10w21-left   the same from left                        as m10w21                14 digits of US libraries: Koha, Jersey, Dynix
//	m10w21-bulk   weights 2,1 from right, products whole    6 % of wrong digits      aimjal.co.jp (by its sum)
//	m10w3         weights 3,1 from right, 10−r              11 % of swaps            ISO/IEC 15420, JIS X 0507 (JAN)
//	7dr           n mod 7                                   7 % of either            okusu.net
//	7dsr          7 − n mod 7: 1 to 7                       as 7dr                   usage
//	7dsr-0        the same, 0 for remainder 0               as 7dr                   usage
//	9dr           n mod 9                                   2 %, and every swap      usage
//	9dsr          9 − n mod 9: 1 to 9                       as 9dr                   usage
//	m11w2-7-x     weights 2…7 from right, 11−r; 10 is X     nothing                  usage
//	m11w2-7-0     the same, 10 is 0                         2 % of either            usage
//	m11w2-7-none  the same, 10: the number is not issued    nothing                  usage
//	m11w10-2      weights 2…10 from right, 10 is X          nothing; up to 9 digits  ISO 2108:1992 (old ISBN); wdic.org
//	m16           NW-7 values with start and stop, 16−r     every swap               barcode-net.com; needs Start and Stop
//	m43           CODE39 values, sum mod 43                 every swap               ISO/IEC 16388, JIS X 0503 (optional there)
//
// (*) Of one digit wrong, and of two neighbours swapped; a test reproduces them.
// "usage": label printers and library systems do so, no standard was found.
//
// Every scheme can be written with an ending: "7dr-printed", where the card has
// the check digit and the number in the operator's system has not; "7dr-stored",
// the other way round.
//
// # A number that fits both the card's form and the item's
//
// The profile decides: it is an item, unless the profile says that this library's
// scanners send the frame (Framed), the frame read is the card's own (Start,
// Stop) and Item does not claim that frame too. Item is tried on the code with its
// frame, in capitals ("B[0-9]{8}B"), and on the bare code ("[0-9]{8}").
package membercard
