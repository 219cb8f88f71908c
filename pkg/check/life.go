package check

import (
	"fmt"
	"time"
)

// Validity is when a credential begins and ends; zero times are not said.
type Validity struct{ Begin, End time.Time }

// notice is how long before its end a credential has to be renewed: time enough for a person.
const notice = 14 * 24 * time.Hour

// warning says when a credential is near its end: in the last 14 days or, where it never lives long,
// in the last third of its life.
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

// span is a duration as a person says it.
func span(d time.Duration) string {
	if days := int(d / (24 * time.Hour)); days > 1 {
		return fmt.Sprintf("%d days", days)
	}
	return d.Round(time.Minute).String()
}
