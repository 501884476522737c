-- A server that dies is started again, which Neovim does not do: after a moment, twice as long each time, for the buffers that it
-- had; when it keeps dying it is left off. A server that was asked to end, by Neovim or with SIGTERM, stays ended.
local M = {}

local limit = 4 -- times
local period = 3 * 60 * 1000 -- within these milliseconds
local first_wait = 250 -- milliseconds

local ended = {} -- when, by vim.uv.now()
M.left_off = nil ---@type table<integer, boolean>? the buffers of what is left off, and whether they showed hints

-- Forgets what was: the user starts it.
function M.forget()
  ended = {}
  M.left_off = nil
end

local function say(text, level)
  vim.schedule(function()
    vim.notify('heapls: ' .. text, level)
  end)
end

-- Which buffers of a client show hints: Neovim hides them with the last client that has some, for good.
---@param client vim.lsp.Client
---@return table<integer, boolean>
function M.shown_in(client)
  local shown = {}
  for buffer in pairs(client.attached_buffers) do
    shown[buffer] = vim.lsp.inlay_hint.is_enabled({ bufnr = buffer })
  end
  return shown
end

-- Is Neovim on its way out, or was the server asked to go?
local function is_wanted(code, signal)
  return (code == 0 and signal == 0) or signal == 15 or code == 143 or vim.v.exiting ~= vim.NIL
end

-- What a client's on_exit is.
---@param code integer
---@param signal integer
---@param id integer
function M.on_exit(code, signal, id)
  local client = vim.lsp.get_client_by_id(id) -- it still is known, and so are its buffers
  if not client then
    return
  end
  local config, was_ready, shown_in = client.config, client.initialized, M.shown_in(client)
  vim.schedule(function()
    if is_wanted(code, signal) then
      return
    end
    local how = signal ~= 0 and 'signal ' .. signal or 'exit code ' .. code
    local now = vim.uv.now()
    ended = vim.tbl_filter(function(time)
      return now - time < period
    end, ended)
    ended[#ended + 1] = now
    if not was_ready or #ended > limit then
      M.left_off = vim.tbl_extend('force', M.left_off or {}, shown_in)
      local why = was_ready and ('ended %d times within three minutes'):format(#ended) or 'ended before it was ready'
      return say(('the server %s (%s) and is left off. :Heapls restart tries again, :Heapls log has what it said.'):format(why, how), vim.log.levels.ERROR)
    end
    if #ended == 1 then
      say(('the server ended (%s) and is started again.'):format(how), vim.log.levels.WARN)
    end
    vim.defer_fn(function()
      for buffer, shown in pairs(shown_in) do
        if vim.api.nvim_buf_is_loaded(buffer) and #vim.lsp.get_clients({ name = config.name, bufnr = buffer }) == 0 then
          vim.lsp.start(config, { bufnr = buffer })
          if shown then
            vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
          end
        end
      end
    end, first_wait * 2 ^ (#ended - 1))
  end)
end

return M
