// Package canary is tests alone. A MyKey ID and a PIN made up for them go through
// the whole work of a counter, a tear, a kill −9 and three crashes, and are then
// looked for wherever a desk and a platform leave anything: files, logs, crash
// output, arguments, environment, addresses, databases.
//
// The MyKey ID may stand in one column of the platform and in bodies on the way
// there, nowhere else. Four digits stand in many places by chance: so four runs
// have four PINs, and a place is a find when each run holds its own PIN there.
// What a search is worth is tested by planting the canary in each place first.
//
// Service IDs go through the days of a library's desk: registrations of every kind,
// 500 taps that hand over by file and by serial port, an abort, a kill −9 in a
// look-up, in a hand-over and in a registration. They may stand in bodies between
// the platform and the library's own desk, nowhere else; and of 500 taps nothing is
// left but how many they were.
//
// The windows are searched in ui/gallery, where they can be drawn.
package canary
