# What `cmake --install` puts where, and the packages that `cpack` makes of it (-G TGZ, -G DEB).
include(GNUInstallDirs)
# The manual page and the completions are what heapls prints of its own table (lsp/cli/options.def).
set(share ${CMAKE_CURRENT_BINARY_DIR}/share)
add_custom_command(TARGET heapls POST_BUILD
  COMMAND ${CMAKE_COMMAND} -E make_directory ${share}
  COMMAND heapls man > ${share}/heapls.1
  COMMAND heapls completion bash > ${share}/heapls.bash
  COMMAND heapls completion zsh > ${share}/_heapls
  COMMAND heapls completion fish > ${share}/heapls.fish
  VERBATIM)
install(TARGETS heapls RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES editors/reasons.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(FILES ${share}/heapls.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${share}/heapls.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME heapls)
install(FILES ${share}/_heapls DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${share}/heapls.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES lsp/cli/share/check.schema.json lsp/cli/share/diff.schema.json
  editors/vscode/heapls.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/heapls)
# A Neovim plugin: `vim.opt.runtimepath:append(…/share/heapls/neovim)`.
install(DIRECTORY editors/neovim/ DESTINATION ${CMAKE_INSTALL_DATADIR}/heapls/neovim)
install(FILES editors/emacs/heapls.el DESTINATION ${CMAKE_INSTALL_DATADIR}/emacs/site-lisp) # which is in load-path
install(FILES editors/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME editors.md)

set(CPACK_PACKAGE_NAME heapls)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Language server that shows what Go code costs the heap")
set(CPACK_PACKAGE_DESCRIPTION "heapls shows Go programmers, as they type, what every expression costs the heap, why, and what to\
 do about it. It gives the Go compiler's verdicts without running it.")
set(CPACK_PACKAGE_CONTACT "The heapls authors <heapls@localhost>")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_CURRENT_SOURCE_DIR}/LICENSE)
set(CPACK_GENERATOR TGZ DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
if(NOT HEAPLS_STATIC)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
endif()
set(CPACK_DEBIAN_PACKAGE_SUGGESTS golang-go)
include(CPack)
