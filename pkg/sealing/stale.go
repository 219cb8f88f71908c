package sealing

import (
	"maps"
	"slices"
	"strings"
)

// Sealer is for whom a Secret must be sealed.
type Sealer struct {
	// Recipients of age, sorted, for the form of sops.
	Recipients []string
	// Controller is the certificate of a controller, as Controller names it; empty for sops.
	Controller string
}

// kind of the object that the sealer makes.
func (s Sealer) kind() string {
	if s.Controller != "" {
		return sealedKind
	}
	return "Secret"
}

// Addressee says why a file is not sealed for those for whom it must be; empty if it is.
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

// Dropped are the recipients of a file who are to be recipients no longer.
func (f *File) Dropped(sealer Sealer) []string {
	stays := func(recipient string) bool { return slices.Contains(sealer.Recipients, recipient) }
	return slices.DeleteFunc(slices.Clone(f.Recipients), stays)
}

// Stale says why a file must be sealed again to hold a Secret; empty if it has not. What is in it
// tells opened or, when nobody can open it, the facts and the source that stand beside it.
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

// IsOf reports whether what a file says in the open, apart from its facts, is what it would say of this Secret
// today: type, labels, annotations, and the guards of a SealedSecret itself.
func (f *File) IsOf(secret Secret) bool {
	annotations := maps.Clone(f.secret.Annotations)
	maps.DeleteFunc(annotations, func(name, _ string) bool { return strings.HasPrefix(name, Prefix) })
	return f.kind == string(secret.Type) && maps.Equal(f.secret.Labels, secret.Labels) &&
		maps.Equal(annotations, secret.Annotations) && maps.Equal(guards(f.Annotations), guards(secret.Annotations))
}

// sameKey reports whether two sources were made with one key, so that they can be compared.
func sameKey(a, b string) bool {
	keyOf := func(source string) string { return source[:max(0, strings.LastIndex(source, ":"))] }
	return a != "" && keyOf(a) == keyOf(b)
}
