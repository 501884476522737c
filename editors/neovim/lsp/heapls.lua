-- What Neovim 0.11 and newer finds by the name "heapls": vim.lsp.enable('heapls') is then all that is needed.
local client = require('heapls.client')
require('heapls.hints').watch()

return {
  cmd = { 'heapls', 'serve' },
  filetypes = { 'go' },
  root_markers = { 'go.work', 'go.mod', '.git' },
  settings = { heapls = vim.empty_dict() },
  handlers = client.handlers,
  capabilities = client.capabilities(),
  on_exit = require('heapls.again').on_exit,
}
