package manifest

import (
	"reflect"
	"slices"
	"strings"
)

// entry is one key of a map with its value.
type entry struct {
	key   string
	value reflect.Value
}

func (e *encoder) mapping(p *plan, v reflect.Value, at place) bool {
	switch {
	case v.IsNil():
		return e.inline("null", at)
	case v.Len() == 0:
		return e.inline("{}", at)
	}
	if m, ok := reflect.TypeAssert[map[string]string](v); ok {
		return e.texts(m, at)
	}
	indent := at.fields()
	for i, entry := range sortedEntries(v) {
		e.open(at, indent, i == 0)
		if !e.key(entry.key) || !e.planned(p.elem, entry.value, place{lead: afterKey, indent: indent}) {
			return false
		}
	}
	return true
}

// texts is for labels, annotations and data, which are most maps: it does without a reflect.Value per key.
func (e *encoder) texts(m map[string]string, at place) bool {
	var inline [8]string
	keys := inline[:0]
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	slices.SortFunc(keys, compareKeys)
	indent := at.fields()
	for i, key := range keys {
		e.open(at, indent, i == 0)
		if !e.key(key) || !e.text(m[key], place{lead: afterKey, indent: indent}) {
			return false
		}
	}
	return true
}

// sortedEntries sorts twice because the library's order has circles (a2, a100, a1b, a2): what it makes of
// them depends on how the keys come out of the map, and the same object must always give the same text.
func sortedEntries(v reflect.Value) []entry {
	entries := make([]entry, 0, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		entries = append(entries, entry{key: iter.Key().String(), value: iter.Value()})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	slices.SortFunc(entries, func(a, b entry) int { return compareKeys(a.key, b.key) })
	return entries
}
