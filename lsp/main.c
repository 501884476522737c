// main.c: heapls, the binary: a language server and its command line.
#include "cli/cli.h"

int main(int argc, char **argv) { return cli_main(argc, argv); }
