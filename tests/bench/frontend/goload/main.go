// Goload loads, parses and type-checks Go packages and all they import from source, keeping syntax and types of everything,
// and prints what that took: the measure for heapls' front end, which does the same.
//
//	goload [-C DIR] PATTERN...
//
// The last line is LINES SECONDS PACKAGES ERRORS; the caller reads peak memory from the operating system. Lines are those
// of the files parsed, each counted once. The go command, which go/packages runs to find the packages, is part of the time
// but not of the memory.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"golang.org/x/tools/go/packages"
)

func main() {
	dir := flag.String("C", "", "directory to load in")
	flag.Parse()
	start := time.Now()
	config := &packages.Config{Mode: packages.LoadAllSyntax, Dir: *dir}
	roots, err := packages.Load(config, flag.Args()...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "goload:", err)
		os.Exit(1)
	}
	seconds := time.Since(start).Seconds()
	var lines, count, errors int
	packages.Visit(roots, nil, func(p *packages.Package) {
		count++
		errors += len(p.Errors)
		for _, f := range p.Syntax {
			lines += p.Fset.File(f.FileStart).LineCount()
		}
	})
	fmt.Println(lines, seconds, count, errors)
	runtime.KeepAlive(roots)
}
