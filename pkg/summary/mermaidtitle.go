package summary

// maxTitle is how many characters of a title fit on one line: Mermaid breaks a title at 200 pixels, a character of its
// font has nine, and the box of a network has no room for a second line, which would lie on the clusters (createText
// and rect of Mermaid 11.12, checked 2026-12-01).
const maxTitle = 21

// titles of networks in a picture, by network. A long name is shortened, unless another one would have the same title.
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

// title is a name with the word for what it is, as far as both fit.
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

// isShortened tells whether the picture names a network by a part of its name.
func (s Summary) isShortened() bool {
	for network, title := range titles(s.networks()) {
		if title != network && title != "network "+network {
			return true
		}
	}
	return false
}
