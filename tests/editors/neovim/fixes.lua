-- The menu of a line offers what was tried: the fix is applied, the hint is gone, and undo brings both back.
local text = { 'package main', '', 'import "fmt"', '', 'func key(host string, n int) string {', '\treturn fmt.Sprintf("%s:%d", host, n)', '}' }
vim.fn.writefile(text, 'key.go')

T.run('fixes', function()
  require('heapls').setup({ cmd = { vim.env.HEAPLS, 'serve' } })
  vim.cmd('edit! key.go')
  local function boxed(line)
    return #vim.tbl_filter(function(each)
      return each:find('16 B', 1, true) ~= nil
    end, T.hints(line)) > 0
  end
  T.wait('the hint of what is boxed', function()
    return boxed(6)
  end)
  local line = T.go_to('host, n)')
  local fix, choose
  T.wait('the fix in the menu', function()
    local items
    vim.ui.select = function(offered, _, on_choice)
      items, choose = offered, on_choice
    end
    vim.lsp.buf.code_action()
    vim.wait(3000, function()
      return items ~= nil
    end, 20)
    for _, each in ipairs(items or {}) do
      fix = each.action.kind == 'quickfix' and each or fix
    end
    return fix
  end)
  T.expect(fix.action.title:find('Write it as host + ":" + strconv.Itoa(n): saves', 1, true), 'what is won is said', fix.action.title)
  choose(fix)
  T.wait('it is applied', function()
    return vim.api.nvim_buf_get_lines(0, line - 1, line, false)[1] == '\treturn host + ":" + strconv.Itoa(n)'
  end)
  T.expect(vim.api.nvim_buf_get_lines(0, 2, 3, false)[1] == 'import "strconv"', 'imports follow', vim.api.nvim_buf_get_lines(0, 0, 5, false))
  T.wait('the hint is gone', function()
    return not boxed(6)
  end)
  vim.cmd('silent undo')
  T.expect(vim.deep_equal(vim.api.nvim_buf_get_lines(0, 0, -1, false), text), 'one undo takes it back')
  T.wait('and the hint is there again', function()
    return boxed(6)
  end)
end)
