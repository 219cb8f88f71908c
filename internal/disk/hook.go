package disk

// Hook is called before each operation of a Dir: op is its verb, name the path that an error would contain. An error
// makes the operation fail without doing anything. It must be safe for concurrent use.
//
// Hooks are for tests: the code that opens a directory passes one as a value, nil in the program. No variable and no
// environment can set one from outside.
type Hook func(op, name string) error

func (h Hook) ask(op, name string) error {
	if h == nil {
		return nil
	}
	return h(op, name)
}
