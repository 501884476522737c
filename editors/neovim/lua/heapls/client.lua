-- What a client of heapls is made of, in whichever way it is started: by setup(), or by vim.lsp.enable('heapls') alone.
local M = {}

-- What the server said last about itself, by client: the notification heapls/status.
M.said = {}

-- Neovim 0.12 asks for the workspace's diagnostics then, where the server has them, and makes no use of what they say of open
-- buffers. These are asked for here.
local function pull_again(client)
  local pull = vim.tbl_get(client.server_capabilities or {}, 'diagnosticProvider') or {}
  for buffer in pairs(client.attached_buffers) do
    if vim.api.nvim_buf_is_loaded(buffer) then
      local params = { textDocument = vim.lsp.util.make_text_document_params(buffer), identifier = pull.identifier }
      client:request('textDocument/diagnostic', params, nil, buffer)
    end
  end
end

M.handlers = {
  ['heapls/status'] = function(_, status, context)
    M.said[context.client_id] = status
    vim.schedule(function()
      vim.cmd('redrawstatus')
    end)
  end,
  ['workspace/diagnostic/refresh'] = function(err, result, context)
    local client = vim.lsp.get_client_by_id(context.client_id)
    if client and not err and vim.tbl_get(client.server_capabilities or {}, 'diagnosticProvider', 'workspaceDiagnostics') then
      pull_again(client)
    end
    local default = vim.lsp.handlers['workspace/diagnostic/refresh']
    return default and default(err, result, context) or vim.NIL
  end,
}

---@param own table? the user's
---@return table
function M.capabilities(own)
  return vim.tbl_deep_extend('force', own or {}, { experimental = { heaplsStatus = true } })
end

return M
