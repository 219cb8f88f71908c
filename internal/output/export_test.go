package output

import "github.com/kubectl-mesh/kubectl-mesh/pkg/layout"

// WriteInjected is Write with operations that can be made to fail.
func WriteInjected(dir string, tree layout.Tree, opts Options, inject func(op string) error) (Report, error) {
	opts.Hook = func(op, _ string) error { return inject(op) }
	return Write(dir, tree, opts)
}

// WriteFileInjected is WriteFile with operations that can be made to fail.
func WriteFileInjected(name string, content []byte, opts FileOptions, inject func(op string) error) error {
	opts.Hook = func(op, _ string) error { return inject(op) }
	return WriteFile(name, content, opts)
}

// ReformatLock parses the text of a mesh.lock and writes it again.
func ReformatLock(text []byte) ([]byte, error) {
	l, err := parseLock(text)
	if err != nil {
		return nil, err
	}
	return l.format(), nil
}

// RecoverInjected is Recover with operations that can be made to fail.
func RecoverInjected(dir string, opts Options, inject func(op string) error) (bool, error) {
	opts.Hook = func(op, _ string) error { return inject(op) }
	return Recover(dir, opts)
}
