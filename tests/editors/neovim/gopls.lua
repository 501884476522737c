-- gopls and heapls on one buffer: both answer, neither disturbs the other, Neovim warns of nothing.
T.run('gopls', function()
  local warnings = {}
  local notify = vim.notify
  vim.notify = function(message, level, ...)
    if (level or 0) >= vim.log.levels.WARN then
      warnings[#warnings + 1] = message
    end
    return notify(message, level, ...)
  end
  vim.api.nvim_create_autocmd('FileType', {
    pattern = 'go',
    callback = function(event)
      vim.lsp.start({
        name = 'gopls',
        cmd = { vim.env.GOPLS },
        root_dir = vim.fs.root(event.buf, 'go.mod'),
        settings = { gopls = { hints = { assignVariableTypes = true } } },
      }, { bufnr = event.buf })
    end,
  })
  require('heapls').setup({ cmd = { vim.env.HEAPLS, 'serve' } })
  vim.cmd('edit')
  local make = T.go_to('make([]byte, 32)')
  T.wait('both servers', function()
    return #vim.lsp.get_clients({ bufnr = 0 }) == 2
  end, 30000)
  T.wait("gopls' hint", function()
    return #T.hints(make, 'gopls') == 1
  end, 60000)
  T.wait("heapls' hint", function()
    return vim.deep_equal(T.hints(make, 'heapls'), { 'heap 32 B' })
  end)
  T.wait("heapls' diagnostic", function()
    return #T.diagnostics(make) == 1
  end)
  T.go_to('make([]byte, 32)')
  vim.cmd('Heapls explain')
  local text = T.float()
  T.expect(text:find('after `?read`? returns'), 'explain is of heapls alone', text)
  T.close_floats()

  -- An edit that both must follow, at a line with characters outside of the BMP before it.
  local back = T.go_to('return b')
  vim.api.nvim_buf_set_lines(0, back - 1, back, false, { '\t_, s := b, "𝒢ö" + undefined', '\treturn nil' })
  T.wait("gopls' complaint", function()
    return #vim.tbl_filter(function(each)
      return each.source ~= 'heapls'
    end, vim.diagnostic.get(0, { lnum = back - 1 })) > 0
  end, 30000)
  vim.api.nvim_buf_set_lines(0, back - 1, back + 1, false, { '\t_ = b', '\treturn nil' })
  T.wait("heapls' hint goes", function()
    return #T.hints(make, 'heapls') == 0
  end)
  T.expect(#warnings == 0, 'Neovim warns of nothing', warnings)
end)
