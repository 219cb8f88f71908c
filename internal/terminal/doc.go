// Package terminal is how the program speaks to a person: what it prints, and what it asks.
//
//   - stdout is data: what a pipe or a file takes. Everything else goes to stderr.
//   - lower case, no full stop, one fact per line.
//   - "error: " says what stops, "warning: " what does not; advice stands on a "hint: " line
//     below it, with the exact command where there is one.
//   - a thing is announced after it has happened.
//   - never a secret, and nothing that a terminal obeys: all words go through Plain.
package terminal
