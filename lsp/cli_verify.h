// cli_verify.h: `heapls verify`: the agreement of heapls with the local Go toolchain.
#ifndef HEAPLS_CLI_VERIFY_H
#define HEAPLS_CLI_VERIFY_H

// Runs the command; argv[0] is "verify". Returns the process's exit code: 0 done, 2 the toolchain or the packages failed.
int cli_verify(int argc, char **argv);

#endif
