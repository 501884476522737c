-- heapls in Neovim: setup() starts the server for Go buffers. 0.11 and newer go through vim.lsp.config and
-- vim.lsp.enable, 0.10 through vim.lsp.start; what the user sees is the same.
local again = require('heapls.again')
local client_of = require('heapls.client')
local M = {}

local uses_config = vim.fn.has('nvim-0.11') == 1

---@class heapls.Options
---@field cmd string[]? how the server is started
---@field filetypes string[]?
---@field root_markers string[]?
---@field settings table? the server's settings, without the leading "heapls": { preset = 'quiet' }
---@field codelens boolean? code lenses shown when the server attaches
---@field hints boolean? inlay hints shown when the server attaches
---@field diagnostics table? how its diagnostics are drawn, as for vim.diagnostic.config()
---@field on_attach fun(client: vim.lsp.Client, buffer: integer)?
---@field capabilities table? as for vim.lsp.start()

---@type heapls.Options
local defaults = {
  cmd = { 'heapls', 'serve' },
  filetypes = { 'go' },
  root_markers = { 'go.work', 'go.mod', '.git' },
  settings = {},
  hints = true,
  codelens = false,
  -- The hint at the end of the expression already says it: no second text on the line, no sign, but the range.
  diagnostics = { virtual_text = false, virtual_lines = false, signs = false, underline = true },
}

M.options = vim.deepcopy(defaults)

-- The heapls clients of a buffer, or all of them.
---@param buffer integer?
---@return vim.lsp.Client[]
function M.clients(buffer)
  return vim.lsp.get_clients({ name = 'heapls', bufnr = buffer })
end

-- Calls a method of a client: plain functions before 0.11, methods since.
---@param client vim.lsp.Client
---@param method string
function M.call(client, method, ...)
  if vim.fn.has('nvim-0.11') == 1 then
    return client[method](client, ...)
  end
  return client[method](...)
end

-- For a statusline: "heapls", with a word when there is something to know ("heapls: 2 stale", "heapls: ended"); "" where it is
-- not attached.
---@param buffer integer?
---@return string
function M.status(buffer)
  local client = M.clients(buffer or 0)[1]
  if not client then
    local number = (buffer or 0) == 0 and vim.api.nvim_get_current_buf() or buffer
    return (again.left_off or {})[number] ~= nil and 'heapls: ended' or ''
  end
  local note = vim.tbl_get(client_of.said, client.id, 'note') or ''
  return note == '' and 'heapls' or 'heapls: ' .. note
end

-- The lines that say more: which Go, whose rules, what is stale, whether the compiler agrees.
---@param buffer integer?
---@return string[]
function M.status_lines(buffer)
  local client = M.clients(buffer or 0)[1]
  return client and vim.tbl_get(client_of.said, client.id, 'lines') or {}
end

-- Shows or hides code lenses. Before 0.12 they are asked for again when the text changes.
---@param shown boolean
---@param buffer integer
function M.codelens(shown, buffer)
  if vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(shown, { bufnr = buffer })
    return
  end
  local group = vim.api.nvim_create_augroup('heapls.codelens.' .. buffer, {})
  if not shown then
    vim.lsp.codelens.clear(nil, buffer)
    return
  end
  local function refresh()
    vim.lsp.codelens.refresh({ bufnr = buffer })
  end
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'TextChanged' }, { group = group, buffer = buffer, callback = refresh })
  refresh()
end

-- nil for an empty table, so that it is sent as an object and not as a list.
local function object(settings)
  return next(settings) and settings or vim.empty_dict()
end

-- Sends settings to the running servers: { preset = 'all' }. Servers started later get them too.
---@param changes table
function M.configure(changes)
  M.options.settings = vim.tbl_deep_extend('force', M.options.settings, changes)
  local settings = { heapls = object(M.options.settings) }
  for _, client in ipairs(M.clients()) do
    client.settings = vim.tbl_deep_extend('force', client.settings or {}, settings)
    M.call(client, 'notify', 'workspace/didChangeConfiguration', { settings = settings })
  end
  if uses_config then
    vim.lsp.config('heapls', { settings = settings, init_options = settings.heapls })
  end
end

-- Ranges of our diagnostics in our own colours, by what they say.
local function install_ranges()
  local function group_of(diagnostic)
    local tags = diagnostic._tags or {}
    if tags.unnecessary then
      return 'HeaplsStale'
    end
    return diagnostic.severity == vim.diagnostic.severity.HINT and 'HeaplsHeap' or 'HeaplsLoop'
  end
  local function drawing(namespace)
    return vim.api.nvim_create_namespace('heapls.range.' .. namespace)
  end
  vim.diagnostic.handlers['heapls/range'] = {
    show = function(namespace, buffer, diagnostics, _)
      local last = vim.api.nvim_buf_line_count(buffer) - 1
      for _, each in ipairs(diagnostics) do
        if each.source == 'heapls' and each.lnum <= last then
          vim.api.nvim_buf_set_extmark(buffer, drawing(namespace), each.lnum, each.col, {
            end_row = math.min(each.end_lnum or each.lnum, last),
            end_col = each.end_col or each.col,
            hl_group = group_of(each),
            strict = false,
          })
        end
      end
    end,
    hide = function(namespace, buffer)
      if vim.api.nvim_buf_is_valid(buffer) then
        vim.api.nvim_buf_clear_namespace(buffer, drawing(namespace), 0, -1)
      end
    end,
  }
end

---@param client vim.lsp.Client
---@param buffer integer
local function attached(client, buffer)
  local style = vim.tbl_extend('force', {}, M.options.diagnostics)
  style['heapls/range'] = style.underline ~= false
  style.underline = false -- drawn by the handler above
  local pull = vim.tbl_get(client.server_capabilities or {}, 'diagnosticProvider', 'identifier')
  local namespaces = {
    vim.lsp.diagnostic.get_namespace(client.id, false),
    vim.lsp.diagnostic.get_namespace(client.id, true, pull),
  }
  for _, namespace in ipairs(namespaces) do
    vim.diagnostic.config(style, namespace)
  end
  if M.options.hints then
    vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  end
  if M.options.codelens then
    M.codelens(true, buffer)
  end
  if M.options.on_attach then
    M.options.on_attach(client, buffer)
  end
end

-- The folder of the first marker that is found upward, as vim.lsp.enable does it.
local function root_of(buffer)
  for _, marker in ipairs(M.options.root_markers) do
    local root = vim.fs.root(buffer, marker)
    if root then
      return root
    end
  end
  return vim.fs.dirname(vim.api.nvim_buf_get_name(buffer))
end

-- For 0.10: one client for each root.
local function start(buffer)
  if vim.bo[buffer].buftype ~= '' or vim.api.nvim_buf_get_name(buffer) == '' then
    return
  end
  vim.lsp.start({
    name = 'heapls',
    cmd = M.options.cmd,
    root_dir = root_of(buffer),
    settings = { heapls = object(M.options.settings) },
    init_options = object(M.options.settings),
    handlers = client_of.handlers,
    capabilities = client_of.capabilities(M.options.capabilities or vim.lsp.protocol.make_client_capabilities()),
    on_exit = again.on_exit,
  }, { bufnr = buffer })
end

-- Starts heapls for a buffer, or for all Go buffers there are.
function M.start()
  again.forget()
  if uses_config then
    vim.lsp.enable('heapls')
    return
  end
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.tbl_contains(M.options.filetypes, vim.bo[buffer].filetype) then
      start(buffer)
    end
  end
end

---@param options heapls.Options?
function M.setup(options)
  M.options = vim.tbl_deep_extend('force', vim.deepcopy(defaults), options or {})
  if options and options.cmd then
    M.options.cmd = options.cmd -- lists are replaced, not merged
  end
  local group = vim.api.nvim_create_augroup('heapls', {})
  install_ranges()
  require('heapls.hints').watch()
  vim.api.nvim_create_autocmd('LspAttach', {
    group = group,
    callback = function(event)
      local client = vim.lsp.get_client_by_id(event.data.client_id)
      if client and client.name == 'heapls' then
        attached(client, event.buf)
      end
    end,
  })

  if uses_config then
    vim.lsp.config('heapls', {
      cmd = M.options.cmd,
      filetypes = M.options.filetypes,
      root_markers = M.options.root_markers,
      settings = { heapls = object(M.options.settings) },
      init_options = object(M.options.settings),
      handlers = client_of.handlers,
      capabilities = client_of.capabilities(M.options.capabilities),
      on_exit = again.on_exit,
    })
  else
    vim.api.nvim_create_autocmd('FileType', {
      group = group,
      pattern = M.options.filetypes,
      callback = function(event)
        start(event.buf)
      end,
    })
  end
  M.start()
end

return M
