package check

import (
	"fmt"
	"time"
)

// Validity of a credential; zero times are unknown.
type Validity struct{ Begin, End time.Time }

// notice is how long before its expiry a credential must be renewed, which leaves time for manual work.
const notice = 14 * 24 * time.Hour

// warning reports that a credential is about to expire: in its last 14 days or, if it is short-lived, in the last third
// of its validity.
func (l Validity) warning(now time.Time) string {
	if l.End.IsZero() {
		return ""
	}
	left, margin := l.End.Sub(now), notice
	if third := l.End.Sub(l.Begin) / 3; !l.Begin.IsZero() && third < margin {
		margin = third
	}
	if left > margin {
		return ""
	}
	if left <= 0 {
		return "its credential has expired at " + l.End.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("its credential expires in %s, at %s", span(left), l.End.UTC().Format(time.RFC3339))
}

// span formats a duration for people.
func span(d time.Duration) string {
	if days := int(d / (24 * time.Hour)); days > 1 {
		return fmt.Sprintf("%d days", days)
	}
	return d.Round(time.Minute).String()
}
