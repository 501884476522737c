// lsp_write.h: structures of lsp_types.h of which an answer may hold as many as a file has lines, as the text of JSON.
//
//   JsonText text;  rpc_result_begin(&text, id);  write_inlay_hints(&text, hints, count);  b = rpc_result_end(&text);
#ifndef HEAPLS_LSP_WRITE_H
#define HEAPLS_LSP_WRITE_H

#include "json_write.h"
#include "lsp_types.h"

void write_inlay_hint(JsonText *, const LspInlayHint *);
void write_inlay_hints(JsonText *, const LspInlayHint *, size_t count);
void write_code_lens(JsonText *, const LspCodeLens *);
void write_code_lenses(JsonText *, const LspCodeLens *, size_t count);

#endif
