-- What is said of one file follows an edit of another one, also where Neovim can't be told to ask again (0.10, 0.11) and where it
-- makes no use of what it is told (0.12, with diagnostics of the workspace).
local kept = { 'package main', '', 'var kept *int', '', '//go:noinline', 'func keep(p *int) {', '\tkept = p', '}' }
vim.fn.writefile({ 'package main', '', 'func caller() int {', '\tn := 5', '\tkeep(&n)', '\treturn n', '}' }, 'a.go')
vim.fn.writefile(kept, 'b.go')

T.run('stale', function()
  for _, workspace in ipairs({ false, true }) do
    require('heapls').setup({ cmd = { vim.env.HEAPLS, 'serve' }, settings = { diagnostics = { workspace = workspace } } })
    vim.cmd('edit! a.go')
    local a = vim.api.nvim_get_current_buf()
    local function found()
      return #vim.tbl_filter(function(each)
        return each.source == 'heapls' and each.code == 'moved/leaking-param'
      end, vim.diagnostic.get(a))
    end
    T.wait('the diagnostic of n', function()
      return found() == 1
    end)
    for _, visible in ipairs({ true, false }) do
      vim.cmd(visible and 'split b.go' or 'edit b.go')
      if not visible then
        vim.cmd('only')
      end
      vim.api.nvim_buf_set_lines(0, 6, 7, false, { '\t_ = p' })
      T.wait('it goes when the other file no longer keeps the pointer', function()
        return found() == 0
      end)
      vim.api.nvim_buf_set_lines(0, 6, 7, false, { '\tkept = p' })
      T.wait('and comes back', function()
        return found() == 1
      end)
      vim.cmd('silent write')
    end
    vim.cmd('buffer a.go')
    for _, client in ipairs(vim.lsp.get_clients({ name = 'heapls' })) do
      require('heapls').call(client, 'stop')
    end
    T.wait('the server has ended', function()
      return #vim.lsp.get_clients({ name = 'heapls' }) == 0
    end)
    vim.cmd('silent! %bwipeout!')
  end
end)
