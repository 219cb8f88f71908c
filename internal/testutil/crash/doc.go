// Package crash makes a program fail or kill itself at a chosen file operation. It is for tests alone:
// nothing but a test imports it.
//
// A Point is a disk.Hook. In the process of the test it makes one operation fail, or that one and all after
// it. In a process that the test starts, usually its own binary run again, it kills that process. The test's
// main function reads the point from wherever it likes (an environment variable, say) and hands the hook to
// the program as a value, so the program itself has no switch that could be turned on outside of a test.
package crash
