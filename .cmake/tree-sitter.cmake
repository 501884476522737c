# tree-sitter's C core and the generated Go parser. Debian 12's libtree-sitter is too old for the parser's ABI 15, so both
# come from their npm packages, pinned by hash, through the npm client as it is set up on the machine.
set(HEAPLS_DEPS_DIR "${CMAKE_SOURCE_DIR}/.deps" CACHE PATH "Where pinned dependencies are unpacked")
find_program(NPM npm)

function(heapls_npm_source name version sha256 out)
  set(dir "${HEAPLS_DEPS_DIR}/${name}-${version}")
  set(tarball "${HEAPLS_DEPS_DIR}/${name}-${version}.tgz")
  if(NOT EXISTS "${dir}/package/package.json")
    file(MAKE_DIRECTORY "${HEAPLS_DEPS_DIR}")
    if(NOT EXISTS "${tarball}")
      if(NOT NPM)
        message(FATAL_ERROR "npm is needed once, to fetch ${name}@${version}")
      endif()
      execute_process(COMMAND "${NPM}" pack --loglevel=error "${name}@${version}" WORKING_DIRECTORY "${HEAPLS_DEPS_DIR}"
                      OUTPUT_QUIET RESULT_VARIABLE status)
      if(NOT status EQUAL 0)
        message(FATAL_ERROR "npm could not fetch ${name}@${version} (its message is above)")
      endif()
    endif()
    file(SHA256 "${tarball}" actual)
    if(NOT actual STREQUAL sha256)
      file(REMOVE "${tarball}")
      message(FATAL_ERROR "${name}@${version}: expected SHA-256 ${sha256}, got ${actual}")
    endif()
    file(ARCHIVE_EXTRACT INPUT "${tarball}" DESTINATION "${dir}")
  endif()
  set(${out} "${dir}/package" PARENT_SCOPE)
endfunction()

heapls_npm_source(tree-sitter 0.25.1 07aeba8dd71630e7e72b2d4ca3bd2680c3471824100cc5ebff44e78a6ed0b6d3 TREE_SITTER)
heapls_npm_source(tree-sitter-go 0.25.0 f7265544d6b297797dc3675c02b76fb182c177ce29fda10ac1f36e9ab33fd90e TREE_SITTER_GO)

add_library(tree-sitter STATIC "${TREE_SITTER}/vendor/tree-sitter/lib/src/lib.c" "${TREE_SITTER_GO}/src/parser.c")
target_include_directories(tree-sitter SYSTEM PUBLIC "${TREE_SITTER}/vendor/tree-sitter/lib/include"
                           PRIVATE "${TREE_SITTER}/vendor/tree-sitter/lib/src" "${TREE_SITTER_GO}/src")
target_compile_definitions(tree-sitter PRIVATE _GNU_SOURCE)
target_compile_options(tree-sitter PRIVATE -w -O2)
