// Package upstream contains version-specific facts about other software: where it is published, which features a
// release has, which faults are known, and what works together. Each row has the source of the fact and the date on
// which it was read.
//
// It imports nothing of this project. Rules, values, INSTALL.md and docs/supported.md use it, and contain no versions
// and addresses themselves. `make check-upstream` lists the rows that have not been verified for six months.
package upstream

//go:generate go run ../../internal/upstreamdoc ../../docs/supported.md
