-- The command :Heapls and the highlight groups; no server is started here (see :help heapls-setup).
if vim.g.loaded_heapls then
  return
end
vim.g.loaded_heapls = true

local function highlights()
  for group, target in pairs({
    HeaplsHeap = 'DiagnosticUnderlineHint',
    HeaplsLoop = 'DiagnosticUnderlineInfo',
    HeaplsStale = 'DiagnosticUnnecessary',
  }) do
    vim.api.nvim_set_hl(0, group, { default = true, link = target })
  end
end
highlights()
vim.api.nvim_create_autocmd('ColorScheme', { group = vim.api.nvim_create_augroup('heapls.highlights', {}), callback = highlights })

vim.api.nvim_create_user_command('Heapls', function(call)
  require('heapls.commands').run(call.fargs)
end, {
  nargs = '*',
  desc = 'heapls: what Go code costs the heap',
  complete = function(lead, line)
    return require('heapls.commands').complete(lead, line)
  end,
})
