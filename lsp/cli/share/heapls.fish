# Completion of heapls for fish.
function __heapls_first
    test (count (commandline -opc)) -eq 1
end
function __heapls_command
    set -l words (commandline -opc)
    test (count $words) -gt 1; and contains -- $words[2] $argv
end
complete -c heapls -n __heapls_first -f -a check -d 'show what packages, directories or files allocate'
complete -c heapls -n __heapls_first -f -a explain -d 'say why a place allocates, with the path to the heap'
complete -c heapls -n __heapls_first -f -a verify -d 'compare with the local Go toolchain, line by line'
complete -c heapls -n __heapls_first -f -a serve -d 'run the language server (the default command)'
complete -c heapls -n __heapls_first -f -a debug -d 'print what the layers below found'
complete -c heapls -n __heapls_first -f -a version -d 'print the version'
complete -c heapls -n __heapls_first -f -a help -d 'print help, or help of a command'
complete -c heapls -n __heapls_first -f -l version -d 'print the version'
complete -c heapls -l help -d 'print help'
complete -c heapls -n '__heapls_command help' -f -a 'check explain verify serve debug'
complete -c heapls -n '__heapls_command debug' -a types

complete -c heapls -n '__heapls_command check explain debug' -l go -x -d 'follow the rules of that Go release'
complete -c heapls -n '__heapls_command check explain debug verify' -l gcflags -x -d 'compiler flags that change verdicts'
complete -c heapls -n '__heapls_command check explain debug' -l goroot -r -d "Go's sources"
complete -c heapls -n '__heapls_command check explain debug' -l goos -x -d 'operating system to build for'
complete -c heapls -n '__heapls_command check explain debug' -l goarch -x -d 'architecture to build for'
complete -c heapls -n '__heapls_command check explain debug' -l tags -x -d 'build tags'
complete -c heapls -n '__heapls_command check explain debug' -l workers -x -d 'threads'

complete -c heapls -n '__heapls_command check' -l format -x -a 'text gc alloc json' -d 'what to print'
complete -c heapls -n '__heapls_command check' -l call-sites -d 'with --format=alloc: every copy by inlining'
complete -c heapls -n '__heapls_command check' -l preset -x -a 'quiet default all' -d 'how much to show'
complete -c heapls -n '__heapls_command check' -l fail -d 'exit with 1 when there are heap sites'
complete -c heapls -n '__heapls_command check' -l tests -d 'test files too'

complete -c heapls -n '__heapls_command verify' -l by-package -d 'a line for each package'
complete -c heapls -n '__heapls_command verify' -l classes -d 'the kinds of disagreement'
complete -c heapls -n '__heapls_command verify' -l samples -d 'the kinds of disagreement, with lines of each'
complete -c heapls -n '__heapls_command verify' -l from -r -d "the compiler's output"
complete -c heapls -n '__heapls_command verify' -l alloc -d 'compare allocator calls with the machine code'
complete -c heapls -n '__heapls_command verify' -l json -d 'everything, for programs'

complete -c heapls -n '__heapls_command serve' -l port -x -d 'listen on 127.0.0.1'
complete -c heapls -n '__heapls_command serve' -l socket -x -d 'connect to the editor at 127.0.0.1'
complete -c heapls -n '__heapls_command serve' -l pipe -r -d "connect to the editor's pipe"
complete -c heapls -n '__heapls_command serve' -l log-level -x -a 'error warn info debug' -d 'messages on standard error'
complete -c heapls -n '__heapls_command serve' -l stdio -d 'standard input and output (default)'
