// Package upstream knows what other people's software does by version: where it is published, which features a
// release has, which faults are known, what belongs together. Every row says where the fact was read and on which day.
//
// It imports nothing of this project. Rules, values, INSTALL.md and docs/supported.md ask it and know no version and no
// address themselves. `make check-upstream` lists the rows that nobody has looked at for six months.
package upstream

//go:generate go run ../../internal/upstreamdoc ../../docs/supported.md
