package workspace

// Pending is a request that waits for somebody to answer it.
type Pending struct {
	// What is asked for, and the fingerprint of the key that it is for.
	What, Fingerprint string
	// Cluster that is to sign, or whose certificate it is.
	Cluster string
	Request []byte
}
