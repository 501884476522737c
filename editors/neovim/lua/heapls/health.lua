-- :checkhealth heapls
local M = {}

local function first_line(cmd)
  local ok, result = pcall(function()
    return vim.system(cmd, { text = true, timeout = 3000 }):wait()
  end)
  if not ok or result.code ~= 0 then
    return nil
  end
  return vim.split(result.stdout, '\n')[1]
end

function M.check()
  local health = vim.health
  local heapls = require('heapls')

  health.start('heapls: Neovim')
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok('Neovim ' .. tostring(vim.version()) .. ': vim.lsp.config and vim.lsp.enable')
  elseif vim.fn.has('nvim-0.10') == 1 then
    health.ok('Neovim ' .. tostring(vim.version()) .. ': vim.lsp.start')
  else
    health.error('Neovim 0.10 or newer is needed')
  end

  health.start('heapls: server')
  local program = heapls.options.cmd[1]
  local found = vim.fn.exepath(program)
  if found == '' then
    health.error(('%s can not be started'):format(program), {
      'Build heapls as its README.md says and put it on PATH,',
      "or name it: require('heapls').setup({ cmd = { '/where/it/is/heapls', 'serve' } })",
    })
  else
    health.ok(found)
    local version = first_line({ found, '--version' })
    if version then
      health.ok(version)
    else
      health.warn('it does not answer --version')
    end
  end
  local clients = heapls.clients()
  if #clients == 0 then
    health.info('no buffer is attached: open a Go file')
  end
  for _, client in ipairs(clients) do
    health.ok(('attached to %d buffer(s) of %s, positions in %s'):format(
      vim.tbl_count(client.attached_buffers),
      client.root_dir or client.config.root_dir or 'no root',
      client.offset_encoding
    ))
  end

  health.start('heapls: Go')
  local root = vim.tbl_get(heapls.options, 'settings', 'go', 'root') or vim.env.GOROOT
  if root and root ~= '' then
    health.ok('Go at ' .. root)
  elseif vim.fn.executable('go') == 1 then
    health.ok(first_line({ 'go', 'version' }) or vim.fn.exepath('go'))
  else
    health.warn('no Go was found: calls into the standard library are treated as unknown', {
      'Put go on PATH, set GOROOT, or the setting go.root.',
    })
  end

  health.start('heapls: hints')
  if not heapls.options.hints then
    health.info('hints are hidden (:Heapls toggle)')
  else
    health.ok('preset ' .. (heapls.options.settings.preset or 'default'))
  end
end

return M
