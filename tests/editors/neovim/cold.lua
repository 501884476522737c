-- gopls and heapls on one buffer, one of them cold: what the later one answers is drawn too, in the first view and without an edit.
-- Once heapls is the later one, once gopls.
local function starts_late(program, arguments)
  local file = vim.fn.tempname()
  vim.fn.writefile({ '#!/bin/sh', 'sleep 2', ("exec '%s' %s"):format(program, arguments) }, file)
  vim.fn.setfperm(file, 'rwx------')
  return file
end

local function start_gopls(program)
  vim.lsp.start({
    name = 'gopls',
    cmd = { program },
    root_dir = vim.fs.root(0, 'go.mod'),
    settings = { gopls = { hints = { assignVariableTypes = true } } },
  }, { bufnr = 0 })
end

-- The line of `make` as it is drawn, when it stays so for a second of redrawing.
local function drawn(what, pattern)
  local since
  local line
  local function shown()
    for _, each in ipairs(T.screen()) do
      if each:find('make(', 1, true) and each:find(':=', 1, true) then
        line = each
      end
    end
    return line and line:find(pattern)
  end
  if not vim.wait(30000, function()
    since = shown() and (since or vim.uv.now()) or nil
    return since and vim.uv.now() - since > 1000
  end, 50) then
    error(('%s: drawn is %s'):format(what, line))
  end
end

T.run('cold', function()
  local both = 'b %[%]byte :?= make%(%[%]byte, 32%) heap 32 B'
  start_gopls(vim.env.GOPLS)
  vim.lsp.inlay_hint.enable(true)
  drawn("gopls' hint alone", 'b %[%]byte :?= make%(%[%]byte, 32%)$')
  -- Attached while it still has the package to read, from no cache.
  vim.env.HEAPLS_CACHE = 'off'
  require('heapls').setup({ cmd = { starts_late(vim.env.HEAPLS, 'serve') } })
  T.wait("heapls' hint is there", function()
    return vim.deep_equal(T.hints(T.go_to('make([]byte, 32)'), 'heapls'), { 'heap 32 B' })
  end, 30000)
  drawn('heapls later', both)

  -- The other way round, in a buffer that gopls has never seen: Neovim goes on drawing what an ended server said.
  for _, client in ipairs(vim.lsp.get_clients({ name = 'gopls' })) do
    require('heapls').call(client, 'stop')
  end
  T.wait('gopls has ended', function()
    return #vim.lsp.get_clients({ name = 'gopls' }) == 0
  end, 30000)
  vim.cmd('bwipeout | edit main.go')
  drawn("heapls' hint alone", 'b := make%(%[%]byte, 32%) heap 32 B')
  start_gopls(starts_late(vim.env.GOPLS, ''))
  drawn('gopls later', both)
  -- Nothing is drawn twice, and both go with the toggle.
  vim.cmd('Heapls toggle')
  drawn('hidden', 'b := make%(%[%]byte, 32%)$')
end)
