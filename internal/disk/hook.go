package disk

// Hook is asked before each operation of a Dir: op is its verb, name the path that an error would name.
// An error makes the operation fail, and nothing is done. It may be called by several goroutines at once.
//
// Hooks are for tests: whoever opens a directory hands one down as a value, and a program that hands down
// none (nil) has none. There is no variable and no environment by which one could be set from outside.
type Hook func(op, name string) error

func (h Hook) ask(op, name string) error {
	if h == nil {
		return nil
	}
	return h(op, name)
}
