package workspace

// Pending is a request without a certificate.
type Pending struct {
	// What is requested, and the fingerprint of its key.
	What, Fingerprint string
	// Cluster that must sign, or whose certificate it is.
	Cluster string
	Request []byte
}

// PendingLines describe each request before it is signed.
func PendingLines(all []Pending) []string {
	var lines []string
	for _, one := range all {
		lines = append(lines, one.What+": "+one.Fingerprint)
	}
	return lines
}
