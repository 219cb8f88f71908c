package sealing

import (
	"maps"
	"slices"
	"strings"
)

// Sealer is the recipient of a sealed Secret.
type Sealer struct {
	// Recipients for age, sorted, for sops.
	Recipients []string
	// Controller is a controller's certificate, in the format of Controller; empty for sops.
	Controller string
}

// kind of the sealed object.
func (s Sealer) kind() string {
	if s.Controller != "" {
		return sealedKind
	}
	return "Secret"
}

// Addressee explains why a file is not sealed for the right recipients; empty if it is.
func (f *File) Addressee(sealer Sealer) string {
	switch {
	case f.Kind != sealer.kind():
		return "it is a " + f.Kind
	case sealer.Controller != "" && f.Controller() != sealer.Controller:
		return "another certificate of the controller"
	case sealer.Controller == "" && !slices.Equal(f.Recipients, sealer.Recipients):
		return "other recipients"
	}
	return ""
}

// Dropped returns the file's recipients that are no longer recipients.
func (f *File) Dropped(sealer Sealer) []string {
	stays := func(recipient string) bool { return slices.Contains(sealer.Recipients, recipient) }
	return slices.DeleteFunc(slices.Clone(f.Recipients), stays)
}

// Stale explains why a Secret must be sealed again; empty if the file is up to date. Its content is known from opened
// or, if it cannot be decrypted, from the facts and the source next to the ciphertext.
func (f *File) Stale(secret Secret, sealer Sealer, source string, opened *Opened) (string, error) {
	facts, err := Describe(secret.Plain)
	if err != nil {
		return "", err
	}
	if why := f.Addressee(sealer); why != "" {
		return why, nil
	}
	if name := difference(facts, f.Description()); name != "" {
		return "another " + name, nil
	}
	switch {
	case f.Name != secret.Name || f.Namespace != secret.Namespace:
		return "another name", nil
	case !f.IsOf(secret):
		return "other labels or annotations", nil
	case opened != nil && !maps.Equal(opened.Plain, secret.Plain):
		return "another credential", nil
	case opened != nil || f.Source() == source:
		return "", nil
	case sameKey(f.Source(), source):
		return "another credential", nil
	case facts[factToken] != "":
		return "its token contains no claims, and cannot be compared without --identity", nil
	}
	return "", nil
}

// IsOf reports whether the visible part of a file except its facts is what it would be for this Secret today: type,
// labels, annotations, and the guards of a SealedSecret.
func (f *File) IsOf(secret Secret) bool {
	annotations := maps.Clone(f.secret.Annotations)
	maps.DeleteFunc(annotations, func(name, _ string) bool { return strings.HasPrefix(name, Prefix) })
	return f.kind == string(secret.Type) && maps.Equal(f.secret.Labels, secret.Labels) &&
		maps.Equal(annotations, secret.Annotations) && maps.Equal(guards(f.Annotations), guards(secret.Annotations))
}

// sameKey reports whether two sources were made with the same key, and can be compared.
func sameKey(a, b string) bool {
	keyOf := func(source string) string { return source[:max(0, strings.LastIndex(source, ":"))] }
	return a != "" && keyOf(a) == keyOf(b)
}
