-- :Heapls and its subcommands.
local heapls = require('heapls')
local again = require('heapls.again')
local M = {}

local presets = { 'quiet', 'default', 'all' }

local function say(text, level)
  vim.notify('heapls: ' .. text, level or vim.log.levels.INFO)
end

-- The client of the current buffer; says so when there is none.
local function client_here()
  local client = heapls.clients(0)[1]
  if not client then
    say('not attached to this buffer (:checkhealth heapls tells why)', vim.log.levels.WARN)
  end
  return client
end

-- The diagnostic of heapls at the cursor, else the first on its line.
local function diagnostic_here()
  local line, column = unpack(vim.api.nvim_win_get_cursor(0))
  local on_line
  for _, each in ipairs(vim.diagnostic.get(0, { lnum = line - 1 })) do
    if each.source == 'heapls' then
      if column >= each.col and (each.end_lnum > each.lnum or column <= each.end_col) then
        return each
      end
      on_line = on_line or each
    end
  end
  return on_line
end

local commands = {}

function commands.toggle()
  local shown = not vim.lsp.inlay_hint.is_enabled({ bufnr = 0 })
  heapls.options.hints = shown
  for _, client in ipairs(heapls.clients()) do
    for buffer in pairs(client.attached_buffers) do
      vim.lsp.inlay_hint.enable(shown, { bufnr = buffer })
    end
  end
  say(shown and 'hints shown' or 'hints hidden')
end

function commands.restart()
  local stopping, shown_in = heapls.clients(), again.left_off or {}
  for _, client in ipairs(stopping) do
    shown_in = vim.tbl_extend('force', shown_in, again.shown_in(client))
    heapls.call(client, 'stop')
  end
  local tries = 0
  local timer = assert(vim.uv.new_timer())
  timer:start(50, 50, vim.schedule_wrap(function()
    if timer:is_closing() then
      return
    end
    tries = tries + 1
    if #heapls.clients() > 0 and tries < 100 then
      return
    end
    timer:close()
    for _, client in ipairs(heapls.clients()) do
      heapls.call(client, 'stop', true)
    end
    heapls.start()
    for buffer, shown in pairs(shown_in) do
      if shown and vim.api.nvim_buf_is_loaded(buffer) then
        vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
      end
    end
  end))
end

-- The hover of heapls alone (K shows every server's), at the allocation of this line when the cursor is on none.
function commands.explain()
  local client = client_here()
  if not client then
    return
  end
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local function ask(again)
    heapls.call(client, 'request', 'textDocument/hover', params, function(err, result)
      if result and result.contents then
        local lines = vim.lsp.util.convert_input_to_markdown_lines(result.contents)
        vim.lsp.util.open_floating_preview(lines, 'markdown', { focus_id = 'heapls', border = 'rounded', max_width = 90 })
      elseif again then
        again()
      else
        say(err and err.message or 'nothing to say here')
      end
    end, vim.api.nvim_get_current_buf())
  end
  ask(function()
    local found = diagnostic_here()
    local range = found and vim.tbl_get(found, 'user_data', 'lsp', 'range')
    if not range then
      return say('nothing to say here')
    end
    params.position = range.start
    ask()
  end)
end

-- The way of the value at the cursor, or of the first on its line, to the heap, step by step, in the location list.
function commands.path()
  local client = client_here()
  if not client then
    return
  end
  local window, name = vim.api.nvim_get_current_win(), vim.api.nvim_buf_get_name(0)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  heapls.call(client, 'request', 'heapls/paths', params, function(err, result)
    local path = result and result.at >= 0 and result.paths[result.at + 1]
    if not path or #path.steps == 0 then
      return say(err and err.message or 'nothing here leaves for the heap')
    end
    local here = vim.lsp.util.locations_to_items({ { uri = result.uri, range = path.range } }, client.offset_encoding)[1]
    local items = { { filename = name, lnum = here.lnum, col = here.col, text = path.title .. ' ' .. path.why } }
    for _, step in ipairs(path.steps) do
      local item = { text = step.text }
      if step.uri then
        local at = vim.lsp.util.locations_to_items({ { uri = step.uri, range = step.range } }, client.offset_encoding)[1]
        item = { filename = at.filename, lnum = at.lnum, col = at.col, text = step.text .. (step.code and ': ' .. step.code or '') }
      end
      items[#items + 1] = item
    end
    vim.fn.setloclist(window, {}, ' ', { title = 'Path to the heap', items = items })
    vim.cmd.lopen()
  end, vim.api.nvim_get_current_buf())
end

-- Code lenses of this buffer: what each function allocates.
function commands.lens()
  local client = client_here()
  if client then
    heapls.options.codelens = not heapls.options.codelens
    for buffer in pairs(client.attached_buffers) do
      heapls.codelens(heapls.options.codelens, buffer)
    end
    say(heapls.options.codelens and 'code lenses shown' or 'code lenses hidden')
  end
end

function commands.preset(name)
  if not name then
    return say('preset ' .. (heapls.options.settings.preset or 'default'))
  end
  if not vim.tbl_contains(presets, name) then
    return say('no preset ' .. name .. ' (there are: ' .. table.concat(presets, ', ') .. ')', vim.log.levels.ERROR)
  end
  heapls.configure({ preset = name })
end

-- Asks the compiler about the package of this buffer; the server shows what it says.
function commands.verify()
  local client = client_here()
  if not client then
    return
  end
  local uri = vim.uri_from_bufnr(0)
  say('asking the compiler …')
  heapls.call(client, 'request', 'workspace/executeCommand', { command = 'heapls.verify', arguments = { uri } }, function(err, result)
    if err then
      return say(err.message, vim.log.levels.ERROR)
    end
    local items = {}
    for _, each in ipairs(result.disagreements) do
      items[#items + 1] = { filename = each.uri and vim.uri_to_fname(each.uri), lnum = each.line + 1, text = each.says .. ': ' .. each.text }
    end
    if #items > 0 then
      vim.fn.setqflist({}, ' ', { title = 'heapls and the compiler', items = items })
      vim.cmd.copen()
    end
  end)
end

-- Runs `go mod download` for this buffer's module; what it brings is analysed by itself.
function commands.download()
  local client = client_here()
  if not client then
    return
  end
  say('go mod download …')
  local params = { command = 'heapls.download', arguments = { vim.uri_from_bufnr(0) } }
  heapls.call(client, 'request', 'workspace/executeCommand', params, function(err)
    say(err and err.message or 'the modules are there', err and vim.log.levels.ERROR)
  end)
end

function commands.status()
  local client = client_here()
  if client then
    local info = client.server_info or {} -- since 0.11
    say(('%s %s, root %s, preset %s'):format(
      info.name or 'heapls',
      info.version or '',
      client.root_dir or client.config.root_dir or 'none',
      heapls.options.settings.preset or 'default'
    ))
    for _, line in ipairs(heapls.status_lines()) do
      say(line)
    end
  end
end

function commands.log()
  vim.cmd.edit(vim.fn.fnameescape(vim.lsp.log.get_filename and vim.lsp.log.get_filename() or vim.lsp.get_log_path()))
end

---@param arguments string[]
function M.run(arguments)
  local name = arguments[1] or 'status'
  local command = commands[name]
  if not command then
    return say('no command ' .. name, vim.log.levels.ERROR)
  end
  command(unpack(arguments, 2))
end

function M.complete(lead, line)
  local words = vim.split(line, '%s+')
  local among = #words > 2 and (words[2] == 'preset' and vim.list_slice(presets) or {}) or vim.tbl_keys(commands)
  table.sort(among)
  return vim.tbl_filter(function(each)
    return vim.startswith(each, lead)
  end, among)
end

return M
