package trust

import "time"

// CheckOnce is Check at a time at which all certificates have begun: what it says is the same on
// any day.
func (b Bundle) CheckOnce() error {
	var begin time.Time
	for _, text := range [][]byte{b.CACert, b.Chain, b.Root} {
		all, err := ParseCertificates(text)
		if err != nil {
			break // Check says so
		}
		for _, certificate := range all {
			if certificate.NotBefore.After(begin) {
				begin = certificate.NotBefore
			}
		}
	}
	return b.Check(begin)
}
