package leaks

import (
	"bytes"
	"slices"
)

// keywords finds out in one pass which rules may match a text. Almost every byte is done with after one
// look at a table; a search for each keyword took several times as long.
type keywords struct {
	begins [1 << hashBits / 64]uint64 // a bit for the hash of the first three bytes of each keyword
	groups []group
}

// group are the keywords whose first three bytes have the same hash.
type group struct {
	hash  uint
	words []keyword
}

type keyword struct {
	text []byte
	rule int
}

// hashBits hold three bytes, each moved by five bits: what came before has left on top.
const hashBits = 15

func roll(hash uint, next byte) uint { return (hash<<5 ^ uint(next)) & (1<<hashBits - 1) }

func newKeywords(rules []Rule) *keywords {
	k := &keywords{}
	for i, rule := range rules {
		for _, word := range rule.Keywords {
			k.add(keyword{text: []byte(word), rule: i})
		}
	}
	return k
}

func (k *keywords) add(word keyword) {
	hash := roll(roll(roll(0, word.text[0]), word.text[1]), word.text[2])
	k.begins[hash/64] |= 1 << (hash % 64)
	at := slices.IndexFunc(k.groups, func(g group) bool { return g.hash == hash })
	if at < 0 {
		at, k.groups = len(k.groups), append(k.groups, group{hash: hash})
	}
	k.groups[at].words = append(k.groups[at].words, word)
}

// in returns the rules that have a keyword in the text, one bit each.
func (k *keywords) in(text []byte) uint64 {
	var found uint64
	hash := uint(0)
	for i, b := range text {
		hash = roll(hash, b)
		if k.begins[hash/64]&(1<<(hash%64)) != 0 && i >= 2 {
			found |= k.at(hash, text[i-2:])
		}
	}
	return found
}

func (k *keywords) at(hash uint, text []byte) uint64 {
	var found uint64
	for i := range k.groups {
		if k.groups[i].hash != hash {
			continue
		}
		for _, word := range k.groups[i].words {
			if bytes.HasPrefix(text, word.text) {
				found |= 1 << word.rule
			}
		}
	}
	return found
}
