// Package terminal prints messages and asks questions.
//
//   - stdout is data, for a pipe or a file. Everything else goes to stderr.
//   - lower case, no full stop, one fact per line.
//   - "error: " is for what stops, "warning: " for what does not; advice is on a "hint: " line
//     below it, with the exact command if there is one.
//   - actions are reported after they happened.
//   - never a secret, and no terminal control sequence: all words go through Plain.
package terminal
