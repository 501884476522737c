-- A server that is killed is started again, with its hints, and the user is told once; one that keeps dying is left off until the
-- user starts it; one that was asked to end stays ended. NO_SETUP: vim.lsp.enable alone.
local said = {}
local notify = vim.notify
vim.notify = function(message, level, ...)
  if message:find('^heapls: ') then
    said[#said + 1] = message
  end
  return notify(message, level, ...)
end

local function client()
  local all = vim.lsp.get_clients({ name = 'heapls', bufnr = 0 })
  T.expect(#all <= 1, 'one client', #all)
  return all[1]
end

local function kill_server()
  local id = client().id
  local children = vim.fn.systemlist({ 'pgrep', '-P', tostring(vim.uv.os_getpid()), '-f', 'serve$' })
  T.expect(#children == 1, 'one server', children)
  vim.uv.kill(tonumber(children[1]), 'sigkill')
  T.wait('it is gone', function()
    return not client() or client().id ~= id
  end)
end

T.run('killed', function()
  local no_setup = (vim.env.NO_SETUP or '') ~= ''
  if no_setup then
    vim.lsp.config('heapls', { cmd = { vim.env.HEAPLS, 'serve' } })
    vim.lsp.enable('heapls')
    vim.lsp.inlay_hint.enable(true)
  else
    require('heapls').setup({ cmd = { vim.env.HEAPLS, 'serve' } })
  end
  local function hinted()
    return client() and vim.deep_equal(T.hints(T.go_to('make([]byte, 32)')), { 'heap 32 B' })
  end
  T.wait('the hint', hinted)
  for time = 1, 4 do
    kill_server()
    T.wait('the hint after being killed ' .. time, hinted)
  end
  T.expect(#said == 1 and said[1]:find('started again', 1, true), 'said once', said)
  kill_server()
  T.wait('it is left off', function()
    return #said == 2
  end)
  T.expect(said[2]:find('left off', 1, true) and said[2]:find(':Heapls restart', 1, true), 'and how to start it', said)
  T.expect(not vim.wait(4500, client, 50), 'and is not started again')
  T.expect(require('heapls').status() == 'heapls: ended', 'the status says it', require('heapls').status())
  said = {}
  vim.cmd('Heapls restart')
  T.wait('the hint after :Heapls restart', hinted)
  T.wait('the status is as before', function()
    return require('heapls').status() == 'heapls'
  end)
  kill_server()
  T.wait('counted anew', hinted)
  T.expect(#said == 1 and said[1]:find('started again', 1, true), 'and said again', said)
  require('heapls').call(client(), 'stop')
  T.wait('it has ended', function()
    return not client()
  end)
  T.expect(not vim.wait(1500, client, 50), 'what was asked to end stays ended')
end)
