// Package control is the parts that both windows are made of. They exist because
// Fyne's own do not do what a counter needs: its buttons take Space alone, its
// focused widgets keep F-keys to themselves, its labels know no Japanese line
// breaking. Each part forwards what it does not use to one Router.
package control
