// Package logx writes log lines in the form a reader of RKE2's journal knows: time, level and message as key=value.
package logx

import (
	"fmt"
	"os"
	"time"
)

func write(level, format string, args []any) {
	fmt.Fprintf(os.Stderr, "time=%q level=%s msg=%q\n", time.Now().UTC().Format(time.RFC3339), level, fmt.Sprintf(format, args...))
}

// Info says what happens.
func Info(format string, args ...any) { write("info", format, args) }

// Warn says what is odd and does not stop the program.
func Warn(format string, args ...any) { write("warning", format, args) }

// Error says what failed and is tried again.
func Error(format string, args ...any) { write("error", format, args) }

// Fatal says why the program ends, and ends it with code 1.
func Fatal(format string, args ...any) {
	write("fatal", format, args)
	os.Exit(1)
}
