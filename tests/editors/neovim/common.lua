-- What the tests of the Neovim plugin share. A test is run by `nvim --headless -u THIS_FILE -S TEST.lua FILE.go` with
-- HEAPLS (the program), PLUGIN (the folder of the plugin) and OUT (where pictures go) in the environment.
local T = {}
_G.T = T

vim.opt.runtimepath:prepend(vim.env.PLUGIN)
vim.cmd('filetype on')
vim.o.swapfile = false
(vim.lsp.log.set_level or vim.lsp.set_log_level)('WARN')

function T.fail(message)
  io.stderr:write('FAIL ' .. message .. '\n')
  vim.cmd('cquit 1')
end

-- Waits until f() is neither nil nor false, redrawing (a hint is only asked for when drawn); fails after 15 s.
function T.wait(what, f, milliseconds)
  local value
  local done = vim.wait(milliseconds or 15000, function()
    vim.cmd('redraw')
    value = f()
    return value
  end, 20)
  if not done then
    error('timeout: ' .. what, 2)
  end
  return value
end

function T.expect(ok, what, got)
  if not ok then
    error(what .. (got == nil and '' or ', got ' .. vim.inspect(got)), 2)
  end
end

-- The text of the hints on a line (from 1), in the order they stand there; of one client when it is named.
function T.hints(line, client_name)
  local found = {}
  for _, each in ipairs(vim.lsp.inlay_hint.get({ bufnr = 0 })) do
    local client = vim.lsp.get_client_by_id(each.client_id)
    local hint = each.inlay_hint
    if hint.position.line == line - 1 and (not client_name or (client and client.name == client_name)) then
      local label = hint.label
      if type(label) ~= 'string' then
        label = table.concat(vim.tbl_map(function(part)
          return part.value
        end, label))
      end
      found[#found + 1] = { hint.position.character, vim.trim(label) }
    end
  end
  table.sort(found, function(a, b)
    return a[1] < b[1]
  end)
  return vim.tbl_map(function(each)
    return each[2]
  end, found)
end

-- What heapls' diagnostics on a line (from 1) say.
function T.diagnostics(line)
  return vim.tbl_filter(function(each)
    return each.source == 'heapls'
  end, vim.diagnostic.get(0, { lnum = line - 1 }))
end

-- The number of the line that holds a text, and puts the cursor on it.
function T.go_to(text)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = line:find(text, 1, true)
    if column then
      vim.api.nvim_win_set_cursor(0, { number, column - 1 })
      return number
    end
  end
  error('no line with ' .. text, 2)
end

-- The text of the floating window that opens.
function T.float()
  return T.wait('a floating window', function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then
        local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
        return table.concat(lines, '\n'), window
      end
    end
  end)
end

function T.close_floats()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      vim.api.nvim_win_close(window, true)
    end
  end
end

-- What is drawn on the screen, line by line.
function T.screen()
  vim.cmd('redraw!')
  local lines = {}
  for row = 1, vim.o.lines do
    local cells = {}
    for column = 1, vim.o.columns do
      cells[#cells + 1] = vim.fn.screenstring(row, column)
    end
    lines[row] = (table.concat(cells):gsub('%s+$', ''))
  end
  return lines
end

-- Runs a test: its failures end Neovim with status 1, and so does a heapls that outlives it.
function T.run(name, body)
  vim.schedule(function()
    local ok, message = xpcall(body, debug.traceback)
    if not ok then
      local log = vim.lsp.log.get_filename and vim.lsp.log.get_filename() or vim.lsp.get_log_path()
      io.stderr:write('messages: ' .. vim.api.nvim_exec2('messages', { output = true }).output .. '\n')
      local file = io.open(log)
      if file then
        io.stderr:write(file:read('*a'):sub(-2000) .. '\n')
      end
      return T.fail(message)
    end
    for _, client in ipairs(vim.lsp.get_clients()) do
      if vim.fn.has('nvim-0.11') == 1 then
        client:stop()
      else
        client.stop()
      end
    end
    if not vim.wait(5000, function()
      return #vim.lsp.get_clients({ name = 'heapls' }) == 0
    end, 20) then
      return T.fail('heapls does not end on shutdown and exit')
    end
    io.stdout:write(('PASS %s, Neovim %s\n'):format(name, tostring(vim.version())))
    vim.cmd('qall!')
  end)
end
