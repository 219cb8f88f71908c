package summary

// maxTitle is the number of characters that fit on one line: Mermaid wraps titles at 200 pixels, a character of its
// font is nine pixels wide, and the box of a network has no room for a second line, which would overlap the clusters
// (createText and rect of Mermaid 11.12, checked 2026-12-01).
const maxTitle = 21

// titles returns the titles of networks. A long name is shortened unless two titles would be the same.
func titles(networks []string) map[string]string {
	all, known := map[string]string{}, map[string]bool{}
	for _, network := range networks {
		title := title(network)
		if known[title] {
			title = network
		}
		all[network], known[title] = title, true
	}
	return all
}

// title combines a name with its kind, if both fit.
func title(network string) string {
	const word, gap = "network ", "…"
	name := []rune(network)
	switch {
	case len(word)+len(name) <= maxTitle:
		return word + network
	case len(name) <= maxTitle:
		return network
	}
	half := (maxTitle - 1) / 2
	return string(name[:half]) + gap + string(name[len(name)-half:])
}

// isShortened reports whether the diagram shortens a network's name.
func (s Summary) isShortened() bool {
	for network, title := range titles(s.networks()) {
		if title != network && title != "network "+network {
			return true
		}
	}
	return false
}
