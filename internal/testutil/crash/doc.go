// Package crash makes a program fail or kill itself at a chosen file operation. Only tests import it.
//
// A Point is a disk.Hook. In the test's process it makes one operation fail, or that one and all after it. In a process
// that the test starts, usually its own binary run again, it kills that process. The test's main function reads the
// point from an environment variable, for example, and passes the hook to the program as a value, so the program itself
// has no switch that could be enabled outside a test.
package crash
