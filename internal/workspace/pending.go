package workspace

// Pending is a request that no certificate answers yet.
type Pending struct {
	// What is asked for, and the fingerprint of the key that it is for.
	What, Fingerprint string
	// Cluster that is to sign, or whose certificate it is.
	Cluster string
	Request []byte
}

// PendingLines show each request before it is signed.
func PendingLines(all []Pending) []string {
	var lines []string
	for _, one := range all {
		lines = append(lines, one.What+": "+one.Fingerprint)
	}
	return lines
}
