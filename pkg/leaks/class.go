package leaks

// What a byte may be part of.
const (
	part    = 1 << iota // of a credential as it is written out, and of what it is encoded in
	digit64             // of base64
	digit16             // of a hexadecimal number
)

func classes() (class [256]byte) {
	for _, b := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		class[b] = part | digit64
	}
	for _, b := range "0123456789abcdefABCDEF" {
		class[b] |= digit16
	}
	for _, b := range "._~=:-@" {
		class[b] = part
	}
	return class
}
