package trust

import "time"

// CheckOnce is Check at a time at which all certificates have begun: what it says is the same on
// any day.
func (b Bundle) CheckOnce() error {
	p, err := b.parse()
	if err != nil {
		return b.Check(time.Time{}) // which says it
	}
	return b.Check(p.begin())
}
