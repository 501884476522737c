-- The plugin as a user has it: hint, diagnostic, hover with the reason, an edit followed, and the commands.
T.run('plugin', function()
  require('heapls').setup({ cmd = { vim.env.HEAPLS, 'serve' } })
  T.expect(vim.bo.filetype == 'go', 'the filetype is go', vim.bo.filetype)
  local make = T.go_to('make([]byte, 32)')

  -- Hint, drawn at the end of the expression.
  T.wait('the hint of make', function()
    return vim.deep_equal(T.hints(make), { 'heap 32 B' })
  end)
  T.wait('the hint on the screen', function()
    return table.concat(T.screen(), '\n'):find('make([]byte, 32) heap 32 B', 1, true)
  end)

  -- Diagnostic: the stable code, no severity above information, and its range in the plugin's colour.
  local found = T.wait('the diagnostic of make', function()
    return T.diagnostics(make)[1]
  end)
  T.expect(found.code == 'heap/returned', 'the code is heap/returned', found.code)
  T.expect(found.severity >= vim.diagnostic.severity.INFO, 'no warning, no error', found.severity)
  T.expect(found.message:find('32 bytes', 1, true), 'the message says how much', found.message)
  T.wait('the coloured range', function()
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, -1, 0, -1, { details = true })) do
      if mark[4].hl_group == 'HeaplsHeap' and mark[2] == make - 1 then
        return mark[3] == found.col and mark[4].end_col == found.end_col
      end
    end
  end)

  -- Hover: by K's way and by :Heapls explain, in both the reason.
  for _, open in ipairs({ vim.lsp.buf.hover, function() vim.cmd('Heapls explain') end }) do
    T.go_to('make([]byte, 32)')
    open()
    local text = T.float()
    T.expect(text:find('32 bytes', 1, true), 'the hover says how much', text)
    T.expect(text:find('after `?read`? returns'), 'the hover says why', text)
    T.close_floats()
  end

  -- The way to the heap in the location list.
  T.go_to('make([]byte, 32)')
  vim.cmd('Heapls path')
  local path = T.wait('the path', function()
    local list = vim.fn.getloclist(0)
    return #list > 0 and list
  end)
  T.expect(#path >= 2 and path[1].text:find('returns', 1, true), 'the path has steps', path)
  T.expect(path[1].lnum == make, 'the path begins at the allocation', path[1])
  vim.cmd('lclose')

  -- The compiler is asked, where there is one: the hover then says that it agrees.
  if vim.fn.executable('go') == 1 then
    vim.cmd('Heapls verify')
    T.wait('what the compiler says', function()
      return vim.api.nvim_exec2('messages', { output = true }).output:find('compiler agrees with all')
    end, 120000)
    T.go_to('make([]byte, 32)')
    vim.cmd('Heapls explain')
    local text = T.float()
    T.expect(text:find('confirmed by the compiler', 1, true), 'the hover says confirmed', text)
    T.close_floats()
  end

  -- Code lenses, shown on request; the status for a statusline; completion of the commands.
  vim.cmd('Heapls lens')
  T.wait('a code lens', function()
    for _, namespace in pairs(vim.api.nvim_get_namespaces()) do
      for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
        if vim.inspect(mark[4].virt_text or mark[4].virt_lines or {}):find('1 heap', 1, true) then
          return true
        end
      end
    end
  end)
  vim.cmd('Heapls lens')
  T.wait('the status', function()
    return require('heapls').status() == 'heapls' and #require('heapls').status_lines() >= 3
  end)
  T.expect(vim.deep_equal(vim.fn.getcompletion('Heapls pre', 'cmdline'), { 'preset' }), 'commands are completed', vim.fn.getcompletion('Heapls pre', 'cmdline'))
  T.expect(vim.deep_equal(vim.fn.getcompletion('Heapls preset q', 'cmdline'), { 'quiet' }), 'presets are completed')
  for _, command in ipairs(vim.fn.getcompletion('Heapls ', 'cmdline')) do
    local help = io.open(vim.env.PLUGIN .. '/doc/heapls.txt'):read('*a')
    T.expect(help:find(':Heapls ' .. command, 1, true) or help:find(':Heapls [' .. command .. ']', 1, true), 'the help knows :Heapls ' .. command)
  end

  -- An edit is followed: what is not returned stays on the stack; undone, it leaves again.
  local back = T.go_to('return b')
  local before = vim.uv.hrtime()
  vim.api.nvim_buf_set_lines(0, back - 1, back, false, { '\t_ = b', '\treturn nil' })
  T.wait('the hint goes with the edit', function()
    return #T.hints(make) == 0
  end)
  T.wait('the diagnostic goes with the edit', function()
    return #T.diagnostics(make) == 0
  end)
  print(('edit followed in %d ms'):format((vim.uv.hrtime() - before) / 1e6))
  vim.api.nvim_buf_set_lines(0, back - 1, back + 1, false, { '\treturn b' })
  T.wait('the hint is back', function()
    return vim.deep_equal(T.hints(make), { 'heap 32 B' })
  end)
  T.wait('the diagnostic is back', function()
    return #T.diagnostics(make) == 1
  end)

  -- Lines move: the hint moves along.
  vim.api.nvim_buf_set_lines(0, make - 2, make - 2, false, { '// one more line', '// and a second, with ünïcödé 𝒢' })
  T.wait('the hint moves with its line', function()
    return vim.deep_equal(T.hints(make + 2), { 'heap 32 B' }) and #T.hints(make) == 0
  end)
  vim.api.nvim_buf_set_lines(0, make - 2, make, false, {})
  T.wait('and back', function()
    return vim.deep_equal(T.hints(make), { 'heap 32 B' })
  end)

  -- :Heapls toggle
  vim.cmd('Heapls toggle')
  T.wait('hints are hidden', function()
    return not table.concat(T.screen(), '\n'):find('heap 32 B', 1, true)
  end)
  vim.cmd('Heapls toggle')
  T.wait('hints are shown again', function()
    return table.concat(T.screen(), '\n'):find('heap 32 B', 1, true)
  end)

  -- A setting changed live: preset all also shows the stack.
  local stays = T.go_to('a, b := new(int), new(int)')
  T.expect(#T.hints(stays) == 0, 'preset default is silent about the stack', T.hints(stays))
  vim.cmd('Heapls preset all')
  T.wait('preset all shows the stack', function()
    return (T.hints(stays)[1] or ''):find('stack', 1, true)
  end)
  vim.cmd('Heapls preset default')
  T.wait('preset default hides it', function()
    return #T.hints(stays) == 0
  end)

  -- :Heapls restart: another process, the same answers.
  local id = vim.lsp.get_clients({ name = 'heapls' })[1].id
  vim.cmd('Heapls restart')
  T.wait('a new server', function()
    local clients = vim.lsp.get_clients({ name = 'heapls', bufnr = 0 })
    return #clients == 1 and clients[1].id ~= id and clients[1].initialized
  end)
  T.wait('hints of the new server', function()
    return vim.deep_equal(T.hints(make, 'heapls'), { 'heap 32 B' })
  end)

  -- :checkhealth heapls
  vim.cmd('checkhealth heapls')
  local health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
  T.expect(health:find('attached to 1 buffer', 1, true), 'the health check sees the server', health)
  T.expect(not health:find('ERROR', 1, true), 'the health check finds no fault', health)
  vim.cmd('bdelete!')

  -- The help file has its tags.
  vim.cmd('helptags ' .. vim.fn.fnameescape(vim.env.PLUGIN .. '/doc'))
  vim.cmd('help heapls-commands')
  T.expect(vim.fn.expand('%:t') == 'heapls.txt', 'the help opens', vim.fn.expand('%'))
end)
