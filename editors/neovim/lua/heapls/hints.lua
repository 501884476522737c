-- Inlay hints that Neovim has and does not draw. Of a line it remembers for which version of the text its hints were drawn, and
-- not of which servers (vim/lsp/inlay_hint.lua, 0.10 to 0.12): with two servers on a buffer it draws what the first one answers, and
-- the hints of the other, who has to analyse a package first, are not seen before the next edit. So after each answer the marks of
-- Neovim's own namespace are made what Neovim would draw.
local M = {}

local method = 'textDocument/inlayHint'

---@param buffer integer
---@return integer how many servers have hints for it
local function servers(buffer)
  return #vim.lsp.get_clients({ bufnr = buffer, method = method })
end

-- By line (from 0) and column: what is to be drawn, as Neovim does it.
local function wanted(buffer)
  local lines = {}
  for _, each in ipairs(vim.lsp.inlay_hint.get({ bufnr = buffer })) do
    local hint = each.inlay_hint
    local label = hint.label
    if type(label) ~= 'string' then
      label = table.concat(vim.tbl_map(function(part)
        return part.value
      end, label))
    end
    local line = vim.tbl_get(lines, hint.position.line) or {}
    local text = line[hint.position.character] or {}
    if hint.paddingLeft then
      text[#text + 1] = { ' ' }
    end
    text[#text + 1] = { label, 'LspInlayHint' }
    if hint.paddingRight then
      text[#text + 1] = { ' ' }
    end
    line[hint.position.character] = text
    lines[hint.position.line] = line
  end
  return lines
end

local function words(text)
  local all = {}
  for _, chunk in ipairs(text) do
    all[#all + 1] = chunk[1]
  end
  return table.concat(all)
end

---@param buffer integer
local function draw(buffer)
  if not vim.api.nvim_buf_is_loaded(buffer) or not vim.lsp.inlay_hint.is_enabled({ bufnr = buffer }) or servers(buffer) < 2 then
    return
  end
  local name = vim.fn.has('nvim-0.11') == 1 and 'nvim.lsp.inlayhint' or 'vim_lsp_inlayhint'
  local namespace = vim.api.nvim_create_namespace(name)
  local missing = wanted(buffer)
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(buffer, namespace, 0, -1, { details = true })) do
    local id, line, column, details = unpack(mark)
    local text = vim.tbl_get(missing, line, column)
    if text and details.virt_text and words(text) == words(details.virt_text) then
      missing[line][column] = nil
    else
      vim.api.nvim_buf_del_extmark(buffer, namespace, id)
    end
  end
  local last = vim.api.nvim_buf_line_count(buffer) - 1
  for line, columns in pairs(missing) do
    for column, text in pairs(columns) do
      if line <= last then
        vim.api.nvim_buf_set_extmark(buffer, namespace, line, column, { virt_text_pos = 'inline', virt_text = text, strict = false })
      end
    end
  end
end

-- From now on, in all buffers that heapls is attached to.
function M.watch()
  local asked = {} -- by client and request: the version of the text then
  vim.api.nvim_create_autocmd('LspRequest', {
    group = vim.api.nvim_create_augroup('heapls.hints', {}),
    desc = 'heapls: draws the hints of the server that answers last',
    callback = function(event)
      local request = event.data.request
      if request.method ~= method then
        return
      end
      local key = event.data.client_id .. ' ' .. event.data.request_id
      local buffer = request.bufnr
      if request.type == 'pending' then
        asked[key] = vim.api.nvim_buf_get_changedtick(buffer)
        return
      end
      local tick = asked[key]
      asked[key] = nil
      if request.type ~= 'complete' or #vim.lsp.get_clients({ name = 'heapls', bufnr = buffer }) == 0 then
        return
      end
      vim.schedule(function() -- when the answer has been taken
        if vim.api.nvim_buf_is_valid(buffer) and vim.api.nvim_buf_get_changedtick(buffer) == tick then
          draw(buffer)
        end
      end)
    end,
  })
end

return M
