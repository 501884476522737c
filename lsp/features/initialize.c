// initialize.c: what heapls offers, fitted to what the client can take.
#include "server.h"

json_t *feature_initialize(Request *r) {
  Server *s = r->server;
  // The decoded parameters point into the message, which is kept as long as the server.
  s->init_message = *r->message;
  s->init_message.root = json_incref(r->message->root);
  Decoder decoder;
  decoder_init(&decoder, &s->init_pool, "params");
  if (!decode_initialize(&decoder, r->message->params, &s->client)) {
    r->error = decoder.error;
    rpc_message_release(&s->init_message);
    s->init_message = (RpcMessage){0};
    return NULL;
  }
  if (decoder.warning.code != RPC_OK) server_log(s, LOG_WARN, "initialize: %s", decoder.warning.message);
  s->trace = s->client.trace;
  s->encoding = s->client.capabilities.position_encodings.chosen;
  LspWorkspaceFolders root = {0};
  LspWorkspaceFolder folder = {.uri = s->client.root_uri, .name = ""};
  if (!s->client.has_folders && s->client.root_uri) root = (LspWorkspaceFolders){&folder, 1};
  workspace_folders_set(s, s->client.has_folders ? s->client.folders : root, (LspWorkspaceFolders){0});
  team_look(s);
  if (s->client.initialization_options) settings_apply(s, s->client.initialization_options);
  static const char *kinds[] = {"quickfix", "refactor.rewrite", FIX_ALL_KIND, "heapls"};
  static const char *commands[] = {"heapls.preset", "heapls.verify", "heapls.download"};
  LspServerCapabilities offer = {
    .position_encoding = s->encoding,
    .inlay_hint = true,
    .inlay_hint_resolve = true,
    .hover = true,
    .call_hierarchy = true,
    .code_lens = true,
    .code_action = true,
    .code_action_resolve = true,
    .code_action_kinds = {kinds, sizeof kinds / sizeof *kinds},
    .commands = {commands, 3},
    // Pulled only by clients that can be told to ask again: of the others, what is said of a file would stay as it was
    // when another file has changed it. They are sent what there is.
    .diagnostic = client_asks_again(s, ANSWER_DIAGNOSTICS),
    // Only when wanted: clients that may pull the workspace (Neovim 0.12) then ask for open files less.
    .workspace_diagnostics = s->settings.workspace_diagnostics,
    .inter_file_dependencies = true,
    .diagnostic_identifier = "heapls",
    .workspace_folders = true,
  };
  return encode_initialize_result(&offer, "heapls", HEAPLS_VERSION);
}
