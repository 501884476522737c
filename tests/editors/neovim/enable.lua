-- Neovim 0.11 and newer with no setup(): vim.lsp.enable finds lsp/heapls.lua.
T.run('enable', function()
  vim.lsp.config('heapls', { cmd = { vim.env.HEAPLS, 'serve' } })
  vim.lsp.enable('heapls')
  vim.lsp.inlay_hint.enable(true)
  local make = T.go_to('make([]byte, 32)')
  T.wait('the hint of make', function()
    return vim.deep_equal(T.hints(make), { 'heap 32 B' })
  end)
  T.wait('the diagnostic of make', function()
    return #T.diagnostics(make) == 1
  end)
end)
