package upstream

// known is the highest release covered by the tables.
type known struct {
	Version
	Fact
}

func highest() known {
	return known{
		Version: at(1, 31, 1),
		Fact: from("istio/istio branch release-1.31, https://istio.io/latest/news/releases/1.31.x/announcing-1.31.1; " +
			"tags of istio.io/api up to v1.32.0 are in the Go module proxy and were not examined"),
	}
}

// HighestKnown returns the highest Istio release covered by the tables. They also cover later patch releases of its
// minor release, as far as these change nothing.
func HighestKnown() Version { return highest().Version }

// Newer reports whether a version's minor release is later than the tables cover.
func Newer(v Version) bool {
	known := HighestKnown()
	return v.Stated() && v.AtLeast(at(known.major, known.minor+1, 0))
}
